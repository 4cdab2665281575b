"""Sources in, corpus and account out. Nothing is lost: seen = accepted + quarantined + duplicates."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from topics.core.contracts import Language, RawRecord, Reader, Rejected
from topics.core.documents import DateEstimate, Document, DocumentInfo
from topics.core.errors import require
from topics.core.hashing import digest
from topics.engine import Engine, chunked
from topics.ingest.cleaning import find_boilerplate
from topics.ingest.dates.estimate import estimate_from_text, within
from topics.ingest.dates.fields import parse_field
from topics.ingest.duplicates import Copy, Shingler, group_stories
from topics.ingest.encodings import normalise
from topics.ingest.files import InputFile, SourceConfig, list_files
from topics.ingest.language import WORD, language_shares, main_language
from topics.progress import stage

CHUNK = 500
TITLE_WORDS = 30
ID_DIGITS = 16
USUAL = {"language": ("language", "lang")}


@dataclass(frozen=True, slots=True)
class Settings:
    """What turning a record into a document depends on."""

    source: SourceConfig
    zone: str
    languages: Mapping[str, Language]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The account of one reading.

    Args:
        seen: records met.
        accepted, duplicates: records kept, and exact repeats dropped.
        quarantined: rejected records.
        left_out: (file, reason) of files that no reader took.
        removed: (reason, number of spans) that cleaning took out.
        bad_date_fields: date fields that hold no valid date.
        as_of: given, or the latest publication day in the data.
    """

    seen: int
    accepted: int
    duplicates: int
    quarantined: tuple[Rejected, ...]
    left_out: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, int], ...]
    bad_date_fields: int
    as_of: date | None

    def __post_init__(self) -> None:
        total = self.accepted + self.duplicates + len(self.quarantined)
        require(self.seen == total, f"seen {self.seen}, accounted for {total}", where="IngestReport")


def _field(record: RawRecord, source: SourceConfig, name: str) -> str:
    """The value of one of our columns: under the mapped name, else our own, else a usual other one."""
    column = source.columns.get(name) or next((usual for usual in USUAL.get(name, (name,)) if usual in record.fields), name)
    return normalise(record.fields.get(column, "")).strip()


def _date(record: RawRecord, text: str, settings: Settings) -> tuple[DateEstimate, bool]:
    """The estimate, and whether a date field was there that holds no date."""
    value = _field(record, settings.source, "date")
    stated = parse_field(value, ZoneInfo(settings.zone)) if value else None
    if stated and stated.point:
        return stated, False
    told = estimate_from_text(text)
    if stated and not (told.point and stated.earliest and stated.latest and stated.earliest <= told.point <= stated.latest):
        return stated, False
    return told, bool(value) and stated is None


def _language(record: RawRecord, text: str, settings: Settings) -> tuple[str, tuple[tuple[str, float], ...]]:
    fixed = settings.source.language
    named = _field(record, settings.source, "language").lower()[:2] if fixed == "auto" else fixed
    if named in settings.languages:
        return named, ((named, 1.0),)
    shares = language_shares(text, settings.languages)
    return main_language(shares), shares


def _title(record: RawRecord, source: SourceConfig, document: Document) -> str:
    given = _field(record, source, "title")
    if given:
        return given
    first = next((line.strip() for line in document.kept().split("\n") if line.strip()), "")
    words = first.split()
    if len(words) <= TITLE_WORDS and not first.endswith((".", ":", ",")):
        return first
    return " ".join(words[:14]) + (" …" if len(words) > 14 else "")


@dataclass(frozen=True, slots=True)
class _Made:
    """A document with what is known of its record: bytes, and whether its date field held no date."""

    document: Document
    byte_start: int
    byte_end: int
    bad_date: bool


def _document(item: tuple[InputFile, RawRecord], settings: Settings) -> _Made | Rejected:
    file, record = item
    where = (record.file, record.record, record.byte_start, record.byte_end)
    text = normalise(record.text)
    if not text.strip():
        return Rejected(*where, "empty", "holds no text", "Leave it out, or fetch it again.")
    removed = find_boilerplate(text)
    draft = Document(DocumentInfo(id="draft", content_hash="draft", file=record.file, record=record.record), text, removed)
    kept = draft.kept()
    n_tokens = len(WORD.findall(kept))
    if n_tokens == 0:
        return Rejected(
            *where, "no_words", "no words are left after cleaning", "It holds only credits, numbers or signs.", text.encode()[:64]
        )
    estimate, bad_field = _date(record, text, settings)
    language, shares = _language(record, kept, settings)
    title, source = (
        _title(record, settings.source, draft),
        _field(record, settings.source, "source") or unicodedata.normalize("NFC", file.folder_source),
    )
    content = digest([text, _field(record, settings.source, "title"), source, str(estimate.point)])
    info = DocumentInfo(
        id=_field(record, settings.source, "id") or content[:ID_DIGITS],
        content_hash=content,
        file=unicodedata.normalize("NFC", record.file),
        record=record.record,
        title=title,
        source=source,
        url=_field(record, settings.source, "url"),
        language=language,
        language_shares=shares,
        date=estimate,
        n_tokens=n_tokens,
    )
    return _Made(Document(info, text, removed), record.byte_start, record.byte_end, bad_field)


def _chunk(items: list[tuple[InputFile, RawRecord]], settings: Settings) -> list[_Made | Rejected]:
    """The chunk function: records to documents, in order."""
    return [_document(item, settings) for item in items]


class _Feed:
    """Records of files, one by one; counts what the readers met, apart from what becomes of it."""

    def __init__(self) -> None:
        self.seen = 0
        self.rejected: list[Rejected] = []
        self.columns: set[str] = set()

    def read(self, files: Iterable[InputFile], source: SourceConfig) -> Iterator[tuple[InputFile, RawRecord]]:
        for file in files:
            for record in file.reader.read(file.path, unicodedata.normalize("NFC", file.name), source.columns.get("text", "text")):
                self.seen += 1
                if isinstance(record, Rejected):
                    self.rejected.append(record)
                else:
                    self.columns.update(record.fields)
                    yield file, record


def _without_repeats(made: list[_Made], rejected: list[Rejected]) -> tuple[list[Document], int]:
    """Drop exact repeats (same text, title, source, day); two texts under one given id are both quarantined."""
    first: dict[str, _Made] = {}
    for item in sorted(
        made, key=lambda m: (m.document.info.content_hash, m.document.info.file, m.document.info.record, m.document.info.id)
    ):
        first.setdefault(item.document.info.content_hash, item)
    by_id: dict[str, list[_Made]] = defaultdict(list)
    for item in first.values():
        by_id[item.document.info.id].append(item)
    kept: list[Document] = []
    for identifier, group in by_id.items():
        if len(group) == 1:
            kept.append(group[0].document)
            continue
        places = ", ".join(sorted(f"{item.document.info.file}:{item.document.info.record}" for item in group))
        for item in group:
            info, raw = item.document.info, item.document.text.encode()[:200]
            message = f"the id {identifier!r} stands for {len(group)} different texts: {places}"
            hint = "Give each article its own id."
            rejected.append(Rejected(info.file, info.record, item.byte_start, item.byte_end, "duplicate_id", message, hint, raw))
    return kept, len(made) - len(first)


def _with_stories(documents: list[Document], as_of: date | None) -> list[Document]:
    shingle = Shingler()
    dated = [replace(doc, info=replace(doc.info, date=within(doc.info.date, as_of))) for doc in documents]
    copies = [Copy(doc.info.id, doc.info.date.point, doc.info.n_tokens, shingle(doc.kept())) for doc in dated]
    stories = group_stories(copies)
    return [replace(d, info=replace(d.info, story=stories[d.info.id][0], canonical=stories[d.info.id][1])) for d in dated]


def _warn_of_columns(source: SourceConfig, there: set[str]) -> None:
    """Say which mapped columns no record has, where records have columns at all."""
    for name, column in sorted(source.columns.items()):
        if there and name != "text" and column not in there:
            stage(
                "warning: %s: no record has the column %r that stands for %s; there are %s",
                source.path,
                column,
                name,
                ", ".join(sorted(there)),
            )


def ingest(
    sources: Iterable[SourceConfig],
    base: Path,
    *,
    zone: str,
    as_of: date | None,
    plugins: tuple[Mapping[str, Reader], Mapping[str, Language]],
    engine: Engine,
) -> tuple[list[Document], IngestReport]:
    """Read all sources.

    Args:
        sources: where to read.
        base: folder that relative paths start from.
        zone: calendar zone for moments with an offset.
        as_of: last day that can be; None takes the latest day in the data.
        plugins: readers by name, languages by code.
        engine: where the chunk function runs.

    Returns:
        Documents in content-hash order with dates, languages and stories, and the account.
    """
    feed = _Feed()
    rejected = feed.rejected
    made: list[_Made] = []
    left_out: list[tuple[str, str]] = []
    for source in sources:
        files, skipped = list_files(source, base, plugins[0])
        left_out += skipped
        function = partial(_chunk, settings=Settings(source, zone, plugins[1]))
        feed.columns.clear()  # what another source has says nothing of this one
        for results in engine.map_chunks(function, chunked(feed.read(files, source), CHUNK)):
            rejected += [result for result in results if isinstance(result, Rejected)]
            made += [result for result in results if not isinstance(result, Rejected)]
        _warn_of_columns(source, feed.columns)
    bad_dates = sum(item.bad_date for item in made)
    as_of = as_of or max((day for item in made if (day := item.document.info.date.point)), default=None)
    kept, duplicates = _without_repeats(made, rejected)
    kept = sorted(_with_stories(kept, as_of), key=lambda document: (document.info.content_hash, document.info.id))
    removed = Counter(span.reason for document in kept for span in document.removed)
    quarantined = tuple(sorted(rejected, key=lambda item: (item.file, item.record, item.code)))
    report = IngestReport(feed.seen, len(kept), duplicates, quarantined, tuple(left_out), tuple(sorted(removed.items())), bad_dates, as_of)
    return kept, report
