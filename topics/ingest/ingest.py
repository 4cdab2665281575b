"""Sources in, stored corpus and account out. Nothing is lost: seen = accepted + quarantined + duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from topics.core.contracts import Language, Rejected
from topics.core.errors import require
from topics.core.registry import nearest
from topics.engine import Engine, chunked
from topics.ingest.account import FileAccount, read_accounts, write_accounts
from topics.ingest.clashes import settle_ids
from topics.ingest.dates.audit import DateAudit, date_audit
from topics.ingest.dates.config import DatesConfig
from topics.ingest.documents import Item, Made, Origin, Settings, make_document, make_documents, our_fields, record_of
from topics.ingest.files import SourceConfig
from topics.ingest.inputs import SourceInput
from topics.ingest.layout import system_errors
from topics.ingest.presets import misfit
from topics.ingest.repeated import NONE, Repeated, find_repeated, join_repeated, write_repeated
from topics.ingest.settle import settle
from topics.ingest.spool import Spool
from topics.progress import stage, track

CHUNK = 500
NO_DATES = date_audit(())


@dataclass(frozen=True, slots=True)
class Context:
    """What reading depends on besides the sources.

    Args:
        zone: calendar zone.
        as_of: last possible day; None takes the latest in the data.
        languages: by code.
        dates: what the user knows about dates.
        repeated: by source, lines that it is known to print everywhere, besides those that are found.
    """

    zone: str
    as_of: date | None
    languages: Mapping[str, Language]
    dates: DatesConfig
    repeated: Mapping[str, Repeated] = field(default_factory=dict)

    def settings(self, source: SourceConfig) -> Settings:
        """Return what turning a record of a source into a document depends on."""
        return Settings(source, self.zone, self.languages, self.dates.founded)


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
        notes: (code, number of documents) of what reading did to documents or found suspicious.
        audit: how the documents are dated, and what is suspicious about it.
        warnings: what is wrong with the settings of a source, in sentences.
    """

    seen: int
    accepted: int
    duplicates: int
    quarantined: tuple[Rejected, ...]
    left_out: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, int], ...]
    bad_date_fields: int
    as_of: date | None
    notes: tuple[tuple[str, int], ...] = ()
    audit: DateAudit = NO_DATES
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        total = self.accepted + self.duplicates + len(self.quarantined)
        require(self.seen == total, f"seen {self.seen}, accounted for {total}", where="IngestReport")


class _Reading:
    """One reading under way: the spool, and what became of each file."""

    def __init__(self, spool: Spool, context: Context, engine: Engine) -> None:
        self.spool = spool
        self.context = context
        self.engine = engine
        self.accounts: dict[str, FileAccount] = {}
        self.settings: dict[str, Settings] = {}  # by file key
        self.warnings: list[str] = []

    def reuse(self, inputs: Sequence[SourceInput], previous: Path | None) -> None:
        """Take over what an earlier reading made of files that are still the same."""
        keys = [key for source in inputs for key in source.keys]
        for source in inputs:
            self.settings.update(dict.fromkeys(source.keys, self.context.settings(source.config)))
        known = read_accounts(previous) if previous else {}
        same = [key for key in keys if key in known]
        if previous and same:
            self.spool.reuse(previous, same)
            self.accounts.update({key: known[key] for key in same})
        stage("%d file(s): %d new, %d as before", len(keys), len(keys) - len(same), len(same))

    def read(self, source: SourceInput) -> None:
        """Read the new files of a source into the spool."""
        known = frozenset(self.accounts)

        def items() -> Iterator[Item]:
            feeds = source.feeds(known, self.context.zone)
            for key, folder_source, records in track(feeds, "reading files", sum(key not in known for key in source.keys)):
                account = self.accounts[key] = FileAccount()
                for record in records:
                    account.seen += 1
                    if isinstance(record, Rejected):
                        account.rejected.append(record)
                        continue
                    account.columns.update(record.fields)
                    fields, place = our_fields(record, source.config), (record.byte_start, record.byte_end)
                    yield (
                        replace(record, fields={}),
                        Origin(key, folder_source, *place, fields, in_many=bool(record.fields), given=record.date),
                    )

        settings = self.context.settings(source.config)
        for chunk, results in self.engine.map_items(partial(make_documents, settings=settings), chunked(items(), CHUNK), _lost):
            for (_, origin), made in zip(chunk, results, strict=True):
                if isinstance(made, Rejected):
                    self.accounts[origin.file_key].rejected.append(made)
                else:
                    self.spool.add(made)
        for warning in _column_warnings(source.config, {column for key in source.keys for column in self.accounts[key].columns}):
            stage("warning: %s", warning)
            self.warnings.append(warning)

    def clean_repeated(self) -> Mapping[str, Repeated]:
        """Make documents anew whose lines their source turns out to print everywhere, or no longer does; return these lines."""
        repeated = join_repeated(find_repeated(self.spool.lines()), self.context.repeated)
        stale = list(self.spool.stale(repeated))

        def again() -> Iterator[tuple[int, Item, Settings, Repeated]]:
            for n, made in self.spool.documents(stale):
                lines = repeated.get(made.document.info.source, NONE)
                yield n, record_of(made), self.settings[made.origin.file_key], lines

        for chunk, results in self.engine.map_items(_make_again, chunked(again(), CHUNK), lambda item: _lost(item[1])):
            for (n, *_), made in zip(chunk, results, strict=True):
                if isinstance(made, Made):
                    self.spool.add(made, n)
        self.spool.replace()
        return repeated


def _lost(item: Item) -> Rejected:
    """What is said of a record that ended every process that took it."""
    record = item[0]
    what, hint = "every process that read it ended, as one does that runs out of memory", "Look at it by itself; leave it out or cut it up."
    return Rejected(record.file, record.record, record.byte_start, record.byte_end, "worker_lost", what, hint, record.text.encode()[:64])


def _make_again(items: Sequence[tuple[int, Item, Settings, Repeated]]) -> list[Made | Rejected]:
    """The chunk function of documents that are made anew; each has settings and repeated lines of its own."""
    return [make_document(item, settings, lines) for _, item, settings, lines in items]


def _column_warnings(source: SourceConfig, there: set[str]) -> Iterator[str]:
    """Yield which mapped columns no record has, where records have columns at all."""
    if said := misfit(source.preset, there):
        yield f"{source.path}: {said}"
        return
    for name, column in sorted(source.columns.items()):
        if there and name != "text" and column not in there:
            known = nearest(column, sorted(there))
            yield f"{source.path}: no record has the column {column!r} that stands for {name}, so every article lacks it. {known}"


def ingest(inputs: Sequence[SourceInput], context: Context, target: Path, *, engine: Engine, previous: Path | None = None) -> IngestReport:
    """Read all sources into a store.

    Args:
        inputs: the files of each source, with their keys.
        context: what reading depends on besides.
        target: an existing folder; gets the store of accepted documents, in content-hash order, with dates, languages and stories.
        engine: where the chunk function runs.
        previous: an earlier store; what it holds of unchanged files is taken over instead of read.

    Raises:
        OSError: the disk is full or fails.
    """
    with TemporaryDirectory(dir=target, prefix="spool") as scratch, system_errors(target):
        spool = Spool(Path(scratch))
        try:
            reading = _Reading(spool, context, engine)
            reading.reuse(inputs, previous)
            for source in inputs:
                reading.read(source)
            write_repeated(target, reading.clean_repeated())
            repeats = spool.drop_repeats()
            copies, clashing = settle_ids(spool, reading.settings)
            rejected = [item for account in reading.accounts.values() for item in account.rejected] + clashing
            settled = settle(spool, context.dates, ZoneInfo(context.zone), context.as_of, Path(scratch))
            accepted = spool.count_accepted()
            spool.write(target)
        finally:
            spool.close()
    write_accounts(target, reading.accounts)
    seen = sum(account.seen for account in reading.accounts.values())
    quarantined = tuple(sorted(rejected, key=lambda item: (item.file, item.record, item.code)))
    left_out = tuple(item for source in inputs for item in source.left_out)
    removed, notes = tuple(sorted(settled.removed.items())), tuple(sorted(settled.notes.items()))
    counted = removed, settled.bad_fields, settled.as_of, notes, settled.audit, tuple(reading.warnings)
    return IngestReport(seen, accepted, repeats + copies, quarantined, left_out, *counted)
