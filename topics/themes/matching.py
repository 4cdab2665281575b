"""Finds a theme's terms in running text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise, product
from typing import NamedTuple

import msgspec

from topics.core.contracts import Language
from topics.core.hashing import canonical_json
from topics.core.registry import discover
from topics.core.terms import GAP, alternatives, is_exact, term_words
from topics.core.themes import Theme, Themes
from topics.core.vietnamese import fold_tones
from topics.themes.sentences import SHORT_FORMS

UNSURE = frozenset({"mixed", "und"})  # such documents may hold any language
_WORD = re.compile(r"\w+")
_WORD_OR_WILDCARD = re.compile(r"[\w*]+")
_PREFIX = 4  # letters of a word by which a wildcard is first looked for
_NEXT = r"[\s\-\u2010\u2011]+"  # between the words of a term: white space and hyphens are one
_REACH = 5  # words that a gap in a term may hold
_BETWEEN = r"[^\w.!?…\n]++"  # what stands between two words of a sentence
_SHORT = "|".join(sorted(SHORT_FORMS))  # a full stop behind them ends no sentence
_ANY_WORD = rf"(?:(?:\w\.)++|(?:{_SHORT})\.|\w++(?:\.\w++|(?<=\d),\d++)*+)"
_WITHIN = rf"(?:{_BETWEEN}{_ANY_WORD}){{0,{_REACH}}}?{_BETWEEN}"  # possessive: a text can be cut into words in one way only

Mark = str | tuple[str, str]


class Hit(NamedTuple):
    """An occurrence of a term: where, as the theme writes it, and in which of the theme's languages."""

    start: int
    end: int
    term: str
    language: str


class Wanted(NamedTuple):
    """A term to look for: as the theme writes it, its language, and for each of its words the forms that it may have."""

    term: str
    language: str
    words: tuple[frozenset[str], ...]
    cased: bool


def wanted(term: str, code: str, language: Language | None) -> list[Wanted]:
    """Return what a term stands for in running text, once for each of its choices.

    Args:
        term: as `topics.core.terms` says; after `=` capitals count too ("=IT" is not "it").
        code: of its language.
        language: the language; None where it has no module, and so no forms.
    """

    def made(one: str) -> Wanted:
        cased = is_exact(one) and one != one.lower()
        forms = language.forms if language and not is_exact(one) else None
        listed = term_words(one if cased else one.lower())
        words = (frozenset(forms(word) if forms and not {"*", GAP} & set(word) else (word,)) for word in listed)
        return Wanted(term, code, tuple(words), cased)

    return [made(one) for one in alternatives(term)]


def _surface(text: str) -> str:
    return re.escape(text).replace(r"\*", r"\w*").replace("'", "['’]")


def _either(forms: Iterable[str]) -> str:
    """A pattern for any of some strings: what they begin with, and then how they go on, the longest first."""
    listed = sorted(set(forms), key=lambda form: (-len(form), form))
    first, last = min(listed), max(listed)
    stem = first[: next((n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))]
    rests = [_surface(form[len(stem) :]) for form in listed]
    return _surface(stem) + (f"(?:{'|'.join(rests)})" if len(rests) > 1 else rests[0])


def _phrase(words: Sequence[Iterable[str]]) -> str:
    """A pattern for words one after another, each in any of its forms."""
    parts = [""]
    for before, forms in zip([None, *words], words, strict=False):
        if GAP in forms:
            continue
        parts += [] if before is None else [_WITHIN if GAP in before else _NEXT]
        parts.append(_either(forms))
    return "".join(parts)


class _Text:
    """A text with one tone placement, as written and in small letters, and what it holds: words, pairs of words, beginnings of words."""

    def __init__(self, text: str) -> None:
        self.folded = fold_tones(text)
        self.small = self.folded.lower()
        if len(self.small) != len(text):  # İ becomes two letters; offsets must stay
            self.small = "".join(char.lower() if len(char.lower()) == 1 else char for char in self.folded)
        words = _WORD.findall(self.small)
        self.words = frozenset(words)
        self.marks: frozenset[Mark] = self.words.union(pairwise(words))

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first letters of its words, which few texts are asked for."""
        return frozenset(word[:_PREFIX] for word in self.words)


_read = lru_cache(maxsize=2)(_Text)  # all themes read a document before the next one comes


def _mark(words: Iterable[str]) -> Mark:
    """What a text holds that holds these words one after another: the first two, or the first where the second is not known by letter."""
    listed = _WORD_OR_WILDCARD.findall(" ".join(words).lower())
    return (listed[0], listed[1]) if len(listed) > 1 and "*" not in listed[1] else str(listed[0])


class _Sieve:
    """Tells texts that cannot hold any of some terms: those without a pair of its first two words and of its last two."""

    def __init__(self, terms: Iterable[Wanted]) -> None:
        self._firsts: dict[Mark, set[Mark]] = {}
        self._stems: set[str] = set()
        for item in terms:
            firsts, lasts = ({_mark(pair) for pair in product(*words)} for words in (item.words[:2], item.words[-2:]))
            open_ended = {mark.partition("*")[0][:_PREFIX] for mark in (*firsts, *lasts) if isinstance(mark, str) and "*" in mark}
            open_ended |= {mark[0].partition("*")[0][:_PREFIX] for mark in (*firsts, *lasts) if isinstance(mark, tuple) and "*" in mark[0]}
            self._stems |= open_ended
            for last in () if open_ended else lasts:
                self._firsts.setdefault(last, set()).update(firsts)
        self._lasts = frozenset(self._firsts)
        self._is_open = any(len(stem) < _PREFIX for stem in self._stems)

    def lets_pass(self, text: _Text) -> bool:
        """Return whether a text may hold one of the terms."""
        if self._is_open or any(not self._firsts[last].isdisjoint(text.marks) for last in self._lasts & text.marks):
            return True
        return bool(self._stems) and not self._stems.isdisjoint(text.beginnings)


class _TermPattern:
    """One pattern for all terms, a group for each; at each place the term of most words goes first, then the longest.

    Most texts hold no term of a theme, which a look at their words and pairs of words shows. In the pattern, terms are gathered by their
    first letter, and that nothing of a word stands before it is asked behind it: so the search jumps from one such letter to the next.
    """

    def __init__(self, terms: Iterable[Wanted]) -> None:
        by_letter: dict[str, list[tuple[Wanted, str]]] = {}
        terms = list(terms)
        self._sieve = _Sieve(terms)
        for item in sorted(terms, key=lambda item: (-len(item.words), -len(item.term), item.term, item.language)):
            first: dict[str, list[str]] = {}
            for form in item.words[0]:
                letter = "" if form[0] in "*'" else form[0]
                first.setdefault(letter, []).append(form.removeprefix(letter))
            for letter, rests in first.items():
                by_letter.setdefault(letter, []).append((item, _phrase([rests, *item.words[1:]])))
        branches: list[str] = []
        for letter, listed in sorted(by_letter.items()):
            before = re.escape(letter) + r"(?<!\w.)" if letter else r"(?<!\w)"
            branches.append(f"{before}(?:{'|'.join(f'({pattern})' for _, pattern in listed)})")
        self._found = [item for _, listed in sorted(by_letter.items()) for item, _ in listed]
        self._pattern = re.compile(rf"(?:{'|'.join(branches)})(?!\w)") if branches else None

    def __call__(self, read: _Text, text: str) -> list[Hit]:
        """Return the occurrences in one form of what was read."""
        if self._pattern is None or not self._sieve.lets_pass(read):
            return []
        places = ((match, self._found[(match.lastindex or 1) - 1]) for match in self._pattern.finditer(text))
        return [Hit(match.start(), match.end(), item.term, item.language) for match, item in places]


class TermFinder:
    """Finds whole-word occurrences of terms, those of most words at each place; occurrences do not overlap."""

    def __init__(self, terms: Iterable[Wanted]) -> None:
        listed = [item for item in terms if item.words]
        self._small = _TermPattern(item for item in listed if not item.cased)
        self._cased = _TermPattern(item for item in listed if item.cased)

    def __call__(self, text: str) -> list[Hit]:
        """Return the occurrences in order."""
        read = _read(text)
        found, cased = self._small(read, read.small), self._cased(read, read.folded)
        if not cased:
            return found
        kept: list[Hit] = []
        for hit in sorted([*found, *cased], key=lambda hit: (hit.start, -hit.end, hit.term)):
            if not kept or hit.start >= kept[-1].end:
                kept.append(hit)
        return kept


class ThemeMatcher:
    """Finds one theme in texts of any language: a language's own terms, all terms where the language is mixed or unknown.

    Args:
        theme: what to look for.
        languages: language code to what knows its inflected forms; None takes the installed ones.
    """

    def __init__(self, theme: Theme, languages: Mapping[str, Language] | None = None) -> None:
        self.theme = theme
        languages = discover("topics.preprocessing.languages", "LANGUAGE") if languages is None else languages
        terms = {
            code: [item for term in listed for item in wanted(term, code, languages.get(code))] for code, listed in theme.terms.items()
        }
        barred = {
            code: [item for term in listed for item in wanted(term, code, languages.get(code))] for code, listed in theme.exclude.items()
        }
        self._terms = {code: TermFinder(listed) for code, listed in terms.items()}
        self._exclude = {code: TermFinder(listed) for code, listed in barred.items()}
        self._any = TermFinder(item for listed in terms.values() for item in listed)
        self._exclude_any = TermFinder(item for listed in barred.values() for item in listed)

    def find(self, text: str, language: str) -> list[Hit]:
        """Return every occurrence of a term that no excluded phrase covers, in order.

        Args:
            text: NFC, any length.
            language: of the text.
        """
        finder = self._any if language in UNSURE else self._terms.get(language)
        found = finder(text) if finder else []
        exclude = self._exclude_any if language in UNSURE else self._exclude.get(language)
        if not found or exclude is None:
            return found
        barred = exclude(text)
        return [hit for hit in found if not any(bar.start <= hit.start and hit.end <= bar.end for bar in barred)]

    def hits(self, text: str, language: str) -> list[tuple[int, int, str]]:
        """Return (start, end, term as the theme writes it) of every occurrence."""
        return [(hit.start, hit.end, hit.term) for hit in self.find(text, language)]

    def spans(self, text: str, language: str) -> list[tuple[int, int]]:
        """Return (start, end) of every occurrence."""
        return [(hit.start, hit.end) for hit in self.find(text, language)]


def matchers_of(themes: Themes) -> tuple[ThemeMatcher, ...]:
    """Return what finds each theme, by the installed languages; made once for the same themes."""
    return _matchers(canonical_json(themes))


@lru_cache(maxsize=4)
def _matchers(themes: bytes) -> tuple[ThemeMatcher, ...]:
    return tuple(map(ThemeMatcher, msgspec.json.decode(themes, type=Themes)))
