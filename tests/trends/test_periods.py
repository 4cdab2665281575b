"""Calendar periods at their edges."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.core.documents import DateEstimate
from topics.core.errors import UsageError
from topics.core.series import PeriodUnit
from topics.trends.observations import day_number
from topics.trends.periods import label_of, make_periods, next_start, period_of, start_of

UNITS: tuple[PeriodUnit, ...] = ("day", "week", "month", "quarter", "year")
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def on(day: str | date) -> DateEstimate:
    point = day if isinstance(day, date) else date.fromisoformat(day)
    return DateEstimate(point, point, point, "day", 1.0, "test")


def between(first: str | None, last: str | None) -> DateEstimate:
    ends = [date.fromisoformat(day) if day else None for day in (first, last)]
    return DateEstimate(None, *ends, "interval", 0.5, "test")


@pytest.mark.parametrize(
    ("day", "unit", "label", "start"),
    [
        ("2024-02-29", "day", "2024-02-29", "2024-02-29"),
        ("2026-01-01", "week", "2026-W01", "2025-12-29"),
        ("2025-12-29", "week", "2026-W01", "2025-12-29"),
        ("2025-12-28", "week", "2025-W52", "2025-12-22"),
        ("2021-01-03", "week", "2020-W53", "2020-12-28"),
        ("2021-01-04", "week", "2021-W01", "2021-01-04"),
        ("2024-12-30", "week", "2025-W01", "2024-12-30"),
        ("2024-02-29", "month", "2024-02", "2024-02-01"),
        ("2024-12-31", "month", "2024-12", "2024-12-01"),
        ("2024-03-31", "quarter", "2024-Q1", "2024-01-01"),
        ("2024-04-01", "quarter", "2024-Q2", "2024-04-01"),
        ("2024-09-30", "quarter", "2024-Q3", "2024-07-01"),
        ("2024-12-31", "quarter", "2024-Q4", "2024-10-01"),
        ("2024-12-31", "year", "2024", "2024-01-01"),
        ("2025-01-01", "year", "2025", "2025-01-01"),
    ],
)
def test_the_period_of_a_day(day: str, unit: PeriodUnit, label: str, start: str) -> None:
    assert period_of(on(day), unit) == label
    assert start_of(date.fromisoformat(day), unit) == date.fromisoformat(start)
    assert day_number(label) == date.fromisoformat(start).toordinal()


@pytest.mark.parametrize("unit", UNITS)
@given(day=days)
def test_a_period_holds_its_days_and_the_next_begins_after_it(day: date, unit: PeriodUnit) -> None:
    start = start_of(day, unit)
    following = next_start(start, unit)
    assert start <= day < following
    assert start_of(following - timedelta(days=1), unit) == start
    assert start_of(following, unit) == following
    assert label_of(start, unit) < label_of(following, unit)
    assert day_number(label_of(start, unit)) == start.toordinal()


@pytest.mark.parametrize(
    ("estimate", "unit", "expected"),
    [
        (between("2024-03-01", "2024-03-31"), "month", "2024-03"),
        (between("2024-03-31", "2024-04-01"), "month", None),
        (between("2024-03-31", "2024-04-01"), "quarter", None),
        (between("2024-03-31", "2024-04-01"), "year", "2024"),
        (between("2025-12-29", "2026-01-04"), "week", "2026-W01"),
        (between("2025-12-29", "2026-01-04"), "year", None),
        (between("2024-03-01", "2024-03-02"), "day", None),
        (between("2024-03-01", None), "year", None),
        (between(None, "2024-03-01"), "year", None),
        (DateEstimate(), "year", None),
    ],
)
def test_an_interval_counts_where_one_period_holds_it_wholly(estimate: DateEstimate, unit: PeriodUnit, expected: str | None) -> None:
    assert period_of(estimate, unit) == expected


@pytest.mark.parametrize("unit", UNITS)
@given(points=st.lists(st.dates(date(2019, 6, 1), date(2022, 3, 1)), min_size=1, max_size=5))
def test_periods_have_no_gaps_and_sort_by_label(points: list[date], unit: PeriodUnit) -> None:
    periods = make_periods([on(day) for day in points], unit, None)
    assert periods[0].start <= min(points) <= periods[0].end
    assert periods[-1].start <= max(points) <= periods[-1].end
    assert all(after.start - before.end == timedelta(days=1) for before, after in pairwise(periods))
    labels = [period.label for period in periods]
    assert labels == sorted(set(labels))
    assert {period_of(on(day), unit) for day in points} <= set(labels)


def test_undated_documents_and_wide_intervals_make_no_period() -> None:
    assert make_periods([], "month", None) == ()
    assert make_periods([DateEstimate(), between("2023-12-01", "2024-01-31")], "month", date(2024, 1, 1)) == ()
    found = make_periods([on("2024-02-10"), between("2020-01-01", "2023-12-31"), DateEstimate()], "month", None)
    assert [period.label for period in found] == ["2024-02"]


DAILY = [date(2024, 1, 1) + timedelta(days=n) for n in range(91)]  # to 31 March


def flags(points: list[date], unit: PeriodUnit = "month", as_of: date | None = None) -> list[bool]:
    return [period.complete for period in make_periods([on(day) for day in points], unit, as_of)]


@pytest.mark.parametrize(
    ("points", "as_of", "expected"),
    [
        (DAILY, None, [True, True, True]),
        (DAILY, date(2024, 3, 31), [True, True, True]),
        (DAILY, date(2024, 6, 30), [True, True, True, False, False, False]),  # nobody says what April to June held
        (DAILY[:-10], date(2024, 4, 1), [True, True, False, False]),
        (DAILY[:-10], None, [True, True, False]),  # daily news that stops ten days before the end
        (DAILY[:-2], None, [True, True, True]),  # two days are no more than twice the usual gap
        (DAILY[10:], None, [False, True, True]),
        (DAILY, date(2024, 3, 30), [True, True, False]),  # the data cannot hold the last day
        (DAILY[:40] + DAILY[70:], None, [True, True, True]),  # a hole in the middle is no edge
        ([date(2024, 1, 15)], None, [False]),
    ],
)
def test_the_first_and_last_periods_are_complete_where_the_data_reach_their_edges(
    points: list[date], as_of: date | None, expected: list[bool]
) -> None:
    assert flags(points, as_of=as_of) == expected


@pytest.mark.parametrize(("unit", "expected"), [("day", 91), ("week", 13), ("month", 3), ("quarter", 1), ("year", 1)])
def test_every_unit_divides_the_same_days(unit: PeriodUnit, expected: int) -> None:
    assert len(flags(DAILY, unit)) == expected
    assert flags(DAILY, unit)[-1] == (unit != "year")


def test_too_many_periods_are_refused() -> None:
    for last, as_of in (("2026-01-01", None), ("1990-01-02", date(2026, 1, 1))):
        with pytest.raises(UsageError, match="10,000 periods"):
            make_periods([on("1990-01-01"), on(last)], "day", as_of)


@pytest.mark.parametrize("unit", UNITS)
def test_periods_go_on_to_the_last_day_that_the_data_could_hold(unit: PeriodUnit) -> None:
    """Months without any article at the end are rows too."""
    days = [on("2024-01-10"), on("2024-02-20")]
    without, periods = (make_periods(days, unit, as_of) for as_of in (None, date(2025, 5, 6)))
    assert periods[: len(without)] == without
    assert periods[-1].start <= date(2025, 5, 6) <= periods[-1].end
    assert all(after.start - before.end == timedelta(days=1) for before, after in pairwise(periods))
    assert not any(period.complete for period in periods[len(without) :])
    assert [period.label for period in make_periods(days, unit, date(2024, 2, 20))] == [period.label for period in without]


@pytest.mark.parametrize("unit", UNITS)
def test_the_last_day_of_the_calendar_is_no_crash(unit: PeriodUnit) -> None:
    """9999-12-31 stands for "no end" in many databases."""
    assert len(make_periods([on("9999-12-30"), on("9999-12-31")], unit, None)) in (1, 2)
