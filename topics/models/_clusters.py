"""UMAP and HDBSCAN language by language (all at once for a model that knows them all): small clusters, and the merges to topics.

Vectors made from words put the languages into separate regions; over the whole, HDBSCAN then finds the languages and nothing finer.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from topics.core.errors import MissingPartError
from topics.core.matrices import Float32, Int64
from topics.engine import one_thread
from topics.models._assignment import centroids_of, nearest
from topics.models._compiled import keep_compiled
from topics.models._merging import MergeTree, merge_tree, similarities

MIN_GROUP = 30  # a smaller language is not clustered; the assignment rule still places its documents
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


def reduce(vectors: Float32, n_neighbors: int, n_components: int, seed: int) -> Float32:
    """Return (n_docs, n_components) by UMAP; as many neighbours as there are, where there are fewer.

    Raises:
        MissingPartError: UMAP is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="IProgress not found")  # in notebooks; our own progress goes to the log
            keep_compiled()
            from umap import UMAP
    except ImportError as error:
        raise MissingPartError(f"UMAP cannot be imported: {error}.", where="models.bertopic", hint=INSTALL) from error
    neighbors = min(n_neighbors, len(vectors) - 1)
    umap = UMAP(n_neighbors=neighbors, n_components=n_components, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1)
    with one_thread(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Cannot cache compiled function")  # two kernels for large corpora; they are compiled anew
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
    """Return (n_docs, n_components) with each group reduced by itself; zeros for documents in none.

    Args:
        vectors: (n_docs, n_dims) unit vectors.
        groups: rows of each group.
        shape: UMAP's neighbours and components.
        seed: of UMAP.
    """
    reduced = np.zeros((len(vectors), shape[1]), dtype=np.float32)
    for rows in groups:
        reduced[rows] = reduce(vectors[rows], *shape, seed)
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
        near, _ = nearest(own, centroids_of(own, labels))
        start = sum(tree.n_leaves for tree in trees)
        found[rows] = np.where(labels >= 0, labels + start, -1)
        leaves[rows] = near + start
        tree = merge_tree(similarities(own, _kept(near, labels)))
        trees.append(tree)
    return Proposals(reduced, found, leaves, tuple(trees))


def _kept(near: Int64, labels: Int64) -> Int64:
    """The nearest cluster of each document; those that HDBSCAN gave where a cluster would be left without documents."""
    return near if len(np.unique(near)) == labels.max() + 1 else labels
