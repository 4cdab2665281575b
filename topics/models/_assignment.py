"""The one rule by which documents, old and new, belong to clustered topics: how near a centroid they are, and near enough."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from scipy.optimize import minimize_scalar

from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64, Int64

TAIL = 0.05  # share of training-like documents that are left unassigned
FAINT = 1e-3  # a smaller weight is none: rows stay short, and tables hold all of them
SHARPEST = 200.0  # of cosines, so that weights of topics .05 apart differ by a factor of 20,000
CALIBRATED_ON = 20_000  # documents at most, evenly spaced
REFINEMENTS = 20  # passes at most; three to eight are usual


@dataclass(frozen=True, eq=False)
class AssignmentRule:
    """Weights of topics, and of none, from the cosine similarity s to each topic's centroid: exp(sharpness s), made to sum to 1.

    "None" speaks with the threshold of the nearest topic. So a document holds more of its nearest topic than of none exactly where it
    reaches that topic's threshold. One that is unlike every topic (no similarity above 0) is in none, and so is a weight below 0.001.

    Args:
        centroids: (n_topics, n_dims) unit vectors.
        thresholds: (n_topics,) similarity at which a document is as much of the topic as of none; at least 0.
        sharpness: concentration of documents around centroids.
    """

    centroids: Float64
    thresholds: Float64
    sharpness: float

    def assign(self, vectors: Float32) -> Float32:
        """Return weights (n_docs, n_topics), rows sum to less than 1; the rest is unassigned. Rows are independent."""
        out = np.zeros((len(vectors), len(self.centroids)), dtype=np.float32)
        if len(self.centroids):
            _weigh(np.ascontiguousarray(vectors, dtype=np.float64), self.centroids, self.thresholds, self.sharpness, out)
        return out


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def _weigh(vectors: Float64, centroids: Float64, thresholds: Float64, sharpness: float, out: Float32) -> None:
    # Plain loops: a BLAS product may round a row differently in another batch.
    n_topics = centroids.shape[0]
    for doc in numba.prange(vectors.shape[0]):
        similar = np.zeros(n_topics)
        winner = 0
        for topic in range(n_topics):
            for dim in range(centroids.shape[1]):
                similar[topic] += vectors[doc, dim] * centroids[topic, dim]
            if similar[topic] > similar[winner]:
                winner = topic
        if similar[winner] > 0.0:
            highest = max(similar[winner], thresholds[winner])
            total = np.exp(sharpness * (thresholds[winner] - highest))
            for topic in range(n_topics):
                similar[topic] = np.exp(sharpness * (similar[topic] - highest))
                total += similar[topic]
            for topic in range(n_topics):
                weight = similar[topic] / total
                out[doc, topic] = weight if weight >= FAINT else 0.0


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def _nearest(vectors: Float64, centroids: Float64, topics: Int64, similarity: Float64) -> None:
    for doc in numba.prange(vectors.shape[0]):
        best, winner = -2.0, 0
        for topic in range(centroids.shape[0]):
            similar = 0.0
            for dim in range(centroids.shape[1]):
                similar += vectors[doc, dim] * centroids[topic, dim]
            if similar > best:
                best, winner = similar, topic
        topics[doc], similarity[doc] = winner, best


def nearest(vectors: Float32, centroids: Float64) -> tuple[Int64, Float64]:
    """Return (n_docs,) the topic with the most similar centroid, and that similarity."""
    topics, similarity = np.zeros(len(vectors), dtype=np.int64), np.zeros(len(vectors))
    _nearest(np.ascontiguousarray(vectors, dtype=np.float64), centroids, topics, similarity)
    return topics, similarity


def centroids_of(vectors: Float32, labels: Int64) -> Float64:
    """Return (n_topics, n_dims) the direction of the sum of each topic's vectors (n_docs, n_dims); label -1 takes no part."""
    n_topics = int(labels.max(initial=-1)) + 1
    found = np.zeros((n_topics, vectors.shape[1]))
    for topic in range(n_topics):
        center = vectors[labels == topic].sum(axis=0, dtype=np.float64)
        found[topic] = center / max(float(np.sqrt((center * center).sum())), 1e-12)
    return found


def refine(vectors: Float32, labels: Int64) -> Int64:
    """Return (n_docs,) labels in which every document is nearest to its own topic's centroid: spherical k-means from `labels`.

    Stops early rather than lose a topic. Source: Dhillon and Modha 2001.
    """
    n_topics = int(labels.max(initial=-1)) + 1
    for _ in range(REFINEMENTS):
        moved, _ = nearest(vectors, centroids_of(vectors, labels))
        if np.array_equal(moved, labels) or len(np.unique(moved)) < n_topics:
            return labels
        labels = moved
    return labels


def learn_rule(vectors: Float32, labels: Int64, sharpness: float) -> AssignmentRule:
    """Learn centroids and thresholds from all training documents.

    A topic's threshold is the similarity that 95 % of the training documents nearest to its centroid reach. So about 5 % of documents
    like the training ones are left unassigned, however many topics there are, and more of those unlike them.

    Args:
        vectors: (n_docs, n_dims) unit vectors of all training documents.
        labels: (n_docs,) topic of each, -1 for none; topics are 0..K-1 and none is empty.
        sharpness: from `calibrate`.
    """
    centroids = centroids_of(vectors, labels)
    topics, similarity = nearest(vectors, centroids)
    thresholds = np.zeros(len(centroids))
    for topic in range(len(centroids)):
        near = topics == topic
        own = similarity[near] if near.any() else (vectors[labels == topic].astype(np.float64) * centroids[topic]).sum(axis=1)
        thresholds[topic] = max(0.0, float(np.quantile(own, TAIL)))
    return AssignmentRule(centroids, thresholds, sharpness)


def calibrate(vectors: Float32, centroids: Float64, clustered: Int64) -> float:
    """Return the sharpness that makes the weights of topics most likely, given the topics that density gives: temperature scaling.

    Args:
        vectors: (n_docs, n_dims) unit vectors.
        centroids: (n_topics, n_dims).
        clustered: (n_docs,) topic of each as density sees it, -1 for none: the judge of how sure a similarity makes.

    Source: Guo et al. 2017, "On calibration of modern neural networks".
    """
    rows = np.flatnonzero(clustered >= 0)
    rows = rows[:: max(1, len(rows) // CALIBRATED_ON)]
    if not len(rows):
        return SHARPEST
    similar = np.einsum("nd,kd->nk", vectors[rows].astype(np.float64), centroids)
    own = similar[np.arange(len(rows)), clustered[rows]]
    apart = similar - own[:, None]

    def surprise(log_sharpness: float) -> float:
        return float(np.logaddexp.reduce(np.exp(log_sharpness) * apart, axis=1).mean())

    found = minimize_scalar(surprise, bounds=(0.0, float(np.log(SHARPEST))), method="bounded")
    return float(np.exp(found.x))
