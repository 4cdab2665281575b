"""Lead and lag: planted leads are found at their lag, independent series lead nothing, copies are left out."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.special import expit, logit
from statsmodels.tsa.stattools import ccf

from tests.trends.planted import cells, labels, noise
from topics.core.series import Period, TrendCell, TrendSeries
from topics.trends.lead_lag import WINDOW, LeadLag, all_lead_lags, cross_correlations, lead_lag, own_stories

WEEKS = labels(104, "week")


def side(rng: np.random.Generator, level: np.ndarray, language: str, size: int = 40) -> tuple[TrendCell, ...]:
    trials = rng.poisson(size, len(level)) + 1.0
    hits = rng.binomial(trials.astype(int), expit(logit(0.2) + level)).astype(float)
    return tuple(replace(cell, language=language) for cell in cells(hits.tolist(), trials.tolist(), periods=WEEKS[: len(level)]))


def pair(seed: int, lag: int | None, *, rho: float = 0.5, slope: float = 0.0, n: int = 104) -> LeadLag:
    """Two sides of one wandering level, the left one earlier by `lag`; without a lag, of two."""
    rng = np.random.default_rng(seed)
    one, other = noise(rng, (2, n + 2 * WINDOW), rho, 0.5)
    trend = slope * np.linspace(-1, 1, n)
    left = one[WINDOW : n + WINDOW]
    right = one[WINDOW - lag : n + WINDOW - lag] if lag is not None else other[:n]
    return lead_lag(side(rng, left + trend, "en"), side(rng, right + trend, "vi"))


def test_correlations_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(2, 40))
    left, right = left - left.mean(), right - right.mean()
    found = cross_correlations(left, right)
    assert found[WINDOW:] == pytest.approx(ccf(right, left, adjusted=False, nlags=WINDOW + 1))
    assert found[WINDOW::-1] == pytest.approx(ccf(left, right, adjusted=False, nlags=WINDOW + 1))


@pytest.mark.parametrize(("rho", "slope"), [(0.0, 0.0), (0.7, 0.0), (0.4, 1.0)])
def test_independent_sides_lead_as_rarely_as_stated(rho: float, slope: float) -> None:
    found = [pair(seed, None, rho=rho, slope=slope) for seed in range(60)]
    assert sum(item.p <= 0.05 and item.lag != 0 for item in found) <= 0.07 * 60 + 2


@pytest.mark.parametrize("lag", [3, -2, 0, 1])
def test_a_planted_lead_is_found_at_its_lag(lag: int) -> None:
    found = [pair(seed, lag) for seed in range(40)]
    assert np.mean([item.lag == lag and item.p <= 0.05 for item in found]) >= 0.85
    assert np.mean([item.low <= lag <= item.high for item in found]) >= 0.9
    assert np.mean([item.high - item.low <= 2 for item in found]) >= 0.85


def series_of(*sides: tuple[TrendCell, ...]) -> TrendSeries:
    periods = tuple(Period(cell.period, date(2018, 1, 1), date(2018, 1, 7), True) for cell in sides[0])
    return TrendSeries("theme", "terms", False, periods, tuple(cell for cells in sides for cell in cells))


def test_the_lead_is_said_in_words_for_every_pair() -> None:
    rng = np.random.default_rng(4)
    level = noise(rng, (1, 110), 0.5, 0.8)[0]
    first, second = side(rng, level[3:107], "en"), side(rng, level[:104], "vi")
    everything = tuple(replace(cell, language="all") for cell in first)
    (found,) = all_lead_lags(series_of(everything, first, second))
    assert (found.left, found.right, found.lag, found.decision) == ("en", "vi", 3, "en precedes vi")
    (turned,) = all_lead_lags(series_of(second, first))
    assert (turned.lag, turned.decision) == (-3, "en precedes vi")
    together = side(rng, level[3:107], "vi")
    assert all_lead_lags(series_of(first, together))[0].decision == "they move together"
    against = tuple(replace(cell, share=1 - cell.share, low=0.0, high=1.0) for cell in together)
    assert all_lead_lags(series_of(first, against))[0].decision == "they move together, one falling as the other rises"
    assert found.q >= found.p


def test_gaps_do_not_shift_what_comes_after() -> None:
    rng = np.random.default_rng(5)
    level = noise(rng, (1, 110), 0.5, 0.8)[0]
    first, second = side(rng, level[3:107], "en"), list(side(rng, level[:104], "vi"))
    nan = math.nan
    for gap in (20, 21, 40, 41, 42, 43, 60, 75):
        second[gap] = replace(second[gap], n_docs=0, n_stories=0, n_eff=0.0, mass=0.0, share=nan, low=nan, high=nan)
    assert lead_lag(first, tuple(second)).lag == 3


def test_stories_told_on_both_sides_are_left_out() -> None:
    stories, sides = ["a", "a", "b", "c", "d", "e"], ["en", "vi", "en", "en", "vi", "en"]
    assert own_stories(stories, sides).tolist() == [False, False, True, True, True, True]
    assert own_stories(stories, sides, [("c", "d"), ("b", "e")]).tolist() == [False, False, True, False, False, True]


def test_copies_on_both_sides_would_look_like_a_lead() -> None:
    """What the left side prints, the right one prints again a week later: with its copies a lead, without them none."""
    rng = np.random.default_rng(6)
    own = noise(rng, (2, 106), 0.3, 0.5)
    copied = own[0, 1:105] * 0.5 + own[1, 2:106] * 0.5
    assert lead_lag(side(rng, own[0, 2:106], "en", 200), side(rng, copied, "vi", 200)).lag == 1
    assert lead_lag(side(rng, own[0, 2:106], "en", 200), side(rng, own[1, 2:106], "vi", 200)).p > 0.05


def test_too_little_is_said_in_words() -> None:
    assert pair(1, 3, n=7).decision == "not tested: 8 complete periods with articles are needed, there are 7"
    assert pair(1, 3, n=15).decision == "not tested: 16 complete periods with articles on both sides are needed, there are 15"
    assert math.isnan(pair(1, 3, n=15).lag)


def test_a_series_of_hardly_any_story_leads_nothing() -> None:
    """Without articles of a theme on either side, what is left would follow the sizes of the periods."""
    rng = np.random.default_rng(8)
    first, second = side(rng, np.zeros(104), "en"), side(rng, np.zeros(104), "vi")
    empty = tuple(replace(cell, share=0.0, mass=0.0) for cell in second)
    reason = "not tested: 4 stories of it are needed on both sides, there are {:.1f} and 0.0"
    said = reason.format(sum(cell.share * cell.n_eff for cell in first))
    assert lead_lag(first, empty).decision == said
    (alone,) = all_lead_lags(series_of(first, empty))
    assert (alone.decision, math.isnan(alone.q)) == (said, True)


def test_every_series_has_the_lead_that_it_has_alone() -> None:
    rng = np.random.default_rng(7)
    level = noise(rng, (3, 107), 0.5, 0.8)
    sides: list[tuple[TrendCell, ...]] = []
    for number, name in enumerate("abc"):
        sides += [
            tuple(replace(cell, series=name) for cell in cells)
            for cells in (side(rng, level[number, 3:], "en"), side(rng, level[number, :104], "vi"))
        ]
    ordered = sorted(sides, key=lambda cells: cells[0].language)
    for found, left, right in zip(all_lead_lags(series_of(*ordered), 5), ordered[:3], ordered[3:], strict=True):
        assert _numbers(found) == _numbers(lead_lag(left, right, 5))


def _numbers(found: LeadLag) -> tuple[float, ...]:
    return found.lag, found.low, found.high, found.correlation, found.p
