"""Bursts: a run of periods in which a share stands well above its usual one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topics.claims.looks import level, middle
from topics.claims.phrases import caution, chance, percent, whole
from topics.claims.reading import Row, Tables, row_key
from topics.claims.records import ClaimKind, Language, Recomputed, Setting, Sign, Statement, Words
from topics.core.series import Kind, TrendCell
from topics.trends._sample import first_day, last_day
from topics.trends.bursts import GOING_ON, all_bursts
from topics.trends.observations import usable

KEY = ("kind", "series", "language", "start")
OPEN_END: dict[Language, str] = {
    "en": " It had not ended in the last period tested.",
    "vi": " Đến kỳ cuối được kiểm định vẫn chưa kết thúc.",
}


def find(row: Row) -> Sign | None:
    """Return 1 for a burst that is more than chance gives."""
    return 1 if row["decision"].split(";")[0] == "burst" else None


def window(row: Row, same: Sequence[Row], labels: Sequence[str]) -> tuple[str, str]:
    """Return its first and last period."""
    return row["start"], row["end"]


def say(found: Statement, words: Words, language: Language) -> str:
    """Return the sentence."""
    share, usual, q = percent(found.row["share"], language), percent(found.row["usual"], language), chance(found.row["q"], language)
    care = (OPEN_END[language] if GOING_ON in found.row["decision"] else "") + caution(found.row["decision"], language)
    if language == "en":
        when = f"from {found.start} to {found.end}" if found.start != found.end else f"in {found.start}"
        told = f"{share} of the {whole(words, language)}, against {usual} in all other periods (q {q})"
        return f"{words.label} stands well above its usual share {when}: {told}.{care}"
    when = f"từ {found.start} đến {found.end}" if found.start != found.end else f"trong {found.start}"
    told = f"{share} {whole(words, language)}, so với {usual} trong mọi kỳ còn lại (q {q})"
    return f"{words.label} vượt hẳn mức thường thấy {when}: {told}.{care}"


def measure(found: Statement, cells: tuple[TrendCell, ...], setting: Setting) -> float:
    """Return the logarithm of the odds in the burst over those of all other periods; of longer ones, those whose middle it holds."""
    first, last = first_day(found.start), last_day(found.end)
    used = usable(cells)
    centre = first + (last - first) / 2
    inside = [cell for cell in used if first <= middle(cell.period) <= last]
    inside = inside or [cell for cell in used if first_day(cell.period) <= centre <= last_day(cell.period)]
    return level(inside) - level([cell for cell in used if cell not in inside])


def again(tables: Tables, source: str, kind: Kind, setting: Setting) -> Iterator[Recomputed]:
    """Yield the bursts of every series."""
    for item in all_bursts(tables.trends(f"trends_{source}", kind), setting.seed):
        key = row_key({"kind": kind, "series": item.series, "language": item.language, "start": item.start}, KEY)
        yield key, {"end": item.end, "share": item.share, "usual": item.usual, "p": item.p, "q": item.q, "decision": item.decision}


CLAIM = ClaimKind("burst", "bursts", ("start", "end", "share", "usual", "q", "decision"), find, window, say, measure, again)
