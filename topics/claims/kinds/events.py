"""Events: a share changed with an event that the user names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

from topics.claims.phrases import caution, chance, decimal, span
from topics.claims.reading import Row, Tables, number, row_key
from topics.claims.records import ClaimKind, Language, Recomputed, Setting, Sign, Statement, Words
from topics.core.events import Event
from topics.core.series import Kind, TrendCell
from topics.tables import plain_text
from topics.trends._sample import first_day, last_day, sample, unit_of
from topics.trends.interruptions import PULSE, all_event_effects, event_effects
from topics.trends.periods import next_start

KEY = ("kind", "date", "event", "series", "language", "effect")
COLUMNS = ("value", "low", "high", "q", "placebo_p", "n_placebos", "decision")
SIGNS: dict[str, Sign] = {"higher": 1, "lower": -1}


def find(row: Row) -> Sign | None:
    """Return the direction of an effect that other dates do not show."""
    return SIGNS.get(row["decision"].split(";")[0])


def window(row: Row, same: Sequence[Row], labels: Sequence[str]) -> tuple[str, str]:
    """Return the time from the event on, or its period and the two after, as far as they hold articles."""
    day = date.fromisoformat(row["date"])
    at = sum(last_day(label) < day for label in labels[:-1])
    end = first_day(labels[at])
    for _ in range(PULSE - 1):
        end = next_start(end, unit_of(labels[at])) or end
    return labels[at], labels[-1] if row["effect"] == "level" else max(label for label in labels if first_day(label) <= end)


def say(found: Statement, words: Words, language: Language) -> str:
    """Return the sentence."""
    row, level = found.row, found.row["effect"] == "level"
    value, q, interval = decimal(row["value"], 2, language), chance(row["q"], language), span(row["low"], row["high"], language)
    event, care = f"{plain_text(row['event'])} ({row['date']})", caution(row["decision"], language)
    dates = int(number(row["n_placebos"]))
    others = round(number(row["placebo_p"]) * (dates + 1)) - 1  # the event itself counts as one
    if language == "en":
        when = f"from {event} on" if level else f"in the {words.unit} of {event} and the two after"
        shows = "show" if others > 1 else "shows"
        told = (
            f"its odds are {value} times those of its trend ({interval}, q {q}; {others or 'none'} of {dates} other dates {shows} as much)"
        )
        return f"{words.label}: {when} {told}.{care}"
    when = f"từ {event} trở đi" if level else f"trong kỳ có {event} và hai kỳ tiếp theo"
    also = f"{others or 'không ngày nào'} trong {dates} ngày khác cho thấy như vậy"
    told = f"số chênh gấp {value} lần so với xu hướng ({interval}, q {q}; {also})"
    return f"{words.label}: {when}, {told}.{care}"


def _event(row: Row) -> Event:
    return Event(date.fromisoformat(row["date"]), row["event"])


def measure(found: Statement, cells: tuple[TrendCell, ...], setting: Setting) -> float:
    """Return the logarithm of the effect; nan where too few periods lie on one side."""
    data, day = sample([cells]), date.fromisoformat(found.row["date"])
    if not first_day(data.labels[0]) <= day <= last_day(data.labels[-1]):
        return math.nan
    found_effects = {item.effect: item.value for item in event_effects(data, found.language, _event(found.row))}
    value = next(value for effect, value in found_effects.items() if effect == found.row["effect"])
    return math.log(value) if value > 0 else math.nan


def again(tables: Tables, source: str, kind: Kind, setting: Setting) -> Iterator[Recomputed]:
    """Yield the effects of all events of the table."""
    events = sorted({_event(row) for row in tables.rows(f"event_effects_{source}")}, key=lambda event: (event.day, event.name))
    for item in all_event_effects(tables.trends(f"trends_{source}", kind), events):
        named = {"kind": kind, "date": str(item.event.day), "event": item.event.name, "series": item.series, "language": item.language}
        numbers = {
            "value": item.value,
            "low": item.low,
            "high": item.high,
            "q": item.q,
            "placebo_p": item.placebo_p,
            "n_placebos": float(item.n_placebos),
        }
        yield row_key({**named, "effect": item.effect}, KEY), {**numbers, "decision": item.decision}


CLAIM = ClaimKind("event", "event_effects", COLUMNS, find, window, say, measure, again)
