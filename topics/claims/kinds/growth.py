"""Growth: a share rises or falls over the whole time, or shows no clear change."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from topics.claims.phrases import caution, chance, decimal, span
from topics.claims.reading import Row, Tables, number, row_key
from topics.claims.records import ClaimKind, Language, Recomputed, Setting, Sign, Statement, Words
from topics.core.series import Kind, TrendCell
from topics.trends._sample import first_day
from topics.trends.observations import DAYS_A_YEAR
from topics.trends.statistics.growth import STATISTIC
from topics.trends.table import statistic_table

KEY = ("kind", "series", "language", "statistic")
VERBS: dict[Language, tuple[str, str, str]] = {
    "en": ("shows no clear change", "rises", "falls"),
    "vi": ("không thay đổi rõ rệt", "tăng", "giảm"),
}
ALONE: dict[Language, str] = {
    "en": "shows no change that is clear among so many series tested",
    "vi": "không thay đổi rõ rệt khi xét cùng lúc nhiều chuỗi",
}
SIGNS: dict[str, Sign] = {"rises": 1, "falls": -1, "no clear change": 0}


def find(row: Row) -> Sign | None:
    """Return the direction; that nothing clear is found is said too."""
    if row["statistic"] != STATISTIC.name or math.isnan(number(row["value"])):
        return None
    return SIGNS.get(row["decision"].split(" (")[0])


def window(row: Row, same: Sequence[Row], labels: Sequence[str]) -> tuple[str, str]:
    """Return the whole time."""
    return labels[0], labels[-1]


def say(found: Statement, words: Words, language: Language) -> str:
    """Return the sentence; odds are said for a year, or for the whole time where that is shorter."""
    years = (first_day(found.end) - first_day(found.start)).days / DAYS_A_YEAR
    time = min(1.0, years)
    values = {column: str(_scaled(found.row[column], time)) for column in ("value", "low", "high")}
    apart = found.sign == 0 and not number(found.row["low"]) <= 1 <= number(found.row["high"])
    verb, ratio, q = (
        ALONE[language] if apart else VERBS[language][found.sign],
        decimal(values["value"], 2, language),
        chance(found.row["q"], language),
    )
    interval, care = span(values["low"], values["high"], language), caution(found.row["decision"], language)
    if language == "en":
        over = "a year" if years >= 1 else "over this time"
        odds = f"odds ratio {ratio} {over}, {interval}, q {q}; allowing for periods that hang together"
        return f"{words.label} {verb} from {found.start} to {found.end} ({odds}).{care}"
    over = "mỗi năm" if years >= 1 else "trong cả thời gian này"
    odds = f"tỉ số chênh {ratio} {over}, {interval}, q {q}; có tính đến sự liên hệ giữa các kỳ liền nhau"
    return f"{words.label} {verb} từ {found.start} đến {found.end} ({odds}).{care}"


def _scaled(ratio: str, years: float) -> float:
    """An odds ratio a year as that over a part of it."""
    return float(number(ratio) ** years)


def measure(found: Statement, cells: tuple[TrendCell, ...], setting: Setting) -> float:
    """Return the logarithm of the odds ratio a year."""
    value = STATISTIC.compute(cells).value
    return math.log(value) if value > 0 else math.nan


def again(tables: Tables, source: str, kind: Kind, setting: Setting) -> Iterator[Recomputed]:
    """Yield the growth of every series."""
    for row in statistic_table(tables.trends(f"trends_{source}", kind), {STATISTIC.name: STATISTIC}).rows:
        key = row_key({"kind": kind, "series": row.series, "language": row.language, "statistic": row.statistic}, KEY)
        yield key, {"value": row.value, "low": row.low, "high": row.high, "q": row.q, "decision": row.decision}


CLAIM = ClaimKind("growth", "statistics", ("value", "low", "high", "q", "decision"), find, window, say, measure, again)
