"""How large report and explorer are and how soon they answer: bytes, first paint, first filter, search and map of an explorer.

    python benchmarks/explorer.py OUT/index.html OUT/explorer.html ... [--visits 5] [--json FILE]

Pages are those of a finished run; the largest explorer that a study can have holds 50,000 titles. Chromium runs headless and without a
network. Times are milliseconds, the median and the worst of all visits; each visit is a new one. First paint is the first text or figure
on the screen, from the start of the visit (First Contentful Paint); those of an explorer's steps go from the choice to the finished layout.
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
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
TIMED = "() => {{ const start = performance.now(); {step}; document.body.offsetHeight; return performance.now() - start; }}"


def sizes(page: str) -> dict[str, int]:
    """Bytes of the page and of the parts of its data."""
    blocks = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    if not blocks:  # a report
        return {"page": len(page.encode()), "figures": page.count("<svg ")}
    data = json.loads(blocks[0])

    def size(part: object) -> int:
        return len(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode())

    parts = {key: size(data["documents"][key]) for key in ("titles", "links")}
    return {"page": len(page.encode()), "articles": data["shown"], **parts, "places": size(data["places"]), "models": size(data["models"])}


def visits(path: Path, n: int) -> dict[str, list[float]]:
    """Times of `n` visits, by step."""
    from playwright.sync_api import sync_playwright

    times: dict[str, list[float]] = {"first paint": [], "loaded": []}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"))
        for _ in range(n):
            context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
            page = context.new_page()
            page.goto(path.resolve().as_uri())
            page.wait_for_timeout(1_000)  # a reader looks before the first choice
            times["first paint"].append(page.evaluate(PAINTED))
            times["loaded"].append(page.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"))
            for name, step in STEPS.items() if page.query_selector("html[data-ready]") else ():
                page.wait_for_selector("html[data-ready=yes]")
                times.setdefault(name, []).append(page.evaluate(TIMED.format(step=step)))
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
