"""All evidence of one document together: field, address, file name, text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo

from topics.core.documents import DateEstimate
from topics.ingest.dates.calendar import make_day
from topics.ingest.dates.constraints import AMBIGUOUS, is_two_days
from topics.ingest.dates.estimate import read_text
from topics.ingest.dates.fields import FieldReading, Order, read_field
from topics.ingest.dates.founding import FoundingYear
from topics.ingest.dates.mentions import Mention
from topics.ingest.dates.names import from_file, from_url
from topics.ingest.dates.numbers import NumberKind, number_moment
from topics.ingest.dates.reading import LEAD, Reading
from topics.ingest.dates.spoken import day_within
from topics.ingest.dates.unresolved import unresolved
from topics.ingest.dates.votes import Verdict

CONFLICT_DAYS = 2  # evidence may differ by the zone and the night; more is a conflict
SURE = 0.8  # evidence below this is not held against a date
_FAR = 20  # days from a date within which a day and month in the text is the same occasion
_WAITING = "date_number"
BAD_FIELD = frozenset({"date_impossible", "date_number", "date_placeholder", "date_unreadable", "two_digit_year"})


@dataclass(frozen=True, slots=True)
class DateContext:
    """What is known of a document besides its text.

    Args:
        zone: calendar zone of the study.
        field: the date field (published), as it stands.
        url: the document's address.
        file: path of its file relative to the source; empty where a file holds many documents.
        order: whether day or month comes first, where the user says so.
        number: what numbers in the date field count, where the user says so.
        founded: the user's founding years.
        given: what the reader of a format found that states its date in several places; stands for the date field.
    """

    zone: tzinfo
    field: str = ""
    url: str = ""
    file: str = ""
    order: Order | None = None
    number: NumberKind | None = None
    founded: tuple[FoundingYear, ...] = ()
    given: DateEstimate | None = None


@dataclass(frozen=True, slots=True)
class DatedDocument:
    """What all evidence says about when a document was published.

    Args:
        estimate: the answer.
        notes: sorted codes of what is doubtful.
        ballot: what it says about how its source writes dates, for `DateVotes.add`.
        moment: minute of the date field in the study's zone ("2026-01-14T10:30"), empty where it has none.
        lag: days from the day that the text tells of to the day of the field, None where one of the two is missing.
        url_lag: the same from the day that the address names.
        waiting: a number in the date field that only the source as a whole can explain.
    """

    estimate: DateEstimate
    notes: tuple[str, ...] = ()
    ballot: tuple[str, ...] = ()
    moment: str = ""
    lag: int | None = None
    url_lag: int | None = None
    waiting: str = ""

    @property
    def bad_field(self) -> bool:
        """Whether a date field was there that holds no date."""
        return not BAD_FIELD.isdisjoint(self.notes)


def _told(reading: Reading) -> Mention | None:
    """The day that title or lead tell of as just past, or stamp on the article."""
    for mention in reading.mentions:
        if mention.start > reading.lead + LEAD:
            return None
        if not mention.bounded and not mention.future and mention.part in {"now", "early", "late"} and not reading.is_ahead(mention):
            return mention
    return None


def _lag(day: date | None, reading: Reading) -> int | None:
    told = _told(reading)
    if day is None or told is None or not told.month or not told.day:
        return None
    years = [told.year] if told.year else [day.year - 1, day.year, day.year + 1]
    lags = [(day - found).days for year in years if (found := make_day(year, told.month, told.day))]
    best = min(lags, key=abs, default=None)
    return best if best is not None and abs(best) <= _FAR else None


def _text_ballot(reading: Reading) -> Iterator[str]:
    for mention in reading.mentions:
        if mention.grain == "day" and mention.order in {"dmy", "mdy"} and mention.month != mention.day:
            yield f"text.{mention.order}"


def _two_days(estimate: DateEstimate) -> tuple[date, ...]:
    """The two readings of a day whose order of day and month is open."""
    return (estimate.earliest, estimate.latest) if is_two_days(estimate) and estimate.earliest and estimate.latest else ()


def _within(first: DateEstimate, others: list[DateEstimate]) -> DateEstimate:
    """An interval narrowed by the surest point inside it; of two readings, the one that a point is near to."""
    if first.point or not (first.earliest and first.latest):
        return first
    if days := _two_days(first):
        return _reading_near(first, days, others)
    inside = [other for other in others if other.point and first.earliest <= other.point <= first.latest]
    return max(inside, key=lambda other: other.confidence, default=first)


def _reading_near(first: DateEstimate, days: tuple[date, ...], others: list[DateEstimate]) -> DateEstimate:
    """One of two readings, where the surest point lies on it, or so close that it is no conflict; a point elsewhere chooses neither."""
    for other in sorted((other for other in others if other.point), key=lambda other: -other.confidence):
        near = [day for day in days if other.point and abs((day - other.point).days) <= CONFLICT_DAYS]
        if other.point in days:
            return other
        if len(near) == 1 and other.confidence >= SURE:
            (day,) = near
            return DateEstimate(
                day,
                day,
                day,
                "day",
                min(other.confidence, 0.9),
                f"{first.method.removesuffix(AMBIGUOUS[0]).removesuffix(AMBIGUOUS[1])}_by_{other.method}",
                other.evidence,
            )
    return first


def _narrowed(estimate: DateEstimate, reading: Reading) -> DateEstimate:
    """An interval narrowed by the day that the lead gives without a year."""
    if estimate.point or not (estimate.earliest and estimate.latest):
        return estimate
    found = day_within(reading, estimate.earliest, estimate.latest)
    return _within(estimate, [found]) if found and _two_days(estimate) else found or estimate


def _best(structured: list[DateEstimate], told: DateEstimate) -> DateEstimate:
    """The surest point; else the narrowest interval."""
    points = [estimate for estimate in (*structured, told) if estimate.point]
    if points:
        return max(points, key=lambda estimate: estimate.confidence)
    spans = [estimate for estimate in (*structured, told) if estimate.earliest and estimate.latest]
    open_ended = told if told.method != "none" or not structured else structured[0]
    return min(spans, key=lambda estimate: (estimate.latest or date.max) - (estimate.earliest or date.min), default=open_ended)


def _conflict(chosen: DateEstimate, others: list[DateEstimate]) -> bool:
    """Whether other sure evidence lies more than two days off."""
    if not (chosen.earliest and chosen.latest):
        return False
    slack = timedelta(days=CONFLICT_DAYS)
    return any(
        other.earliest and other.latest and (other.earliest - slack > chosen.latest or other.latest + slack < chosen.earliest)
        for other in others
        if other.confidence >= SURE
    )


def _stated(context: DateContext) -> FieldReading:
    """What the date field says, or the reader in its place."""
    if context.given is not None:
        return FieldReading(context.given if context.given.method != "none" else None)
    return read_field(context.field, context.zone, context.order, context.number) if context.field.strip() else FieldReading()


def estimate_document(text: str, context: DateContext) -> DatedDocument:
    """Return when a document was published, by all its evidence.

    A date field comes first, then whatever is surest: header, dateline, address, file name, lead. Evidence that differs from
    the answer by more than two days is noted (`date_conflict`), never averaged.

    Args:
        text: as read, before cleaning; evidence spans refer to it.
        context: everything else that is known.
    """
    field = _stated(context)
    told, reading = read_text(text, context.order, context.founded)
    address = from_url(context.url) if context.url else None
    named = from_file(context.file, context.order) if context.file else None
    names = [estimate for estimate in (address, named) if estimate]
    others = [*names, told]
    if field.estimate:
        chosen = _narrowed(_within(field.estimate, others), reading)
    else:
        chosen = _within(_best(names, told), others)
        if chosen.method in {"url_month", "file_path"} or chosen.method.startswith("file_name"):
            chosen = _narrowed(chosen, reading)
    notes = {*field.notes, *reading.notes}
    if is_two_days(chosen):
        notes.add("ambiguous_day_month")
    elif chosen.point and field.estimate:
        notes.discard("ambiguous_day_month")
    if _conflict(chosen, [estimate for estimate in (*others, *([field.estimate] if field.estimate else [])) if estimate is not chosen]):
        notes.add("date_conflict")
    stated = field.estimate.point if field.estimate else None
    lag = _lag(stated, reading)
    url_lag = (stated - address.point).days if stated and address and address.point else None
    if lag is not None and lag < 0:
        notes.add("date_before_text")
    if not chosen.point:
        notes.update(unresolved(text))
    moment = field.moment.strftime("%Y-%m-%dT%H:%M") if field.moment else ""
    waiting = context.field.strip() if _WAITING in field.notes else ""
    return DatedDocument(chosen, tuple(sorted(notes)), (*field.ballot, *_text_ballot(reading)), moment, lag, url_lag, waiting)


def settle(dated: DatedDocument, verdict: Verdict, zone: tzinfo) -> DatedDocument:
    """Return a document's date again, now that its source as a whole is known; the text is not read again.

    Args:
        dated: from `estimate_document`.
        verdict: from `DateVotes.verdict`.
        zone: calendar zone of the study.
    """
    estimate = dated.estimate
    if dated.waiting and verdict.number and (moment := number_moment(dated.waiting, verdict.number, zone)):
        point = DateEstimate(moment.date(), moment.date(), moment.date(), "day", 0.97, "field_number")
        notes = {*dated.notes} - {_WAITING, "date_lunar", "date_relative", "date_buddhist_year"}
        if _conflict(point, [estimate]):
            notes.add("date_conflict")
        return replace(dated, estimate=point, notes=tuple(sorted(notes)), moment=moment.strftime("%Y-%m-%dT%H:%M"), waiting="")
    method = estimate.method
    if not is_two_days(estimate) or method.startswith("file"):  # neither fields nor texts say how files are named
        return dated
    order = verdict.field_order if method.startswith("field") else verdict.text_order
    if order is None or estimate.earliest is None or estimate.latest is None:
        return dated
    first = "dmy" if method.endswith("_dmy_or_mdy") else "mdy"
    day = estimate.earliest if order == first else estimate.latest
    point = DateEstimate(day, day, day, "day", 0.95, f"{method[: -len(AMBIGUOUS[0])]}_by_source", estimate.evidence)
    return replace(dated, estimate=point, notes=tuple(note for note in dated.notes if note != "ambiguous_day_month"))
