"""Seasons and Tết: planted ones are found with their size, flat series have none, short ones are refused in words."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from scipy.special import expit, logit

from tests.trends.planted import cells, counts, labels
from topics.core.series import PeriodUnit
from topics.trends._sample import Sample, first_day, last_day, sample, unit_of
from topics.trends.lunar import tet
from topics.trends.seasonality import AROUND_TET, _part, seasonal_effects, tet_share


def made(hits: np.ndarray, trials: np.ndarray, periods: list[str]) -> Sample:
    rows = zip(hits, trials, strict=True)
    return sample([cells(k.tolist(), n.tolist(), f"s{row}", periods=periods) for row, (k, n) in enumerate(rows)])


@pytest.mark.parametrize(
    ("label", "unit", "first", "last"),
    [
        ("2024", "year", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-Q1", "quarter", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-W01", "week", date(2024, 1, 1), date(2024, 1, 7)),
        ("2024-02-29", "day", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_labels_are_days_again(label: str, unit: str, first: date, last: date) -> None:
    assert (unit_of(label), first_day(label), last_day(label)) == (unit, first, last)


def test_the_days_around_tet_are_counted() -> None:
    for label in [*labels(40, "month", date(2023, 1, 1)), *labels(60, "week", date(2024, 12, 30)), "2025-01-22", "2025-01-21", "2025-Q1"]:
        days = [date.fromordinal(day) for day in range(first_day(label).toordinal(), last_day(label).toordinal() + 1)]
        expected = sum(abs((day - tet(day.year)).days) <= AROUND_TET for day in days) / len(days)
        assert tet_share(label) == pytest.approx(expected)
    assert (tet_share("2025-01-22"), tet_share("2025-01-21")) == (1.0, 0.0)


def test_a_series_of_hardly_any_story_has_no_season() -> None:
    rng = np.random.default_rng(3)
    trials = np.full((2, 48), 60.0)
    hits = np.stack([rng.binomial(60, 0.2, 48), np.zeros(48)])
    both, alone = (seasonal_effects(made(hits[:n], trials[:n], labels(48)), "all") for n in (2, 1))
    assert repr(both[: len(alone)]) == repr(alone), "the other is no part of the family"
    assert [(item.effect, item.decision) for item in both[len(alone) :]] == [
        (effect, "not tested: 4 stories of it are needed, there are 0.0") for effect in ("season", "tet")
    ]


SEASONS = [("month", 48), ("week", 160), ("quarter", 24)]


@pytest.mark.parametrize(("unit", "n_periods"), SEASONS)
def test_flat_series_have_a_season_or_tet_as_rarely_as_stated(unit: PeriodUnit, n_periods: int) -> None:
    rng = np.random.default_rng(n_periods)
    trials = rng.integers(15, 60, (100, n_periods)).astype(float)
    periods = labels(n_periods, unit)
    for rho in (0.0, 0.5):
        found = seasonal_effects(made(counts(rng, np.full(trials.shape, 0.15), trials, rho, 0.3), trials, periods), "all")
        for effect in ("season", "tet"):
            p = np.array([item.p for item in found if item.effect == effect])
            assert np.isnan(p).all() if (unit, effect) == ("quarter", "tet") else (p < 0.05).mean() <= 0.09


@pytest.mark.parametrize("unit", ["month", "week"])
def test_a_planted_season_and_tet_are_found_with_their_size(unit: PeriodUnit) -> None:
    rng = np.random.default_rng(3)
    periods = labels(72 if unit == "month" else 208, unit)
    days = np.array([first_day(label).timetuple().tm_yday for label in periods])
    share = np.array([tet_share(label) for label in periods])
    trials = np.full((40, len(periods)), 400.0)
    level = logit(0.2) + 0.5 * np.cos(2 * math.pi * (days - 190) / 365) - 1.0 * share
    found = seasonal_effects(made(counts(rng, np.broadcast_to(expit(level), trials.shape), trials, 0.3, 0.1), trials, periods), "all")
    season = [item for item in found if item.effect == "season"]
    around = [item for item in found if item.effect == "tet"]
    assert np.mean([item.decision == "has a season" for item in season]) > 0.95
    assert {item.part.split("/")[0] for item in season} <= {"06", "07", "08"}
    assert np.mean([item.low < math.e < item.high for item in season]) >= 0.93
    assert np.median([item.value for item in around]) == pytest.approx(math.exp(-1), rel=0.12)
    assert np.mean([item.low < math.exp(-1) < item.high for item in around]) >= 0.9
    assert np.mean([item.decision == "less around Tết" for item in around]) > 0.9
    july = [item for item in found if (item.effect, item.part) == ("month", "07")]
    assert np.mean([item.low < math.exp(0.5) < item.high for item in july]) >= 0.85
    assert {_part(label) for label in periods} == {item.part for item in found if item.effect == "month"}


@pytest.mark.parametrize(
    ("unit", "n_periods", "said"),
    [
        ("month", 35, "month 12 is seen in 2"),
        ("year", 12, "periods of a year have no season"),
        ("quarter", 8, "Q1 is seen in 2"),
        ("month", 7, "8 complete periods with articles are needed, there are 7"),
        ("day", 40, "month 03 is seen in 0"),
    ],
)
def test_too_little_is_said_in_words(unit: PeriodUnit, n_periods: int, said: str) -> None:
    found = seasonal_effects(made(np.full((1, n_periods), 5.0), np.full((1, n_periods), 30.0), labels(n_periods, unit)), "vi")
    assert [(item.effect, item.language) for item in found] == [("season", "vi"), ("tet", "vi")]
    assert all(item.decision.startswith("not tested") and said in item.decision and math.isnan(item.value) for item in found)


def test_of_quarters_tet_is_not_told() -> None:
    found = seasonal_effects(made(np.full((1, 24), 5.0), np.full((1, 24), 30.0), labels(24, "quarter")), "all")
    assert [item.decision for item in found if item.effect == "tet"] == ["not tested: in these periods Tết cannot be told from the season"]
    assert [item.part for item in found if item.effect == "month"] == ["Q1", "Q2", "Q3", "Q4"]


def test_q_values_are_over_the_series() -> None:
    rng = np.random.default_rng(9)
    trials = np.full((6, 48), 40.0)
    found = seasonal_effects(made(counts(rng, np.full(trials.shape, 0.2), trials), trials, labels(48)), "all")
    season = [item for item in found if item.effect == "season"]
    assert all(item.q >= item.p for item in season)
    assert max(item.q for item in season) == pytest.approx(max(item.p for item in season))
