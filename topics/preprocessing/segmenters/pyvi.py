"""Vietnamese words by pyvi (a conditional random field trained on treebanks); optional."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from topics.core.contracts import Cutter, Lexicon, Segmenter
from topics.preprocessing.segmenters._library import cut_by, installed


def cutter(lexicon: Lexicon) -> Cutter:
    """Return a function that cuts texts by pyvi.

    Raises:
        MissingPartError: pyvi is not installed.
    """
    installed("pyvi")
    from pyvi import ViTokenizer

    def segment(line: str) -> Sequence[str]:
        return [word.replace("_", " ") for word in ViTokenizer.tokenize(line).split()]

    return partial(cut_by, segment)


SEGMENTER = Segmenter("pyvi", "Vietnamese words by pyvi", cutter=cutter, languages=frozenset({"vi"}), version=lambda: installed("pyvi"))
