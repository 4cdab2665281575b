"""Rows 43, 51, 85: the same text again, from one source or several."""

from __future__ import annotations

import json
from collections.abc import Callable

from catalogue.rows import ARTICLE, BAI_BAO, Found, Row

LONGER = f"{ARTICLE} It did not say how many posts would go, nor where the joint agency would have its seat in the years to come."
WIRE = f"{LONGER} Officials in both agencies were told of the plan on Monday."


def lines(*records: dict[str, str]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def _dropped(number: int) -> Callable[[Found], None]:
    def check(found: Found) -> None:
        assert found.report.duplicates == number
        assert all(document.info.canonical for document in found.documents)

    return check


def _one_story(found: Found) -> None:
    stories = {document.info.story for document in found.documents if document.info.language == "en"}
    assert len(stories) == 1, "copies of three papers"
    first = [document.info for document in found.documents if document.info.canonical and document.info.language == "en"]
    assert [(info.source, info.id) for info in first] == [("wire", "w")], "the earliest is the one that models are trained on"
    assert {document.info.source for document in found.documents} == {"wire", "herald", "courier", "song-hong"}, "all copies are counted"
    assert len({document.info.story for document in found.documents}) == 2


def _apart(found: Found) -> None:
    assert len({document.info.story for document in found.documents}) == len(found.documents)


NOTICE = (
    "Giá vàng sáng {day}: vàng nhẫn được mua vào {buy} triệu đồng một lượng và bán ra {sell} triệu đồng một lượng, theo niêm yết của "
    "các công ty vàng bạc đá quý lớn tại Hà Nội và Thành phố Hồ Chí Minh trong bản tin thị trường hằng ngày."
)

ROWS = (
    Row(
        43,
        "two records with one id and one text",
        "One is kept; the other is counted as a duplicate.",
        {"a.jsonl": lines({"id": "7", "text": ARTICLE}, {"id": "7", "text": ARTICLE})},
        accepted=1,
        also=_dropped(1),
    ),
    Row(
        51,
        "100 identical records",
        "One is kept; 99 are counted as duplicates.",
        {"a.jsonl": lines(*[{"text": ARTICLE, "source": "wire", "date": "2025-03-14"}] * 100)},
        accepted=1,
        also=_dropped(99),
    ),
    Row(
        85,
        "one agency's text in three papers, shortened and with other credits, and another text",
        "All are kept, under one story; the earliest is the canonical copy, and shares are shown with and without the others.",
        {
            "a.jsonl": lines(
                {"id": "h", "text": f"{LONGER} (Source: Wire)", "source": "herald", "date": "2025-03-15"},
                {"id": "w", "text": WIRE, "source": "wire", "date": "2025-03-14"},
                {"id": "c", "text": f"HANOI - {LONGER}", "source": "courier", "date": "2025-03-15"},
                {"id": "s", "text": BAI_BAO, "source": "song-hong", "date": "2025-03-14"},
            )
        },
        accepted=4,
        also=_one_story,
    ),
    Row(
        85,
        "a paper's daily notice of prices, in the same words every day",
        "Each day's is a story of its own: each has figures that the others lack.",
        {
            "a.jsonl": lines(
                *(
                    {"text": NOTICE.format(day=f"{n}/6", buy=f"7{n},2", sell=f"7{n + 1},9"), "source": "bao", "date": f"2025-06-0{n}"}
                    for n in range(2, 6)
                )
            )
        },
        accepted=4,
        also=_apart,
    ),
)
