"""What happened at a time: bursts that were found in a series, and events that the user names; and on which side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Side = Literal["language", "source"]  # between which sides a lead is looked for


@dataclass(frozen=True, slots=True)
class Burst:
    """A run of periods in which a series stands well above its usual share, that of all other periods (`usual`).

    `weight` is by how much the log-likelihood of the raised state exceeds that of the usual one, `p` how often the heaviest burst of a flat
    series with the same noise weighs as much, `q` the same over all series of the language.
    """

    series: str
    language: str
    start: str
    end: str
    weight: float
    share: float
    usual: float
    p: float
    q: float
    decision: str


@dataclass(frozen=True, slots=True)
class Event:
    """A day that the user names."""

    day: date
    name: str
