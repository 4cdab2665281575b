"""Hostile text in every place of the explorer that a writer, a reader or a file system fills: it stays text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from browsing import Visit, browser  # noqa: F401 - a fixture
from hostile import HARMLESS, HOSTILE

from tests.conftest import ROOT
from topics.config import read_study
from topics.pipeline import Study
from topics.report.explorer.columns import worded
from topics.report.explorer.data import ExplorerData
from topics.report.explorer.page import render_page

ACTIVE = ", ".join(
    "script style meta link base iframe frame object embed portal img video audio source template foreignObject animate set".split()
)
COUNT = f"""() => [document.querySelectorAll({json.dumps(ACTIVE)}).length,
    [...document.querySelectorAll("*")].filter((node) => [...node.attributes].some(({{ name }}) => name.startsWith("on"))).length,
    [...document.querySelectorAll("a[href]")].filter((node) => !/^(https?|file):$/.test(node.protocol)).length]"""


PICKS = "[...themes.map((theme) => 'theme:' + theme.key), ...models[state.model].topics.map((topic) => topic.id)]"


def filled(blocks: dict[str, Any], strings: tuple[str, ...]) -> tuple[dict[str, Any], list[str]]:
    """The blocks with these strings in every place for text, in turn, and all that were used."""
    used: list[str] = []
    source = cycle(strings)

    def text() -> str:
        used.append(next(source))
        return used[-1]

    made = json.loads(json.dumps(blocks))
    size = made["shown"]
    made["documents"]["titles"] = worded([text() for _ in range(size)])
    made["documents"]["links"] = worded(["https://news.test/" + str(number) if number % 2 else text() for number in range(size)])
    for key in ("sources", "languages"):
        made["documents"][key]["names"] = [text() for _ in made["documents"][key]["names"]]
    made["documents"]["dates"] = [[text(), period, n] for _, period, n in made["documents"]["dates"]]
    for theme in made["themes"]:
        theme |= {"label": {"en": text()}, "definition": {"en": text()}, "terms": {"en": [text() for _ in range(9)]}}
    for model in made["models"]:
        model["title"], model["fitted"] = text(), [text() for _ in model["fitted"]]
        model["curation"] = [{"topic": 0, "rename": text(), "hide": False, "merge": None, "note": text()}]
        for topic in model["topics"]:
            topic |= {"label": text(), "terms": [[text(), weight] for _, weight in topic["terms"]], "frex": [text() for _ in topic["frex"]]}
    made["study_file"], made["curation_file"], made["name"] = text(), text(), text()
    return made, used


@pytest.fixture(scope="module")
def pages(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same explorer twice: full of hostile strings, and full of harmless ones."""
    blocks = ExplorerData(Study(read_study(ROOT / "reports" / "sample.toml"), sample_run)).blocks(1_000)
    made: dict[str, Path] = {}
    for name, strings in {"hostile": HOSTILE, "harmless": HARMLESS}.items():
        found, used = filled(blocks, strings)
        assert len(HOSTILE) >= 500
        assert set(used) == set(strings)
        made[name] = tmp_path_factory.mktemp("pages") / f"{name}.html"
        made[name].write_text(render_page(found, strings[0], "both"), encoding="utf-8")
    return made


def walked(browser: Any, path: Path) -> Iterator[tuple[str, list[int]]]:  # noqa: F811
    """Visit every topic, theme and view of a page; yield the counts of what could act, at each step."""
    with Visit(browser, path) as visit:
        page = visit.page
        yield "start", page.evaluate(COUNT)
        for pick in page.evaluate(PICKS):
            page.evaluate("(pick) => choose({ view: 'topics', pick })", pick)
            yield f"topic {pick}", page.evaluate(COUNT)
        for name in page.evaluate("modelNames"):
            for view in ("map", "compare", "edit"):
                page.evaluate("(changes) => choose(changes)", {"view": view, "model": name, "pick": "0", "article": "3"})
                yield f"{view} {name}", page.evaluate(COUNT)
        page.evaluate("(q) => choose({ view: 'topics', q, pick: '' })", HOSTILE[0])
        yield "search", page.evaluate(COUNT)
        box = page.evaluate("choose({ view: 'map', q: '', pick: '' }), document.getElementById('map').getBoundingClientRect().toJSON()")
        for step in range(0, 300, 30):
            page.mouse.move(box["x"] + 2 * step, box["y"] + step)
        yield "tip", page.evaluate(COUNT)
        assert page.evaluate("window.hit") is None
        assert page.evaluate("Object.keys(Object.prototype).length") == 0
        assert visit.faults == []
        assert visit.requests == [visit.url]


def test_hostile_strings_add_nothing_that_acts(browser: Any, pages: dict[str, Path]) -> None:  # noqa: F811
    hostile, harmless = (dict(walked(browser, pages[name])) for name in ("hostile", "harmless"))
    assert hostile == harmless
    assert {counts[1] for counts in hostile.values()} == {counts[2] for counts in hostile.values()} == {0}


def test_hostile_strings_are_shown_as_they_are(browser: Any, pages: dict[str, Path]) -> None:  # noqa: F811
    with Visit(browser, pages["hostile"]) as visit:
        visit.page.evaluate("shownArticles = 1000; listedFor = ''; render()")
        visit.page.evaluate("shownArticles = 1000; render()")
        shown = visit.page.locator("#articles .article-title").all_text_contents()
        assert sorted(shown) == sorted(visit.page.evaluate("titles.map(visible)"))
        assert visit.page.evaluate("titles") == list(HOSTILE[: len(shown)])


def test_what_turns_or_hides_letters_is_shown_by_its_code(browser: Any, pages: dict[str, Path]) -> None:  # noqa: F811
    with Visit(browser, pages["hostile"]) as visit:
        assert visit.page.evaluate("visible('a\\u202eb\\u2066c\\u0007')") == "a[U+202E]b[U+2066]c[U+0007]"
        assert "\u202e" not in visit.page.evaluate("document.body.innerText")


def test_links_that_are_not_of_the_web_are_no_links(browser: Any, pages: dict[str, Path]) -> None:  # noqa: F811
    with Visit(browser, pages["hostile"]) as visit:
        targets = visit.page.evaluate("[...document.querySelectorAll('#articles a')].map((node) => [node.href, node.rel, node.target])")
        assert targets
        assert all(href.startswith("https://news.test/") and "noreferrer" in rel for href, rel, _ in targets)


def test_hostile_addresses_run_nothing(browser: Any, pages: dict[str, Path]) -> None:  # noqa: F811
    with Visit(browser, pages["harmless"]) as visit:
        for text in HOSTILE[::60]:
            for key in ("q", "pick", "source", "with", "view"):
                visit.page.evaluate("([key, text]) => { location.hash = new URLSearchParams([[key, text]]).toString(); }", [key, text])
                visit.page.evaluate("() => new Promise((done) => setTimeout(done, 10))")
                assert visit.page.evaluate("state.q.length") == (
                    0 if key != "q" else visit.page.evaluate("(text) => text.normalize('NFC').length", text)
                )
                assert visit.page.evaluate("window.hit") is None
        assert visit.faults == []
