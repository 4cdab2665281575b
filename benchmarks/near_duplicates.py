"""Near duplicates: this toolkit, datasketch, rensa and a plain exact join, on one corpus in one run.

    python benchmarks/near_duplicates.py --generate 100000 --json out.json
    python benchmarks/near_duplicates.py --corpus baomoi_12k.jsonl.gz --pairs baomoi_pairs_k5.csv.gz --json out.json

A corpus is JSON Lines with `id` and `text`, or generated: words and stock phrases by Zipf's law, 3 kB an article, one in ten a copy with
words changed, so that pairs of every similarity from .3 to 1 occur. Every method gets the same texts, without days, and looks for pairs
of word triples with Jaccard >= .5; the libraries' candidates are checked exactly. With `--span` ours gets days too, and keeps texts of
other days with other figures apart. Each runs in a process of its own, on one thread; times are of the processor, without making or
reading the texts; memory is the largest resident set of that process, mapped pages included.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import math
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

SHINGLE, THRESHOLD, CHUNK = 3, 0.5, 500
N_WORDS, VOCABULARY, PHRASES, SEED, COPIES = 500, 60_000, 200_000, 7, 0.1
METHODS = ("ours", "datasketch", "rensa", "plain")
_WORD = re.compile(r"\w+")

Pair = tuple[int, int]


def vocabulary(generator: np.random.Generator) -> np.ndarray:
    """Distinct words of 2 to 9 letters, short ones first, as frequent words are."""
    syllables = [first + vowel + last for first in "bcdghklmnprstvx" for vowel in "aăâeêioôơuưy" for last in ("", "n", "m", "ng", "t", "c")]
    drawn = generator.permutation([a + b for a, b in itertools.product(syllables, ["", *syllables[:120]])])[:VOCABULARY]
    words = np.array(sorted(drawn.tolist(), key=lambda word: (len(word) > 4, word)), dtype=object)
    words[50::50] = [str(number) for number in generator.integers(1, 9999, len(words[50::50]))]
    return words


class Writer:
    """Writes token sequences: single words and stock phrases, both by Zipf's law, as running text repeats itself."""

    def __init__(self, n_words: int, generator: np.random.Generator) -> None:
        self.generator = generator
        self.ends = [np.cumsum(1.0 / np.arange(1, n + 1)) for n in (n_words, PHRASES)]
        sizes = np.concatenate([np.ones(n_words, dtype=np.int64), generator.integers(3, 10, PHRASES)])
        self.sizes, self.starts = sizes, np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.flat = np.concatenate([np.arange(n_words), self.words(int(sizes[n_words:].sum()))])

    def _drawn(self, n: int, kind: int) -> np.ndarray:
        return np.searchsorted(self.ends[kind], self.generator.random(n) * self.ends[kind][-1])

    def words(self, n: int) -> np.ndarray:
        return self._drawn(n, 0)

    def article(self, n_tokens: int) -> np.ndarray:
        n_units = 2 * n_tokens // 5
        is_phrase = self.generator.random(n_units) < 0.3
        units = np.where(is_phrase, len(self.ends[0]) + self._drawn(n_units, 1), self._drawn(n_units, 0))
        sizes = self.sizes[units]
        offsets = np.cumsum(sizes) - sizes
        return self.flat[np.repeat(self.starts[units] - offsets, sizes) + np.arange(sizes.sum())]


def generated(n_docs: int) -> Iterator[tuple[str, str, int]]:
    """Yield id, text and the number of the document that this one is a copy of, -1 where of none."""
    generator = np.random.default_rng(SEED)
    words = vocabulary(generator)
    writer = Writer(len(words), generator)
    recent: list[tuple[int, np.ndarray]] = []
    for number in range(n_docs):
        if recent and generator.random() < COPIES:
            origin, tokens = recent[int(generator.integers(len(recent)))]
            changed = generator.random(len(tokens)) < generator.choice([0.0, 0.02, 0.05, 0.1, 0.15, 0.25])
            tokens = np.where(changed, writer.words(len(tokens)), tokens)
        else:
            origin, tokens = -1, writer.article(int(N_WORDS * generator.uniform(0.6, 1.4)))
            recent.append((number, tokens))
            if len(recent) > 1000:
                recent.pop(0)
        yield f"g{number:08}", " ".join(words[tokens]), origin


def shingle_set(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return frozenset(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))) if words else frozenset()


def hashed(text: str) -> np.ndarray:
    """The word triples by Python's own 64-bit hash, which no method uses."""
    return np.unique(np.fromiter(map(hash, shingle_set(text)), dtype=np.int64))


def jaccard(a: frozenset[object], b: frozenset[object]) -> float:
    common = len(a & b)
    return common / (len(a) + len(b) - common) if common else 0.0


def checked(candidates: set[Pair], sets: Sequence[frozenset[object]]) -> tuple[list[Pair], int]:
    return sorted(pair for pair in candidates if jaccard(sets[pair[0]], sets[pair[1]]) >= THRESHOLD), len(candidates)


# Methods: texts in; groups (a number for every document) and the number of pairs compared out.


def joined(n_docs: int, pairs: Sequence[Pair]) -> list[int]:
    parent = list(range(n_docs))

    def root(doc: int) -> int:
        while parent[doc] != doc:
            parent[doc] = parent[parent[doc]]
            doc = parent[doc]
        return doc

    for a, b in pairs:
        x, y = sorted((root(a), root(b)))
        parent[y] = x
    return [root(doc) for doc in range(n_docs)]


def ours(texts: Iterator[str], folder: Path, span: int = 0) -> tuple[list[int], int, dict[str, float]]:
    from topics.ingest.stories.grouping import group
    from topics.ingest.stories.links import Members
    from topics.ingest.stories.shingles import sketch
    from topics.ingest.stories.sketch_store import SketchStore

    store = SketchStore(folder / "sketches")
    while chunk := list(itertools.islice(texts, CHUNK)):
        store.append(sketch(chunk))
    n_docs = len(store)
    days = (738000 + np.arange(n_docs) * span // max(1, n_docs)).astype(np.int32)
    members = Members(tuple(f"{n:08}" for n in range(n_docs)), days, np.ones(n_docs, dtype=np.int32), np.arange(n_docs))
    begin = time.process_time()
    stories = group(members, store.read(), folder)
    took = {"group_seconds": time.process_time() - begin}
    took["disk_mb"] = sum(file.stat().st_size for file in (folder / "sketches").iterdir()) / 1e6
    return stories.canonical.tolist(), stories.links.n_compared, took


def by_datasketch(texts: Iterator[str], _: Path) -> tuple[list[int], int, dict[str, float]]:
    from datasketch import MinHash, MinHashLSH

    lsh, sets, candidates = MinHashLSH(threshold=THRESHOLD, num_perm=128), [], set()
    for number, text in enumerate(texts):
        shingles = shingle_set(text)
        sets.append(frozenset(map(hash, shingles)))
        made = MinHash(num_perm=128)
        made.update_batch([" ".join(item).encode() for item in shingles])
        candidates.update((other, number) for other in lsh.query(made))
        lsh.insert(number, made)
    pairs, n_compared = checked(candidates, sets)
    return joined(len(sets), pairs), n_compared, {}


def by_rensa(texts: Iterator[str], _: Path) -> tuple[list[int], int, dict[str, float]]:
    from rensa import RMinHash, RMinHashLSH

    lsh, sets, candidates = RMinHashLSH(threshold=THRESHOLD, num_perm=128, num_bands=32), [], set()
    for number, text in enumerate(texts):
        shingles = shingle_set(text)
        sets.append(frozenset(map(hash, shingles)))
        made = RMinHash(num_perm=128, seed=42)
        made.update([" ".join(item) for item in shingles])
        candidates.update((other, number) for other in lsh.query(made))
        lsh.insert(number, made)
    pairs, n_compared = checked(candidates, sets)
    return joined(len(sets), pairs), n_compared, {}


def plain(texts: Iterator[str], _: Path) -> tuple[list[int], int, dict[str, float]]:
    """The prefix filter in plain Python, all sets in memory."""
    numbers: dict[tuple[str, ...], int] = {}
    sets = [frozenset(numbers.setdefault(item, len(numbers)) for item in shingle_set(text)) for text in texts]
    frequency = Counter(item for items in sets for item in items)
    holders: dict[int, list[int]] = defaultdict(list)
    pairs, n_compared = [], 0
    for number, items in enumerate(sets):
        rare_first = sorted(items, key=lambda item: (frequency[item], item))
        candidates: set[int] = set()
        for item in rare_first[: len(rare_first) - math.ceil(THRESHOLD * len(rare_first)) + 1]:
            candidates.update(holders[item])
            holders[item].append(number)
        n_compared += len(candidates)
        pairs += [(other, number) for other in candidates if jaccard(sets[other], items) >= THRESHOLD]
    return joined(len(sets), pairs), n_compared, {}


RUN: dict[str, Callable[[Iterator[str], Path], tuple[list[int], int, dict[str, float]]]] = {
    "ours": ours,
    "datasketch": by_datasketch,
    "rensa": by_rensa,
    "plain": plain,
}


def documents(corpus: str, n_docs: int) -> Iterator[tuple[str, str, int]]:
    if not corpus:
        yield from generated(n_docs)
        return
    path = Path(corpus)
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in itertools.islice(lines, n_docs or None):
            record = json.loads(line)
            yield record["id"], record["text"], -1


class Feed:
    """Texts one by one; knows what making them cost, which is no part of any method."""

    def __init__(self, corpus: str, n_docs: int) -> None:
        self.documents, self.seconds = documents(corpus, n_docs), 0.0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        begin = time.process_time()
        _, text, _ = next(self.documents)
        self.seconds += time.process_time() - begin
        return text


def measured(method: str, corpus: str, n_docs: int, span: int, out: Path) -> None:
    """Run one method in this process; write what it found and took, in seconds of the processor. Compiling is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("first", "second"):
            (Path(folder) / name).mkdir()
        RUN[method](iter(["warm up twice or more"] * 2), Path(folder) / "first")
        feed, begin, wall = Feed(corpus, n_docs), time.process_time(), time.perf_counter()
        run = partial(ours, span=span) if method == "ours" else RUN[method]
        groups, n_compared, more = run(feed, Path(folder) / "second")
        seconds, wall = time.process_time() - begin - feed.seconds, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer = {"groups": groups, "n_compared": n_compared, "seconds": seconds, "wall_seconds": wall, "peak_mb": round(peak), **more}
    out.write_text(json.dumps(answer), encoding="utf-8")


def true_pairs(corpus: str, n_docs: int, pairs_file: str, groups: list[int]) -> tuple[dict[Pair, float], list[Pair]]:
    """Pairs with their exact similarity that should be found, and pairs of a canonical text and another that were joined."""
    wanted: set[Pair] = set()
    ids: dict[str, int] = {}
    for number, (identifier, _, origin) in enumerate(documents(corpus, n_docs)):
        ids[identifier] = number
        if origin >= 0:
            wanted.add((origin, number))
    if pairs_file:
        with gzip.open(pairs_file, "rt", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                if row["id_a"] in ids and row["id_b"] in ids and float(row["jaccard_word_shingles"]) >= THRESHOLD:
                    wanted.add(tuple(sorted((ids[row["id_a"]], ids[row["id_b"]]))))  # type: ignore[arg-type]
    joined_pairs = [(group, number) for number, group in enumerate(groups) if group != number]
    needed = {doc for pair in itertools.chain(wanted, joined_pairs) for doc in pair}
    sets = {number: hashed(text) for number, (_, text, _) in enumerate(documents(corpus, n_docs)) if number in needed}

    def likeness(pair: Pair) -> float:
        a, b = sets[pair[0]], sets[pair[1]]
        common = len(np.intersect1d(a, b, assume_unique=True))
        return common / (len(a) + len(b) - common) if common else 0.0

    return {pair: likeness(pair) for pair in wanted}, [pair for pair in joined_pairs if likeness(pair) < THRESHOLD]


def scored(groups: list[int], truth: dict[Pair, float]) -> dict[str, object]:
    bands: dict[str, list[bool]] = defaultdict(list)
    for (a, b), likeness in truth.items():
        if likeness >= THRESHOLD:
            bands["all"].append(groups[a] == groups[b])
            bands[f"{min(0.9, math.floor(likeness * 10) / 10):.1f}"].append(groups[a] == groups[b])
    return {name: [len(hits), round(sum(hits) / len(hits), 4)] for name, hits in sorted(bands.items())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", default="")
    parser.add_argument("--pairs", default="")
    parser.add_argument("--generate", type=int, default=0, help="number of generated articles, or of those read from the corpus")
    parser.add_argument("--span", type=int, default=0, help="days over which the documents lie, for ours; copies lie close together")
    parser.add_argument("--methods", default=",".join(METHODS), help="some of " + ", ".join(METHODS))
    parser.add_argument("--json", default="")
    parser.add_argument("--only", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        measured(given.only, given.corpus, given.generate, given.span, Path(given.json))
        return
    methods = given.methods.split(",")
    if unknown := sorted({*methods} - {*METHODS}):
        parser.error(f"--methods: unknown {', '.join(unknown)}; there are {', '.join(METHODS)}")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for method in methods:
            out = Path(folder) / f"{method}.json"
            options = {"--only": method, "--corpus": given.corpus, "--generate": given.generate, "--span": given.span, "--json": out}
            command = [sys.executable, __file__, *(str(part) for option in options.items() for part in option)]
            subprocess.run(command, check=True)
            answer = json.loads(out.read_text(encoding="utf-8"))
            groups = answer.pop("groups")
            truth, chained = true_pairs(given.corpus, given.generate, given.pairs, groups)
            answer |= {"n_docs": len(groups), "docs_per_second": round(len(groups) / answer["seconds"]), "recall": scored(groups, truth)}
            answer |= {"joined": sum(group != number for number, group in enumerate(groups)), "joined_below_threshold": len(chained)}
            results[method] = answer
            print(method, json.dumps(answer), flush=True)
    if given.json:
        Path(given.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
