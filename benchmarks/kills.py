"""Runs of the sample study killed at random moments: does what is left stay whole, and does the next run end with the same bytes?

    python benchmarks/kills.py --kills 200 [--sources delta-herald truong-son] [--minutes 20] [--seed 1]

A run starts as a copy of this process (Linux), which has the libraries loaded, in a group of its own, and is killed (SIGKILL) after a
time between nothing and three quarters of what an undisturbed run takes; then again in the same folder, until one comes to its end or,
after ten kills, is left in peace. What it leaves must be, byte for byte, what an undisturbed run leaves. Every second chain begins in an
empty folder, the others in that of an earlier run with another seed, which is to be replaced whole. After each kill every artefact that is
there must be whole. Ends with 1 where anything differs.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import os
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SAMPLE = ROOT / "corpus" / "sample"
LIBRARIES = ("topics.runner", "topics.claims.check", "umap", "hdbscan", "bertopic", "gensim.models", "duckdb", "pandas")
MOST_IN_A_CHAIN = 10
SPREAD = 0.75  # of the time of an undisturbed run: what goes on from finished stages takes less, and some must come to their end


@dataclass
class Counts:
    """What was seen: kills, and of those the ones during which a report was being put in its place; ends; what went wrong."""

    kills: int = 0
    between_parts: int = 0
    ends: int = 0
    taken_over: int = 0
    seconds_undisturbed: float = 0.0
    faults: list[str] = field(default_factory=list)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file by its path inside."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def make_study(root: Path, sources: list[str]) -> Path:
    """Copy the sample study, or some of its sources, below a root."""
    shutil.copytree(ROOT / "reports" / "themes", root / "reports" / "themes")
    shutil.copyfile(ROOT / "reports" / "sample.toml", root / "reports" / "sample.toml")
    for name in sources or [path.name for path in SAMPLE.iterdir()]:
        copy = shutil.copytree if (SAMPLE / name).is_dir() else shutil.copyfile
        (root / "corpus" / "sample").mkdir(parents=True, exist_ok=True)
        copy(SAMPLE / name, root / "corpus" / "sample" / name)
    return root / "reports" / "sample.toml"


def start(study: Path, out: Path, log: Path) -> int:
    """Start a run as a copy of this process, which has the libraries loaded already, in a group of its own; return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        with log.open("ab") as handle:
            os.dup2(handle.fileno(), 1)
            os.dup2(handle.fileno(), 2)
        from topics.cli import main as command

        command(["run", str(study), "--out", str(out)])
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
    finally:
        os._exit(code)


def wait(child: int, seconds: float) -> int | None:
    """Return the exit code of a run, None where it goes on for longer."""
    until = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            return None
        time.sleep(0.005)


def finish(study: Path, out: Path, log: Path) -> float:
    """Run to the end; return the seconds."""
    begun = time.monotonic()
    if wait(start(study, out, log), math.inf):
        raise SystemExit(f"an undisturbed run failed:\n{log.read_text(encoding='utf-8')}")
    return time.monotonic() - begun


def damaged(out: Path) -> Iterator[str]:
    """Artefacts that are there under their own name but not whole."""
    from topics.artifacts.verify import verify
    from topics.core.errors import DataError

    for folder in sorted((out / "artifacts").glob("[!.]*")):
        try:
            verify(folder)
        except DataError as error:
            yield f"{folder.name}: {error}"


def one_chain(study: Path, out: Path, log: Path, counts: Counts, draw: random.Random, until: tuple[int, float]) -> bool:
    """Kill runs in one folder until one ends by itself, or there were enough; return whether one ended."""
    from topics.artifacts.manifest import PREVIOUS_NAME

    most, deadline = until
    most = min(most, counts.kills + MOST_IN_A_CHAIN)
    while counts.kills < most and time.monotonic() < deadline:
        child = start(study, out, log)
        code = wait(child, draw.uniform(0, SPREAD * counts.seconds_undisturbed))
        if code is None:
            with suppress(ProcessLookupError):  # killed before it had a group
                os.killpg(child, signal.SIGKILL)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            counts.kills += 1
            counts.between_parts += (out / PREVIOUS_NAME).exists()
            counts.faults += damaged(out)
            continue
        if code:
            counts.faults.append(f"a run after a kill ended with {code}")
        return True
    return False


def check(out: Path, expected: dict[str, bytes], counts: Counts) -> None:
    """Compare what a chain left with what an undisturbed run leaves."""
    from topics.claims.check import verify_report

    found = tree(out)
    differ = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    counts.faults += [f"differs: {name}" for name in differ]
    if not differ:
        verify_report(out)
    counts.ends += 1


def main() -> None:
    """Kill runs and say what was left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--sources", nargs="*", default=[], help="folders and files of corpus/sample; all without it")
    parser.add_argument("--minutes", type=float, default=240.0, help="no kill later than that")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    for name in LIBRARIES:
        importlib.import_module(name)
    counts, draw = Counts(), random.Random(args.seed)
    with TemporaryDirectory(prefix="topics-kills-") as folder:
        root = Path(folder)
        log = root / "log.txt"
        study = make_study(root, args.sources)
        finish(study, root / "warm", log)  # compiles what is compiled once
        counts.seconds_undisturbed = finish(study, root / "expected", log)
        expected = tree(root / "expected")
        earlier = study.with_name("earlier.toml")
        earlier.write_text(re.sub(r"(?m)^seed = .*$", "seed = 99", study.read_text(encoding="utf-8")), encoding="utf-8")
        finish(earlier, root / "earlier", log)
        until = (args.kills, time.monotonic() + 60 * args.minutes)
        for number in range(args.kills + 1):
            out = root / "out"
            if number % 2:
                shutil.copytree(root / "earlier", out)
            if not one_chain(study, out, log, counts, draw, until):
                finish(study, out, log)
            check(out, expected, counts)
            shutil.rmtree(out)
            sys.stdout.write(f"{counts.kills} kills, {counts.ends} ends, {len(counts.faults)} faults {counts.faults[-3:]}\n")
            sys.stdout.flush()
            if counts.kills >= args.kills or time.monotonic() > until[1]:
                break
        counts.taken_over = log.read_text(encoding="utf-8").count("was stopped before it ended")
    result = json.dumps(asdict(counts), indent=1)
    sys.stdout.write(result + "\n")
    if args.json:
        args.json.write_text(result + "\n", encoding="utf-8")
    raise SystemExit(bool(counts.faults))


if __name__ == "__main__":
    main()
