"""Reading one large file from nothing to a stored corpus: time, and the largest memory of this process and its workers together.

    python benchmarks/generated.py 1000000 /tmp/articles.jsonl
    python benchmarks/memory.py /tmp/articles.jsonl [--engine processes]

Memory is the sum of the resident sets of all processes (Linux), looked at three times a second; pages of mapped files count in it.
"""

from __future__ import annotations

import argparse
import resource
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def _resident(process: int) -> int:
    """Bytes that a process holds; 0 where it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def _children(process: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(number) for number in path.read_text(encoding="ascii").split()]
        except OSError:
            continue
    return found + [below for child in found for below in _children(child)]


def main() -> None:
    """Read the file and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--engine", choices=["local", "processes"], default="processes")
    args = parser.parse_args()
    from os import getpid

    from topics.engine import Engine
    from topics.reading import read_paths

    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.3):
            peak[0] = max(peak[0], sum(_resident(process) for process in (getpid(), *_children(getpid()))))

    threading.Thread(target=watch, daemon=True).start()
    begin = time.perf_counter()
    corpus, account = read_paths([args.file], zone="Asia/Ho_Chi_Minh", as_of=None, engine=Engine(args.engine))
    done.set()
    user = sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    wall = time.perf_counter() - begin
    print("records\taccepted\tstories\twall s\tuser s\tpeak MB\tfile MB")
    n_stories = sum(info.canonical for info in corpus.infos)
    size = args.file.stat().st_size / 1e6
    print(account.seen, account.accepted, n_stories, round(wall), round(user), round(peak[0] / 1e6), round(size), sep="\t")


if __name__ == "__main__":
    main()
