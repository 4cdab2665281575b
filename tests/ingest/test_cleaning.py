"""Cleaning: what goes, why, and that it can be undone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import make_document
from topics.core.documents import Document, Removed
from topics.ingest.cleaning import MAX_SHARE, find_boilerplate
from topics.ingest.encodings import normalise

EN = "The ministry said that the two agencies in the north of the country would be merged before the end of May, after a long study."
VI = "Bộ trưởng cho biết hai cơ quan ở miền Bắc sẽ được sáp nhập trước tháng Năm này sau một thời gian dài nghiên cứu."


def document(text: str) -> Document:
    plain = make_document(text)
    return Document(plain.info, text, find_boilerplate(text).spans)


def found(text: str) -> list[tuple[str, str]]:
    return [(span.reason, text[span.start : span.end].strip()) for span in find_boilerplate(text).spans]


ANYWHERE = [
    ("Photo: VNA", "credit"),
    ("(Photo: VNA)", "credit"),
    ("[Photo by: Anh Tu]", "credit"),
    ("Photo courtesy of: UNICEF", "credit"),
    ("Graphics: VNA", "credit"),
    ("Ảnh: Trọng Hải", "credit"),
    ("(Ảnh: TTXVN)", "credit"),
    ("Đồ họa: Minh Anh", "credit"),
    ("Troops cross the river near Hue at dawn. Photo: VNA", "caption"),
    ("PM Pham Minh Chinh visits Viettel. Photo: VGP |", "caption"),
    ("Bộ đội vượt sông ở Huế lúc rạng sáng. Ảnh: TTXVN", "caption"),
    ("    |", "table_debris"),
    (" | |", "table_debris"),
    ("* * *", "table_debris"),
    ("-----", "table_debris"),
]
AT_AN_EDGE = [
    ("Published: 14 March 2025", "header"),
    ("Posted on June 21, 2024 16:40", "header"),
    ("Last updated: 09:20, 3 May 2024", "header"),
    ("Saturday, December 21, 2024 | 09:00", "header"),
    ("Thứ Sáu, 14/03/2025, 10:30", "header"),
    ("Chủ nhật, 06/10/2024, 09:15", "header"),
    ("Ngày đăng: 02/06/2024", "header"),
    ("Cập nhật lúc 14:20 ngày 11/4/2026", "header"),
    ("By Nguyen Van Nam", "byline"),
    ("By John Smith, Defence Correspondent", "byline"),
    ("BY JOHN SMITH and Jane Doe | Reuters", "byline"),
    ("Tin, ảnh: VĂN HIẾU", "byline"),
    ("Bài và ảnh: Minh Anh - Thu Hà", "byline"),
    ("Source: VNA", "agency_tail"),
    ("Nguồn: Tạp chí Sông Hồng", "agency_tail"),
    ("(According to Annam Wire)", "agency_tail"),
    ("Nguồn: TTXVN", "agency_tail"),
    ("(Theo Tin Quân Dân)", "agency_tail"),
    ("(Theo Songhong.vn)", "agency_tail"),
]
AT_THE_END = [
    ("Theo Báo Sông Hồng", "agency_tail"),
    ("Theo Reuters, AFP", "agency_tail"),
    ("Theo Sức khỏe & Đời sống", "agency_tail"),
    ("— VNS", "agency_tail"),
    ("PV/VOV.VN", "agency_tail"),
    ("TTXVN", "agency_tail"),
    ("According to Annam Wire", "agency_tail"),
    ("Reporting by Jane Doe in Hanoi; Editing by Alex Roe", "byline"),
    ("(Additional reporting by Jane Doe)", "byline"),
    ("H.Long", "byline"),
    ("Tổng hợp", "byline"),
    ("Minh Anh (tổng hợp)", "byline"),
    ("Minh AnhTheo Reuters", "byline"),
    ("Minh AnhTổng hợp", "byline"),
    ("Minh Anh (thực hiện)", "byline"),
    ("Bài viết: Minh Anh", "byline"),
    ("Harriet Dao, Benedict Lam and Tom Brown", "byline"),
    ("Harriet Dao", "byline"),
    ("Sơn Hà", "byline"),
    ("MINH TOÀN", "byline"),
    ("Nguyễn Văn Linh và Trần Hoàng", "byline"),
]
PROSE = [
    "The two sides agreed.",
    "Published works were shown.",
    "Building on early gains",
    "Theo các chuyên gia, đây là bước đi đúng.",
    "Theo Bộ Quốc phòng, ba đơn vị sẽ được sáp nhập trong năm nay tại miền Bắc và miền Trung.",
    "According to the ministry, three units will be merged.",
    "The photo: a soldier holds a child above the water, and nobody knows who he was or where he came from that night.",
    "Source code was handed over.",
    "Ảnh đẹp về biển đảo được trao giải.",
    "Saturday was a day of 14 drills for the brigade, the longest that its officers could remember in years of service there.",
    "- 14 drills",
]


@pytest.mark.parametrize("prose", [EN, VI], ids=["en", "vi"])
@pytest.mark.parametrize("place", [0, 4, 8], ids=["top", "middle", "bottom"])
@pytest.mark.parametrize(("line", "reason"), ANYWHERE)
def test_unmistakable_lines_go_wherever_they_stand(line: str, reason: str, place: int, prose: str) -> None:
    lines = [prose] * 8
    lines.insert(place, line)
    assert found("\n".join(["Two agencies to merge", *lines])) == [(reason, line.strip())]


@pytest.mark.parametrize("prose", [EN, VI], ids=["en", "vi"])
@pytest.mark.parametrize(("line", "reason"), AT_AN_EDGE)
def test_headers_and_agency_tails_go_only_at_the_edges(line: str, reason: str, prose: str) -> None:
    body = "\n".join([prose] * 8)
    assert found(f"A title here\n{line}\n{body}") == found(f"{body}\n{line}") == [(reason, line)]
    assert found(f"{body}\n{line}\n{body}") == []
    assert found(f"{line}\n{body}") == ([(reason, line)] if reason == "header" else [])  # the first line is the title


@pytest.mark.parametrize("prose", [EN, VI], ids=["en", "vi"])
@pytest.mark.parametrize(("line", "reason"), AT_THE_END)
def test_names_and_agencies_without_a_label_go_only_at_the_end(line: str, reason: str, prose: str) -> None:
    body = "\n".join([prose] * 8)
    assert found(f"{body}\n{line}") == [(reason, line)]
    assert found(f"{body}\n{line}\n    |") == [(reason, line), ("table_debris", "|")]
    assert found(f"{line}\n{body}") == found(f"{body}\n{line}\n{body}") == []


@pytest.mark.parametrize("place", [0, 4, 8], ids=["top", "middle", "bottom"])
@pytest.mark.parametrize("line", PROSE)
def test_article_text_stays(line: str, place: int) -> None:
    lines = [EN] * 8
    lines.insert(place, line)
    assert found("\n".join(lines)) == []


@pytest.mark.parametrize(
    "dateline",
    [
        "HANOI, March 14, 2025 (Annam Wire) - ",
        "HANOI (VNA) – ",
        "Hanoi, 14 March - ",
        "HÀ NỘI, 14/3/2025 (Trường Sơn) - ",
        "Lạng Sơn (Biên Cương Online) - ",
    ],
)
@pytest.mark.parametrize(
    "title",
    [
        "",
        "Army merges two agencies\n",
        "Cửa khẩu số: Xe vải sang biên giới không phải dừng ba lần\n",  # 13 syllables: a title, not prose
    ],
    ids=["no title", "title", "long title"],
)
def test_a_dateline_goes_and_the_lead_stays(title: str, dateline: str) -> None:
    text = f"{title}{dateline}{EN}\n{EN}\n{EN}"
    assert found(text) == [("dateline", dateline.strip())]


@pytest.mark.parametrize("line", ["Hanoi - ", "The plan - ", "Ba năm 2024 và 2025, thành phố: "])
def test_a_dash_alone_is_no_dateline(line: str) -> None:
    assert found(f"{line}{EN}\n{EN}\n{EN}") == []


@pytest.mark.parametrize(("mark", "kept"), [("./.", ""), ("/.", ""), (" ■", "."), (" /./", ".")])
def test_end_marks_go(mark: str, kept: str) -> None:
    text = f"{EN}\n{EN[:-1]}{kept}{mark}"
    assert found(text) == [("end_mark", mark.strip())]


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        (EN + " Both sides agreed on it yesterday. Photo: VNA", "Photo: VNA"),
        (EN + " Both sides agreed on it yesterday. (Photo: VNA)", "(Photo: VNA)"),
        (VI + " Hai bên đã thống nhất. Ảnh: Trọng Hải", "Ảnh: Trọng Hải"),
        (EN[:-1] + " (Photo: VNA) and so it went on.", "(Photo: VNA)"),
        (EN + " (Photo: VNA)", "(Photo: VNA)"),  # one sentence, the lead of the article
        (VI + " (Ảnh: Trọng Hải)", "(Ảnh: Trọng Hải)"),
    ],
)
def test_prose_with_a_credit_keeps_its_prose(line: str, credit: str) -> None:
    text = "\n".join(["Two agencies to merge", line, EN, EN, EN])
    assert found(text) == [("credit", credit)]


def test_a_credit_goes_even_where_too_much_would_go() -> None:
    text = f"{EN}\n{VI} (Ảnh: Hữu Đạt)\n{EN[:60]}"  # taken for a caption, the second line would be over 30 %
    assert ("credit", "(Ảnh: Hữu Đạt)") in found(text)


def test_spans_are_reversible() -> None:
    text = "\n".join(
        [
            "date 2026-01-14 Xe tăng qua sông trong đêm. Photo: VNA",
            "HANOI (VNA) - " + EN,
            EN,
            "    |",
            EN + " (Photo: VNA) yes.",
            EN,
            EN + "./.",
            "Sơn Hà",
        ]
    )
    doc = document(text)
    assert [span.reason for span in doc.removed] == ["header", "caption", "dateline", "table_debris", "credit", "end_mark", "byline"]
    assert_reversible(doc)


def assert_reversible(doc: Document) -> None:
    kept, restored, last = doc.kept(), "", 0
    assert len(kept) == len(doc.text)
    assert kept.count("\n") == doc.text.count("\n")
    for span in doc.removed:
        assert not kept[span.start : span.end].strip()
        restored += kept[last : span.start] + doc.text[span.start : span.end]
        last = span.end
    assert restored + kept[last:] == doc.text


@pytest.mark.parametrize(("n_prose", "removed"), [(1, ["credit"]), (8, ["caption"])])
def test_a_third_of_a_document_never_goes_for_a_guess(n_prose: int, removed: list[str]) -> None:
    caption = "Soldiers of the brigade cross the swollen river near Hue at first light on rubber boats. Photo: VNA"
    assert [reason for reason, _ in found("\n".join([*[EN] * n_prose, caption]))] == removed


def test_a_text_that_loses_much_says_so() -> None:
    lines = ["Two agencies to merge", EN, *["Read more: what the ministry said about its plans in the north"] * 3]
    boilerplate = find_boilerplate("\n".join(lines))
    assert [span.reason for span in boilerplate.spans] == ["repeated_line"] * 3
    assert boilerplate.notes == ("much_removed",)
    assert find_boilerplate("\n".join([*lines[:1], *[EN] * 8, *lines[2:]])).notes == ()


def test_a_date_label_goes_and_what_follows_is_a_line_of_its_own() -> None:
    assert found(f"date 2026-01-14 The general meets troops.\n{EN}\n    |") == [("header", "date 2026-01-14"), ("table_debris", "|")]
    assert found(f"date 2026-01-14 The general meets troops. Photo: VNA\n{EN}\n{EN}") == [
        ("header", "date 2026-01-14"),
        ("caption", "The general meets troops. Photo: VNA"),
    ]
    assert found(f"date 2026-01-14 was when the general met the troops.\n{EN}") == []


PIECES = st.sampled_from([line for line, _ in [*ANYWHERE, *AT_AN_EDGE, *AT_THE_END]] + [*PROSE, EN, VI, "", "A title here", EN + "./."])
ARTICLES = st.lists(PIECES, max_size=14).map("\n".join)
ANY_TEXT = st.text(max_size=200).map(lambda raw: normalise(raw).text)


@settings(max_examples=200)
@given(ARTICLES | ANY_TEXT)
def test_any_text_gives_legal_reversible_spans(text: str) -> None:
    assert_reversible(document(text))  # Document refuses spans that overlap or lie outside


@settings(max_examples=200)
@given(ARTICLES | ANY_TEXT)
def test_no_text_loses_over_a_third_in_silence(text: str) -> None:
    boilerplate = find_boilerplate(text)
    n_gone = sum(len(text[span.start : span.end].split()) for span in boilerplate.spans)
    n_words = len(text.split())
    assert (MAX_SHARE * n_words < n_gone < n_words) == ("much_removed" in boilerplate.notes)


@settings(max_examples=400)
@given(ARTICLES | ANY_TEXT)
def test_cleaning_twice_finds_nothing_more(text: str) -> None:
    kept = document(text).kept()
    again = [Removed(s.start, s.end, s.reason) for s in find_boilerplate(kept).spans if kept[s.start : s.end].strip()]
    assert again == []
