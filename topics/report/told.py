"""What deeper code says in English (notes of models, audits, decisions), in the language of a page.

`[said]` in `words/en.toml` lists the forms of such sentences as that code writes them, `words/vi.toml` the same in Vietnamese.
A sentence is looked up by its form; one that has none stays English, and is marked so.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from topics.report.wording import Wording

_NUMBER = r"[-+]?\d[\d.,]*%?"
_INNER = "inner"  # a field that is itself such a sentence
_BOTH = re.compile(r"(.+) \((.+)\)|(.+?); (.+)")  # two sentences: "no clear change (tested)"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for a page; `foreign` where it is English on a page of another language."""

    text: str
    foreign: bool = False


def told(say: Wording, english: str) -> Told:
    """Return a sentence of deeper code in the language of the page, or as it is where its form is not known."""
    if say.language == "en":
        return Told(english)
    found = _translated(say, english)
    return Told(english, foreign=True) if found is None else Told(found)


def counted(say: Wording, names: Iterable[tuple[str, int]]) -> Told:
    """Return names with their numbers: "day 12, month 3"."""
    made = [(told(say, name), say.number(n)) for name, n in names]
    return Told(", ".join(f"{name.text} {n}" for name, n in made), any(name.foreign for name, _ in made))


def _translated(say: Wording, english: str) -> str | None:
    for name, form in _forms():
        match = form.fullmatch(english)
        if match:
            values = {field: _value(say, field, text) for field, text in match.groupdict().items()}
            if None not in values.values():
                return say(f"said.{name}", **values)
    both = _BOTH.fullmatch(english)
    pieces = [_translated(say, piece) for piece in both.groups() if piece] if both else [None]
    if both is None or None in pieces:
        return None
    return f"{pieces[0]} ({pieces[1]})" if both[1] else f"{pieces[0]}; {pieces[1]}"


def _value(say: Wording, field: str, text: str) -> str | None:
    """What stands in a field; None where it is a sentence without a form."""
    if field.startswith(_INNER):
        return _translated(say, text)
    return say.marks(text) if _is_number(field) else text


def _is_number(field: str) -> bool:
    return re.fullmatch(r"n\d*", field) is not None


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Names and patterns of the English forms, in their order."""
    return tuple((name, re.compile("".join(_pieces(text)), re.DOTALL)) for name, text in Wording("en").section("said"))


def _pieces(text: str) -> Iterator[str]:
    for literal, field, _, _ in string.Formatter().parse(text):
        yield re.escape(literal)
        if field:
            yield f"(?P<{field}>{_NUMBER if _is_number(field) else '.+' if field.startswith(_INNER) else '.+?'})"
