"""Where topics and articles stand on the map: from the model's own topics and weights alone, without chance.

A disc is a topic; its area goes with the number of articles for which the topic is the nearest. Discs are placed by classical scaling
(Torgerson 1952) of the Hellinger distances between the word weights of topics, then pushed apart until none covers another. Within a
disc an article stands the nearer to the middle the more of it belongs to the topic, and towards the topics that it also holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topics.core.matrices import Float32, Float64, Int64
from topics.engine import one_thread

SIZE = 10_000  # the longer side of the map
CROWDED = 1.4  # area of all discs against that of the map, before they are pushed apart
GAP = 1.06
ROUNDS = 400
SMALLEST = 0.2  # radius of a topic without articles, against the mean radius


@dataclass(frozen=True, eq=False)
class Layout:
    """A map: discs (n_topics, 3) of x, y and radius; width and height; and (n_docs,) direction of each article, in parts of a turn."""

    discs: Int64
    width: int
    height: int
    turns: Float64


def lay_out(terms: Float64, weights: Float32, near: Int64) -> Layout:
    """Return the map of a model.

    Args:
        terms: (n_topics, n_terms) word weights; rows sum to 1, or to 0 for what has no words of its own.
        weights: (n_docs, n_topics) of the same topics.
        near: (n_docs,) the topic in whose disc each article stands, -1 for none.
    """
    if not len(terms):
        return Layout(np.zeros((0, 3), dtype=np.int64), SIZE, SIZE, np.zeros(len(near)))
    n_docs = np.bincount(near[near >= 0], minlength=len(terms)).astype(np.float64)
    radii = np.sqrt(np.maximum(n_docs, 1.0) / np.pi)
    radii = np.maximum(radii, SMALLEST * radii.mean())
    centres = scaled(hellinger(terms))
    extent = float(np.ptp(centres, axis=0).max())
    spread = np.sqrt(np.pi * (radii**2).sum() / CROWDED)
    centres = _apart(centres * (spread / extent if extent else 0.0), radii * GAP)
    low, high = (centres - radii[:, None]).min(axis=0), (centres + radii[:, None]).max(axis=0)
    unit = SIZE / float((high - low).max())
    discs = np.round(np.column_stack([centres - low, radii]) * unit).astype(np.int64)
    width, height = (int(np.ceil(side * unit)) for side in high - low)
    return Layout(discs, width, height, _turns(discs[:, :2].astype(np.float64), weights, near))


def hellinger(terms: Float64) -> Float64:
    """Return the Hellinger distances (n_topics, n_topics), 0 to 1."""
    roots = np.sqrt(terms)
    with one_thread():
        alike = roots @ roots.T
    return np.sqrt(np.clip(1.0 - alike, 0.0, 1.0)) * (1.0 - np.eye(len(terms)))


def scaled(distances: Float64) -> Float64:
    """Return places (n, 2) whose distances are near to those given: by classical scaling; the largest value of each axis is positive.

    Source: Torgerson 1952, "Multidimensional scaling: I. Theory and method".
    """
    n = len(distances)
    if n < 2:
        return np.zeros((n, 2))
    centred = np.eye(n) - 1.0 / n
    with one_thread():
        values, vectors = np.linalg.eigh(-0.5 * centred @ distances**2 @ centred)
    places = np.zeros((n, 2))
    for axis in range(2):
        vector = np.round(vectors[:, -1 - axis], 9)
        sign = 1.0 if vector[np.abs(vector).argmax()] >= 0 else -1.0
        places[:, axis] = sign * vector * np.sqrt(max(values[-1 - axis], 0.0))
    return places


def _apart(centres: Float64, radii: Float64) -> Float64:
    """Push discs apart, each pair along the line between them, by halves."""
    n = len(centres)
    angle = np.arange(n) * np.pi * (3.0 - np.sqrt(5.0))  # for discs in one place: each its own direction
    found = centres + 1e-6 * radii.mean() * np.column_stack([np.cos(angle), np.sin(angle)]) if n else centres
    reach = radii[:, None] + radii[None, :]
    for _ in range(ROUNDS):
        apart = found[:, None, :] - found[None, :, :]
        far = np.sqrt((apart**2).sum(axis=2)) + np.eye(n)
        overlap = np.clip(reach - far, 0.0, None) * (1.0 - np.eye(n))
        if not (overlap > 1e-3 * reach).any():
            break
        found = found + ((0.5 * overlap / far)[:, :, None] * apart).sum(axis=1)
    return found


def _turns(centres: Float64, weights: Float32, near: Int64) -> Float64:
    """(n_docs,) direction of each article from the middle of its disc: towards its other topics, then spread evenly in that order."""
    turns = np.zeros(len(near))
    for topic in range(len(centres)):
        rows = np.flatnonzero(near == topic)
        away = centres - centres[topic]
        lengths = np.sqrt((away**2).sum(axis=1, keepdims=True))
        units = np.divide(away, lengths, out=np.zeros_like(away), where=lengths > 0)
        with one_thread():
            pull = weights[rows].astype(np.float64) @ units
        wanted = np.round(np.arctan2(pull[:, 1], pull[:, 0]) / (2 * np.pi) % 1.0, 6)
        none = ~pull.any(axis=1)
        wanted[none] = (rows[none] * 0.6180339887498949) % 1.0
        place = np.empty(len(rows))
        place[np.argsort(wanted, kind="stable")] = (np.arange(len(rows)) + 0.5) / max(1, len(rows))
        shift = np.exp(2j * np.pi * (wanted - place)).sum()
        turns[rows] = (place + np.angle(shift) / (2 * np.pi)) % 1.0
    return turns
