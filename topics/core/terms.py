"""How the terms of themes are written: `*` for any ending, `...` for some words between two, `(a|b)` for either, `=` for exactly so."""

from __future__ import annotations

import math
import re
import unicodedata
from itertools import product

from topics.core.vietnamese import fold_tones

EXACT = "="  # a term that begins so counts as it is written
GAP = "…"  # in a term, also written "...": other words may stand here
MOST = 200  # terms that the choices of one may stand for
_SPACE = re.compile(r"[\s\-\u2010\u2011]+")  # between the words of a term: white space and hyphens are one
_ELLIPSIS = re.compile(r"\.{3}|…")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
_IN_A_WORD = re.compile(r"[^\W_]")


def is_exact(term: str) -> bool:
    """Return whether a term counts as it is written, without inflected forms."""
    return term.lstrip().startswith(EXACT)


def alternatives(term: str) -> list[str]:
    """Return a term once for each of its choices: "merge (province|ward)" is two; without a choice, itself."""
    return list(dict.fromkeys("".join(chosen) for chosen in product(*_choices(term))))


def _choices(term: str) -> list[list[str]]:
    pieces = _CHOICE.split(term)  # every second one is a choice
    return [piece.split("|") if number % 2 else [piece] for number, piece in enumerate(pieces)]


def term_words(term: str) -> list[str]:
    """Return the words of a term without choices, and `GAP` for its gaps: NFC, one tone placement, split at white space and hyphens."""
    text = fold_tones(unicodedata.normalize("NFC", _ELLIPSIS.sub(f" {GAP} ", term))).strip().removeprefix(EXACT).replace("’", "'")
    return [word for word in _SPACE.split(text) if word]


def normal_term(term: str) -> str:
    """Return one spelling for all those of a term that match the same: small letters, single spaces."""
    return " ".join(term_words(term)).lower()


def fault(term: str) -> str:
    """Return why a term cannot be looked for; empty where it can."""
    n = math.prod(map(len, _choices(term)))
    if n > MOST:
        return f"whose choices stand for {n:,} terms, {MOST:,} at most"
    return next((why for why in map(_fault, alternatives(term)) if why), "")


def _fault(term: str) -> str:
    words = term_words(term)
    padded = ["", *words, ""]
    beside = [padded[at + step] for at, word in enumerate(padded) if word == GAP for step in (-1, 1)]
    nothing = "which is a wildcard alone and matches every word" if "*" in term else "which holds no letter or digit"
    faults = (
        (not all(map(_IN_A_WORD.search, beside)), "in which `...` does not stand between two words"),
        (bool(_TWO_STOPS.search(term)), "in which `..` stands for nothing; three stand for other words"),
        ("|" in term, "in which `|` does not stand in one pair of brackets: (one|another), none inside another"),
        (term.count("(") != term.count(")"), "in which a bracket has no partner"),
        (any(word.startswith(EXACT) for word in words), "in which `=` does not stand before the whole term"),
        (not _IN_A_WORD.search(term), nothing),
    )
    return next((why for is_so, why in faults if is_so), "")
