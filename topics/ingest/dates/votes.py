"""How a source writes dates, settled by its documents together: day or month first, and what its numbers count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from topics.ingest.dates.fields import Order
from topics.ingest.dates.numbers import KINDS, NumberKind

MIN_NUMBERS = 3  # values that must agree before a column of numbers is taken for dates
MIN_VOTES = 3  # dates that must speak for an order: by Jeffreys' prior most dates then follow it with probability .97, after two with .92
MARGIN = 50  # so many dates must speak for an order for each that speaks against it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a source's documents settle: the order in its date field and in its texts, and what its numbers count."""

    field_order: Order | None = None
    text_order: Order | None = None
    number: NumberKind | None = None


@dataclass(slots=True)
class DateVotes:
    """Votes by source; the order of adding makes no difference.

    Args:
        counts: for each source how often each thing was seen (`field`, `field.dmy`, `text.mdy`, `number.epoch_s`, ...).
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, source: str, ballot: Iterable[str]) -> None:
        """Count the ballot of one document."""
        if ballot:
            self.counts.setdefault(source, Counter()).update(ballot)

    def order(self, source: str, where: Literal["field", "text"] = "field") -> Order | None:
        """Return whether day or month comes first in a source's fields, or in its texts.

        Neither decides for the other: articles of a paper that writes 04/25 in its fields quote 25/03 from abroad.
        """
        counts: Mapping[str, int] = self.counts.get(source, {})
        dmy, mdy = counts.get(f"{where}.dmy", 0), counts.get(f"{where}.mdy", 0)
        if max(dmy, mdy) < MIN_VOTES:
            return None
        return "dmy" if dmy > MARGIN * mdy else "mdy" if mdy > MARGIN * dmy else None

    def number(self, source: str) -> NumberKind | None:
        """Return what the numbers in a source's date field count: only where all its values agree."""
        counts: Mapping[str, int] = self.counts.get(source, {})
        fields = counts.get("field", 0)
        return next((kind for kind in KINDS if fields >= MIN_NUMBERS and counts.get(f"number.{kind}", 0) == fields), None)

    def verdict(self, source: str) -> Verdict:
        """Return all that is settled for a source."""
        return Verdict(self.order(source, "field"), self.order(source, "text"), self.number(source))
