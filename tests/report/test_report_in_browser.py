"""The report in Chromium, offline: what a reader with a narrow screen, a dark theme, a keyboard or a screen reader meets."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="the browser driver is in requirements.lock")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is in requirements.lock")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="needs the system's chromium")
PAGES = ["index.html", "index.vi.html"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_stands_in_the_way_of_any_reader(sample_run: Path, browser: Any, name: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, offline=True)
    page = context.new_page()
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.goto((sample_run / name).as_uri())
    found = axe.Axe().run(page).response["violations"]
    context.close()
    assert [(item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found] == []
    assert asked == [(sample_run / name).as_uri()]
    assert told == []


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_needs_no_sideways_scroll(sample_run: Path, browser: Any, name: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto((sample_run / name).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


def test_links_and_tables_are_reached_by_keyboard(sample_run: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto((sample_run / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    reached = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
        if {"A", "SUMMARY", "DIV"} <= reached:
            break
    assert {"A", "SUMMARY", "DIV"} <= reached
    page.close()
