"""Readers of tables and JSON beside csv, json, pandas and DuckDB: the same articles in each format, each tool in a process of its own.

    python benchmarks/generated.py 30000 /tmp/articles.jsonl
    python benchmarks/readers.py --corpus /tmp/articles.jsonl --json out.json

The corpus is JSON Lines (optionally gzipped). It is written as CSV, JSON Lines and one JSON array into a folder that is deleted afterwards.
Ours yields each record with its place, checked and decoded; csv and json give fields alone; pandas and DuckDB make a frame or rows of all.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ROUNDS = 3
LARGEST = 20_000_000


def ours(path: Path, name: str) -> int:
    from topics.core.contracts import RawRecord, ReadOptions
    from topics.core.registry import get

    reader = get("topics.ingest.readers", "READER", name)
    with path.open("rb") as stream:
        return sum(isinstance(item, RawRecord) for item in reader.read(stream, path.name, ReadOptions()))


def csv_module(path: Path) -> int:
    csv.field_size_limit(LARGEST)
    with path.open(encoding="utf-8", newline="") as handle:
        return sum(1 for _ in csv.DictReader(handle))


def json_lines(path: Path) -> int:
    with path.open(encoding="utf-8") as handle:
        return sum(1 for line in handle if json.loads(line))


def json_whole(path: Path) -> int:
    with path.open(encoding="utf-8") as handle:
        return len(json.load(handle))


def pandas_csv(path: Path) -> int:
    import pandas as pd

    return len(pd.read_csv(path, dtype=str, keep_default_na=False))


def duckdb_rows(path: Path, call: str) -> int:
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    return len(connection.execute(f"SELECT * FROM {call}", [str(path)]).fetchall())


TOOLS: dict[tuple[str, str], Callable[[Path], int]] = {
    ("csv", "topics"): partial(ours, name="csv"),
    ("csv", "csv.DictReader"): csv_module,
    ("csv", "pandas.read_csv"): pandas_csv,
    ("csv", "duckdb read_csv"): partial(duckdb_rows, call=f"read_csv(?, all_varchar=true, max_line_size={LARGEST})"),
    ("jsonl", "topics"): partial(ours, name="jsonl"),
    ("jsonl", "json.loads"): json_lines,
    ("jsonl", "duckdb read_json"): partial(duckdb_rows, call="read_json(?)"),
    ("json", "topics"): partial(ours, name="json"),
    ("json", "json.load"): json_whole,
}


def write(corpus: Path, folder: Path) -> int:
    """Write the corpus in each format; return how many articles it has."""
    data = corpus.read_bytes()
    rows = [json.loads(line) for line in (gzip.decompress(data) if corpus.suffix == ".gz" else data).splitlines()]
    names = list(rows[0])
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "a.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    (folder / "a.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return len(rows)


def measure(tool: tuple[str, str], folder: Path, n: int) -> dict[str, object]:
    path = folder / f"a.{tool[0]}"
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        count = TOOLS[tool](path)
        seconds.append(time.process_time() - start)
        if count != n:
            raise SystemExit(f"{tool}: {count} records of {n}")
    best, size = min(seconds), path.stat().st_size
    return {
        "format": tool[0],
        "tool": tool[1],
        "records": n,
        "mb": round(size / 1e6, 1),
        "cpu_seconds": round(best, 2),
        "mb_per_second": round(size / 1e6 / best, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def alone(function: Callable[..., T], *values: object) -> T:
    """Call a function in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *values).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        n = alone(write, arguments.corpus, Path(name))  # a child's peak begins with that of its parent, which must stay small
        rows = [alone(measure, tool, Path(name), n) for tool in TOOLS]
    columns = list(rows[0])
    widths = [max(len(str(row[name])) for row in [dict(zip(columns, columns, strict=True)), *rows]) for name in columns]
    for row in [dict(zip(columns, columns, strict=True)), *rows]:
        print("  ".join(str(row[name]).ljust(width) for name, width in zip(columns, widths, strict=True)).rstrip())
    arguments.json.write_text(json.dumps({"corpus": arguments.corpus.name, "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
