"""How large an explorer is and how soon it answers: bytes by part, time until it is ready, has filtered, found and drawn its map.

    python benchmarks/explorer.py OUT/explorer.html ... [--visits 5] [--json FILE]

A page is that of a finished run; the largest that a study can have holds 50,000 titles. Chromium runs headless and without a network. Times
are milliseconds inside the page from the choice to the finished layout, the median and the worst of all visits; each visit is a new one.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
from pathlib import Path
from typing import Any

STEPS = {
    "first filter": "choose({ language: languages[languages.length - 1] })",
    "second filter": "choose({ source: sources[sources.length - 1] || NO_SOURCE })",
    "first search": "choose({ language: '', source: '', q: 'bão' })",
    "second search": "choose({ q: 'th' })",
    "first map": "choose({ q: '', view: 'map' })",
    "topic on the map": "choose({ pick: models[state.model].topics[0].id })",
}
TIMED = "() => {{ const start = performance.now(); {step}; document.body.offsetHeight; return performance.now() - start; }}"


def sizes(page: str) -> dict[str, int]:
    """Bytes of the page and of the parts of its data."""
    (block,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    data = json.loads(block)

    def size(part: object) -> int:
        return len(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode())

    parts = {key: size(data["documents"][key]) for key in ("titles", "links")}
    return {"page": len(page.encode()), "articles": data["shown"], **parts, "places": size(data["places"]), "models": size(data["models"])}


def visits(path: Path, n: int) -> dict[str, list[float]]:
    """Times of `n` visits, by step."""
    from playwright.sync_api import sync_playwright

    times: dict[str, list[float]] = {"ready": [], **{name: [] for name in STEPS}}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"))
        for _ in range(n):
            context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
            page = context.new_page()
            page.goto(path.resolve().as_uri())
            page.wait_for_selector("html[data-ready=yes]")
            times["ready"].append(page.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"))
            page.wait_for_timeout(1_000)  # a reader looks before the first choice
            for name, step in STEPS.items():
                times[name].append(page.evaluate(TIMED.format(step=step)))
            context.close()
        browser.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found: dict[str, Any] = {}
    for path in given.pages:
        found[str(path)] = {"bytes": sizes(path.read_text(encoding="utf-8")), "ms": visits(path, given.visits)}
        print(path)
        for name, n in found[str(path)]["bytes"].items():
            print(f"  {name:18} {n:>12,}")
        for name, times in found[str(path)]["ms"].items():
            print(f"  {name:18} {statistics.median(times):8.0f} ms, at worst {max(times):.0f}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
