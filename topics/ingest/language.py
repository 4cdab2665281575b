"""Which languages a text is written in: a decision per sentence, then shares by words.

A sentence is `other` where it speaks for a language that is not installed, `<code>-nodia` where it is an installed language typed
without its diacritics, `und` where it holds too little to say. None of these is ever counted for a known language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from topics.core.contracts import Language
from topics.ingest._other_languages import AMBIGUOUS, OTHERS

WORD = re.compile(r"[^\W\d_]+")
MIN_SCORE = 0.12  # function words make up 30-50 % of running English, syllables with a mark 60-80 % of Vietnamese words
MIXED_SHARE = 0.20
MIN_KNOWN = 0.5
MIN_SMALL = 0.25  # with fewer words in small letters a sentence is a heading or a list of names
CLEAR = 0.3  # a sentence that speaks this clearly for a language needs no second look
SILENT_WORDS = 8  # so many words in small letters without one that speaks for an installed language are in another one
UNDETERMINED, MIXED, OTHER, PLAIN = "und", "mixed", "other", "-nodia"
_ENDS = ("! ", "? ", "… ", "\n")
_FOREIGN = re.compile("[^\\W\\d_\\u0000-\\u024f\\u1e00-\\u1eff\\ufb00-\\ufb06\\uff21-\\uff5a]")  # a letter that is not Latin
_UNSPACED = re.compile("[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff]")
Shares = tuple[tuple[str, float], ...]


def _sentences(text: str) -> list[str]:
    """Sentences, cheaply: a fragment such as "Mr" or "U.S" holds too little to be decided wrongly."""
    for end in _ENDS:
        text = text.replace(end, ". ")
    return text.split(". ")


def _outside_names(words: Sequence[str]) -> list[str]:
    """Words in small letters that do not stand between two capitalised ones: "thư" in "Tổng Bí thư Tô Lâm" is part of a name."""
    small = [word.islower() for word in words]
    last = len(words) - 1
    return [word for n, word in enumerate(words) if small[n] and not (0 < n < last and not small[n - 1] and not small[n + 1])]


class _Finder:
    """Decides sentences for one set of languages."""

    def __init__(self, languages: tuple[tuple[str, Language], ...]) -> None:
        self._scores = [(code, language.score) for code, language in languages]
        self._plain = [(code + PLAIN, language.plain_score) for code, language in languages if language.plain_score]
        self._function_words = [(code, frozenset(w for w in part.function_words if part.score([w]))) for code, part in languages]
        self._first = frozenset().union(*(listed for _, listed in self._function_words))  # no name, though a capital begins it
        own = {code for code, _ in languages}
        known = frozenset().union(*(language.function_words for _, language in languages))
        self._others: dict[str, list[str]] = {}
        for code, listed in OTHERS.items():
            for word in listed - known if code not in own else ():
                if not (len(word) == 1 and word.isascii()) and not any(score([word]) for _, score in self._scores):
                    self._others.setdefault(word, []).append(code)

    def sentence(self, words: list[str]) -> str:
        """Return the code for the words of one sentence, as written."""
        small = [word for word in words if word.islower()]
        if words[0].lower() in self._first:
            small.append(words[0].lower())
        if len(small) < 2 or len(small) < MIN_SMALL * len(words):
            lowered = [word.lower() for word in words]
            if small or not any(map(str.isupper, words)) or any(map(str.istitle, (word for word in words if len(word) > 1))):
                return self._heading(lowered)
            small = lowered
        scores = [score(small) for _, score in self._scores]
        if len(small) < len(words) and sum(score > 0 for score in scores) > 1:
            rest = _outside_names(words)
            if rest:
                small, scores = rest, [score(rest) for _, score in self._scores]
        return self._judge(small, scores)

    def _judge(self, small: list[str], scores: list[float]) -> str:
        best = max(scores, default=0.0)
        code = self._scores[scores.index(best)][0] if best >= MIN_SCORE else UNDETERMINED
        for plain, score in self._plain if best < CLEAR else ():
            found = score(small)
            if found > max(best, MIN_SCORE):
                best, code = found, plain
        if best >= CLEAR:
            return code
        hits = [word for word in small if word in self._others]
        if hits:
            n_other = max(Counter(code for word in hits for code in self._others[word]).values())
            if n_other > 1 and n_other >= max(best, MIN_SCORE) * len(small):
                return OTHER
            if best and n_other >= best * len(small):
                return UNDETERMINED  # one word for each side
            if not best and not AMBIGUOUS.intersection(hits):
                return OTHER
        if code == UNDETERMINED and len(small) >= SILENT_WORDS and best * len(small) < 1:
            return OTHER
        return code

    def _heading(self, lowered: list[str]) -> str:
        """A heading in capitals or a list of names: only function words can speak."""
        found = ((sum(map(listed.__contains__, lowered)) / len(lowered), code) for code, listed in self._function_words)
        best, code = max(found, default=(0.0, UNDETERMINED))
        return code if best >= MIN_SCORE else UNDETERMINED

    def _in_letters(self, sentence: str, words: list[str]) -> str:
        """The code of a sentence that may be in other letters than Latin ones; an installed language claims it first."""
        if 2 * len(_FOREIGN.findall(sentence)) <= sum(map(len, words)):
            return self.sentence(words)
        lowered = [word.lower() for word in words]
        best, code = max(((score(lowered), code) for code, score in self._scores), default=(0.0, OTHER))
        return code if best >= MIN_SCORE else OTHER

    def shares(self, text: str) -> Shares:
        """Return (code, share of words), largest first."""
        counts: Counter[str] = Counter()
        foreign = _FOREIGN.search(text) is not None
        for sentence in _sentences(text):
            words = WORD.findall(sentence)
            if words and foreign:
                counts[self._in_letters(sentence, words)] += len(words) + len(_UNSPACED.findall(sentence)) // 2
            elif words:
                counts[self.sentence(words)] += len(words)
        total = sum(counts.values())
        return tuple(sorted(((code, n / total) for code, n in counts.items()), key=lambda item: (-item[1], item[0])))


@lru_cache(maxsize=16)
def _finder(languages: tuple[tuple[str, Language], ...]) -> _Finder:
    return _Finder(languages)


def language_shares(text: str, languages: Mapping[str, Language]) -> Shares:
    """Return (code, share of words), largest first: codes of the installed languages, `<code>-nodia`, `other` and `und`."""
    return _finder(tuple(languages.items())).shares(text)


def main_language(shares: Shares) -> str:
    """Return the main language: a code, `mixed` where a second language holds over 20 % of the known words, else `und`."""
    known = [(code, share) for code, share in shares if code != UNDETERMINED]
    total = sum(share for _, share in known)
    if not known or total < MIN_KNOWN:
        return UNDETERMINED
    if len(known) > 1 and known[1][1] / total > MIXED_SHARE:
        return MIXED
    return known[0][0]


def language_notes(code: str, shares: Shares) -> tuple[str, ...]:
    """Return what is unusual about a document's languages: `<code>_without_diacritics`, `other_language`, `mixed_languages`."""
    notes = [f"{found.removesuffix(PLAIN)}_without_diacritics" for found, share in shares if found.endswith(PLAIN) and share > MIXED_SHARE]
    return (*notes, *({OTHER: ("other_language",), MIXED: ("mixed_languages",)}.get(code, ())))
