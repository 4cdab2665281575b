"""The ordinary BERTopic object of a fit: given our clusters, it makes its own words, plots and methods."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from scipy import sparse

from topics.core.errors import MissingPartError, UsageError
from topics.core.matrices import DocTermMatrix, Float32, Int64, TopicDistribution
from topics.engine import one_thread
from topics.models._assignment import AssignmentRule
from topics.models._clusters import INSTALL
from topics.models._compiled import import_umap

if TYPE_CHECKING:
    from bertopic import BERTopic

EMBED = "Give `embeddings`: study.preparation.apply(corpus).embeddings.vectors."
EMPTY = "emptydoc"  # what BERTopic writes for a topic whose documents have no terms
UNIT = 1e-5  # vectors of the preparation have unit length but for the last bits of float32, and stay as they are
JOINER = "_"  # BERTopic splits at white space, our phrases hold spaces


@dataclass
class GivenReduction:
    """UMAP's place in BERTopic, with what UMAP made of the training vectors (n_docs, n_components).

    `transform` leaves vectors as they are: documents are assigned by a rule that reads them so.
    """

    embedding_: Float32

    def fit(self, vectors: Float32, y: object = None) -> GivenReduction:
        """Do nothing: it was fitted."""
        return self

    def transform(self, vectors: Float32) -> Float32:
        """Return the vectors (n_docs, n_dims) themselves."""
        return vectors


@dataclass
class GivenClusters:
    """HDBSCAN's place in BERTopic, with the topic (n_docs,) of each training document, -1 for none, and the rule for new ones."""

    labels_: Int64
    rule: AssignmentRule

    def fit(self, vectors: Float32, y: object = None) -> GivenClusters:
        """Do nothing: it was fitted."""
        return self

    def predict(self, vectors: Float32) -> Int64:
        """Return (n_docs,) the topic of documents by their vectors (n_docs, n_dims), -1 for none.

        Raises:
            UsageError: vectors of another length.
        """
        rows, n_dims = np.asarray(vectors, dtype=np.float32), self.rule.centroids.shape[1]
        if rows.ndim != 2 or rows.shape[1] != n_dims:
            what = f"the embeddings have the shape {rows.shape}, expected (documents, {n_dims})."
            raise UsageError(what, where="bertopic", hint=EMBED)
        lengths = np.sqrt((rows.astype(np.float64) ** 2).sum(axis=1, keepdims=True))
        unit = np.where(np.abs(lengths - 1.0) < UNIT, rows, rows / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
        return TopicDistribution(self.rule.assign(unit), tuple(map(str, range(len(unit))))).labels()


@dataclass(frozen=True)
class OurTerms:
    """Splits documents made by `bags` into their terms, and refuses others: articles as written would lose most words unseen."""

    terms: frozenset[str]

    def __call__(self, text: str) -> list[str]:
        """Return the terms of a document.

        Raises:
            UsageError: one is not in the vocabulary.
        """
        found = text.split()
        for term in found:
            if term not in self.terms:
                what = f"{term[:40]!r} is no term of the vocabulary; this object reads documents as terms, not as they were written."
                raise UsageError(
                    what, where="bertopic", hint="Give list(model.live_documents.values()); for new ones topics.models.bertopic.bags."
                )
        return found


def refuse_to_embed(*_: object, **__: object) -> NoReturn:
    """Raise `UsageError`: vectors are made by the preparation."""
    raise UsageError("the live BERTopic object embeds no texts itself.", where="bertopic", hint=EMBED)


def bags(dtm: DocTermMatrix) -> dict[str, str]:
    """Return documents as the live object reads them, by id: our terms, each as often as counted, in the order of the vocabulary."""
    joined = _joined(dtm.vocabulary.terms)
    return dict(zip(dtm.doc_ids, _texts(dtm.counts, joined), strict=True))


@dataclass(frozen=True, eq=False)
class Trained:
    """What a fit leaves for the live object.

    Args:
        ids: of the training documents.
        vectors: (n_docs, n_dims).
        reduced: (n_docs, n_components).
        counts: (n_docs, n_terms).
        terms: the vocabulary.
        rule: assigns them.
    """

    ids: tuple[str, ...]
    vectors: Float32
    reduced: Float32
    counts: sparse.csr_array
    terms: tuple[str, ...]
    rule: AssignmentRule

    def documents(self) -> dict[str, str]:
        """Return the training documents as the live object reads them, by id, in its order."""
        return dict(zip(self.ids, _texts(self.counts, _joined(self.terms)), strict=True))

    def live_model(self, top_n: int = 10) -> BERTopic:
        """Return a BERTopic fitted to the training documents with their topics as they are.

        Args:
            top_n: words a topic.

        Raises:
            MissingPartError: BERTopic is not installed.
        """
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="IProgress not found")  # in notebooks; our own progress goes to the log
                import_umap()
                from bertopic import BERTopic
                from bertopic.backend import BaseEmbedder
        except ImportError as error:
            raise MissingPartError(f"BERTopic cannot be imported: {error}.", where="models.bertopic", hint=INSTALL) from error
        from sklearn.feature_extraction.text import CountVectorizer

        joined = _joined(self.terms)
        reader = OurTerms(frozenset([*joined, EMPTY]))
        clusters = GivenClusters(np.zeros(0, dtype=np.int64), self.rule)
        clusters.labels_ = clusters.predict(self.vectors)
        # "multilingual": any other language makes BERTopic delete every letter outside A-Z.
        live: Any = BERTopic(
            language="multilingual",
            top_n_words=top_n,
            umap_model=GivenReduction(self.reduced),
            hdbscan_model=clusters,
            vectorizer_model=CountVectorizer(vocabulary=joined, tokenizer=reader, token_pattern=None, lowercase=False),
        )
        live._sort_mappings_by_frequency = lambda documents: documents
        with one_thread():
            live.fit_transform(list(self.documents().values()), embeddings=self.vectors)
        del live._sort_mappings_by_frequency
        live.embedding_model = BaseEmbedder()  # of this very type: BERTopic then makes no vectors of words by it
        live.embedding_model.embed_documents = live.embedding_model.embed_words = refuse_to_embed
        return live


def _joined(terms: tuple[str, ...]) -> list[str]:
    return [term.replace(" ", JOINER) for term in terms]


def _texts(counts: sparse.csr_array, joined: list[str]) -> list[str]:
    texts: list[str] = []
    for row in range(counts.shape[0]):
        start, end = counts.indptr[row], counts.indptr[row + 1]
        pairs = zip(counts.indices[start:end], counts.data[start:end], strict=True)
        texts.append(" ".join(" ".join([joined[column]] * int(n)) for column, n in pairs))
    return texts
