"""The one rule by which documents, old and new, belong to clustered topics: the nearest centroid, if it is near enough."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64, Int64

TAIL = 0.05  # share of training-like documents that are left unassigned


@dataclass(frozen=True, eq=False)
class AssignmentRule:
    """Unit centroids (n_topics, n_dims) and for each topic the least cosine similarity (n_topics,) that it asks for."""

    centroids: Float64
    thresholds: Float64

    def assign(self, vectors: Float32) -> Float32:
        """Return weights (n_docs, n_topics).

        1 for the nearest topic where the similarity reaches its threshold, else 0. Rows are independent.
        """
        out = np.zeros((len(vectors), len(self.centroids)), dtype=np.float32)
        if len(self.centroids):
            _nearest(np.ascontiguousarray(vectors, dtype=np.float64), self.centroids, self.thresholds, out)
        return out


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def _nearest(vectors: Float64, centroids: Float64, thresholds: Float64, out: Float32) -> None:
    # Plain loops: a BLAS product may round a row differently in another batch.
    for doc in numba.prange(vectors.shape[0]):
        best, winner = -2.0, -1
        for topic in range(centroids.shape[0]):
            similarity = 0.0
            for dim in range(centroids.shape[1]):
                similarity += vectors[doc, dim] * centroids[topic, dim]
            if similarity > best:
                best, winner = similarity, topic
        if best >= thresholds[winner] and best > 0.0:
            out[doc, winner] = 1.0


def learn_rule(vectors: Float32, labels: Int64) -> AssignmentRule:
    """Learn centroids from clustered documents, thresholds from all training documents.

    A topic's threshold is the similarity that 95 % of the training documents nearest to its centroid reach, clustered or not. So about
    5 % of documents like the training ones are left unassigned, however many topics there are, and more of those unlike them.

    Args:
        vectors: (n_docs, n_dims) unit vectors of all training documents.
        labels: (n_docs,) topic of each, -1 for none; topics are 0..K-1 and none is empty.
    """
    n_topics = int(labels.max(initial=-1)) + 1
    centroids = np.zeros((n_topics, vectors.shape[1]))
    for topic in range(n_topics):
        center = vectors[labels == topic].astype(np.float64).sum(axis=0)
        centroids[topic] = center / max(float(np.sqrt((center * center).sum())), 1e-12)
    nearest = AssignmentRule(centroids, np.full(n_topics, -1.0)).assign(vectors)
    thresholds = np.zeros(n_topics)
    for topic in range(n_topics):
        near = nearest[:, topic] > 0
        members = vectors[near if near.any() else labels == topic].astype(np.float64)
        thresholds[topic] = np.quantile((members * centroids[topic]).sum(axis=1), TAIL)
    return AssignmentRule(centroids, thresholds)
