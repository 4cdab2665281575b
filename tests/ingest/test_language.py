"""Languages: a decision per sentence, shares by words."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.core.contracts import Language
from topics.core.registry import discover
from topics.ingest.language import language_notes, language_shares, main_language

LANGUAGES: Mapping[str, Language] = discover("topics.preprocessing.languages", "LANGUAGE")
EN = "The ministry said that it would merge two of the agencies in the north of the country by May."
VI = "Bộ trưởng cho biết hai cơ quan ở miền Bắc sẽ được sáp nhập trước tháng Năm này."
FR = "Le ministre a dit que les deux agences du nord seront réunies avant la fin de la saison."


def plain(text: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return bare.replace("đ", "d").replace("Đ", "D")


def language_of(text: str) -> str:
    return main_language(language_shares(text, LANGUAGES))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EN, "en"),
        (VI, "vi"),
        (EN.upper(), "en"),
        (VI.upper(), "vi"),
        (plain(VI), "vi-nodia"),
        (f"{EN}\n{VI}", "mixed"),
        (f"{EN} {VI}", "mixed"),
        (f"{VI} {plain(VI)}", "mixed"),
        (f"{EN}\n{EN}\n{EN}\n{EN}\nSáng nay mưa to.", "en"),
        (f"{VI}\n{VI}\n{VI}\n{VI}\nIt is of the army.", "vi"),
        ("", "und"),
        ("2024 14/3 — 77 %", "und"),
        ("Nguyen Van Linh Hanoi Saigon", "und"),
        ("Das Ministerium erklärte gestern seine neue Politik für den Norden des Landes", "other"),
        (FR, "other"),
        ("El ministro dijo que las dos agencias del norte se unirán antes del verano.", "other"),
        ("Kementerian itu mengatakan bahwa dua lembaga di utara akan digabung sebelum musim hujan.", "other"),
        ("Ministrul a spus că cele două agenții din nord vor fi unite și că legea este gata.", "other"),
        ("司令部は昨日、新しい計画を発表した。", "other"),
        ("Министр заявил, что два ведомства на севере страны будут объединены.", "other"),
        ("ministri kertoi eilen uudesta suunnitelmasta pohjoisten virastojen yhdistämiseksi ensi kesänä", "other"),
        ("Bộ trưởng To Lam met General Nguyen Van Linh of the army in the north", "en"),
        ("Tổng Bí thư Tô Lâm visited Hà Nội, where he met the workers of the Sông Đà company.", "en"),
        ("Photo: Nguyễn Văn Linh", "und"),
        ("Floods Rise Along the Coast of the North", "en"),
        ("Firms hiring faster, earnings rising", "en"),
        ("Wenger handed summer war chest", "und"),
    ],
)
def test_main_language(text: str, expected: str) -> None:
    assert language_of(text) == expected


def test_sentences_are_decided_one_by_one_and_weighted_by_words() -> None:
    shares = language_shares("the army of the north is in the town. Quân đội ở đây\n12 34\nXx Yy", LANGUAGES)
    assert shares == (("en", 9 / 15), ("vi", 4 / 15), ("und", 2 / 15))


@pytest.mark.parametrize("name", ["Nguyễn Thị Hồng Gấm", "Trần Đại Nghĩa, Lê Quý Đôn và Hồ Xuân Hương"])
def test_names_do_not_decide(name: str) -> None:
    assert language_of(f"The statement was read by {name} before the end of the day") == "en"


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((("en", 1.0),), "en"),
        ((("en", 0.8), ("vi", 0.2)), "en"),
        ((("en", 0.79), ("vi", 0.21)), "mixed"),
        ((("en", 0.79), ("other", 0.21)), "mixed"),
        ((("und", 0.5), ("en", 0.5)), "en"),
        ((("und", 0.51), ("en", 0.49)), "und"),
        ((("und", 0.4), ("vi", 0.45), ("en", 0.15)), "mixed"),
        ((("und", 1.0),), "und"),
        ((), "und"),
    ],
)
def test_thresholds(shares: tuple[tuple[str, float], ...], expected: str) -> None:
    assert main_language(shares) == expected


def test_a_plugged_in_language_is_used_and_only_those_given() -> None:
    french = Language(
        "fr", "French", frozenset, "test", lambda words: sum(w in {"le", "que", "les", "du", "la"} for w in words) / len(words)
    )
    assert main_language(language_shares(FR, {**LANGUAGES, "fr": french})) == "fr"
    assert main_language(language_shares(EN, {"fr": french})) == "other"
    assert main_language(language_shares("Hà Nội 2024", {})) == "und"


def test_a_language_without_plain_score_has_no_form_without_diacritics() -> None:
    one = Language("vi", "Vietnamese", frozenset, "test", LANGUAGES["vi"].score)
    assert "vi-nodia" not in dict(language_shares(plain(VI), {"vi": one}))


@pytest.mark.parametrize(
    ("code", "shares", "expected"),
    [
        ("vi-nodia", (("vi-nodia", 1.0),), ("vi_without_diacritics",)),
        ("mixed", (("vi", 0.7), ("vi-nodia", 0.3)), ("vi_without_diacritics", "mixed_languages")),
        ("vi", (("vi", 0.9), ("vi-nodia", 0.1)), ()),
        ("other", (("other", 1.0),), ("other_language",)),
        ("en", (("en", 1.0),), ()),
    ],
)
def test_notes(code: str, shares: tuple[tuple[str, float], ...], expected: tuple[str, ...]) -> None:
    assert language_notes(code, shares) == expected


@given(st.text(max_size=120))
def test_shares_are_a_distribution_in_order(text: str) -> None:
    shares = language_shares(text, LANGUAGES)
    assert not shares or sum(share for _, share in shares) == pytest.approx(1.0)
    assert list(shares) == sorted(shares, key=lambda item: (-item[1], item[0]))


def test_the_order_of_lines_does_not_matter() -> None:
    assert language_shares(f"{EN}\n{VI}", LANGUAGES) == language_shares(f"{VI}\n{EN}", LANGUAGES)


@pytest.mark.parametrize(("column", "change", "expected"), [("en", str, "en"), ("vi", str, "vi"), ("vi", plain, "vi-nodia")])
def test_real_sentences(data_dir: Path, column: str, change: object, expected: str) -> None:
    """Few sentences are wrong or undecided, in text that nothing here was made from."""
    path = next((data_dir / "sib200_en_vi").glob("*.jsonl.gz"))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [unicodedata.normalize("NFC", json.loads(line)[column]) for line in lines]
    found = [language_of(change(text)) for text in texts]  # type: ignore[operator]
    assert found.count(expected) >= 0.99 * len(found)
