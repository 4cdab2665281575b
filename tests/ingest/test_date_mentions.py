"""Dates in running text: forms, impossible days, look-alikes; dates in fields."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.ingest.dates.calendar import first_on_or_after, make_day, month_span, quarter_span
from topics.ingest.dates.fields import read_field
from topics.ingest.dates.mentions import find_mentions, past

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

FORMS = [
    ("on 2025-03-14 they", "day", (2025, 3, 14), "2025-03-14"),
    ("on March 14, 2025 they", "day", (2025, 3, 14), "March 14, 2025"),
    ("on March 14th 2025", "day", (2025, 3, 14), "March 14th 2025"),
    ("on 14 March 2025", "day", (2025, 3, 14), "14 March 2025"),
    ("the 14th of March, 2025", "day", (2025, 3, 14), "14th of March, 2025"),
    ("Mar. 4, 2025", "day", (2025, 3, 4), "Mar. 4, 2025"),
    ("Sept. 3, 2024", "day", (2024, 9, 3), "Sept. 3, 2024"),
    ("ngày 14/3/2025", "day", (2025, 3, 14), "14/3/2025"),
    ("ngày 14-3-2025", "day", (2025, 3, 14), "14-3-2025"),
    ("ngày 14.03.2025", "day", (2025, 3, 14), "14.03.2025"),
    ("ngày 14 tháng 3 năm 2025", "day", (2025, 3, 14), "14 tháng 3 năm 2025"),
    ("ngày 14 tháng 3, 2025", "day", (2025, 3, 14), "14 tháng 3, 2025"),
    ("29/2/2024", "day", (2024, 2, 29), "29/2/2024"),
    ("on March 14 they", "month_day", (None, 3, 14), "March 14"),
    ("on 14 March they", "month_day", (None, 3, 14), "14 March"),
    ("Sáng 14/1, tại", "month_day", (None, 1, 14), "Sáng 14/1"),
    ("Hôm nay (14/3), tại", "month_day", (None, 3, 14), "Hôm nay (14/3"),
    ("thứ Sáu (14/3)", "month_day", (None, 3, 14), "14/3"),
    ("ngày 14 tháng 3, tại", "month_day", (None, 3, 14), "ngày 14 tháng 3"),
    ("in March 2025 the", "month", (2025, 3, None), "March 2025"),
    ("trong tháng 3/2025", "month", (2025, 3, None), "tháng 3/2025"),
    ("Tháng 3 năm 2025", "month", (2025, 3, None), "Tháng 3 năm 2025"),
    ("in 2025 the", "year", (2025, None, None), "2025"),
    ("năm 2025, quân", "year", (2025, None, None), "2025"),
]
QUARTERS = [
    ("the second quarter of 2025", 2025, 2),
    ("the 3rd quarter 2024", 2024, 3),
    ("Q2/2025", 2025, 2),
    ("Q4 2024", 2024, 4),
    ("quý II/2025", 2025, 2),
    ("Quý IV năm 2024", 2024, 4),
    ("quý 1 năm 2025", 2025, 1),
]
IMPOSSIBLE = [
    "31/02/2025",
    "February 30, 2025",
    "30 February 2025",
    "2025-02-30",
    "ngày 31/4",
    "29/2/2023",
    "(30/2)",
    "31 tháng 11 năm 2024",
]
LOOK_ALIKES = [
    "Resolution No.57-NQ/TW",
    "Nghị quyết 18-NQ/TW",
    "Nghị định 14/2025/NĐ-CP",
    "Luật 2025/QH15",
    "on duty 24/7",
    "about 1/2 of them",
    "scored 3-1",
    "COVID-19",
    "COVID-2019",
    "T-54, F-16 and B-52",
    "call 0912 345 678",
    "Tel: 024.3825.2025",
    "Hotline: 024 3825 2025",
    "19001234",
    "giai đoạn 2021-2025",
    "giai đoạn 2021–2025",
    "the 2025–2030 term",
    "may 12 people come",
    "in the march 12 of them fell",
    "version x2025y",
    "year 1825 and 2101",
]


@pytest.mark.parametrize(("text", "grain", "parts", "span"), FORMS)
def test_forms(text: str, grain: str, parts: tuple[int | None, int | None, int | None], span: str) -> None:
    (mention,) = find_mentions(text)
    assert (mention.grain, (mention.year, mention.month, mention.day)) == (grain, parts)
    assert text[mention.start : mention.end] == span


@pytest.mark.parametrize(("text", "year", "quarter"), QUARTERS)
def test_quarters(text: str, year: int, quarter: int) -> None:
    (mention,) = find_mentions(text)
    assert (mention.grain, mention.year, mention.quarter) == ("quarter", year, quarter)


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_impossible_days_are_no_dates(text: str) -> None:
    assert find_mentions(text) == ()


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alikes_are_no_dates(text: str) -> None:
    assert [text[m.start : m.end] for m in find_mentions(f"It is {text} here.")] == []


@pytest.mark.parametrize(
    ("text", "bounded", "future"),
    [
        ("on March 14, 2025", False, False),
        ("since March 14, 2025", True, False),
        ("dated March 14, 2025", True, False),
        ("kể từ ngày 14/3/2025", True, False),
        ("by March 14, 2025", True, True),
        ("will open on March 14, 2025", False, True),
        ("dự kiến khai mạc ngày 14/3/2025", False, True),
        ("trước ngày 14/3/2025", True, True),
        ("as of March 14, 2025", False, False),
        ("tính đến ngày 14/3/2025", False, False),
        ("It will rain. On March 14, 2025", False, False),
    ],
)
def test_words_before_a_date_govern_it(text: str, bounded: bool, future: bool) -> None:
    (mention,) = find_mentions(text)
    assert (mention.bounded, mention.future) == (bounded, future)


def test_past_leaves_out_the_future_and_history() -> None:
    text = "Founded in 1945, renamed in 2019, it met on March 14 and will close in 2027."
    assert [(m.year, m.grain) for m in past(find_mentions(text))] == [(2019, "year"), (None, "month_day")]


def test_the_longest_form_wins_and_the_order_is_that_of_the_text() -> None:
    text = "In 2023, on 14 March 2025 and in April 2024"
    assert [text[m.start : m.end] for m in find_mentions(text)] == ["2023", "14 March 2025", "April 2024"]


@given(st.text(max_size=200))
def test_any_text_has_only_possible_mentions_without_overlap(text: str) -> None:
    last = 0
    for mention in find_mentions(text):
        assert last <= mention.start < mention.end <= len(text)
        last = mention.end
        if mention.grain == "day":
            assert make_day(mention.year or 0, mention.month or 0, mention.day or 0)


DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
SPELLINGS = [
    "{d:%Y-%m-%d}",
    "{d:%B} {d.day}, {d.year}",
    "{d.day} {d:%b} {d.year}",
    "{d.day}/{d.month}/{d.year}",
    "{d.day} tháng {d.month} năm {d.year}",
]


@settings(max_examples=60)
@given(DAYS, st.sampled_from(SPELLINGS))
def test_every_spelling_of_a_day_is_read_back(day: date, spelling: str) -> None:
    (mention,) = find_mentions(f"on {spelling.format(d=day)}, they")
    assert (mention.year, mention.month, mention.day) == (day.year, day.month, day.day)


POINT_FIELDS = [
    ("2025-03-14", "2025-03-14"),
    (" 2025/3/14 ", "2025-03-14"),
    ("20250314", "2025-03-14"),
    ("2025-03-14T23:30:00", "2025-03-14"),
    ("2025-03-14 23:30:00", "2025-03-14"),
    ("2025-03-14T16:59:59Z", "2025-03-14"),
    ("2025-03-14T17:00:00Z", "2025-03-15"),
    ("2025-03-14T17:00:00.000+00:00", "2025-03-15"),
    ("2025-03-14T00:30:00+09:00", "2025-03-13"),
    ("2025-12-31T20:00:00Z", "2026-01-01"),
    ("Fri, 14 Mar 2025 16:00:00 GMT", "2025-03-14"),
    ("Fri, 14 Mar 2025 20:00:00 GMT", "2025-03-15"),
    ("Fri, 14 Mar 2025 20:00:00 +0700", "2025-03-14"),
    ("14/03/2025", "2025-03-14"),
    ("14.3.2025", "2025-03-14"),
    ("14-03-2025 10:30", "2025-03-14"),
    ("03/14/2025", "2025-03-14"),
    ("05/05/2025", "2025-05-05"),
    ("March 14, 2025", "2025-03-14"),
    ("14 March 2025", "2025-03-14"),
    ("ngày 14 tháng 3 năm 2025", "2025-03-14"),
    ("Thứ Sáu, 14/03/2025, 10:30", "2025-03-14"),
    ("29/02/2024", "2024-02-29"),
]
REFUSED = [
    "", "n/a", "yesterday", "31/02/2025", "2025-02-30", "2025-02-30T10:00:00Z", "29/02/2023", "00/03/2025", "31 Feb 2025",
    "1970-01-01", "1970-01-01T00:00:00Z", "01/01/1970", "Thu, 01 Jan 1970 00:00:00 GMT", "1899-12-30", "0001-01-01", "0000-00-00", "0",
    "1710374400", "2025-13", "0000-01", "14/03/25", "March 14, 2025, March 16, 2025", "Resolution No.57-NQ/TW",
    "9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "31/12/9999",
]  # fmt: skip


@pytest.mark.parametrize(("value", "day"), POINT_FIELDS)
def test_a_field_with_one_reading_is_a_point(value: str, day: str) -> None:
    estimate = read_field(value, HANOI).estimate
    assert estimate is not None
    assert str(estimate.point) == str(estimate.earliest) == str(estimate.latest) == day


@pytest.mark.parametrize("value", REFUSED)
def test_a_field_without_a_possible_day_is_refused(value: str) -> None:
    assert read_field(value, HANOI).estimate is None


@pytest.mark.parametrize(
    ("value", "earliest", "latest", "precision"),
    [
        ("03/04/2025", "2025-03-04", "2025-04-03", "interval"),
        ("12.1.2025", "2025-01-12", "2025-12-01", "interval"),
        ("2025-02", "2025-02-01", "2025-02-28", "month"),
    ],
)
def test_a_field_with_two_readings_is_an_interval(value: str, earliest: str, latest: str, precision: str) -> None:
    estimate = read_field(value, HANOI).estimate
    assert estimate is not None
    assert (estimate.point, str(estimate.earliest), str(estimate.latest), estimate.precision) == (None, earliest, latest, precision)


def test_the_zone_of_the_study_decides_the_day() -> None:
    days = [read_field("2025-03-14T20:00:00Z", ZoneInfo(zone)).estimate.point for zone in ("UTC", "Asia/Ho_Chi_Minh", "America/New_York")]  # type: ignore[union-attr]
    assert days == [date(2025, 3, 14), date(2025, 3, 15), date(2025, 3, 14)]


@settings(max_examples=200)
@given(st.text(max_size=40) | st.datetimes().map(str) | st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()))
def test_no_field_value_raises(value: str) -> None:
    read_field(value, HANOI)


def test_calendar() -> None:
    assert month_span(2024, 2) == (date(2024, 2, 1), date(2024, 2, 29))
    assert quarter_span(2025, 4) == (date(2025, 10, 1), date(2025, 12, 31))
    assert first_on_or_after(date(2025, 3, 14), 3, 14) == date(2025, 3, 14)
    assert first_on_or_after(date(2025, 3, 15), 3, 14) == date(2026, 3, 14)
    assert first_on_or_after(date(2025, 1, 1), 2, 29) == date(2028, 2, 29)
    assert first_on_or_after(date(1897, 1, 1), 2, 29) == date(1904, 2, 29)
    assert first_on_or_after(date(2025, 1, 1), 2, 30) is None
