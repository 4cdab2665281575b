"""Events told in two languages: what is read from a text, what is proposed, what is not."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SAMPLE, ingest_documents, make_document
from topics.core.documents import DateEstimate, Document
from topics.core.errors import ContractError
from topics.ingest.files import SourceConfig
from topics.ingest.stories import events as events_module
from topics.ingest.stories.events import MAX_HOLDERS, EventPair, find_events, name_events
from topics.ingest.stories.mentions import fold, mention_sets, mentions, shared_forms

DAY = date(2025, 3, 14)


def keys_of(text: str) -> set[int]:
    return {mention.key for mention in mentions(text)}


def proposed(documents: Sequence[Document]) -> tuple[EventPair, ...]:
    infos, texts = [document.info for document in documents], [document.kept() for document in documents]
    sets = mention_sets(texts)
    return name_events(find_events(infos, sets), infos, sets, dict(enumerate(texts)))


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("Hanoi", "Hà Nội"),
        ("General Secretary To Lam", "Tổng Bí thư Tô Lâm"),
        ("in Da Nang", "ở Đà Nẵng"),
        ("Typhoon Yagi", "bão Yagi"),
        ("on January 14", "ngày 14/1"),
        ("on 14 January 2026", "ngày 14 tháng 1 năm 2026"),
        ("March 9", "ngày 9-3"),
        ("1,450 tonnes", "1.450 tấn"),
        ("3.5 percent", "3,5%"),
        ("Ba Ria-Vung Tau", "Bà Rịa-Vũng Tàu"),
    ],
)
def test_the_same_thing_in_two_languages_is_one_key(english: str, vietnamese: str) -> None:
    assert keys_of(english) & keys_of(vietnamese)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Hà Nội", "hà nội"),  # no name
        ("Tô Lâm", "Tô. Lâm"),
        ("ngày 14/1", "14 người và 1 xe"),
        ("5 ships", "5 tàu"),  # a single digit is in every text
        ("1,450", "1,45"),
        ("on 31 May", "ngày 5/31"),
        ("rate of 24/7/365", "ngày 24/7"),
    ],
)
def test_other_things_are_other_keys(a: str, b: str) -> None:
    assert not keys_of(a) & keys_of(b)


@given(st.text(max_size=80))
def test_mentions_lie_where_they_say(text: str) -> None:
    for mention in mentions(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert 0 < mention.key < 1 << 64
    assert set(mention_sets([text]).keys.tolist()) == keys_of(text)


def test_fold_drops_marks_alone() -> None:
    assert (fold("Đường"), fold("ỨNG"), fold("naïve")) == ("duong", "ung", "naive")


def test_shared_forms_join_overlapping_names() -> None:
    text = "Đại tá Trịnh Văn Khải, rồi Trịnh Văn Khải nói với Lê Văn Tám về 1.450 tấn."
    assert shared_forms(text, frozenset(keys_of("Trinh Van Khai 1,450"))) == ("1.450", "Trịnh Văn Khải")


ENGLISH = "Colonel {name} said in {place} that {n} tonnes of rice had reached the island of {isle}."
VIETNAMESE = "Đại tá {name} cho biết tại {place} rằng {n} tấn gạo đã tới đảo {isle}."
NAMES = ("Trịnh Văn Khải", "Lê Thị Hồng", "Ngô Minh Triết", "Phạm Quang Đạo", "Đỗ Hữu Cảnh", "Võ Tấn Lộc", "Bùi Xuân Thọ", "Hồ Sỹ Nguyên")
PLACES = ("Cần Thơ", "Hải Phòng", "Quy Nhơn", "Vũng Tàu", "Đồng Hới", "Cà Mau", "Thái Bình", "Hà Giang")


def told(n_events: int, *, seed: int = 3) -> list[Document]:
    """Every event once in each language, some days between events; names and places recur among events, figures do not."""
    draw = random.Random(seed)
    documents: list[Document] = []
    for n in range(n_events):
        name, place, isle = draw.choice(NAMES), draw.choice(PLACES), draw.choice(PLACES)
        day, amount = DAY + timedelta(days=n // 2), 1100 + 37 * n
        for text, language, figure, marks in (
            (ENGLISH, "en", f"{amount:,}", False),
            (VIETNAMESE, "vi", f"{amount:,}".replace(",", "."), True),
        ):
            words = {"name": name, "place": place, "isle": isle}
            plain = words if marks else {key: " ".join(fold(part).capitalize() for part in value.split()) for key, value in words.items()}
            documents.append(make_document(text.format(n=figure, **plain), day=day, language=language, id=f"{language}{n:03}"))
    return documents


def test_events_told_twice_are_found_among_others_of_the_same_days() -> None:
    pairs = proposed(told(60))
    right = [pair for pair in pairs if pair.a[2:] == pair.b[2:]]
    assert len(right) >= 55
    assert len(right) >= 0.95 * len(pairs)
    assert all((pair.a[:2], pair.b[:2]) == ("en", "vi") for pair in pairs)
    assert [pair.score for pair in pairs] == sorted((pair.score for pair in pairs), reverse=True)
    assert "1.100" in next(pair.shared for pair in pairs if pair.a == "en000")


def test_order_does_not_matter() -> None:
    documents = told(40)
    shuffled = random.Random(1).sample(documents, len(documents))
    assert proposed(documents) == proposed(shuffled)


def test_texts_that_tell_nothing_in_common_are_not_proposed() -> None:
    documents = told(60)
    apart = [document for document in documents if (document.info.language == "en") == (int(document.info.id[2:]) % 4 < 2)]
    assert len(proposed(apart)) <= 2


def test_in_few_texts_two_shared_things_are_enough() -> None:
    english, vietnamese = told(1)
    assert [(pair.a, pair.b) for pair in proposed([vietnamese, english])] == [("en000", "vi000")]
    other = make_document("Ships left Hai Phong.", day=DAY, id="en1")
    assert proposed([other, make_document("Tàu rời Hải Phòng.", day=DAY, language="vi", id="vi1")]) == ()


@pytest.mark.parametrize(("gap", "found"), [(0, True), (1, True), (2, False), (-1, True), (-2, False)])
def test_only_texts_of_the_same_days_are_compared(gap: int, found: bool) -> None:
    english, vietnamese = told(1)
    moved = make_document(vietnamese.text, day=DAY + timedelta(days=gap), language="vi", id="vi000")
    assert bool(proposed([english, moved])) is found


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [("2025-03-01", "2025-03-31", True), ("2025-01-01", "2025-12-31", False), ("2025-04-01", "2025-04-30", False)],
)
def test_a_text_of_a_month_is_compared_within_it(first: str, last: str, found: bool) -> None:
    english, vietnamese = told(1)
    estimate = DateEstimate(None, date.fromisoformat(first), date.fromisoformat(last), "interval", 0.5, "test")
    assert bool(proposed([english, make_document(vietnamese.text, language="vi", id="vi000", date=estimate)])) is found
    assert proposed([english, make_document(vietnamese.text, language="vi", id="vi000")]) == ()


@pytest.mark.parametrize(("method", "found"), [("latest_past_date", True), ("deictic_year", True), ("open_date", False)])
@pytest.mark.parametrize(("gap", "near"), [(0, True), (-1, True), (-2, False), (5, False)])
def test_a_text_open_above_is_of_the_latest_past_day_that_it_names(method: str, found: bool, gap: int, near: bool) -> None:
    english, vietnamese = told(1)
    estimate = DateEstimate(None, DAY + timedelta(days=gap), DAY + timedelta(days=500), "interval", 0.4, method)
    assert bool(proposed([english, make_document(vietnamese.text, language="vi", id="vi000", date=estimate)])) is (found and near)


def test_its_own_day_is_no_evidence_but_another_day_is() -> None:
    def pair(day: str, ngay: str) -> tuple[EventPair, ...]:
        english = make_document(f"The meeting in Hanoi on {day} ended early.", day=DAY, id="en")
        return proposed([english, make_document(f"Cuộc họp ở Hà Nội ngày {ngay} kết thúc sớm.", day=DAY, language="vi", id="vi")])

    assert pair("March 14", "14/3") == ()
    assert [found.shared for found in pair("April 20", "20/4")] == [("20/4", "Hà Nội")]


def test_texts_of_one_language_are_never_paired() -> None:
    documents = [document for document in told(40) if document.info.language == "en"]
    copies = [make_document(document.text, day=document.info.date.point, id=document.info.id + "b") for document in documents]
    assert proposed([*documents, *copies]) == ()


def test_what_everybody_mentions_is_not_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = told(1)
    assert proposed(documents)
    assert MAX_HOLDERS > 2
    monkeypatch.setattr(events_module, "MAX_HOLDERS", 1)
    assert proposed(documents) == ()


def test_slabs_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = told(30)
    whole = proposed(documents)
    monkeypatch.setattr(events_module, "_SLAB", 7)
    assert proposed(documents) == whole


def test_nothing_comes_of_nothing() -> None:
    assert proposed([]) == ()
    assert proposed([make_document("no names here", day=DAY), make_document("không có tên", day=DAY, language="vi")]) == ()
    with pytest.raises(ContractError, match="1 documents, mentions of 0"):
        find_events([make_document("x").info], mention_sets([]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["en", "vi"]), st.integers(0, 40), st.sets(st.integers(10, 30), max_size=6)), max_size=14))
def test_pairs_equal_comparing_all(items: list[tuple[str, int, set[int]]]) -> None:
    documents = [
        make_document(" ; ".join(map(str, sorted(figures))), day=DAY + timedelta(days=days), language=language, id=f"d{n:02}")
        for n, (language, days, figures) in enumerate(items)
    ]
    expected = {
        (f"d{m:02}", f"d{n:02}")
        for m, (language, days, figures) in enumerate(items)
        for n, (other, day, numbers) in enumerate(items)
        if (language, other) == ("en", "vi") and abs(days - day) <= 1 and len(figures & numbers) >= 2
    }
    found = {(pair.a, pair.b) for pair in proposed(documents)}
    assert found <= expected
    infos = [document.info for document in documents]
    if events_module._n_pairs(events_module._ranked(infos, mention_sets([document.text for document in documents])), 40) < 100:
        assert found == expected


def canonical(path: Path) -> list[Document]:
    documents, _ = ingest_documents([SourceConfig(path.name)], path.parent)
    return [document for document in documents if document.info.canonical]


def test_the_event_pairs_of_the_sample() -> None:
    rows = [json.loads(line) for line in (SAMPLE / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    event = {(row["file"], row["record"]): row["event"] for row in rows}
    documents = canonical(SAMPLE)
    of = {document.info.id: event[document.info.file, document.info.record] for document in documents}
    pairs = proposed(documents)
    right = {of[pair.a] for pair in pairs if of[pair.a] and of[pair.a] == of[pair.b]}
    assert len(pairs) == len(right), "every proposal is an event told twice"
    days = Counter(of[document.info.id] for document in documents if document.info.date.point)
    told_twice = {name for name, n in days.items() if name and n > 1}
    assert right >= told_twice, "where both articles have a day, none is missed"
    assert len(right) >= 0.8 * len({row["event"] for row in rows if row["event"]})


def test_the_event_of_the_seeds(seeds_dir: Path) -> None:
    told_twice = json.loads((seeds_dir / "gold.json").read_text(encoding="utf-8"))["same_event"]
    documents = canonical(seeds_dir)
    file = {document.info.id: document.info.file for document in documents}
    assert [[file[pair.a], file[pair.b]] for pair in proposed(documents)] == told_twice
