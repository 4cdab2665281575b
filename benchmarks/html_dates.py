"""Publication days of HTML pages: this project beside htmldate, in one run, each in a process of its own with one thread.

    python benchmarks/html_dates.py --corpus pages.jsonl.gz --json out.json

The corpus is JSON Lines (optionally gzipped) with `html` and `date` (the right day, ISO); pages without a date are left out.
All tools get the HTML alone, no address. A tool is `right` where it gives the right day, `wrong` where it gives another day;
an interval counts as neither, `covered` is the share of intervals that hold the right day. `right_of_published` leaves out the pages
whose gold day is one that the page itself labels as that of a change and of nothing else: a change is no publication.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import resource
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

Answer = tuple[date | None, date | None, date | None]  # the day, or the first and last possible one
FAR_DAY = "2099-12-31"


def ours(html: str, *, ask_htmldate: bool) -> Answer:
    from topics.ingest.readers.html import page_date, parse_page

    estimate = page_date(parse_page(html), "", ask_htmldate=ask_htmldate)
    return estimate.point, estimate.earliest, estimate.latest


def theirs(html: str, *, extensive: bool) -> Answer:
    from htmldate import find_date

    found = find_date(html, original_date=True, extensive_search=extensive, max_date=FAR_DAY)
    day = date.fromisoformat(found) if found else None
    return day, day, day


TOOLS: dict[tuple[str, str], Callable[[str], Answer]] = {
    ("topics", "default"): partial(ours, ask_htmldate=True),
    ("topics", "own voices only"): partial(ours, ask_htmldate=False),
    ("htmldate", "extensive"): partial(theirs, extensive=True),
    ("htmldate", "fast"): partial(theirs, extensive=False),
}


def is_of_change(html: str, right: date) -> bool:
    """Whether a page states the gold day as that of a change alone."""
    from topics.ingest.dates.html import voices_of
    from topics.ingest.dates.html_metadata import Reading
    from topics.ingest.readers.html import parse_page

    published, modified = voices_of(parse_page(html), "", Reading(ask_htmldate=False))
    sure = {voice.day for voice in published if voice.weight >= 0.8}
    return right in {voice.day for voice in modified} and right not in sure


def read_pages(path: Path) -> list[tuple[str, date]]:
    data = path.read_bytes()
    rows = [json.loads(line) for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()]
    return [(row["html"], date.fromisoformat(row["date"])) for row in rows if row.get("date") and row.get("html")]


def measure(tool: tuple[str, str], path: Path) -> dict[str, object]:
    pages = read_pages(path)
    find = TOOLS[tool]
    find(pages[0][0])  # imports and compiled patterns are not what is measured
    counts: Counter[str] = Counter()
    answers: list[bool] = []
    start = time.process_time()
    for html, right in pages:
        day, earliest, latest = find(html)
        answers.append(day == right)
        if day:
            counts["right" if day == right else "wrong"] += 1
        elif earliest or latest:
            counts["interval"] += 1
            counts["covered"] += (earliest or right) <= right <= (latest or right)
        else:
            counts["nothing"] += 1
    seconds = time.process_time() - start
    published = [hit for hit, (html, right) in zip(answers, pages, strict=True) if not is_of_change(html, right)]
    points = counts["right"] + counts["wrong"]
    return {
        "tool": tool[0],
        "settings": tool[1],
        "pages": len(pages),
        "right": counts["right"],
        "wrong": counts["wrong"],
        "interval": counts["interval"],
        "nothing": counts["nothing"],
        "right_share": round(counts["right"] / len(pages), 4),
        "published": len(published),
        "right_of_published": round(sum(published) / len(published), 4),
        "precision": round(counts["right"] / points, 4) if points else None,
        "covered": round(counts["covered"] / counts["interval"], 4) if counts["interval"] else None,
        "cpu_seconds": round(seconds, 2),
        "pages_per_second": round(len(pages) / seconds, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    arguments = parser.parse_args()
    rows = []
    for tool in TOOLS:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            rows.append(pool.submit(measure, tool, arguments.corpus).result())
    columns = list(rows[0])
    widths = [max(len(str(row[name])) for row in [dict(zip(columns, columns, strict=True)), *rows]) for name in columns]
    for row in [dict(zip(columns, columns, strict=True)), *rows]:
        print("  ".join(str(row[name]).ljust(width) for name, width in zip(columns, widths, strict=True)).rstrip())
    arguments.json.write_text(json.dumps({"corpus": arguments.corpus.name, "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
