"""The report in Chromium, offline: what a reader with a narrow screen, a dark theme, a keyboard or a screen reader meets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.report.browsing import Visit, browser, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]
PAGES = ["index.html", "index.vi.html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_stands_in_the_way_of_any_reader(sample_run: Path, browser: Browser, name: str, scheme: str) -> None:
    with Visit(browser, sample_run / name, color_scheme=scheme) as visit:
        assert violations(visit.page) == []
        assert visit.requests == [visit.url]
        assert visit.faults == []


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_needs_no_sideways_scroll(sample_run: Path, browser: Browser, name: str) -> None:
    with Visit(browser, sample_run / name, viewport={"width": 320, "height": 700}) as visit:
        for summary in visit.page.query_selector_all("summary"):
            summary.press("Enter")
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 320


def test_links_and_tables_are_reached_by_keyboard(sample_run: Path, browser: Browser) -> None:
    with Visit(browser, sample_run / "index.html") as visit:
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.className") == "skip"
        visit.page.keyboard.press("Enter")
        assert visit.page.url.endswith("#content")
        reached: set[str] = set()
        for _ in range(400):
            visit.page.keyboard.press("Tab")
            reached.add(visit.page.evaluate("document.activeElement.tagName"))
            if {"A", "SUMMARY", "DIV"} <= reached:
                break
        assert {"A", "SUMMARY", "DIV"} <= reached
