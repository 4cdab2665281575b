"""CVB0: one sweep by hand, planted topics found, both ways of keeping responsibilities, the learned prior, stopping."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linear_sum_assignment, minimize
from scipy.special import gammaln

from topics.core.errors import DataError
from topics.models import _cvb0
from topics.models._cvb0 import PARTS, Settings, fit_cvb0, learn_alpha

SETTINGS = Settings(n_topics=3, passes=300, tolerance=1e-3, alpha=0.1, eta=0.05, seed=1)
FREE = {"max_stored": 0}


def planted_counts(n_docs: int = 120, seed: int = 5) -> tuple[sparse.csr_array, np.ndarray]:
    """Counts (n_docs, 30) drawn from three topics of ten terms each, and the true topic shares."""
    generator = np.random.default_rng(seed)
    topics = np.kron(np.eye(3), np.full(10, 0.09)) + 0.1 / 30
    shares = generator.dirichlet([0.2] * 3, n_docs)
    counts = np.stack([generator.multinomial(60, row / row.sum()) for row in shares @ topics])
    return sparse.csr_array(counts.astype(np.int32)), shares


def matched(found: np.ndarray, true: np.ndarray) -> float:
    """The smallest correlation of matched topics."""
    similarity = np.corrcoef(found, true)[: len(found), len(found) :]
    rows, columns = linear_sum_assignment(-similarity)
    return float(similarity[rows, columns].min())


def sweep_by_hand(counts: np.ndarray, gamma: dict[tuple[int, int], np.ndarray], alpha: np.ndarray, eta: float) -> np.ndarray:
    """The published update, written plainly; term and topic counts are those of the sweep's begin, document counts the newest."""
    n_terms, n_topics = counts.shape[1], len(alpha)
    terms = np.zeros((n_terms, n_topics))
    for (doc, term), share in gamma.items():
        terms[term] += counts[doc, term] * share
    totals = terms.sum(axis=0)
    fresh = np.zeros_like(terms)
    for doc in range(len(counts)):
        mass = sum(counts[doc, term] * share for (row, term), share in gamma.items() if row == doc)
        for term in np.flatnonzero(counts[doc]):
            own = gamma[doc, term]
            share = (mass - own + alpha) * (terms[term] - own + eta) / (totals - own + eta * n_terms)
            share /= share.sum()
            mass = mass + counts[doc, term] * (share - own)
            gamma[doc, term] = share
            fresh[term] += counts[doc, term] * share
    return fresh


def test_sweeps_follow_the_published_update() -> None:
    counts = np.array([[2, 1, 0, 3], [0, 1, 4, 0], [1, 0, 0, 2]], dtype=np.int32)
    settings = replace(SETTINGS, n_topics=2, passes=3)
    start, _, _ = _cvb0._start(sparse.csr_array(counts), settings, store=True)
    cells = [(int(doc), int(term)) for doc, term in zip(*np.nonzero(counts), strict=True)]
    gamma = {cell: start[at].astype(float) for at, cell in enumerate(cells)}
    for _ in range(3):
        terms = sweep_by_hand(counts, gamma, np.full(2, 0.1), 0.05)
    found = fit_cvb0(sparse.csr_array(counts), settings)
    assert found.passes == 3
    assert found.topic_counts == pytest.approx(terms.T + 0.05, abs=1e-4)


@pytest.mark.parametrize("changes", [{}, FREE], ids=["stored", "free"])
@pytest.mark.parametrize("alpha", [0.1, None])
def test_planted_topics_are_found(changes: dict[str, int], alpha: float | None) -> None:
    counts, _ = planted_counts()
    found = fit_cvb0(counts, replace(SETTINGS, alpha=alpha, **changes))
    assert matched(found.topic_counts, np.kron(np.eye(3), np.ones(10))) > 0.98
    assert found.topic_counts.sum() == pytest.approx(counts.sum() + 0.05 * found.topic_counts.size, rel=1e-4)


def test_both_ends_of_the_memory_switch_agree() -> None:
    counts, _ = planted_counts()
    one, two = (fit_cvb0(counts, replace(SETTINGS, **changes)) for changes in ({}, FREE))
    assert matched(one.topic_counts, two.topic_counts) > 0.99
    assert not np.array_equal(one.topic_counts, two.topic_counts), "the switch did nothing"


def test_the_switch_is_the_size_of_the_responsibilities(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, _ = planted_counts()
    needed = counts.nnz * 3 * 4
    stored: list[bool] = []
    whole = _cvb0._start
    monkeypatch.setattr(_cvb0, "_start", lambda *a, store: stored.append(store) or whole(*a, store=store))
    for limit in (needed, needed - 1):
        fit_cvb0(counts, replace(SETTINGS, passes=1, max_stored=limit))
    assert stored == [True, False]


def test_the_learned_prior_is_the_most_likely_one() -> None:
    """Minka's fixed point against a numerical maximum of the Dirichlet-multinomial likelihood."""
    generator = np.random.default_rng(3)
    masses = np.stack([generator.multinomial(80, generator.dirichlet([0.3, 1.2, 0.6])) for _ in range(400)]).astype(float)

    def loss(logs: np.ndarray) -> float:
        alpha = np.exp(logs)
        each = gammaln(alpha.sum()) - gammaln(masses.sum(axis=1) + alpha.sum())
        return -float((each + (gammaln(masses + alpha) - gammaln(alpha)).sum(axis=1)).sum())

    best = np.exp(minimize(loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-8}).x)
    assert learn_alpha(masses, np.full(3, 0.1), n_steps=500) == pytest.approx(best, rel=1e-3)


def test_a_learned_prior_follows_the_topics_sizes() -> None:
    generator = np.random.default_rng(8)
    topics = np.kron(np.eye(2), np.full(10, 0.1))
    shares = generator.dirichlet([2.0, 0.2], 300)
    counts = sparse.csr_array(np.stack([generator.multinomial(50, row) for row in shares @ topics]).astype(np.int32))
    found = fit_cvb0(counts, replace(SETTINGS, n_topics=2, alpha=None))
    sizes = found.topic_counts.sum(axis=1)
    assert found.alpha[sizes.argmax()] > 3 * found.alpha[sizes.argmin()]


def test_it_stops_at_the_tolerance_or_after_the_passes() -> None:
    counts, _ = planted_counts()
    loose, tight = (fit_cvb0(counts, replace(SETTINGS, tolerance=value)) for value in (0.05, 1e-6))
    assert loose.passes < tight.passes < 300
    assert tight.change < 1e-6 < loose.change < 0.05
    assert fit_cvb0(counts, replace(SETTINGS, passes=7)).passes == 7


def test_fewer_documents_than_parts_are_fine() -> None:
    counts, _ = planted_counts(n_docs=PARTS - 3)
    assert np.isfinite(fit_cvb0(counts, SETTINGS).topic_counts).all()


def test_no_number_stops_with_its_sweep_named() -> None:
    counts, _ = planted_counts()
    with pytest.raises(DataError, match="after sweep 1"):
        fit_cvb0(counts, replace(SETTINGS, alpha=float("nan")))
