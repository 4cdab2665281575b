"""One object for all equal ones: a million documents have some thousand different dates, languages and sources."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

H = TypeVar("H", bound=Hashable)


class Shared:
    """Hands out the first of equal values in place of each later one. Values of different types must not be equal."""

    def __init__(self) -> None:
        self._first: dict[Hashable, Hashable] = {}

    def __call__(self, value: H) -> H:
        """Return the first value that was equal to this one."""
        return self._first.setdefault(value, value)  # type: ignore[return-value]
