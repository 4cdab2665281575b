"""Theme terms in running text, and the sentences around them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.core.errors import UsageError
from topics.core.themes import Theme, check_themes
from topics.themes.matching import ThemeMatcher, compile_terms, sentences


def matches(term: str, text: str) -> list[str]:
    pattern = compile_terms([term])
    return [found.group() for found in pattern.finditer(text)] if pattern else []


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("digitis*", "Digitised, digitisation, digitis; predigitised, digital", ["Digitised", "digitisation", "digitis"]),
        ("drill*", "drills drilling sawdrill", ["drills", "drilling"]),
        ("drill", "drill drills Drill.", ["drill", "Drill"]),
        ("online public service*", "Online public services", ["Online public services"]),
        ("dual-use", "dual-use, dual use, Dual-Use, dualuse", ["dual-use", "dual use", "Dual-Use"]),
        ("dual use", "dual-use dual  use", ["dual-use", "dual  use"]),
        ("dual-use", "dual\nuse", ["dual\nuse"]),
        ("dual-use", "dual\u2010use dual\u2011use", ["dual\u2010use", "dual\u2011use"]),
        ("merge", "emerge merger merge-and-split", ["merge"]),
        ("lũ", "lũ lụt, Lũ quét, lũng, mưa lũ", ["lũ", "Lũ", "lũ"]),
        ("bão", "bão bảo báo BÃO", ["bão", "BÃO"]),
        ("sáp nhập", "SÁP NHẬP sap nhap", ["SÁP NHẬP"]),
        (unicodedata.normalize("NFD", "sáp nhập"), "sáp nhập", ["sáp nhập"]),
        ("e-government", "e-government e government egovernment", ["e-government", "e government"]),
        ("C++ (v2.0)", "c++ (V2.0) c (v2x0)", ["c++ (V2.0)"]),
        ("two-tier", "a two-tier, two_tier model", ["two-tier"]),
        ("  ", "anything", []),
        ("-", "a - b", []),
    ],
)
def test_a_term_matches_whole_words(term: str, text: str, expected: list[str]) -> None:
    assert matches(term, text) == expected


def test_no_terms_no_pattern() -> None:
    assert compile_terms([]) is None
    assert compile_terms(["", " "]) is None


def test_the_longest_term_wins_so_that_one_place_counts_once() -> None:
    pattern = compile_terms(["military", "military training", "training"])
    assert pattern is not None
    assert [found.group() for found in pattern.finditer("Military training and training")] == ["Military training", "training"]


THEME = Theme(
    "training",
    {"en": "Training"},
    {"en": ["training", "drill*"], "vi": ["huấn luyện"]},
    exclude={"en": ["football training", "training ground*"], "vi": ["huấn luyện viên"]},
)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("training and huấn luyện", "en", ["training"]),
        ("training and huấn luyện", "vi", ["huấn luyện"]),
        ("training and huấn luyện", "mixed", ["training", "huấn luyện"]),
        ("training and huấn luyện", "und", ["training", "huấn luyện"]),
        ("training and huấn luyện", "fr", []),
        ("football training on the training grounds", "en", []),
        ("football drills and training", "en", ["drills", "training"]),
        ("Football Training", "en", []),
        ("huấn luyện viên và huấn luyện", "vi", ["huấn luyện"]),
        ("football training", "vi", []),
        ("football training, huấn luyện viên, training", "mixed", ["training"]),
        ("football-training", "en", []),
        ("the football, training", "en", ["training"]),
    ],
)
def test_languages_and_exclusions(text: str, language: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in ThemeMatcher(THEME).spans(text, language)] == expected


def test_an_exclusion_bars_only_what_lies_inside_it() -> None:
    theme = Theme("t", {}, {"en": ["military training ground"]}, exclude={"en": ["training ground"]})
    assert ThemeMatcher(theme).spans("military training ground", "en") == [(0, 24)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("Title\nOne. Two", ["Title", "One.", "Two"]),
        ("It cost 3.5 million. They paid.", ["It cost 3.5 million.", "They paid."]),
        ('He said "Go." Then left.', ['He said "Go."', "Then left."]),
        ("Đợt một. Đợt hai. Ở Huế.", ["Đợt một.", "Đợt hai.", "Ở Huế."]),
        ("See www.vnanet.vn today. “Yes.” (No.)", ["See www.vnanet.vn today.", "“Yes.”", "(No.)"]),
        ("approx. five men", ["approx. five men"]),
        ("  \n\n ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@given(st.text(max_size=200))
def test_sentences_are_trimmed_in_order_and_lose_no_letter(text: str) -> None:
    last = 0
    for start, end in sentences(text):
        assert last <= start < end
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip()
        last = end
    assert not text[last:].strip()


@pytest.mark.parametrize("key", ["Training", "2x", "a-b", "", "a\n"])
def test_theme_keys_are_plain(key: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        Theme(key, {}, {"en": ["x"]})


@pytest.mark.parametrize("terms", [{}, {"en": []}, {"en": [" "]}])
def test_a_theme_needs_terms(terms: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="no terms"):
        Theme("a", {}, terms)


def test_the_label_falls_back_to_another_language_then_the_key() -> None:
    assert [Theme("a", label, {"en": ["x"]}).name("vi") for label in ({"vi": "V", "en": "E"}, {"en": "E"}, {})] == ["V", "E", "a"]


def test_themes_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(UsageError, match="two themes have the key 'training'"):
        check_themes((THEME, THEME), "x.toml")
    with pytest.raises(UsageError, match="both asks for and excludes"):
        check_themes((Theme("a", {}, {"vi": ["Lũ"]}, exclude={"vi": [unicodedata.normalize("NFD", "lũ")]}),), "x.toml")
    check_themes((THEME,), "x.toml")


@pytest.mark.parametrize("term", ["hòa bình", "hoà bình", "HOÀ BÌNH", unicodedata.normalize("NFD", "hoà bình")])
@pytest.mark.parametrize("text", ["vì hoà bình, ổn định", "vì hòa bình, ổn định", "vì Hoà Bình, ổn định"])
def test_either_tone_placement_finds_the_other_at_the_same_offsets(term: str, text: str) -> None:
    assert ThemeMatcher(Theme("peace", {"en": "Peace"}, {"vi": [term]})).spans(text, "vi") == [(3, 11)]
    excluding = Theme("peace", {"en": "Peace"}, {"vi": ["ổn định", "bình"]}, exclude={"vi": [term]})
    assert ThemeMatcher(excluding).spans(text, "vi") == [(13, 20)]
