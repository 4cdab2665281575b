"""What the settings of `[report]` give: pages by language, a workbook, a PDF; and what stands at the top where a gate fails."""

from __future__ import annotations

import contextlib
import csv
import math
import re
import subprocess
import sys
import zlib
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.conftest import make_document
from topics.config import read_study
from topics.core.errors import DataError, MissingPartError
from topics.report import workbook
from topics.report.sections.overview import MOVED, mix_change
from topics.report.workbook import write_workbook
from topics.runner import run
from topics.viz.panels import _alone

DAY = date(2025, 1, 1)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with six short articles and the head of a study that names one theme."""
    folder = tmp_path_factory.mktemp("few")
    (folder / "articles").mkdir()
    for number in range(6):
        text = f"Hanoi, {number + 1} March 2025. The port of Vinh opened berth {number} for ships, officials said. "
        (folder / "articles" / f"2025-03-0{number + 1}-a{number}.txt").write_text(text * 3 + f"Note {number}.\n", encoding="utf-8")
    (folder / "study.toml").write_text(
        '[study]\nname = "few"\n[[sources]]\npath = "articles"\n[[themes]]\nkey = "ports"\n'
        'label = { en = "Ports", vi = "Cảng" }\nterms = { en = ["port", "berth*"] }\n[report]\n',
        encoding="utf-8",
    )
    return folder


def made(folder: Path, name: str, settings: str) -> Path:
    study = folder / f"{name}.toml"
    study.write_text((folder / "study.toml").read_text(encoding="utf-8") + settings, encoding="utf-8")
    return run(read_study(study), folder / name).parent


def test_without_settings_there_is_one_page_in_english(few: Path) -> None:
    out = made(few, "plain", "")
    page = (out / "index.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "Few articles: 6." in page
    assert ">Ports <span" in page
    assert "hreflang" not in page
    assert not [path.name for path in out.iterdir() if path.suffix in (".pdf", ".xlsx") or path.name == "index.vi.html"]


def test_a_page_in_vietnamese(few: Path) -> None:
    page = (made(few, "vietnamese", 'language = "vi"\n') / "index.html").read_text(encoding="utf-8")
    assert '<html lang="vi">' in page
    assert "Ít bài: 6." in page
    assert ">Cảng <span" in page
    assert "What this can" not in page


def test_both_pages_lead_to_each_other(few: Path) -> None:
    out = made(few, "both", 'language = "both"\n')
    for name, other, language in (("index.html", "index.vi.html", "en"), ("index.vi.html", "index.html", "vi")):
        page = (out / name).read_text(encoding="utf-8")
        assert f'<html lang="{language}">' in page
        assert f'<a href="{other}" hreflang=' in page
    assert sorted(path.name for path in (out / "figures" / "vi").iterdir()) == sorted(path.name for path in (out / "figures").glob("*.*"))


def test_pages_of_an_earlier_run_do_not_pass_for_pages_of_this_one(few: Path) -> None:
    before = made(few, "first", 'language = "both"\nworkbook = true\n')
    assert {"index.vi.html", "tables.xlsx"} <= {path.name for path in before.iterdir()}
    study = few / "first.toml"
    study.write_text((few / "study.toml").read_text(encoding="utf-8") + 'language = "vi"\n', encoding="utf-8")
    run(read_study(study), before)
    assert not {"index.vi.html", "tables.xlsx"} & {path.name for path in before.iterdir()}
    assert not list(before.glob(".*"))
    assert '<html lang="vi">' in (before / "index.html").read_text(encoding="utf-8")


def test_a_workbook_holds_every_table_as_it_is(few: Path) -> None:
    out = made(few, "workbook", "workbook = true\n")
    book = openpyxl.load_workbook(out / "tables.xlsx", read_only=True)
    tables = sorted((out / "tables").glob("*.csv"))
    assert len(book.sheetnames) == len(tables)
    for name, path in zip(book.sheetnames, tables, strict=True):
        assert path.stem.startswith(name[:28])
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        for row, cells in zip(rows, book[name].iter_rows(values_only=True), strict=True):
            for text, value in zip(row, [*cells, *[None] * (len(row) - len(cells))], strict=True):
                assert (
                    (float(text) == value) if isinstance(value, (int, float)) and not isinstance(value, bool) else (text == (value or ""))
                )
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []


def test_a_workbook_has_the_same_bytes_each_time_and_keeps_names_of_digits(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('id,n\n007,1.5\n12345678901234567890,-2\n1_000,1e3\n=1+1,"a\x01b"\n', encoding="utf-8")
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx")["t"].iter_rows(values_only=True))
    assert rows[1:] == [("007", 1.5), ("12345678901234567890", -2), ("1_000", 1000), ("=1+1", "a\ufffdb")]
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["t"]["A5"].data_type == "s"


def test_a_table_longer_than_a_sheet_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "long.csv").write_text("a\n1\n2\n3\n", encoding="utf-8")
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    with pytest.raises(DataError, match=r"long\.csv: the table has 4 rows with its header, a sheet of a workbook 3 at most"):
        write_workbook(tmp_path, tmp_path / "x.xlsx")


def test_a_workbook_that_cannot_be_is_refused_before_pages_are_drawn(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    monkeypatch.setattr("topics.report.pages.make_figures", lambda *_: pytest.fail("drawn before the workbook was checked"))
    with pytest.raises(DataError, match=r"workbook = false; the CSV will be whole"):
        made(few, "long", "workbook = true\n")


def test_a_pdf_that_cannot_be_is_refused_before_anything_is_computed(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(MissingPartError, match=r"topics-trends\[pdf\]"):
        made(few, "early", "pdf = true\n")
    assert not (few / "early").exists()


def unpacked(stream: bytes) -> bytes:
    with contextlib.suppress(zlib.error):
        return zlib.decompress(stream)
    return b""


def test_a_pdf_has_the_same_bytes_each_time(few: Path) -> None:
    weasyprint = pytest.importorskip("weasyprint", reason="needs the system's pango", exc_type=(ImportError, OSError))
    assert weasyprint
    one = made(few, "pdf", "pdf = true\n")
    two = run(read_study(few / "pdf.toml"), few / "again").parent
    data = (one / "index.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    inside = b"".join(unpacked(stream) for stream in re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL))
    assert b"/StructTreeRoot" in inside + data, "tagged for screen readers"
    assert data == (two / "index.pdf").read_bytes()
    assert 'href="index.pdf"' in (one / "index.html").read_text(encoding="utf-8")


def test_on_paper_no_table_is_wider_than_the_page(sample_run: Path) -> None:
    weasyprint = pytest.importorskip("weasyprint", reason="needs the system's pango", exc_type=(ImportError, OSError))
    tables = 0
    for page in weasyprint.HTML(string=(sample_run / "index.vi.html").read_text(encoding="utf-8")).render().pages:
        paper = page._page_box
        edge = paper.content_box_x() + paper.width
        boxes = [box for box in paper.descendants() if box.element_tag in ("table", "td", "th", "h1")]
        tables += sum(box.element_tag == "table" for box in boxes)
        assert [box for box in boxes if box.position_x + box.margin_width() > edge + 1] == []
        assert all(box.style["font_size"] > 20 for box in boxes if box.element_tag == "h1"), "WeasyPrint knows no clamp()"
    assert tables > 5


def test_without_weasyprint_the_error_says_what_to_install(few: Path, tmp_path: Path) -> None:
    study = few / "missing.toml"
    study.write_text((few / "study.toml").read_text(encoding="utf-8") + "pdf = true\n", encoding="utf-8")
    code = "import sys; sys.modules['weasyprint'] = None; from topics.cli import main; sys.exit(main(sys.argv[1:]))"
    answer = subprocess.run(
        [sys.executable, "-c", code, "run", str(study), "--out", str(tmp_path / "out")], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 4, answer.stderr
    assert "[report] pdf: the report as PDF needs WeasyPrint" in answer.stderr
    assert "apt install libpango" in answer.stderr
    assert not (tmp_path / "out" / "index.html").exists()


def sources(names: list[str]) -> tuple:  # type: ignore[type-arg]
    return tuple(make_document(f"text {n}", day=DAY + timedelta(days=n), source=name).info for n, name in enumerate(names))


def mix_of(infos: tuple) -> float:  # type: ignore[type-arg]
    return mix_change(infos)[0]


def test_a_source_that_joins_early_raises_a_banner_with_its_day() -> None:
    joined = sources(["a"] * 60 + ["b", "b", "b", "a"] * 100)  # most of the articles lie after it, also in the first half
    moved, day = mix_change(joined)
    assert moved > 0.6
    assert day is not None
    assert abs((day - DAY).days - 60) <= 46, "within a tenth of the time"


def test_a_mix_of_sources_that_stays_raises_no_banner() -> None:
    assert mix_of(sources(["a", "b", "c", "d"] * 50)) == 0.0
    assert mix_of(sources(["a"] * 100)) == 0.0


def test_a_mix_of_sources_that_turns_over_raises_one() -> None:
    assert mix_of(sources(["a"] * 100 + ["b"] * 100)) > 0.85
    half = sources((["a", "b"] * 50) + (["a", "c"] * 50))
    assert MOVED < mix_of(half) < 0.55


def test_few_articles_tell_nothing_of_their_mix() -> None:
    assert mix_of(sources(["a"] * 10 + ["b"] * 10)) == 0.0


def test_a_page_says_what_each_language_and_source_speaks_of(sample_run: Path) -> None:
    page = (sample_run / "index.html").read_text(encoding="utf-8")
    part = page.split("not of how much it cares.")[1].split("</table>")[0]
    present: dict[str, set[str]] = {}
    for row in csv.DictReader((sample_run / "tables" / "document_themes.csv").read_text(encoding="utf-8").splitlines()):
        if row["model"] == "combined" and row["present"] == "true":
            present.setdefault(row["theme"], set()).add(row["id"])
    documents = list(csv.DictReader((sample_run / "tables" / "documents.csv").read_text(encoding="utf-8").splitlines()))
    themes = re.findall(r'id="theme-(\w+)"', page)
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', part)
    assert {name for name, _ in rows} >= {"all", "en", "vi", *{row["source"] for row in documents}} - {""} or len(rows) > 3
    for name, cells in rows:
        own = [row["id"] for row in documents if name.strip() in ("all", row["language"], row["source"])]
        n, *shares = re.findall(r">([\d.,%]+)</td>", cells)
        assert int(n) == len(own)
        expected = [sum(i in present[theme] for i in own) / len(own) for theme in themes]
        assert shares == [f"{value:.1%}" if 0 < value < 0.0995 else f"{value:.0%}" for value in expected]


def test_a_share_without_neighbours_shows_its_interval() -> None:
    frame = pd.DataFrame({"whose": ["a"] * 5 + ["b"] * 2, "share": [0.1, math.nan, 0.2, math.nan, 0.3, 0.1, 0.2]})
    assert _alone(frame).tolist() == [True, False, True, False, True, False, False]
