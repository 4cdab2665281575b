"""What is found in trends is found once, for as long as they are held."""

from __future__ import annotations

import gc
import weakref
from datetime import date

import pytest

from tests.claims.planted import Planted, _weights, documents
from tests.trends.planted import cells
from topics import pipeline
from topics.config import TrendsConfig
from topics.core.series import Period, TrendSeries
from topics.trends import once as kept
from topics.trends.once import once


def series() -> TrendSeries:
    found = cells([3.0] * 10, 20)
    periods = tuple(Period(cell.period, date(2018, 1, 1), date(2018, 1, 31), True) for cell in found)
    return TrendSeries("theme", "x", False, periods, found)


def test_the_same_trends_and_question_have_the_same_answer() -> None:
    asked: list[str] = []
    first, other = series(), series()

    def find() -> list[str]:
        asked.append("again")
        return [*asked]

    assert once(first, "a", find) is once(first, "a", find)
    assert len(asked) == 1
    assert once(first, ("a", 2), find) is not once(first, "a", find)
    assert once(other, "a", find) is not once(first, "a", find), "equal cells are not the same trends: these may be of another curve"
    assert len(asked) == 3


def test_nothing_is_held_longer_than_its_trends() -> None:
    first = series()
    once(first, "a", lambda: 1)
    gone, n = weakref.ref(first), len(kept._FOUND)
    del first
    gc.collect()
    assert gone() is None
    assert len(kept._FOUND) == n - 1


def test_a_failure_is_not_kept() -> None:
    first = series()
    with pytest.raises(ZeroDivisionError):
        once(first, "a", lambda: 1 // 0)
    assert once(first, "a", lambda: 1) == 1


@pytest.mark.parametrize(("asked", "made"), [("statistics", "statistic_table"), ("change_points", "all_change_points")])
def test_a_study_finds_each_statistic_once(monkeypatch: pytest.MonkeyPatch, asked: str, made: str) -> None:
    """Sections and figures of a report in two languages ask for it, theme by theme."""
    calls: list[TrendSeries] = []
    find = getattr(pipeline, made)
    monkeypatch.setattr(pipeline, made, lambda series, *rest: calls.append(series) or find(series, *rest))
    corpus, shown = documents()
    study = Planted(corpus, _weights(corpus, shown), TrendsConfig())
    found = [getattr(study, asked)("combined") for _ in range(3)]
    assert found[0] is found[1] is found[2]
    assert len(calls) == 1
    getattr(study, asked)("lda", "topic")
    assert len(calls) == 2
