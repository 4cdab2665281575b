"""Ways to find words, side by side: how good the topics are that come of them, how many gold words they find, how fast they are.

    python benchmarks/segmenters.py --corpus unc.jsonl.gz --gold vtb.jsonl.gz --json out.json

Topics: LDA of this project with the same numbers of topics and seeds on the terms of each tool, every other setting alike.
AMI and V-measure compare each document's heaviest topic with its `label`. Coherence must not depend on the words that a tool makes,
so it is computed on the text itself: blocks of 50 syllables, a term is present where its syllables stand in a row, and two terms meet
in a block only where they stand at least 3 syllables apart - the parts of one word ("chuyển", "đổi") are no evidence of a topic.
Gold words: precision and recall of word spans over syllables, punctuation left out; the dictionary learned from `--corpus` alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import resource
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from topics.core.contracts import Language
from topics.core.documents import Corpus, DocumentInfo
from topics.core.errors import MissingPartError
from topics.core.matrices import Embeddings, PreparedCorpus
from topics.core.registry import discover
from topics.engine import one_thread
from topics.models.lda import LdaConfig, fit
from topics.preprocessing.terms import TermMaker, learn_terms, segmenter_of
from topics.preprocessing.tokenise import tokens, words
from topics.preprocessing.vectorise import CorpusCounts, count, count_terms

BLOCK, APART, TOP = 50, 3, 10
TOOLS = [
    ("syllables", False), ("syllables", True), ("dictionary", False), ("dictionary", True),
    ("underthesea", False), ("underthesea", True), ("pyvi", False), ("pyvi", True),
]  # fmt: skip


@dataclass
class Row:
    """What one tool does; quality is the mean over numbers of topics and seeds, `_sd` the mean spread over seeds."""

    tool: str
    settings: str
    seconds_learn: float
    tokens_a_second: float
    peak_mb: float
    n_terms: int
    ami: float | None
    v_measure: float | None
    npmi: float
    ami_sd: float | None
    npmi_sd: float
    word_precision: float | None
    word_recall: float | None
    word_f1: float | None


def read(path: Path, limit: int | None = None) -> list[dict[str, object]]:
    """Read JSON Lines, perhaps gzipped; text in NFC."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(limit or sys.maxsize), lines, strict=False)]
    return [{**row, "text": unicodedata.normalize("NFC", str(row.get("text", "")))} for row in rows]


class Coherence:
    """Normalised pointwise mutual information of terms in blocks of the text itself."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._blocks: list[list[str]] = []
        for text in texts:
            listed = words(text)
            self._blocks += [listed[at : at + BLOCK] for at in range(0, len(listed) - BLOCK // 2, BLOCK)]

    def __call__(self, topics: Sequence[Sequence[str]]) -> float:
        """Return the mean over topics of the mean over pairs of terms."""
        wanted: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for term in {term for topic in topics for term in topic}:
            wanted[term.split(" ")[0]].append(tuple(term.split(" ")))
        partners: dict[str, set[str]] = defaultdict(set)
        for topic in topics:
            for number, term in enumerate(topic):
                partners[term].update(topic[:number])
        single: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for block in self._blocks:
            places = _places(block, wanted)
            single.update(places.keys())
            pairs.update(
                (term, other) for term in places for other in partners[term] & places.keys() if _apart(places[term], places[other])
            )
        return float(np.mean([self._topic(topic, single, pairs) for topic in topics]))

    def _topic(self, topic: Sequence[str], single: Counter[str], pairs: Counter[tuple[str, str]]) -> float:
        n = len(self._blocks)
        values = []
        for number, term in enumerate(topic):
            for other in topic[:number]:
                joint = pairs[term, other] / n
                values.append(np.log(joint * n * n / (single[term] * single[other])) / -np.log(joint) if joint else -1.0)
        return float(np.mean(values))


def _places(block: Sequence[str], wanted: dict[str, list[tuple[str, ...]]]) -> dict[str, list[tuple[int, int]]]:
    """Where each wanted term stands in a block."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, word in enumerate(block):
        for term in wanted.get(word, ()):
            if tuple(block[at : at + len(term)]) == term:
                places[" ".join(term)].append((at, at + len(term)))
    return places


def _apart(first: Iterable[tuple[int, int]], second: Sequence[tuple[int, int]]) -> bool:
    return any(b - c >= APART or a - d >= APART for a, c in first for b, d in second)


class _NoTexts:
    def __iter__(self) -> Iterator[tuple[str, tuple[()]]]:
        return iter(())


def prepare(documents: Sequence[Sequence[str]], code: str) -> PreparedCorpus:
    """Terms of documents to what a model takes."""
    infos = tuple(DocumentInfo(id=f"{n:08}", content_hash=f"{n:08}", file="f", record=1, language=code) for n in range(len(documents)))
    corpus = Corpus(infos, _NoTexts())
    counts = CorpusCounts()
    counts.add(count_terms(documents))
    vocabulary = counts.vocabulary([code] * len(documents), np.ones(len(documents), dtype=bool), min_df=3, max_df=0.5, max_terms=50_000)
    dtm, unknown = count(documents, corpus.ids, vocabulary)
    return PreparedCorpus(corpus, dtm, Embeddings(np.zeros((len(documents), 1), np.float32), corpus.ids, "none"), unknown, "benchmark")


def gold_words(make: TermMaker, rows: Sequence[dict[str, object]], code: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of words over syllables."""
    right = made = known = 0
    for row in rows:
        listed = [str(word) for word in row["words"]]  # type: ignore[attr-defined]
        expected = _spans([" ".join(tokens(word)) for word in listed])
        found = _spans(make.words(unicodedata.normalize("NFC", " ".join(listed)), code))
        right, made, known = right + len(expected & found), made + len(found), known + len(expected)
    precision, recall = right / made, right / known
    return precision, recall, 2 * precision * recall / (precision + recall)


def _spans(listed: Iterable[str]) -> set[tuple[int, int]]:
    spans: set[tuple[int, int]] = set()
    at = 0
    for word in listed:
        n = len(word.split())
        if n:
            spans.add((at, at + n))
        at += n
    return spans


def topic_quality(
    rows: Sequence[dict[str, object]], documents: Sequence[Sequence[str]], args: argparse.Namespace
) -> tuple[int, dict[str, float | None]]:
    """Fit every number of topics with every seed; return the size of the vocabulary and the means."""
    from sklearn.metrics import adjusted_mutual_info_score, v_measure_score

    prepared, coherence = prepare(documents, args.language), Coherence(str(row["text"]) for row in rows)
    labels = [row.get("label") for row in rows]
    values = np.zeros((len(args.topics), args.seeds, 3))
    for k, n_topics in enumerate(args.topics):
        for seed in range(args.seeds):
            result = fit(prepared, LdaConfig(topics=n_topics), (), seed + 1).result
            heaviest = result.documents.weights.argmax(axis=1)
            agreement = (adjusted_mutual_info_score(labels, heaviest), v_measure_score(labels, heaviest)) if labels[0] else (0.0, 0.0)
            topics = [[term for term, _ in result.top_terms(topic, TOP)] for topic in range(n_topics)]
            values[k, seed] = (*agreement, coherence(topics))
    mean, spread = values.mean(axis=(0, 1)), values.std(axis=1).mean(axis=0)
    found: dict[str, float | None] = {"ami": mean[0], "v_measure": mean[1], "npmi": mean[2], "ami_sd": spread[0], "npmi_sd": spread[2]}
    if not labels[0]:
        found |= {"ami": None, "v_measure": None, "ami_sd": None}
    return len(prepared.dtm.vocabulary), found


def measure(tool: tuple[str, bool], args: argparse.Namespace) -> Row | None:
    """Run one tool; None where its library is missing."""
    name, phrases = tool
    language: Language = discover("topics.preprocessing.languages", "LANGUAGE")[args.language]
    rows = read(args.corpus, args.limit)
    texts = [str(row["text"]) for row in rows]
    try:
        segmenter = segmenter_of(name)
        learn_terms({args.language: texts[:2]}, {args.language: language}, (), segmenter, phrases=phrases)  # compiles and loads
    except MissingPartError as error:
        print(error, file=sys.stderr)
        return None
    started = time.process_time()
    lexicon, found = learn_terms({args.language: texts}, {args.language: language}, (), segmenter, phrases=phrases)
    learned = time.process_time() - started
    make = TermMaker((), segmenter, lexicon, found)
    make(texts[0], args.language)
    started = time.process_time()
    documents = [make(text, args.language) for text in texts]
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stop = language.stop_words()
    n_terms, quality = topic_quality(rows, [[term for term in terms if term not in stop] for terms in documents], args)
    gold = gold_words(TermMaker((), segmenter, lexicon), read(args.gold), args.language) if args.gold else (None, None, None)
    settings = "words and phrases" if phrases else "words"
    speed = sum(len(words(text)) for text in texts) / seconds
    return Row(
        name,
        settings,
        learned,
        speed,
        peak,
        n_terms,
        **quality,
        **dict(zip(("word_precision", "word_recall", "word_f1"), gold, strict=True)),
    )  # type: ignore[arg-type]


def _child(tool: tuple[str, bool], args: argparse.Namespace, results: multiprocessing.Queue[Row | None]) -> None:
    with one_thread():
        results.put(measure(tool, args))


def _text(value: object) -> str:
    if not isinstance(value, float):
        return "-" if value is None else str(value)
    return f"{value:.3f}" if value < 10 else f"{value:,.0f}"


def main() -> None:
    """Run all tools, each in a process of its own, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, help="JSON Lines with `text`, perhaps `label`")
    parser.add_argument("--gold", type=Path, help="JSON Lines with `words`")
    parser.add_argument("--json", type=Path, help="where to write the table")
    parser.add_argument("--language", default="vi")
    parser.add_argument("--topics", type=int, nargs="+", default=[10, 20])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=int, help="at most so many documents")
    parser.add_argument("--tools", nargs="+", help="names of segmenters; all without it")
    args = parser.parse_args()
    rows: list[Row] = []
    context = multiprocessing.get_context("spawn")
    for tool in TOOLS:
        if args.tools and tool[0] not in args.tools:
            continue
        results: multiprocessing.Queue[Row | None] = context.Queue()
        process = context.Process(target=_child, args=(tool, args, results))
        process.start()
        row = results.get()
        process.join()
        if row is not None:
            rows.append(row)
            if len(rows) == 1:
                print("\t".join(asdict(row)))
            print("\t".join(_text(value) for value in asdict(row).values()), flush=True)
    if args.json:
        args.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
