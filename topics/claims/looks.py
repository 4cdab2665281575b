"""Other looks at a series, made of its cells: one vote an article or a story, sources held fixed, longer periods, another model or fit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

from topics.claims.reading import SCORER, Tables
from topics.claims.records import Look, Setting, Statement
from topics.core.series import Kind, PeriodUnit, Share, TrendCell, Weighting
from topics.trends._sample import first_day, last_day, unit_of
from topics.trends.observations import gate, information
from topics.trends.periods import label_of, start_of

UNITS: tuple[PeriodUnit, ...] = get_args(PeriodUnit)
WEIGHTINGS: tuple[Weighting, ...] = get_args(Weighting)
LEAST_SHARE = 1e-6
SAME = 1e-9  # shares that differ by less are one
WEEK_EDGE = timedelta(days=3)  # a week belongs where its Thursday lies


def middle(label: str) -> date:
    """Return the middle day of a period: the Thursday of a week."""
    return first_day(label) + (last_day(label) - first_day(label)) / 2


def coarser(cells: Sequence[TrendCell], unit: PeriodUnit) -> tuple[TrendCell, ...]:
    """Return the cells of one series in longer periods: shares by the documents that lie in each, sums of everything else.

    A longer period is complete where all of its days lie in complete ones. A story told in two of the shorter periods counts in both.
    """
    groups: dict[str, list[TrendCell]] = {}
    for cell in cells:
        groups.setdefault(label_of(start_of(middle(cell.period), unit), unit), []).append(cell)
    return tuple(_joined(label, group) for label, group in groups.items())


def _joined(label: str, cells: list[TrendCell]) -> TrendCell:
    there = [cell for cell in cells if cell.n_docs]
    slack = WEEK_EDGE if unit_of(cells[0].period) == "week" else timedelta(0)
    whole = first_day(cells[0].period) - slack <= first_day(label) and last_day(cells[-1].period) + slack >= last_day(label)
    votes = sum(cell.votes for cell in there)
    share = sum(cell.share * cell.votes for cell in there) / votes if votes else math.nan
    n_docs, n_stories = sum(cell.n_docs for cell in cells), sum(cell.n_stories for cell in cells)
    n_eff, n_info = sum(cell.n_eff for cell in there), sum(information(cell) for cell in there)
    head = (cells[0].series, cells[0].language, label, n_docs, n_stories, n_eff, share * votes, share, share, share)
    return TrendCell(*head, whole and all(cell.complete for cell in cells), 0, votes, n_info)


def voted(cell: TrendCell, weighting: Weighting, own: Weighting, shares: Share | None = None) -> TrendCell:
    """Return a cell with the share of articles or of stories, and as many votes as it has documents or stories.

    Where that is not the study's own weighting, the independent stories behind it are all stories, or as many as they are by stories.

    Args:
        cell: of the table.
        weighting: whose share.
        own: that of the study, which `n_eff` and `n_info` of the table go with.
        shares: of another fit: by articles (`value`) and by stories (`low`); None takes those of the cell.
    """
    found = (shares.value, shares.low) if shares else (cell.articles.value, cell.stories.value)
    share = found[WEIGHTINGS.index(weighting)]
    n_eff, n_info = cell.n_eff, information(cell)
    if weighting == "stories" != own and cell.n_eff > 0:
        n_eff, n_info = float(cell.n_stories), n_info * cell.n_stories / cell.n_eff
    votes = float(cell.n_docs if weighting == "articles" else cell.n_stories)
    return replace(cell, share=share, low=share, high=share, mass=share * votes, votes=votes, n_eff=n_eff, n_info=n_info)


def fixed(cell: TrendCell) -> TrendCell:
    """Return a cell with the share that sources and languages would give it if each had the same part in every period."""
    share = cell.fixed_mix.value
    return replace(cell, share=share, low=share, high=share, mass=share * cell.votes)


def _mixes(cells: Sequence[TrendCell]) -> bool:
    """Whether several sources or languages make a series, so that their parts may change."""
    return any(not math.isnan(cell.fixed_mix.value) and abs(cell.fixed_mix.value - cell.share) > SAME for cell in cells)


def _copies(cells: Sequence[TrendCell]) -> bool:
    """Whether articles and stories are not the same, so that the vote of one is not that of the other."""
    return any(cell.n_docs != cell.n_stories or (cell.n_docs and abs(cell.articles.value - cell.stories.value) > SAME) for cell in cells)


def odds(share: float) -> float:
    """Return the logarithm of the odds of a share, of none or all as of one in a million; nan stays."""
    kept = share if math.isnan(share) else min(max(share, LEAST_SHARE), 1 - LEAST_SHARE)
    return math.log(kept / (1 - kept))


def level(cells: Sequence[TrendCell]) -> float:
    """Return the mean share of periods by what they tell, as the logarithm of its odds; nan where there is nothing."""
    n = sum(information(cell) for cell in cells)
    return odds(sum(cell.share * information(cell) for cell in cells) / n) if n else math.nan


def places(tables: Tables, statement: Statement) -> list[tuple[str, str]]:
    """Return where else a series can be looked at, itself first: (source, its name there); the name is empty where nothing matches."""
    own = (statement.source, statement.series)
    if statement.kind == "theme":
        return [own, *((model, statement.series) for model in tables.models if statement.source == SCORER)]
    others = [model for model in tables.models if model != statement.source]
    match = tables.counterparts.get(own)
    return [own, *((model, match[1] if match and match[0] == model else "") for model in others)]


def looks(tables: Tables, statement: Statement, setting: Setting, curve: str = "trends") -> Iterator[Look]:
    """Yield every look at a series, the claim's own first; longer periods as far as they are long enough to be tested.

    One vote an article and one a story are one look, that of the study, where no story is told twice.

    Args:
        tables: of the run.
        statement: what is looked for.
        setting: whose share the study follows.
        curve: name of the table that holds the trends.
    """
    for source, series in places(tables, statement):
        fits = sorted({key[0] for key in tables.fits(source)}, key=int) if source in tables.models else []
        if not series:
            yield Look(source, "", setting.weighting, own_unit(tables))
            continue
        votes = sorted(WEIGHTINGS, key=lambda name: name != setting.weighting)
        votes = votes if _copies(_own_cells(tables, statement, source, series, curve)) else votes[:1]
        for unit in UNITS[UNITS.index(own_unit(tables)) :]:
            for weighting in votes:
                for fit in ("", *fits):
                    yield Look(source, series, weighting, unit, fit)
            if _mixes(tables.trends(f"trends_{source}", statement.kind).of(series, statement.language)):
                yield Look(source, series, "fixed_mix", unit)


def _own_cells(tables: Tables, statement: Statement, source: str, series: str, curve: str) -> tuple[TrendCell, ...]:
    """The cells of a series in the study's periods; of both sides of a lead."""
    trends, row = tables.trends(f"{curve}_{source}", statement.kind), statement.row
    sides = (statement.language,) if curve == "trends" else (row["left"], row["right"])
    return tuple(cell for side in sides for cell in trends.of(series, side))


def own_unit(tables: Tables) -> PeriodUnit:
    """Return the study's unit of periods."""
    rows = tables.rows(f"trends_{SCORER}")
    return unit_of(rows[0]["period"]) if rows else "month"


def seen(tables: Tables, statement: Statement, look: Look, setting: Setting, curve: str = "trends") -> tuple[TrendCell, ...]:
    """Return the cells of a series in a look, of both sides of a lead; none where there is too little to test."""
    kind: Kind = statement.kind
    cells = _own_cells(tables, statement, look.source, look.series, curve)
    if look.weighting == "fixed_mix":
        used = tuple(fixed(cell) for cell in cells)
        used = used if look.unit == own_unit(tables) else coarser(used, look.unit)
        return () if not used or gate(used) else used
    if curve != "trends":
        return tuple(voted(cell, look.weighting, setting.weighting) for cell in cells)
    shares = tables.fits(look.source).get((look.fit, kind, look.series, statement.language), {})
    used = tuple(voted(cell, look.weighting, setting.weighting, shares.get(cell.period)) for cell in cells)
    if look.unit != own_unit(tables):
        used = coarser(used, look.unit)
    return () if not used or gate(used) else used
