"""What a text says that reads alike in every language: figures, days, and proper names without their marks."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]

MIN_LETTERS = 4  # of a name of one word
MIN_DIGITS = 2
FIRST_HASH = 1 << 63  # below it a key is a day: 32 times the month plus the day
_MONTHS = "january february march april may june july august september october november december".split()
_NAMES = "|".join(_MONTHS)
_DAY = re.compile(
    rf"\b(?P<d>\d{{1,2}})(?:\s*/\s*|\s+tháng\s+)(?P<m>\d{{1,2}})\b(?!\s*/\s*\d{{1,3}}\b)|\bngày\s+(?P<d2>\d{{1,2}})-(?P<m2>\d{{1,2}})\b"
    rf"|\b(?P<name>{_NAMES})\s+(?P<d3>\d{{1,2}})\b|\b(?P<d4>\d{{1,2}})\s+(?P<name2>{_NAMES})\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_WORD = re.compile(r"[^\W\d_]+")
_SYLLABLE = re.compile(r"(?:ngh?|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?")
_WITHIN_NAME = frozenset((" ", "-", "–", " - "))


@dataclass(frozen=True, slots=True)
class Mention:
    """A key and where it stands."""

    key: int
    start: int
    end: int


def _hash(form: str) -> int:
    return int.from_bytes(hashlib.blake2b(form.encode(), digest_size=8).digest(), "big") | FIRST_HASH


def fold(word: str) -> str:
    """Return a word in lower case without marks: `Đà` becomes `da`."""
    parts = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(char for char in parts if not unicodedata.combining(char))


def _days(text: str) -> Iterator[Mention]:
    for match in _DAY.finditer(text):
        day = int(match["d"] or match["d2"] or match["d3"] or match["d4"])
        name = match["name"] or match["name2"]
        month = _MONTHS.index(name.lower()) + 1 if name else int(match["m"] or match["m2"])
        if 1 <= day <= 31 and 1 <= month <= 12:
            yield Mention(32 * month + day, match.start(), match.end())


def _figures(text: str) -> Iterator[Mention]:
    for match in _FIGURE.finditer(text):
        form = match[0]
        form = re.sub("[.,]", "", form) if _GROUPED.fullmatch(form) else form.replace(",", ".")
        if len(form) >= MIN_DIGITS:
            yield Mention(_hash(form), match.start(), match.end())


def _names(text: str) -> Iterator[Mention]:
    """Words with a capital, alone and in twos: `Hanoi` and `Hà Nội` are one key."""
    last: re.Match[str] | None = None
    for match in _WORD.finditer(text):
        if not match[0][0].isupper():
            last = None
            continue
        word = fold(match[0])
        if len(word) >= MIN_LETTERS and not _SYLLABLE.fullmatch(word):  # a syllable is a part of too many Vietnamese names
            yield Mention(_hash(word), match.start(), match.end())
        if last and text[last.end() : match.start()] in _WITHIN_NAME and len(last[0]) + len(word) > MIN_LETTERS:
            yield Mention(_hash(fold(last[0]) + word), last.start(), match.end())
        last = match


def mentions(text: str) -> list[Mention]:
    """Return the days, figures and names of a text, in no order; figures that are part of a day are left out."""
    days = list(_days(text))
    blanked = list(text)
    for day in days:
        blanked[day.start : day.end] = ";" * (day.end - day.start)
    rest = "".join(blanked)
    return [*days, *_figures(rest), *_names(rest)]


@dataclass(frozen=True, eq=False)
class MentionSets:
    """The keys of documents, one document's after another's, each sorted and distinct.

    Args:
        keys: days and 63-bit hashes.
        sizes: (n_docs,), number of keys of each document.
    """

    keys: UInt64
    sizes: UInt32

    def __len__(self) -> int:
        return len(self.sizes)


def mention_sets(texts: Sequence[str]) -> MentionSets:
    """Return the keys of texts. The chunk function of this step."""
    sets = [sorted({mention.key for mention in mentions(text)}) for text in texts]
    flat = np.array([key for keys in sets for key in keys], dtype=np.uint64)
    return MentionSets(flat, np.array([len(keys) for keys in sets], dtype=np.uint32))


def shared_forms(text: str, keys: frozenset[int]) -> tuple[str, ...]:
    """Return what of `keys` a text mentions, as it is written there, each once and sorted; overlapping names are joined."""
    spans = sorted({(mention.start, mention.end) for mention in mentions(text) if mention.key in keys})
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(sorted({text[start:end] for start, end in joined}))
