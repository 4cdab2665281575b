"""UMAP and HDBSCAN language by language (all at once for a model that knows them all): small clusters, and the merges to topics.

Vectors made from words put the languages into separate regions; over the whole, HDBSCAN then finds the languages and nothing finer.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from topics.core.errors import DataError, MissingPartError
from topics.core.matrices import Float32, Int64
from topics.engine import one_thread
from topics.models._assignment import centroids_of, nearest
from topics.models._compiled import import_umap, keep_compiled
from topics.models._merging import MergeTree, merge_tree, similarities

MIN_GROUP = 30  # a smaller language is not clustered; the assignment rule still places its documents
SAME = 1e-6  # of unit vectors: smaller differences are those of float32
INSTALL = "Set up with `python3 run.py`, or: pip install --require-hashes --no-deps -r requirements.lock"


def group_rows(languages: Sequence[str]) -> tuple[Int64, ...]:
    """Return the row numbers of each language that is large enough, by code."""
    counts = Counter(languages)
    array = np.array(languages)
    return tuple(np.flatnonzero(array == code).astype(np.int64) for code in sorted(counts) if counts[code] >= MIN_GROUP)


@dataclass(frozen=True, eq=False)
class Proposals:
    """What density proposes.

    Args:
        reduced: (n_docs, n_components) by UMAP; zeros where a document belongs to no group.
        found: (n_docs,) HDBSCAN's cluster of each document, numbered through all groups; -1 is none.
        leaves: (n_docs,) the same, where a document without a cluster has the nearest one of its group; -1 outside all groups.
        trees: of the groups in which clusters were found, in order.
    """

    reduced: Float32
    found: Int64
    leaves: Int64
    trees: tuple[MergeTree, ...]

    @property
    def n_leaves(self) -> int:
        """Number of clusters."""
        return sum(tree.n_leaves for tree in self.trees)

    def topics_at(self, levels: Sequence[int]) -> Int64:
        """Return (n_leaves,) the topic of each cluster where the trees have so many topics left."""
        cuts, start = [], 0
        for tree, level in zip(self.trees, levels, strict=True):
            cuts.append(tree.cut(level) + start)
            start += level
        return np.concatenate(cuts)


def room(n_docs: int, n_neighbors: int, n_components: int) -> tuple[int, int]:
    """Return the neighbours and components that so many documents allow: its spectral start needs two documents more than components."""
    return min(n_neighbors, n_docs - 1), min(n_components, n_docs - 2)


def said_limits(groups: Sequence[Int64], n_neighbors: int, n_components: int) -> tuple[str, ...]:
    """Return a sentence for each group, by size, in which UMAP takes less than was asked for."""
    found = []
    for n_docs in sorted({len(rows) for rows in groups}):
        asked, given = (n_neighbors, n_components), room(n_docs, n_neighbors, n_components)
        names = zip(("n_neighbors", "n_components"), asked, given, strict=True)
        less = " and ".join(f"{name} {allowed} instead of {wanted}" for name, wanted, allowed in names if allowed < wanted)
        if less:
            found.append(f"UMAP took {less} for {n_docs} documents of one language: they allow no more.")
    return tuple(found)


def reduce(vectors: Float32, n_neighbors: int, n_components: int, seed: int) -> Float32:
    """Return (n_docs, n_components) by UMAP; fewer columns, and fewer neighbours, where `room` allows no more.

    Raises:
        MissingPartError: UMAP is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="IProgress not found")  # in notebooks; our own progress goes to the log
            import_umap()
            keep_compiled()
            from umap import UMAP
    except ImportError as error:
        raise MissingPartError(f"UMAP cannot be imported: {error}.", where="models.bertopic", hint=INSTALL) from error
    neighbors, components = room(len(vectors), n_neighbors, n_components)
    umap = UMAP(n_neighbors=neighbors, n_components=components, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1)
    with one_thread():
        return np.asarray(umap.fit_transform(vectors), dtype=np.float32)


def cluster(reduced: Float32, smallest: int) -> Int64:
    """Return (n_docs,) the leaves of HDBSCAN's tree, -1 for documents in none.

    Leaves, not the "excess of mass": that gave 6 clusters of 1,352 articles for one seed and 12 for the next.

    Raises:
        MissingPartError: HDBSCAN is not installed.
    """
    try:
        from hdbscan import HDBSCAN
    except ImportError as error:
        raise MissingPartError(f"HDBSCAN cannot be imported: {error}.", where="models.bertopic", hint=INSTALL) from error
    hdbscan = HDBSCAN(min_cluster_size=smallest, cluster_selection_method="leaf", core_dist_n_jobs=1)
    return np.asarray(hdbscan.fit_predict(reduced), dtype=np.int64)


def reduce_groups(vectors: Float32, groups: Sequence[Int64], shape: tuple[int, int], seed: int) -> Float32:
    """Return (n_docs, n_components) with each group reduced by itself; zeros for documents in none, and in columns for which a
    group has no room.

    Args:
        vectors: (n_docs, n_dims) unit vectors.
        groups: rows of each group.
        shape: UMAP's neighbours and components.
        seed: of UMAP.
    """
    reduced = np.zeros((len(vectors), shape[1]), dtype=np.float32)
    for rows in groups:
        own = reduce(vectors[rows], *shape, seed)
        reduced[rows, : own.shape[1]] = own
    return reduced


def propose(vectors: Float32, reduced: Float32, groups: Sequence[Int64], smallest: Sequence[int]) -> Proposals:
    """Cluster each group by itself, and find which of its clusters belong together.

    Args:
        vectors: (n_docs, n_dims) unit vectors.
        reduced: (n_docs, n_components) from `reduce_groups`.
        groups: rows of each group.
        smallest: fewest documents of a cluster, by group.
    """
    found, leaves = np.full(len(vectors), -1, dtype=np.int64), np.full(len(vectors), -1, dtype=np.int64)
    trees: list[MergeTree] = []
    for rows, size in zip(groups, smallest, strict=True):
        own = vectors[rows]
        labels = cluster(reduced[rows], size)
        if labels.max(initial=-1) < 0:
            continue
        near = _kept(nearest(own, centroids_of(own, labels))[0], labels)
        start = sum(tree.n_leaves for tree in trees)
        found[rows] = np.where(labels >= 0, labels + start, -1)
        leaves[rows] = near + start
        tree = merge_tree(similarities(own, near))
        trees.append(tree)
    return Proposals(reduced, found, leaves, tuple(trees))


def check_groups(vectors: Float32, groups: Sequence[Int64], languages: Sequence[str]) -> None:
    """Raise `DataError` where there is nothing to cluster: no group, or one in which UMAP would make clusters of nothing.

    Args:
        vectors: (n_docs, n_dims) unit vectors.
        groups: rows of each group.
        languages: (n_docs,) of the documents.
    """
    if not groups:
        counts = ", ".join(f"{n} {code}" for code, n in sorted(Counter(languages).items()))
        what = f"nothing was clustered: a language needs at least {MIN_GROUP} distinct documents with known terms, there are {counts}."
        hint = "Add documents, or fit lda; vectors that can be compared across languages ([embedding] aligned) cluster them all together."
        raise DataError(what, where="models.bertopic", hint=hint)
    for rows in groups:
        if np.ptp(vectors[rows], axis=0).max() < SAME:
            which = "/".join(sorted({languages[row] for row in rows}))
            what = f"the vectors of all {len(rows)} documents ({which}) are the same, so there is nothing to cluster."
            hint = "Look at how they were made ([embedding]), and whether the texts differ in more than numbers and stop words."
            raise DataError(what, where="models.bertopic", hint=hint)


def _kept(near: Int64, labels: Int64) -> Int64:
    """The nearest cluster of each document; its own, where that would be left without documents."""
    while lost := sorted(set(labels[labels >= 0].tolist()).difference(near.tolist())):
        near = np.where(np.isin(labels, lost), labels, near)
    return near
