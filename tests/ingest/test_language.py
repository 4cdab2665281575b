"""Languages: a decision per line, shares by words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.core.contracts import Language
from topics.core.registry import discover
from topics.ingest.language import language_shares, main_language

LANGUAGES: Mapping[str, Language] = discover("topics.preprocessing.languages", "LANGUAGE")
EN = "The ministry said that it would merge two of the agencies in the north of the country by May."
VI = "Bộ trưởng cho biết hai cơ quan ở miền Bắc sẽ được sáp nhập trước tháng Năm này."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EN, "en"),
        (VI, "vi"),
        (EN.upper(), "en"),
        (VI.upper(), "vi"),
        (f"{EN}\n{VI}", "mixed"),
        (f"{EN}\n{EN}\n{EN}\n{EN}\nSáng nay mưa to.", "en"),
        (f"{VI}\n{VI}\n{VI}\n{VI}\nIt is of the army.", "vi"),
        ("", "und"),
        ("2024 14/3 — 77 %", "und"),
        ("Nguyen Van Linh Hanoi Saigon", "und"),
        ("Das Ministerium erklärte gestern seine neue Politik für den Norden des Landes", "und"),
        ("司令部は昨日、新しい計画を発表した。", "und"),
        ("Bộ trưởng To Lam met General Nguyen Van Linh of the army in the north", "en"),
    ],
)
def test_main_language(text: str, expected: str) -> None:
    assert main_language(language_shares(text, LANGUAGES)) == expected


def test_lines_are_decided_one_by_one_and_weighted_by_words() -> None:
    shares = language_shares("the army of the north is in the town\nQuân đội\n12 34\nxx yy", LANGUAGES)
    assert shares == (("en", 9 / 13), ("und", 2 / 13), ("vi", 2 / 13))


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((("en", 1.0),), "en"),
        ((("en", 0.8), ("vi", 0.2)), "en"),
        ((("en", 0.79), ("vi", 0.21)), "mixed"),
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
    german = Language("de", "German", frozenset, "test", lambda words: sum(w in {"der", "die", "und", "vor"} for w in words) / len(words))
    text = "der Minister und die Armee vor der Stadt"
    assert main_language(language_shares(text, {**LANGUAGES, "de": german})) == "de"
    assert main_language(language_shares(text, LANGUAGES)) == "und"
    assert main_language(language_shares(EN, {"de": german})) == "und"
    assert main_language(language_shares(EN, {})) == "und"


@given(st.text(max_size=120))
def test_shares_are_a_distribution_in_order(text: str) -> None:
    shares = language_shares(text, LANGUAGES)
    assert not shares or sum(share for _, share in shares) == pytest.approx(1.0)
    assert list(shares) == sorted(shares, key=lambda item: (-item[1], item[0]))


def test_the_order_of_lines_does_not_matter() -> None:
    assert language_shares(f"{EN}\n{VI}", LANGUAGES) == language_shares(f"{VI}\n{EN}", LANGUAGES)
