"""The words of the report in a language: one file each in `words/`, with the same keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["en", "vi"]


@cache
def _texts(language: Language) -> Mapping[str, Mapping[str, str | Mapping[str, str] | list[str]]]:
    return tomllib.loads(files("topics.report").joinpath(f"words/{language}.toml").read_text(encoding="utf-8"))


class _Count(str):
    """A whole number as a language writes it; in a text `{n:article|articles}` puts the word that goes with it behind."""

    one: bool

    def __new__(cls, value: int, written: str) -> _Count:
        """Return the number in writing."""
        made = super().__new__(cls, written)
        made.one = value == 1
        return made

    def __format__(self, words: str) -> str:
        one, bar, other = words.partition("|")
        return f"{self!s} {one if self.one else other}" if bar else str(self)


class Wording:
    """Texts and numbers as a language writes them.

    Args:
        language: of the page.
    """

    def __init__(self, language: Language = "en") -> None:
        self.language: Language = language

    def __call__(self, key: str, **values: object) -> str:
        """Return the text `section.name` with its values in place; `n` chooses between one and more where sentences differ by more.

        Numbers are written as the language does: whole ones with their thousands apart.

        Raises:
            KeyError: there is no such text, or it wants a value that is not given.
        """
        section, _, name = key.partition(".")
        text = _texts(self.language)[section][name]
        if isinstance(text, Mapping):
            text = text["one" if values.get("n") == 1 else "other"]
        if not isinstance(text, str):
            raise KeyError(key)
        counts = {name: _Count(value, self.number(value)) for name, value in values.items() if isinstance(value, int)}
        return text.format_map({**values, **counts})

    def glossary(self) -> tuple[tuple[str, str], ...]:
        """Return (term, explanation) of the terms of the report."""
        return tuple((entry[0], entry[1]) for entry in _texts(self.language)["glossary"].values() if isinstance(entry, list))

    def number(self, value: int) -> str:
        """Return a whole number with its thousands apart."""
        return self.marks(f"{value:,}")

    def decimal(self, value: float, digits: int = 2) -> str:
        """Return a number with so many decimals."""
        return self.marks(f"{value:,.{digits}f}")

    def figures(self, value: float, digits: int = 3) -> str:
        """Return a number with so many digits that count."""
        return self.marks(f"{value:.{digits}g}")

    def share(self, value: float) -> str:
        """Return a share in per cent, below ten of them with a decimal."""
        return self.percent(value, 0 if value >= 0.0995 or value == 0 else 1)

    def percent(self, value: float, digits: int = 0) -> str:
        """Return a share in per cent."""
        return self.marks(f"{value:.{digits}%}")

    @property
    def decimal_mark(self) -> Literal[".", ","]:
        """What stands before the fraction of a number."""
        return "," if self.language == "vi" else "."

    def section(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return (name, text) of the plain texts of a section, in their order."""
        return tuple((key, text) for key, text in _texts(self.language)[name].items() if isinstance(text, str))

    def marks(self, written: str) -> str:
        """Return a number that was written the English way as the language writes it."""
        return written.translate(str.maketrans(",.", ".,")) if self.language == "vi" else written
