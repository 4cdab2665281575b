"""Proposes which stories of two languages tell one event: of the same day, with the same rare names, figures and days. Never merges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from topics.core.documents import DocumentInfo
from topics.core.errors import require
from topics.ingest.stories.mentions import FIRST_HASH, MentionSets, shared_forms

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt64 = npt.NDArray[np.uint64]

SAME_DAYS = (0, 1)  # days between two tellings of one event
OTHER_DAYS = (7, 14)  # days between tellings that are taken not to be of one event
MAX_SPAN = 92  # a quarter: a text that may be of more days than that is taken to be of the latest past day it names, or left out
BOUNDED_BY_EVENT = frozenset({"latest_past_date", "deictic_year"})  # methods of dating whose earliest day is one that the text tells of
NEAR_OWN_DAY = 2  # a text that names its own day says nothing that its date does not say
MIN_SHARED = 2
MAX_HOLDERS = 1000  # a thing that more texts mention is not rare
MAX_FALSE = 0.05  # expected share of wrong pairs
MIN_OTHERS = 100  # pairs of other days from which on a threshold can be set
_SLAB = 2048  # documents
_SCALE = 1_000_000  # weights are whole numbers, so that no order of adding changes a sum
_BIN, _BINS = 10_000, 1 << 16


@dataclass(frozen=True, slots=True)
class EventPair:
    """Two stories that may tell one event.

    Args:
        a, b: ids of the stories, that of the language first in the alphabet first.
        score: sum over what both mention of log((N + 1) / n), N texts of which n mention it.
        shared: what both mention, as written in b.
    """

    a: str
    b: str
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventCandidate:
    """A proposed pair by number of the documents, and its score."""

    a: int
    b: int
    score: float


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Documents by (first day, id): their numbers, days, languages; postings of the keys that may be shared."""

    numbers: Int64
    docs: tuple[Int32, Int32, Int32]
    starts: Int64
    ranks: Int32
    weights: Int64


def _days(info: DocumentInfo) -> tuple[date, date] | None:
    """The days that a text tells of: those it may be published on, or the latest past day it names where only that is known."""
    first, last = info.date.earliest, info.date.latest
    if first is None or last is None:
        return None
    if (last - first).days <= MAX_SPAN:
        return first, last
    return (first, first) if info.date.method in BOUNDED_BY_EVENT else None


def _is_own_day(keys: UInt64, first: Int64, last: Int64) -> npt.NDArray[np.bool_]:
    """Whether a key is a day of the year near one that its document may be of."""
    day = keys < np.uint64(FIRST_HASH)
    month, number = (keys[day] // np.uint64(32)).astype(np.int64), (keys[day] % np.uint64(32)).astype(np.int64)
    in_year = (month - 1) * 31 + number  # a calendar of months of 31 days: near enough
    bounds = [np.array([(d.month - 1) * 31 + d.day for d in map(date.fromordinal, days[day].tolist())]) for days in (first, last)]
    begin, length = bounds[0] - NEAR_OWN_DAY, (bounds[1] - bounds[0]) % 372 + 2 * NEAR_OWN_DAY
    own = np.zeros(len(keys), dtype=np.bool_)
    own[day] = (in_year - begin) % 372 <= length
    return own


def _ranked(infos: Sequence[DocumentInfo], sets: MentionSets) -> _Ranked:
    days = {number: span for number, info in enumerate(infos) if (span := _days(info))}
    numbers = sorted(days, key=lambda number: (days[number][0], infos[number].id))
    codes = {code: place for place, code in enumerate(sorted({infos[number].language for number in numbers}))}
    first, last = (np.array([days[number][side].toordinal() for number in numbers], dtype=np.int32) for side in (0, 1))
    languages = np.array([codes[infos[number].language] for number in numbers], dtype=np.int32)
    rank_of = np.full(len(infos), -1, dtype=np.int64)
    rank_of[numbers] = np.arange(len(numbers))
    ranks = np.repeat(rank_of, sets.sizes)
    keys, ranks = sets.keys[ranks >= 0], ranks[ranks >= 0]
    other = ~_is_own_day(keys, first[ranks].astype(np.int64), last[ranks].astype(np.int64))
    keys, ranks = keys[other], ranks[other]
    order = np.lexsort((ranks, keys))
    keys, ranks = keys[order], ranks[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    n_holders = np.diff(np.append(starts, len(keys)))
    several = np.minimum.reduceat(languages[ranks], starts) < np.maximum.reduceat(languages[ranks], starts) if len(keys) else n_holders > 0
    kept = several & (n_holders <= MAX_HOLDERS)
    sizes = n_holders[kept]
    weights = np.round(_SCALE * np.log((len(numbers) + 1) / sizes)).astype(np.int64)
    begins = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    docs = (first, last, languages)
    return _Ranked(np.array(numbers, dtype=np.int64), docs, begins, ranks[np.repeat(kept, n_holders)].astype(np.int32), weights)


def _scored(ranked: _Ranked, gaps: tuple[int, int]) -> Iterator[tuple[UInt64, Int64]]:
    """Yield pairs that share enough, with their scores, some documents at a time."""
    from topics.ingest.stories._events import pairs_until

    postings = (ranked.starts, ranked.ranks, ranked.weights, ranked.starts[:-1].copy())
    window = (*gaps, MAX_SPAN)
    nothing = (np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64))
    for begin in range(0, len(ranked.numbers), _SLAB):
        end = min(begin + _SLAB, len(ranked.numbers))
        n_pairs = pairs_until(end, postings, ranked.docs, window, nothing, fill=False)
        pairs, values = np.empty(n_pairs, dtype=np.uint64), np.empty(n_pairs, dtype=np.int64)
        pairs_until(end, postings, ranked.docs, window, (pairs, values), fill=True)
        if n_pairs == 0:
            continue
        order = np.argsort(pairs, kind="stable")
        pairs, values = pairs[order], values[order]
        starts = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]]))
        enough = np.diff(np.append(starts, n_pairs)) >= MIN_SHARED
        yield pairs[starts][enough], np.add.reduceat(values, starts)[enough]


def _n_pairs(ranked: _Ranked, most: int) -> int:
    """How many pairs of two languages lie at most so many days apart."""
    first, last, languages = (array.astype(np.int64) for array in ranked.docs)
    total = 0
    for language in set(languages.tolist()):
        other = languages != language
        earlier = np.cumsum(other)[~other]
        total += int((earlier - np.searchsorted(np.sort(last[other]), first[~other] - most)).sum())
    return total


def _histogram(ranked: _Ranked, gaps: tuple[int, int]) -> Int64:
    found = np.zeros(_BINS, dtype=np.int64)
    for _, scores in _scored(ranked, gaps):
        found += np.bincount(np.minimum(scores // _BIN, _BINS - 1), minlength=_BINS)
    return found


def threshold(ranked: _Ranked) -> int:
    """Return the least score at which at most `MAX_FALSE` of the pairs are expected to be wrong.

    Pairs some days apart share things by chance as pairs of one day do; how often they reach a score says how many pairs of one day
    reach it by chance. Source: the target-decoy estimate of Elias and Gygi 2007, with one decoy added. With fewer than `MIN_OTHERS`
    such pairs nothing can be estimated, and every pair that shares enough is proposed.
    """
    same, others = _n_pairs(ranked, SAME_DAYS[1]), _n_pairs(ranked, OTHER_DAYS[1]) - _n_pairs(ranked, OTHER_DAYS[0] - 1)
    if others < MIN_OTHERS:
        return 0
    found, by_chance = (np.cumsum(_histogram(ranked, gaps)[::-1])[::-1] for gaps in (SAME_DAYS, OTHER_DAYS))
    good = np.flatnonzero((by_chance + 1) * (same / others) <= MAX_FALSE * found)
    return int(good[0]) * _BIN if len(good) else np.iinfo(np.int64).max


def find_events(infos: Sequence[DocumentInfo], sets: MentionSets) -> list[EventCandidate]:
    """Return pairs of stories of two languages that may tell one event, best first.

    Args:
        infos: the canonical document of each story, of a known language; those that tell of no day are left out.
        sets: what each mentions.
    """
    require(len(infos) == len(sets), f"{len(infos)} documents, mentions of {len(sets)}", where="find_events")
    ranked = _ranked(infos, sets)
    least = threshold(ranked)
    proposed: list[EventCandidate] = []
    for pairs, scores in _scored(ranked, SAME_DAYS):
        for pair, score in zip(pairs[scores >= least].tolist(), scores[scores >= least].tolist(), strict=True):
            a, b = sorted(ranked.numbers[[pair >> 32, pair & 0xFFFFFFFF]].tolist(), key=lambda number: infos[number].language)
            proposed.append(EventCandidate(a, b, score / _SCALE))
    return sorted(proposed, key=lambda found: (-found.score, infos[found.a].id, infos[found.b].id))


def name_events(
    candidates: Sequence[EventCandidate], infos: Sequence[DocumentInfo], sets: MentionSets, texts: Mapping[int, str]
) -> tuple[EventPair, ...]:
    """Return proposals with what the two stories share.

    Args:
        candidates: proposals.
        infos, sets: as they were found from.
        texts: at least the texts of the proposed documents `b`, by number.
    """
    ends = np.cumsum(sets.sizes, dtype=np.int64)
    keys = {number: sets.keys[ends[number] - sets.sizes[number] : ends[number]] for found in candidates for number in (found.a, found.b)}
    named: list[EventPair] = []
    for found in candidates:
        both = np.intersect1d(keys[found.a], keys[found.b])
        bounds = [np.full(len(both), day.toordinal()) for day in _days(infos[found.b]) or ()]
        shared = frozenset(both[~_is_own_day(both, bounds[0], bounds[1])].tolist())
        named.append(EventPair(infos[found.a].id, infos[found.b].id, found.score, shared_forms(texts[found.b], shared)))
    return tuple(named)
