"""Changed artefacts: is every one refused by the project's own error, or gives the same answers, in little time and memory?

    python benchmarks/mutations.py --cases 100000 [--first 0] [--minutes 20] [--json OUT]

Small artefacts of LDA and of BERTopic (tests/artifacts/data) are changed at random: bits, lengths, whole files, JSON values, keys, depth
and numbers, headers and values of arrays. Every second case carries hashes that were made to fit, so that the inner checks are what
refuses. An error that is not the project's, or an accepted artefact whose old hashes do not fit, ends the script with 1. Other answers to
new documents from an artefact whose hashes fit are counted and shown: nothing but a signature could tell such a model from a fitted one.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
DATA = ROOT / "tests" / "artifacts" / "data"
MODELS = ("lda", "bertopic")
MEMORY = Path("/dev/shm")  # where a system has files in memory; files on disk take longer than all checks
MOST_SECONDS, MOST_MEGABYTES = 2.0, 200.0


@dataclass
class Counts:
    """What became of the cases."""

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    slowest_seconds: float = 0.0
    slowest: str = ""
    slow: int = 0
    megabytes_more: float = 0.0
    others: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def _peak() -> float:
    """The most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _look_up_once() -> None:
    """Remember which plug-ins are installed: looking for them is most of the time of loading a small artefact."""
    import functools

    from topics.core import registry

    registry.entry_points = functools.cache(registry.entry_points)  # type: ignore[assignment]


def main() -> None:
    """Change artefacts and say what became of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case; the same number is the same case")
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    from tests.artifacts.faults import tree
    from tests.artifacts.mutations import Judge, lay_out, make_case, put_back
    from topics.artifacts.manifest import FILE_NAME

    _look_up_once()
    counts = Counts()
    with TemporaryDirectory(prefix="topics-mutations-", dir=MEMORY if MEMORY.is_dir() else None) as scratch:
        folders = [Path(shutil.copytree(DATA / "format_1" / name, Path(scratch) / name)) for name in MODELS]
        held = [tree(folder) for folder in folders]
        judges = [Judge(folder, DATA / "new.jsonl") for folder in folders]
        [judge.look(folder) for judge, folder in zip(judges, folders, strict=True)]
        before, deadline = _peak(), time.monotonic() + 60 * args.minutes
        for number in range(args.first, args.first + args.cases):
            if time.monotonic() > deadline:
                break
            which, sealed = number // 2 % 2, bool(number % 2)
            case = make_case(number, held[which], held[1 - which], sealed=sealed)
            name = f"{number} {MODELS[which]} {case.kind} {case.path} {'with' if sealed else 'without'} fitting hashes"
            lay_out(case, held[which], folders[which])
            begun = time.perf_counter()
            try:
                what = judges[which].look(folders[which]).what
            except Exception as error:  # noqa: BLE001 - what is looked for
                what = "fault"
                counts.faults.append(f"{name}: {error!r} {traceback.format_exc().splitlines()[-3].strip()}")
            seconds = time.perf_counter() - begun
            put_back(case, held[which], folders[which])
            if what in ("same", "other") and not sealed and case.changed(held[which]) - {FILE_NAME}:
                counts.faults.append(f"{name}: accepted")
            if what == "other":
                counts.others.append(name)
            counts.cases += 1
            counts.outcomes[f"{what}, {'with' if sealed else 'without'} fitting hashes"] += 1
            counts.by_kind[f"{case.kind}: {what}"] += sealed
            counts.slow += seconds > MOST_SECONDS
            if seconds > counts.slowest_seconds:
                counts.slowest_seconds, counts.slowest = seconds, name
        counts.megabytes_more = _peak() - before
    result = json.dumps(vars(counts), indent=1, sort_keys=True)
    sys.stdout.write(result + "\n")
    if args.json:
        args.json.write_text(result + "\n", encoding="utf-8")
    raise SystemExit(bool(counts.faults or counts.slow or counts.megabytes_more > MOST_MEGABYTES))


if __name__ == "__main__":
    main()
