"""What reading an input gives, for a person or a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import msgspec

from topics.core.documents import Corpus, DateEstimate
from topics.ingest.dates.audit import CONFIDENCE_OF
from topics.ingest.ingest import IngestReport
from topics.ingest.notes import describe, is_score, recognised_encodings
from topics.ingest.stories.events import EventPair
from topics.ingest.warnings import corpus_warnings

SHOWN = 20
PLACES = 3  # of records quarantined for one reason


class CheckSummary(msgspec.Struct, frozen=True):
    """The answer of `topics check`."""

    seen: int
    accepted: int
    quarantined: int
    duplicates: int
    stories: int
    as_of: str | None
    languages: dict[str, int]
    sources: dict[str, int]
    date_precision: dict[str, int]
    date_method: dict[str, int]
    date_confidence: dict[str, int]
    first_day: str | None
    last_day: str | None
    bad_date_fields: int
    removed: dict[str, int]
    encodings: list[dict[str, str | int]]
    notes: dict[str, int]
    warnings: list[str]
    date_audit: list[str]
    same_event: list[dict[str, str | float]]
    files_left_out: list[tuple[str, str]]
    quarantine: list[dict[str, str | int]]


def check_summary(corpus: Corpus, account: IngestReport, events: Sequence[EventPair] = ()) -> CheckSummary:
    """Return the counts of a reading; `events` are proposals of stories told in two languages."""
    infos = corpus.infos
    days = sorted(info.date.point.isoformat() for info in infos if info.date.point)
    return CheckSummary(
        seen=account.seen,
        accepted=account.accepted,
        quarantined=len(account.quarantined),
        duplicates=account.duplicates,
        stories=len({info.story for info in infos}),
        as_of=str(account.as_of) if account.as_of else None,
        languages=dict(Counter(info.language for info in infos).most_common()),
        sources=dict(Counter(info.source for info in infos).most_common()),
        date_precision=dict(account.audit.by_precision),
        date_method=dict(account.audit.by_method),
        date_confidence=dict(account.audit.by_confidence),
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        bad_date_fields=account.bad_date_fields,
        removed=dict(account.removed),
        encodings=[{**asdict(found), "sentence": found.sentence()} for found in recognised_encodings(infos)],
        notes={code: n for code, n in account.notes if not is_score(code)},
        warnings=[*account.warnings, *corpus_warnings(infos)],
        date_audit=account.audit.sentences({info.id: f"{info.file}:{info.record}" for info in infos}.__getitem__),
        same_event=_pairs(corpus, events),
        files_left_out=list(account.left_out),
        quarantine=[
            {
                "file": item.file,
                "record": item.record,
                "byte": item.byte_start,
                "code": item.code,
                "message": item.message,
                "hint": item.hint,
            }
            for item in account.quarantined
        ],
    )


def _pairs(corpus: Corpus, events: Sequence[EventPair]) -> list[dict[str, str | float]]:
    """Proposed pairs by id and, for people, by place, title and day."""
    named = {identifier for pair in events for identifier in (pair.a, pair.b)}
    articles = {info.id: f"{info.file}:{info.record} ({info.title!r}, {_when(info.date)})" for info in corpus.infos if info.id in named}
    return [
        {
            "a": pair.a,
            "b": pair.b,
            "a_article": articles[pair.a],
            "b_article": articles[pair.b],
            "score": round(pair.score, 3),
            "shared": "; ".join(pair.shared),
        }
        for pair in events
    ]


def _when(date: DateEstimate) -> str:
    return str(date.point or f"{date.earliest or '…'} to {date.latest or '…'}")


def check_text(summary: CheckSummary) -> str:
    """Return the counts as lines to read."""

    def counts(values: dict[str, int]) -> str:
        listed = [f"{_plain(name)} {n}" for name, n in list(values.items())[:SHOWN]]
        return ", ".join(listed) + (f" and {len(values) - SHOWN} more" if len(values) > SHOWN else "") or "none"

    lines = [
        f"seen {summary.seen} = accepted {summary.accepted} + quarantined {summary.quarantined} + duplicates {summary.duplicates}",
        f"stories: {summary.stories}",
        f"languages: {counts(summary.languages)}",
        f"sources: {counts(summary.sources)}",
        f"days: {summary.first_day or 'none'} to {summary.last_day or 'none'} ({_data_up_to(summary)})",
        f"date precision: {counts(summary.date_precision)}",
        f"dates found by: {counts(summary.date_method)}",
        f"confidence of days: {counts(summary.date_confidence)} ({CONFIDENCE_OF})",
        f"date fields without a valid date: {summary.bad_date_fields}",
        f"removed spans: {counts(summary.removed)}",
    ]
    lines += [f"encoding: {_plain(str(found['file']))}: {found['sentence']}" for found in summary.encodings[:SHOWN]]
    if len(summary.encodings) > SHOWN:
        lines.append(f"encoding: {len(summary.encodings) - SHOWN} more files (use --json for all)")
    lines += [f"note: {n:,} of {summary.accepted:,} documents {describe(code)} [{code}]" for code, n in summary.notes.items()]
    lines += [f"dates: {_plain(sentence)}" for sentence in summary.date_audit]
    lines += [
        f"same event, proposed: {_plain(str(pair['a_article']))} and {_plain(str(pair['b_article']))}: {_plain(str(pair['shared']))}"
        for pair in summary.same_event[:SHOWN]
    ]
    if len(summary.same_event) > SHOWN:
        lines.append(f"same event, proposed: {len(summary.same_event) - SHOWN} more pairs")
    lines += [f"warning: {_plain(sentence)}" for sentence in summary.warnings]
    lines += [f"left out: {_plain(name)}: {reason}" for name, reason in summary.files_left_out[:SHOWN]]
    if len(summary.files_left_out) > SHOWN:
        lines.append(f"left out: {len(summary.files_left_out) - SHOWN} more files")
    return "\n".join([*lines, *_quarantined(summary)])


def _data_up_to(summary: CheckSummary) -> str:
    is_later = summary.last_day and summary.as_of and summary.last_day > summary.as_of
    return f"data up to {summary.as_of or 'unknown'}{', and a day more: papers carry the date of tomorrow' if is_later else ''}"


def _quarantined(summary: CheckSummary) -> list[str]:
    """What was quarantined: a line for each reason, with the places of the first records."""
    places: dict[str, list[str]] = {}
    for item in summary.quarantine:
        places.setdefault(f"{item['message']}. {item['hint']}", []).append(f"{_plain(str(item['file']))}:{item['record']}")
    lines = []
    for reason, where in list(places.items())[:SHOWN]:
        more = f" and {len(where) - PLACES:,} more" if len(where) > PLACES else ""
        lines.append(f"quarantined: {', '.join(where[:PLACES])}{more}: {reason}")
    left = sum(len(where) for where in list(places.values())[SHOWN:])
    return [*lines, *([f"quarantined: {left:,} more for other reasons (use --json for all)"] if left else [])]


def _plain(name: str) -> str:
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in name)
