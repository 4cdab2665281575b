"""Which claims a report shows, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from topics.claims.records import Claim
from topics.trends.aggregate import ALL

SHOWN = 10  # at the top of the report; all of them stand in the table
IN_THEMES = ("growth", "change_point", "burst")  # that are said where the theme is


def strongest(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return the findings at the top of a report: robust ones first, then the best of each series, then the next of each.

    What goes with a change of sources or languages stands in the tables alone: a source that joins late makes dozens of them.
    """
    places: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[bool, int, int, Claim]] = []
    for rank, claim in enumerate(claim for claim in claims if claim.statement.sign and not claim.mixed):
        series = claim.statement.source, claim.statement.series
        ranked.append((not claim.robust, places[series], rank, claim))
        places[series] += 1
    return tuple(claim for *_, claim in sorted(ranked, key=lambda item: item[:3]))[:SHOWN]


def of_theme(claims: Sequence[Claim], theme: str) -> tuple[Claim, ...]:
    """Return what is said where a theme is: its growth, change points and bursts over all languages."""
    found = [claim for claim in claims if (claim.statement.kind, claim.statement.series, claim.statement.language) == ("theme", theme, ALL)]
    listed = [claim for name in IN_THEMES for claim in found if claim.statement.statistic == name]
    return tuple(sorted(listed, key=_order))


def _order(claim: Claim) -> tuple[int, str]:
    return IN_THEMES.index(claim.statement.statistic), claim.statement.row.get("period", claim.statement.start)
