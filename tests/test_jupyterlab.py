"""Notebooks in JupyterLab itself, in a browser that reaches nothing but this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("jupyterlab")

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
TOKEN = "of-this-test"
MINUTES = 60_000  # milliseconds
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium")]
RAN = """() => {
  const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(item => item.textContent);
  return prompts.length > 0 && prompts.every(text => /\\[\\d+\\]/.test(text));
}"""


@pytest.fixture(scope="module")
def project(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what notebooks read, with the finished run in its place."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "reports", "corpus"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("out", ".ipynb_checkpoints"))
    shutil.copytree(sample_run, folder / "reports" / "out" / "sample")
    return folder


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[str]:
    """The address of a JupyterLab over that copy, which asks nobody for news and keeps every cell in the page."""
    home = project / "home"
    settings = home / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}), encoding="utf-8")
    folders = {name: str(home / name.lower()) for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    quiet = {"TQDM_DISABLE": "1", "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "spaces")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", f"--IdentityProvider.token={TOKEN}", "--allow-root"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=", "--ServerApp.ip=127.0.0.1"]
    environment = os.environ | folders | quiet
    log = home / "log"
    with log.open("w") as errors, subprocess.Popen(command, cwd=project / "notebooks", env=environment, stderr=errors) as process:
        try:
            yield _address(log, process)
        finally:
            process.terminate()


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    """Where the server listens, once it says so."""
    for _ in range(240):
        found = re.search(r"http://127\.0\.0\.1:\d+/", log.read_text(encoding="utf-8"))
        if found:
            return found[0]
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.5)
    raise AssertionError("the server did not start:\n" + log.read_text(encoding="utf-8"))


@pytest.fixture
def page(server: str) -> Iterator[Any]:
    """A page whose requests to any other machine are refused and noted."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1300, "height": 1600})
        opened.elsewhere = []

        def gate(route: Any) -> None:
            if route.request.url.startswith((server, "data:", "blob:")):
                route.continue_()
            else:
                opened.elsewhere.append(route.request.url)
                route.abort()

        opened.route("**/*", gate)
        yield opened
        browser.close()


@pytest.mark.parametrize("name", ["01_quickstart"])
def test_a_notebook_opens_and_runs(page: Any, server: str, name: str, tmp_path: Path) -> None:
    page.goto(f"{server}lab/tree/{name}.ipynb?token={TOKEN}", timeout=2 * MINUTES)
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=2 * MINUTES)
    page.wait_for_selector("text=| Idle", timeout=2 * MINUTES)
    page.wait_for_timeout(3000)  # the menu is filled once the kernel has answered
    page.click("text=Run >> nth=0")
    page.click('.lm-Menu-item:has-text("Run All Cells") >> nth=0')
    page.wait_for_function(RAN, timeout=5 * MINUTES)
    shot = Path(os.environ.get("TOPICS_SCREENSHOTS", tmp_path)) / f"{name}.png"
    page.screenshot(path=shot)
    assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert page.locator(".jp-RenderedSVG").count() >= 2
    assert page.locator(".jp-RenderedHTMLCommon li").count() >= 2, "claims as a list"
    if name == "01_quickstart":
        frame = page.frame_locator("iframe[title^=Explorer]")
        assert frame.locator("h1").count() == 1
        assert frame.locator("body").inner_text().strip()
        page.locator("iframe[title^=Explorer]").scroll_into_view_if_needed()
        page.screenshot(path=shot.with_stem(f"{name}_explorer"))
    assert page.elsewhere == []
