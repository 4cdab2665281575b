"""The sets of `benchmarks/lda.py`: the same terms for every tool, a tenth of the documents held out, every second token to be told.

Text is cut into words by this project's own preparation (OCTIS sets are cut already); the vocabulary comes from the training documents.
What is made is kept in a cache folder, since cutting takes longer than most fits.
"""

from __future__ import annotations

import gzip
import json
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from topics.core.registry import discover
from topics.preprocessing.terms import TermMaker, learn_terms, segmenter_of
from topics.preprocessing.vectorise import CorpusCounts, count_terms

FILES = {
    "newsgroups20": ("newsgroups20", "en"),
    "bbc_news": ("octis_preprocessed", ""),
    "dblp": ("octis_preprocessed", ""),
    "unc_dantri": ("unc_dantri", "vi"),
    "baomoi_2017": ("baomoi_2017", "vi"),
    "vn_daily_news": ("vn_daily_news", "vi"),
}  # name: folder, language; no language where the text is cut into words already
PATTERNS = {"bbc_news": "bbc_news*", "dblp": "dblp*"}
MIN_DF, MAX_DF, MAX_TERMS = 5, 0.5, 50_000
HELD_OUT, SEED = 0.1, 12345


@dataclass(frozen=True)
class Set:
    """Counts of training documents (n_train, n_terms); of held-out documents the tokens to see and those to tell; the terms."""

    train: sparse.csr_array
    seen: sparse.csr_array
    told: sparse.csr_array
    terms: tuple[str, ...]

    @property
    def documents(self) -> list[list[str]]:
        """The training documents as lists of terms, for tools that take no counts."""
        terms = np.array(self.terms)
        matrix = self.train
        rows = (slice(matrix.indptr[d], matrix.indptr[d + 1]) for d in range(matrix.shape[0]))
        return [np.repeat(terms[matrix.indices[row]], matrix.data[row]).tolist() for row in rows]


def _documents(name: str, data: Path) -> list[list[str]]:
    folder, code = FILES[name]
    texts: list[str] = []
    for path in sorted((data / folder).glob(f"{PATTERNS.get(name, '*')}.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts += [unicodedata.normalize("NFC", json.loads(line)["text"]) for line in lines]
    if not code:
        return [text.split() for text in texts]
    language = discover("topics.preprocessing.languages", "LANGUAGE")[code]
    segmenter = segmenter_of("default")
    lexicon, phrases = learn_terms({code: texts}, {code: language}, (), segmenter, phrases=True)
    make, stop = TermMaker((), segmenter, lexicon, phrases), language.stop_words()
    return [[term for term in make(text, code) if term not in stop] for text in texts]


def _counts(documents: Sequence[Sequence[int]], n_terms: int) -> sparse.csr_array:
    rows = np.repeat(np.arange(len(documents)), [len(document) for document in documents])
    columns = np.array([column for document in documents for column in document], dtype=np.int64)
    matrix = sparse.csr_array((np.ones(len(columns), dtype=np.int32), (rows, columns)), shape=(len(documents), n_terms))
    matrix.sum_duplicates()
    return matrix


def _make(name: str, data: Path) -> Set:
    documents = [document for document in _documents(name, data) if document]
    out = np.random.default_rng(SEED).random(len(documents)) < HELD_OUT
    training = [document for document, held in zip(documents, out, strict=True) if not held]
    counts = CorpusCounts()
    counts.add(count_terms(training))
    everyone = np.ones(len(training), dtype=bool)
    vocabulary = counts.vocabulary([""] * len(training), everyone, min_df=MIN_DF, max_df=MAX_DF, max_terms=MAX_TERMS)
    index = vocabulary.index
    known = [[index[term] for term in document if term in index] for document in documents]
    train = [document for document, held in zip(known, out, strict=True) if not held and document]
    held = [document for document, held in zip(known, out, strict=True) if held and len(document) > 1]
    n_terms = len(vocabulary)
    seen, told = ([document[at::2] for document in held] for at in (0, 1))
    return Set(_counts(train, n_terms), _counts(seen, n_terms), _counts(told, n_terms), vocabulary.terms)


def load(name: str, data: Path, cache: Path) -> Set:
    """Return a set, made anew where the cache lacks it."""
    folder = cache / name
    if not (folder / "terms.json").exists():
        made = _make(name, data)
        folder.mkdir(parents=True, exist_ok=True)
        for part in ("train", "seen", "told"):
            sparse.save_npz(folder / f"{part}.npz", getattr(made, part))
        (folder / "terms.json").write_text(json.dumps(made.terms), encoding="utf-8")
    terms = tuple(json.loads((folder / "terms.json").read_text(encoding="utf-8")))
    train, seen, told = (sparse.csr_array(sparse.load_npz(folder / f"{part}.npz")) for part in ("train", "seen", "told"))
    return Set(train, seen, told, terms)
