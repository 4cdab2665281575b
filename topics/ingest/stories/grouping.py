"""Copies to stories: one group, one canonical copy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from topics.ingest.stories.links import Links, Members, find_links
from topics.ingest.stories.rules import UNDATED
from topics.ingest.stories.shingles import Sketches

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Stories:
    """Groups of copies.

    Args:
        canonical: for every document, in the order of the members, the number of the canonical copy of its story.
        links: what the join found.
    """

    canonical: Int64
    links: Links


def group(members: Members, sketches: Sketches, scratch: Path) -> Stories:
    """Group copies into stories.

    Two dated copies are always one story, and so are those that a chain of dated copies connects. A document without a day joins
    the story of the earliest dated one that shares three quarters of its word triples, else of the earliest that it is a copy of; one
    that is a copy of no dated document goes with the undated ones that it is a copy of. So no document without a day ever connects two
    stories. The canonical copy is that of the
    earliest day, then the longest, then the one of the smallest id.

    Args:
        members: the documents, in any order.
        sketches: their sets.
        scratch: an existing folder for temporary files.
    """
    links = find_links(members, sketches, scratch)
    order = members.ranking()
    story = _stories(links, len(order))
    days, n_tokens = members.days[order].astype(np.int64), members.n_tokens[order].astype(np.int64)
    sorted_by = np.lexsort((np.arange(len(order)), -n_tokens, days, story))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = story[sorted_by][1:] != story[sorted_by][:-1]
    chosen = np.empty(len(order), dtype=np.int64)
    chosen[sorted_by] = sorted_by[np.flatnonzero(first)][np.cumsum(first) - 1]
    canonical = np.empty(len(order), dtype=np.int64)
    canonical[order] = order[chosen]
    return Stories(canonical, links)


def _stories(links: Links, n_docs: int) -> Int64:
    """A number for the story of every document, by rank (`links.rows` are in that order)."""
    ranks = np.zeros(int(links.rows.max(initial=0)) + 1, dtype=np.int64)
    ranks[links.rows] = np.arange(n_docs)
    story = np.arange(n_docs, dtype=np.int64)
    story[ranks[links.second]] = ranks[links.first]
    group_of = story.copy()
    undated, holder = ranks[links.undated], ranks[links.holder]
    story[undated] = story[holder]
    # what is a copy of no dated document goes with the member of its group that has the closest
    rest = np.flatnonzero(links.days == UNDATED)
    rest = rest[~np.isin(rest, undated)]
    best = np.lexsort((holder, -links.closeness))
    guides: dict[int, int] = {}
    for at in best.tolist():
        guides.setdefault(int(group_of[undated[at]]), int(story[undated[at]]))
    for doc in rest.tolist():
        story[doc] = guides.get(int(group_of[doc]), int(group_of[doc]))
    return story
