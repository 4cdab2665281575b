"""Events that the user names: whether a series changed with them, beside the same question at dates without an event."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from topics.core.events import Event
from topics.core.matrices import Float64, Int64
from topics.core.series import TrendSeries, is_finding
from topics.trends._sample import Sample, first_day, last_day, q_values, ratio, samples
from topics.trends.effects import effect as effect_of
from topics.trends.observations import there_are
from topics.trends.regression import added, regress

Effect = Literal["level", "pulse"]
EFFECTS: tuple[Effect, ...] = ("level", "pulse")
SIDE = 4  # periods that must lie before and after
PULSE = 3  # periods that a passing effect may last
MIN_PLACEBOS = 19  # fewer cannot tell one in twenty
LEVEL = 0.05  # of the other dates, at most, may show as much
NAN = math.nan


@dataclass(frozen=True, slots=True)
class EventEffect:
    """The change of a series with an event, as a ratio of odds.

    `level`: from the event on; `pulse`: in its period and the two after. `q` is over both effects of the event on all series of the
    language. `placebo_p` is the share of other dates at which the same model sees as strong a change; nan where fewer than 19 such dates
    are left.
    """

    event: Event
    series: str
    language: str
    effect: Effect
    value: float
    low: float
    high: float
    p: float
    q: float
    placebo_p: float
    n_placebos: int
    decision: str


def _columns(places: Int64, effect: Effect, first: int, share: float) -> Float64:
    """Return (n_periods,): 1 where an effect is at work that begins in the period numbered `first`, of which it fills a share.

    A pulse ends by the calendar (n_periods,), whether or not all of its periods hold articles.
    """
    since = places - places[first]
    at_work = since >= 0 if effect == "level" else (since >= 0) & (since < PULSE)
    column = np.asarray(at_work, dtype=np.float64)
    column[first] = share
    return column


def _place(labels: Sequence[str], day: date) -> tuple[int, float] | str:
    """The first period with an event and the share of it that is left, or why nothing can be estimated."""
    if not first_day(labels[0]) <= day <= last_day(labels[-1]):
        return f"not estimated: the day lies outside the complete periods, {labels[0]} to {labels[-1]}"
    first = next(place for place, label in enumerate(labels) if last_day(label) >= day)
    if first_day(labels[first]) > day:
        return f"not estimated: no whole period with articles holds the day, the next one is {labels[first]}"
    days = (last_day(labels[first]) - first_day(labels[first])).days + 1
    share = min(1.0, ((last_day(labels[first]) - day).days + 1) / days)
    if first < SIDE or len(labels) - first - 1 < SIDE:
        return f"not estimated: {SIDE} periods before and after the event are needed, there are {first} and {len(labels) - first - 1}"
    return first, share


def event_effects(data: Sample, language: str, event: Event) -> tuple[EventEffect, ...]:
    """Return both effects of an event on every series of a language; where there is too little, one row each says why.

    Interrupted series: regression of the logit on time and on the effect; placebo dates, at least three periods away, take the place of the
    event one by one, with as much of their period left, in a model that knows of no event.
    Source: Bernal, Cummins and Gasparrini 2017 for the design.
    """
    place = data.refusal or _place(data.labels, event.day)
    reasons = dict.fromkeys(data.names, place) if isinstance(place, str) else data.rare
    tested: list[EventEffect] = []
    if not isinstance(place, str) and len(reasons) < len(data.names):
        tested = [item for effect in EFFECTS for item in _effects(data.common, language, event, effect, place)]
    for number, q in enumerate(q_values([item.p for item in tested])):
        item = replace(tested[number], q=q)
        tested[number] = replace(item, decision="; ".join(filter(None, (_decision(item), data.caution))))
    known = {(item.effect, item.series): item for item in tested}
    return tuple(
        known.get((effect, name)) or EventEffect(event, name, language, effect, *(NAN,) * 6, 0, reasons[name])
        for effect in EFFECTS
        for name in data.names
    )


def _effects(data: Sample, language: str, event: Event, effect: Effect, place: tuple[int, float]) -> list[EventEffect]:
    first, share = place
    n_periods, calendar = len(data.labels), data.places
    time = (calendar - calendar.mean()) / n_periods
    design = np.stack([np.ones(n_periods), time, _columns(calendar, effect, first, share)], axis=1)[None]
    change = effect_of(data.hits, data.trials, data.places, design, 2)
    others = [other for other in range(SIDE, n_periods - SIDE) if abs(calendar[other] - calendar[first]) >= PULSE]
    placebos = np.ones(len(data.names))
    if len(others) >= MIN_PLACEBOS:
        trial = np.stack([_columns(calendar, effect, other, share) for other in others], axis=1)
        plain = design[..., :2]
        without = regress(data.hits, data.trials, data.places, plain)
        own, theirs = added(without, data.places, plain, design[0][:, 2:]), added(without, data.places, plain, trial)
        stronger = (np.abs(theirs) >= np.abs(own)).sum(axis=1)
        placebos = (1 + stronger) / (1 + len(others))
    found: list[EventEffect] = []
    for row, name in enumerate(data.names):
        odds = (ratio(change.value[row]), ratio(change.low[row]), ratio(change.high[row]))
        placebo = float(placebos[row]) if len(others) >= MIN_PLACEBOS else NAN
        found.append(EventEffect(event, name, language, effect, *odds, float(change.p[row]), NAN, placebo, len(others), "tested"))
    return found


def _decision(item: EventEffect) -> str:
    if not is_finding(item.q):
        return "no clear change"
    words = "higher" if item.value > 1 else "lower"
    if math.isnan(item.placebo_p):
        return f"{words}, not checked: {MIN_PLACEBOS} other dates are needed, {there_are(item.n_placebos)}"
    return words if item.placebo_p <= LEVEL else f"{words}, but {item.placebo_p:.0%} of other dates show as much"


def all_event_effects(series: TrendSeries, events: Sequence[Event]) -> tuple[EventEffect, ...]:
    """Return the effects of all events on all series: by language, event, effect, series."""
    return tuple(item for language, data in samples(series) for event in events for item in event_effects(data, language, event))
