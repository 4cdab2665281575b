"""Learns which words belong together: collocations by normalised pointwise mutual information (Bouma 2009), by gensim."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from topics.core.contracts import Language
from topics.preprocessing.tokenise import Phrase, PhraseJoiner

MIN_COUNT = 5
MIN_NPMI = 0.4  # for two words; below it chance neighbours outnumber words
MIN_NPMI_LONG = 0.5  # for joining what is joined already
MAX_WORDS = 4
GLUE = "\x1e"


def _pairs(stream: Iterable[list[str]], threshold: float) -> list[tuple[str, str]]:
    from gensim.models.phrases import Phrases

    model = Phrases(stream, min_count=MIN_COUNT, threshold=threshold, scoring="npmi", delimiter="\x1f")
    found = (tuple(pair.split("\x1f")) for pair in model.export_phrases())
    return [(pair[0], pair[1]) for pair in found if len(pair) == 2]


def learn_phrases(stream: Callable[[], Iterable[list[str]]], language: Language) -> frozenset[Phrase]:
    """Return phrases of two to four words; none begins or ends with a function word.

    Args:
        stream: gives the runs of words anew at each call; two passes are made. A word may be of several syllables.
        language: whose function words may not stand at an end.
    """
    stop = language.function_words  # those of another language may be words of this one: "an", "may", "do"
    first = {pair for pair in _pairs(stream(), MIN_NPMI) if pair[0] not in stop and pair[1] not in stop}
    join = PhraseJoiner(first, glue=GLUE)
    phrases: set[Phrase] = set(first)
    for left, right in _pairs((join(tokens) for tokens in stream()), MIN_NPMI_LONG):
        phrase = (*left.split(GLUE), *right.split(GLUE))
        if len(phrase) <= MAX_WORDS and phrase[0] not in stop and phrase[-1] not in stop:
            phrases.add(phrase)
    return frozenset(phrases)
