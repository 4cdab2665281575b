"""Letters lost as `?`: text that was saved in an encoding without them ("B? tr??ng B? Qu?c phòng"). Nothing brings them back."""

from __future__ import annotations

import re

MIN_LOST = 3  # words of a text
MIN_LOST_SHARE = 0.02  # of its words
_MAY_BE = re.compile(r"(?<![^\s(\"“])([^\W\d_]*+)\?++([^\W\d_])[^\s/=&@]{0,40}+(?!\S)")  # no address: those have other signs too


def count_lost(text: str) -> int:
    """Return how many words have a `?` before or between their letters; a missing space ("vậy?Tôi") does not count."""
    if text.count("?") < MIN_LOST:
        return 0
    return sum(not before or after.islower() or before[-1].isupper() for before, after in _MAY_BE.findall(text))


def letters_lost(text: str) -> bool:
    """Return whether a text has lost letters: some words show it, and they are no rare ones."""
    lost = count_lost(text)
    return lost >= MIN_LOST and lost >= MIN_LOST_SHARE * len(text.split())
