"""What all documents together settle: how sources write dates, the last day of the data, stories, and what is suspicious."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, tzinfo
from functools import partial
from pathlib import Path

from topics.core.documents import DateEstimate
from topics.core.sharing import Shared
from topics.engine import chunked
from topics.ingest.dates.audit import ORDER, AuditRow, DateAudit, date_audit
from topics.ingest.dates.config import DatesConfig
from topics.ingest.dates.constraints import APPEARED, OUTLIER_GAP, believe, doubt_outliers, last_day, out_of_order, share_story_dates
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
Notes = tuple[str, ...]


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
    """What is held in memory of every accepted document, column by column, in content-hash order.

    Dates come without evidence: that stays in the spool, and equal ones are held once.
    """

    numbers: array[int] = field(default_factory=partial(array, "q"))
    records: array[int] = field(default_factory=partial(array, "q"))
    n_tokens: array[int] = field(default_factory=partial(array, "q"))
    ids: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    notes: list[Notes] = field(default_factory=list)
    dated: list[DatedDocument] = field(default_factory=list)
    votes: DateVotes = field(default_factory=DateVotes)
    neighbours: dict[int, str] = field(default_factory=dict)
    """Row to the id of the nearest document in order, of those that contradict the order of their feed."""
    shared: Shared = field(default_factory=Shared)

    def add_notes(self, row: int, codes: Iterable[str]) -> None:
        """Add notes to a document."""
        self.notes[row] = self.shared(tuple(sorted({*self.notes[row], *codes})))


def _read(spool: Spool) -> _Columns:
    columns = _Columns()
    shared = columns.shared
    for number, info, origin in spool.candidates():
        columns.numbers.append(number)
        columns.records.append(info.record)
        columns.n_tokens.append(info.n_tokens)
        columns.ids.append(info.id)
        columns.sources.append(shared(info.source))
        columns.files.append(shared(info.file))
        columns.notes.append(shared(tuple(sorted({*info.notes} - {*origin.dated.notes}))))
        columns.votes.add(info.source, origin.dated.ballot)
        estimate = shared(replace(origin.dated.estimate, evidence=()))
        columns.dated.append(shared(replace(origin.dated, estimate=estimate, notes=shared(origin.dated.notes), ballot=())))
    return columns


def _settle_dates(columns: _Columns, config: DatesConfig, zone: tzinfo) -> list[DateEstimate]:
    """Each date again, once its source has said how it writes dates."""
    verdicts = {source: columns.votes.verdict(source) for source in sorted(set(columns.sources))}
    columns.dated = [settle_date(dated, verdicts[source], zone) for source, dated in zip(columns.sources, columns.dated, strict=True)]
    dates = [believe(dated.estimate, config.min_confidence) for dated in columns.dated]
    return doubt_outliers(columns.sources, dates)


def _possible(dates: Sequence[DateEstimate], as_of: date | None, *, is_given: bool) -> list[DateEstimate]:
    """The dates within the last day that can be: the one that is given, else the last that the data tell, by days and by bounds.

    A document without a day can be later than all that have one, as some say themselves ("ended on 20 February"). Then the data end
    there, for all: one text from February on cannot stand beside others that end in January for want of dated ones.
    """
    if is_given or as_of is None:
        return [within(when, as_of) for when in dates]
    believed = [within(when, as_of, OUTLIER_GAP) for when in dates]
    later = [when.earliest for when in believed if when.point is None and when.earliest and when.earliest > as_of]
    if not later:
        return believed
    end = max(later) + timedelta(days=APPEARED)  # nothing says that it appeared on that very day
    return [kept if kept.point or kept.method == "after_as_of" else within(when, end) for when, kept in zip(dates, believed, strict=True)]


def _note(columns: _Columns, dates: list[DateEstimate]) -> None:
    """Add what is known of dates to the notes."""
    for row, (dated, when) in enumerate(zip(columns.dated, dates, strict=True)):
        late = ("date_after_as_of",) if when.method == "after_as_of" else ()
        columns.add_notes(row, (*dated.notes, *late))
    shared = {file for file, n in Counter(columns.files).items() if n > 1}
    feeds = [file if file in shared else "" for file in columns.files]
    rows = [row for row, feed in enumerate(feeds) if feed]
    for found in out_of_order([feeds[row] for row in rows], [columns.records[row] for row in rows], [dates[row] for row in rows]):
        columns.add_notes(rows[found.record], (ORDER,))
        columns.neighbours[rows[found.record]] = columns.ids[rows[found.neighbour]]


def _finals(spool: Spool, columns: _Columns, dates: list[DateEstimate], canonical: Sequence[int]) -> Iterator[tuple[int, Final]]:
    """What is settled for every document, by its number; its date takes back the evidence that it still rests on."""
    for row, (number, _, origin) in enumerate(spool.candidates()):
        by_number = origin.dated.waiting and not columns.dated[row].waiting
        when = dates[row] if by_number else replace(dates[row], evidence=origin.dated.estimate.evidence)
        yield number, Final(columns.ids[row], when, columns.ids[canonical[row]], row == canonical[row], columns.notes[row])


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
    given, as_of = as_of, as_of or last_day([when.point for when in dates if when.point])
    dates = _possible(dates, as_of, is_given=given is not None)
    removed: Counter[str] = Counter()
    sketches = SketchStore(scratch / "sketches")
    for documents in chunked(spool.texts(), CHUNK):
        sketches.append(sketch([document.kept() for document in documents]))
        removed.update(span.reason for document in documents for span in document.removed)
    spool.rest()
    stage("grouping %d documents into stories", len(columns.ids))
    canonical = group(members_of(columns.ids, dates, columns.n_tokens), sketches.read(), scratch).canonical.tolist()
    stories = [columns.ids[row] for row in canonical]
    dates = _possible(share_story_dates(stories, dates), as_of, is_given=given is not None)
    _note(columns, dates)
    spool.settle(_finals(spool, columns, dates, canonical))
    rows = (
        AuditRow(
            source, columns.ids[row], when, columns.notes[row], dated.moment, dated.lag, dated.url_lag, columns.neighbours.get(row, "")
        )
        for row, (source, when, dated) in enumerate(zip(columns.sources, dates, columns.dated, strict=True))
    )
    audit = date_audit(rows, as_of)
    notes = Counter(note for codes in columns.notes for note in codes)
    return Settled(as_of, audit, sum(dated.bad_field for dated in columns.dated), removed, notes)
