"""What statistics find in trends is computed once, and kept as long as these trends are."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from topics.core.series import TrendSeries

T = TypeVar("T")
_FOUND: WeakKeyDictionary[TrendSeries, dict[Hashable, object]] = WeakKeyDictionary()


def once(series: TrendSeries, what: Hashable, find: Callable[[], T]) -> T:
    """Return what `find` finds in trends; a second call for the same ones gives the same object.

    Args:
        series: the trends, which never change; others with equal cells are others.
        what: names what is found, with everything besides the trends that it depends on.
        find: finds it.
    """
    known = _FOUND.setdefault(series, {})
    if what not in known:
        known[what] = find()
    return cast("T", known[what])
