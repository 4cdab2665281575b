"""Words that the corpus itself shows: cohesive runs of syllables, weighed by a unigram model, and the cheapest cut of each text.

It needs no word list and no library, and cannot make a word that its lexicon lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from topics.core.contracts import Cutter, Language, Lexicon, Segmenter


def learn(stream: Iterable[Sequence[str]], language: Language, longest: int) -> Lexicon:
    """Return the words of several syllables, and of the syllables in them, with what each costs."""
    from topics.preprocessing.segmenters._learn import learn_words

    return learn_words(stream, language, longest)


def cutter(lexicon: Lexicon) -> Cutter:
    """Return a function that cuts texts at least cost."""
    from topics.preprocessing.segmenters._unigram import Unigram

    model = Unigram(lexicon)

    def cut(text: str, tokens: Sequence[str]) -> Sequence[int]:
        return list(map(int, model.cut(tokens)))

    return cut


SEGMENTER = Segmenter("dictionary", "Words learned from the corpus", cutter=cutter, learn=learn, phrases=False)
