"""Seasons: how a series moves with the time of the year, and around Tết, which moves in the calendar."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
from scipy.special import fdtrc, fdtri, stdtrit

from topics.core.matrices import Float64
from topics.core.series import TrendSeries, is_finding
from topics.trends._sample import Sample, first_day, last_day, q_values, ratio, samples, unit_of
from topics.trends.effects import tested, widening, without
from topics.trends.lunar import tet
from topics.trends.regression import Fit, regress

Effect = Literal["season", "month", "tet"]
EFFECTS: tuple[Effect, ...] = ("season", "tet")  # that are tested
YEARS = 3  # in which every part of the year must have been seen
AROUND_TET = 7  # days before and after that belong to it
LEVEL = 0.95
HIGHEST, LOWEST = 2, 1  # waves a year: of months and shorter periods, of quarters
OWN_PART = 0.2  # root of the share of Tết's variance that the season must leave free
NAN = math.nan


@dataclass(frozen=True, slots=True)
class SeasonalEffect:
    """One effect on one series, as a ratio of odds.

    `season`: the highest part of the year over the lowest, with a simultaneous interval (Scheffé) because both were chosen by looking;
    `month`: one part of the year (`part`) over the mean of the year; `tet`: the days around Tết over other days of that season.
    """

    series: str
    language: str
    effect: Effect
    part: str
    value: float
    low: float
    high: float
    p: float
    q: float
    decision: str


def tet_share(label: str) -> float:
    """Return the share of a period's days that lie at most seven days before or after Tết."""
    first, last = first_day(label), last_day(label)
    width = timedelta(days=AROUND_TET)
    inside = 0
    for year in range(first.year, last.year + 1):
        day = tet(year)
        inside += max(0, (min(last, day + width) - max(first, day - width)).days + 1)
    return inside / ((last - first).days + 1)


def _waves(angles: Float64, highest: int) -> Float64:
    """Return (n, 2 highest): cosines and sines of the time of the year."""
    return np.stack([wave(number * angles) for number in range(1, highest + 1) for wave in (np.cos, np.sin)], axis=1)


def _angle(label: str) -> float:
    middle = (first_day(label).toordinal() + last_day(label).toordinal()) / 2
    year = first_day(label).year
    start, end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
    return 2 * math.pi * (middle + 0.5 - start) / (end - start)


def _part(label: str) -> str:
    return label[-2:] if unit_of(label) == "quarter" else f"{first_day(label).month:02d}"


def refusal(data: Sample) -> str:
    """Return why these periods cannot show a season, or nothing."""
    if data.refusal:
        return data.refusal
    if unit_of(data.labels[0]) == "year":
        return "not tested: periods of a year have no season"
    seen: dict[str, set[int]] = defaultdict(set)
    for label in data.labels:
        seen[_part(label)].add(first_day(label).year)
    parts = ("Q1", "Q2", "Q3", "Q4") if unit_of(data.labels[0]) == "quarter" else tuple(f"{month:02d}" for month in range(1, 13))
    rarest = min(parts, key=lambda part: (len(seen[part]), part))
    if len(seen[rarest]) < YEARS:
        what = rarest if rarest.startswith("Q") else f"month {rarest}"
        return f"not tested: a season needs every part of the year in {YEARS} years; {what} is seen in {len(seen[rarest])}"
    return ""


def _design(labels: Sequence[str]) -> tuple[Float64, Float64, str]:
    """Return the design, the waves (12 or 4, n_waves) of the parts of a year, and why Tết is not in the design."""
    unit = unit_of(labels[0])
    highest = LOWEST if unit == "quarter" else HIGHEST
    days = np.array([first_day(label).toordinal() for label in labels], dtype=np.float64)
    columns = [np.ones((len(labels), 1)), ((days - days.mean()) / 365.25)[:, None], _waves(np.array([*map(_angle, labels)]), highest)]
    n_parts = 4 if unit == "quarter" else 12
    parts = _waves(2 * math.pi * (np.arange(n_parts) + 0.5) / n_parts, highest)
    design = np.concatenate(columns, axis=1)
    share = np.array([*map(tet_share, labels)])
    left = share - design @ np.linalg.lstsq(design, share, rcond=None)[0]
    if unit == "quarter" or float(left.std()) < OWN_PART * float(share.std()) or not share.any():
        return design, parts, "not tested: in these periods Tết cannot be told from the season"
    return np.concatenate([design, share[:, None]], axis=1), parts, ""


def _f_test(fit: Fit, columns: Sequence[int]) -> Float64:
    """Return (n_series,) p-values of no effect of columns together (F-test of the averaged coefficients)."""
    values, covariances = fit.coefficients[:, columns], fit.covariance[:, columns][:, :, columns]
    statistic = (values * np.linalg.solve(covariances, values[..., None])[..., 0]).sum(axis=1) / len(columns)
    return np.asarray(fdtrc(len(columns), fit.freedom, statistic))


def _season(fit: Fit, parts: Float64, row: int) -> Iterator[tuple[Effect, str, Float64, float]]:
    """Yield effect, part, contrast of the coefficients and critical value of the season and its parts."""
    width = parts.shape[1]
    contrasts = np.zeros((len(parts), fit.each.shape[2]))
    contrasts[:, 2 : 2 + width] = parts - parts.mean(axis=0)
    logs = contrasts @ fit.coefficients[row]
    names = [f"Q{number + 1}" if len(parts) == 4 else f"{number + 1:02d}" for number in range(len(parts))]
    high, low = int(logs.argmax()), int(logs.argmin())
    simultaneous = math.sqrt(width * float(fdtri(width, fit.freedom, LEVEL)))
    yield "season", f"{names[high]}/{names[low]}", contrasts[high] - contrasts[low], simultaneous
    for number, name in enumerate(names):
        yield "month", name, contrasts[number], float(stdtrit(fit.freedom, (1 + LEVEL) / 2))


def _p_values(data: Sample, fit: Fit, design: Float64, n_waves: int) -> dict[Effect, tuple[Float64, Float64]]:
    """Return (n_series,) p-values of the season and of the last column, Tết, and by how much intervals are to be widened for them."""
    waves = [*range(2, 2 + n_waves)]
    score = [without(data.hits, data.trials, data.places, design[None], columns) for columns in (waves, [design.shape[1] - 1])]
    last = np.eye(design.shape[1])[-1]
    plain = (_f_test(fit, waves), fit.contrast(last).p)
    season = tested(fit, plain[0], _f_test(score[0], waves))
    around_tet = tested(fit, plain[1], score[1].contrast(last).p)
    wider = widening(plain[0], season)
    unknown = np.full(len(season), NAN)
    return {"season": (season, wider), "month": (unknown, wider), "tet": (around_tet, widening(plain[1], around_tet))}


def _untested(name: str, language: str, effect: Effect, reason: str) -> SeasonalEffect:
    return SeasonalEffect(name, language, effect, "", NAN, NAN, NAN, NAN, NAN, reason)


def seasonal_effects(data: Sample, language: str) -> tuple[SeasonalEffect, ...]:
    """Return the season and Tết of every series of a language; where they cannot be told, or of one too rare, one row each says why.

    Regression of the logit on time, two waves a year (one for quarters) and the share of days around Tết; Wald tests, q-values over the
    series of a language.
    """
    reason = refusal(data)
    reasons = dict.fromkeys(data.names, reason) if reason else data.rare
    tested = _tested(data.common, language) if len(reasons) < len(data.names) else ()
    found: list[SeasonalEffect] = []
    for name in data.names:
        if name in reasons:
            found += [_untested(name, language, effect, reasons[name]) for effect in EFFECTS]
        else:
            found += [item for item in tested if item.series == name]
    return tuple(found)


def _tested(data: Sample, language: str) -> tuple[SeasonalEffect, ...]:
    design, parts, without_tet = _design(data.labels)
    fit = regress(data.hits, data.trials, data.places, design[None])
    chances = _p_values(data, fit, design, parts.shape[1])
    found: list[SeasonalEffect] = []
    for row, name in enumerate(data.names):
        listed = list(_season(fit, parts, row))
        if not without_tet:
            listed.append(("tet", "", np.eye(design.shape[1])[-1], float(stdtrit(fit.freedom, (1 + LEVEL) / 2))))
        for effect, part, contrast, critical in listed:
            value, (p, wider) = float(contrast @ fit.coefficients[row]), (float(numbers[row]) for numbers in chances[effect])
            reach = wider * critical * math.sqrt(float(contrast @ fit.covariance[row] @ contrast))
            numbers = (ratio(value), ratio(value - reach), ratio(value + reach), p, NAN)
            found.append(SeasonalEffect(name, language, effect, part, *numbers, "descriptive" if effect == "month" else "tested"))
        if without_tet:
            found.append(_untested(name, language, "tet", without_tet))
    return _decided(found)


def _decided(found: Sequence[SeasonalEffect]) -> tuple[SeasonalEffect, ...]:
    """Give q-values within each effect, and say what they mean."""
    made = list(found)
    for effect in EFFECTS:
        places = [place for place, item in enumerate(made) if item.effect == effect and not math.isnan(item.p)]
        for place, q in zip(places, q_values([made[place].p for place in places]), strict=True):
            item = made[place]
            if effect == "season":
                words = "has a season" if is_finding(q) else "no clear season"
            else:
                words = "no clear effect" if not is_finding(q) else "more around Tết" if item.value > 1 else "less around Tết"
            made[place] = replace(item, q=q, decision=words)
    return tuple(made)


def all_seasonal_effects(series: TrendSeries) -> tuple[SeasonalEffect, ...]:
    """Return the seasonal effects of all series, in table order."""
    return tuple(effect for language, data in samples(series) for effect in seasonal_effects(data, language))
