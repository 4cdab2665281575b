"""What documents say about each other's dates: copies of a story, the order inside a feed, the range of a source.

Constraints between documents bound a date or doubt it; they never make a point.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from topics.core.documents import DateEstimate

STORY_DAYS = 30  # copies of one story lie this close together, by the definition of a story
BELIEVED = 0.8  # points at least this sure say when a source was published
DOUBTED = 0.7  # points at most this sure are held against them
MIN_SURE = 5  # sure points of a source that its range needs
MIN_FEED = 20  # dated records that a feed needs before its order means something
ORDERLY = 0.9  # share of a feed that must be in order before the rest is out of order
APPEARED = 7  # days after a doubted day on which the article can have appeared
AMBIGUOUS = ("_dmy_or_mdy", "_mdy_or_dmy")  # endings of the method of an interval that stands for its two ends alone
_OUTLIER_SHARE, OUTLIER_GAP = 0.01, 366
_FEW, _FAR_GAP, _FAR_DAYS, _FAR_TIMES = 3, 183, 8, 5
_GAPS = 3


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Two records of a feed whose dates contradict its order: positions in the arrays given."""

    record: int
    neighbour: int


def share_story_dates(stories: Sequence[str], dates: Sequence[DateEstimate], days: int = STORY_DAYS) -> list[DateEstimate]:
    """Return the dates, with undated copies bounded by the dated ones of their story.

    Args:
        stories: story id of each document.
        dates: estimate of each document.
        days: how far copies of a story lie apart at most.

    Returns:
        For each document its estimate; one without a point gets the part of its interval that lies within `days` of every dated copy,
        where there is such a part. Never a point.
    """
    points: dict[str, list[date]] = defaultdict(list)
    for story, estimate in zip(stories, dates, strict=True):
        if story and estimate.point:
            points[story].append(estimate.point)
    return [
        _bounded(estimate, points[story], timedelta(days=days)) if story in points else estimate
        for story, estimate in zip(stories, dates, strict=True)
    ]


def _bounded(estimate: DateEstimate, points: list[date], window: timedelta) -> DateEstimate:
    if estimate.point or is_two_days(estimate):
        return estimate  # a part of the days between two readings would be neither
    earliest = max(max(points) - window, estimate.earliest or date.min)
    latest = min(min(points) + window, estimate.latest or date.max)
    if earliest > latest or (earliest, latest) == (estimate.earliest, estimate.latest):
        return estimate
    return DateEstimate(None, earliest, latest, "interval", max(0.6, estimate.confidence), "story", estimate.evidence)


def is_two_days(estimate: DateEstimate) -> bool:
    """Whether an interval stands for its first and its last day alone: 03/04/2025, where the order is open."""
    return estimate.point is None and estimate.method.endswith(AMBIGUOUS)


def _longest_run(values: list[date]) -> set[int]:
    """Positions of a longest run that never goes down."""
    tails: list[date] = []
    at: list[int] = []
    before = [-1] * len(values)
    for position, value in enumerate(values):
        place = bisect_right(tails, value)
        before[position] = at[place - 1] if place else -1
        if place == len(tails):
            tails.append(value)
            at.append(position)
        else:
            tails[place], at[place] = value, position
    kept: set[int] = set()
    position = at[-1] if at else -1
    while position >= 0:
        kept.add(position)
        position = before[position]
    return kept


def out_of_order(feeds: Sequence[str], positions: Sequence[int], dates: Sequence[DateEstimate]) -> list[OutOfOrder]:
    """Return the records whose day contradicts the order of their feed, where the feed as a whole is in order.

    Args:
        feeds: file or source of each document.
        positions: place of each document in its feed.
        dates: estimate of each document.

    Returns:
        One pair a record out of order: it and the nearest record in order; feeds that follow no order give none.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for row, (feed, estimate) in enumerate(zip(feeds, dates, strict=True)):
        if estimate.point:
            members[feed].append(row)
    found: list[OutOfOrder] = []
    for feed in sorted(members):
        rows = sorted(members[feed], key=lambda row: (positions[row], row))
        if len(rows) < MIN_FEED:
            continue
        days = [dates[row].point or date.min for row in rows]
        rising, falling = _longest_run(days), _longest_run(days[::-1])
        kept = rising if len(rising) >= len(falling) else {len(rows) - 1 - position for position in falling}
        if len(kept) < ORDERLY * len(rows) or len(set(days)) < 3:
            continue
        found += [OutOfOrder(rows[i], rows[_nearest(i, kept, len(rows))]) for i in range(len(rows)) if i not in kept]
    return found


def _nearest(position: int, kept: set[int], n: int) -> int:
    return next(other for step in range(1, n) for other in (position - step, position + step) if other in kept)


def _range(points: list[date]) -> tuple[date, date]:
    """First and last day on which a source with these sure days can have published.

    A further one lies less than three mean gaps beyond them in 95 of 100 cases, were they spread at random.
    """
    first, last = min(points), max(points)
    slack = timedelta(days=max(APPEARED, math.ceil(_GAPS * (last - first).days / (len(points) - 1))))
    return first - slack, last + slack


def doubt_outliers(sources: Sequence[str], dates: Sequence[DateEstimate]) -> list[DateEstimate]:
    """Return the dates, with unsure points outside the range of their source's sure ones taken back to "not before that day".

    Args:
        sources: source of each document.
        dates: estimate of each document.
    """
    sure: dict[str, list[date]] = defaultdict(list)
    for source, estimate in zip(sources, dates, strict=True):
        if estimate.point and estimate.confidence >= BELIEVED:
            sure[source].append(estimate.point)
    ranges = {source: _range(points) for source, points in sure.items() if len(points) >= MIN_SURE}
    doubted: list[DateEstimate] = []
    for source, estimate in zip(sources, dates, strict=True):
        point = estimate.point
        first, last = ranges.get(source, (date.min, date.max))
        if point and estimate.confidence <= DOUBTED and not first <= point <= last:
            confidence = min(estimate.confidence, 0.3)
            doubted.append(DateEstimate(None, point, None, "interval", confidence, "outside_source", estimate.evidence))
        else:
            doubted.append(estimate)
    return doubted


def believe(estimate: DateEstimate, min_confidence: float) -> DateEstimate:
    """Return a point below the confidence asked for as the days on which the article can have appeared."""
    if estimate.point is None or estimate.confidence >= min_confidence:
        return estimate
    return replace(estimate, point=None, latest=estimate.point + timedelta(days=APPEARED), precision="interval")


def last_day(points: Sequence[date]) -> date | None:
    """Return the last day of the data: the latest point, but for a few that a long gap cuts off from all others.

    One typing error (2062 for 2026) must not decide what "today" is. Few are a hundredth of the days, cut off by a year; or, in a small
    corpus too, at most three and a twentieth, cut off by half a year that is five times as long as any gap between eight other days or
    more. Were these spread at random, the last would be so far off once in 800 times. Five articles over two years have none too many.
    """
    days = sorted(points)
    n = len(days)
    rare, few = int(n * _OUTLIER_SHARE), max(1, min(_FEW, n // 20))
    for position in range(max(1, n - max(rare, few)), n):
        n_cut, gap = n - position, (days[position] - days[position - 1]).days
        if (n_cut <= rare and gap > OUTLIER_GAP) or (n_cut <= few and gap > _FAR_GAP and _is_far(gap, days[:position])):
            return days[position - 1]
    return days[-1] if days else None


def _is_far(gap: int, days: Sequence[date]) -> bool:
    """Whether a gap is much longer than those between other days, which are sorted."""
    others = [(day - before).days for before, day in pairwise(sorted(set(days)))]
    return len(others) >= _FAR_DAYS - 1 and gap > _FAR_TIMES * max(others)
