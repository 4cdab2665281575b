"""A whole study of generated articles, as a user runs it: seconds and peak memory of each stage, on each engine.

    python benchmarks/scale.py --docs 10000 100000 [--words 100] [--engines local processes dask] [--json OUT]

Articles come from `scale_articles.py`. Stages are told by the lines that `topics run` writes; memory is the resident set of all its
processes together (Linux), looked at three times a second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memory import _children, _resident
from scale_articles import write

ROOT = Path(__file__).resolve().parents[1]
STUDY = """[study]
name = "scale"
title = "Generated articles"
seed = 1
theme_files = [{themes}]

[[sources]]
path = "articles"

[models.lda]
topics = 20

[models.bertopic]

[trends]
period = "month"
"""


@dataclass
class Measured:
    """Of one run: seconds and peak bytes of each stage, in order; its exit status, and a hash of what it wrote."""

    stages: list[tuple[str, float, int]] = field(default_factory=list)
    status: int = 0
    seconds: float = 0.0
    peak: int = 0
    hashes: dict[str, str] = field(default_factory=dict)


class _Watch(threading.Thread):
    """Looks at the memory of a process and all below it."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.peak, self.whole, self.ended = process, 0, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.3):
            held = sum(_resident(each) for each in (self.process, *_children(self.process)))
            self.peak, self.whole = max(self.peak, held), max(self.whole, held)

    def take(self) -> int:
        """The largest since the last call."""
        peak, self.peak = self.peak, 0
        return peak


def hashes(folder: Path) -> dict[str, str]:
    """The sha256 of every file that a run wrote, by its path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}


def run(study: Path, out: Path, options: Sequence[str], environment: dict[str, str]) -> Measured:
    """Run a study and watch it."""
    found, started = Measured(), time.perf_counter()
    command = [sys.executable, "-m", "topics", "run", str(study), "--out", str(out), *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env={**os.environ, **environment})
    watch = _Watch(process.pid)
    watch.start()
    last, since = "starting", started
    assert process.stderr is not None
    for line in process.stderr:
        now = time.perf_counter()
        found.stages.append((last, now - since, watch.take()))
        last, since = line.strip().removeprefix("topics: "), now
    found.status = process.wait()
    watch.ended.set()
    found.stages.append((last, time.perf_counter() - since, watch.take()))
    found.seconds, found.peak = time.perf_counter() - started, watch.whole
    found.hashes = hashes(out) if found.status == 0 else {}
    return found


def prepare(folder: Path, n_docs: int, n_words: int) -> Path:
    """Write articles and a study of them; return the study file."""
    write(n_docs, folder / "articles", n_words, max(2, min(16, n_docs // 5000)))
    themes = ", ".join(json.dumps(str(path)) for path in sorted((ROOT / "reports" / "themes").glob("*.toml")))
    path = folder / "study.toml"
    path.write_text(STUDY.format(themes=themes), encoding="utf-8")
    return path


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=int, nargs="+", default=[10_000])
    parser.add_argument("--words", type=int, default=100)
    parser.add_argument("--engines", nargs="+", default=["local"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    for n_docs in options.docs:
        folder = Path(tempfile.mkdtemp(dir=options.folder, prefix=f"scale{n_docs}-"))
        try:
            study = prepare(folder, n_docs, options.words)
            for engine in options.engines:
                found = run(study, folder / f"out-{engine}", ["--engine", engine], {})
                print(
                    f"\n{n_docs:,} articles of {options.words} words, engine {engine}: exit {found.status}, "
                    f"{found.seconds:.0f} s, {found.peak / 2**20:,.0f} MB",
                    flush=True,
                )
                for name, seconds, peak in found.stages:
                    print(f"  {seconds:8.1f} s {peak / 2**20:8,.0f} MB  {name[:110]}", flush=True)
                whole = hashlib.sha256(json.dumps(found.hashes, sort_keys=True).encode()).hexdigest()[:16]
                print(f"  all files: {whole}")
                rows.append({"docs": n_docs, "words": options.words, "engine": engine, **vars(found)})
        finally:
            shutil.rmtree(folder)
        if options.json:
            options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
