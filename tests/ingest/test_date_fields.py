"""Date fields, addresses and file names: what each value says, what is doubtful about it, and what a source settles by vote."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from topics.ingest.dates.fields import read_field
from topics.ingest.dates.names import from_file, from_url
from topics.ingest.dates.numbers import KINDS, NumberKind, number_kind, number_moment
from topics.ingest.dates.votes import MARGIN, MIN_VOTES, DateVotes

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

POINTS = [
    ("Thứ Tư, 14/01/2026, 10:30 (GMT+7)", "2026-01-14", "10:30", ()),
    ("14 tháng 1, 2026", "2026-01-14", "", ()),
    ("Wednesday, January 14, 2026 10:30 PM", "2026-01-14", "22:30", ("zone_unknown",)),
    ("Jan 14, 2026 at 9:05 am", "2026-01-14", "09:05", ()),
    ("2026-01-14T23:30Z", "2026-01-15", "06:30", ()),
    ("14/01/2026 23:30 GMT+0", "2026-01-15", "06:30", ()),
    ("14/01/2026 23:30 GMT+7", "2026-01-14", "23:30", ()),
    ("2026-01-14 23:30:00", "2026-01-14", "23:30", ("zone_unknown",)),
    ("2026-01-14 00:00:00", "2026-01-14", "00:00", ()),
    ("2026-01-14 12:00:00", "2026-01-14", "12:00", ()),
    ("2026-01-14T10:31:48+07:07", "2026-01-14", "10:24", ("odd_offset",)),
    ("20260114233000", "2026-01-14", "23:30", ("zone_unknown",)),
    ("20260114T233000Z", "2026-01-15", "06:30", ()),
    ("2026/01/14 10:30", "2026-01-14", "10:30", ()),
    ("Friday, 03/04/2026", "2026-04-03", "", ()),
    ("Wednesday, 03/04/2026", "2026-03-04", "", ()),
    ("Thứ Sáu, 03/04/2026", "2026-04-03", "", ()),
    ("Thứ Ba, 14/01/2026", "2026-01-14", "", ("weekday_conflict",)),
]
DOUBTFUL = [
    ("31/02/2025", "date_impossible"),
    ("2025-13-01", "date_impossible"),
    ("29/02/2023", "date_impossible"),
    ("2025-02-30 10:00", "date_impossible"),
    ("1970-01-01", "date_placeholder"),
    ("0001-01-01", "date_placeholder"),
    ("0000-00-00", "date_placeholder"),
    ("1899-12-31", "date_placeholder"),
    ("9999-12-31", "date_placeholder"),
    ("0", "date_placeholder"),
    ("14/01/26", "two_digit_year"),
    ("1768435200", "date_number"),
    ("45678", "date_number"),
    ("recently", "date_unreadable"),
    ("March 16, 2025 to March 14, 2025", "date_unreadable"),
]
PERIODS = [
    ("2025", "2025-01-01", "2025-12-31"),
    ("Q3 2025", "2025-07-01", "2025-09-30"),
    ("tháng 2/2024", "2024-02-01", "2024-02-29"),
    ("2026-01-12 - 2026-01-15", "2026-01-12", "2026-01-15"),
    ("2026-01-12/2026-01-15", "2026-01-12", "2026-01-15"),
    ("March 14, 2025 to March 16, 2025", "2025-03-14", "2025-03-16"),
    ("12/01/2026 – 15/01/2026", "2026-01-12", "2026-01-15"),
    ("01/12/2026 - 01/15/2026", "2026-01-12", "2026-01-15"),
    ("Thứ Ba, 12/01/2026", "2026-01-12", "2026-12-01"),
]


@pytest.mark.parametrize(("value", "day", "clock", "notes"), POINTS)
def test_a_field_gives_day_time_and_doubts(value: str, day: str, clock: str, notes: tuple[str, ...]) -> None:
    reading = read_field(value, HANOI)
    assert reading.estimate is not None
    assert (str(reading.estimate.point), f"{reading.moment:%H:%M}" if reading.moment else "", reading.notes) == (day, clock, notes)


@pytest.mark.parametrize(("value", "note"), DOUBTFUL)
def test_a_field_without_a_day_says_why(value: str, note: str) -> None:
    reading = read_field(value, HANOI)
    assert (reading.estimate, reading.notes) == (None, (note,))


@pytest.mark.parametrize(("value", "earliest", "latest"), PERIODS)
def test_a_period_never_invents_a_day(value: str, earliest: str, latest: str) -> None:
    estimate = read_field(value, HANOI).estimate
    assert estimate is not None
    assert (estimate.point, str(estimate.earliest), str(estimate.latest)) == (None, earliest, latest)


def test_the_order_decides_between_two_readings() -> None:
    plain, dmy, mdy = (read_field("03/04/2025", HANOI, order) for order in (None, "dmy", "mdy"))
    assert plain.estimate is not None
    assert (plain.estimate.point, plain.notes) == (None, ("ambiguous_day_month",))
    assert [str(reading.estimate.point) for reading in (dmy, mdy) if reading.estimate] == ["2025-04-03", "2025-03-04"]
    assert [reading.notes for reading in (dmy, mdy)] == [(), ()]


@given(st.integers(631_238_400, 4_102_300_000), st.sampled_from(KINDS))
def test_a_number_is_read_back_where_it_is_known_what_it_counts(seconds: int, kind: NumberKind) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    value = {
        "epoch_s": str(seconds),
        "epoch_ms": str(seconds * 1_000),
        "epoch_us": str(seconds * 1_000_000),
        "excel": str((moment.date() - date(1899, 12, 30)).days),
    }[kind]
    assert number_kind(value) == kind
    found = number_moment(value, kind, UTC)
    assert found is not None
    assert found.date() == moment.date()
    assert [other for other in KINDS if number_moment(value, other, UTC)] == [kind]
    reading = read_field(value, UTC, number=kind)
    assert reading.estimate is not None
    assert reading.estimate.point == moment.date()
    assert read_field(value, UTC).estimate is None


ADDRESSES = [
    ("https://a.example/2026/01/14/title-of-it.html", "url_path", "2026-01-14"),
    ("https://a.example/news/2026/1/4/x", "url_path", "2026-01-04"),
    ("https://a.example/2026/jan/14/x", "url_path", "2026-01-14"),
    ("https://a.example/bai-viet-20260114103000123.htm", "url_stamp", "2026-01-14"),
    ("https://a.example/title-20260114", "url_stamp", "2026-01-14"),
    ("https://a.example/2026-01-14-title", "url_stamp", "2026-01-14"),
]
NO_ADDRESS = [
    "https://a.example/title-4924657.html",
    "https://a.example/20261314",
    "https://a.example/1970/01/01/x",
    "https://a.example/2026/13/40/x",
    "https://a.example/x?d=2026-01-14",
    "https://a.example/2026-01-14/2026-01-15/x",
    "https://[",
    "",
]
FILES = [
    ("2026-01-14_x.txt", "file_name", "2026-01-14"),
    ("x_20260114.txt", "file_name", "2026-01-14"),
    ("paper/14-01-2026.txt", "file_name", "2026-01-14"),
    ("paper/01-14-2026.txt", "file_name", "2026-01-14"),
    ("03-03-2026.txt", "file_name", "2026-03-03"),
    ("2026/01/14/x.txt", "file_path", "2026-01-14"),
    ("paper/2026/01/14/0001.txt", "file_path", "2026-01-14"),
    ("2026-01-14/0001.txt", "file_path", "2026-01-14"),
]
NO_FILE = ["04-03-2026_05-03-2026.txt", "x.txt", "20261399.txt", "2026-01-14_2026-01-15.txt", "id-12026011434.txt"]


@pytest.mark.parametrize(("url", "method", "day"), ADDRESSES)
def test_an_address_names_a_day(url: str, method: str, day: str) -> None:
    estimate = from_url(url)
    assert estimate is not None
    assert (estimate.method, str(estimate.point)) == (method, day)


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_other_numbers_in_an_address_are_no_day(url: str) -> None:
    assert from_url(url) is None


@pytest.mark.parametrize(("name", "method", "day"), FILES)
def test_a_file_name_names_a_day(name: str, method: str, day: str) -> None:
    estimate = from_file(name)
    assert estimate is not None
    assert (estimate.method, str(estimate.point)) == (method, day)
    assert estimate.confidence < 0.95


@pytest.mark.parametrize("name", NO_FILE)
def test_other_numbers_in_a_file_name_are_no_day(name: str) -> None:
    assert from_file(name) is None


def test_both_readings_of_a_file_name_are_kept_as_in_a_field() -> None:
    found, known = from_file("03-04-2025.txt"), from_file("03-04-2025.txt", "mdy")
    field = read_field("03-04-2025", HANOI).estimate
    assert found
    assert field
    assert known
    assert (found.point, found.earliest, found.latest) == (None, field.earliest, field.latest)
    assert (found.method, field.method) == ("file_name_mdy_or_dmy", "field_mdy_or_dmy")
    assert known.point == date(2025, 3, 4)


def test_a_weekday_that_fits_no_reading_lowers_the_confidence() -> None:
    found, wrong = (read_field(value, HANOI).estimate for value in ("Thứ Tư, 14/01/2026", "Thứ Ba, 14/01/2026"))
    known = read_field("Thứ Ba, 12/01/2026", HANOI, "dmy").estimate
    assert found
    assert wrong
    assert known
    assert (found.point, found.confidence) == (date(2026, 1, 14), 0.99)
    assert (wrong.point, wrong.confidence) == (date(2026, 1, 14), 0.6)
    assert (known.point, known.confidence) == (date(2026, 1, 12), 0.6)


def test_a_month_in_an_address_is_a_month() -> None:
    for estimate in (from_url("https://a.example/2026/02/title"), from_file("2026/02/x.txt"), from_file("2026-02/x.txt")):
        assert estimate is not None
        assert (estimate.point, str(estimate.earliest), str(estimate.latest)) == (None, "2026-02-01", "2026-02-28")


@given(st.text(max_size=60))
def test_no_name_raises(name: str) -> None:
    from_url(name)
    from_url("https://a.example/" + name)
    from_file(name)


def _votes(**ballots: int) -> DateVotes:
    votes = DateVotes()
    for name, n in ballots.items():
        for _ in range(n):
            votes.add("s", [name.replace("_", ".", 1)])
    return votes


@pytest.mark.parametrize(
    ("ballots", "field", "text"),
    [
        ({}, None, None),
        ({"field_dmy": MIN_VOTES - 1}, None, None),
        ({"field_dmy": MIN_VOTES}, "dmy", None),
        ({"field_mdy": MIN_VOTES}, "mdy", None),
        ({"text_dmy": 500}, None, "dmy"),
        ({"field_mdy": MIN_VOTES, "text_dmy": 9}, "mdy", "dmy"),
        ({"field_dmy": 3, "field_mdy": 2}, None, None),
        ({"field_dmy": MARGIN, "field_mdy": 1}, None, None),
        ({"field_dmy": MARGIN + 1, "field_mdy": 1}, "dmy", None),
    ],
)
def test_a_source_settles_its_order(ballots: dict[str, int], field: str | None, text: str | None) -> None:
    votes = _votes(**ballots)
    assert (votes.order("s", "field"), votes.order("s", "text")) == (field, text)
    assert votes.order("another") is None


def test_as_many_votes_are_asked_for_as_a_confidence_of_95_percent_needs() -> None:
    def most(n: int) -> float:
        return float(beta(n + 0.5, 0.5).sf(0.5))

    assert most(MIN_VOTES) >= 0.95 > most(MIN_VOTES - 1)


def test_numbers_are_dates_only_where_all_agree() -> None:
    def verdict(values: list[str]) -> NumberKind | None:
        votes = DateVotes()
        for value in values:
            votes.add("s", read_field(value, HANOI).ballot)
        return votes.number("s")

    seconds = [str(1_768_435_200 + 86_400 * n) for n in range(5)]
    assert verdict(seconds) == "epoch_s"
    assert verdict([f"{value}000" for value in seconds]) == "epoch_ms"
    assert verdict(["45678", "45679", "45680.5"]) == "excel"
    assert verdict(seconds[:2]) is None, "two values are no column"
    assert verdict([*seconds, "2026-01-14"]) is None
    assert verdict([*seconds, f"{seconds[0]}000"]) is None
    assert verdict([*seconds, "unknown"]) is None


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["field.dmy", "field.mdy", "text.dmy"])), max_size=30), st.randoms())
def test_the_order_of_votes_makes_no_difference(ballots: list[tuple[str, str]], random: Random) -> None:
    first, second = DateVotes(), DateVotes()
    for source, name in ballots:
        first.add(source, [name])
    for source, name in random.sample(ballots, len(ballots)):
        second.add(source, [name])
    assert first == second


def test_midnight_without_a_zone_is_doubtful_only_near_it() -> None:
    doubtful = [hour for hour in range(24) if read_field(f"2026-01-14 {hour:02d}:01:00", HANOI).notes]
    assert doubtful == [0, 1, 22, 23]
