"""Learns words of several syllables from unsegmented text: cohesive runs, then a unigram model by expectation maximisation.

Source: the model is that of Kudo 2018, "Subword regularization", with syllables for letters; see `_ngrams` for cohesion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from topics.core.contracts import Language, Lexicon
from topics.preprocessing.segmenters._ngrams import Ngrams, cohesion, count_ngrams
from topics.preprocessing.segmenters._unigram import Float64, Int32, build_trie, expected_counts
from topics.preprocessing.tokenise import BREAK

MAX_TOKENS = 8_000_000  # some 15,000 articles; a larger corpus shows few new words and costs memory
LEAST = 5
# Two syllables meet in a word far more often than by chance; words in a phrase must be firmer, and longer runs, to be no clause.
COHESION = (0.3, 0.6, 0.7)  # of 2, 3 and more tokens
COHESION_WORDS = (0.4, 0.6, 0.7)  # where a token is a word already
ROUNDS = 4
DIGITS = 6  # of a cost; more would differ between machines
Entries = list[tuple[int, ...]]


def _numbered(stream: Iterable[Sequence[str]]) -> tuple[Int32, list[str]]:
    """The text as token numbers with -1 for breaks, and the tokens by number."""
    index: dict[str, int] = {BREAK: -1}
    parts: list[npt.NDArray[np.int32]] = []
    total = 0
    for tokens in stream:
        numbers = [index.setdefault(token, len(index) - 1) for token in tokens]
        parts.append(np.array([*numbers, -1], dtype=np.int32))
        total += len(numbers)
        if total >= MAX_TOKENS:
            break
    names = [token for token, number in index.items() if number >= 0]
    return (np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)), names


def _candidates(levels: list[Ngrams], stop: npt.NDArray[np.bool_], firm: tuple[float, ...]) -> tuple[Entries, Float64]:
    """All single tokens, and the runs that are cohesive and hold no function word; with their counts."""
    entries: Entries = [(number,) for number in range(len(stop))]
    counts = [levels[0].counts.astype(np.float64)]
    for step, level in enumerate(levels[1:]):
        keep = np.asarray(~stop[level.parts].any(axis=1), dtype=bool)
        keep[keep] = cohesion(levels, level, keep) >= firm[min(step, len(firm) - 1)]
        entries += [tuple(run) for run in level.parts[keep].tolist()]
        counts.append(level.counts[keep].astype(np.float64))
    return entries, np.concatenate(counts)


def learn_words(stream: Iterable[Sequence[str]], language: Language, longest: int) -> Lexicon:
    """Return the words of 2 to `longest` tokens that the text shows, and the tokens in them, with their costs (-log probability)."""
    text, names = _numbered(stream)
    n_tokens = len(names)
    if n_tokens < 2:
        return ()
    stop = np.array([name in language.function_words for name in names], dtype=bool)
    firm = COHESION if language.spaced_syllables else COHESION_WORDS
    entries, mass = _candidates(count_ngrams(text, n_tokens, longest, LEAST), stop, firm)
    for _ in range(ROUNDS):
        mass = expected_counts(text, build_trie(entries, n_tokens), -np.log(mass / mass.sum()))
        mass[:n_tokens] = np.maximum(mass[:n_tokens], 0.1)  # a syllable that only words hold can still stand alone in a new text
        keep = (mass >= LEAST) | (np.arange(len(entries)) < n_tokens)
        entries = [entry for entry, kept in zip(entries, keep.tolist(), strict=True) if kept]
        mass = mass[keep]
    costs = np.round(-np.log(mass / mass.sum()), DIGITS).tolist()
    inside = {number for entry in entries if len(entry) > 1 for number in entry}
    found = zip(entries, costs, strict=True)
    return tuple(sorted((tuple(names[n] for n in entry), cost) for entry, cost in found if len(entry) > 1 or entry[0] in inside))
