"""Weights of documents to sums of places, by stories: the one pass over the weights. Every sum runs in a fixed order, in one thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from topics.core.errors import require
from topics.core.matrices import Float64, Int64
from topics.core.series import Kind, Weighting
from topics.trends.placing import Placed
from topics.trends.strata import strata

ADDED = 10.0
MIN_SCATTER = 0.02  # of weights that hardly differ one does not conclude that they never would
CHUNK = 8192  # stories at a time, so that memory does not grow with the documents


@dataclass(frozen=True, eq=False)
class Weights:
    """What is to be followed: weights (n_docs, n_series) of named series; `partition` where they and `unassigned` add up to 1."""

    kind: Kind
    source: str
    names: tuple[str, ...]
    values: Float64
    partition: bool

    def __post_init__(self) -> None:
        require(self.values.ndim == 2 and self.values.shape[1] == len(self.names), "columns are not series", where="Weights")

    def of(self, rows: Int64) -> Float64:
        """Return (n_rows, n_series + 1) weights of some documents.

        The last column is what is left unassigned: the rest to 1, or where series may overlap 1 for a document that shows none.
        """
        found = np.empty((len(rows), len(self.names) + 1))
        found[:, :-1] = self.values[rows]
        if self.partition:
            found[:, -1] = np.maximum(0.0, 1.0 - found[:, :-1].sum(axis=1))
        else:
            found[:, -1] = ~(found[:, :-1] > 0).any(axis=1)
        return found


@dataclass(frozen=True, eq=False)
class Layout:
    """Documents of one language gathered into stories, and stories into places.

    Args:
        n_periods: places that are periods; the others are spans.
        n_places: all of them.
        rows: (n_docs,) documents by place and story.
        starts: (n_groups + 1,) where in `rows` each story of a place begins, and their end.
        place_of: (n_groups,) place of each.
        stratum: (n_docs,) source by language of each row.
        n_strata: number of strata.
    """

    n_periods: int
    n_places: int
    rows: Int64
    starts: Int64
    place_of: Int64
    stratum: Int64
    n_strata: int

    @cached_property
    def sizes(self) -> Float64:
        """Documents (n_groups,) of each story at its place."""
        return np.diff(self.starts).astype(np.float64)

    @cached_property
    def rows_places(self) -> Int64:
        """Place (n_docs,) of each row."""
        return np.repeat(self.place_of, np.diff(self.starts))

    def over_places(self, values: Float64) -> Float64:
        """Return the sum of values (n_groups,) in each place."""
        return np.bincount(self.place_of, weights=values, minlength=self.n_places).astype(np.float64)

    @cached_property
    def n_docs(self) -> Float64:
        """Documents in each place."""
        return self.over_places(self.sizes)

    @cached_property
    def n_stories(self) -> Float64:
        """Stories in each place."""
        return self.over_places(np.ones_like(self.sizes))

    def votes(self, weighting: Weighting) -> Float64:
        """Return the votes in each place: those of its documents, or of its stories."""
        return self.n_docs if weighting == "articles" else self.n_stories

    def votes_of_rows(self, weighting: Weighting) -> Float64:
        """Return the vote of each document: 1, or its part of the story's."""
        return np.ones(len(self.rows)) if weighting == "articles" else 1 / np.repeat(self.sizes, self.sizes.astype(np.int64))

    def kish(self, weighting: Weighting) -> Float64:
        """Return the effective number of stories in each place (Kish 1965); 0 where there is none."""
        if weighting == "stories":
            return self.n_stories
        squares = self.over_places(self.sizes**2)
        return self.n_docs**2 / np.maximum(squares, 1.0)

    def chunks(self) -> Iterator[tuple[int, slice]]:
        """Yield (place, its next groups) until all groups were there."""
        bounds = np.searchsorted(self.place_of, np.arange(self.n_places + 1)).tolist()
        for place in range(self.n_places):
            for at in range(bounds[place], bounds[place + 1], CHUNK):
                yield place, slice(at, min(at + CHUNK, bounds[place + 1]))


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over the places, the unassigned part in the last column.

    Args:
        articles: (n_places, n_series + 1) every document one vote.
        stories: (n_places, n_series + 1) every story one vote.
        by_stratum: (n_periods, n_strata, n_series + 1) in the weighting that was asked for.
        scatter: (n_series + 1,) variance of stories within a period over that of a plain yes or no with the same share; 1 for weights
            of 0 and 1.
    """

    articles: Float64
    stories: Float64
    by_stratum: Float64
    scatter: Float64

    def mass(self, weighting: Weighting) -> Float64:
        """Return the sums of a weighting."""
        return self.articles if weighting == "articles" else self.stories


def make_layout(placed: Placed, language: str) -> Layout:
    """Return the stories and places of a language's documents."""
    rows = placed.rows(language)
    place, story, n = placed.place[rows], placed.story[rows], len(rows)
    new = np.ones(n, dtype=bool)
    new[1:] = (place[1:] != place[:-1]) | (story[1:] != story[:-1])
    starts = np.flatnonzero(new)
    stratum = strata(placed, rows)
    n_places = placed.n_periods + placed.spans.shape[0]
    n_strata = int(stratum.max(initial=0)) + 1
    return Layout(placed.n_periods, n_places, rows, np.append(starts, n), place[starts], stratum, n_strata)


def sum_weights(layout: Layout, weights: Weights, weighting: Weighting) -> Sums:
    """Return the sums of every series over every place."""
    n_series = len(weights.names) + 1
    articles, stories, squares = (np.zeros((layout.n_places, n_series)) for _ in range(3))
    by_stratum = np.zeros((layout.n_periods, layout.n_strata, n_series))
    votes, sizes = layout.votes_of_rows(weighting), layout.sizes
    for place, groups in layout.chunks():
        a, b = layout.starts[groups.start], layout.starts[groups.stop]
        values = weights.of(layout.rows[a:b])
        totals = values if b - a == groups.stop - groups.start else np.add.reduceat(values, layout.starts[groups] - a, axis=0)
        means = totals / sizes[groups, None]
        articles[place] += totals.sum(axis=0)
        stories[place] += means.sum(axis=0)
        squares[place] += (means**2).sum(axis=0)
        if place < layout.n_periods:
            pick = sparse.csr_array((votes[a:b], (layout.stratum[a:b], np.arange(b - a))), shape=(layout.n_strata, int(b - a)))
            by_stratum[place] += pick @ values
    n = layout.n_periods
    return Sums(articles, stories, by_stratum, _scatter(squares[:n], stories[:n], layout.n_stories[:n, None]))


def _scatter(squares: Float64, sums: Float64, counts: Float64) -> Float64:
    """Variance of stories about their period's mean over that of a plain yes or no, both without the bias of small samples.

    Ten stories of yes or no are added, so that a few that agree by chance do not narrow an interval.
    """
    enough = (counts > 1).ravel()
    squares, sums, n = squares[enough], sums[enough], counts[enough]
    means = sums / n
    within = np.maximum(0.0, squares - n * means**2)
    plain = ((n - 1) * means * (1 - means) + within / n).sum(axis=0)
    added = ADDED * plain / max(1.0, float((n - 1).sum()))
    ratio = np.divide(within.sum(axis=0) + added, plain + added, out=np.ones_like(plain), where=plain > 0)
    found: Float64 = np.clip(ratio, MIN_SCATTER, 1.0)
    return found
