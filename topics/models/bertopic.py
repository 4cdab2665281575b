"""BERTopic (Grootendorst 2022) on our vectors and our vocabulary: UMAP and HDBSCAN propose topics, one rule assigns documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from topics.core.codecs import read_arrays, read_json, read_result, write_arrays, write_json, write_result
from topics.core.contracts import ModelKind
from topics.core.errors import DataError
from topics.core.hierarchy import TopicNode
from topics.core.matrices import Float32, Float64, Int64, PreparedCorpus, TopicDistribution, TopicTermMatrix
from topics.core.results import ModelCard, TopicResult
from topics.core.themes import Themes
from topics.models._assignment import AssignmentRule, agreement, calibrate, learn_rule, nearest, refine
from topics.models._bertopic_settings import BertopicConfig
from topics.models._card import check_prepared, make_card
from topics.models._clusters import Proposals, group_rows, propose, reduce_groups
from topics.models._ctfidf import topic_weights
from topics.models._hierarchy import hierarchy
from topics.models._live import live_model
from topics.models._merging import RESOLUTION, merge_tree, settle_levels, similarities

if TYPE_CHECKING:
    from bertopic import BERTopic

MIN_DOCS = 50
PACKAGES = ("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn")
ARRAYS = ("centroids", "sharpness", "thresholds")
HALF = 0.5  # of a language's documents
SHUFFLES = 5


@dataclass(frozen=True, eq=False)
class BertopicTopicModel:
    """A fitted model.

    Args:
        rule: how documents are assigned.
        result: topics and documents.
        nodes: the hierarchy, leaves first; empty where topics came from elsewhere.
        make_live: makes the ordinary BERTopic object; None after loading.
    """

    rule: AssignmentRule
    result: TopicResult
    nodes: tuple[TopicNode, ...] = ()
    make_live: Callable[[], BERTopic] | None = field(default=None, repr=False)

    def transform(self, prepared: PreparedCorpus) -> TopicDistribution:
        """Return the memberships (n_docs, n_topics) of any prepared documents by the rule that training documents followed too."""
        check_prepared(prepared, self.result.card)
        return TopicDistribution(self.rule.assign(_vectors(prepared)), prepared.dtm.doc_ids)

    def nearest(self, prepared: PreparedCorpus) -> tuple[Int64, Float64]:
        """Return (n_docs,) the nearest topic of every document, also of those in none, and how sure that is, 0 to 1.

        How sure is the document's weight of that topic: one in none has less of it than of none. A document without known words has topic
        -1 and 0.
        """
        check_prepared(prepared, self.result.card)
        vectors = _vectors(prepared)
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
            DataError: the model was loaded; UMAP's and HDBSCAN's results are needed for training only and are not stored.
            MissingPartError: BERTopic is not installed.
        """
        if self.make_live is None:
            raise DataError("a loaded model holds no live BERTopic object.", where="bertopic", hint="Fit in this process to get one.")
        return self.make_live()


def _vectors(prepared: PreparedCorpus) -> Float32:
    if prepared.embeddings is None:
        raise DataError(
            "the documents were prepared without vectors.", where="bertopic", hint="Apply the preparation saved with the model."
        )
    return prepared.embeddings.vectors


def _packages(prepared: PreparedCorpus) -> tuple[str, ...]:
    """What the topics depend on, with what made the vectors."""
    return (*PACKAGES, *(prepared.embeddings.packages if prepared.embeddings else ()))


def _training_rows(prepared: PreparedCorpus) -> Int64:
    """One copy of each story with a vector."""
    has_terms = (_vectors(prepared) != 0).any(axis=1)
    return np.flatnonzero(has_terms & np.array([info.canonical for info in prepared.corpus.infos], dtype=bool)).astype(np.int64)


def _proposed(vectors: Float32, groups: Sequence[Int64], config: BertopicConfig, seed: int) -> tuple[Proposals, list[int]]:
    """Clusters, and the fewest documents of one by group; that is halved where fewer clusters are found than topics are asked for."""
    sizes = [config.topic_size(len(group), len(vectors)) for group in groups]
    reduced = reduce_groups(vectors, groups, (config.n_neighbors, config.n_components), seed)
    proposals = propose(vectors, reduced, groups, sizes)
    while config.bounds and not config.min_topic_size and proposals.n_leaves < config.bounds[0] and max(sizes, default=2) > 2:
        sizes = [max(2, size // 2) for size in sizes]
        proposals = propose(vectors, reduced, groups, sizes)
    return proposals, sizes


def _levels(proposals: Proposals, config: BertopicConfig, smallest: int) -> list[int]:
    """How many topics each tree gets.

    Raises:
        DataError: more topics are asked for than there are clusters, or fewer than languages.
    """
    if config.bounds is None:
        return settle_levels(list(proposals.trees), 1, proposals.n_leaves)
    lowest, highest = config.bounds
    if lowest > proposals.n_leaves:
        what = f"topics is {config.topics}, HDBSCAN finds {proposals.n_leaves} clusters of at least {smallest} documents."
        hint = "Lower min_topic_size, or ask for fewer topics." if smallest > 2 else "Ask for fewer topics."
        raise DataError(what, where="models.bertopic.topics", hint=hint)
    if highest < len(proposals.trees):
        what = f"topics is {config.topics}, and {len(proposals.trees)} languages have topics of their own."
        raise DataError(what, where="models.bertopic.topics", hint=f"Ask for at least {len(proposals.trees)}.")
    return settle_levels(list(proposals.trees), lowest, highest)


def _groups(prepared: PreparedCorpus, rows: Int64) -> tuple[Int64, ...]:
    """Rows that are clustered together: of each language, or all where vectors of several languages are comparable."""
    if prepared.embeddings is not None and prepared.embeddings.aligned:
        return (np.arange(len(rows), dtype=np.int64),)
    return group_rows([prepared.corpus.infos[row].language for row in rows])


def fit(prepared: PreparedCorpus, config: BertopicConfig, themes: Themes, seed: int) -> BertopicTopicModel:
    """Fit on one copy of each story; themes do not steer the topics.

    Raises:
        DataError: too few documents, HDBSCAN finds no topic, or not as many as asked for; nothing is invented.
    """
    rows = _training_rows(prepared)
    if len(rows) < MIN_DOCS:
        raise DataError(f"{len(rows)} distinct documents with known terms, BERTopic needs at least {MIN_DOCS}.", where="models.bertopic")
    vectors = _vectors(prepared)[rows]
    groups = _groups(prepared, rows)
    proposals, sizes = _proposed(vectors, groups, config, seed)
    if proposals.n_leaves < 2:
        hint = f"Lower min_topic_size (now {max(sizes, default=config.topic_size(0))}) or add documents."
        raise DataError(f"HDBSCAN found {proposals.n_leaves} topic(s) in {len(rows)} documents.", where="models.bertopic", hint=hint)
    topic_of = proposals.topics_at(_levels(proposals, config, min(sizes)))
    labels, order = _by_size(_refined(vectors, np.where(proposals.leaves >= 0, topic_of[proposals.leaves], -1)))
    topic_of = order[topic_of]
    proposed = np.where(proposals.found >= 0, topic_of[proposals.found], -1)
    inside = labels >= 0  # a language in which nothing was clustered says nothing of the topics of others
    rule = learn_rule(vectors[inside], labels[inside], calibrate(vectors, labels, proposed))
    counts, terms = prepared.dtm.counts[rows], prepared.dtm.vocabulary.terms
    assigned = TopicDistribution(rule.assign(vectors), tuple(map(str, rows))).labels()
    notes = _notes(proposals, sizes, (assigned, proposed), agreement(rule, vectors, labels, proposed), config)
    card = make_card("bertopic", config, seed, prepared, packages=_packages(prepared), notes=notes)
    nodes = hierarchy(proposals, topic_of.tolist(), counts, terms)
    live = partial(live_model, vectors, proposals.reduced, assigned, counts, terms)
    return BertopicTopicModel(rule, _result(rule, prepared, rows, assigned, card), nodes, live)


def _refined(vectors: Float32, labels: Int64) -> Int64:
    inside = labels >= 0
    refined = labels.copy()
    refined[inside] = refine(vectors[inside], labels[inside])
    return refined


def _by_size(labels: Int64) -> tuple[Int64, Int64]:
    """Labels by falling size of their topics, and (n_topics,) the new number of each; of equal sizes the first stays first."""
    sizes = np.bincount(labels[labels >= 0])
    order = np.empty(len(sizes), dtype=np.int64)
    order[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return np.where(labels >= 0, order[labels], -1), order


def _result(rule: AssignmentRule, prepared: PreparedCorpus, rows: Int64, assigned: Int64, card: ModelCard) -> TopicResult:
    """The result, with words from the training documents of each topic."""
    weights = topic_weights(prepared.dtm.counts[rows], assigned, len(rule.centroids))
    documents = TopicDistribution(rule.assign(_vectors(prepared)), prepared.dtm.doc_ids)
    return TopicResult(TopicTermMatrix(weights, prepared.dtm.vocabulary, "ctfidf"), documents, card)


def _notes(
    proposals: Proposals, sizes: Sequence[int], topics: tuple[Int64, Int64], agree: float, config: BertopicConfig
) -> tuple[str, ...]:
    assigned, proposed = topics
    inside = proposed >= 0
    n_topics = int(proposed.max(initial=-1)) + 1
    joined = f"they were joined to {n_topics} topics" if n_topics < proposals.n_leaves else "each is a topic"
    why = f"where modularity at resolution {RESOLUTION} is highest" if config.bounds is None else f"within the {config.topics} asked for"
    least = " and ".join(str(size) for size in sorted(set(sizes)))
    proposed_as = f"UMAP and HDBSCAN proposed {proposals.n_leaves} clusters of at least {least} documents"
    return (
        f"The assignment rule gives {agree:.1%} of the clustered training documents the topic that holds their cluster, each judged by "
        "topics made without it.",
        f"HDBSCAN left {1 - float(inside.mean()):.1%} of the training documents without a cluster, "
        f"the rule leaves {float((assigned < 0).mean()):.1%} without a topic.",
        f"{proposed_as}; {joined}, {why}.",
    )


def merge_topics(model: BertopicTopicModel, prepared: PreparedCorpus, groups: Sequence[Sequence[int]]) -> BertopicTopicModel:
    """Return a model in which each group of topics is one; words and thresholds are learned anew, the card says what was merged.

    Args:
        model: a fitted or loaded model.
        prepared: the documents that it was fitted on.
        groups: topics that belong together, each topic in one group at most; what is in none stays as it is.

    Raises:
        DataError: a topic does not exist, or is named twice; or the documents are others than those of the fit.
    """
    n_topics = model.result.n_topics
    named = [topic for group in groups for topic in group]
    wrong = [topic for topic in named if not 0 <= topic < n_topics or named.count(topic) > 1]
    if wrong:
        what = f"topic {wrong[0]} does not exist or is named twice; topics are 0 to {n_topics - 1}."
        raise DataError(what, where="merge_topics", hint="Name each topic in one group at most.")
    target = np.arange(n_topics)
    for group in groups:
        target[list(group)] = min(group)
    _, topic_of = np.unique(target, return_inverse=True)
    said = " ".join(f"Topics {', '.join(map(str, sorted(group)))} were merged." for group in groups if len(group) > 1)
    return _regrouped(model, prepared, np.asarray(topic_of, dtype=np.int64), said)


def reduce_topics(model: BertopicTopicModel, prepared: PreparedCorpus, n_topics: int) -> BertopicTopicModel:
    """Return a model with so many topics: those whose union costs least modularity are merged first.

    Raises:
        DataError: fewer than two topics, or more than there are; or the documents are others than those of the fit.
    """
    have = model.result.n_topics
    if not 2 <= n_topics <= have:
        raise DataError(f"n_topics is {n_topics}, allowed are 2 to {have}.", where="reduce_topics")
    _, labels, _ = _trained(model, prepared)
    tree = merge_tree(similarities(_vectors(prepared)[_training_rows(prepared)], labels))
    topic_of = tree.cut(n_topics)
    groups = [np.flatnonzero(topic_of == topic).tolist() for topic in range(n_topics)]
    return merge_topics(model, prepared, [group for group in groups if len(group) > 1])


def _trained(model: BertopicTopicModel, prepared: PreparedCorpus) -> tuple[Int64, Int64, Float32]:
    """Training rows, the nearest topic of each, and their vectors."""
    check_prepared(prepared, model.result.card)
    if prepared.corpus.fingerprint != model.result.card.corpus_fingerprint:
        raise DataError("the documents are not those that the model was fitted on.", where="bertopic", hint="Pass the training corpus.")
    rows = _training_rows(prepared)
    vectors = _vectors(prepared)[rows]
    return rows, nearest(vectors, model.rule.centroids)[0], vectors


def _regrouped(model: BertopicTopicModel, prepared: PreparedCorpus, topic_of: Int64, said: str) -> BertopicTopicModel:
    rows, labels, vectors = _trained(model, prepared)
    labels, order = _by_size(topic_of[labels])
    rows_in = _in_topics(prepared, rows, model.result.documents.labels()[rows])
    rule = learn_rule(vectors[rows_in], labels[rows_in], model.rule.sharpness)
    assigned = TopicDistribution(rule.assign(vectors), tuple(map(str, rows))).labels()
    card = msgspec.structs.replace(model.result.card, notes=(*model.result.card.notes, said))
    numbers = [*order[topic_of].tolist(), -1]
    nodes = tuple(msgspec.structs.replace(node, topic=numbers[node.topic]) for node in model.nodes)
    return BertopicTopicModel(rule, _result(rule, prepared, rows, assigned, card), nodes)


def _in_topics(prepared: PreparedCorpus, rows: Int64, assigned: Int64) -> Int64:
    """Which training documents thresholds are learned from: those of languages of which at least half have a topic.

    Vectors of languages that cannot be compared are at right angles; they would make thresholds of next to nothing.
    """
    groups = (np.arange(len(rows)),) if prepared.embeddings is not None and prepared.embeddings.aligned else _by_language(prepared, rows)
    kept = [group for group in groups if (assigned[group] >= 0).mean() >= HALF]
    return np.sort(np.concatenate(kept)) if kept else np.flatnonzero(assigned >= 0)


def _by_language(prepared: PreparedCorpus, rows: Int64) -> tuple[Int64, ...]:
    languages = np.array([prepared.corpus.infos[row].language for row in rows])
    return tuple(np.flatnonzero(languages == language) for language in np.unique(languages))


def from_bertopic(live: Any, prepared: PreparedCorpus, seed: int = 0) -> BertopicTopicModel:  # noqa: ANN401 - BERTopic is untyped
    """Return a model with the topics of a fitted BERTopic: its documents' topics, our rule, words and thresholds.

    Args:
        live: a BERTopic fitted on the documents of `prepared.corpus`, in their order; only `topics_` is read.
        prepared: the documents, with vectors.
        seed: goes into the card.

    Raises:
        DataError: another number of documents, or fewer than two topics.
    """
    labels = np.asarray(live.topics_, dtype=np.int64)
    if labels.shape != (len(prepared.corpus),):
        what = f"the BERTopic object knows {labels.size} documents, the corpus has {len(prepared.corpus)}."
        raise DataError(what, where="from_bertopic", hint="Fit it on the documents of the corpus, in the order of `corpus.ids`.")
    rows = _training_rows(prepared)
    kept, numbers = np.unique(labels[rows], return_inverse=True)
    labels = (numbers - int(kept[0] < 0)).astype(np.int64)
    if labels.max(initial=-1) < 1:
        raise DataError("the BERTopic object has fewer than two topics.", where="from_bertopic")
    labels, _ = _by_size(labels)
    vectors = _vectors(prepared)[rows]
    inside = _in_topics(prepared, rows, labels)
    rule = learn_rule(vectors[inside], labels[inside], calibrate(vectors, labels, labels))
    agree = _trusted(rule, vectors, labels, seed)
    assigned = TopicDistribution(rule.assign(vectors), tuple(map(str, rows))).labels()
    note = f"Topics of a BERTopic object; the rule gives {agree:.1%} of its documents their topic, each judged by topics made without it."
    card = make_card("bertopic", BertopicConfig(), seed, prepared, packages=_packages(prepared), notes=(note,))
    return BertopicTopicModel(rule, _result(rule, prepared, rows, assigned, card))


def _trusted(rule: AssignmentRule, vectors: Float32, labels: Int64, seed: int) -> float:
    """The agreement of a rule with topics that were given.

    Raises:
        DataError: it is no more than that with the same topics shuffled among the documents, by four standard errors of a share.
    """
    agree, generator = agreement(rule, vectors, labels, labels), np.random.default_rng(seed)
    shuffled = [generator.permutation(labels) for _ in range(SHUFFLES)]
    chance = float(np.mean([agreement(learn_rule(vectors, other, rule.sharpness), vectors, other, other) for other in shuffled]))
    if agree <= chance + 4 * np.sqrt(chance * (1 - chance) / np.count_nonzero(labels >= 0)):
        what = f"its topics do not go with these documents: the rule finds {agree:.1%} of them again, with shuffled topics {chance:.1%}."
        raise DataError(what, where="from_bertopic", hint="Fit it on the documents of the corpus, in the order of `corpus.ids`.")
    return agree


def load(directory: Path) -> BertopicTopicModel:
    """Read what `save` wrote."""
    arrays = read_arrays(directory / "bertopic.safetensors", ARRAYS)
    centroids, thresholds, sharpness = (arrays[name].astype(np.float64) for name in ("centroids", "thresholds", "sharpness"))
    nodes = read_json(directory / "hierarchy.json", tuple[TopicNode, ...])
    return BertopicTopicModel(AssignmentRule(centroids, thresholds, float(sharpness[0])), read_result(directory), nodes)


MODEL: ModelKind[BertopicConfig] = ModelKind(
    name="bertopic",
    title="BERTopic (UMAP + HDBSCAN)",
    config=BertopicConfig,
    needs=frozenset({"counts", "embeddings"}),
    min_docs=MIN_DOCS,
    fit=fit,
    load=load,
    offers=frozenset({"hierarchy", "nearest"}),
)
