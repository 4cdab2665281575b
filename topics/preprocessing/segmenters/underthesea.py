"""Vietnamese words by underthesea (a conditional random field trained on treebanks); optional."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from topics.core.contracts import Cutter, Lexicon, Segmenter
from topics.preprocessing.segmenters._library import cut_by, installed


def cutter(lexicon: Lexicon) -> Cutter:
    """Return a function that cuts texts by underthesea.

    Raises:
        MissingPartError: underthesea is not installed.
    """
    installed("underthesea")
    from underthesea import word_tokenize

    def segment(line: str) -> Sequence[str]:
        return list(word_tokenize(line))

    return partial(cut_by, segment)


SEGMENTER = Segmenter(
    "underthesea",
    "Vietnamese words by underthesea",
    cutter=cutter,
    languages=frozenset({"vi"}),
    version=lambda: installed("underthesea"),
)
