"""Leads: what is new comes on one side before it comes on the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topics.claims.phrases import PERIODS, chance, counted, decimal
from topics.claims.reading import Row, Tables, number, row_key
from topics.claims.records import ClaimKind, Language, Recomputed, Setting, Sign, Statement, Words
from topics.core.series import Kind, TrendCell
from topics.tables import plain_text
from topics.trends.lead_lag import all_lead_lags, lead_lag

KEY = ("kind", "series", "left", "right")
COLUMNS = ("lag", "low", "high", "correlation", "q", "decision")
OPPOSED: dict[Language, str] = {"en": ", one falling as the other rises", "vi": ", bên này giảm khi bên kia tăng"}


def find(row: Row) -> Sign | None:
    """Return 1 where the left side comes first, -1 where the right one does."""
    return None if " precedes " not in row["decision"] else 1 if number(row["lag"]) > 0 else -1


def window(row: Row, same: Sequence[Row], labels: Sequence[str]) -> tuple[str, str]:
    """Return the whole time."""
    return labels[0], labels[-1]


def say(found: Statement, words: Words, language: Language) -> str:
    """Return the sentence."""
    row, ahead = found.row, found.sign > 0
    sides = plain_text(row["left"]), plain_text(row["right"])
    first, second = sides if ahead else sides[::-1]
    lag, *ends = (abs(int(number(row[column]))) for column in ("lag", "low", "high"))
    low, high = sorted(ends)
    unit, against = PERIODS[language][words.unit], OPPOSED[language] if number(row["correlation"]) < 0 else ""
    correlation, q = decimal(row["correlation"], 2, language), chance(row["q"], language)
    if language == "en":
        fits = f"{low} to {high}" if low < high else "no other lag fits"
        by = f"by {counted(lag, unit)} ({fits}; correlation {correlation}, q {q})"
        return f"{words.label}: {first} precedes {second} {by}{against}, stories that both tell left out."
    fits = f"{low} đến {high}" if low < high else "không độ trễ nào khác phù hợp"
    by = f"{lag} {unit} ({fits}; tương quan {correlation}, q {q})"
    return f"{words.label}: {first} đi trước {second} {by}{against}, không tính những tin mà cả hai bên cùng đưa."


def measure(found: Statement, cells: tuple[TrendCell, ...], setting: Setting) -> float:
    """Return the lag of the right side after the left one."""
    left, right = (tuple(cell for cell in cells if cell.language == found.row[side]) for side in ("left", "right"))
    return lead_lag(left, right, setting.seed).lag


def again(tables: Tables, source: str, kind: Kind, setting: Setting) -> Iterator[Recomputed]:
    """Yield the leads between all sides."""
    for item in all_lead_lags(tables.trends(f"side_trends_{source}", kind), setting.seed):
        key = row_key({"kind": kind, "series": item.series, "left": item.left, "right": item.right}, KEY)
        numbers = {"lag": item.lag, "low": item.low, "high": item.high, "correlation": item.correlation, "q": item.q}
        yield key, {**numbers, "decision": item.decision}


CLAIM = ClaimKind("lead", "lead_lag", COLUMNS, find, window, say, measure, again, curve="side_trends")
