"""Chooses the decoder of a file: its mark, strict UTF-8, what is declared, what is recognised; never a silent guess."""

from __future__ import annotations

import codecs

from topics.core.contracts import ReadOptions
from topics.ingest.encodings.charsets import CHARSETS
from topics.ingest.encodings.decoder import BOMS, Decoder, Undecodable, mostly_utf8
from topics.ingest.encodings.names import AUTO, canonical, known_names
from topics.ingest.encodings.ranking import Ranking, rank

_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG", "a PNG image"),
    (b"PK\x03\x04", "a zip or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
)
MAX_NUL = 0.1
GUESSED = "encoding_guessed"
SCORE = "encoding_score_"


def note_of(encoding: str) -> tuple[str, ...]:
    """Return the code of an encoding other than UTF-8."""
    name = encoding.removesuffix("-le").removesuffix("-be")
    return () if name == "utf-8" else (f"encoding_{name}",)


def _score_of(ranking: Ranking) -> str:
    """Return the code that writes a choice down: the encoding and the next best one, each with the per cent of words that fit."""
    return SCORE + "_".join(f"{name}_{int(100 * score.share)}" for name, score in ranking.scores[:2])


def choose_decoder(sample: bytes, options: ReadOptions) -> Decoder:
    """Return the decoder of a file.

    A byte-order mark decides, then strict UTF-8, then the declared encoding; else an old Vietnamese encoding, or windows-1252 for
    English, if it is clearly the best by its valid words. Where nothing is clear the decoder is that of UTF-8: it refuses what is not
    UTF-8, record by record, and names what the bytes look like.

    Args:
        sample: the file's beginning, or all of it.
        options: what the user declared.

    Raises:
        Undecodable: the bytes are binary, UTF-16 without a mark that is not declared, or the declared encoding does not exist.
    """
    _refuse_binary(sample)
    for mark, name in BOMS:
        if sample.startswith(mark):
            return Decoder(name, options.bad_bytes, note_of(name))
    declared = _declared(sample, options)
    if is_wide(declared):
        return Decoder(declared, options.bad_bytes, note_of(declared))
    _refuse_wide(sample)
    if _may_be_utf8(sample):
        # A sample without letters beyond ASCII says nothing yet: later records that are not UTF-8 go by the declaration.
        encoding = declared if declared != AUTO and sample.isascii() else "utf-8"
        return Decoder(encoding, options.bad_bytes, note_of(encoding))
    if declared != AUTO:
        return Decoder(declared, options.bad_bytes, note_of(declared))
    ranking = None if mostly_utf8(sample) else rank(sample)
    if ranking and ranking.clear:
        name = ranking.best[0]
        return Decoder(name, options.bad_bytes, (*note_of(name), GUESSED, _score_of(ranking)), ranking)
    return Decoder("utf-8", options.bad_bytes)


def _refuse_binary(sample: bytes) -> None:
    for magic, name in _MAGIC:
        if sample.startswith(magic):
            raise Undecodable("binary", 0, f"looks like {name}, not text", "Convert it to text first, or leave it out.")


def _declared(sample: bytes, options: ReadOptions) -> str:
    declared = canonical(options.encoding)
    if declared is None:
        known = ", ".join(known_names())
        raise Undecodable("encoding", 0, f"there is no encoding {options.encoding!r}", f"Declare one of: {known}, or a codec of Python.")
    if declared not in {"utf-16", "utf-32"}:
        return declared
    even, odd = _nul_places(sample)  # no mark: ASCII shows the order of the bytes
    return declared + ("-be" if even > odd else "-le")


def is_wide(encoding: str) -> bool:
    """Return whether an encoding does not keep ASCII as single bytes: then strict UTF-8 and cutting at line ends say nothing."""
    if encoding == AUTO or encoding in CHARSETS:
        return False
    return encoding.startswith(("iso2022", "hz", "utf-7")) or "a\n".encode(encoding) != b"a\n"


def _nul_places(sample: bytes) -> tuple[int, int]:
    return sample[0::2].count(0), sample[1::2].count(0)


def _refuse_wide(sample: bytes) -> None:
    if sample.count(0) <= MAX_NUL * len(sample):
        return
    even, odd = _nul_places(sample)
    likely = "utf-16-be" if even > odd else "utf-16-le"
    found = f"many NUL bytes, as in {likely.upper()} without a byte-order mark"
    hint = f'If it is that, put encoding = "{likely}" into this source; else the file is not text.'
    raise Undecodable("encoding", sample.index(0), found, hint)


def _may_be_utf8(sample: bytes) -> bool:
    """Whether a sample is UTF-8, the last character perhaps cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True
