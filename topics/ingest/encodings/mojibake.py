"""Text that was decoded by the wrong table somewhere upstream: named, and repaired only on request.

Two kinds: an old Vietnamese encoding read as windows-1252 ("Tæng BÝ th­"), and UTF-8 read as windows-1252, latin-1 or windows-1258, once or
twice ("Tá»•ng").
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from topics.core.vietnamese import is_syllable
from topics.ingest.encodings.charsets import VIETNAMESE_SETS, Charset
from topics.ingest.encodings.scoring import vietnamese_score, words_beyond_ascii
from topics.ingest.encodings.tables import NONE, TCVN, WINDOWS_1252, WINDOWS_1258

MIN_SHARE = 0.9  # of a line's words beyond ASCII that become syllables
MIN_MARGIN = 0.15  # over the next encoding
MIN_KINDS = 3  # different words in a line
MAX_BEFORE = 0.5  # of them that were syllables before
MAX_ROUNDS = 3  # UTF-8 encoded again and again


def _back(table: str) -> dict[int, int]:
    """Characters beyond ASCII to the byte they were read from; a byte without a character became a control character."""
    controls = {code: code for code in range(0x80, 0xA0)}
    return controls | {ord(char): code for code, char in enumerate(table) if code > 127 and char != NONE}


_READ_AS = {
    "utf8": _back(WINDOWS_1252),
    "utf8_1258": {char: code for char, code in _back(WINDOWS_1258).items() if not 0x300 <= char < 0x370},
}
_BACK_1252 = _READ_AS["utf8"]


def _run(codes: dict[int, int]) -> re.Pattern[str]:
    """Runs that begin as a UTF-8 character does."""
    first, next_ = (
        "".join(re.escape(chr(char)) for char, code in codes.items() if code in span) for span in (range(0xC2, 0xF5), range(0x80, 0xC0))
    )
    return re.compile(f"[{first}][{next_}][{first}{next_}]*")


_UTF8_RUN = {kind: _run(codes) for kind, codes in _READ_AS.items()}
_WEAK_ENDS = frozenset("‘’“”„‚…–—•™«»\u00a0")  # stand after capitals in clean text: “ĐÃ…”
_UNICODE_ONLY = re.compile("[ăđĩũơưĂĐĨŨƠƯ\u1e00-\u1eff]")  # letters that no reading as windows-1252 makes
_WORD = re.compile(r"[^\W\d_]+")
_PIECE = re.compile(r"\S+")
# Characters without which a text shows no wrong decoding: those of the misread tables that clean text does not have anyway.
_CLEAN = frozenset(TCVN) | frozenset("“”‘’–—…•°€£\u00a0\u00ad")
TELLING = frozenset(map(chr, _READ_AS["utf8"] | _READ_AS["utf8_1258"])) - _CLEAN
_TELLS = re.compile("[" + "".join(map(re.escape, sorted(TELLING))) + "]")


@dataclass(frozen=True, slots=True)
class Mended:
    """A text with the kinds of wrong decoding that were found in it, and the text without them."""

    kinds: frozenset[str]
    text: str


def _utf8(run: str, codes: dict[int, int]) -> str | None:
    """What a run of characters was before UTF-8 was misread; None where it is no such thing."""
    try:
        text = bytes(codes[ord(char)] for char in run).decode()
    except UnicodeDecodeError:
        return None
    plain = all(char.isprintable() or ord(char) in _BACK_1252 or char in "\u200b\ufeff" for char in text)
    latin = all(ord(char) < 0x250 or 0x300 <= ord(char) < 0x370 or ord(char) >= 0x1E00 for char in text)
    return text if plain and (latin or len(text) > 1) else None


def _is_strong(run: str, text: str) -> bool:
    """Whether a run cannot be clean text: three bytes for one character, or two with an end that follows no letter in print."""
    return len(run) > 2 * len(text) or any(char not in _WEAK_ENDS for char in run[1::2])


def _mend_utf8(text: str) -> tuple[str, set[str]]:
    kinds: set[str] = set()
    for _ in range(MAX_ROUNDS):
        options = []
        for kind, pattern in _UTF8_RUN.items():
            runs = {run: mended for run in set(pattern.findall(text)) if (mended := _utf8(run, _READ_AS[kind])) is not None}
            if any(_is_strong(run, mended) for run, mended in runs.items()):
                options.append((sum(map(len, runs)), kind, runs))
        if not options:
            break
        _, kind, runs = min(options, key=lambda option: (-option[0], option[1]))
        kinds.add(kind)
        text = _UTF8_RUN[kind].sub(lambda found, runs=runs: runs.get(found[0], found[0]), text)  # type: ignore[misc]
    return text, kinds


def _words(line: str) -> Counter[bytes]:
    return words_beyond_ascii(line.translate(_BACK_1252).encode("latin-1", "replace"))


def _syllables_now(line: str) -> int:
    return sum(is_syllable(word) for word in _WORD.findall(line) if not word.isascii())


def _legacy(line: str) -> Charset | None:
    """The old encoding that a line was in before it was read as windows-1252; None for clean text."""
    words = _words(line)
    if len(words) < MIN_KINDS:
        return None
    ranked = sorted(((vietnamese_score(words, charset), charset) for charset in VIETNAMESE_SETS), key=lambda item: -item[0].share)
    (best, charset), (second, _) = ranked[:2]
    if best.kinds < MIN_KINDS or best.share < MIN_SHARE or best.share - second.share < MIN_MARGIN:
        return None
    return charset if _syllables_now(line) <= MAX_BEFORE * best.valid else None


def _fits(line: str, charset: Charset) -> bool:
    """Whether a line too short to tell by itself is in the encoding that other lines were in."""
    score = vietnamese_score(_words(line), charset)
    return score.share == 1 and score.valid > _syllables_now(line)


def _mend_line(line: str, charset: Charset) -> str:
    """Read the line again; a piece that holds something else stays."""

    def piece(found: re.Match[str]) -> str:
        try:
            return charset.decode(found[0].translate(_BACK_1252).encode("latin-1"))
        except UnicodeError:
            return found[0]

    return _PIECE.sub(piece, line)


def mend(text: str) -> Mended:
    """Return which wrong decodings a text shows, and the text read again.

    Args:
        text: as it came, before invisible characters are taken out: a soft hyphen can be a letter of TCVN3.
    """
    text, kinds = _mend_utf8(text)
    lines = text.split("\n")
    may_be = [at for at, line in enumerate(lines) if not line.isascii() and not _UNICODE_ONLY.search(line)]
    found = {at: charset for at in may_be if _TELLS.search(lines[at]) and (charset := _legacy(lines[at]))}
    for charset in set(found.values()):
        found |= {at: charset for at in may_be if at not in found and _fits(lines[at], charset)}
    for at, charset in found.items():
        lines[at] = _mend_line(lines[at], charset)
    return Mended(frozenset(kinds | {charset.name for charset in found.values()}), "\n".join(lines))
