"""Topics of a clustering taken from elsewhere, merged or reduced: another model, with words and thresholds learned anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from topics.core.contracts import MergePart
from topics.core.errors import DataError, UsageError
from topics.core.matrices import Float32, Int64, PreparedCorpus, TopicDistribution
from topics.models._assignment import AssignmentRule, agreement, calibrate, learn_rule, nearest
from topics.models._bertopic_model import BertopicTopicModel, by_size, packages_of, result_of, training_rows, vectors_of
from topics.models._bertopic_settings import BertopicConfig
from topics.models._card import check_prepared, make_card
from topics.models._hierarchy import renumbered
from topics.models._merging import merge_tree, regrouping, similarities
from topics.models._taken import topics_of

HALF = 0.5  # of a language's documents
SHUFFLES = 5


def merge_topics(model: BertopicTopicModel, prepared: PreparedCorpus, groups: Sequence[Sequence[int]]) -> BertopicTopicModel:
    """Return a model in which each group of topics is one; words and thresholds are learned anew, the card says what was merged.

    Args:
        model: a fitted or loaded model.
        prepared: the documents that it was fitted on.
        groups: topics that belong together, each topic in one group at most; what is in none stays as it is.

    Raises:
        UsageError: a topic does not exist or is named twice, nothing is to be merged, or fewer than two topics would be left.
        DataError: the documents are others than those of the fit.
    """
    topic_of, said = regrouping(groups, model.result.n_topics)
    return _regrouped(model, prepared, topic_of, said)


def reduce_topics(model: BertopicTopicModel, prepared: PreparedCorpus, n_topics: int) -> BertopicTopicModel:
    """Return a model with so many topics: those whose union costs least modularity are merged first; the model itself, if it has as many.

    Raises:
        UsageError: fewer than two topics, or more than there are.
        DataError: the documents are others than those of the fit.
    """
    have = model.result.n_topics
    if not 2 <= n_topics <= have:
        raise UsageError(f"n_topics is {n_topics}, allowed are 2 to {have}.", where="reduce_topics", hint="Only fewer topics can be made.")
    _, labels, _ = _trained(model, prepared)
    if n_topics == have:
        return model
    tree = merge_tree(similarities(vectors_of(prepared)[training_rows(prepared)], labels))
    topic_of = tree.cut(n_topics)
    groups = [np.flatnonzero(topic_of == topic).tolist() for topic in range(n_topics)]
    return merge_topics(model, prepared, [group for group in groups if len(group) > 1])


def _trained(model: BertopicTopicModel, prepared: PreparedCorpus) -> tuple[Int64, Int64, Float32]:
    """Training rows, the nearest topic of each, and their vectors."""
    check_prepared(prepared, model.result.card)
    if prepared.corpus.fingerprint != model.result.card.corpus_fingerprint:
        raise DataError("the documents are not those that the model was fitted on.", where="bertopic", hint="Pass the training corpus.")
    rows = training_rows(prepared)
    vectors = vectors_of(prepared)[rows]
    return rows, nearest(vectors, model.rule.centroids)[0], vectors


def _regrouped(model: BertopicTopicModel, prepared: PreparedCorpus, topic_of: Int64, said: str) -> BertopicTopicModel:
    rows, labels, vectors = _trained(model, prepared)
    labels, order = by_size(topic_of[labels])
    rows_in = _in_topics(prepared, rows, model.result.documents.labels()[rows])
    rule = learn_rule(vectors[rows_in], labels[rows_in], model.rule.sharpness)
    assigned = TopicDistribution(rule.assign(vectors), tuple(map(str, rows))).labels()
    card = msgspec.structs.replace(model.result.card, notes=(*model.result.card.notes, said))
    nodes = renumbered(model.nodes, order[topic_of].tolist())
    return BertopicTopicModel(rule, result_of(rule, prepared, rows, assigned, card), nodes)


def merge(prepared: PreparedCorpus, parts: tuple[MergePart, ...], seed: int) -> BertopicTopicModel:
    """Return one model of several over one vector space: each document has the topic that its own model gives it.

    Centroids are the directions of the sums of all vectors of a topic, so each model speaks by the number of its documents; thresholds and
    words are learned anew from all.

    Raises:
        DataError: a topic has no document of its own left, for its documents are counted by the other model.
    """
    n_topics = 1 + max(int(part.topics.max()) for part in parts)
    labels, assigned = np.full(len(prepared.corpus), -1), np.full(len(prepared.corpus), -1)
    for part in parts:
        model = _bertopic(part)
        labels[part.rows] = part.topics[nearest(vectors_of(prepared)[part.rows], model.rule.centroids)[0]]
        own = part.documents.labels()[part.rows]
        assigned[part.rows] = np.where(own >= 0, part.topics[own], -1)
    rows = training_rows(prepared)
    inside = rows[_in_topics(prepared, rows, assigned[rows])]
    empty = np.flatnonzero(np.bincount(labels[inside], minlength=n_topics) == 0)
    if empty.size:
        hint = "The corpora hold many of the same documents: fit on both and carry ids over with `topics refit --previous`."
        raise DataError(f"{empty.size} topic(s) have no document of their own in the merged corpus.", where="bertopic", hint=hint)
    vectors = vectors_of(prepared)
    rule = learn_rule(vectors[inside], labels[inside], calibrate(vectors[rows], labels[rows], assigned[rows]))
    again = TopicDistribution(rule.assign(vectors[rows]), tuple(map(str, rows))).labels()
    config = msgspec.json.decode(parts[0].model.result.card.config, type=BertopicConfig)
    note = f"Merged from {len(parts)} models; centroids, thresholds and words were learned anew from the documents of all."
    card = make_card("bertopic", config, seed, prepared, packages=packages_of(prepared), notes=(note,))
    return BertopicTopicModel(rule, result_of(rule, prepared, rows, again, card))


def _bertopic(part: MergePart) -> BertopicTopicModel:
    if not isinstance(part.model, BertopicTopicModel):
        raise DataError(
            f"one of the models is of kind {part.model.result.card.kind!r}.", where="bertopic", hint="Merge models of one kind."
        )
    return part.model


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


def from_bertopic(
    live: Any,  # noqa: ANN401 - BERTopic is untyped
    prepared: PreparedCorpus,
    seed: int = 0,
    ids: Sequence[str] | None = None,
) -> BertopicTopicModel:
    """Return a model with the topics of a fitted BERTopic: its documents' topics, our rule, words and thresholds.

    Args:
        live: a fitted BERTopic; only `topics_` is read.
        prepared: the documents, with vectors. One copy of each story is learned from.
        seed: goes into the card.
        ids: of the documents of `live` in their order. Without them they are all those of `corpus.ids`, or those that are learned from,
            as in the live object of a fit.

    Raises:
        DataError: it is not fitted, its documents are not known by their number, or it has fewer than two topics; or no vector to learn
            from.
        UsageError: `ids` do not fit to it or to the corpus.
    """
    rows = training_rows(prepared)
    labels, _ = by_size(topics_of(live, prepared.corpus.ids, rows, ids))
    vectors = vectors_of(prepared)[rows]
    inside = _in_topics(prepared, rows, labels)
    rule = learn_rule(vectors[inside], labels[inside], calibrate(vectors, labels, labels))
    agree = _trusted(rule, vectors, labels, seed)
    assigned = TopicDistribution(rule.assign(vectors), tuple(map(str, rows))).labels()
    note = f"Topics of a BERTopic object; the rule gives {agree:.1%} of its documents their topic, each judged by topics made without it."
    absent = len({prepared.corpus.ids[row] for row in rows}.difference(ids)) if ids is not None else 0
    notes = (note, *([f"{absent} of {len(rows)} training documents are not among its own."] if absent else []))
    card = make_card("bertopic", BertopicConfig(), seed, prepared, packages=packages_of(prepared), notes=notes)
    return BertopicTopicModel(rule, result_of(rule, prepared, rows, assigned, card))


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
