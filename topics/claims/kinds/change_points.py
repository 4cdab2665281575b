"""Change points: a share has another level from a period on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topics.claims.looks import level, middle
from topics.claims.phrases import PERIODS, chance, few, percent, whole
from topics.claims.reading import Row, Tables, number, row_key
from topics.claims.records import ClaimKind, Language, Recomputed, Setting, Sign, Statement, Words
from topics.core.series import Kind, TrendCell, is_finding
from topics.trends._sample import first_day, last_day
from topics.trends.change_points import all_change_points
from topics.trends.observations import usable

KEY = ("kind", "series", "language", "period")
COLUMNS = ("period", "earliest", "latest", "before", "after", "q")


def find(row: Row) -> Sign | None:
    """Return whether the later level is the higher one, of those that false discoveries over all series leave."""
    if not is_finding(number(row["q"])):
        return None
    return 1 if number(row["after"]) > number(row["before"]) else -1


def window(row: Row, same: Sequence[Row], labels: Sequence[str]) -> tuple[str, str]:
    """Return the time between the change points before and after this one."""
    others = sorted(other["period"] for other in same)
    place = others.index(row["period"])
    start = others[place - 1] if place else labels[0]
    end = labels[labels.index(others[place + 1]) - 1] if place + 1 < len(others) else labels[-1]
    return start, end


def say(found: Statement, words: Words, language: Language) -> str:
    """Return the sentence."""
    period, earliest, latest = (found.row[column] for column in COLUMNS[:3])
    before, after, q = percent(found.row["before"], language), percent(found.row["after"], language), chance(found.row["q"], language)
    first, last, care = found.start, found.end, few(language) if words.few else ""
    unit, alone = PERIODS[language][words.unit], earliest == latest
    if language == "en":
        begins = f"in that {unit}" if alone else f"between {earliest} and {latest}"
        where = f"another level from {period} on (it begins {begins}, q {q})"
        return (
            f"{words.label}: {where}: {before} of the {whole(words, language)} before (since {first}), {after} after (until {last}).{care}"
        )
    begins = f"ngay trong {unit} đó" if alone else f"trong khoảng {earliest} đến {latest}"
    where = f"mức khác kể từ {period} (bắt đầu {begins}, q {q})"
    return f"{words.label}: {where}: trước đó (từ {first}) {before} {whole(words, language)}, sau đó (đến {last}) {after}.{care}"


def measure(found: Statement, cells: tuple[TrendCell, ...], setting: Setting) -> float:
    """Return the logarithm of the odds after over those before, up to the neighbouring change points."""
    turn, first, last = first_day(found.row["period"]), first_day(found.start), last_day(found.end)
    used = [cell for cell in usable(cells) if first <= middle(cell.period) <= last]
    return level([cell for cell in used if middle(cell.period) >= turn]) - level([cell for cell in used if middle(cell.period) < turn])


def again(tables: Tables, source: str, kind: Kind, setting: Setting) -> Iterator[Recomputed]:
    """Yield the change points of every series."""
    for point in all_change_points(tables.trends(f"trends_{source}", kind)):
        key = row_key({"kind": kind, "series": point.series, "language": point.language, "period": point.period}, KEY)
        when, levels = {"earliest": point.earliest, "latest": point.latest}, {"before": point.before, "after": point.after}
        yield key, {**when, **levels, "q": point.q}


CLAIM = ClaimKind("change_point", "change_points", COLUMNS, find, window, say, measure, again)
