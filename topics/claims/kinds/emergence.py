"""Emergence: a share has lately grown, in several sources."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from topics.claims.phrases import caution, chance, decimal, percent, span, whole
from topics.claims.reading import Row, Tables, number, row_key
from topics.claims.records import ClaimKind, Language, Recomputed, Setting, Sign, Statement, Words
from topics.core.series import Kind, TrendCell
from topics.trends._sample import sample, samples
from topics.trends.emergence import emergence

KEY = ("kind", "series", "language")
SIGNALS: dict[str, dict[Language, str]] = {
    "weak signal": {"en": "a weak signal", "vi": "một tín hiệu yếu"},
    "strong signal": {"en": "a strong signal", "vi": "một tín hiệu mạnh"},
}


def find(row: Row) -> Sign | None:
    """Return 1 for a signal."""
    return 1 if row["decision"].split(";")[0] in SIGNALS else None


def window(row: Row, same: Sequence[Row], labels: Sequence[str]) -> tuple[str, str]:
    """Return the recent periods."""
    return row["since"], labels[-1]


def say(found: Statement, words: Words, language: Language) -> str:
    """Return the sentence."""
    row, signal = found.row, SIGNALS[found.row["decision"].split(";")[0]][language]
    growth, sources, q = decimal(row["growth"], 2, language), decimal(row["sources"], 1, language), chance(row["q"], language)
    interval, share, care = span(row["low"], row["high"], language), percent(row["share"], language), caution(row["decision"], language)
    if language == "en":
        odds = f"since {found.start} its odds are {growth} times those before ({interval}, q {q})"
        return f"{words.label} is {signal}: {odds}, in {sources} effective sources; {share} of the {whole(words, language)} now.{care}"
    odds = f"từ {found.start} số chênh gấp {growth} lần trước đó ({interval}, q {q})"
    return f"{words.label} là {signal}: {odds}, ở {sources} nguồn hữu hiệu; nay chiếm {share} {whole(words, language)}.{care}"


def measure(found: Statement, cells: tuple[TrendCell, ...], setting: Setting) -> float:
    """Return the logarithm of the odds of the recent periods over those before."""
    (item,) = emergence(sample([cells]), found.language, np.ones(1), 1.0)
    return math.log(item.growth) if item.growth > 0 else math.nan


def again(tables: Tables, source: str, kind: Kind, setting: Setting) -> Iterator[Recomputed]:
    """Yield the emergence of every series; how many sources carry it is taken from the table."""
    rows = tables.by_key(f"emergence_{source}")
    for language, data in samples(tables.trends(f"trends_{source}", kind)):
        keys = [row_key({"kind": kind, "series": name, "language": language}, KEY) for name in data.names]
        told = np.array([number(rows[key]["sources"]) if key in rows else math.nan for key in keys])
        for key, item in zip(keys, emergence(data, language, told, 1.0), strict=True):
            numbers = {"share": item.share, "growth": item.growth, "low": item.low, "high": item.high, "q": item.q}
            yield key, {"since": item.since, **numbers, "decision": item.decision}


COLUMNS = ("since", "share", "growth", "low", "high", "sources", "q", "decision")
CLAIM = ClaimKind("emergence", "emergence", COLUMNS, find, window, say, measure, again)
