"""One record in, one document out, with everything that the record alone tells; what needs the others is settled later."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from topics.core.contracts import Language, RawRecord, Rejected
from topics.core.documents import DateEstimate, Document, DocumentInfo
from topics.core.hashing import digest
from topics.ingest.cleaning import find_boilerplate
from topics.ingest.dates.document import DateContext, DatedDocument, estimate_document
from topics.ingest.dates.founding import FoundingYear
from topics.ingest.encodings import normalise
from topics.ingest.files import COLUMNS, SourceConfig
from topics.ingest.language import (
    MIXED,
    MIXED_SHARE,
    PLAIN,
    UNDETERMINED,
    WORD,
    Shares,
    language_notes,
    language_shares,
    main_language,
)
from topics.ingest.markup import strip_markup
from topics.ingest.repeated import NONE, Repeated, found_in, line_keys
from topics.ingest.wrapping import join_hyphens, unwrap

TITLE_WORDS = 30
ID_DIGITS = 16
MIN_WORDS = 2
CLEAR_WORDS, CLEAR_SHARE = 20, 0.8  # words of an article, and share in one language, that outweigh a stated language
LONG_TEXT = 200_000  # code points, some 70 pages
UNDATED = DatedDocument(DateEstimate())
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_UNBROKEN = re.compile(r"\S{500}")
USUAL = {"language": ("language", "lang")}


@dataclass(frozen=True, slots=True)
class Settings:
    """What turning a record into a document depends on."""

    source: SourceConfig
    zone: str
    languages: Mapping[str, Language]
    founded: tuple[FoundingYear, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """What is kept of a record besides its text, so that a document can be made again without its file.

    Args:
        file_key: the key of its file.
        folder_source: the source name that the file's place gives.
        byte_start, byte_end: its place in the file.
        fields: our names (date, id, title, ...) to the values that were found.
        notes: what was done to the text.
        ready: whether the text is in its last form, as it is once a document was made of it.
        in_many: whether its file holds many records, so that the file's name says nothing about this one.
        dated: all that was found about its date.
        given: the date that the reader found, for formats that state it in several places.
        repeated: keys of the repeated lines that were known and found when the document was made.
    """

    file_key: str
    folder_source: str
    byte_start: int
    byte_end: int
    fields: dict[str, str]
    notes: tuple[str, ...] = ()
    ready: bool = False
    in_many: bool = False
    dated: DatedDocument = UNDATED
    given: DateEstimate | None = None
    repeated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A document as its record alone gives it, its origin, and the keys of its short lines."""

    document: Document
    origin: Origin
    lines: bytes


Item = tuple[RawRecord, Origin]


def our_fields(record: RawRecord, source: SourceConfig) -> dict[str, str]:
    """Return the values of our columns: under the mapped name, else our own, else a usual other one; empty ones are left out."""
    found: dict[str, str] = {}
    for name in COLUMNS:
        columns = (source.columns[name],) if name in source.columns else USUAL.get(name, (name,))
        value = next((record.fields[column] for column in columns if column in record.fields), "")
        if name != "text" and (value := normalise(value, repair=source.repair).text.strip()):
            found[name] = value
    return found


def _date(record: RawRecord, origin: Origin, text: str, settings: Settings) -> DatedDocument:
    source, fields = settings.source, origin.fields
    context = DateContext(
        ZoneInfo(settings.zone),
        fields.get("date", ""),
        url=fields.get("url", ""),
        file="" if origin.in_many else record.file,
        order=None if source.day_first is None else "dmy" if source.day_first else "mdy",
        number=source.date_numbers,
        founded=settings.founded,
        given=origin.given,
    )
    return estimate_document(text, context)


def _stated_language(named: str, languages: Mapping[str, Language]) -> str:
    """The code of a stated language: `en`, `en-GB`, `EN_us`, `English`; empty for any other name."""
    plain = named.strip().lower()
    return next((code for code, language in languages.items() if re.split(r"[-_]", plain)[0] == code or plain == language.name.lower()), "")


def _language(named: str, text: str, n_words: int, settings: Settings) -> tuple[str, Shares, tuple[str, ...]]:
    """Language, shares and notes. What is stated holds, but it cannot put diacritics back; against clear words a record's field loses.

    Where many words speak, the shares are those of the words, whatever is stated; where few do, all are counted for what is stated.
    """
    fixed = settings.source.language
    code = _stated_language(named, settings.languages) if fixed == "auto" else fixed
    shares = language_shares(text, settings.languages)
    found = main_language(shares)
    if code not in settings.languages or found == code + PLAIN:
        return found, shares, ()
    kept = shares if n_words >= CLEAR_WORDS and found != UNDETERMINED else ((code, 1.0),)
    if found in {code, UNDETERMINED}:
        return code, kept, ()
    if found == MIXED:
        return code, kept, language_notes(found, shares) + (("language_conflict",) if dict(shares).get(code, 0.0) < MIXED_SHARE else ())
    clear = fixed == "auto" and n_words >= CLEAR_WORDS and shares[0][1] >= CLEAR_SHARE
    return found if clear else code, kept, ("language_conflict",)


def _title(given: str, kept: str) -> str:
    if given:
        return given
    first = next((line.strip() for line in kept.split("\n") if line.strip()), "")
    words = first.split()
    if len(words) <= TITLE_WORDS and not first.endswith((".", ":", ",")):
        return first
    return " ".join(words[:14]) + (" …" if len(words) > 14 else "")


def count_words(text: str) -> int:
    """Return how many words a text has; addresses of pages are none."""
    return len(WORD.findall(_ADDRESS.sub(" ", text) if "://" in text or "www." in text else text))


def _size_notes(text: str) -> tuple[str, ...]:
    """What is odd about the size of a text: no article is as long as a book, no word as long as a line."""
    long = len(text) > LONG_TEXT
    return (("very_long",) if long else ()) + (("unbroken_text",) if _UNBROKEN.search(text) else ())


def _text(record: RawRecord, origin: Origin, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """The text that all offsets refer to, and what was done to it; one that was made before is left alone."""
    if origin.ready:
        return record.text, record.notes
    markup, markup_notes = strip_markup(record.text) if origin.in_many else (record.text, ())
    normal = normalise(markup, repair=settings.source.repair)
    whole = join_hyphens(normal.text)
    text = unwrap(whole)
    hyphens = ("hyphens_joined",) if whole != normal.text else ()
    wrapped = ("line_wrapped",) if text != whole else ()
    return text, (*record.notes, *markup_notes, *normal.notes, *hyphens, *wrapped)


def make_document(item: Item, settings: Settings, repeated: Repeated = NONE) -> Made | Rejected:
    """Return the document of a record, or why there is none; `repeated` are the keys of lines that are no article text."""
    record, origin = item
    where = (record.file, record.record, record.byte_start, record.byte_end)
    text, text_notes = _text(record, origin, settings)
    if not text.strip():
        return Rejected(*where, "empty", "holds no text", "Leave it out, or fetch it again.")
    boilerplate = find_boilerplate(text)
    blank = DocumentInfo(id="draft", content_hash="draft", file=record.file, record=record.record)
    lines = line_keys(Document(blank, text, boilerplate.spans).kept())
    known = found_in(lines, repeated)
    if known:
        boilerplate = find_boilerplate(text, repeated)
    kept = Document(blank, text, boilerplate.spans).kept()
    n_tokens = count_words(kept)
    if n_tokens < MIN_WORDS:
        code, what = ("too_short", "only one word is") if n_tokens else ("no_words", "no words are")
        hint = "It holds only credits, addresses, numbers or signs." if n_tokens == 0 else "An article needs at least two words."
        return Rejected(*where, code, f"{what} left after cleaning", hint, text.encode()[:64])
    fields = origin.fields
    dated = origin.dated if origin.ready else _date(record, origin, text, settings)  # cleaning changes no date
    estimate = dated.estimate
    language, shares, conflicts = _language(fields.get("language", ""), kept, n_tokens, settings)
    notes = {*text_notes, *settings.source.notes, *boilerplate.notes, *dated.notes, *_size_notes(kept)}
    notes.update(language_notes(language, shares), conflicts)
    source = fields.get("source", "") or unicodedata.normalize("NFC", origin.folder_source)
    content = digest([text, fields.get("title", ""), source, str(estimate.point or (estimate.earliest, estimate.latest, dated.waiting))])
    info = DocumentInfo(
        id=fields.get("id", "") or content[:ID_DIGITS],
        content_hash=content,
        file=unicodedata.normalize("NFC", record.file),
        record=record.record,
        title=_title(fields.get("title", ""), kept),
        source=source,
        url=fields.get("url", ""),
        language=language,
        language_shares=shares,
        date=estimate,
        n_tokens=n_tokens,
        notes=tuple(sorted(notes)),
    )
    origin = replace(origin, notes=text_notes, ready=True, dated=dated, repeated=known)
    return Made(Document(info, text, boilerplate.spans), origin, lines)


def make_documents(items: Sequence[Item], settings: Settings) -> list[Made | Rejected]:
    """The chunk function: records to documents, in order."""
    return [make_document(item, settings) for item in items]


def record_of(made: Made) -> Item:
    """Return the record that a document was made of, with its text as it was read."""
    info, origin = made.document.info, made.origin
    record = RawRecord(info.file, info.record, origin.byte_start, origin.byte_end, made.document.text, {}, origin.notes, origin.given)
    return record, origin
