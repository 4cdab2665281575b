"""The explorer in a browser without a network: filters, links, keyboard, screen readers, narrow windows, dark and light."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from browsing import Visit, browser, violations  # noqa: F401 - a fixture

from tests.conftest import ROOT
from topics.config import read_study
from topics.pipeline import Study
from topics.report.explorer.data import ExplorerData
from topics.report.explorer.page import render_explorer, render_page

VIEWS = {
    "overview": "",
    "topic": "#model=lda&pick=3",
    "theme": "#pick=theme%3Adual_use_industry",
    "map": "#view=map&pick=3&article=5",
    "compare": "#view=compare",
    "edit": "#view=edit",
    "nothing": "#q=zzzzzz",
}


@pytest.fixture(scope="module")
def explorer(sample_run: Path) -> Path:
    """The sample's explorer with both languages, beside its report."""
    study = Study(read_study(ROOT / "reports" / "sample.toml"), sample_run)
    path = sample_run / "explorer.html"
    both = sample_run.parent / "both.html"
    both.write_text(render_explorer(study, "both"), encoding="utf-8")
    assert path.is_file()
    return both


@pytest.fixture
def visit(browser: Any, explorer: Path) -> Iterator[Visit]:  # noqa: F811
    """A visit that must end without a fault and with one request alone."""
    with Visit(browser, explorer) as made:
        yield made
        assert made.faults == []
        assert [url for url in made.requests if not url.startswith("blob:")] == [made.url]


def rows_of(sample_run: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((sample_run / "tables" / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


def count(visit: Visit) -> int:
    """Articles under the filters, as the page says."""
    return int(re.match(r"([\d,]+)", visit.text("#count"))[1].replace(",", ""))  # type: ignore[index]


def listed(visit: Visit) -> int:
    """Articles of the choice, as the page says above their list."""
    return int(re.match(r"([\d,]+)", visit.text("#articles-title"))[1].replace(",", ""))  # type: ignore[index]


# --- filters and what is chosen ---------------------------------------------------------------------------------------------------------


def test_filters_count_what_the_tables_hold(sample_run: Path, visit: Visit) -> None:
    documents = rows_of(sample_run, "documents")
    assert count(visit) == len(documents)
    visit.page.select_option("#language", "vi")
    assert count(visit) == sum(row["language"] == "vi" for row in documents)
    source = documents[0]["source"]
    visit.page.select_option("#language", "")
    visit.page.select_option("#source", source)
    assert count(visit) == sum(row["source"] == source for row in documents)
    visit.page.select_option("#from", "2025-01")
    visit.page.select_option("#to", "2025-06")
    within = [
        row for row in documents if row["source"] == source and "2025-01" <= row["date_earliest"][:7] == row["date_latest"][:7] <= "2025-06"
    ]
    assert count(visit) == len(within) > 0
    visit.page.click("#clear")
    assert count(visit) == len(documents)
    themed = {
        row["id"]
        for row in rows_of(sample_run, "document_themes")
        if row["present"] == "true" and (row["model"], row["theme"]) == ("combined", "training")
    }
    visit.page.select_option("#theme", "training")
    assert count(visit) == len(themed) > 0
    visit.page.select_option("#language", "en")
    assert count(visit) == sum(row["language"] == "en" for row in documents if row["id"] in themed)


def test_counts_of_a_choice_are_those_under_the_other_filters(sample_run: Path, visit: Visit) -> None:
    documents = rows_of(sample_run, "documents")
    visit.page.select_option("#language", "vi")
    shown = dict(re.match(r"(.*) \(([\d,]+)\)$", text).groups() for text in visit.page.locator("#source option").all_inner_texts()[1:])  # type: ignore[union-attr]
    for source in {row["source"] for row in documents}:
        assert int(shown[source]) == sum((row["source"], row["language"]) == (source, "vi") for row in documents)
    assert sum(map(int, re.findall(r"\((\d+)\)", visit.text("#language")))) == len(documents)


def test_a_topic_shows_its_words_its_trend_and_its_articles(sample_run: Path, visit: Visit) -> None:
    visit.page.select_option("#model", "lda")
    visit.page.click('#list [data-pick="3"]')
    topics = [row for row in rows_of(sample_run, "topics_lda") if row["topic"] == "3"]
    heavy = [row["term"] for row in sorted(topics, key=lambda row: int(row["rank"]))[:12]]
    assert visit.page.locator(".bars .term").all_inner_texts() == heavy
    special = [row["term"] for row in sorted(topics, key=lambda row: int(row["frex_rank"]))[:10]]
    assert visit.page.locator(".chips .term").all_inner_texts() == special
    trend = [row for row in rows_of(sample_run, "trends_lda") if (row["kind"], row["series"], row["language"]) == ("topic", "3", "all")]
    visit.page.click("#detail .numbers summary")
    cells = [line.split("\t") for line in visit.page.locator("#detail .numbers tbody tr").all_inner_texts()]
    assert [cell[0].rstrip("*") for cell in cells] == [row["period"] for row in trend]
    for cell, row in zip(cells, trend, strict=True):
        if row["share"]:
            assert [float(part.rstrip("%")) for part in cell[1:4]] == [
                pytest.approx(100 * float(row[key]), abs=0.0051) for key in ("share", "low", "high")
            ]
        assert int(cell[4]) == int(row["n_docs"])
    assert visit.page.locator(".chart svg path.band").count() >= 1
    data = json.loads(visit.page.text_content("#data") or "")
    assert listed(visit) == next(
        topic["n"] for model in data["models"] if model["name"] == "lda" for topic in model["topics"] if topic["id"] == "3"
    )
    assert visit.page.locator(".mini .here").count() == 1


def test_search_finds_topics_by_words_and_articles_by_title_without_marks(sample_run: Path, visit: Visit) -> None:
    titles = [row["title"] for row in rows_of(sample_run, "documents")]
    visit.page.fill("#q", "bão")
    visit.until("state.q === 'bão'")
    assert count(visit) == sum("bão" in title.lower() for title in titles)
    visit.page.fill("#q", "huan luyen")
    visit.until("state.q === 'huan luyen'")
    assert count(visit) == sum("huấn luyện" in title.lower() for title in titles) > 0
    assert "huấn luyện" in visit.text("#list")
    assert "Training" in visit.text("#list")


def test_the_order_of_articles_can_be_chosen(visit: Visit) -> None:
    visit.page.goto(visit.url + "#model=lda&pick=3")
    dates = visit.page.locator("#articles .meta > span:first-child").all_inner_texts()
    assert dates == sorted(dates, reverse=True)
    visit.page.select_option("#sort", "old")
    assert visit.page.locator("#articles .meta > span:first-child").all_inner_texts() == sorted(dates)
    visit.page.select_option("#sort", "most")
    shares = [int(share) for share in re.findall(r"(\d+) % of the article", visit.text("#articles"))]
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) > 1
    visit.requests.clear()
    visit.requests.append(visit.url)


def test_more_articles_come_when_asked_for(sample_run: Path, visit: Visit) -> None:
    first = visit.page.locator("#articles > li").count()
    assert first < count(visit)
    visit.page.click(".more")
    assert visit.page.locator("#articles > li").count() == 2 * first
    assert visit.page.evaluate(f"document.activeElement === document.querySelectorAll('#articles > li')[{first}]")


# --- addresses ------------------------------------------------------------------------------------------------------------------------


def test_an_address_restores_all_that_was_chosen(visit: Visit, browser: Any, explorer: Path) -> None:  # noqa: F811
    page = visit.page
    page.select_option("#model", "lda")
    page.select_option("#language", "vi")
    page.select_option("#theme", "restructuring")
    page.select_option("#from", "2024-06")
    page.fill("#q", "x")
    visit.until("state.q === 'x'")
    page.click("#tab-map")
    page.click("#ui")
    address, kept, shown = page.evaluate("location.hash"), page.evaluate("JSON.stringify(state)"), visit.text("#count")
    with Visit(browser, explorer, address) as again:
        assert again.page.evaluate("JSON.stringify(state)") == kept
        assert again.text("#count") == shown
        assert again.page.input_value("#q") == "x"
        assert again.page.input_value("#language") == "vi"
        assert again.page.locator("#map").is_visible()
        assert again.page.evaluate("document.documentElement.lang") == "vi"


def test_back_undoes_one_choice_after_another(visit: Visit) -> None:
    page = visit.page
    page.click('#list [data-pick="2"]')
    page.select_option("#language", "en")
    page.click("#tab-compare")
    page.go_back()
    assert page.locator("#compare-panel").is_hidden()
    assert (page.input_value("#language"), page.evaluate("state.pick")) == ("en", "2")
    page.go_back()
    assert (page.input_value("#language"), page.evaluate("state.pick")) == ("", "2")
    page.go_back()
    assert page.evaluate("state.pick") == ""
    page.go_forward()
    assert page.evaluate("state.pick") == "2"


@pytest.mark.parametrize(
    "address", ["#pick=99", "#model=nope&view=nope", "#from=1066&language=xx", "#pick=theme%3Anope&article=-1", "#%", "#q=%E0%A4%A"]
)
def test_an_address_that_names_nothing_is_no_fault(browser: Any, explorer: Path, address: str) -> None:  # noqa: F811
    with Visit(browser, explorer, address) as visit:
        assert visit.faults == []
        assert visit.page.locator("#detail-title").inner_text() == "All articles"


# --- people -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(browser: Any, explorer: Path, view: str, scheme: str) -> None:  # noqa: F811
    with Visit(browser, explorer, VIEWS[view], color_scheme=scheme, reduced_motion="reduce") as visit:
        visit.page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
        assert violations(visit.page) == []
        assert visit.faults == []


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_a_phone(browser: Any, explorer: Path, view: str) -> None:  # noqa: F811
    with Visit(browser, explorer, VIEWS[view], viewport={"width": 320, "height": 640}) as visit:
        visit.page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_everything_can_be_done_by_keyboard_alone(visit: Visit) -> None:
    page, keys = visit.page, visit.page.keyboard

    def focused(expression: str) -> Any:
        return page.evaluate(f"document.activeElement.{expression}")

    def tab_to(expression: str, most: int = 40) -> None:
        for _ in range(most):
            if page.evaluate(f"Boolean(document.activeElement && ({expression}))"):
                return
            keys.press("Tab")
        raise AssertionError(f"Tab does not reach {expression}")

    tab_to("document.activeElement.classList.contains('skip')")
    tab_to("document.activeElement.id === 'q'")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    keys.type("training")
    visit.until("state.q === 'training'")
    keys.press("Escape")
    assert page.evaluate("state.q") == ""
    tab_to("document.activeElement.getAttribute('role') === 'tab'")
    keys.press("Tab")
    assert focused("getAttribute('role')") == "option"
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    assert page.evaluate("state.pick") == focused("dataset.pick") == "theme:restructuring"
    assert focused("getAttribute('aria-selected')") == "true"
    keys.press("End")
    keys.press("ArrowUp")
    keys.press(" ")
    assert page.evaluate("state.pick") == focused("dataset.pick") == "10"
    tab_to("document.activeElement.tagName === 'SUMMARY' && document.activeElement.dataset.key === 'edit-summary'")
    keys.press("Enter")
    keys.press("Tab")
    assert focused("id") == "edit-name"
    keys.type("By keys")
    keys.press("Tab")
    assert page.evaluate("curationFile()").count('rename = "By keys"') == 1
    tab_to("document.activeElement.classList.contains('article')")
    first = focused("dataset.key")
    keys.press("ArrowDown")
    assert focused("dataset.key") != first
    keys.press("Escape")
    assert page.evaluate("state.pick") == ""
    assert focused("getAttribute('role')") == "option"
    page.evaluate("document.getElementById('tab-topics').focus()")
    keys.press("ArrowRight")
    keys.press("Enter")
    assert page.locator("#map").is_visible()
    tab_to("document.activeElement.classList.contains('disc')", 60)
    before = focused("dataset.place")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        keys.press(key)
    assert focused("className") == "disc"
    keys.press("Enter")
    assert page.evaluate("state.pick") == page.evaluate("models[state.model].topics[Number(document.activeElement.dataset.place)].id")
    assert before is not None


def test_a_screen_reader_hears_the_counts(visit: Visit) -> None:
    assert visit.page.get_attribute("#status", "aria-live") == "polite"
    visit.page.select_option("#language", "en")
    visit.until("document.getElementById('status').textContent === document.getElementById('count').textContent")
    visit.page.select_option("#language", "vi")
    visit.until("document.getElementById('status').textContent === document.getElementById('count').textContent")
    assert visit.text("#status").startswith(str(count(visit)))


def test_the_map_is_there_in_words_too(visit: Visit) -> None:
    visit.page.click("#tab-map")
    visit.page.click("#map-figure summary")
    model = visit.page.evaluate("state.model")
    rows = visit.page.locator("#map-table tbody tr").count()
    assert rows == visit.page.evaluate(f"models['{model}'].topics.length")
    assert visit.page.locator("#discs button").count() == rows
    assert "Distances are approximate" in visit.text("#map-figure")


def test_a_click_on_the_map_chooses_the_topic_that_is_there_and_pointing_names_it(visit: Visit) -> None:
    visit.page.click("#tab-map")
    place = visit.page.evaluate(
        """() => { const model = models[state.model], canvas = document.getElementById("map");
        const to = projection(model, canvas.clientWidth, canvas.clientHeight);
        const row = planOf(model).x.findIndex((x, at) => !Number.isNaN(x) && model.near[at] === 2 && !model.outside[at]);
        return { x: to.x(planOf(model).x[row]), y: to.y(planOf(model).y[row]), row, title: titles[row] }; }"""
    )
    box = visit.page.locator("#map").bounding_box()
    assert box
    visit.page.mouse.move(box["x"] + place["x"], box["y"] + place["y"])
    assert place["title"] in visit.text("#tip")
    visit.page.mouse.click(box["x"] + place["x"], box["y"] + place["y"])
    assert visit.page.evaluate("[state.pick, state.article]") == ["2", str(place["row"])]
    assert place["title"] in visit.text("#map-article")
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate("[state.pick, state.article]") == ["", ""]


def test_matched_topics_stand_side_by_side_with_the_articles_that_they_share(sample_run: Path, visit: Visit) -> None:
    visit.page.click("#tab-compare")
    matched = [row for row in rows_of(sample_run, "concordance") if row["lda_topic"] and row["bertopic_topic"]]
    alone = [row for row in rows_of(sample_run, "concordance") if not (row["lda_topic"] and row["bertopic_topic"])]
    assert visit.page.locator(".pairs tbody tr").count() == len(matched) > 5
    assert visit.page.locator(".alone li").count() == len(alone)
    first = visit.page.locator(".pairs tbody tr").first
    n = int(first.locator("td").nth(4).inner_text().split()[0])
    first.locator("td").nth(4).locator("button").click()
    assert listed(visit) == n
    assert visit.page.evaluate("[state.view, state.model, state.with.split(':')[0]]") == ["topics", "lda", "bertopic"]


def test_the_switch_changes_every_text_of_the_page(visit: Visit) -> None:
    visit.page.click("#ui")
    assert visit.page.evaluate("document.documentElement.lang") == "vi"
    assert "bài viết" in visit.text("#count")
    english = visit.page.evaluate("Object.values(TEXTS.en).filter((text) => text.length > 25 && !text.includes('{'))")
    shown = visit.text("body")
    assert [text for text in english if text in shown] == []


def test_without_javascript_the_way_to_the_numbers_is_shown(browser: Any, sample_run: Path) -> None:  # noqa: F811
    with Visit(browser, sample_run / "explorer.html", java_script_enabled=False) as visit:
        assert "every number" in visit.text("main")
        assert visit.page.locator(".banner a").count() > 5


def test_it_prints_what_is_chosen_without_the_controls(visit: Visit) -> None:
    visit.page.goto(visit.url + "#pick=3")
    visit.page.emulate_media(media="print")
    assert visit.page.locator("#controls").is_hidden()
    assert visit.page.locator("#detail-title").is_visible()
    assert visit.page.locator(".chart svg").is_visible()
    visit.requests[:] = [visit.url]


# --- studies that lack something, and pages inside others -------------------------------------------------------------------------------


@pytest.mark.parametrize("lacking", ["models", "themes", "articles", "dates", "everything"])
def test_a_study_that_lacks_something_has_a_page_without_faults(browser: Any, explorer: Path, tmp_path: Path, lacking: str) -> None:  # noqa: F811
    study = Study(read_study(ROOT / "reports" / "sample.toml"), explorer.parent / "sample")
    blocks: dict[str, Any] = ExplorerData(study).blocks(0 if lacking in {"articles", "everything"} else 40)
    if lacking in {"models", "everything"}:
        blocks |= {"models": [], "places": {}, "concordance": None, "tables": ["documents.csv"]}
    if lacking in {"themes", "everything"}:
        blocks |= {"themes": [], "theme_rows": {}}
    if lacking in {"dates", "everything"}:
        blocks["periods"] = []
        blocks["documents"]["dates"] = [["–", -1, blocks["shown"]]]
        for part in (blocks["theme_trends"], *(model["trends"] for model in blocks["models"])):
            part["languages"] = {"all": {"n": [], "complete": [], "cells": []}}
    path = tmp_path / "lacking.html"
    path.write_text(render_page(blocks, "Lacking", "both"), encoding="utf-8")
    for address in VIEWS.values():
        with Visit(browser, path, address) as visit:
            assert visit.faults == []
            assert visit.page.evaluate("document.documentElement.dataset.ready") == "yes"
            assert count(visit) == (0 if "zzz" in address else blocks["shown"])


def test_it_works_inside_a_frame_as_notebooks_show_it(browser: Any, explorer: Path, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "notebook.html"
    path.write_text(
        f'<!doctype html><title>x</title><iframe srcdoc="{escape(explorer.read_text(encoding="utf-8"))}"></iframe>', encoding="utf-8"
    )
    with Visit(browser, path) as visit:
        frame = visit.page.frames[1]
        frame.wait_for_selector("html[data-ready=yes]", state="attached")
        frame.evaluate("choose({ pick: '3' })")
        frame.evaluate("choose({ language: 'vi' })")
        assert frame.evaluate("[state.pick, state.language]") == ["3", "vi"]
        assert frame.inner_text("#detail-title").startswith("3")
        assert visit.faults == []
