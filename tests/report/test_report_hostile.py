"""Hundreds of hostile strings in every place of a study that a writer, a reader or a file system fills: its report keeps them text."""

from __future__ import annotations

import csv
import html
import json
import re
import sys
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from browsing import Visit, browser
from hostile import FILE_NAMES, HARMLESS, HOSTILE
from test_report import Page

from topics.cli import main
from topics.config import read_study
from topics.runner import run
from topics.tables import FORMULA
from topics.toml_text import toml_text

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]
pytestmark = pytest.mark.slow  # the fast ones are in test_small_studies.py and test_explorer_hostile.py
N_THEMES, QUOTES, TOPICS, FILES = 48, 4, 6, 50
PAGES = ("index.html", "index.vi.html", "explorer.html")
ESCAPES = "\x1b[31m\x07\r\x1b]0;owned\x07 "
ACTIVE = (
    "script", "style", "meta", "link", "base", "iframe", "frame", "object", "embed", "portal", "img", "video", "audio", "source",
    "template", "form", "input", "button", "select", "textarea", "foreignobject", "animate", "animatemotion", "animatetransform",
    "set", "math", "image",
)  # fmt: skip


def made(root: Path, strings: tuple[str, ...], file_names: tuple[str, ...], n_themes: int = N_THEMES, pages: str = "both") -> Path:
    """Write a study with these strings in every place, in turn, run it, and return its output folder."""
    text = cycle(strings)
    rows = []
    for number in range(n_themes * QUOTES):
        words = f"The word{number % n_themes} came to harbour{number % 7} and pier{number % 5} by ship{number}, with cargo{number % 3}. "
        day = f"2025-{number % 12 + 1:02}-{number // 12 % 28 + 1:02}"
        body = words + "Nothing else was said of it by those who had seen it from the quay. " * (1 + number % 3) + next(text)
        rows.append({"id": next(text), "title": next(text), "source": next(text), "url": next(text), "text": body, "date": day})
    articles = root / "in"
    articles.mkdir(parents=True)
    (articles / "articles.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for name in file_names[:FILES]:
        (articles / f"{name}.txt").write_bytes(b"")
    (root / "events.csv").write_text("date,name\n" + "".join(f'2025-0{n}-15,"{_csv(next(text))}"\n' for n in range(2, 7)), encoding="utf-8")
    themes = [
        {"key": f"t{n}", "label": {"en": next(text)}, "definition": {"en": next(text)}, "terms": {"en": [f"word{n}"]}}
        for n in range(n_themes)
    ]
    topics = [{"model": "lda", "topic": n, "rename": next(text), "note": next(text)} for n in range(TOPICS)]
    (root / "curation.toml").write_text(toml_text({"topics": topics}), encoding="utf-8")
    settings = {
        "study": {"name": "x", "title": next(text), "as_of": "2025-12-31"},
        "sources": [{"path": "in"}],
        "models.lda": {"topics": TOPICS, "passes": 5, "samples": 0},
        "themes": themes,
        "trends": {"events": "events.csv"},
        "report": {"language": pages, "workbook": pages == "both", "curation": "curation.toml"},
    }
    written = toml_text(settings).replace('as_of = "2025-12-31"', "as_of = 2025-12-31")
    (root / "study.toml").write_text(written, encoding="utf-8")
    return run(read_study(root / "study.toml"), root / "out").parent


def _csv(name: str) -> str:
    return name.replace('"', '""')


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same study twice: full of hostile strings, and full of harmless ones."""
    plain = tuple(f"harmless name {number}" for number in range(FILES))
    roots = {name: tmp_path_factory.mktemp(name) for name in ("hostile", "harmless")}
    return {"hostile": made(roots["hostile"], HOSTILE, FILE_NAMES), "harmless": made(roots["harmless"], HARMLESS, plain)}


def active(page: Page) -> dict[str, int]:
    return {tag: n for tag, n in page.names().items() if tag in ACTIVE}


@pytest.mark.parametrize("name", PAGES)
def test_as_many_nodes_can_act_as_with_harmless_strings(twins: dict[str, Path], name: str) -> None:
    hostile, harmless = (Page((twins[key] / name).read_text(encoding="utf-8")) for key in ("hostile", "harmless"))
    assert active(hostile) == active(harmless)
    assert hostile.handlers() == harmless.handlers() == []
    for attribute in ("src", "srcdoc", "action", "formaction", "style", "target"):
        assert Counter(hostile.values(attribute)) == Counter(harmless.values(attribute)), attribute
    assert [target for target in hostile.values("href") if re.match(r"\s*(\w+:|//)", target) and not re.match("https?://", target)] == []


def test_hundreds_of_them_are_shown_as_they_are(twins: dict[str, Path]) -> None:
    shown = Page((twins["hostile"] / "index.html").read_text(encoding="utf-8")).text
    seen = {text for text in HOSTILE if " ".join(text.split()) in shown}
    assert len(seen) >= 500


@pytest.mark.parametrize("name", PAGES[:2])
@pytest.mark.parametrize("scripts", [True, False])
def test_nothing_runs_in_chromium(browser: Browser, twins: dict[str, Path], name: str, scripts: bool) -> None:
    with Visit(browser, twins["hostile"] / name, bypass_csp=scripts) as visit:  # also without the policy, which is a second wall
        for summary in visit.page.query_selector_all("summary"):
            summary.evaluate("(node) => node.parentElement.open = true")
        assert visit.page.evaluate("window.hit") is None
        assert visit.page.evaluate("document.querySelectorAll('script').length") == 0
        assert visit.requests == [visit.url]
        assert visit.faults == []


def test_figures_stay_drawings(twins: dict[str, Path]) -> None:
    for path in sorted((twins["hostile"] / "figures").rglob("*.svg")):
        drawn = Page(path.read_text(encoding="utf-8"))
        assert active(drawn) == {}, path.name
        assert drawn.handlers() == []
        assert not [target for target in drawn.values("href") + drawn.values("xlink:href") if not target.startswith("#")], path.name


def test_no_cell_is_a_formula(twins: dict[str, Path]) -> None:
    out, begun = twins["hostile"], 0
    for path in [*sorted((out / "tables").glob("*.csv")), *sorted((out / "figures").rglob("*.csv"))]:
        for row in csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True)):
            for cell in row:
                begun += cell.startswith("'") and cell[1:].startswith(FORMULA)
                assert not cell.startswith(FORMULA) or re.fullmatch(r"-[\d.]+(e[-+]\d+)?|-inf", cell), f"{path.name}: {cell}"
    assert begun > 30
    book = openpyxl.load_workbook(out / "tables.xlsx", read_only=True)
    assert [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []


def code_of(command: list[str]) -> object:
    with pytest.raises(SystemExit) as ended:
        sys.exit(main(command))
    return ended.value.code or 0


def test_a_terminal_stays_clean(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    escapes = tuple(f"{ESCAPES}{text}" for text in HOSTILE)
    names = tuple(name.replace("/", "_") for name in escapes)
    out = made(tmp_path, escapes, names, n_themes=16, pages="en")
    capfd.readouterr()
    for command in (["check", str(tmp_path / "in")], ["check", str(tmp_path / "in"), "--json"], ["themes", str(tmp_path / "study.toml")]):
        assert code_of(command) == 0
    assert code_of(["transform", str(out / "artifacts" / "lda"), str(tmp_path / "in"), "--out", str(tmp_path / "new")]) == 0
    assert code_of(["check", str(tmp_path / names[0])]) == 2
    said = "".join(capfd.readouterr())
    assert len(said) > 1_000
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", said) == []
    assert [line for line in said.splitlines() if line.lstrip().startswith("]0;owned")] == [], "a name forges a line"
    pages = html.unescape((out / "index.html").read_text(encoding="utf-8"))
    assert re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", pages) == []
