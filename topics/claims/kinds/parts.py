"""Parts of a change between two spans: how much of it is the theme, the mix of sources, the mix of languages, reprints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topics.claims.looks import odds
from topics.claims.phrases import VOTES, chance, percent, points
from topics.claims.reading import Row, Tables, number, row_key
from topics.claims.records import ClaimKind, Language, Recomputed, Setting, Sign, Statement, Words
from topics.core.series import Kind
from topics.trends.decomposition import FACTORS, decision

KEY = ("kind", "series", "part")
COLUMNS = ("value", "low", "high", "before", "after", "q", "decision")
REFUSED = "not tested"
SIGNS: dict[str, Sign] = {"raises the share": 1, "lowers the share": -1}
NAMES: dict[Language, tuple[str, ...]] = {
    "en": ("the theme itself", "the mix of sources", "the mix of languages", "reprints"),
    "vi": ("bản thân chủ đề", "cơ cấu nguồn", "cơ cấu ngôn ngữ", "tin đăng lại"),
}


def find(row: Row) -> Sign | None:
    """Return the direction of a whole change that is more than chance."""
    return SIGNS.get(row["decision"]) if row["part"] == "total" else None


def window(row: Row, same: Sequence[Row], labels: Sequence[str]) -> tuple[str, str]:
    """Return the whole time; the spans stand in the sentence."""
    return labels[0], labels[-1]


def _keys(kind: str, series: str) -> list[str]:
    return [row_key({"kind": kind, "series": series, "part": part}, KEY) for part in FACTORS]


def beside(row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the rows of the four parts."""
    return tuple(_keys(row["kind"], row["series"])), ("value",)


def say(found: Statement, words: Words, language: Language) -> str:
    """Return the sentence."""
    row, spans = found.row, words.setting.spans or ()
    before, after, change = percent(row["before"], language), percent(row["after"], language), points(row["value"], language)
    low, high, of = points(row["low"], language), points(row["high"], language), VOTES[language]["articles"]
    values = [points(found.value("value", key), language) for key in _keys(found.kind, found.series)]
    parts = ", ".join(f"{name} {value}" for name, value in zip(NAMES[language], values, strict=True))
    q = chance(row["q"], language)
    days = [f"{first} – {last}" for first, last in spans]
    if language == "en":
        return (
            f"{words.label} goes from {before} of the {of} ({days[0]}) to {after} ({days[1]}): "
            f"{change} points (95 % interval {low} to {high}, q {q}), of these {parts}."
        )
    return (
        f"{words.label} chuyển từ {before} {of} ({days[0]}) sang {after} ({days[1]}): "
        f"{change} điểm phần trăm (khoảng tin cậy 95 % từ {low} đến {high}, q {q}), trong đó {parts}."
    )


def size(row: Row) -> float:
    """Return the logarithm of the odds of the later share over those of the earlier one; nan where nothing was tested."""
    return odds(number(row["after"])) - odds(number(row["before"]))


def again(tables: Tables, source: str, kind: Kind, setting: Setting) -> Iterator[Recomputed]:
    """Yield every whole change as the difference of its ends, as the sum of its parts, and as its interval decides."""
    rows = tables.by_key(f"change_parts_{source}")
    for key, row in rows.items():
        if row["kind"] == kind and row["part"] == "total" and row["value"]:
            refused = row["decision"].startswith(REFUSED)  # by the trends, whose noise is needed
            decided = row["decision"] if refused else decision(*(number(row[column]) for column in ("value", "low", "high", "q")))
            yield key, {"value": number(row["after"]) - number(row["before"]), "decision": decided}
            yield key, {"value": sum(number(rows[part]["value"]) for part in _keys(kind, row["series"]))}


CLAIM = ClaimKind("change_parts", "change_parts", COLUMNS, find, window, say, None, again, beside, size=size, spans=True)
