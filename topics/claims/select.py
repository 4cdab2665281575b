"""Which claims a report shows, and where."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from topics.claims.records import Claim, Statement
from topics.trends.aggregate import ALL

SHOWN = 10  # at the top of the report; all of them stand in the table
APART = ("lead",)  # which is no share that rises or falls
IN_THEMES = ("growth", "change_point", "burst")  # that are said where the theme is


def facts(claims: Sequence[Claim], matched: Mapping[tuple[str, str], tuple[str, str]]) -> dict[str, str]:
    """Return for each claim, by name, the strongest one that tells the same.

    A series that rises has often taken a step and burst too, over all articles and in a language, and its match in the other model as
    well. Claims of one series, or of two topics that match, tell one fact where their direction is the same and their times overlap with
    that of the strongest. One that may be a change of sources or languages stands for no other that is not.

    Args:
        claims: the strongest first.
        matched: model and topic to the model and topic that match them.
    """
    told: dict[str, str] = {}
    heads: dict[tuple[tuple[str, str], int], list[Claim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda claim: claim.mixed):
        said = claim.statement
        own = said.source, said.series
        same = heads[min(own, matched.get(own, own)), said.sign] if said.sign and said.statistic not in APART else []
        head = next((other for other in same if _overlap(said, other.statement)), claim)
        told[claim.name] = head.name
        if head is claim:
            same.append(claim)
    return told


def _overlap(one: Statement, other: Statement) -> bool:
    return one.start <= other.end and other.start <= one.end


def behind(claims: Sequence[Claim], claim: Claim) -> tuple[Claim, ...]:
    """Return the other claims that tell the same as one at the top of a report."""
    return tuple(other for other in claims if other.fact == claim.name and other.name != claim.name)


def strongest(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return the findings at the top of a report, one a fact: robust ones first, then the best of each series, then the next of each.

    What goes with a change of sources or languages stands in the tables alone: a source that joins late makes dozens of them.
    """
    places: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[bool, int, int, Claim]] = []
    for rank, claim in enumerate(claim for claim in claims if claim.statement.sign and not claim.mixed and claim.fact == claim.name):
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
