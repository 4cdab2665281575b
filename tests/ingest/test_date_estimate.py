"""Publication days from text: each rule with a case that it takes and one that it must leave."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.core.documents import DateEstimate
from topics.ingest.dates.estimate import read_text, within
from topics.ingest.dates.founding import FoundingYear
from topics.ingest.dates.reading import REACH, Reading

EN = "the army of the north opened its forum in the old town with three hundred guests."
VI = "Bộ Quốc phòng tổ chức buổi gặp mặt tại thành phố với ba trăm đại biểu các đơn vị."

POINTS = [
    pytest.param(f"A title\nYesterday {EN}\nPublished: 14 March 2025", "header", "2025-03-14", id="header below"),
    pytest.param(f"date 2026-01-14 Troops. Photo: VNA\nYesterday {EN}", "header", "2026-01-14", id="header iso"),
    pytest.param(f"Thứ Sáu, 14/03/2025, 10:30\nHôm qua {VI}", "header", "2025-03-14", id="header weekday"),
    pytest.param(f"Cập nhật lúc 14:20 ngày 11/4/2026\nHôm qua {VI}", "header", "2026-04-11", id="header updated"),
    pytest.param(f"HANOI, March 14, 2025 (Annam Wire) - Yesterday {EN}", "dateline", "2025-03-14", id="dateline"),
    pytest.param(f"Tiêu đề\nHÀ NỘI, 14/3/2025 - Hôm qua {VI}", "dateline", "2025-03-14", id="dateline vi"),
    pytest.param(
        "Cửa khẩu số: Xe vải sang biên giới không phải dừng ba lần\nLẠNG SƠN, 14/3/2025 (Trường Sơn) - " + VI,
        "dateline",
        "2025-03-14",
        id="dateline below a title of 13 syllables",
    ),
    pytest.param(f"On March 14, 2025 {EN}", "lead", "2025-03-14", id="lead"),
    pytest.param(f"Hanoi will get a new hall, the city said on March 14, 2025. Then {EN}", "lead", "2025-03-14", id="said on"),
    pytest.param(f"Sáng nay (14/3/2025), {VI}", "lead", "2025-03-14", id="this morning"),
    pytest.param(f"Bản tin trưa ngày 14/3/2025: {VI}", "lead", "2025-03-14", id="an edition"),
    pytest.param(f"On March 14, 2025, two days after March 12, 2025, {EN}", "lead", "2025-03-14", id="lead, latest of two"),
    pytest.param(f"This morning (December 26) {EN[:-1]} at the 2024 Conference.", "deictic_event_year", "2024-12-26", id="event year"),
    pytest.param(f"Sáng 14/1, tại Hội nghị năm 2025, {VI}", "deictic_event_year", "2025-01-14", id="event year vi"),
    pytest.param(f"Sáng 14/1, {VI}\nQuyết định ký ngày 26/12/2025.", "deictic_bounded", "2026-01-14", id="bounded, next year"),
    pytest.param(f"Sáng 14/1, {VI}\nTổng cục ra đời ngày 8/1/2025.", "deictic_bounded", "2025-01-14", id="bounded, same year"),
    pytest.param(f"On Saturday (April 12), after March 28, 2025, {EN}", "deictic_bounded", "2025-04-12", id="the news before its past"),
    pytest.param(f"This morning (February 29) {EN}\nIt was agreed in March 2023.", "deictic_bounded", "2024-02-29", id="29 February"),
    pytest.param(
        f"Sáng 14/1, {VI}\nNgày 26/12/2025, Chủ tịch ký quyết định ấy.", "deictic_bounded", "2026-01-14", id="bounded by what is signed"
    ),
    pytest.param(f"HANOI, March 3 (Annam Wire) - {EN}\nSigned on February 28, 2025.", "deictic_bounded", "2025-03-03", id="dateline"),
    pytest.param(
        f"HANOI, March 3 (Annam Wire) - {EN[:-1]} on Monday.\nIt was finished on February 10, 2025.",
        "deictic_bounded",
        "2025-03-03",
        id="dateline and its weekday",
    ),
    pytest.param(f"Hôm nay (11.9), {VI[:-1]} tưởng niệm 24 năm vụ ngày 11.9.2001.", "anniversary", "2025-09-11", id="tưởng niệm"),
]


@pytest.mark.parametrize(("text", "method", "day"), POINTS)
def test_a_rule_gives_its_point(text: str, method: str, day: str) -> None:
    estimate = read_text(text)[0]
    assert (estimate.method, str(estimate.point)) == (method, day)
    assert estimate.evidence
    for span in estimate.evidence:
        assert text[span.start : span.end] == span.text


INTERVALS = [
    pytest.param(f"In the north {EN[:-1]} in March 2025.", "interval", "2025-03-01", None, id="not before a month reported on"),
    pytest.param(f"In the second quarter of 2025 {EN}", "interval", "2025-04-01", None, id="not before a quarter reported on"),
    pytest.param(f"Trong quý II/2025, {VI}", "interval", "2024-04-01", None, id="a quarter without tense may lie ahead"),
    pytest.param(f"Trong quý II/2025, đơn vị đã {VI}", "interval", "2025-04-01", None, id="a quarter that is past"),
    pytest.param(f"Building on the achievements in 2024, {EN}", "interval", "2024-01-01", "2025-06-30", id="year"),
    pytest.param(f"In 2023, in May 2024 and in March 2024 {EN}", "interval", "2024-05-01", None, id="latest month"),
    pytest.param(f"{EN} " + "It went on and on. " * 30 + "It ended on March 14, 2025.", "interval", "2025-03-14", None, id="late day"),
    pytest.param(f"Sáng 14/1, {VI[:-1]} tổng kết công tác năm 2025.", "interval", "2025-01-13", "2026-01-17", id="review of a year"),
    pytest.param(f"Sáng 14/1, {VI}\nSố liệu của 2024 rất tốt.", "interval", "2024-01-13", None, id="day and some year"),
    pytest.param(f"Sáng 14/1, {VI}\nTổng cục ra đời tháng 1/2025.", "interval", "2025-01-13", None, id="a month does not fix the year"),
    pytest.param(f"Sáng 19/12, {VI[:-1]} tổng kết năm 2025, triển khai nhiệm vụ năm 2026.", "interval", "2025-12-18", None, id="two years"),
    pytest.param(f"Sáng 5/12, {VI[:-1]} mở kỳ thi năm 2026.", "interval", "2025-12-04", "2026-12-08", id="an event of the coming year"),
    pytest.param(f"Ngày 14/1, {VI[:-1]} tại Hội nghị năm 2025.", "interval", "2025-01-07", "2025-01-21", id="ngày, a week around"),
    pytest.param(f"Màu của năm 2026 là {VI}", "interval", "2025-01-01", None, id="a year that is only named may be the next"),
    pytest.param(f"The clerk, who was arrested on 7 March 2021, saw how {EN}", "interval", "2021-03-07", None, id="relative clause"),
    pytest.param(f"The ship, launched on May 5, 2010, was there when {EN}", "interval", "2010-05-05", None, id="participle"),
    pytest.param(f"It was first agreed on May 5, 2023 that {EN}", "interval", "2023-05-05", None, id="first agreed"),
    pytest.param(f"Cây cầu khánh thành ngày 2/9/2015 đã xuống cấp khi {VI}", "interval", "2014-09-02", None, id="noun with its day"),
    pytest.param(f"Ngày 14/3/2025, {VI}", "interval", "2025-03-14", None, id="ngày with its year"),
    pytest.param(f"Sáng 14/1, {VI}\nTổng cục ra đời ngày 3/1/2025.", "interval", "2025-01-13", None, id="not near enough"),
    pytest.param(
        f"Sáng 20/6, sau ba năm thi công, {VI}\nDự án khởi công ngày 15/6/2022.", "interval", "2022-06-19", None, id="a span of years"
    ),
    pytest.param(f"Sáng 20/6, {VI}\nDự án khởi công ngày 30/3/2022.", "interval", "2022-06-19", None, id="months after its bound"),
    pytest.param(
        "This morning (June 20), the court of the old town opened the trial of a man. He bought a fake gun on June 17, 2023.",
        "interval",
        "2023-06-20",
        None,
        id="a court hears what lies years back",
    ),
    pytest.param(f"Hôm nay (11.9), {VI}\nVụ ấy là ngày 11.9.2001, 24 năm trước.", "interval", "2001-09-11", None, id="years ago"),
    pytest.param(
        f"Sáng nay, 2.6, {VI[:-1]} chấm chung khảo Giải Báo chí Quốc gia năm 2016.",
        "interval",
        "2016-06-02",
        "2017-06-02",
        id="a prize judged",
    ),
    pytest.param(f"Sáng 10/2, {VI[:-1]} trao giải thưởng năm 2025.", "interval", "2025-02-09", "2026-02-13", id="a prize"),
    pytest.param(
        f"Chiều 12/5, {VI[:-1]} bàn giao vai trò chủ nhà Hội nghị năm 2018.", "interval", "2017-05-11", "2018-05-15", id="a host to be"
    ),
    pytest.param(
        f'Ông kể: "Sáng 14/1, tôi nhận tin vui". {VI}\nQuyết định ký ngày 26/12/2025.', "interval", "2025-12-26", None, id="a quotation"
    ),
    pytest.param(
        f"Sáng 2/1, {VI}\nHôm 31/12/2025, giá dầu giảm. Chiều 5/1 giá giảm trở lại.", "interval", "2026-01-05", None, id="a later day"
    ),
    pytest.param(
        f"HANOI, March 3 (Annam Wire) - {EN[:-1]} on Friday.\nIt was finished on February 10, 2025.",
        "interval",
        "2025-03-03",
        None,
        id="a dateline against its weekday",
    ),
    pytest.param(f"On Sunday (May 21) {EN}\nThe aid runs from 2019 to 2028.", "interval", "2019-01-01", None, id="a year alone"),
    pytest.param(
        f"Bài đăng trên Báo Mai số ra ngày 23.9.2016 kể rằng {VI}", "interval", "2016-09-23", None, id="the edition of another paper"
    ),
    pytest.param(f"Their best results in 2010 were praised when {EN}", "interval", "2009-01-01", None, id="a record is no review"),
]


@pytest.mark.parametrize(("text", "precision", "earliest", "latest"), INTERVALS)
def test_what_is_not_fixed_is_an_interval(text: str, precision: str, earliest: str, latest: str | None) -> None:
    estimate = read_text(text)[0]
    assert estimate.point is None
    assert (estimate.precision, str(estimate.earliest), str(estimate.latest)) == (precision, earliest, str(latest))


NOT_THIS_RULE = [
    pytest.param(f"Published: 31 February 2025\nYesterday {EN}", "header", id="header with an impossible day"),
    pytest.param(f"Published: 14 March 1945\nYesterday {EN}", "header", id="header before the floor"),
    pytest.param(f"{EN}\n" * 5 + f"Published: 14 March 2025\n{EN}\n" + f"{EN}\n" * 5, "header", id="header in the middle"),
    pytest.param(f"Published works of March 14, 2020 were on show when {EN}", "header", id="a sentence that begins like a header"),
    pytest.param(f"Thứ trưởng Bộ Quốc phòng, nhậm chức từ ngày 14/3/2020, cho biết {VI}", "header", id="Thứ trưởng is no weekday"),
    pytest.param(f"Thứ trưởng cho biết trước ngày 31/12/2030, {VI}", "header", id="a future day is no header"),
    pytest.param(f"Yesterday {EN} HANOI, March 14, 2025 - so it went.", "dateline", id="dateline not at the head"),
    pytest.param(f"HANOI, March 14, 2025 saw how {EN}", "dateline", id="no dash"),
    pytest.param(f"Since March 14, 2025, {EN}", "lead", id="since"),
    pytest.param(f"The forum will open on March 14, 2025, as {EN}", "lead", id="future"),
]
NOTHING = [
    pytest.param(f"Sáng 14/1, {VI}", "deictic_bounded", id="no year anywhere"),
    pytest.param(f"Sáng 14/1, {VI}\nViệc này kéo dài đến năm 2030.", "deictic_bounded", id="only a future year"),
    pytest.param(f"In March 1945 {EN}", "latest_past_date", id="history"),
    pytest.param(f"Version 10.12.2024 of the ledger was in use when {EN}", "latest_past_date", id="a version"),
    pytest.param(f"Phiên bản 10.12.2024 của sổ cái được dùng khi {VI}", "latest_past_date", id="a version vi"),
    pytest.param(f"Tối 10/6, {VI[:-1]} kỷ niệm 60 năm ngày 16/6, mở hết ngày 10/6/2077.", "anniversary", id="the end of a show"),
    pytest.param(f"Tối 10/6, {VI[:-1]} kỷ niệm 60 năm.\nBuổi lễ mở đến hết ngày 10/6/2017.", "anniversary", id="no founding"),
    pytest.param(f"Miễn viện phí cho toàn dân từ năm 2030, {VI}", "latest_past_date", id="from a year on"),
    pytest.param(f"Dự án có thể đạt ba tỷ vào năm 2030, {VI}", "open_date", id="what can be"),
    pytest.param(f"It will be done by 2030 when {EN}", "year_mention", id="goal"),
    pytest.param(f"The 2025–2030 term was praised when {EN}", "year_mention", id="a term of years"),
    pytest.param(f"Call 024 3825 2025 to hear how {EN}", "year_mention", id="telephone"),
    pytest.param(EN, "none of the rules", id="nothing"),
    pytest.param("", "none of the rules", id="empty"),
]


@pytest.mark.parametrize(("text", "method"), NOT_THIS_RULE)
def test_a_rule_leaves_what_is_not_its_own(text: str, method: str) -> None:
    assert read_text(text)[0].method != method


@pytest.mark.parametrize(("text", "method"), NOTHING)
def test_nothing_is_made_up(text: str, method: str) -> None:
    estimate = read_text(text)[0]
    assert (estimate.point, estimate.earliest, estimate.latest) == (None, None, None), method


@pytest.mark.parametrize(("later", "expected"), [("May 3", None), ("April 13", date(2025, 4, 12))])
def test_a_lead_that_looks_back_gives_no_point(later: str, expected: date | None) -> None:
    text = f"On April 12, 2025 {EN}" + " More." * 90 + f" On {later}, 2025 it closed."
    assert read_text(text)[0].point == expected


def test_a_term_of_years_does_not_hide_the_year_under_report() -> None:
    estimate = read_text(f"The achievements of 2024 and the plan of the 2025–2030 term were praised when {EN}")[0]
    assert (str(estimate.earliest), str(estimate.latest)) == ("2024-01-01", "2025-06-30")


def test_a_day_and_month_alone_are_kept_as_evidence() -> None:
    estimate = read_text(f"In Hanoi on September 15, {EN}")[0]
    assert (estimate.method, estimate.precision, [span.text for span in estimate.evidence]) == (
        "day_and_month_only",
        "none",
        ["September 15"],
    )


SHIFTED = [
    "date {a}-01-14 Troops. Photo: VNA\nYesterday " + EN,
    "HANOI, March 14, {a} (Annam Wire) - " + EN,
    "On March 14, {a} " + EN,
    "This morning (December 26) " + EN[:-1] + " at the {a} Conference.",
    "Sáng 14/1, " + VI + "\nQuyết định ký ngày 26/12/{a}.",
    "Sáng 14/1, " + VI + "\nTổng cục ra đời tháng 1/{a}, sau năm {b}.",
    "In the second quarter of {a}, up from {b}, " + EN,
    "Trong tháng 3/{a}, đã tăng so với năm {b}, " + VI,
    "Building on the achievements in {a}, " + EN,
    "Sáng 14/1, " + VI[:-1] + " tổng kết công tác năm {a}.",
]


def _next_year(day: date | None) -> date | None:
    return day and day.replace(year=day.year + 1)


@pytest.mark.parametrize("template", SHIFTED)
@pytest.mark.parametrize("year", [2001, 2010, 2023, 2024, 2025])
def test_shifting_all_years_shifts_the_answer(template: str, year: int) -> None:
    now, later = (read_text(template.format(a=y, b=y - 2))[0] for y in (year, year + 1))
    assert now.earliest is not None
    assert (later.point, later.earliest, later.latest) == (_next_year(now.point), _next_year(now.earliest), _next_year(now.latest))
    assert (later.method, later.precision) == (now.method, now.precision)


DAY = date(2025, 3, 14)
POINT = DateEstimate(DAY, DAY, DAY, "day", 0.9, "x")
MONTH = DateEstimate(None, date(2025, 3, 1), date(2025, 3, 31), "month", 0.7, "x")
OPEN = DateEstimate(None, DAY, None, "interval", 0.4, "x")


@pytest.mark.parametrize(
    ("estimate", "as_of", "expected"),
    [
        (POINT, None, (DAY, DAY, DAY)),
        (POINT, DAY, (DAY, DAY, DAY)),
        (POINT, DAY - timedelta(days=1), (DAY, DAY, DAY)),  # written in another zone
        (POINT, DAY - timedelta(days=2), (None, None, None)),
        (MONTH, date(2025, 4, 30), (None, MONTH.earliest, MONTH.latest)),
        (MONTH, date(2025, 3, 10), (None, MONTH.earliest, date(2025, 3, 10))),
        (MONTH, date(2025, 2, 28), (None, None, None)),
        (OPEN, date(2025, 6, 30), (None, DAY, date(2025, 6, 30))),
        (OPEN, None, (None, DAY, None)),
        (OPEN, date.max, (None, DAY, date.max)),
        (DateEstimate(), DAY, (None, None, None)),
    ],
)
def test_within(estimate: DateEstimate, as_of: date | None, expected: tuple[date | None, ...]) -> None:
    cut = within(estimate, as_of)
    assert (cut.point, cut.earliest, cut.latest) == expected


@pytest.mark.parametrize(("days", "slack", "kept"), [(0, 0, True), (1, 0, False), (1, 1, True), (30, 30, True), (31, 30, False)])
def test_an_interval_may_begin_after_the_last_day_of_the_data_where_nobody_gave_that_day(days: int, slack: int, kept: bool) -> None:
    cut = within(OPEN, DAY - timedelta(days=days), slack)
    assert (cut.method == "after_as_of") != kept
    assert (cut.earliest == DAY) == kept


def test_a_point_gets_no_slack() -> None:
    assert within(POINT, DAY - timedelta(days=2), 300).method == "after_as_of"


def test_what_is_after_as_of_says_so() -> None:
    assert within(POINT, date(2024, 1, 1)).method == "after_as_of"
    assert within(MONTH, date(2024, 1, 1)).method == "after_as_of"


DATES = st.dates(date(1995, 1, 1), date(2060, 1, 1))
ESTIMATES = DATES.map(lambda d: DateEstimate(d, d, d, "day", 0.9, "x")) | st.tuples(DATES, st.integers(0, 900)).map(
    lambda pair: DateEstimate(None, pair[0], pair[0] + timedelta(days=pair[1]), "interval", 0.5, "x")
)


@given(ESTIMATES, DATES, st.integers(0, 4000))
def test_a_later_as_of_never_moves_a_point_nor_shrinks_an_interval(estimate: DateEstimate, as_of: date, days: int) -> None:
    early, late = within(estimate, as_of), within(estimate, as_of + timedelta(days=days))
    assert early.point in {None, estimate.point}
    assert early.point is None or late.point == early.point
    if early.earliest and early.latest:
        assert late.earliest == early.earliest
        assert late.latest is not None
        assert late.latest >= early.latest
    assert within(early, as_of) == early


@given(st.text(max_size=300))
def test_any_text_gives_a_legal_estimate(text: str) -> None:
    estimate = read_text(text)[0]  # DateEstimate checks itself
    assert all(text[span.start : span.end] == span.text for span in estimate.evidence)


SHAPES = [
    "on 14/1/2025 the minister said ",
    "on January 14 and 15 March ",
    "quý II/2024 và 14/1/2025, ",
    "the 80th anniversary on September 2, 1945 of the works ",
    "Sáng 14/1, tại Hội nghị năm 2025 ",
    "từ tháng 3/2024 đến tháng 4/2025 ",
]


@pytest.mark.parametrize("unit", SHAPES)
def test_work_grows_with_the_text_and_not_with_its_square(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in code points that the rules ask for around dates, in texts of one sentence."""
    searched = 0
    whole = Reading.sentence

    def counted(self: Reading, at: int) -> tuple[int, int]:
        nonlocal searched
        start, end = whole(self, at)
        searched += end - start
        assert end - start <= 2 * REACH
        return start, end

    monkeypatch.setattr(Reading, "sentence", counted)
    work = []
    for n in (200, 400):
        searched = 0
        read_text(unit * n, founded=(FoundingYear(("works",), 1945),))
        work.append(searched)
    assert 0 < work[1] <= 2.2 * work[0]
