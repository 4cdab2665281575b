"""The corpus stage step by step, and as a whole, against the same stage built from the nearest libraries.

    python benchmarks/corpus.py --corpus FILE.jsonl[.gz] --json OUT [--limit 2000] [--slow 100]

Each tool runs alone in a fresh process with one thread; `--slow` bounds the documents of tools that take over 20 ms for one.
Peers are the development extra `peers`; one that is missing is left out and said so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

Texts = list[str]
Run = Callable[[Texts], object]


def texts_of(path: Path, limit: int) -> Texts:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as handle:
        return [json.loads(line)["text"] for line, _ in zip(handle, range(limit), strict=False)]


def ours_normalise() -> Run:
    from topics.core.contracts import ReadOptions
    from topics.ingest.encodings import choose_decoder, normalise

    def run(texts: Texts) -> object:
        raw = [text.encode() for text in texts]
        return [normalise(choose_decoder(data, ReadOptions()).decode(data)).text for data in raw]

    return run


def charset_normalizer() -> Run:
    from charset_normalizer import from_bytes

    return lambda texts: [str(from_bytes(text.encode()).best()) for text in texts]


def ours_language() -> Run:
    from topics.core.registry import discover
    from topics.ingest.language import language_shares

    languages = discover("topics.preprocessing.languages", "LANGUAGE")
    return lambda texts: [language_shares(text, languages) for text in texts]


def ours_dates() -> Run:
    from zoneinfo import ZoneInfo

    from topics.ingest.dates.document import DateContext, estimate_document

    context = DateContext(ZoneInfo("Asia/Ho_Chi_Minh"))
    return lambda texts: [estimate_document(text, context) for text in texts]


def dateparser_dates() -> Run:
    from dateparser.search import search_dates

    return lambda texts: [search_dates(text[:600], languages=["vi", "en"]) for text in texts]


def ours_cleaning() -> Run:
    from topics.ingest.cleaning import find_boilerplate

    return lambda texts: [find_boilerplate(text) for text in texts]


def ours_words() -> Run:
    from topics.preprocessing.tokenise import words

    return lambda texts: [words(text) for text in texts]


def underthesea_words() -> Run:
    from underthesea import word_tokenize

    return lambda texts: [word_tokenize(text) for text in texts]


def ours_stories() -> Run:
    from topics.core.documents import DateEstimate
    from topics.ingest.stories.grouping import group
    from topics.ingest.stories.members import members_of
    from topics.ingest.stories.shingles import sketch

    def run(texts: Texts) -> object:
        ids = [str(number) for number in range(len(texts))]
        members = members_of(ids, [DateEstimate()] * len(texts), [1] * len(texts))
        with tempfile.TemporaryDirectory() as folder:
            return group(members, sketch(texts), Path(folder))

    return run


def datasketch_stories() -> Run:
    from datasketch import MinHash, MinHashLSH

    def run(texts: Texts) -> object:
        index = MinHashLSH(threshold=0.5, num_perm=128)
        found = []
        for number, text in enumerate(texts):
            words = text.lower().split()
            made = MinHash(num_perm=128)
            made.update_batch([" ".join(words[at : at + 3]).encode() for at in range(max(1, len(words) - 2))])
            found.append(index.query(made))
            index.insert(str(number), made)
        return found

    return run


def ours_whole(engine: str = "local") -> Run:
    from topics.engine import Engine
    from topics.reading import read_paths

    def run(texts: Texts) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "in.jsonl")
            path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
            corpus, account = read_paths([path], zone="Asia/Ho_Chi_Minh", as_of=None, engine=Engine(engine))  # type: ignore[arg-type]
            words = ours_words()([body.text for body in corpus.texts])
            return account.seen, words

    return run


def peers_whole() -> Run:
    steps = [charset_normalizer(), dateparser_dates(), datasketch_stories(), underthesea_words()]
    return lambda texts: [step(texts) for step in steps]


TOOLS: dict[str, tuple[str, Callable[[], Run], bool]] = {
    "ours: decode, normalise": ("decode", ours_normalise, False),
    "charset-normalizer": ("decode", charset_normalizer, True),
    "ours: language a sentence": ("language", ours_language, False),
    "ours: dates": ("dates", ours_dates, False),
    "dateparser search (first 600 characters)": ("dates", dateparser_dates, True),
    "ours: cleaning": ("cleaning", ours_cleaning, False),
    "ours: words": ("words", ours_words, False),
    "underthesea word_tokenize": ("words", underthesea_words, True),
    "ours: stories (exact)": ("stories", ours_stories, False),
    "datasketch MinHash LSH": ("stories", datasketch_stories, False),
    "ours: whole stage and words, 1 process": ("whole", ours_whole, False),
    "ours: whole stage and words, 2 workers": ("whole", lambda: ours_whole("processes"), False),
    "charset-normalizer + underthesea + dateparser + datasketch": ("whole", peers_whole, True),
}


def measure(name: str, corpus: Path, limit: int) -> dict[str, object]:
    """One tool in this process; the first call on a few documents pays for imports and compilation."""
    texts = texts_of(corpus, limit)
    try:
        run = TOOLS[name][1]()
    except ImportError as error:
        return {"missing": str(error)}
    run(texts[:20])
    start = time.perf_counter()
    run(texts)
    seconds = time.perf_counter() - start
    used = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    size = sum(len(text.encode()) for text in texts) / 1e6
    rates = {"docs_per_s": len(texts) / seconds, "mb_per_s": size / seconds}
    return {"seconds": seconds, "documents": len(texts), **rates, "peak_mb": max(used)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--limit", type=int, default=2000)
    parser.add_argument("--slow", type=int, default=100)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        sys.stdout.write(json.dumps(measure(options.only, options.corpus, options.limit)))
        return
    found: dict[str, object] = {}
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    print(f"{'step':9} {'tool':60} {'documents':>9} {'docs/s':>9} {'MB/s':>7} {'peak MB':>8}")
    for name, (step, _, is_slow) in TOOLS.items():
        limit = options.slow if is_slow else options.limit
        command = [sys.executable, __file__, "--corpus", str(options.corpus), "--limit", str(limit), "--only", name]
        answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        row = json.loads(answer.stdout) if answer.returncode == 0 else {"missing": answer.stderr.strip().splitlines()[-1]}
        found[name] = {"step": step, **row}
        if "missing" in row:
            print(f"{step:9} {name:60} left out: {row['missing']}")
        else:
            numbers = (row["documents"], row["docs_per_s"], row["mb_per_s"], row["peak_mb"])
            print(f"{step:9} {name:60} {numbers[0]:>9} {numbers[1]:>9.0f} {numbers[2]:>7.2f} {numbers[3]:>8.0f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
