"""What documents say about each other's dates: it bounds or doubts, it never makes a point."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.core.documents import DateEstimate
from topics.ingest.dates.constraints import (
    MIN_FEED,
    MIN_SURE,
    OutOfOrder,
    believe,
    doubt_outliers,
    last_day,
    out_of_order,
    share_story_dates,
)

D = date(2025, 3, 14)


def point(day: date, confidence: float = 0.99) -> DateEstimate:
    return DateEstimate(day, day, day, "day", confidence, "x")


def span(first: date | None, last: date | None) -> DateEstimate:
    return DateEstimate(None, first, last, "interval", 0.4, "x")


def days(n: int) -> date:
    return D + timedelta(days=n)


def test_an_undated_copy_gets_the_days_around_the_dated_ones() -> None:
    dates = [point(D), point(days(4)), DateEstimate(), DateEstimate(), span(days(2), None), span(days(99), None)]
    shared = share_story_dates(["a", "a", "a", "b", "a", "a"], dates, days=30)
    assert shared[:2] == dates[:2]
    assert (shared[2].point, shared[2].earliest, shared[2].latest, shared[2].method) == (None, days(-26), days(30), "story")
    assert shared[3] == DateEstimate(), "nobody in its story is dated"
    assert (shared[4].earliest, shared[4].latest) == (days(2), days(30))
    assert shared[5] == dates[5], "what contradicts the story is left alone"


def test_two_readings_are_not_cut_to_days_that_are_neither() -> None:
    two = DateEstimate(None, days(-60), days(30), "interval", 0.5, "field_mdy_or_dmy")
    assert share_story_dates(["a", "a"], [point(D), two])[1] == two
    one_span = DateEstimate(None, days(-60), days(60), "interval", 0.5, "field")
    assert share_story_dates(["a", "a"], [point(D), one_span])[1].method == "story"


ESTIMATES = (
    st.integers(0, 200).map(lambda n: point(days(n))) | st.just(DateEstimate()) | st.integers(0, 200).map(lambda n: span(days(n), None))
)


@given(st.lists(st.tuples(st.sampled_from("abc"), ESTIMATES), max_size=20))
def test_a_story_makes_no_point_and_moves_none(rows: list[tuple[str, DateEstimate]]) -> None:
    dates = [estimate for _, estimate in rows]
    shared = share_story_dates([story for story, _ in rows], dates)
    assert [estimate.point for estimate in shared] == [estimate.point for estimate in dates]
    for before, after in zip(dates, shared, strict=True):
        assert before.earliest is None or (after.earliest is not None and after.earliest >= before.earliest)


def test_a_record_that_contradicts_the_order_of_its_feed_is_named_with_its_neighbour() -> None:
    n = MIN_FEED + 5
    dates = [point(days(i)) for i in range(n)]
    dates[7] = point(days(300))
    feeds, positions = ["f"] * n, list(range(n))
    assert out_of_order(feeds, positions, dates) == [OutOfOrder(7, 6)]
    backwards = [point(days(-i)) for i in range(n)]
    backwards[7] = point(days(300))
    assert [pair.record for pair in out_of_order(feeds, positions, backwards)] == [7], "newest first is an order too"
    shuffled = list(reversed(range(n)))
    assert out_of_order(feeds, shuffled, [dates[i] for i in shuffled]) == [OutOfOrder(n - 8, n - 7)], "positions count, not the order given"


def test_a_feed_without_an_order_contradicts_nothing() -> None:
    n = MIN_FEED + 5
    mixed = [point(days((i * 7) % n)) for i in range(n)]
    assert out_of_order(["f"] * n, list(range(n)), mixed) == []
    same = [point(D)] * (n - 1) + [point(days(9))]
    assert out_of_order(["f"] * n, list(range(n)), same) == []
    few = [point(days(i)) for i in range(MIN_FEED - 2)] + [point(days(-50))]
    assert out_of_order(["f"] * len(few), list(range(len(few))), few) == []


def test_an_unsure_day_outside_its_source_is_taken_back() -> None:
    sure = [point(days(n)) for n in range(MIN_SURE)]
    outlier, near = point(date(2018, 4, 20), 0.6), point(days(10), 0.6)
    dates = [*sure, outlier, near]
    doubted = doubt_outliers(["s"] * len(dates), dates)
    assert doubted[-1] == near
    certain = [*sure, point(date(2018, 4, 20), 0.95)]
    assert doubt_outliers(["s"] * len(certain), certain) == certain
    assert (doubted[MIN_SURE].point, doubted[MIN_SURE].earliest, doubted[MIN_SURE].latest) == (None, date(2018, 4, 20), None)
    assert doubt_outliers(["s"] * MIN_SURE, [*sure[1:], outlier]) == [*sure[1:], outlier], "too few to know the source"
    assert doubt_outliers([*["s"] * MIN_SURE, "t"], [*sure, outlier])[-1] == outlier


def test_a_point_below_the_confidence_asked_for_becomes_an_interval() -> None:
    assert believe(point(D, 0.6), 0.6) == point(D, 0.6)
    weak = believe(point(D, 0.6), 0.61)
    assert (weak.point, weak.earliest, weak.latest, weak.precision) == (None, D, days(7), "interval")
    assert believe(span(D, None), 1.0) == span(D, None)


def test_one_wrong_year_does_not_end_the_data() -> None:
    good = [days(n % 300) for n in range(500)]
    assert last_day(good) == days(299)
    assert last_day([*good, date(2062, 1, 1)]) == days(299)
    assert last_day([*good, *[date(2062, 1, 1)] * 50]) == date(2062, 1, 1), "fifty are no typing error"
    assert last_day([D, date(2062, 1, 1)]) == date(2062, 1, 1), "of two none is the wrong one"
    assert last_day([]) is None


@pytest.mark.parametrize("n", [8, 10, 30, 60, 120, 300])
@pytest.mark.parametrize("wrong", [date(2062, 3, 14), days(600)])
def test_one_far_day_does_not_end_a_small_corpus_either(n: int, wrong: date) -> None:
    good = [days(7 * k % 300) for k in range(n)]
    assert last_day([*good, wrong]) == max(good)


def test_a_far_day_is_one_that_no_other_gap_explains() -> None:
    seeds = [date(2024, 2, 1), date(2024, 3, 5), date(2024, 3, 9), date(2025, 2, 1), date(2026, 1, 14)]
    assert last_day(seeds) == seeds[-1], "five articles over two years"
    weekly = [days(7 * n) for n in range(8)]
    assert last_day([*weekly, days(49 + 184)]) == days(49)
    assert last_day([*weekly, days(49 + 183)]) == days(49 + 183), "half a year"
    assert last_day([*weekly[1:], days(49 + 184)]) == days(49 + 184), "seven days show no rhythm"
    assert last_day([*weekly[1:] * 3, days(49 + 184)]) == days(49 + 184), "nor do they with more articles on each"
    slow = [days(40 * n) for n in range(8)]
    assert last_day([*slow, days(280 + 200)]) == days(280 + 200), "five times the longest gap is no more than five times"
    assert last_day([*slow, days(280 + 201)]) == days(280)


@pytest.mark.parametrize(
    ("n", "n_far", "cut"), [(38, 1, True), (37, 2, False), (38, 2, True), (56, 3, False), (57, 3, True), (96, 4, False)]
)
def test_several_far_days_are_cut_off_where_they_are_few(n: int, n_far: int, cut: bool) -> None:
    good, far = [days(k) for k in range(n)], [days(1000 + k) for k in range(n_far)]
    assert last_day([*good, *far]) == (good[-1] if cut else far[-1])
