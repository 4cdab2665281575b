"""Which languages a text is written in: a decision per line, then shares by words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from topics.core.contracts import Language

WORD = re.compile(r"[^\W\d_]+")
MIN_SCORE = 0.12  # function words make up 30-50 % of running English, marked letters 60 % of Vietnamese words
MIXED_SHARE = 0.20
MIN_KNOWN = 0.5
UNDETERMINED = "und"
MIXED = "mixed"


def language_shares(text: str, languages: Mapping[str, Language]) -> tuple[tuple[str, float], ...]:
    """Return (code, share of words), largest first; words of lines that speak for no language count as `und`."""
    counts: Counter[str] = Counter()
    for line in text.split("\n"):
        words = WORD.findall(line.lower())
        if not words:
            continue
        scores = sorted(((language.score(words), code) for code, language in languages.items()), reverse=True)
        best, code = scores[0] if scores else (0.0, UNDETERMINED)
        counts[code if best >= MIN_SCORE else UNDETERMINED] += len(words)
    total = sum(counts.values())
    return tuple(sorted(((code, n / total) for code, n in counts.items()), key=lambda item: (-item[1], item[0])))


def main_language(shares: tuple[tuple[str, float], ...]) -> str:
    """Return the main language: a code, `mixed` where a second language holds over 20 % of the known words, else `und`."""
    known = [(code, share) for code, share in shares if code != UNDETERMINED]
    total = sum(share for _, share in known)
    if not known or total < MIN_KNOWN:
        return UNDETERMINED
    if len(known) > 1 and known[1][1] / total > MIXED_SHARE:
        return MIXED
    return known[0][0]
