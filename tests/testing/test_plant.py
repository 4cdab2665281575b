"""What was planted is there."""

from __future__ import annotations

import numpy as np
import pytest

from topics.core.errors import ContractError
from topics.testing.plant import CURVES, MAX_COPIES, N_SOURCES, Curve, Plan, autoregressive, course_of, plant, sizes_of
from topics.trends.aggregate import Weights, aggregate
from topics.trends.lead_lag import all_lead_lags


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("n_periods", [12, 24, 156])
def test_curves_lie_within_half_a_unit(curve: Curve, n_periods: int) -> None:
    course = course_of(curve, n_periods)
    assert course.shape == (n_periods,)
    assert np.abs(course).max() <= 0.5 + 1e-12
    assert (np.ptp(course) == 0) == (curve == "flat")


@pytest.mark.parametrize("curve", CURVES)
def test_shares_follow_the_curve(curve: Curve) -> None:
    found = plant(Plan(curve, base=0.3, mean_size=4000), 1)
    shares = np.bincount(found.period, weights=found.label) / np.bincount(found.period)
    assert shares == pytest.approx(found.course, abs=0.035)
    assert found.expected == pytest.approx(found.course)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7])
def test_noise_hangs_on_as_asked(rho: float) -> None:
    noise = autoregressive(np.random.default_rng(2), 40_000, rho, 0.35)
    assert np.std(noise) == pytest.approx(0.35, rel=0.03)
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(rho, abs=0.02)
    assert not np.allclose(plant(Plan(noise=0.35, rho=rho), 1).expected, plant(Plan(), 1).expected)


def test_sizes_are_as_asked() -> None:
    generator = np.random.default_rng(0)
    assert set(sizes_of(generator, Plan(sizes="even"))) == {40}
    growing = sizes_of(generator, Plan(sizes="growing"))
    assert (growing[0], growing[-1]) == (5, 80)
    uneven = sizes_of(generator, Plan(sizes="uneven", n_periods=2000))
    assert (uneven.min(), uneven.max()) == (5, 80)
    assert np.median(uneven) == pytest.approx(20, abs=2)


def test_stories_are_reprinted() -> None:
    found = plant(Plan(reprints=True, mean_size=400), 3)
    copies = np.bincount(found.story)
    assert copies.max() == MAX_COPIES
    assert (copies == 1).mean() == pytest.approx(0.61, abs=0.03)  # 1 / zeta(2)
    assert all(len(set(column[found.story == 5].tolist())) == 1 for column in (found.label, found.period))


@pytest.mark.parametrize("vague", [0.0, 0.3, 0.6])
def test_dates_are_vague_as_asked_and_never_wrong(vague: float) -> None:
    found = plant(Plan(vague=vague, mean_size=200), 4)
    assert np.mean([estimate.point is None for estimate in found.dates]) == pytest.approx(vague, abs=0.02)
    for period, estimate in zip(found.period.tolist(), found.dates, strict=True):
        assert estimate.earliest and estimate.latest
        first, last = (12 * (day.year - 2010) + day.month - 1 for day in (estimate.earliest, estimate.latest))
        assert first <= period <= last


def test_sources_come_and_go() -> None:
    found = plant(Plan(turnover=True, mean_size=2000, base=0.3), 5)
    early, late = (np.bincount(found.source[found.period == t], minlength=N_SOURCES) for t in (0, 23))
    assert early[0] > 5 * early[-1]
    assert late[-1] > 5 * late[0]
    assert found.expected[-1] > found.expected[0] + 0.1
    assert np.ptp(found.even_mix) < 1e-12


def test_documents_come_from_the_pool_with_their_label() -> None:
    pool = np.arange(50) % 7 == 0
    found = plant(Plan(), 6, pool)
    assert (pool[found.row] == found.label).all()
    with pytest.raises(ContractError):
        plant(Plan(), 6, np.zeros(5, dtype=bool))


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("lag", [-3, -1, 0, 2, 3])
def test_the_second_language_comes_later_by_the_lag(curve: Curve, lag: int) -> None:
    found = plant(Plan(curve, languages=2, lag=lag, noise=0.5, rho=0.4, mean_size=10), 8)
    assert found.plan.lag == lag
    first, second = (truth.expected for truth in found.languages)
    early, late = slice(max(0, -lag), 24 - max(0, lag)), slice(max(0, lag), 24 - max(0, -lag))
    assert second[late] == pytest.approx(first[early])
    assert found.languages[1].course[late] == pytest.approx(found.languages[0].course[early])
    assert found.expected.tolist() == first.tolist()
    assert all(np.ptp(truth.expected) > 0.1 for truth in found.languages)


def test_without_a_lag_each_language_has_its_own_noise() -> None:
    found = plant(Plan(languages=2, noise=0.5, n_periods=4000, mean_size=3), 9)
    first, second = (truth.expected for truth in found.languages)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05
    assert found.plan.lag is None


def test_languages_have_their_own_stories_and_shares() -> None:
    found = plant(Plan("linear", languages=2, lag=2, mean_size=3000, noise=0.4, base=0.3, reprints=True, vague=0.1), 10)
    assert set(found.language.tolist()) == {0, 1}
    first, second = (set(found.story[found.language == side].tolist()) for side in (0, 1))
    assert not first & second
    assert len(found.dates) == len(found.row) == len(found.language)
    once = np.unique(found.story, return_index=True)[1]
    for side, truth in enumerate(found.languages):
        own = once[found.language[once] == side]
        shares = np.bincount(found.period[own], weights=found.label[own]) / np.bincount(found.period[own])
        assert shares == pytest.approx(truth.expected, abs=0.04)


def test_the_corpus_names_the_languages() -> None:
    found = plant(Plan(languages=2, lag=1), 11)
    corpus, order = found.corpus()
    assert [info.language for info in corpus.infos] == [("en", "vi")[side] for side in found.language[order]]


@pytest.mark.parametrize("lag", [-2, 3])
def test_a_planted_lead_is_found(lag: int) -> None:
    """Sixty periods of forty stories: found exactly in nearly all (benchmarks/trends.py)."""
    exact = []
    for seed in range(6):
        found = plant(Plan(languages=2, lag=lag, n_periods=60, base=0.2, noise=0.5), seed)
        corpus, order = found.corpus()
        values = found.label[order].astype(float)[:, None]
        leads = all_lead_lags(aggregate(corpus, Weights("theme", "planted", ("x",), values, False), "month", as_of=None))
        exact.append(next(item.lag for item in leads if item.series == "x") == lag)
    assert sum(exact) >= 5


def test_a_seed_says_which_documents() -> None:
    first, same, other = (plant(Plan(reprints=True, vague=0.3), seed) for seed in (1, 1, 2))
    assert (first.label.tolist(), first.dates) == (same.label.tolist(), same.dates)
    assert first.label.tolist() != other.label.tolist()


def test_the_corpus_holds_every_document() -> None:
    found = plant(Plan(reprints=True), 7)
    corpus, order = found.corpus()
    values = found.label[order].astype(float)[:, None]
    series = aggregate(corpus, Weights("theme", "planted", ("x",), values, False), "month", as_of=None)
    cells = series.of("x")
    assert [cell.n_docs for cell in cells] == np.bincount(found.period).tolist()
    assert [cell.mass for cell in cells] == np.bincount(found.period, weights=found.label).tolist()
    assert [cell.n_stories for cell in cells] == [40] * 24


@pytest.mark.parametrize(
    "values",
    [
        {"base": 0.0},
        {"rho": 1.0},
        {"vague": 1.5},
        {"noise": -1.0},
        {"n_periods": 0},
        {"mean_size": 1},
        {"lag": 1},
        {"lag": 4, "languages": 2},
        {"languages": 3},
        {"curve": "foo"},
        {"sizes": "foo"},
        {"change": float("nan")},
        {"noise": float("inf")},
        {"lag": 1.5, "languages": 2},
    ],
)
def test_plans_that_make_no_sense_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ContractError):
        Plan(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("n_periods", [3, 4, 6, 8, 12, 24])
def test_a_pulse_lasts_a_period_at_least_and_is_no_level(n_periods: int) -> None:
    high = course_of("pulse", n_periods) > 0
    assert 1 <= high.sum() <= max(2, n_periods // 5)
