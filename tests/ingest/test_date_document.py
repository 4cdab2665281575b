"""All evidence of a document together, founding years, and the laws: no clock, shifted years, deleted evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.ingest.dates.config import DatesConfig
from topics.ingest.dates.document import DateContext, DatedDocument, estimate_document, settle
from topics.ingest.dates.estimate import read_text, within
from topics.ingest.dates.founding import FoundingYear
from topics.ingest.dates.votes import Verdict

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BARE = DateContext(HANOI)
EN = "the army of the north opened its forum in the old town with three hundred guests."
VI = "Bộ Quốc phòng tổ chức buổi gặp mặt tại thành phố với ba trăm đại biểu các đơn vị."
DAY_URL = "https://a.example/2026/01/14/x"


def read(text: str, **context: object) -> DatedDocument:
    return estimate_document(text, replace(BARE, **context))  # type: ignore[arg-type]


def answer(dated: DatedDocument) -> tuple[str, str, tuple[str, ...]]:
    return str(dated.estimate.point), dated.estimate.method, dated.notes


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        (EN, {"field": "2026-01-14"}, ("2026-01-14", "field", ())),
        (EN, {"url": DAY_URL}, ("2026-01-14", "url_path", ())),
        (EN, {"file": "2026-01-14_x.txt"}, ("2026-01-14", "file_name", ())),
        (EN, {"field": "2026-01-14", "url": "https://a.example/2026/01/12/x"}, ("2026-01-14", "field", ())),
        (EN, {"field": "2026-01-14", "url": "https://a.example/2026/01/11/x"}, ("2026-01-14", "field", ("date_conflict",))),
        (f"Published: 14 January 2026\n{EN}", {"file": "2026-01-14_x.txt"}, ("2026-01-14", "header", ())),
        (f"Published: 14 January 2026\n{EN}", {"file": "2026-03-01_x.txt"}, ("2026-01-14", "header", ("date_conflict",))),
        (f"Published: 14 September 2025\nUpdated: 20 September 2025\n{EN}", {}, ("2025-09-14", "header", ())),
        (f"Updated: 20 September 2025\nPublished: 14 September 2025\n{EN}", {}, ("2025-09-14", "header", ())),
        (f"Published: 14 September 2025\n{EN}", {"field": "2025-09-20"}, ("2025-09-20", "field", ("date_conflict",))),
        (f"Published: 14 September 2025\n{EN}", {"field": "2025-09-15"}, ("2025-09-15", "field", ())),
        (EN, {"field": "2026-01", "url": DAY_URL}, ("2026-01-14", "url_path", ())),
        (f"Sáng 14/1, {VI}", {"field": "2026"}, ("2026-01-14", "deictic_within", ())),
        (f"Sáng 14/1, {VI}", {"url": "https://a.example/2026/01/x"}, ("2026-01-14", "deictic_within", ())),
        (EN, {"file": "03-04-2025.txt"}, ("None", "file_name_mdy_or_dmy", ("ambiguous_day_month",))),
        (EN, {"file": "03-04-2025.txt", "order": "dmy"}, ("2025-04-03", "file_name", ())),
        (EN, {"file": "03-04-2025.txt", "url": "https://a.example/2025/04/03/x"}, ("2025-04-03", "url_path", ())),
        (f"Sáng 3/4, {VI}", {"file": "03-04-2025.txt"}, ("2025-04-03", "deictic_within", ())),
        (f"Sáng 2/4, {VI}", {"file": "03-04-2025.txt"}, ("2025-04-03", "file_name_by_deictic_within", ())),
        (EN, {"field": "2026-01-12 - 2026-01-15", "url": DAY_URL}, ("2026-01-14", "url_path", ())),
        (EN, {"field": "Thứ Ba, 12/01/2026"}, ("None", "field_dmy_or_mdy", ("ambiguous_day_month", "weekday_conflict"))),
        (EN, {"field": "03/04/2025", "url": "https://a.example/2025/04/03/x"}, ("2025-04-03", "url_path", ())),
        (EN, {"field": "03/04/2025", "order": "mdy"}, ("2025-03-04", "field", ())),
        (EN, {"field": "1768435200", "number": "epoch_s"}, ("2026-01-15", "field_number", ())),
        (EN, {"field": "31/02/2025", "url": DAY_URL}, ("2026-01-14", "url_path", ("date_impossible",))),
        (f"Sáng 15/1, {VI}", {"field": "2026-01-14"}, ("2026-01-14", "field", ("date_before_text",))),
        (f"Yesterday {EN}", {}, ("None", "none", ("date_relative",))),
        (f"Mùng 3 Tết, {VI}", {}, ("None", "none", ("date_lunar",))),
    ],
)
def test_evidence_is_combined(text: str, context: dict[str, object], expected: tuple[str, str, tuple[str, ...]]) -> None:
    assert answer(read(text, **context)) == expected


def test_evidence_spans_lie_in_the_text_alone() -> None:
    assert read(EN, field="2026-01-14", url=DAY_URL).estimate.evidence == ()
    text = f"Published: 14 January 2026\n{EN}"
    (span,) = read(text, file="2026-01-14.txt").estimate.evidence
    assert text[span.start : span.end] == span.text == "14 January 2026"


def test_moment_and_lags_are_kept_for_the_audit() -> None:
    dated = read(f"Sáng 13/1, {VI}", field="2026-01-14T10:30:00+07:00", url="https://a.example/2026/01/12/x")
    assert (dated.moment, dated.lag, dated.url_lag, dated.bad_field) == ("2026-01-14T10:30", 1, 2, False)
    assert read(EN, field="31/02/2025").bad_field


@pytest.mark.parametrize(
    ("field", "verdict", "day"),
    [
        ("03/04/2025", Verdict(), None),
        ("03/04/2025", Verdict(field_order="dmy"), "2025-04-03"),
        ("03/04/2025", Verdict(field_order="mdy"), "2025-03-04"),
        ("04/03/2025", Verdict(field_order="dmy"), "2025-03-04"),
        ("04/03/2025", Verdict(field_order="mdy"), "2025-04-03"),
        ("04/03/2025", Verdict(text_order="mdy"), None),
        ("1768435200", Verdict(), None),
        ("1768435200", Verdict(number="epoch_s"), "2026-01-15"),
        ("1768435200", Verdict(number="epoch_ms"), None),
        ("14/03/2025", Verdict(field_order="mdy"), "2025-03-14"),
    ],
)
def test_a_source_as_a_whole_settles_a_field(field: str, verdict: Verdict, day: str | None) -> None:
    dated = settle(read(EN, field=field), verdict, HANOI)
    assert str(dated.estimate.point) == str(day)
    assert bool(dated.notes) == (day is None)


def test_how_a_source_writes_fields_or_texts_does_not_settle_its_file_names() -> None:
    named = read(EN, file="03-04-2025.txt")
    assert settle(named, Verdict(field_order="dmy", text_order="dmy"), HANOI) == named


def test_a_source_as_a_whole_settles_a_header() -> None:
    open_header = read(f"Published: 03/04/2025\n{EN}")
    assert (open_header.estimate.point, open_header.notes) == (None, ("ambiguous_day_month",))
    settled = settle(open_header, Verdict(text_order="mdy"), HANOI)
    assert answer(settled) == ("2025-03-04", "header_by_source", ())
    assert settled.estimate.evidence == open_header.estimate.evidence
    assert str(read(f"Ngày đăng: 03/04/2025\n{VI}").estimate.point) == "2025-04-03", "in Vietnamese the day comes first"


# Founding years.

WORKS = FoundingYear(("Red Valley Works", "Nhà máy Thung lũng Đỏ"), 1945)
DATED_WORKS = FoundingYear(("Red Valley Works",), 1945, 1, 5)
GUARD = FoundingYear(("Coast Guard",), 1998)
KEPT = f"In Hanoi on September 15, the Red Valley Works marked its 80th anniversary as {EN}"
KEPT_VI = f"Ngày 15/9, Nhà máy Thung lũng Đỏ tổ chức lễ kỷ niệm 80 năm ngày thành lập, {VI}"


@pytest.mark.parametrize(
    ("text", "founded", "point"),
    [
        (KEPT, (), None),
        (KEPT, (WORKS,), "2025-09-15"),
        (KEPT, (GUARD,), None),
        (KEPT, (GUARD, WORKS), "2025-09-15"),
        (KEPT_VI, (WORKS,), "2025-09-15"),
        (KEPT.replace("80th", "70th"), (WORKS,), "2015-09-15"),
        (KEPT.replace("September 15", "January 4"), (DATED_WORKS,), "2025-01-04"),
        (KEPT.replace("September 15", "December 30"), (DATED_WORKS,), "2024-12-30"),
        (KEPT + " It signed a contract on March 3, 2026.", (WORKS,), None),
        (KEPT.replace("Red Valley Works", "Red Valleys Workshop"), (WORKS,), None),
        (f"On September 15 {EN}" + " So it was." * 90 + " The Red Valley Works will keep its 80th anniversary.", (WORKS,), None),
    ],
)
def test_a_founding_year_turns_an_anniversary_into_a_year(text: str, founded: tuple[FoundingYear, ...], point: str | None) -> None:
    assert str(read(text, founded=founded).estimate.point) == str(point)


def test_without_a_day_an_anniversary_gives_the_year() -> None:
    estimate = read(f"The Red Valley Works marked its 80th anniversary as {EN}", founded=(WORKS,)).estimate
    assert (estimate.point, str(estimate.earliest), str(estimate.latest)) == (None, "2025-01-01", "2025-12-31")


def test_a_founding_day_in_the_text_serves_as_well() -> None:
    text = f"On September 15, the works marked the 80th anniversary of its founding on September 15, 1945, as {EN}"
    assert str(read_text(text)[0].point) == "2025-09-15"


@pytest.mark.parametrize(
    "row",
    [
        {"names": [], "year": 1945},
        {"names": [" "], "year": 1945},
        {"names": ["x"], "year": 0},
        {"names": ["x"], "year": 1945, "day": 3},
        {"names": ["x"], "year": 1945, "month": 2, "day": 30},
        {"names": ["x"], "year": 1945, "colour": "red"},
    ],
)
def test_a_table_of_founding_years_is_strict(row: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"founded": [row]}, DatesConfig)


# Laws.

TEXTS = [
    f"Published: 14 March {{a}}\nYesterday {EN}",
    f"HANOI, March 14, {{a}} (Annam Wire) - {EN}",
    f"On March 14, {{a}} {EN}",
    f"This morning (December 26) {EN[:-1]} at the {{a}} Conference.",
    f"Sáng 14/1, tại Hội nghị năm {{a}}, {VI}",
    f"Sáng 14/1, {VI}\nQuyết định ký ngày 26/12/{{a}}.",
    f"Chiều 14/3, {VI}\nTổng cục ra đời tháng 1/{{a}}.",
    f"Trong tháng 3/{{a}}, {VI}",
    f"In the second quarter of {{a}} {EN}",
    f"Building on the achievements in {{a}}, {EN}",
]


@pytest.mark.parametrize("template", TEXTS)
@given(year=st.integers(1997, 2060), k=st.integers(-5, 30))
def test_shifting_every_year_shifts_the_answer(template: str, year: int, k: int) -> None:
    now, later = (read(template.format(a=y)).estimate for y in (year, year + k))
    assert now.method == later.method
    for before, after in ((now.point, later.point), (now.earliest, later.earliest), (now.latest, later.latest)):
        assert (before is None) == (after is None)
        if before and after:
            assert (after.year - before.year, after.month, after.day) == (k, before.month, before.day)


@pytest.mark.parametrize("template", [*TEXTS, KEPT, KEPT_VI])
def test_without_its_evidence_an_answer_is_gone_or_less_sure(template: str) -> None:
    text = template.format(a=2025)
    whole = read(text, founded=(WORKS,)).estimate
    assert whole.evidence
    for span in whole.evidence:
        blank = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
        rest = read(blank, founded=(WORKS,)).estimate
        assert rest.confidence < whole.confidence, span
        assert rest.point is None, span


@given(
    st.sampled_from([*TEXTS, KEPT, KEPT_VI, f"Sáng 14/1, {VI}", EN]),
    st.integers(1995, 2060),
    st.dates(date(1990, 1, 1), date(2070, 1, 1)),
    st.integers(0, 5000),
)
def test_a_later_as_of_never_changes_a_point(template: str, year: int, as_of: date, days: int) -> None:
    estimate = read(template.format(a=year), founded=(WORKS,)).estimate
    early, late = within(estimate, as_of), within(estimate, date.fromordinal(as_of.toordinal() + days))
    assert early.point in {None, estimate.point}
    assert early.point is None or early.point == late.point


@given(st.text(max_size=200), st.text(max_size=30), st.text(max_size=40), st.text(max_size=40))
def test_nothing_that_is_given_raises(text: str, field: str, url: str, file: str) -> None:
    dated = read(text, field=field, url=url, file=file, founded=(WORKS,))
    settle(dated, Verdict("dmy", "mdy", "epoch_s"), HANOI)
    assert list(dated.notes) == sorted(set(dated.notes))


# A field whose order of day and month is open.


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("01/04/2025", f"On March 25, 2025 {EN}", ("None", "field_dmy_or_mdy")),
        ("01/04/2025", f"Sáng nay (25/3/2025), {VI}", ("None", "field_dmy_or_mdy")),
        ("01/04/2025", f"This morning (April 1, 2025) {EN}", ("2025-04-01", "lead")),
        ("01/04/2025", f"This morning (January 4, 2025) {EN}", ("2025-01-04", "lead")),
        ("01/04/2025", f"This morning (March 31, 2025) {EN}", ("2025-04-01", "field_by_lead")),
        ("01/04/2025", f"Sáng 1/4, {VI}", ("2025-04-01", "deictic_within")),
        ("01/04/2025", f"Sáng 31/3, {VI}", ("2025-04-01", "field_by_deictic_within")),
        ("01/04/2025", f"Sáng 14/2, {VI}", ("None", "field_dmy_or_mdy")),
        ("03/04/2025", f"This morning (March 20, 2025) {EN}", ("None", "field_mdy_or_dmy")),
    ],
)
def test_of_two_readings_other_evidence_chooses_one_or_none(field: str, text: str, expected: tuple[str, str]) -> None:
    dated = read(text, field=field)
    assert str(dated.estimate.point) == expected[0]
    assert dated.estimate.method.replace("mdy_or_dmy", "dmy_or_mdy") == expected[1].replace("mdy_or_dmy", "dmy_or_mdy")
    assert ("ambiguous_day_month" in dated.notes) == (expected[0] == "None")
