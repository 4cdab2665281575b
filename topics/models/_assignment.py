"""The one rule by which documents, old and new, belong to clustered topics: how near a centroid they are, and near enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numba
import numpy as np

from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64, Int64

TAIL = 0.05  # share of training-like documents that are left unassigned
FAINT = 1e-3  # a smaller weight is none: rows stay short, and tables hold all of them
SHARPEST = 200.0  # of cosines, so that weights of topics .05 apart differ by a factor of 20,000
CALIBRATED_ON = 20_000  # documents at most, evenly spaced
ALONE = 1e-6  # a sum of vectors shorter than this has no direction
BLOCK = 50_000  # documents in double precision at a time: bounds memory
REFINEMENTS = 20  # passes at most; three to eight are usual


@dataclass(frozen=True, eq=False)
class AssignmentRule:
    """Weights of topics, and of none, from the cosine similarity s to each topic's centroid: exp(sharpness s), made to sum to 1.

    "None" speaks with the threshold of the nearest topic. So a document holds more of its nearest topic than of none exactly where it
    reaches that topic's threshold. One that is unlike every topic (no similarity above 0) is in none. Weights below 0.001 go to the topics
    that are kept.

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
        for rows in _blocks(len(vectors)) if len(self.centroids) else ():
            _weigh(_exact(vectors[rows]), self.centroids, self.thresholds, self.sharpness, out[rows])
        return out


def _blocks(n_docs: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, n_docs, BLOCK))


def _exact(vectors: Float32) -> Float64:
    return np.ascontiguousarray(vectors, dtype=np.float64)


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
            whole, kept = 0.0, 0.0
            for topic in range(n_topics):
                whole += similar[topic]
                if topic != winner and similar[topic] < FAINT * total:
                    similar[topic] = 0.0
                kept += similar[topic]
            for topic in range(n_topics):
                out[doc, topic] = similar[topic] / total * (whole / kept)


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
    for rows in _blocks(len(vectors)):
        _nearest(_exact(vectors[rows]), centroids, topics[rows], similarity[rows])
    return topics, similarity


def centroids_of(vectors: Float32, labels: Int64) -> Float64:
    """Return (n_topics, n_dims) the direction of the sum of each topic's vectors (n_docs, n_dims); label -1 takes no part."""
    return _directions(vectors, labels)[0]


def _directions(vectors: Float32, labels: Int64) -> tuple[Float64, Float64]:
    """Centroids, and (n_topics,) the lengths of the sums of vectors."""
    n_topics = int(labels.max(initial=-1)) + 1
    found, lengths = np.zeros((n_topics, vectors.shape[1])), np.zeros(n_topics)
    for topic in range(n_topics):
        center = vectors[labels == topic].sum(axis=0, dtype=np.float64)
        lengths[topic] = np.sqrt((center * center).sum())
        found[topic] = center / max(float(lengths[topic]), 1e-12)
    return found, lengths


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


def _without(similarity: Float64, lengths: Float64, vectors: Float64) -> Float64:
    """Return (n_docs,) the similarity of documents to the centroid of their own topic, made without them.

    A document that helped to make a centroid is nearer to it than a new one like it would be, in small topics by much.

    Args:
        similarity: (n_docs,) to the centroid made with them.
        lengths: (n_docs,) of the sum of the topic's vectors.
        vectors: (n_docs, n_dims).
    """
    along, size = similarity * lengths, (vectors * vectors).sum(axis=1)
    rest = np.sqrt(np.maximum(lengths**2 - 2 * along + size, 0.0))
    return np.where(rest > ALONE, (along - size) / np.maximum(rest, ALONE), 0.0)


def without_own(vectors: Float32, labels: Int64, rows: Int64) -> Float64:
    """Return (n_rows, n_topics) the similarity of some documents to each centroid, that of a document's own topic made without it.

    Args:
        vectors: (n_docs, n_dims) unit vectors.
        labels: (n_docs,) topic of each, -1 for none.
        rows: (n_rows,) of the documents that are asked for.
    """
    centroids, lengths = _directions(vectors, labels)
    asked = vectors[rows].astype(np.float64)
    similar = np.asarray(np.einsum("nd,kd->nk", asked, centroids))
    held = np.flatnonzero(labels[rows] >= 0)
    own = labels[rows[held]]
    similar[held, own] = _without(similar[held, own], lengths[own], asked[held])
    return similar


def _some(rows: Int64) -> Int64:
    """At most so many, evenly spaced."""
    return rows[:: -(-len(rows) // CALIBRATED_ON)] if len(rows) else rows


def learn_rule(vectors: Float32, labels: Int64, sharpness: float) -> AssignmentRule:
    """Learn centroids and thresholds from training documents.

    A topic's threshold is the similarity that 95 % of the training documents nearest to its centroid reach, each compared with the
    centroid made without it; the quantile is the one that a new document falls below with that chance (Weibull's, (i / (n + 1)), or the
    smallest of fewer than 19). So about 5 % of new documents like the training ones are left unassigned, however many topics there are,
    and more of those unlike them.

    Args:
        vectors: (n_docs, n_dims) unit vectors of training documents; none of languages that have no topic.
        labels: (n_docs,) topic of each, -1 for none; topics are 0..K-1 and none is empty.
        sharpness: from `calibrate`.
    """
    centroids, lengths = _directions(vectors, labels)
    topics, similarity = nearest(vectors, centroids)
    own = np.flatnonzero(topics == labels)
    similarity[own] = _without(similarity[own], lengths[labels[own]], vectors[own].astype(np.float64))
    thresholds = np.zeros(len(centroids))
    for topic in range(len(centroids)):
        near = topics == topic
        found = similarity[near] if near.any() else (vectors[labels == topic].astype(np.float64) * centroids[topic]).sum(axis=1)
        thresholds[topic] = max(0.0, float(np.quantile(found, TAIL, method="weibull")))
    return AssignmentRule(centroids, thresholds, sharpness)


def calibrate(vectors: Float32, labels: Int64, clustered: Int64) -> float:
    """Return the sharpness that makes the weights of topics most likely, given the topics that density gives: temperature scaling.

    Each document is compared with the centroid of its topic made without it.

    Args:
        vectors: (n_docs, n_dims) unit vectors.
        labels: (n_docs,) topic of each, from which centroids are made; -1 for none.
        clustered: (n_docs,) topic of each as density sees it, -1 for none: the judge of how sure a similarity makes.

    Source: Guo et al. 2017, "On calibration of modern neural networks".
    """
    from scipy.optimize import minimize_scalar

    rows = _some(np.flatnonzero(clustered >= 0).astype(np.int64))
    if not len(rows):
        return SHARPEST
    similar = without_own(vectors, labels, rows)
    apart = similar - similar[np.arange(len(rows)), clustered[rows]][:, None]

    def surprise(log_sharpness: float) -> float:
        return float(np.logaddexp.reduce(np.exp(log_sharpness) * apart, axis=1).mean())

    found = minimize_scalar(surprise, bounds=(0.0, float(np.log(SHARPEST))), method="bounded")
    return float(np.exp(found.x))


def agreement(rule: AssignmentRule, vectors: Float32, labels: Int64, clustered: Int64) -> float:
    """Return the share of clustered documents to which the rule gives the topic of their cluster, each judged by centroids made without it.

    Args:
        rule: learned from the same documents.
        vectors: (n_docs, n_dims) unit vectors.
        labels: (n_docs,) topic of each, from which the rule was learned.
        clustered: (n_docs,) topic of each as density sees it, -1 for none.
    """
    rows = _some(np.flatnonzero(clustered >= 0).astype(np.int64))
    if not len(rows):
        return 0.0
    similar = without_own(vectors, labels, rows)
    best = similar.argmax(axis=1)
    there = similar[np.arange(len(rows)), best] >= rule.thresholds[best]
    return float((there & (best == clustered[rows])).mean())
