"""A headless Chromium without a network, and what it met on a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


def chromium() -> str:
    """Path of the system's Chromium; skips where it or its driver is missing."""
    pytest.importorskip("playwright", reason="no playwright: install requirements.lock")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium: apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser, one a module: its driver keeps an event loop, which tests of others must not meet."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path)
        yield started
        started.close()


class Visit:
    """An open page, its requests, and everything that went wrong on it."""

    def __init__(self, browser: Browser, path: Path, address: str = "", **context: Any) -> None:
        settings = {"viewport": {"width": 1280, "height": 900}, "offline": True, "locale": "en-GB", "timezone_id": "Asia/Ho_Chi_Minh"}
        self.context: BrowserContext = browser.new_context(**{**settings, **context})
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.faults.append(message.text) if message.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.faults.append(dialog.message), dialog.dismiss()))
        self.url = path.as_uri()
        self.page.goto(self.url + address)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def until(self, expression: str) -> None:
        """Wait until an expression is true; Playwright's own waiting evaluates strings inside the page, which the policy forbids."""
        for _ in range(200):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"never true: {expression}")

    def text(self, selector: str) -> str:
        return self.page.inner_text(selector)


def violations(page: Page) -> list[str]:
    """What axe-core finds on a page: rule and place."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]
