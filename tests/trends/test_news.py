"""The noise of the news between two spans: by hand, learned from many series, and what it does to the parts of a change."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.special import expit

from tests.trends.test_statistics import cells, labels
from topics.core.matrices import Float64
from topics.core.series import TrendCell
from topics.trends._sample import first_day, last_day
from topics.trends.decomposition import ChangePart, Span, decompose
from topics.trends.news import News, Spans, _design, _shared, _variances, news_between
from topics.trends.regression import NOISE, regress

MONTHS, STORIES = 36, 60
LABELS = labels(MONTHS)


def spans_of(first: int, last: int, again: int, end: int) -> Spans:
    """From the first day of one month to the last of another, twice."""
    return (first_day(LABELS[first]), last_day(LABELS[last])), (first_day(LABELS[again]), last_day(LABELS[end]))


YEARS = spans_of(0, 11, 24, 35)
INSIDE = np.stack([np.arange(MONTHS) < 12, np.arange(MONTHS) >= 24])


def study(seed: int, rho: float, rise: float = 0.0, n_series: int = 30) -> Float64:
    """Hits (n_series, n_months) of a share of about .1 whose logit wanders by .35; the first series rises half-way."""
    rng = np.random.default_rng(seed)
    level = np.full((n_series, MONTHS), -2.2)
    shocks = rng.normal(0, 0.35, level.shape)
    for month in range(1, MONTHS):
        shocks[:, month] = rho * shocks[:, month - 1] + np.sqrt(1 - rho**2) * shocks[:, month]
    level[0, MONTHS // 2 :] += rise
    return rng.binomial(STORIES, expit(level + shocks)).astype(float)


def family(hits: Float64) -> list[tuple[TrendCell, ...]]:
    return [cells(row.tolist(), STORIES, f"s{number}") for number, row in enumerate(hits)]


def parts(hits: Float64, news: News | None, seed: int = 0) -> list[ChangePart]:
    """Parts of the change between the first and the last year."""
    rng, found = np.random.default_rng(seed), []
    for own in (slice(12), slice(24, 36)):
        shown = np.concatenate([np.column_stack([rng.permutation(np.arange(STORIES) < k) for k in month]) for month in hits[:, own].T])
        found.append(Span(shown.astype(float), rng.integers(0, 4, len(shown)), np.arange(len(shown))))
    names = [f"s{number}" for number in range(len(hits))]
    return list(decompose(names, (found[0], found[1]), np.array([0, 0, 1, 1]), seed, news))


def clear(items: list[ChangePart]) -> int:
    return sum(item.decision in ("raises the share", "lowers the share") for item in items)


def test_variances_of_a_difference_are_sums_over_pairs_of_periods() -> None:
    contrast = np.random.default_rng(1).normal(size=9)
    apart = np.abs(np.subtract.outer(np.arange(9), np.arange(9)))
    expected = [sigma**2 * (contrast @ np.where(apart == 0, 1.0, rho**apart) @ contrast) for rho, sigma in NOISE]
    assert _variances(contrast) == pytest.approx(expected)


def test_periods_count_by_their_articles_and_by_their_days_inside() -> None:
    """Half of a month of 28 days, of as many articles as the next, beside that one whole: a third and two thirds."""
    spans = (date(2022, 2, 15), date(2022, 3, 31)), (date(2022, 4, 1), date(2022, 4, 30))
    found = news_between(family(study(1, 0.0, n_series=2)), spans)
    contrast = np.zeros(MONTHS)
    contrast[[1, 2, 3]] = -1 / 3, -2 / 3, 1.0
    assert found.variances == pytest.approx(_variances(contrast))


def test_a_design_has_a_level_for_either_span_and_a_line_for_the_others() -> None:
    inside = np.zeros((2, 10), dtype=bool)
    inside[0, :3], inside[1, 7:] = True, True
    assert _design(inside, np.arange(10)).shape == (10, 4)
    inside[0, :7] = True
    assert _design(inside, np.arange(10)).shape == (10, 2)  # nothing is left outside
    assert np.linalg.matrix_rank(_design(inside, np.arange(10))) == 2


def test_the_noise_is_learned_from_all_series_together() -> None:
    """Thirty series tell deviation and autocorrelation; one alone does not."""
    for rho in (0.0, 0.7):
        hits = study(3, rho)
        many, one = news_between(family(hits), YEARS), news_between(family(hits[:1]), YEARS)
        assert many.weights.sum(axis=1) == pytest.approx(np.ones(30))
        told = many.weights.mean(axis=0) @ NOISE
        assert told == pytest.approx([rho, 0.35], abs=0.2)
        assert (many.weights.max(axis=1) > one.weights.max()).mean() > 0.8
        alone = regress(hits[:1], np.full((1, MONTHS), float(STORIES)), np.arange(MONTHS), _design(INSIDE, np.arange(MONTHS))[None])
        assert one.weights == pytest.approx(alone.weights)


def test_a_series_that_tells_nothing_has_the_noise_of_the_others() -> None:
    likelihood = np.zeros((21, len(NOISE)))
    likelihood[:20, 7] = 8.0
    found = _shared(likelihood)
    assert found[20, 7] > 0.8


@pytest.mark.parametrize("rho", [0.4, 0.7])
def test_years_that_differ_by_the_noise_of_the_news_have_no_clear_part(rho: float) -> None:
    plain = known = 0
    for seed in range(6):
        hits = study(seed, rho)
        plain += clear(parts(hits, None))
        known += clear(parts(hits, news_between(family(hits), YEARS)))
    assert plain >= 6
    assert known == 0


def test_a_change_is_found_beside_that_noise() -> None:
    for seed in range(3):
        hits = study(seed, 0.4, rise=2.0)
        found = parts(hits, news_between(family(hits), YEARS))
        assert {item.part for item in found if item.decision == "raises the share"} == {"total", "theme"}
        assert {item.series for item in found if item.decision == "raises the share"} == {"s0"}


def test_the_interval_of_the_whole_and_the_theme_is_wider_and_that_of_mixes_is_not() -> None:
    hits = study(5, 0.7)
    plain, known = parts(hits, None), parts(hits, news_between(family(hits), YEARS))
    for without, wider in zip(plain, known, strict=True):
        assert without.value == wider.value
        if wider.part in ("total", "theme"):
            assert wider.high - wider.low > 1.3 * (without.high - without.low)
            assert wider.p >= without.p
        else:
            assert (wider.low, wider.high, wider.p) == (without.low, without.high, without.p)


def test_with_too_few_periods_the_noise_is_not_known_and_nothing_is_decided() -> None:
    hits = study(5, 0.7, rise=3.0)
    few = [listed[:7] for listed in family(hits)]
    news = news_between(few, YEARS)
    assert news.refusal == "not tested: 8 complete periods with articles are needed, there are 7"
    items = parts(hits, news)
    assert {item.decision for item in items} == {news.refusal}
    assert items[0].value == parts(hits, None)[0].value
