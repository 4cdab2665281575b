"""The lunar new year against published days, in Vietnam and in China."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from topics.trends.lunar import CHINA, MONTH, new_moon, sun_longitude, tet

DAYS = """
2000-02-05 2001-01-24 2002-02-12 2003-02-01 2004-01-22 2005-02-09 2006-01-29 2007-02-17 2008-02-07 2009-01-26 2010-02-14 2011-02-03
2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22
2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-02
""".split()


@pytest.mark.parametrize("day", DAYS)
def test_tet_of_three_decades(day: str) -> None:
    assert tet(int(day[:4])).isoformat() == day


@pytest.mark.parametrize(
    ("year", "vietnam", "china"),
    [
        (1968, "1968-01-29", "1968-01-30"),
        (1969, "1969-02-16", "1969-02-17"),
        (1985, "1985-01-21", "1985-02-20"),
        (2007, "2007-02-17", "2007-02-18"),
        (2030, "2030-02-02", "2030-02-03"),
        (2034, "2034-02-19", "2034-02-19"),
    ],
)
def test_years_in_which_an_hour_decides(year: int, vietnam: str, china: str) -> None:
    assert tet(year).isoformat() == vietnam
    assert tet(year, CHINA).isoformat() == china


def test_every_new_year_lies_between_late_january_and_late_february_a_whole_number_of_months_apart() -> None:
    days = [tet(year) for year in range(1950, 2101)]
    assert all((1, 20) <= (day.month, day.day) <= (2, 21) for day in days)
    for before, after in itertools.pairwise(days):
        apart = (after - before) / timedelta(days=1)
        assert any(abs(apart - months * MONTH) < 2 for months in (12, 13))


def test_moon_and_sun_of_worked_examples() -> None:
    """Meeus: the new moon of February 1977 (dynamical time 2443192.65118), the sun on 13 October 1992."""
    assert new_moon(-283) == pytest.approx(2443192.65118 - 48 / 86400, abs=0.0007)
    assert sun_longitude(2448908.5 - 59 / 86400) == pytest.approx(199.90895, abs=0.002)
