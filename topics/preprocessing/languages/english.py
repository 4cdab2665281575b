"""English."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path

from topics.core.contracts import Language
from topics.preprocessing.languages._english_forms import inflected

# The commonest function words: they make up a third to a half of any running text, and hardly occur in other languages.
FUNCTION_WORDS = frozenset(
    "the of and to in a is that for it as was with be by on not he his at this are or from which an have they were their has had "
    "its but will would can been more who after into over how what when why where your you we our out new up says said could may "
    "than she him my them these those there then some any about between before because during against while if "
    "does did should might such other only most much many both each under through".split()
)
ENDINGS = ("ing", "ed", "ly", "ness", "ight", "ough")  # headlines have no function words
NEWS_WORDS = frozenset(
    "said says say told according mr mrs ms dr also would could will one two three first second last year years month months week "
    "weeks day days today yesterday monday tuesday wednesday thursday friday saturday sunday january february march april june "
    "july august september october november december new per just like s t re ve ll d m don doesn didn isn wasn aren".split()
)


@cache
def stop_words() -> frozenset[str]:
    """Return scikit-learn's English list with reporting verbs and calendar words, which fill every news topic."""
    return _listed() | NEWS_WORDS


def _listed() -> frozenset[str]:
    """scikit-learn's list, from its file where it stands alone: the library itself takes seconds to load, and opening a study needs it."""
    library = find_spec("sklearn")
    path = Path(library.origin).with_name("feature_extraction") / "_stop_words.py" if library and library.origin else None
    if path and path.is_file():
        return frozenset(run_path(str(path))["ENGLISH_STOP_WORDS"])
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS)


def score(words: list[str]) -> float:
    """Return the share of words that are English function words; where there are none, half the share of typical endings."""
    found = sum(map(FUNCTION_WORDS.__contains__, words))
    if found or not "".join(words).isascii():
        return found / len(words)
    return sum(len(word) > 4 and word.endswith(ENDINGS) for word in words) / 2 / len(words)


def forms(word: str) -> frozenset[str]:
    """Return the surface forms of a small-letter word, itself among them; a function word has no other."""
    return frozenset([word]) if word in FUNCTION_WORDS else inflected(word)


LANGUAGE = Language(
    code="en",
    name="English",
    stop_words=stop_words,
    stop_words_source="scikit-learn ENGLISH_STOP_WORDS (Glasgow list), with reporting and calendar words written for this project",
    score=score,
    function_words=FUNCTION_WORDS,
    forms=forms,
)
