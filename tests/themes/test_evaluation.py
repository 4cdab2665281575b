"""Measures from weighted labels: scikit-learn's, with intervals that hold what they should."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn.metrics import (
    average_precision_score,
    cohen_kappa_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
)

from topics.core.errors import ContractError
from topics.core.matrices import Float64
from topics.themes.evaluation import (
    Estimate,
    Judged,
    Measures,
    Rates,
    adjusted_share,
    bootstrap,
    curve,
    decision_measures,
    generator_for,
    measure,
    rates,
)
from topics.themes.judging import agreement, cohen_kappa, drift, propose_threshold


def labels(n: int = 80, seed: int = 0, *, error: float = 0.15) -> Judged:
    generator = np.random.default_rng(seed)
    truth = generator.random(n) < 0.4
    scores = np.round(np.clip(truth * 0.5 + generator.normal(0.25, error, n), 0, 1), 1)
    return Judged(truth, scores >= 0.5, scores, generator.uniform(1, 9, n))


def counted(hits: int, false: int, missed: int, rest: int) -> Judged:
    """Labels of equal weight."""
    truth = np.array([1] * hits + [0] * false + [1] * missed + [0] * rest, dtype=bool)
    present = np.array([1] * (hits + false) + [0] * (missed + rest), dtype=bool)
    return Judged(truth, present, present * 0.5 + 0.25, np.ones(len(truth)))


def measured(judged: Judged, seed: int = 1) -> Measures:
    return measure(judged, "t", "all", bootstrap(judged, np.random.default_rng(seed)))


@pytest.mark.parametrize("seed", range(5))
def test_values_are_those_of_scikit_learn(seed: int) -> None:
    judged = labels(seed=seed)
    found, weights = measured(judged), judged.weights
    arguments = {"sample_weight": weights}
    assert found.precision.value == pytest.approx(precision_score(judged.truth, judged.present, **arguments))
    assert found.recall.value == pytest.approx(recall_score(judged.truth, judged.present, **arguments))
    assert found.f1.value == pytest.approx(f1_score(judged.truth, judged.present, **arguments))
    assert found.pr_auc.value == pytest.approx(average_precision_score(judged.truth, judged.scores, **arguments))
    (rest, false), _ = confusion_matrix(judged.truth, judged.present, **arguments)
    assert found.fpr.value == pytest.approx(false / (false + rest))
    assert found.prevalence.value == pytest.approx(np.average(judged.truth, weights=weights))
    assert (found.n_judged, found.n_positive, found.n_present) == (80, judged.truth.sum(), judged.present.sum())


@given(st.integers(0, 10_000))
def test_kappa_is_that_of_scikit_learn(seed: int) -> None:
    generator = np.random.default_rng(seed)
    a, b, weights = generator.random(30) < 0.5, generator.random(30) < 0.5, generator.uniform(1, 5, 30)
    assert float(cohen_kappa(a, b, weights[None])[0]) == pytest.approx(cohen_kappa_score(a, b, sample_weight=weights))


def test_kappa_between_readers() -> None:
    a = np.arange(40) % 3 == 0
    found = agreement(a, a, np.ones(40), np.random.default_rng(1), theme="t")
    assert (found.n_both, found.n_equal, found.kappa.value) == (40, 40, pytest.approx(1))
    assert 0.8 < found.kappa.low < 0.97
    b = np.where(np.arange(40) < 6, ~a, a)
    found = agreement(a, b, np.ones(40), np.random.default_rng(1), theme="t")
    assert found.n_equal == 34
    assert found.kappa.low < found.kappa.value < found.kappa.high < 1
    few = agreement(a[:9], b[:9], np.ones(9), np.random.default_rng(1), theme="t")
    assert few.kappa.high - few.kappa.low > found.kappa.high - found.kappa.low
    none = agreement(a[:0], a[:0], np.ones(0), np.random.default_rng(1), theme="t")
    assert math.isnan(none.kappa.value)
    assert math.isnan(agreement(a | True, a | True, np.ones(40), np.random.default_rng(1), theme="t").kappa.value)


@pytest.mark.parametrize(("hits", "false"), [(18, 2), (20, 0), (5, 5)])
def test_with_equal_weights_the_interval_of_precision_is_that_of_jeffreys(hits: int, false: int) -> None:
    judged = counted(hits, false, 4, 60)
    draws = bootstrap(judged, np.random.default_rng(3), 40_000)
    found = measure(judged, "t", "all", draws).precision
    low, high = beta.ppf([0.025, 0.975], hits + 0.5, false + 0.5)
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(max(high, found.value), abs=0.01)


def test_labels_without_an_error_do_not_say_that_there_is_none() -> None:
    found = measured(counted(10, 0, 0, 40))
    assert (found.precision.value, found.recall.value, found.f1.value, found.pr_auc.value, found.fpr.value) == (1, 1, 1, 1, 0)
    assert found.precision.low < 0.85
    assert found.recall.low < 0.85
    assert found.pr_auc.low < 0.9
    assert 0.01 < found.fpr.high < 0.1


def test_what_few_labels_far_from_the_theme_may_have_missed_widens_recall() -> None:
    near = counted(10, 0, 0, 40)
    far = Judged(near.truth, near.present, near.scores, np.where(near.present, 1.0, 100.0))
    assert measured(far).recall.low < 0.2 < measured(near).recall.low


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """500 samples of 150 from a large corpus, those taken for the theme more often; the truth of the corpus is known."""
    generator = np.random.default_rng(5)
    n = 20_000
    truth = generator.random(n) < 0.15
    present = np.where(truth, generator.random(n) < 0.8, generator.random(n) < 0.05)
    whole = decision_measures(Judged(truth, present, present * 1.0, np.ones(n)), np.ones((1, n)))
    probability = np.where(present, 75 / present.sum(), 75 / (~present).sum())
    held: dict[str, list[bool]] = {name: [] for name in whole}
    values: dict[str, list[float]] = {name: [] for name in whole}
    for _ in range(500):
        rows = np.concatenate([generator.choice(np.flatnonzero(side), 75, replace=False) for side in (present, ~present)])
        judged = Judged(truth[rows], present[rows], present[rows] * 1.0, 1 / probability[rows])
        draws = bootstrap(judged, generator, 400)
        found = measure(judged, "t", "all", draws)
        for name, exact in whole.items():
            one: Estimate = getattr(found, name)
            held[name].append(one.low <= exact[0] <= one.high)
            values[name].append(one.value)
    assert {name: float(np.mean(rows)) for name, rows in held.items() if np.mean(rows) < 0.92} == {}
    assert 0.92 <= np.mean(held["precision"]) <= 0.98
    for name in ("precision", "fpr", "prevalence"):
        assert np.mean(values[name]) == pytest.approx(float(whole[name][0]), rel=0.03)


def test_the_seed_and_the_names_draw() -> None:
    judged = labels()
    first = bootstrap(judged, generator_for(1, "t", "all")).weights
    assert np.array_equal(first, bootstrap(judged, generator_for(1, "t", "all")).weights)
    for other in (generator_for(2, "t", "all"), generator_for(1, "u", "all"), generator_for(1, "t", "en")):
        assert not np.array_equal(first, bootstrap(judged, other).weights)


def test_what_labels_cannot_tell_is_unknown() -> None:
    nothing = measured(labels().only(np.zeros(80, dtype=bool)))
    assert all(math.isnan(getattr(nothing, name).value) for name in ("precision", "recall", "f1", "fpr", "pr_auc", "prevalence"))
    none_taken = measured(counted(0, 0, 3, 40))
    assert math.isnan(none_taken.precision.value)
    assert none_taken.recall.value == 0
    assert none_taken.fpr.high > 0.01
    assert math.isnan(measured(counted(0, 4, 0, 40)).recall.value)


def test_labels_of_unequal_length_are_a_bug() -> None:
    with pytest.raises(ContractError, match="differ in size"):
        Judged(np.ones(3, dtype=bool), np.ones(2, dtype=bool), np.ones(3), np.ones(3))
    with pytest.raises(ContractError, match="not above 0"):
        Judged(np.ones(2, dtype=bool), np.ones(2, dtype=bool), np.ones(2), np.zeros(2))


def test_equal_scores_are_one_threshold() -> None:
    found = curve(counted(2, 1, 1, 4), np.ones((1, 8)))
    assert found.thresholds.tolist() == [0.75, 0.25]
    assert found.hits.tolist() == [[2, 3]]
    assert found.false.tolist() == [[1, 5]]


# --- adjusted count ---------------------------------------------------------------------------------------------------------------------


def exact(tpr: float, fpr: float) -> Rates:
    return Rates(tpr, fpr, np.array([[tpr, fpr]]))


def test_adjusted_share_inverts_what_the_errors_do() -> None:
    shares = np.array([0.0, 0.1, 0.35, 1.0])
    found = adjusted_share(shares * 0.8 + (1 - shares) * 0.05, exact(0.8, 0.05))
    assert found.value == pytest.approx(shares)
    assert found.low == pytest.approx(shares)
    assert found.high == pytest.approx(shares)


def test_adjusted_share_is_clipped_and_takes_one_number() -> None:
    assert adjusted_share(np.array([0.01, 0.99]), exact(0.8, 0.05)).value.tolist() == [0, 1]
    assert float(adjusted_share(0.2, exact(0.8, 0.05)).value) == pytest.approx(0.2)


@pytest.mark.parametrize(("tpr", "fpr"), [(math.nan, 0.1), (0.1, 0.1), (0.1, 0.4)])
def test_a_scorer_that_tells_nothing_corrects_nothing(tpr: float, fpr: float) -> None:
    found = adjusted_share(np.array([0.2, 0.5]), exact(tpr, fpr))
    assert np.isnan(found.value).all()
    assert not ((found.low > 0) | (found.high < 1)).any()


def test_a_correction_that_the_labels_hardly_carry_has_no_bounds() -> None:
    found = adjusted_share(0.3, Rates(0.5, 0.3, np.array([[0.5, 0.3]] * 9 + [[0.2, 0.3]])))
    assert (float(found.low), float(found.high)) == (0, 1)
    assert float(found.value) == 0


def test_the_label_interval_of_a_corrected_share_holds_the_truth_and_few_labels_widen_it() -> None:
    generator = np.random.default_rng(1)
    widths, held = [], []
    for n in (100, 1000):
        inside = []
        for _ in range(100):
            truth = generator.random(n) < 0.3
            present = np.where(truth, generator.random(n) < 0.8, generator.random(n) < 0.1)
            judged = Judged(truth, present, present * 1.0, np.ones(n))
            found = adjusted_share(0.2 * 0.8 + 0.8 * 0.1, rates(judged, bootstrap(judged, generator, 400)))
            inside.append((float(found.low) <= 0.2 <= float(found.high), float(found.high - found.low)))
        held.append(np.mean([one for one, _ in inside]))
        widths.append(np.mean([width for _, width in inside]))
    assert min(held) >= 0.9
    assert widths[0] > 2 * widths[1]


# --- drift and thresholds ---------------------------------------------------------------------------------------------------------------


def joined(*parts: Judged) -> tuple[Judged, np.ndarray[tuple[int, ...], np.dtype[np.str_]]]:
    names = ("first", "second")
    arrays = [np.concatenate([getattr(part, name) for part in parts]) for name in ("truth", "present", "scores", "weights")]
    return Judged(*arrays), np.concatenate([[name] * len(part) for name, part in zip(names, parts, strict=True)])


def test_a_measurement_that_moved_is_said_to_have() -> None:
    judged, halves = joined(counted(30, 2, 2, 60), counted(8, 2, 24, 60))
    found = drift(judged, halves, np.random.default_rng(1), theme="t", language="all")
    assert found.moved
    assert found.sentence.startswith("measurement may have moved: true-positive rate went from 94% (")
    assert "false-positive" not in found.sentence
    judged, halves = joined(counted(30, 1, 2, 60), counted(30, 30, 2, 31))
    assert (
        "moved: false-positive rate went from 2% (" in drift(judged, halves, np.random.default_rng(1), theme="t", language="all").sentence
    )


def test_a_measurement_that_stayed_is_not() -> None:
    judged, halves = joined(counted(30, 2, 2, 60), counted(28, 3, 4, 60))
    found = drift(judged, halves, np.random.default_rng(1), theme="t", language="all")
    assert (found.moved, found.sentence) == (False, "no sign that the measurement has moved")


def test_a_half_without_anything_taken_is_no_drift_by_itself() -> None:
    judged, halves = joined(counted(0, 0, 1, 10), counted(5, 2, 1, 20))
    assert not drift(judged, halves, np.random.default_rng(1), theme="t", language="all").moved
    judged, halves = joined(counted(0, 0, 0, 10), counted(5, 2, 1, 20))
    assert "too few labels" in drift(judged, halves, np.random.default_rng(1), theme="t", language="all").sentence


def test_the_best_threshold_is_the_best_of_all_by_weighted_f1() -> None:
    judged = labels(seed=4, error=0.3)
    found = propose_threshold(judged, np.random.default_rng(1), theme="t", max_fpr=0.1)

    def at(level: float) -> tuple[float, float, float]:
        taken = judged.scores >= level
        (rest, false), (missed, hits) = confusion_matrix(judged.truth, taken, sample_weight=judged.weights)
        return f1_score(judged.truth, taken, sample_weight=judged.weights), false / (false + rest), hits / (hits + missed)

    levels = sorted(set(judged.scores.tolist()), reverse=True)
    assert found.best == max(levels, key=lambda level: at(level)[0])
    assert (found.f1, found.fpr) == pytest.approx(at(found.best)[:2])
    assert found.limited == min(level for level in levels if at(level)[1] <= 0.1)
    assert found.recall == pytest.approx(at(found.limited)[2])
    assert found.low <= found.best <= found.high
    assert found.low < found.high


def test_a_false_positive_rate_that_no_score_keeps_is_unknown() -> None:
    scores: Float64 = np.array([0.9, 0.9, 0.1])
    judged = Judged(np.array([True, False, False]), scores > 0.5, scores, np.ones(3))
    found = propose_threshold(judged, np.random.default_rng(1), theme="t", max_fpr=0.0)
    assert math.isnan(found.limited)
    assert propose_threshold(judged, np.random.default_rng(1), theme="t", max_fpr=0.5).limited == 0.9
    assert math.isnan(propose_threshold(judged.only(~judged.truth), np.random.default_rng(1), theme="t").best)
