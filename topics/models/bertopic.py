"""BERTopic (Grootendorst 2022) on our vectors and our vocabulary: UMAP and HDBSCAN propose topics, one rule assigns documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from topics.core.contracts import ModelKind
from topics.core.errors import DataError, UsageError
from topics.core.matrices import Float32, Int64, PreparedCorpus, TopicDistribution
from topics.core.sampling import said_sample, stratified
from topics.core.themes import Themes
from topics.models._assignment import agreement, calibrate, learn_rule, refine
from topics.models._bertopic_changes import from_bertopic, merge, merge_topics, reduce_topics
from topics.models._bertopic_model import BertopicTopicModel, by_size, load, packages_of, result_of, training_rows, vectors_of
from topics.models._bertopic_settings import BertopicConfig
from topics.models._card import make_card
from topics.models._clusters import Proposals, check_groups, group_rows, propose, reduce_groups, said_limits
from topics.models._hierarchy import hierarchy
from topics.models._live import Trained, bags
from topics.models._merging import RESOLUTION, settle_levels

MIN_DOCS = 50
__all__ = ["BertopicConfig", "BertopicTopicModel", "bags", "fit", "from_bertopic", "load", "merge", "merge_topics", "reduce_topics"]


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
        what = f"topics is {config.asked}, but HDBSCAN finds only {proposals.n_leaves} clusters of at least {smallest} documents."
        hint = "Lower min_topic_size, or ask for fewer topics." if smallest > 2 else "Ask for fewer topics."
        raise DataError(what, where="models.bertopic.topics", hint=hint)
    if highest < len(proposals.trees):
        what = f"topics is {config.asked}, but each of {len(proposals.trees)} languages has topics of its own."
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
        UsageError: a seed that UMAP does not take.
        DataError: too few documents, HDBSCAN finds no topic, or not as many as asked for; nothing is invented.
    """
    if not 0 <= seed < 2**32:
        raise UsageError(f"the seed is {seed}, UMAP takes 0 to {2**32 - 1}.", where="models.bertopic", hint="Choose another.")
    rows = training_rows(prepared)
    if len(rows) < MIN_DOCS:
        what = f"there are {len(rows)} distinct documents with known terms, BERTopic needs at least {MIN_DOCS}."
        raise DataError(what, where="models.bertopic", hint="Add documents, lower [preprocessing] min_df, or fit lda.")
    everyone, rows = rows, rows[stratified([prepared.corpus.infos[row] for row in rows], config.sample)]
    vectors = vectors_of(prepared)[rows]
    groups = _groups(prepared, rows)
    check_groups(vectors, groups, [prepared.corpus.infos[row].language for row in rows])
    proposals, sizes = _proposed(vectors, groups, config, seed)
    if proposals.n_leaves < 2:
        hint = f"Lower min_topic_size (now {max(sizes)}) or add documents." if max(sizes) > 2 else "Add documents."
        raise DataError(f"HDBSCAN found {proposals.n_leaves} topic(s) in {len(rows)} documents.", where="models.bertopic", hint=hint)
    topic_of = proposals.topics_at(_levels(proposals, config, min(sizes)))
    labels, order = by_size(_refined(vectors, np.where(proposals.leaves >= 0, topic_of[proposals.leaves], -1)))
    topic_of = order[topic_of]
    proposed = np.where(proposals.found >= 0, topic_of[proposals.found], -1)
    inside = labels >= 0  # a language in which nothing was clustered says nothing of the topics of others
    rule = learn_rule(vectors[inside], labels[inside], calibrate(vectors, labels, proposed))
    counts, terms = prepared.dtm.counts[rows], prepared.dtm.vocabulary.terms
    assigned = TopicDistribution(rule.assign(vectors), tuple(map(str, rows))).labels()
    notes = _notes(proposals, sizes, (assigned, proposed), agreement(rule, vectors, labels, proposed), config)
    notes += said_limits(groups, config.n_neighbors, config.n_components) + said_sample(len(rows), len(everyone), min(sizes))
    card = make_card("bertopic", config, seed, prepared, packages=packages_of(prepared), notes=notes)
    nodes = hierarchy(proposals, topic_of.tolist(), counts, terms)
    ids = tuple(prepared.corpus.ids[row] for row in rows)
    trained = Trained(ids, vectors, proposals.reduced, counts, terms, rule)
    if len(everyone) > len(rows):
        assigned = TopicDistribution(rule.assign(vectors_of(prepared)[everyone]), tuple(map(str, everyone))).labels()
    return BertopicTopicModel(rule, result_of(rule, prepared, everyone, assigned, card), nodes, trained)


def _refined(vectors: Float32, labels: Int64) -> Int64:
    inside = labels >= 0
    refined = labels.copy()
    refined[inside] = refine(vectors[inside], labels[inside])
    return refined


def _notes(
    proposals: Proposals, sizes: Sequence[int], topics: tuple[Int64, Int64], agree: float, config: BertopicConfig
) -> tuple[str, ...]:
    assigned, proposed = topics
    inside = proposed >= 0
    n_topics = int(proposed.max(initial=-1)) + 1
    joined = f"they were joined to {n_topics} topics" if n_topics < proposals.n_leaves else "each is a topic"
    why = f"where modularity at resolution {RESOLUTION} is highest" if config.bounds is None else f"within the {config.asked} asked for"
    least = " and ".join(str(size) for size in sorted(set(sizes)))
    proposed_as = f"UMAP and HDBSCAN proposed {proposals.n_leaves} clusters of at least {least} documents"
    return (
        f"The assignment rule gives {agree:.1%} of the clustered training documents the topic that holds their cluster, each judged by "
        "topics made without it.",
        f"HDBSCAN left {1 - float(inside.mean()):.1%} of the training documents without a cluster, "
        f"the rule leaves {float((assigned < 0).mean()):.1%} without a topic.",
        f"{proposed_as}; {joined}, {why}.",
    )


MODEL: ModelKind[BertopicConfig] = ModelKind(
    name="bertopic",
    title="BERTopic (UMAP + HDBSCAN)",
    config=BertopicConfig,
    needs=frozenset({"counts", "embeddings"}),
    min_docs=MIN_DOCS,
    fit=fit,
    load=load,
    offers=frozenset({"hierarchy", "nearest"}),
    merge=merge,
)
