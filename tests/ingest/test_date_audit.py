"""The date audit finds what is planted and finds no fault with clean dates."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from topics.core.documents import DateEstimate
from topics.ingest.dates.audit import NOTE_SENTENCES, AuditRow, DateAudit, date_audit

N = 600
HOURS = [0, 0, 0, 0, 1, 2, 5, 8, 9, 9, 9, 8, 7, 7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2]  # how a newsroom's day goes


def clean() -> list[AuditRow]:
    rng = random.Random(5)
    rows = []
    for number in range(N):
        day = date(2025, 1, 1) + timedelta(days=number // 4)
        moment = datetime(day.year, day.month, day.day, rng.choices(range(24), HOURS)[0], rng.randrange(60), tzinfo=UTC)
        rows.append(_at(moment, number))
    return rows


def _at(moment: datetime, number: int) -> AuditRow:
    day = moment.date()
    estimate = DateEstimate(day, day, day, "day", 0.99, "field")
    return AuditRow("paper", f"d{number:04d}", estimate, (), moment.strftime("%Y-%m-%dT%H:%M"), number % 2, 0)


def _moments(rows: list[AuditRow], change: Callable[[int, datetime], datetime]) -> list[AuditRow]:
    return [_at(change(number, datetime.fromisoformat(row.moment)), number) for number, row in enumerate(rows)]


def codes(audit: DateAudit) -> list[str]:
    return [finding.code for finding in audit.findings]


def test_clean_dates_are_clean() -> None:
    audit = date_audit(clean(), date(2025, 5, 31))
    assert codes(audit) == []
    assert (audit.n_docs, audit.n_points, audit.n_intervals, audit.n_undated) == (N, N, 0, 0)
    assert (audit.by_method, audit.by_precision) == ((("field", N),), (("day", N),))
    assert audit.by_confidence == (("0.9-1.0", N),)
    assert (
        audit.sentences()[0]
        == "600 of 600 documents (100.0%) are dated to the day, from 2025-01-01 to 2025-05-30; 0 have an interval and 0 no date."
    )


def test_a_clock_seven_hours_behind_is_found_with_its_share_of_wrong_days() -> None:
    shifted = _moments(clean(), lambda _, moment: moment - timedelta(hours=7))
    wrong = sum(row.estimate.point != old.estimate.point for row, old in zip(shifted, clean(), strict=True))
    (finding,) = date_audit(shifted).findings
    assert finding.code == "shifted_clock"
    assert abs(finding.n_docs - wrong) < 0.08 * N
    assert "behind" in finding.message
    assert any(f"about {hours} hours" in finding.message for hours in (5, 6, 7, 8, 9))
    ahead = _moments(clean(), lambda _, moment: moment + timedelta(hours=7))
    assert "ahead" in date_audit(ahead).findings[0].message


def test_times_of_fetching_are_found() -> None:
    fetched = _moments(clean(), lambda number, _: datetime(2025, 1, 1, 9, 7, tzinfo=UTC) + timedelta(hours=number // 20 * 7))
    assert "fetch_time" in codes(date_audit(fetched))


def test_days_without_a_time_are_no_clock() -> None:
    assert codes(date_audit(_moments(clean(), lambda _, moment: moment.replace(hour=0, minute=0)))) == []


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("one_day", lambda number, moment: moment.replace(year=2025, month=1, day=15) if number % 3 == 0 else moment),
        ("first_of_month", lambda number, moment: moment.replace(day=1) if number % 3 == 0 else moment),
        ("one_weekday", lambda _, moment: moment - timedelta(days=moment.weekday())),
    ],
)
def test_placeholder_days_are_found(code: str, change: Callable[[int, datetime], datetime]) -> None:
    found = {finding.code: finding for finding in date_audit(_moments(clean(), change)).findings}
    assert code in found
    assert found[code].message.startswith("paper: ")


def test_fields_against_texts_and_addresses_are_found() -> None:
    early = [replace(row, lag=-1) if number % 10 == 0 else row for number, row in enumerate(clean())]
    late = [replace(row, lag=9) if number % 5 == 0 else row for number, row in enumerate(clean())]
    address = [replace(row, url_lag=1) if number % 10 == 0 else row for number, row in enumerate(clean())]
    assert [codes(date_audit(rows)) for rows in (early, late, address)] == [
        ["field_before_text"],
        ["field_after_text"],
        ["field_against_address"],
    ]
    few = [replace(row, lag=-1) if number % 50 == 0 else row for number, row in enumerate(clean())]
    assert codes(date_audit(few)) == []


@pytest.mark.parametrize("note", sorted(NOTE_SENTENCES))
def test_every_note_is_counted_and_explained(note: str) -> None:
    rows = clean()
    rows[3] = replace(rows[3], notes=(note, "utf-16"))
    (finding,) = date_audit(rows).findings
    assert (finding.code, finding.n_docs) == (note, 1)
    assert "(d0003)" in finding.sentence()
    assert "(article d0003)" in date_audit(rows).sentences(lambda name: f"article {name}")[-1]
    assert NOTE_SENTENCES[note] in finding.message


def test_no_trend_is_promised_where_none_is_possible() -> None:
    day = date(2025, 1, 1)
    same = [replace(row, estimate=DateEstimate(day, day, day, "day", 0.9, "x"), moment="") for row in clean()[:20]]
    centuries = [_at(datetime(1991 + 30 * number, 1, 1, tzinfo=UTC), number) for number in range(3)]
    undated = [replace(row, estimate=DateEstimate(), moment="") for row in clean()[:20]]
    for rows in (same, centuries, undated):
        audit = date_audit(rows)
        assert "no_trend" in codes(audit)
        assert any("A trend is not possible" in line for line in audit.sentences())
    assert date_audit([]).sentences() == ["There are no documents to date."]


def test_first_and_last_month_that_are_not_whole_are_named() -> None:
    rows = [row for row in clean() if row.estimate.point and date(2025, 1, 9) <= row.estimate.point <= date(2025, 4, 12)]
    assert [period for period, _ in date_audit(rows).partial] == ["2025-01", "2025-04"]
    whole = [row for row in clean() if row.estimate.point and row.estimate.point <= date(2025, 3, 31)]
    assert date_audit(whole).partial == ()


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = _moments(clean(), lambda _, moment: moment - timedelta(hours=7))
    shuffled = random.Random(1).sample(rows, len(rows))
    assert date_audit(shuffled) == date_audit(rows)
