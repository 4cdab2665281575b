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


class Wording:
    """Texts and numbers as a language writes them.

    Args:
        language: of the page.
    """

    def __init__(self, language: Language = "en") -> None:
        self.language: Language = language

    def __call__(self, key: str, **values: object) -> str:
        """Return the text `section.name` with its values in place; `n` also chooses between one and more.

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
        return text.format_map({name: self.number(value) if isinstance(value, int) else value for name, value in values.items()})

    def glossary(self) -> tuple[tuple[str, str], ...]:
        """Return (term, explanation) of the terms of the report."""
        return tuple((entry[0], entry[1]) for entry in _texts(self.language)["glossary"].values() if isinstance(entry, list))

    def number(self, value: int) -> str:
        """Return a whole number with its thousands apart."""
        return self._marks(f"{value:,}")

    def decimal(self, value: float, digits: int = 2) -> str:
        """Return a number with so many decimals."""
        return self._marks(f"{value:,.{digits}f}")

    def figures(self, value: float, digits: int = 3) -> str:
        """Return a number with so many digits that count."""
        return self._marks(f"{value:.{digits}g}")

    def percent(self, value: float, digits: int = 0) -> str:
        """Return a share in per cent."""
        return self._marks(f"{value:.{digits}%}")

    def _marks(self, written: str) -> str:
        return written.translate(str.maketrans(",.", ".,")) if self.language == "vi" else written
