"""Document weights to shares of periods: one pass over the documents, then cells only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from topics.core.documents import Corpus, DocumentInfo
from topics.core.errors import require
from topics.core.series import UNASSIGNED, PeriodUnit, Share, TrendCell, TrendSeries, Weighting
from topics.trends.estimate import Estimates, estimate
from topics.trends.fixed_mix import FixedMix, fixed_mix
from topics.trends.periods import periods_of
from topics.trends.placing import ALL, Placed, place_documents
from topics.trends.sums import Layout, Weights, make_layout, sum_weights

__all__ = ["ALL", "Weighting", "Weights", "aggregate"]


def aggregate(
    corpus: Corpus,
    weights: Weights,
    unit: PeriodUnit,
    *,
    as_of: date | None,
    weighting: Weighting = "articles",
    refits: Sequence[Weights] = (),
) -> TrendSeries:
    """Return the share of each series in each period, for all languages together and for each.

    Args:
        corpus: the documents, in the order of the weights.
        weights: what to follow.
        unit: day, week, month, quarter or year.
        as_of: last day that the data could hold; decides whether the last period is complete.
        weighting: whose share `share` is: `articles` counts every copy, `stories` gives one vote to each story; cells hold both.
        refits: the same series by other fits (seeds), topics in the same order; intervals are widened by how they differ.

    A document whose date may lie in several periods counts in each by its part (see `dating`), but makes no period and no row in
    `n_docs`; one of unknown date is in no cell.

    Raises:
        UsageError: more than 10,000 periods.
        ContractError: refits of other series or documents.
    """
    fits = [weights, *refits]
    for each in fits:
        same = each.names == weights.names and len(each.values) == len(corpus) and each.partition == weights.partition
        require(same, "weights and refits differ in series or documents", where="aggregate")
    placed = place_documents(corpus.infos, unit, as_of)
    cells: list[TrendCell] = []
    begun = _begun(corpus.infos, unit, as_of)
    for language in _languages(placed):
        cells += _cells(placed, fits, language, weighting, begun.get(language, frozenset()))
    return TrendSeries(weights.kind, weights.source, weights.partition, placed.periods, tuple(cells), weighting)


def _languages(placed: Placed) -> list[str]:
    """All together, then each that has a document surely in a period."""
    sure = (placed.place >= 0) & (placed.place < placed.n_periods)
    return [ALL, *(placed.languages[number] for number in np.unique(placed.language[sure]))]


def _begun(infos: Sequence[DocumentInfo], unit: PeriodUnit, as_of: date | None) -> dict[str, frozenset[str]]:
    """Return the periods, by language, in which its documents only begin or end: one that joins late has no whole period there."""
    spans: dict[str, Counter[tuple[date | None, date | None]]] = defaultdict(Counter)
    for info in infos:
        spans[info.language][info.date.earliest, info.date.latest] += 1
    return {code: frozenset(p.label for p in periods_of(own, unit, as_of) if not p.complete) for code, own in spans.items()}


def _cells(placed: Placed, fits: Sequence[Weights], language: str, weighting: Weighting, begun: frozenset[str]) -> Iterator[TrendCell]:
    layout, weights = make_layout(placed, language), fits[0]
    sums = [sum_weights(layout, fit, weighting) for fit in fits]
    both: dict[Weighting, Estimates] = {
        name: estimate(placed, layout, sums, name, partition=weights.partition) for name in ("articles", "stories")
    }
    chosen = both[weighting]
    arrays = (chosen.n_eff, chosen.mass, chosen.share, chosen.low, chosen.high, chosen.votes, chosen.n_info)
    columns = [values.T.tolist() for values in arrays]
    shares = [_shares(found) for found in (both["articles"], both["stories"], fixed_mix(layout, sums[0], weighting))]
    counts = _counts(placed, layout)
    for s, name in enumerate((*weights.names, UNASSIGNED)):
        for t, period in enumerate(placed.periods):
            n_eff, mass, share, low, high, votes, n_info = (column[s][t] for column in columns)
            n_docs, n_stories, n_sources = counts[t]
            complete = period.complete and period.label not in begun
            head = (name, language, period.label, n_docs, n_stories, n_eff, mass, share, low, high, complete)
            yield TrendCell(*head, n_sources, votes, n_info, shares[0][s][t], shares[1][s][t], shares[2][s][t])


def _shares(found: Estimates | FixedMix) -> list[list[Share]]:
    """Shares by series and period."""
    listed = zip(found.share.T.tolist(), found.low.T.tolist(), found.high.T.tolist(), strict=True)
    return [[Share(*each) for each in zip(*series, strict=True)] for series in listed]


def _counts(placed: Placed, layout: Layout) -> list[tuple[int, int, int]]:
    """Documents, stories and sources of each period."""
    n = placed.n_periods
    sure = layout.rows_places < n
    n_sources = int(placed.source.max(initial=0)) + 1
    pairs = np.unique(layout.rows_places[sure] * n_sources + placed.source[layout.rows[sure]])
    sources = np.bincount(pairs // n_sources, minlength=n)
    return list(zip(layout.n_docs[:n].astype(int).tolist(), layout.n_stories[:n].astype(int).tolist(), sources.tolist(), strict=True))
