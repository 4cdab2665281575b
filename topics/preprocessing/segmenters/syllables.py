"""Words between spaces; in Vietnamese these are syllables. Phrases that the corpus shows are joined afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from topics.core.contracts import Segmenter


def cut(text: str, tokens: Sequence[str]) -> list[int]:
    """Return one word for each token."""
    return [1] * len(tokens)


SEGMENTER = Segmenter("syllables", "Syllables", cutter=lambda _: cut)
