"""A fitted BERTopic as it is kept: its rule, topics, words and hierarchy, without UMAP and HDBSCAN."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from topics.core.codecs import check_least, check_shapes, read_arrays, read_json, read_result, write_arrays, write_json, write_result
from topics.core.errors import DataError
from topics.core.hierarchy import TopicNode
from topics.core.matrices import Float32, Float64, Int64, PreparedCorpus, TopicDistribution, TopicTermMatrix
from topics.core.results import ModelCard, TopicResult
from topics.models._assignment import AssignmentRule, nearest
from topics.models._card import check_prepared
from topics.models._ctfidf import topic_weights
from topics.models._live import Trained

if TYPE_CHECKING:
    from bertopic import BERTopic

PACKAGES = ("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn")
ARRAYS = ("centroids", "sharpness", "thresholds")
UNIT = 1e-3  # by how much the length of a stored vector may be off


@dataclass(frozen=True, eq=False)
class BertopicTopicModel:
    """A fitted model.

    Args:
        rule: how documents are assigned.
        result: topics and documents.
        nodes: the hierarchy, leaves first; empty where topics came from elsewhere.
        trained: what the ordinary BERTopic object is made of; None unless the model is as it was fitted in this process.
    """

    rule: AssignmentRule
    result: TopicResult
    nodes: tuple[TopicNode, ...] = ()
    trained: Trained | None = field(default=None, repr=False)

    def transform(self, prepared: PreparedCorpus) -> TopicDistribution:
        """Return the memberships (n_docs, n_topics) of any prepared documents by the rule that training documents followed too."""
        check_prepared(prepared, self.result.card)
        return TopicDistribution(self.rule.assign(vectors_of(prepared)), prepared.dtm.doc_ids)

    def nearest(self, prepared: PreparedCorpus) -> tuple[Int64, Float64]:
        """Return (n_docs,) the nearest topic of every document, also of those in none, and how sure that is, 0 to 1.

        How sure is the document's weight of that topic: one in none has less of it than of none. A document without known words has topic
        -1 and 0.
        """
        check_prepared(prepared, self.result.card)
        vectors = vectors_of(prepared)
        topics, _ = nearest(vectors, self.rule.centroids)
        weights = self.rule.assign(vectors)
        known = (vectors != 0).any(axis=1)
        return np.where(known, topics, -1), weights[np.arange(len(weights)), topics].astype(np.float64)

    def save(self, directory: Path) -> None:
        """Write arrays, hierarchy and result into an existing directory."""
        write_result(directory, self.result)
        sharpness = np.array([self.rule.sharpness])
        arrays = {"centroids": self.rule.centroids, "thresholds": self.rule.thresholds, "sharpness": sharpness}
        write_arrays(directory / "bertopic.safetensors", arrays)
        write_json(directory / "hierarchy.json", self.nodes)

    @cached_property
    def bertopic(self) -> BERTopic:
        """The live BERTopic object, with its own plots and methods.

        Raises:
            DataError: the model was loaded, merged, reduced or taken in; UMAP's results are needed for training only and are not kept.
            MissingPartError: BERTopic is not installed.
        """
        return self._trained().live_model()

    @cached_property
    def live_documents(self) -> dict[str, str]:
        """The documents of the live object in its order, by id, as it reads them: our terms. Its methods that read documents want these.

        Raises:
            DataError: as for `bertopic`.
        """
        return self._trained().documents()

    def _trained(self) -> Trained:
        if self.trained is None:
            what = "only a model as it was fitted in this process has a live BERTopic object; loaded, merged and reduced ones have none."
            raise DataError(what, where="bertopic", hint="Fit anew: topics.models.bertopic.fit(study.prepared, ...).")
        return self.trained


def vectors_of(prepared: PreparedCorpus) -> Float32:
    """The vectors (n_docs, n_dims) of documents, which clustering cannot do without."""
    if prepared.embeddings is None:
        raise DataError(
            "the documents were prepared without vectors.", where="bertopic", hint="Apply the preparation saved with the model."
        )
    return prepared.embeddings.vectors


def packages_of(prepared: PreparedCorpus) -> tuple[str, ...]:
    """What the topics depend on, with what made the vectors."""
    return (*PACKAGES, *(prepared.embeddings.packages if prepared.embeddings else ()))


def training_rows(prepared: PreparedCorpus) -> Int64:
    """One copy of each story with a vector."""
    has_terms = (vectors_of(prepared) != 0).any(axis=1)
    return np.flatnonzero(has_terms & np.array([info.canonical for info in prepared.corpus.infos], dtype=bool)).astype(np.int64)


def by_size(labels: Int64) -> tuple[Int64, Int64]:
    """Labels by falling size of their topics, and (n_topics,) the new number of each; of equal sizes the first stays first."""
    sizes = np.bincount(labels[labels >= 0])
    order = np.empty(len(sizes), dtype=np.int64)
    order[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return np.where(labels >= 0, order[labels], -1), order


def result_of(rule: AssignmentRule, prepared: PreparedCorpus, rows: Int64, assigned: Int64, card: ModelCard) -> TopicResult:
    """The result, with words from the training documents of each topic."""
    weights = topic_weights(prepared.dtm.counts[rows], assigned, len(rule.centroids))
    documents = TopicDistribution(rule.assign(vectors_of(prepared)), prepared.dtm.doc_ids)
    return TopicResult(TopicTermMatrix(weights, prepared.dtm.vocabulary, "ctfidf"), documents, card)


def load(directory: Path) -> BertopicTopicModel:
    """Read what `save` wrote."""
    result, path = read_result(directory), directory / "bertopic.safetensors"
    arrays = read_arrays(path, ARRAYS)
    check_shapes(path, arrays, {"centroids": "k d", "thresholds": "k", "sharpness": "1"}, k=result.n_topics)
    check_least(path, arrays, {"thresholds": 0.0, "sharpness": 0.0})
    centroids, thresholds, sharpness = (arrays[name].astype(np.float64) for name in ("centroids", "thresholds", "sharpness"))
    if not np.allclose(np.linalg.norm(centroids, axis=1), 1.0, atol=UNIT) or (thresholds > 1 + UNIT).any():
        raise DataError("its centroids are no unit vectors, or a threshold is over 1.", where=str(path), hint="Fetch or fit it again.")
    nodes = read_json(directory / "hierarchy.json", tuple[TopicNode, ...])
    return BertopicTopicModel(AssignmentRule(centroids, thresholds, float(sharpness[0])), result, nodes)
