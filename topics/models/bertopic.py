"""BERTopic (Grootendorst 2022) on our vectors and our vocabulary: UMAP and HDBSCAN propose topics, one rule assigns documents."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np

from topics.core.codecs import read_arrays, read_result, write_arrays, write_result
from topics.core.contracts import ModelKind
from topics.core.errors import DataError, MissingPartError
from topics.core.matrices import Float32, Float64, Int64, PreparedCorpus, TopicDistribution, TopicTermMatrix
from topics.core.results import TopicResult
from topics.core.themes import Themes
from topics.engine import one_thread
from topics.models._assignment import AssignmentRule, learn_rule
from topics.models._card import check_prepared, make_card
from topics.models._clusters import GroupedClusterer, GroupedReducer, group_rows

if TYPE_CHECKING:
    from bertopic import BERTopic

MIN_DOCS = 50
JOINER = "_"  # BERTopic splits at white space, our phrases hold spaces


class BertopicConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[models.bertopic]` of a study.

    Args:
        min_topic_size: fewest documents of a topic; 0 grows it with the documents of the language, 0.35 sqrt(n) and at
            least 5. HDBSCAN takes no less than 2, so 1 means 2.
        n_neighbors: UMAP's neighbourhood: larger means broader topics.
        n_components: UMAP's dimensions.
    """

    min_topic_size: Annotated[int, msgspec.Meta(ge=0)] = 0
    n_neighbors: Annotated[int, msgspec.Meta(ge=2, le=200)] = 15
    n_components: Annotated[int, msgspec.Meta(ge=2, le=50)] = 5

    def topic_size(self, n_docs: int) -> int:
        """Return the minimum that holds for so many documents of a language."""
        return max(2, self.min_topic_size) if self.min_topic_size else max(5, round(0.35 * n_docs**0.5))


@dataclass(frozen=True, eq=False)
class BertopicTopicModel:
    """A fitted model. `live` is the ordinary BERTopic object in the process that fitted it, None after loading."""

    rule: AssignmentRule
    result: TopicResult
    live: BERTopic | None = field(default=None, repr=False)

    def transform(self, prepared: PreparedCorpus) -> TopicDistribution:
        """Return the memberships (n_docs, n_topics) of any prepared documents by the rule that training documents followed too."""
        check_prepared(prepared, self.result.card)
        return TopicDistribution(self.rule.assign(_vectors(prepared)), prepared.dtm.doc_ids)

    def save(self, directory: Path) -> None:
        """Write arrays and result into an existing directory."""
        write_result(directory, self.result)
        write_arrays(directory / "bertopic.safetensors", {"centroids": self.rule.centroids, "thresholds": self.rule.thresholds})

    @property
    def bertopic(self) -> BERTopic:
        """The live BERTopic object, with its own plots and methods.

        Raises:
            DataError: the model was loaded; UMAP and HDBSCAN are needed for training only and are not stored.
        """
        if self.live is None:
            raise DataError("a loaded model holds no live BERTopic object.", where="bertopic", hint="Fit in this process to get one.")
        return self.live


def _vectors(prepared: PreparedCorpus) -> Float32:
    if prepared.embeddings is None:
        raise DataError(
            "the documents were prepared without vectors.", where="bertopic", hint="Apply the preparation saved with the model."
        )
    return prepared.embeddings.vectors


def _live_model(config: BertopicConfig, terms: tuple[str, ...], groups: tuple[Int64, ...], seed: int) -> BERTopic:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="IProgress not found")  # in notebooks; our own progress goes to the log
            from bertopic import BERTopic
            from hdbscan import HDBSCAN
            from umap import UMAP
    except ImportError as error:
        hint = "Set up with `python3 run.py`, or: pip install --require-hashes --no-deps -r requirements.lock"
        raise MissingPartError(f"BERTopic cannot be imported: {error}.", where="models.bertopic", hint=hint) from error
    from sklearn.feature_extraction.text import CountVectorizer

    def reducer(n_docs: int) -> Any:  # noqa: ANN401 - UMAP is untyped
        neighbors = min(config.n_neighbors, n_docs - 1)
        return UMAP(n_neighbors=neighbors, n_components=config.n_components, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1)

    def clusterer(n_docs: int) -> Any:  # noqa: ANN401 - HDBSCAN is untyped
        return HDBSCAN(min_cluster_size=config.topic_size(n_docs), cluster_selection_method="eom", core_dist_n_jobs=1)

    vectorizer = CountVectorizer(
        vocabulary=[t.replace(" ", JOINER) for t in terms], tokenizer=str.split, token_pattern=None, lowercase=False
    )
    # "multilingual": any other language makes BERTopic delete every letter outside A-Z.
    return BERTopic(
        language="multilingual",
        umap_model=GroupedReducer(groups, reducer, config.n_components),
        hdbscan_model=GroupedClusterer(groups, clusterer),
        vectorizer_model=vectorizer,
    )


def _texts(prepared: PreparedCorpus, rows: Int64) -> list[str]:
    """Documents as BERTopic reads them: our terms, each as often as counted, in the order of the vocabulary."""
    counts, terms = prepared.dtm.counts, [term.replace(" ", JOINER) for term in prepared.dtm.vocabulary.terms]
    texts: list[str] = []
    for row in rows:
        start, end = counts.indptr[row], counts.indptr[row + 1]
        pairs = zip(counts.indices[start:end], counts.data[start:end], strict=True)
        texts.append(" ".join(" ".join([terms[column]] * int(n)) for column, n in pairs))
    return texts


def _topic_terms(live: Any, terms: tuple[str, ...], n_topics: int) -> Float64:  # noqa: ANN401 - c_tf_idf_ is untyped
    """BERTopic's c-TF-IDF rows of the topics (its row of outliers left out), each summing to 1, columns in our order."""
    matrix = live.c_tf_idf_.toarray()[-n_topics:]
    columns = live.vectorizer_model.vocabulary_
    ordered = np.asarray(matrix[:, [columns[term.replace(" ", JOINER)] for term in terms]], dtype=np.float64)
    sums = ordered.sum(axis=1, keepdims=True)
    return np.where(sums > 0, ordered / np.where(sums > 0, sums, 1.0), 1.0 / len(terms))


def fit(prepared: PreparedCorpus, config: BertopicConfig, themes: Themes, seed: int) -> BertopicTopicModel:
    """Fit on one copy of each story; themes do not steer the topics.

    Raises:
        DataError: too few documents, or HDBSCAN finds no topic; nothing is invented.
    """
    vectors = _vectors(prepared)
    has_terms = (vectors != 0).any(axis=1)
    rows = np.flatnonzero(has_terms & np.array([info.canonical for info in prepared.corpus.infos], dtype=bool))
    if len(rows) < MIN_DOCS:
        raise DataError(f"{len(rows)} distinct documents with known terms, BERTopic needs at least {MIN_DOCS}.", where="models.bertopic")
    terms = prepared.dtm.vocabulary.terms
    groups = group_rows([prepared.corpus.infos[row].language for row in rows])
    live = _live_model(config, terms, groups, seed)
    with one_thread():
        found, _ = live.fit_transform(_texts(prepared, rows), embeddings=vectors[rows])
    labels = np.asarray(found, dtype=np.int64)
    n_topics = int(labels.max(initial=-1)) + 1
    if n_topics < 2:
        hint = f"Lower min_topic_size (now {config.topic_size(max(map(len, groups), default=0))}) or add documents."
        raise DataError(f"HDBSCAN found {n_topics} topic(s) in {len(rows)} documents.", where="models.bertopic", hint=hint)
    rule = learn_rule(vectors[rows], labels)
    topics = TopicTermMatrix(_topic_terms(live, terms, n_topics), prepared.dtm.vocabulary, "ctfidf")
    documents = TopicDistribution(rule.assign(vectors), prepared.dtm.doc_ids)
    notes = _notes(documents.labels()[rows], labels)
    card = make_card(
        "bertopic", config, seed, prepared, packages=("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn"), notes=notes
    )
    return BertopicTopicModel(rule, TopicResult(topics, documents, card), live)


def _notes(assigned: Int64, clustered: Int64) -> tuple[str, ...]:
    inside = clustered >= 0
    agree = float((assigned[inside] == clustered[inside]).mean()) if inside.any() else 0.0
    return (
        f"The assignment rule gives {agree:.1%} of the clustered training documents the topic that HDBSCAN gave them.",
        f"HDBSCAN left {1 - float(inside.mean()):.1%} of the training documents without a topic, "
        f"the rule leaves {float((assigned < 0).mean()):.1%}.",
    )


def load(directory: Path) -> BertopicTopicModel:
    """Read what `save` wrote."""
    arrays = read_arrays(directory / "bertopic.safetensors", ("centroids", "thresholds"))
    rule = AssignmentRule(arrays["centroids"].astype(np.float64), arrays["thresholds"].astype(np.float64))
    return BertopicTopicModel(rule, read_result(directory))


MODEL: ModelKind[BertopicConfig] = ModelKind(
    name="bertopic",
    title="BERTopic (UMAP + HDBSCAN)",
    config=BertopicConfig,
    needs=frozenset({"counts", "embeddings"}),
    min_docs=MIN_DOCS,
    fit=fit,
    load=load,
)
