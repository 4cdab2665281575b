"""Which encoding bytes are in that are not UTF-8: every candidate is scored, and one is taken only when it is clearly the best."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from topics.ingest.encodings.charsets import CHARSETS, VIETNAMESE_SETS, WINDOWS_1252_SET
from topics.ingest.encodings.lost import count_lost
from topics.ingest.encodings.scoring import Score, english_words, is_english, vietnamese_score, words_beyond_ascii

MIN_SHARE = 0.8  # of the words beyond ASCII
MIN_MARGIN = 0.2  # over the second best
MIN_KINDS = 4  # different Vietnamese words
MIN_DENSITY = 0.1  # of all words: Vietnamese print is full of letters beyond ASCII
LIKELY_SHARE = 0.5  # enough to name an encoding in a message
SCORED_BYTES = 1 << 18
_ANY_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")


@dataclass(frozen=True)
class Ranking:
    """Candidates with their scores, the best first."""

    scores: tuple[tuple[str, Score], ...]

    @property
    def best(self) -> tuple[str, Score]:
        """Name and score of the best candidate."""
        return self.scores[0]

    @property
    def likely(self) -> bool:
        """Whether the best candidate may be named."""
        return self.best[1].share >= LIKELY_SHARE

    @property
    def clear(self) -> bool:
        """Whether the best candidate is good, by itself and beside the others."""
        name, score = self.best
        enough = score.kinds >= (MIN_KINDS if name != WINDOWS_1252_SET.name else 1)
        return enough and score.share >= MIN_SHARE and score.share - self.scores[1][1].share >= MIN_MARGIN

    @cached_property
    def sentence(self) -> str:
        """The best candidate with its score and that of the next, for messages."""
        (name, score), (other, next_score) = self.scores[:2]
        what = "fit English print" if name == WINDOWS_1252_SET.name else "are Vietnamese syllables"
        return (
            f"{CHARSETS[name].title}: {score.share:.0%} of {score.words} words with letters or signs beyond ASCII {what}, "
            f"{next_score.share:.0%} in {CHARSETS[other].title}"
        )


def rank(data: bytes) -> Ranking:
    """Score all candidates on the lines that are not UTF-8; of long input only the beginning of these."""
    odd = _odd_lines(data)
    words = words_beyond_ascii(odd)
    total = sum(words.values())
    lost = count_lost(odd.decode("latin-1"))  # bytes that lost letters fit no encoding, however well the rest does
    nothing = Score(0, total, 0)
    dense = total >= MIN_DENSITY * len(_ANY_WORD.findall(odd))
    found = {charset.name: vietnamese_score(words, charset) if dense else nothing for charset in VIETNAMESE_SETS}
    # Where most of the words are signs alone, those few that are letters say nothing of a language.
    scores = {name: score if 2 * score.words >= total and score.kinds > 1 else nothing for name, score in found.items()}
    scores[WINDOWS_1252_SET.name] = english_words(words) if is_english(data[:SCORED_BYTES]) else nothing
    scores = {name: Score(score.valid, score.words + lost, score.kinds) for name, score in scores.items()}
    return Ranking(tuple(sorted(scores.items(), key=lambda item: (-item[1].share, -item[1].valid, item[0]))))


def _odd_lines(data: bytes) -> bytes:
    lines: list[bytes] = []
    size = 0
    for line in data.splitlines():
        if not _is_utf8(line):
            lines.append(line[:SCORED_BYTES])
            size += len(line)
            if size >= SCORED_BYTES:
                break
    return b"\n".join(lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
