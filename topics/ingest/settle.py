"""What all documents together settle: how sources write dates, the last day of the data, stories, and what is suspicious."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, tzinfo
from pathlib import Path

from topics.core.documents import DateEstimate
from topics.engine import chunked
from topics.ingest.dates.audit import AuditRow, DateAudit, date_audit
from topics.ingest.dates.config import DatesConfig
from topics.ingest.dates.constraints import believe, doubt_outliers, last_day, out_of_order, share_story_dates
from topics.ingest.dates.document import DatedDocument
from topics.ingest.dates.document import settle as settle_date
from topics.ingest.dates.estimate import within
from topics.ingest.dates.votes import DateVotes
from topics.ingest.spool import Spool
from topics.ingest.store import Final
from topics.ingest.stories.grouping import group
from topics.ingest.stories.members import members_of
from topics.ingest.stories.shingles import sketch
from topics.ingest.stories.sketch_store import SketchStore
from topics.progress import stage

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Settled:
    """The counts of a settled corpus: last day, date audit, date fields that hold no date, removed spans and notes by code."""

    as_of: date | None
    audit: DateAudit
    bad_fields: int
    removed: Counter[str]
    notes: Counter[str]


@dataclass(slots=True)
class _Columns:
    """What is held in memory of every accepted document, column by column, in content-hash order."""

    numbers: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    n_tokens: list[int] = field(default_factory=list)
    notes: list[set[str]] = field(default_factory=list)
    dated: list[DatedDocument] = field(default_factory=list)


def _read(spool: Spool) -> _Columns:
    columns = _Columns()
    known: dict[str, str] = {}  # one string for all documents of a source or file
    for number, info, origin in spool.candidates():
        columns.numbers.append(number)
        columns.ids.append(info.id)
        columns.sources.append(known.setdefault(info.source, info.source))
        columns.files.append(known.setdefault(info.file, info.file))
        columns.records.append(info.record)
        columns.n_tokens.append(info.n_tokens)
        columns.notes.append({*info.notes} - {*origin.dated.notes})
        columns.dated.append(origin.dated)
    return columns


def _settle_dates(columns: _Columns, config: DatesConfig, zone: tzinfo) -> list[DateEstimate]:
    """Each date again, once its source has said how it writes dates."""
    votes = DateVotes()
    for source, dated in zip(columns.sources, columns.dated, strict=True):
        votes.add(source, dated.ballot)
    verdicts = {source: votes.verdict(source) for source in sorted(set(columns.sources))}
    columns.dated = [settle_date(dated, verdicts[source], zone) for source, dated in zip(columns.sources, columns.dated, strict=True)]
    dates = [believe(dated.estimate, config.min_confidence) for dated in columns.dated]
    return doubt_outliers(columns.sources, dates)


def _note(columns: _Columns, dates: list[DateEstimate]) -> None:
    """Add what is known of dates to the notes."""
    for notes, dated, when in zip(columns.notes, columns.dated, dates, strict=True):
        notes.update(dated.notes)
        if when.method == "after_as_of":
            notes.add("date_after_as_of")
    shared = {file for file, n in Counter(columns.files).items() if n > 1}
    feeds = [file if file in shared else "" for file in columns.files]
    rows = [row for row, feed in enumerate(feeds) if feed]
    for found in out_of_order([feeds[row] for row in rows], [columns.records[row] for row in rows], [dates[row] for row in rows]):
        columns.notes[rows[found.record]].add("order_conflict")


def settle(spool: Spool, config: DatesConfig, zone: tzinfo, as_of: date | None, scratch: Path) -> Settled:
    """Settle the accepted documents, and store in the spool what was settled.

    Args:
        spool: candidates; repeats and clashes are out.
        config: `[dates]` of the study.
        zone: calendar zone.
        as_of: the last day that can be; None takes the last day in the data.
        scratch: an existing folder for temporary files.
    """
    columns = _read(spool)
    dates = _settle_dates(columns, config, zone)
    as_of = as_of or last_day([when.point for when in dates if when.point])
    dates = [within(when, as_of) for when in dates]
    removed: Counter[str] = Counter()
    sketches = SketchStore(scratch / "sketches")
    for documents in chunked(spool.texts(), CHUNK):
        sketches.append(sketch([document.kept() for document in documents]))
        removed.update(span.reason for document in documents for span in document.removed)
    stage("grouping %d documents into stories", len(columns.ids))
    canonical = group(members_of(columns.ids, dates, columns.n_tokens), sketches.read(), scratch).canonical.tolist()
    stories = [columns.ids[row] for row in canonical]
    dates = [within(when, as_of) for when in share_story_dates(stories, dates)]
    _note(columns, dates)
    finals = (
        Final(when, story, row == first, tuple(sorted(notes)))
        for row, (when, story, first, notes) in enumerate(zip(dates, stories, canonical, columns.notes, strict=True))
    )
    spool.settle(zip(columns.numbers, finals, strict=True))
    rows = (
        AuditRow(source, name, when, tuple(sorted(notes)), dated.moment, dated.lag, dated.url_lag)
        for source, name, when, notes, dated in zip(columns.sources, columns.ids, dates, columns.notes, columns.dated, strict=True)
    )
    audit = date_audit(rows, as_of)
    notes = Counter(note for codes in columns.notes for note in codes)
    return Settled(as_of, audit, sum(dated.bad_field for dated in columns.dated), removed, notes)
