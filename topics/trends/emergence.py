"""Emergence: series that have lately grown, in several sources, beyond what they were; and how often such a call has held."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from topics.core.matrices import Float64
from topics.core.series import TrendSeries, is_finding
from topics.trends._sample import Sample, q_values, ratio, samples
from topics.trends.mixture import Mixture
from topics.trends.observations import LEAST_OF_IT, there_are
from topics.trends.regression import regress

GROWN = 1.5  # times the odds of before
RECENT_PART, LEAST_RECENT = 6, 4  # the last sixth of the periods is recent, at least four
MIN_SOURCES = 2.0  # effective number that must carry a signal
WEAK = 0.05  # share up to which a signal is a weak one
SURE = 0.95
EVEN = 0.5  # doubt at which a growth is as likely as none
ORIGINS = 12  # past days from which the back-test looks ahead, at most
NAN = math.nan


@dataclass(frozen=True, slots=True)
class Emergence:
    """How far a series emerges in the recent periods.

    `growth` is the ratio of its odds to those of all periods before, with a 95 % interval; `probability` that it is at least 1.5;
    `sources` the effective number of sources that carry it now; `novelty` the part of its present share that was not there before;
    `score` = probability x sources relative to those of all articles x novelty; `q` is over the doubts
    1 - probability of a language's series, each the one-sided p-value of having grown by less.
    """

    series: str
    language: str
    since: str
    share: float
    growth: float
    low: float
    high: float
    probability: float
    sources: float
    novelty: float
    score: float
    q: float
    decision: str


@dataclass(frozen=True, slots=True)
class BackTest:
    """What would have come of calling series earlier: frozen at past periods, looked at as many periods later as are recent.

    A call is a probability of at least .95; it held where the odds afterwards were still 1.5 times those before the growth. `brier` is the
    mean squared error of the probabilities, `brier_of_base` that of giving every series the rate at which such growth happened. Series that
    are too rare take no part. Without a call nothing is said of calls, however good the probabilities.
    """

    language: str
    n_forecasts: int
    n_calls: int
    n_held: int
    base_rate: float
    brier: float
    brier_of_base: float
    decision: str


def n_recent(n_periods: int) -> int:
    """Return how many of the last periods are recent."""
    return max(LEAST_RECENT, n_periods // RECENT_PART)


def effective_sources(masses: Float64) -> Float64:
    """Return (n_series,) the inverse Simpson index of masses (n_series, n_sources): as many equal sources are as diverse; 0 without any.

    Source: Hill 1973, order 2.
    """
    squares = (masses**2).sum(axis=1)
    return np.asarray(np.divide(masses.sum(axis=1) ** 2, squares, out=np.zeros(len(masses)), where=squares > 0))


@dataclass(frozen=True, eq=False)
class _Growth:
    """The level of the recent periods against that before, on the logit, and the doubt that its odds are 1.5 times as high (n_series,)."""

    level: Mixture
    doubt: Float64


def _growth(data: Sample, until: int) -> _Growth:
    """The growth at the end of the periods before `until`; where it is unlikely without the highest of them, the doubt is that one."""
    recent = np.arange(until) >= until - n_recent(until)
    hits, trials, least = data.hits[:, :until], data.trials[:, :until], math.log(GROWN)
    highest = np.where(recent, hits / trials, -1.0).argmax(axis=1)
    peak = np.arange(until) == highest[:, None]
    design = np.stack([np.ones(peak.shape), np.broadcast_to(recent, peak.shape), peak], axis=2).astype(np.float64)
    fit, apart = (regress(hits, trials, data.places[:until], columns).column(1) for columns in (design[:1, :, :2], design))
    doubt, left = fit.below(least), apart.below(least)
    return _Growth(fit, np.where(left > EVEN, np.maximum(doubt, left), doubt))


def _share(data: Sample, first: int, end: int) -> Float64:
    return np.asarray(data.hits[:, first:end].sum(axis=1) / data.trials[:, first:end].sum(axis=1))


def emergence(data: Sample, language: str, sources: Float64, all_sources: float) -> tuple[Emergence, ...]:
    """Return the emergence of every series of a language; one that is too rare, or has too few periods, says so.

    Args:
        data: its series.
        language: its code.
        sources: (n_series,) effective number of sources of each series in the recent periods.
        all_sources: that of all articles in them.
    """
    reasons = dict.fromkeys(data.names, data.refusal) if data.refusal else data.rare
    known = np.array([name not in reasons for name in data.names], dtype=bool)
    tested = _emergence(data.common, language, sources[known], all_sources) if known.any() else []
    found = {item.series: item for item in tested}
    return tuple(found.get(name) or Emergence(name, language, "", *(NAN,) * 9, reasons[name]) for name in data.names)


def _emergence(data: Sample, language: str, sources: Float64, all_sources: float) -> list[Emergence]:
    n_periods = len(data.labels)
    grown, first = _growth(data, n_periods), n_periods - n_recent(n_periods)
    growth, probability = grown.level, 1 - grown.doubt
    low, high = growth.interval()
    q = np.array(q_values(grown.doubt.tolist()))
    before, now = _share(data, 0, first), _share(data, first, n_periods)
    novelty = np.clip(1 - np.divide(before, now, out=np.ones(len(now)), where=now > 0), 0, 1)
    score = probability * np.clip(sources / max(all_sources, 1e-12), 0, 1) * novelty
    found: list[Emergence] = []
    for row, name in enumerate(data.names):
        words = _decision(float(q[row]), float(sources[row]), float(now[row]))
        odds = (ratio(growth.mean[row]), ratio(low[row]), ratio(high[row]))
        weighed = (float(probability[row]), float(sources[row]), float(novelty[row]), float(score[row]), float(q[row]))
        decision = "; ".join(filter(None, (words, data.caution)))
        found.append(Emergence(name, language, data.labels[first], float(now[row]), *odds, *weighed, decision))
    return found


def _decision(q: float, sources: float, share: float) -> str:
    if not is_finding(q):
        return "no signal"
    if sources < MIN_SOURCES:
        return f"has grown, but only in {sources:.1f} sources"
    return "weak signal" if share <= WEAK else "strong signal"


def back_test(data: Sample, language: str) -> BackTest:
    """Return how probabilities that were frozen at past periods fared, of the series that were not too rare by then."""
    n_periods = len(data.labels)
    origins = [end for end in range(2 * LEAST_RECENT, n_periods + 1) if end + n_recent(end) <= n_periods]
    if data.refusal or not origins:
        words = data.refusal or f"not tested: {3 * LEAST_RECENT} complete periods are needed to look back, {there_are(n_periods)}"
        return BackTest(language, 0, 0, 0, NAN, NAN, NAN, words)
    chosen = [origins[place] for place in sorted({round(x) for x in np.linspace(0, len(origins) - 1, min(ORIGINS, len(origins)))})]
    probabilities, outcomes = [], []
    for end in chosen:
        own = data.part(data.told_until(end) >= LEAST_OF_IT)
        if own.names:
            probabilities.append(1 - _growth(own, end).doubt)
            before, after = _share(own, 0, end - n_recent(end)), _share(own, end, end + n_recent(end))
            outcomes.append(after * (1 - before) > GROWN * before * (1 - after))
    if not outcomes:
        reason = f"not tested: no series had {LEAST_OF_IT:.0f} stories at any of {len(chosen)} past dates"
        return BackTest(language, 0, 0, 0, NAN, NAN, NAN, reason)
    forecast, held = np.concatenate(probabilities), np.concatenate(outcomes).astype(np.float64)
    base, called = float(held.mean()), forecast >= SURE
    brier, of_base = float(((forecast - held) ** 2).mean()), base * (1 - base)
    words = "better than the base rate" if brier < of_base else "no better than the base rate"
    words = words if called.any() else "no call was made"
    return BackTest(language, len(held), int(called.sum()), int(held[called].sum()), base, brier, of_base, words)


def all_emergence(
    series: TrendSeries, masses: dict[str, Float64], documents: dict[str, Float64]
) -> tuple[tuple[Emergence, ...], tuple[BackTest, ...]]:
    """Return emergence and back-test of all series, in table order.

    Args:
        series: the trends.
        masses: by language, (n_series, n_sources) mass of each series from each source in the recent periods.
        documents: by language, (n_sources,) articles of each source in them.
    """
    found: list[Emergence] = []
    tests: list[BackTest] = []
    for language, data in samples(series):
        among = float(effective_sources(documents[language][None])[0])
        found += emergence(data, language, effective_sources(masses[language]), among)
        tests.append(back_test(data, language))
    return tuple(found), tuple(tests)


def recent_labels(series: TrendSeries, language: str) -> Sequence[str]:
    """Return the labels of the recent periods of a language; none where there is too little to test."""
    data = next((found for code, found in samples(series) if code == language), None)
    return data.labels[len(data.labels) - n_recent(len(data.labels)) :] if data and not data.refusal else ()
