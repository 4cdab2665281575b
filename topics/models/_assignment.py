"""The one rule by which documents, old and new, belong to clustered topics: the nearest centroid, if it is near enough."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from topics.core.matrices import Float32, Float64, Int64
from topics.engine import one_thread

TAIL = 0.05  # share of members, and of other topics' members, that a threshold may misjudge


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


@numba.njit(cache=True, parallel=True)  # type: ignore[untyped-decorator]
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
    """Learn centroids and thresholds from clustered training documents.

    A topic's threshold is the smaller of two similarities to its centroid: the one that 95 % of its own members reach, and the one
    that only 5 % of the other topics' members reach. So a document is left unassigned when it is unlike the topic's members and no
    nearer than documents of other topics come by chance.

    Args:
        vectors: (n_docs, n_dims) unit vectors.
        labels: (n_docs,) topic of each, -1 for none; topics are 0..K-1 and none is empty.
    """
    n_topics = int(labels.max(initial=-1)) + 1
    centroids = np.zeros((n_topics, vectors.shape[1]))
    thresholds = np.zeros(n_topics)
    clustered = vectors[labels >= 0].astype(np.float64)
    inside = labels[labels >= 0]
    for topic in range(n_topics):
        center = clustered[inside == topic].sum(axis=0)
        centroids[topic] = center / max(float(np.sqrt((center * center).sum())), 1e-12)
        with one_thread():
            similarity = clustered @ centroids[topic]
        thresholds[topic] = np.quantile(similarity[inside == topic], TAIL)
        if n_topics > 1:
            thresholds[topic] = min(thresholds[topic], np.quantile(similarity[inside != topic], 1 - TAIL))
    return AssignmentRule(centroids, thresholds)
