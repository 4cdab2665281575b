"""The sets of `benchmarks/bertopic*.py`: labelled documents, cut into words by this project, with vectors by LSA or a model.

What a model encodes is kept in a cache folder, since that takes longer than most fits.
"""

from __future__ import annotations

import gzip
import importlib
import json
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from segmenters import prepare

from topics.core.matrices import PreparedCorpus
from topics.core.registry import discover
from topics.preprocessing.embedders.lsa import LsaEmbedder, fit_lsa
from topics.preprocessing.terms import TermMaker, learn_terms, segmenter_of

Vectors = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
FILES = {
    "bbc_raw": ("bbc_raw/bbc.jsonl.gz", "en", "text"),
    "newsgroups20": ("newsgroups20/newsgroups20.jsonl.gz", "en", "text"),
    "unc_dantri": ("unc_dantri/*.jsonl.gz", "vi", "text"),
    "vn_daily_news": ("vn_daily_news/vn_daily_2025H2.jsonl.gz", "vi", "text"),
    "bbc_news": ("octis_preprocessed/bbc_news.jsonl.gz", "", "text"),
    "m10": ("octis_preprocessed/m10.jsonl.gz", "", "text"),
    "sib200_en": ("sib200_en_vi/*.jsonl.gz", "en", "en"),
    "sib200_vi": ("sib200_en_vi/*.jsonl.gz", "vi", "vi"),
}  # name: files, language (none where the text is cut into words already), field of the text


@dataclass(frozen=True)
class Choice:
    """Which documents and which vectors.

    Args:
        data: folder of the sets.
        cache: folder for what a model encoded.
        dimensions: of LSA.
        model: an installed package that carries a sentence-transformers model; empty for LSA.
        sample: at most so many documents, those with the smallest sha256; 0 takes all.
    """

    data: Path
    cache: Path
    dimensions: int = 200
    model: str = ""
    sample: int = 0

    @property
    def vectors(self) -> str:
        """Their name in tables and results."""
        return self.model or f"lsa{self.dimensions}"


@dataclass(frozen=True)
class Data:
    """A labelled set: documents prepared, with vectors, the number of each one's label, and vectors of terms (n_terms, n_dims)."""

    prepared: PreparedCorpus
    documents: list[list[str]]
    labels: Labels
    term_vectors: Vectors

    @property
    def vectors(self) -> Vectors:
        """Vectors (n_docs, n_dims)."""
        assert self.prepared.embeddings is not None
        return self.prepared.embeddings.vectors

    @cached_property
    def joined(self) -> list[str]:
        """The vocabulary as tools that split at white space read it."""
        return [term.replace(" ", "_") for term in self.prepared.dtm.vocabulary.terms]

    @property
    def texts(self) -> list[str]:
        """The documents for such tools."""
        return [" ".join(term.replace(" ", "_") for term in document) for document in self.documents]

    def first(self, n: int) -> Data:
        """Return the first `n` documents."""
        from topics.core.documents import Corpus

        prepared, embeddings = self.prepared, self.prepared.embeddings
        assert embeddings is not None
        ids = prepared.dtm.doc_ids[:n]
        dtm = replace(prepared.dtm, counts=prepared.dtm.counts[:n], doc_ids=ids)
        corpus = Corpus(prepared.corpus.infos[:n], ())
        cut = replace(embeddings, vectors=embeddings.vectors[:n], doc_ids=ids)
        return Data(PreparedCorpus(corpus, dtm, cut, prepared.unknown[:n], "few"), self.documents[:n], self.labels[:n], self.term_vectors)


def load(name: str, choice: Choice) -> Data:
    """Distinct labelled texts of a set."""
    pattern, code, field = FILES[name]
    rows: dict[str, str] = {}
    for path in sorted(choice.data.glob(pattern)):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["label"] is not None:
                    rows.setdefault(unicodedata.normalize("NFC", row[field]), str(row["label"]))
    texts = _sampled([text for text in rows if text.strip()], choice.sample)
    documents = [text.split() for text in texts] if not code else _cut(texts, code)
    prepared = prepare(documents, code or "en")
    if choice.model:
        name = f"{name}{choice.sample or ''}"
        vectors = _encoded(texts, choice, name)
        term_vectors = _encoded(prepared.dtm.vocabulary.terms, choice, f"{name}.terms")
    else:
        lsa = fit_lsa(prepared.dtm.counts, choice.dimensions, 1)
        vectors, term_vectors = lsa.project(prepared.dtm).vectors, _of_terms(lsa)
    assert prepared.embeddings is not None
    prepared = replace(prepared, embeddings=replace(prepared.embeddings, vectors=vectors))
    _, labels = np.unique([rows[text] for text in texts], return_inverse=True)
    return Data(prepared, documents, labels.astype(np.int64), term_vectors)


def _sampled(texts: list[str], n: int) -> list[str]:
    if not 0 < n < len(texts):
        return texts
    kept = set(sorted(texts, key=lambda text: sha256(text.encode()).digest())[:n])
    return [text for text in texts if text in kept]


def _cut(texts: list[str], code: str) -> list[list[str]]:
    language = discover("topics.preprocessing.languages", "LANGUAGE")[code]
    segmenter = segmenter_of("default")
    lexicon, phrases = learn_terms({code: texts}, {code: language}, (), segmenter, phrases=True)
    make, stop = TermMaker((), segmenter, lexicon, phrases), language.stop_words()
    return [[term for term in make(text, code) if term not in stop] for text in texts]


def _of_terms(lsa: LsaEmbedder) -> Vectors:
    """The vector of a document that is one term."""
    lengths = np.sqrt((lsa.components.astype(np.float64) ** 2).sum(axis=1, keepdims=True))
    return np.asarray(lsa.components / np.maximum(lengths, 1e-12), dtype=np.float32)


def _encoded(texts: Sequence[str], choice: Choice, name: str) -> Vectors:
    """What BERTopic's users do: the model's own encoding, cut where the model cuts."""
    path = choice.cache / f"{name}.{choice.model}.npy"
    if not path.is_file():
        from sentence_transformers import SentenceTransformer

        folder = Path(str(importlib.import_module(choice.model).__file__)).parent / "model"
        encoder = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        np.save(path, np.asarray(encoder.encode(list(texts), batch_size=32, normalize_embeddings=True), dtype=np.float32))
    found: Vectors = np.load(path)
    if len(found) != len(texts):
        raise SystemExit(f"{path} holds {len(found)} vectors of {len(texts)} texts; remove it")
    return found
