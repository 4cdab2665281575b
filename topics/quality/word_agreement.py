"""How far two topics say the same by their words, against what shuffled words reach."""

from __future__ import annotations

import numpy as np

from topics.core.matrices import Float64, TopicTermMatrix
from topics.engine import one_thread
from topics.quality.alignment import NULL_QUANTILE, SHUFFLES, correlations


def word_agreement(left: TopicTermMatrix, right: TopicTermMatrix, seed: int) -> tuple[Float64, float]:
    """Return (n_left, n_right) correlations of topics over the terms of both vocabularies, and the null.

    Of each weight the mean over the topics of its result is taken, for all topics share the frequent words. The null is the 95th percentile
    of the best that a left topic reaches when the terms of the other are shuffled; it is 1 where the vocabularies share fewer than three
    terms: then words decide nothing.

    Args:
        left, right: topics of two results.
        seed: of the shuffles.
    """
    terms = sorted(left.vocabulary.index.keys() & right.vocabulary.index.keys())
    if len(terms) < 3 or not left.n_topics or not right.n_topics:
        return np.zeros((left.n_topics, right.n_topics)), 1.0
    a, b = (side.weights[:, [side.vocabulary.index[term] for term in terms]].T for side in (left, right))
    a, b = (side - side.mean(axis=1, keepdims=True) if side.shape[1] > 1 else side for side in (a, b))
    generator = np.random.default_rng(seed)
    with one_thread():
        null = [correlations(a, b[generator.permutation(len(terms))]).max(axis=1) for _ in range(SHUFFLES)]
        return correlations(a, b), float(np.quantile(np.concatenate(null), NULL_QUANTILE))
