"""What speaks for boilerplate and what against it: titles, sentences and lists stay, labelled lines go."""

from __future__ import annotations

from itertools import pairwise

import pytest

from topics.ingest.cleaning import find_boilerplate

EN = "The council said that the two markets on the west bank would be joined before the rains, after a year of talks with the traders."
VI = "Hội đồng cho biết hai khu chợ ở bờ tây sẽ được nhập làm một trước mùa mưa, sau một năm trao đổi với các tiểu thương."


def found(text: str) -> list[tuple[str, str]]:
    return [(span.reason, text[span.start : span.end].strip()) for span in find_boilerplate(text).spans]


@pytest.mark.parametrize(
    "title",
    [
        "From Hue to Vinh by slow train",
        "Via Appia",
        "According to Plan",
        "By Land And Sea",
        "By Hai Phong",
        "Theo chân lính biển",
        "Theo Mẹ Ra Đồng",
        "Nguồn: Nước về đâu?",
        "Source: Where The River Begins",
        "Ảnh: Hà Nội Mùa Lá Rụng",
        "Ảnh: Một Thời Bao Cấp",
        "Video: Đoàn tàu rời ga Vinh",
        "Video: Storm Hits Da Nang",
        "In Pictures: Remembering Market Mother Anna Berg",
        "Children play at the harbour (Photo: Delta Herald)",
        "Read more: why children stopped",
        "Tin, ảnh: Chuyện Nghề",
        "Trần Văn Giang",
        "Reuters",
        "Chợ Nổi - Chợ Chìm | Thứ | Hai",
    ],
)
@pytest.mark.parametrize("prose", [EN, VI], ids=["en", "vi"])
def test_the_words_of_a_title_stay(title: str, prose: str) -> None:
    gone = found("\n".join([title, *[prose] * 4]))
    assert [(reason, words) for reason, words in gone if (reason, words) != ("credit", "(Photo: Delta Herald)")] == []


SENTENCES = [
    "Thứ Năm 14/1, đoàn ra thăm đảo.",
    "Chủ nhật 3/5 là ngày hội.",
    "Saturday, March 8 saw the fleet leave.",
    "Updated March 3 rules helped the traders.",
    "Published on 3 May 2024 to great applause",
    "Posted 14 March, the letter came too late.",
    "From Hue to Vinh the slow train carries traders.",
    "According to Minister Tran Van Ha",
    "Theo chân bộ đội",
    "Source: the traders brought pumps, and they worked.",
    "Photo: that is what matters to him.",
    "Video: Vì sao chợ đóng cửa?",
    "By Monday the traders had gone.",
    "By train, Hue is near.",
    "Read more books, she said.",
    "Follow us, the guard shouted on Friday.",
    "Mời bạn vào nhà, bà nói.",
    "Mời bạn đọc theo dõi trực tuyến trận đấu giữa đội chợ bờ tây và đội chợ bờ đông, bắt đầu lúc tám giờ tối nay.",
    "Saturday, 8 March",
    "Chợ Nổi Cái Răng (Floating Market) - một trong ba chợ lớn nhất của cả vùng châu thổ, nơi người ta bán cả trái cây và cá tôm.",
    "Ông Trần Văn Giang (Giang Chợ) - Chủ tịch hội tiểu thương của bờ tây - cho biết chợ sẽ mở cửa trở lại vào cuối tháng này.",
    "Chotroi.com - nền tảng mua bán của tiểu thương hai bờ, nơi người ta bán cả trái cây, cá tôm và đồ cũ của nhiều nhà.",
    "Copyright law is being changed.",
    "Reporting by phone was hard.",
    "Editing by hand takes time.",
    "NATO - Nga: hai bên gặp nhau",
    "Either | or",
    "VOV là gì?",
    "The prize went to a Photo by John Smith.",
]


@pytest.mark.parametrize("place", [1, 2, 4, 7, 8], ids=["second", "third", "middle", "last but one", "last"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_that_begin_like_boilerplate_stay(sentence: str, place: int) -> None:
    lines = ["A market by the river", *[EN] * 7]
    lines.insert(place, sentence)
    assert found("\n".join(lines)) == []


@pytest.mark.parametrize(
    "names",
    [
        ["Viet Nam", "South Korea", "New Zealand"],
        ["Lê Văn Tám", "Trần Thị Hoa", "Phạm Văn Đức"],
        ["Anna Berg", "Tom Brown"],
        ["Reuters", "Lao Động"],
        ["Hồ Chí Minh"],
        ["Quảng Ngãi"],
        ["Long Live Free Vietnam"],
        ["Market Traders"],  # its words are words of the article
    ],
)
def test_lists_places_and_slogans_at_the_end_stay(names: list[str]) -> None:
    lines = ["A market by the river", *[EN] * 5, "The market was closed by the police.", *names]
    assert found("\n".join(lines)) == []


def test_a_person_of_the_article_is_not_its_author() -> None:
    told = f"{EN} Anna Berg, who sells fish, was pleased."
    assert found("\n".join(["A market", told, EN, "Anna Berg"])) == []
    assert found("\n".join(["A market", EN, EN, "Anna Berg"])) == [("byline", "Anna Berg")]


def test_a_name_in_a_sentence_that_was_cut_is_no_byline() -> None:
    assert found("\n".join(["A market", EN, EN, "They told this to the", "Anna Berg"])) == []
    assert found("\n".join(["A market", EN, EN, f"{EN[:-1]}./.", "Anna Berg"])) == [("end_mark", "./."), ("byline", "Anna Berg")]


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Second market for the east bank",
        "Related: Second market for the east bank",
        ">>> Xem thêm: Chợ thứ hai ở bờ đông",
        ">> Đọc thêm: Chợ thứ hai",
        "* Mời bạn đọc vào chuyên mục Đời sống xem các tin, bài liên quan.",
        "Mời quý độc giả theo dõi trên kênh của chúng tôi.",
        "Follow us on Facebook",
        "Follow Delta Herald on X",
        "Sign up for our newsletter",
        "Subscribe to our weekly newsletter",
        "Click here to subscribe",
        "© 2025 Delta Herald. All rights reserved.",
        "Copyright © 2025 Delta Herald",
        "Delta Herald. All rights reserved.",
        "Bản quyền thuộc Báo Sông Hồng",
    ],
)
@pytest.mark.parametrize("place", [1, 4, 8], ids=["second", "middle", "last"])
def test_lines_that_lead_away_from_the_article_go(line: str, place: int) -> None:
    lines = ["A market by the river", *[EN] * 7]
    lines.insert(place, line)
    assert found("\n".join(lines)) == [("repeated_line", line)]


@pytest.mark.parametrize(
    ("line", "reason", "gone"),
    [
        ("Traders wait at the gate. [Photo by John Smith/Reuters]", "credit", "[Photo by John Smith/Reuters]"),
        ("Traders wait at the gate. — VNS Photo Minh Quyet", "caption", "Traders wait at the gate. — VNS Photo Minh Quyet"),
        ("Traders wait at the gate. Photo by Anna Berg", "caption", "Traders wait at the gate. Photo by Anna Berg"),
        ("Traders wait at the gate. Photo: A. Berg (Reuters)", "caption", "Traders wait at the gate. Photo: A. Berg (Reuters)"),
        ("Tiểu thương chờ ở cổng chợ (ảnh: N.H).", "caption", "Tiểu thương chờ ở cổng chợ (ảnh: N.H)."),
        ("Tiểu thương chờ ở cổng chợ (ảnh minh họa).", "caption", "Tiểu thương chờ ở cổng chợ (ảnh minh họa)."),
        (f"{VI} (Nguồn: TTXVN) {VI}", "credit", "(Nguồn: TTXVN)"),
        ("Ảnh: Phạm Hải./.", "credit", "Ảnh: Phạm Hải./."),
        ("Ảnh: Songhong.vn", "credit", "Ảnh: Songhong.vn"),
        ("Video: Minh Anh", "credit", "Video: Minh Anh"),
        ("Ảnh minh họa.", "credit", "Ảnh minh họa."),
    ],
)
def test_credits_go_with_their_captions(line: str, reason: str, gone: str) -> None:
    assert found("\n".join(["A market by the river", EN, EN, line, *[EN] * 5])) == [(reason, gone)]


@pytest.mark.parametrize("dateline", ["(QĐND) - ", "(Reuters) - ", "(Dân trí) - ", "TPO - ", "VTV.vn - ", "TTXVN – "])
def test_the_paper_before_a_lead_goes(dateline: str) -> None:
    assert found(f"Chợ hai bờ\n{dateline}{VI}\n{VI}") == [("dateline", dateline.strip())]
    assert found(f"{dateline}{VI}") == [("dateline", dateline.strip())]  # a text of one line is no title
    assert found(f"{dateline}{VI}\n{VI}") == [("dateline", dateline.strip())]  # nor is a long line that ends in a full stop
    assert found(f"{dateline}{VI.rstrip('.')}\n{VI}") == []  # a long title may begin so
    assert found(f"Chợ hai bờ\n{VI}\n{VI}\n{dateline}{VI}") == []


def test_a_known_agency_is_no_title_but_other_words_after_a_label_are() -> None:
    assert found(f"Photo: VNA\n{EN}") == [("credit", "Photo: VNA")]
    assert found(f"(Ảnh: Trọng Hải)\n{EN}") == [("credit", "(Ảnh: Trọng Hải)")]
    assert found(f"Ảnh: Trọng Hải\n{EN}") == []


def test_rows_of_cells_go() -> None:
    rows = ["Boat | Tonnes | Year", "Alpha | 1,200 | 2019", "Beta | 3,400 | 2020"]
    assert found("\n".join(["A market", *[EN] * 4, *rows, EN])) == [("table_debris", row) for row in rows]
    assert found("\n".join(["A market", *[EN] * 4, rows[0], EN, rows[1]])) == []  # one alone may be anything
    assert found("\n".join(["A market", *[EN] * 4, "Red | Blue", "Up | Down", EN])) == []
    told = "He said so. | She did not say so at all. | They left."
    assert found("\n".join(["A market", *[EN] * 4, told, told, EN])) == []


def test_a_table_that_lost_its_rows_goes_as_far_as_its_numbers_run() -> None:
    cells = ["STT", "Tên", "Số lượng", "1", "Thuyền gỗ", "12", "2", "Thuyền thúng", "7"]
    assert found("\n".join(["Chợ", *[VI] * 4, *cells, "Lời kết", VI])) == [("table_debris", cell) for cell in cells]
    assert found("\n".join(["Chợ", *[VI] * 4, "STT", "Tên", "Thuyền gỗ", VI])) == []
    assert found("\n".join(["Chợ", *[VI] * 4, "1", "Thuyền gỗ", "2", "Thuyền thúng", VI])) == []


def test_tables_are_guesses_and_stay_where_they_are_most_of_the_text() -> None:
    rows = [f"Boat {n} | {n} tonnes | year {n}" for n in range(30)]
    boilerplate = find_boilerplate("\n".join(["Boats of the delta", EN, *rows]))
    assert boilerplate.spans == ()
    assert boilerplate.notes == ("boilerplate_kept",)


# A rule that goes back over what it has read takes very long for one of these; together they take seconds.
SIZE = 100_000
UNITS = (
    "Photo: VNA\n", "Source: VNA\n", "Theo Reuters\n", "By Anna Berg\n", "Published: 3 May 2024\n", "Read more: x\n",
    "Sơn Hà\nSource: VNA\n", "He left.\nSơn Hà\n", "STT\n", "STT\nTên\n1\nA\n", "a | b | c\n", "1\n2\n", "(Photo: VNA) some text ",
    "said. Photo: VNA. ", "(Photo: ", "Photo: ", "HANOI (VNA) - ", "(VNA) - ", "./.", "■ ", "— VNS Photo ", "Published on at ",
    "Thứ Năm 14/1 ", "Mời bạn đọc ", "© ", "all rights reserved ", "A ", "a", "| ", "- ", "By A", "Theo ", "[", "“",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_time_is_in_proportion_to_the_text(unit: str) -> None:
    many, gap = unit * (SIZE // len(unit)), " " * SIZE
    for text in (f"{EN}\n{many}", f"{EN}\n{unit.strip()}{gap}x\nPhoto: {unit.strip()}{gap}x", f"{many}\n{EN}"):
        spans = find_boilerplate(text).spans
        assert all(before.end <= after.start for before, after in pairwise(spans))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Share this article", "repeated_line"),
        ("Chia sẻ", "repeated_line"),
        ("Tags: market, rains", "repeated_line"),
        ("Từ khóa: chợ, mùa mưa", "repeated_line"),
        ("Advertisement", "repeated_line"),
        ("Nguyễn Thị Minh (thực hiện)", "byline"),
        ("Editor: Jane Poe", "byline"),
        ("Caption: A boat is seen on the river. (Photo: AFP)", "caption"),
    ],
)
def test_what_pages_print_around_an_article_goes(line: str, reason: str) -> None:
    assert found(f"Two markets join\n{EN}\n{EN} More.\n{EN} Again.\n{line}\n") == [(reason, line)]


@pytest.mark.parametrize("line", ["Share this article with care, they said", "Tags: are they worth it?", "Editor: a trade that dies"])
def test_a_sentence_that_begins_like_a_button_stays(line: str) -> None:
    assert found(f"Two markets join\n{EN}\n{EN} More.\n{EN} Again.\n{line}\n") == []
    assert found(f"Advertisement\n{EN}\n{EN} More.\n") == [], "the first line is the title"
