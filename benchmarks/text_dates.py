"""Publication days told by the text of an article alone, against the day on which it appeared.

    python benchmarks/text_dates.py --corpus articles.jsonl.gz --half held_out --json out.json

A corpus is JSON Lines (optionally gzipped) with `id`, `text` and `date` (the right day, ISO); no date field, address or file name
is shown to the rules. A point is right within a day (a paper goes to press at night); an interval holds where the right day lies
in it, an open end holds everything. Rules are written while looking at the half `develop` (by a hash of the id) and are reported on
`held_out`. With `--wrong N`, N documents of each method that failed are printed, of the half `develop` only.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from topics.core.documents import DateEstimate
from topics.ingest.dates.estimate import read_text

HALVES = ("develop", "held_out")
NEAR = 1  # days
SHOWN = 420  # code points of a text that failed

Row = dict[str, Any]


def half_of(key: str) -> str:
    return HALVES[hashlib.md5(key.encode(), usedforsecurity=False).digest()[0] % 2]


def read_rows(path: Path, half: str) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if half in ("both", half_of(row["id"])):
                yield {**row, "text": unicodedata.normalize("NFC", row["text"])}


def outcome(estimate: DateEstimate, right: date) -> tuple[str, bool]:
    """What kind of answer an estimate is, and whether it holds."""
    if estimate.point:
        return "point", abs((estimate.point - right).days) <= NEAR
    if estimate.earliest or estimate.latest:
        return "interval", (estimate.earliest or right) <= right <= (estimate.latest or right)
    return "nothing", True


def measure(path: Path, half: str) -> tuple[dict[str, object], dict[str, list[str]]]:
    total: Counter[tuple[str, str]] = Counter()
    held: Counter[tuple[str, str]] = Counter()
    closed: Counter[tuple[str, str]] = Counter()
    failed: dict[str, list[str]] = defaultdict(list)
    documents = seconds = 0.0
    for row in read_rows(path, half):
        right = date.fromisoformat(row["date"])
        start = time.process_time()
        estimate = read_text(row["text"])[0]
        seconds += time.process_time() - start
        documents += 1
        kind, holds = outcome(estimate, right)
        key = (kind, estimate.method)
        total[key] += 1
        held[key] += holds
        closed[key] += bool(estimate.earliest and estimate.latest)
        if not holds and half_of(row["id"]) == "develop":
            said = f"{estimate.point or f'{estimate.earliest}..{estimate.latest}'} ({estimate.confidence})"
            seen = " | ".join(span.text for span in estimate.evidence)
            failed[f"{kind} {estimate.method}"].append(f"{row['id']} {right} {said} [{seen}] {row['text'][:SHOWN]!r}")
    rows = []
    for kind in ("point", "interval"):
        keys = sorted(key for key in total if key[0] == kind)
        sums = (sum(counter[key] for key in keys) for counter in (total, held, closed))
        for method, (n, right_n, closed_n) in [
            *((key[1], (total[key], held[key], closed[key])) for key in keys), ("all", tuple(sums))
        ]:  # fmt: skip
            share = round(right_n / n, 4) if n else None
            rows.append({"kind": kind, "method": method, "n": n, "hold": right_n, "share": share, "closed": closed_n})
    found = sum(n for (kind, _), n in total.items() if kind != "nothing")
    summary: dict[str, object] = {
        "corpus": path.name, "half": half, "documents": int(documents), "answered": found,
        "documents_per_cpu_second": round(documents / seconds) if seconds else None, "rows": rows,
    }  # fmt: skip
    return summary, failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, action="append")
    parser.add_argument("--half", choices=(*HALVES, "both"), default="held_out")
    parser.add_argument("--wrong", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    summaries = []
    for path in arguments.corpus:
        summary, failed = measure(path, arguments.half)
        summaries.append(summary)
        print(f"{summary['corpus']} {summary['half']}: {summary['documents']} documents, {summary['answered']} with an answer")
        for row in summary["rows"]:  # type: ignore[attr-defined]
            print("  {kind:<9} {method:<24} {n:>6} {hold:>6} {share} closed {closed}".format(**row))
        for method, lines in sorted(failed.items()):
            for line in lines[: arguments.wrong]:
                print(f"    {method}: {line}")
    if arguments.json:
        arguments.json.write_text(json.dumps(summaries, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
