"""Text to terms: words by a segmenter, learned phrases over them; what the user names stays whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from topics.core.contracts import Cutter, Language, Lexicon, Segmenter
from topics.core.registry import get
from topics.preprocessing.phrases import learn_phrases
from topics.preprocessing.tokenise import BREAK, Phrase, PhraseJoiner, stretches, tokens

PACKAGE, CONSTANT = "topics.preprocessing.segmenters", "SEGMENTER"
DEFAULT = "dictionary"
UNSURE = frozenset({"mixed", "und"})  # such documents may hold any language
_WHOLE = "\x00"  # marks a term that nothing may be joined to
MAX_WORDS = 4  # of a learned phrase


def segmenter_of(name: str) -> Segmenter:
    """Return a segmenter by its name in the study file.

    Raises:
        UsageError: there is none of that name.
    """
    found: Segmenter = get(PACKAGE, CONSTANT, DEFAULT if name == "default" else name)
    return found


class TermMaker:
    """Turns texts into terms, the same for training and new documents.

    Args:
        whole: terms that stay whole, whatever the segmenter and upper or lower case.
        segmenter: how words are found.
        lexicon: what it learned.
        phrases: phrases of its words that are joined as well.
    """

    def __init__(self, whole: Iterable[Phrase], segmenter: Segmenter, lexicon: Lexicon = (), phrases: Iterable[Phrase] = ()) -> None:
        self._whole = PhraseJoiner(whole)
        self._languages = segmenter.languages
        self._cut: Cutter = segmenter.cutter(lexicon)
        self._phrases = PhraseJoiner(phrases)

    def masked(self, text: str) -> tuple[list[str], dict[int, Phrase]]:
        """Return the tokens of a text with a break for each token of a whole term, and those terms by their place."""
        listed = tokens(text)
        places = {at: tuple(listed[at : at + n]) for at, n in self._whole.lengths(listed)}
        for at, term in places.items():
            listed[at : at + len(term)] = [BREAK] * len(term)
        return listed, places

    def words(self, text: str, language: str) -> list[str]:
        """Return the words of a text, with breaks; whole terms are marked."""
        listed, places = self.masked(text)
        if self._languages and language not in self._languages | UNSURE:
            made: list[str] = listed
            starts: Sequence[int] = range(len(listed))
        else:
            lengths = self._cut(text, listed)
            starts = [at for at, n in enumerate(lengths) if n]
            made = [" ".join(listed[at : at + lengths[at]]) if lengths[at] > 1 else listed[at] for at in starts]
        if places:
            made = [_WHOLE + " ".join(places[at]) if at in places else word for at, word in zip(starts, made, strict=True)]
        return made

    def __call__(self, text: str, language: str) -> list[str]:
        """Return the terms of a text in order."""
        return [term.removeprefix(_WHOLE) for term in self._phrases(self.words(text, language)) if term]


def learn_terms(
    texts: Mapping[str, Iterable[str]], languages: Mapping[str, Language], whole: Iterable[Phrase], segmenter: Segmenter, *, phrases: bool
) -> tuple[Lexicon, tuple[Phrase, ...]]:
    """Return the lexicon of a segmenter and the phrases over its words, learned language by language.

    Args:
        texts: language code to its documents' texts; read more than once.
        languages: the languages.
        whole: terms that stay whole.
        segmenter: how words are found.
        phrases: False learns no phrases, and of words only those of two syllables, in languages that are written in syllables.
    """
    whole = tuple(whole)
    mask = TermMaker(whole, segmenter_of("syllables"))
    costs: dict[Phrase, float] = {}
    for code, listed in texts.items():
        longest = MAX_WORDS if phrases else 1 + languages[code].spaced_syllables
        if longest > 1 and (not segmenter.languages or code in segmenter.languages):
            for word, cost in segmenter.learn((mask.masked(text)[0] for text in listed), languages[code], longest):
                costs[word] = min(cost, costs.get(word, cost))  # where two languages share a word
    lexicon = tuple(sorted(costs.items()))
    if not (phrases and segmenter.phrases):
        return lexicon, ()
    make = TermMaker(whole, segmenter, lexicon)
    found: set[Phrase] = set()
    for code, listed in texts.items():
        found |= learn_phrases(partial(_runs, make, code, listed), languages[code])
    return lexicon, tuple(sorted(found))


def _runs(make: TermMaker, code: str, texts: Iterable[str]) -> Iterator[list[str]]:
    """Runs of words that phrases are learned from; a whole term ends one."""
    return stretches([BREAK if word.startswith(_WHOLE) else word for word in make.words(text, code)] for text in texts)
