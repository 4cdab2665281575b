"""c-TF-IDF against BERTopic's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from topics.models._ctfidf import class_counts, ctfidf, topic_weights


def counts_and_labels() -> tuple[sparse.csr_array, np.ndarray]:
    generator = np.random.default_rng(0)
    counts = sparse.csr_array(generator.poisson(0.4, (60, 25)).astype(np.int32))
    return counts, np.arange(60) % 5 - 1


def test_scores_are_those_of_bertopic() -> None:
    from bertopic.vectorizers import ClassTfidfTransformer

    counts, labels = counts_and_labels()
    classes = class_counts(counts, labels + 1, 5)
    theirs = ClassTfidfTransformer().fit_transform(sparse.csr_matrix(classes)).toarray()
    assert ctfidf(classes[1:], classes[0]) == pytest.approx(theirs[1:], abs=1e-12)


def test_without_outliers_there_is_no_class_of_them() -> None:
    from bertopic.vectorizers import ClassTfidfTransformer

    classes = class_counts(*counts_and_labels(), 4)
    theirs = ClassTfidfTransformer().fit_transform(sparse.csr_matrix(classes)).toarray()
    assert ctfidf(classes, np.zeros(25)) == pytest.approx(theirs, abs=1e-12)


def test_class_counts_are_sums() -> None:
    counts, labels = counts_and_labels()
    dense = counts.toarray()
    assert class_counts(counts, labels, 4).tolist() == [dense[labels == topic].sum(axis=0).tolist() for topic in range(4)]


def test_rows_sum_to_one_also_for_a_topic_without_words() -> None:
    counts, labels = counts_and_labels()
    weights = topic_weights(counts, labels, 6)
    assert weights.sum(axis=1) == pytest.approx(np.ones(6))
    assert len(set(weights[5].tolist())) == 1


def test_a_term_of_no_document_weighs_nothing() -> None:
    counts = sparse.csr_array(np.array([[2, 0, 0], [0, 3, 0]], dtype=np.int32))
    assert topic_weights(counts, np.array([0, 1]), 2)[:, 2].tolist() == [0.0, 0.0]
