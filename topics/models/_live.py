"""The ordinary BERTopic object of a fit: given our clusters, it makes its own words, plots and methods."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from topics.core.errors import MissingPartError
from topics.core.matrices import Float32, Int64
from topics.engine import one_thread
from topics.models._clusters import INSTALL

if TYPE_CHECKING:
    from bertopic import BERTopic

JOINER = "_"  # BERTopic splits at white space, our phrases hold spaces


@dataclass
class GivenReduction:
    """UMAP's place in BERTopic, with what UMAP made of the training vectors (n_docs, n_components)."""

    embedding_: Float32

    def fit(self, vectors: Float32, y: object = None) -> GivenReduction:
        """Do nothing: it was fitted."""
        return self

    def transform(self, vectors: Float32) -> Float32:
        """Return the reduced training vectors; new documents go through the assignment rule instead."""
        return self.embedding_


@dataclass
class GivenClusters:
    """HDBSCAN's place in BERTopic, with the topic (n_docs,) of each training document, -1 for none."""

    labels_: Int64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def fit(self, reduced: Float32, y: object = None) -> GivenClusters:
        """Do nothing: it was fitted."""
        return self


def live_model(
    vectors: Float32, reduced: Float32, labels: Int64, counts: sparse.csr_array, terms: tuple[str, ...], top_n: int = 10
) -> BERTopic:
    """Return a BERTopic fitted to the training documents with their topics as they are.

    Args:
        vectors: (n_docs, n_dims).
        reduced: (n_docs, n_components).
        labels: (n_docs,) topic, -1 for none.
        counts: (n_docs, n_terms).
        terms: the vocabulary.
        top_n: words a topic.

    Raises:
        MissingPartError: BERTopic is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="IProgress not found")  # in notebooks; our own progress goes to the log
            from bertopic import BERTopic
    except ImportError as error:
        raise MissingPartError(f"BERTopic cannot be imported: {error}.", where="models.bertopic", hint=INSTALL) from error
    from sklearn.feature_extraction.text import CountVectorizer

    joined = [term.replace(" ", JOINER) for term in terms]
    # "multilingual": any other language makes BERTopic delete every letter outside A-Z.
    live: Any = BERTopic(
        language="multilingual",
        top_n_words=top_n,
        umap_model=GivenReduction(reduced),
        hdbscan_model=GivenClusters(labels),
        vectorizer_model=CountVectorizer(vocabulary=joined, tokenizer=str.split, token_pattern=None, lowercase=False),
    )
    live._sort_mappings_by_frequency = lambda documents: documents
    with one_thread():
        live.fit_transform(_texts(counts, joined), embeddings=vectors)
    del live._sort_mappings_by_frequency
    return live


def _texts(counts: sparse.csr_array, joined: list[str]) -> list[str]:
    """Documents as BERTopic reads them: our terms, each as often as counted, in the order of the vocabulary."""
    texts: list[str] = []
    for row in range(counts.shape[0]):
        start, end = counts.indptr[row], counts.indptr[row + 1]
        pairs = zip(counts.indices[start:end], counts.data[start:end], strict=True)
        texts.append(" ".join(" ".join([joined[column]] * int(n)) for column, n in pairs))
    return texts
