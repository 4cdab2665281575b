"""What the codes in a document's notes mean, in words that follow "n documents"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from topics.core.documents import DocumentInfo
from topics.ingest.dates.audit import NOTE_SENTENCES
from topics.ingest.encodings.charsets import CHARSETS
from topics.ingest.encodings.choice import SCORE

_CODES = {
    "bad_bytes_replaced": "have bytes that were no text and became U+FFFD, as the source asks for",
    "bidi_controls": "had signs that turn the direction of writing, which were removed",
    "boilerplate_kept": "keep lines that look like captions or credits: without them too little would be left",
    "captions_kept": "keep the words of captions: without them too little would be left",
    "combining_marks": "had letters with more than eight marks, which were cut",
    "control_characters": "had control characters, which became spaces",
    "date_of_update": "state only when they were last changed, and are dated by that",
    "encoding_guessed": "are in an encoding that was recognised, not declared",
    "full_width": "had full-width letters or digits, which became plain ones",
    "homoglyphs": "have letters of another alphabet inside words; they were kept",
    "html_in_text": "are HTML pages under the name of a text file; the article was taken out of the page",
    "hyphens_joined": "had words split by a hyphen at a line end, which are whole again where the text has them elsewhere",
    "invisible_characters": "had invisible characters, which were removed",
    "language_conflict": "state a language that their words contradict",
    "letters_lost": "have `?` in place of letters that were lost before; nothing brings them back but fetching the texts again",
    "line_separators": "had other signs for the end of a line, which became line ends",
    "line_wrapped": "were wrapped at a fixed width; their sentences are whole lines again",
    "lone_surrogates": "had half characters, which became U+FFFD",
    "markup_stripped": "had HTML tags or entities in their text, which were taken out",
    "mixed_languages": "are written in several languages",
    "much_removed": "lost over 30 % of their words as boilerplate",
    "not_nfc": "were in decomposed Unicode and are NFC now",
    "other_language": "are in a language that is not installed; they have no part in topics",
    "private_characters": "have characters that only one font knows; they were kept",
    "repeated_paragraph": "say one paragraph more than twenty times; it counts once",
    "replacement_characters": "came with U+FFFD for characters lost before",
    "special_spaces": "had no-break or other spaces, which became plain ones",
    "stray_quote": "have a quotation mark inside an unquoted field",
    "title_only": "are titles without a text",
    "unbroken_text": "have over 500 characters without a space",
    "very_long": "are longer than 200,000 characters",
}
_PREFIXES = {
    "delimiter_": "are of tables with another delimiter: {}",
    "encoding_": "were in the encoding {}",
    "mojibake_repaired_": "had been decoded wrongly ({}) and were read again",
    "mojibake_suspected_": "look as if they had been decoded wrongly ({}); `repair = true` reads them again",
}

_SCORED = re.compile(rf"{SCORE}(?P<name>[a-z0-9-]+)_(?P<score>\d+)_(?P<next>[a-z0-9-]+)_(?P<next_score>\d+)$")


@dataclass(frozen=True, slots=True)
class Recognised:
    """An encoding that was recognised in a file, not declared.

    Args:
        file: relative to its source.
        encoding, next_best: names.
        score, next_score: per cent of the words beyond ASCII that fit them.
        n_docs: documents of the file that were read so.
    """

    file: str
    encoding: str
    score: int
    next_best: str
    next_score: int
    n_docs: int

    def sentence(self) -> str:
        """Return the choice in words."""
        best, other = CHARSETS[self.encoding].title, CHARSETS[self.next_best].title
        return f"recognised as {best}: {self.score}% of the words beyond ASCII fit it, {self.next_score}% fit {other}"


def is_score(code: str) -> bool:
    """Whether a note is the score of a recognised encoding: one code a file, so no code to count."""
    return code.startswith(SCORE)


def recognised_encodings(infos: Iterable[DocumentInfo]) -> tuple[Recognised, ...]:
    """Return the encodings that were recognised, by file."""
    counts = Counter((info.file, code) for info in infos for code in info.notes if is_score(code))
    found = [(file, match, n) for (file, code), n in sorted(counts.items()) if (match := _SCORED.match(code))]
    return tuple(Recognised(file, m["name"], int(m["score"]), m["next"], int(m["next_score"]), n) for file, m, n in found)


def describe(code: str) -> str:
    """Return what a note says, in words; the code itself where it is not one of ours."""
    if code in _CODES or code in NOTE_SENTENCES:
        return _CODES.get(code) or NOTE_SENTENCES[code]
    for prefix, sentence in sorted(_PREFIXES.items(), reverse=True):
        if code.startswith(prefix):
            return sentence.format(code.removeprefix(prefix))
    if code.endswith("_without_diacritics"):
        return f"are written without diacritics ({code.removesuffix('_without_diacritics')}); they have no part in topics"
    return code.replace("_", " ")
