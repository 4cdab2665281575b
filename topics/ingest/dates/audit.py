"""The date audit: how documents are dated, and what in it is suspicious, in numbers and in plain sentences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from topics.core.documents import DateEstimate
from topics.ingest.dates.calendar import FLOOR
from topics.ingest.dates.patterns import source_findings

EXAMPLES = 5
ORDER = "order_conflict"
CONFIDENCE_OF = "of each day by itself; what the audit suspects of a whole source is not in it"
NOTE_SENTENCES = {
    "ambiguous_day_month": "could be day/month or month/day, and the source does not settle which",
    "date_after_as_of": "lie after the last day of the data and are not used; where they are right, set `as_of` to their day",
    "date_before_text": "have a date field earlier than the day that their own text tells of",
    "date_before_floor": f"lie before {FLOOR.year} and are not used",
    "date_buddhist_year": "give a year of the Buddhist era, which is not converted",
    "date_conflict": "have evidence that lies more than two days apart",
    "date_impossible": "name a day that does not exist (31/02); it is not repaired",
    "date_lunar": "give a lunar day, which is not converted",
    "date_number": "have a number as date, and the source's numbers do not agree on what they count",
    "date_placeholder": "hold a placeholder (1970-01-01, 0000-00-00, 9999-12-31)",
    "date_relative": "say only \"yesterday\" or \"last week\", which is not resolved",
    "date_unreadable": "have a date field that is no date",
    "odd_offset": "have a time offset that no zone uses today, such as +07:07: the zone was applied wrongly when the data were made",
    "order_conflict": "contradict the order of their feed",
    "two_digit_year": "have a year of two digits, which is not guessed",
    "weekday_conflict": "name a weekday that does not fit the date",
    "zone_unknown": "have a time near midnight without a zone, so the day may be off by one",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What the audit needs of a document: its source, id, estimate, notes, minute and lags of its date field, and a record's neighbour.

    Args:
        neighbour: id of the nearest document in order, for one that contradicts the order of its feed.
    """

    source: str
    id: str
    estimate: DateEstimate
    notes: tuple[str, ...] = ()
    moment: str = ""
    lag: int | None = None
    url_lag: int | None = None
    neighbour: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something suspicious about the dates.

    Args:
        code: what it is.
        source: the source it concerns, empty for all.
        n_docs: documents that it concerns.
        share: of the documents of the source, or of all.
        message: in a sentence.
        examples: ids of some of the documents.
        beside: for each of the examples the id of a document that it contradicts; empty where there is none.
    """

    code: str
    source: str
    n_docs: int
    share: float
    message: str
    examples: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def sentence(self, named: Callable[[str], str] = str) -> str:
        """Return the message with its examples; `named` turns an id into what the reader knows the document by."""
        if not self.examples:
            return self.message
        told = [
            f"{named(example)} beside {named(other)}" if other else named(example)
            for example, other in zip_longest(self.examples, self.beside)
        ]
        return f"{self.message[:-1]} ({', '.join(told)})."


@dataclass(frozen=True, slots=True)
class DateAudit:
    """How a corpus is dated.

    Args:
        n_docs: documents.
        n_points: documents with a day.
        n_intervals: documents bounded on both sides.
        n_undated: the rest.
        by_method, by_precision: (name, documents), most first.
        by_confidence: (tenth, documents with a day whose confidence lies in it), the surest first; empty tenths are left out.
        first_day, last_day: of the points.
        partial: (period, why) of first and last month that the data do not fill.
        findings: what is suspicious, most documents first.
    """

    n_docs: int
    n_points: int
    n_intervals: int
    n_undated: int
    by_method: tuple[tuple[str, int], ...]
    by_precision: tuple[tuple[str, int], ...]
    by_confidence: tuple[tuple[str, int], ...]
    first_day: date | None
    last_day: date | None
    partial: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]

    def sentences(self, named: Callable[[str], str] = str) -> list[str]:
        """Return the audit in plain sentences; `named` turns the id of an example into what the reader knows it by."""
        if not self.n_docs:
            return ["There are no documents to date."]
        dated = f"{self.n_points:,} of {self.n_docs:,} documents ({self.n_points / self.n_docs:.1%}) are dated to the day"
        spread = f", from {self.first_day} to {self.last_day}" if self.first_day else ""
        lines = [f"{dated}{spread}; {self.n_intervals:,} have an interval and {self.n_undated:,} no date."]
        lines += [f"The period {period} is not whole: {why}." for period, why in self.partial]
        return [*lines, *(finding.sentence(named) for finding in self.findings)]


def _note_findings(rows: Sequence[AuditRow]) -> list[Finding]:
    by_note: dict[str, list[str]] = defaultdict(list)
    beside = {row.id: row.neighbour for row in rows if row.neighbour}
    for row in rows:
        for note in row.notes:
            if note in NOTE_SENTENCES:
                by_note[note].append(row.id)
    found: list[Finding] = []
    for note, ids in by_note.items():
        share = len(ids) / len(rows)
        message = f"{len(ids):,} of {len(rows):,} documents ({share:.1%}) {NOTE_SENTENCES[note]}."
        examples = tuple(sorted(ids)[:EXAMPLES])
        others = tuple(beside.get(example, "") for example in examples) if note == ORDER else ()
        found.append(Finding(note, "", len(ids), share, message, examples, others))
    return found


def _spread(rows: Sequence[AuditRow]) -> list[Finding]:
    """Whether the days allow a trend at all: not all on one day, not a handful over decades."""
    days = [row.estimate.point for row in rows if row.estimate.point]
    if len(days) < 2:
        message = f"A trend is not possible: {len(days)} of {len(rows):,} documents have a day."
        return [Finding("no_trend", "", len(rows) - len(days), 1.0, message)] if rows else []
    if len(set(days)) == 1:
        message = f"A trend is not possible: all {len(days):,} dated documents fall on {days[0]}."
        return [Finding("no_trend", "", len(days), len(days) / len(rows), message)]
    years = (max(days) - min(days)).days / 365.25
    if years > len(days):
        message = f"A trend is not possible: {len(days):,} dated documents are spread over {years:.0f} years, less than one a year."
        return [Finding("no_trend", "", len(days), len(days) / len(rows), message)]
    return []


def _partial(days: Sequence[date], as_of: date | None) -> tuple[tuple[str, str], ...]:
    """First and last month, where the data begin late in it or end early."""
    if not days:
        return ()
    first, last = min(days), max(days)
    end = min(last, as_of) if as_of else last
    found: list[tuple[str, str]] = []
    if first.day > 1:
        found.append((f"{first:%Y-%m}", f"the first document is of {first}"))
    following = date(end.year + end.month // 12, end.month % 12 + 1, 1)
    if (following - end).days > 1:
        found.append((f"{end:%Y-%m}", f"the last day of the data is {end}"))
    return tuple(found)


def date_audit(rows: Iterable[AuditRow], as_of: date | None = None) -> DateAudit:
    """Return how documents are dated and what about it is suspicious.

    Args:
        rows: one a document, in any order.
        as_of: last day of the data, where it is given.
    """
    rows = sorted(rows, key=lambda row: row.id)
    points = [row for row in rows if row.estimate.point]
    days = [row.estimate.point for row in points if row.estimate.point]
    bounded = sum(row.estimate.point is None and bool(row.estimate.earliest and row.estimate.latest) for row in rows)
    tenths = Counter(min(int(row.estimate.confidence * 10), 9) for row in points)
    by_source: dict[str, list[AuditRow]] = defaultdict(list)
    for row in rows:
        by_source[row.source].append(row)
    findings = [*_note_findings(rows), *_spread(rows)]
    for source in sorted(by_source):
        own = by_source[source]
        findings += [Finding(code, source, n, n / len(own), text) for code, n, text in source_findings(source, own)]
    findings.sort(key=lambda finding: (-finding.n_docs, finding.code, finding.source))
    return DateAudit(
        len(rows),
        len(points),
        bounded,
        len(rows) - len(points) - bounded,
        tuple(Counter(row.estimate.method for row in rows).most_common()),
        tuple(Counter(row.estimate.precision for row in rows).most_common()),
        tuple((f"{tenth / 10:.1f}-{(tenth + 1) / 10:.1f}", n) for tenth, n in sorted(tenths.items(), reverse=True)),
        min(days, default=None),
        max(days, default=None),
        _partial(days, as_of),
        tuple(findings),
    )
