"""How well bytes read in an encoding: the share of words beyond ASCII that are Vietnamese syllables, or that English print explains."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from topics.core.vietnamese import is_syllable
from topics.ingest.encodings.charsets import Charset

# Words of letters, bytes above ASCII, and the control codes where VISCII and TCVN have capitals.
_TOKEN = re.compile(rb"[A-Za-z\x80-\xff\x01\x02\x04-\x06\x11-\x17\x19\x1e]+")
_BEYOND = re.compile(rb"[\x80-\xff\x01\x02\x04-\x06\x11-\x17\x19\x1e]")
_RUN = re.compile(r"[^\W\d_]+")
_ABBREVIATION = re.compile("[A-ZĐƯ]*[Đ][A-ZĐƯ]*|đ")
_LOANS = frozenset("đắk lắk đăk lăk krông ôtô môtô bêtông".split())  # frequent words that are no syllables
_SIGNS = frozenset("“”‘’„‚–—…•«»·°§©®™†€£¥¢±×²³½¼¾\u00a0")


@dataclass(frozen=True, slots=True)
class Score:
    """What an encoding makes of the words beyond ASCII.

    Args:
        valid: words that are what they should be.
        words: words with a letter beyond ASCII, or that cannot be read.
        kinds: different words of more than one byte among the valid ones: a single byte may be a dash elsewhere.
    """

    valid: int
    words: int
    kinds: int

    @property
    def share(self) -> float:
        """Valid words of all."""
        return self.valid / self.words if self.words else 0.0


def words_beyond_ascii(data: bytes) -> Counter[bytes]:
    """Count the words that tell encodings apart."""
    return Counter(word for word in _TOKEN.findall(data) if _BEYOND.search(word))


@lru_cache(maxsize=1 << 15)
def _fits(word: bytes, charset: Charset) -> bool | None:
    """Whether a word is Vietnamese in an encoding; None where it has signs only and says nothing."""
    try:
        text = charset.decode(word)
    except UnicodeDecodeError:
        return False
    runs = [run for run in _RUN.findall(text) if not run.isascii()]
    signs = _SIGNS.issuperset(_RUN.sub("", text))
    if signs and not [run for run in runs if not _ABBREVIATION.fullmatch(run)]:
        return None
    return signs and all(is_syllable(run) or run.lower() in _LOANS for run in runs)


def vietnamese_score(words: Mapping[bytes, int], charset: Charset) -> Score:
    """Count the words that are Vietnamese syllables in an encoding; quotes, dashes and abbreviations (HĐND) say nothing."""
    judged = [(word, n, fits) for word, n in words.items() if (fits := _fits(word, charset)) is not None]
    valid = sum(n for _, n, fits in judged if fits)
    return Score(valid, sum(n for _, n, _ in judged), sum(fits and len(word) > 1 for word, _, fits in judged))


# English print: quotes, dashes and dots where a sentence has them, and letters that cp1252 shares with its sisters (cp1250, cp1254).
_SAFE = "áâäçéëíîóôöúüýßÁÂÄÇÉËÍÎÓÔÖÚÜÝ"
_ENGLISH_WORD = re.compile(rf"[“‘]*(?:[A-Za-z{_SAFE}]+(?:[’–—…]+[A-Za-z{_SAFE}]+)*)?[’”…–—]*|[–—…•£€©®™°½¼¾·\u00a0]+")
_FUNCTION_WORDS = frozenset(
    b"the of and to in a is that for it on with as was at by be this from are have has had not but they which were or their an one we his "
    b"her he she you who will would its been said after about more when there can all".split()
)
_ASCII_WORD = re.compile(rb"[a-z]+")
MIN_FUNCTION_WORDS = 0.2


def english_words(words: Mapping[bytes, int]) -> Score:
    """Count the words that windows-1252 turns into English print."""
    fitting = [n for word, n in words.items() if _ENGLISH_WORD.fullmatch(word.decode("cp1252", "replace"))]
    return Score(sum(fitting), sum(words.values()), len(fitting))


def is_english(data: bytes) -> bool:
    """Return whether the ASCII words of a text are English by their function words."""
    words = _ASCII_WORD.findall(data.lower())
    return sum(word in _FUNCTION_WORDS for word in words) >= max(1, MIN_FUNCTION_WORDS * len(words))
