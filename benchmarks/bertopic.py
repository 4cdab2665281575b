"""BERTopic of this project beside BERTopic, topica's BERTopic, Top2Vec's way and Turftopic's models, each fit in a process of its own.

    python benchmarks/bertopic.py --data FOLDER [--sets bbc_raw unc_dantri] [--tools topics bertopic] [--seeds 3] [--model PACKAGE]

Every tool is told nothing but the documents, at its defaults; `--told 10 20` tells the number of topics to those that can be told. AMI and
ARI: against the set's labels, documents in no topic as one more class (`ami`), and with each of these in the topic whose centroid is
nearest (`near`, `ari`, the same rule for all tools). NPMI over whole documents and diversity: 10 words. `kmeans_told` is k-means that is
told the number of labels: no peer, but a mark. `--equal` fits ours once more for each fit of a peer that was kept, with as many topics as
the peer found: more and smaller topics have a higher NPMI, whoever makes them. Vectors: LSA of the terms, or a model's where `--model`
names one (English sets). Time: user CPU of fitting alone, after one small fit that compiles. Every fit is kept in OUT/bertopic.json. Peers
are the extra `peers`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import queue
import resource
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bertopic_peers import FITS, TELLABLE, Found
from bertopic_sets import FILES, Choice, Data, load
from lda import words
from lda_sets import Set

from topics.core.errors import TopicsError
from topics.models._compiled import keep_compiled

KEYS = ("topics", "outliers", "ami", "near", "ari", "npmi", "diversity", "user")
Figures = dict[str, float]


def judge(data: Data, found: Found) -> Figures:
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    from topics.models._assignment import centroids_of, nearest

    labels, weights = found
    near = np.where(labels >= 0, labels, nearest(data.vectors, centroids_of(data.vectors, labels))[0])
    counts = data.prepared.dtm.counts
    npmi, diversity = words(Set(counts, counts, counts, data.prepared.dtm.vocabulary.terms), weights)
    return {
        "topics": int(labels.max()) + 1,
        "outliers": float((labels < 0).mean()),
        "ami": float(adjusted_mutual_info_score(data.labels, labels)),
        "near": float(adjusted_mutual_info_score(data.labels, near)),
        "ari": float(adjusted_rand_score(data.labels, near)),
        "npmi": npmi,
        "diversity": diversity,
    }


def _child(task: tuple[str, int, int], data: Data, results: multiprocessing.Queue[Figures]) -> None:
    tool, seed, told = task
    warnings.filterwarnings("ignore")
    keep_compiled()  # for every tool: the small fits before the timed ones would else take most of the time
    try:
        FITS[tool](data.first(300), seed, 0)  # imports and compiles
    except (TopicsError, ValueError) as error:  # too few documents of the set's beginning
        sys.stderr.write(f"{tool}, small fit: {error}\n")
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    found = FITS[tool](data, seed, told)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    results.put({**judge(data, found), "user": after.ru_utime - before.ru_utime, "wall": wall})


def measured(task: tuple[str, int, int], data: Data) -> Figures | None:
    """Figures of one fit in a process of its own; None where it failed."""
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[Figures] = context.Queue()
    process = context.Process(target=_child, args=(task, data, results))
    process.start()
    while True:
        try:
            found = results.get(timeout=5)
        except queue.Empty:
            if not process.is_alive():
                return None
            continue
        process.join()
        return found


class Kept:
    """All fits so far, in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fits: dict[str, Figures] = json.loads(path.read_text()) if path.is_file() else {}

    def add(self, key: str, figures: Figures) -> None:
        self.fits[key] = figures
        self.path.write_text(json.dumps(self.fits, indent=1))


def _tasks(head: str, args: argparse.Namespace, kept: Kept) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    """Names of rows of the table, with the fits (tool, seed, told) that each is the mean of."""
    seeds = range(1, args.seeds + 1)
    if args.equal:
        for tool in args.tools:
            found = [(seed, kept.fits.get(f"{head} {tool} {seed}")) for seed in seeds]
            tasks = [("topics", seed, int(fit["topics"])) for seed, fit in found if fit]
            if tasks and tool not in {"topics", "kmeans_told"}:
                yield f"topics, as many as {tool}", tasks
        return
    for tool in args.tools:
        for told in args.told if tool in TELLABLE else [0]:
            yield f"{tool}:{told}" if told else tool, [(tool, seed, told) for seed in seeds]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the sets")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out", help="results")
    parser.add_argument("--sets", nargs="+", default=["bbc_raw", "unc_dantri", "newsgroups20"], choices=list(FILES))
    parser.add_argument("--tools", nargs="+", default=list(FITS), choices=list(FITS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--told", nargs="+", type=int, default=[0], help="numbers of topics; 0 tells none")
    parser.add_argument("--equal", action="store_true", help="ours with the numbers of topics that the tools found")
    parser.add_argument("--dimensions", type=int, default=200)
    parser.add_argument("--model", default="", help="an installed package that carries a sentence-transformers model")
    parser.add_argument("--sample", type=int, default=0, help="at most so many documents of a set, drawn by hash")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    kept = Kept(args.out / "bertopic.json")
    choice = Choice(args.data, args.out, args.dimensions, args.model, args.sample)
    sys.stdout.write("\t".join(["set", "vectors", "tool", *KEYS]) + "\n")
    for name in args.sets:
        head = f"{name}{args.sample or ''} {choice.vectors}"
        data: Data | None = None
        for row, tasks in _tasks(head, args, kept):
            found: list[Figures] = []
            for tool, seed, told in tasks:
                key = f"{head} {tool}{f':{told}' if told else ''} {seed}"
                if key not in kept.fits:
                    data = data or load(name, choice)
                    figures = measured((tool, seed, told), data)
                    if figures is None:
                        sys.stderr.write(f"{key}: failed\n")
                        continue
                    kept.add(key, figures)
                found.append(kept.fits[key])
            means = [f"{np.mean([fit[figure] for fit in found]):.3f}" if found else "-" for figure in KEYS]
            sys.stdout.write("\t".join([*head.split(), row, *means]) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
