"""Text to words, words to phrases."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import corpus_from, make_document
from topics.core.registry import discover
from topics.core.themes import Theme
from topics.preprocessing.phrases import MAX_WORDS, learn_phrases
from topics.preprocessing.prepare import EmbeddingConfig, Preparation, PreprocessingConfig, fit_preparation
from topics.preprocessing.tokenise import BREAK, MAX_LENGTH, PhraseJoiner, stretches, tokens, words

LANGUAGES = discover("topics.preprocessing.languages", "LANGUAGE")
BOTH = replace(LANGUAGES["en"], function_words=LANGUAGES["en"].function_words | LANGUAGES["vi"].function_words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ý kiến ở xã", ["ý", "kiến", "ở", "xã"]),
        ("Đổi mới, chuyển đổi số!", ["đổi", "mới", "chuyển", "đổi", "số"]),
        ("HUẤN LUYỆN", ["huấn", "luyện"]),
        ("Hoà bình, hòa bình, quý, UỶ BAN", ["hòa", "bình", "hòa", "bình", "quý", "ủy", "ban"]),
        ("má mà mả mã mạ ma", ["má", "mà", "mả", "mã", "mạ", "ma"]),
        ("Dual-use goods", ["dual-use", "goods"]),
        ("- dash -- and --- more -", ["dash", "and", "more"]),
        ("the party's and the workers' rights", ["the", "party", "and", "the", "workers", "rights"]),
        ("the party’s line", ["the", "party", "line"]),
        ("don't o’clock", ["don't", "o’clock"]),
        ("2026 12.5 1,000 3-4 covid-19 F-16 5g", ["covid-19", "f-16", "5g"]),
        ("snake_case a/b c.d", ["snake", "case", "a", "b", "c", "d"]),
        ("", []),
        (" \n\t…!?", []),
        ("ＦＵＬＬ ﬁne straße", ["ｆｕｌｌ", "ﬁne", "straße"]),
        ("Hà Nội: 15/3", ["hà", "nội"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_punctuation_and_numbers_are_breaks_but_line_ends_are_not() -> None:
    assert tokens("Bộ Quốc\nphòng, ngày 14/3: dual-use (F-16)") == [
        "bộ", "quốc", "phòng", BREAK, "ngày", BREAK, BREAK, BREAK, BREAK, "dual-use", BREAK, "f-16", BREAK,
    ]  # fmt: skip
    assert list(stretches([tokens("a b, c. 12 d")])) == [["a", "b"], ["c"], ["d"]]


def test_overlong_strings_are_no_words() -> None:
    assert words(f"{'a' * MAX_LENGTH} {'b' * (MAX_LENGTH + 1)}") == ["a" * MAX_LENGTH]


@given(st.text())
def test_words_are_lower_case_and_hold_a_letter(text: str) -> None:
    for word in words(unicodedata.normalize("NFC", text)):
        assert word == word.lower()
        assert any(char.isalpha() for char in word)
        assert not any(char.isspace() for char in word)


@given(st.text())
def test_words_of_nfc_text_are_nfc(text: str) -> None:
    """The vocabulary refuses anything else, so one strange letter must not stop a run."""
    assert all(unicodedata.is_normalized("NFC", word) for word in words(unicodedata.normalize("NFC", text)))


@pytest.mark.parametrize(
    ("phrases", "tokens", "expected"),
    [
        (["a b"], "x a b y", ["x", "a b", "y"]),
        (["a b", "a b c"], "a b c", ["a b c"]),
        (["a b", "a b c"], "a b d", ["a b", "d"]),
        (["b c", "a b"], "a b c", ["a b", "c"]),  # left to right
        (["a b c d", "b c"], "a b c e", ["a", "b c", "e"]),
        (["a a"], "a a a", ["a a", "a"]),
        (["a b"], "a", ["a"]),
        ([], "a b", ["a", "b"]),
    ],
)
def test_the_longest_phrase_at_each_place_is_joined(phrases: list[str], tokens: str, expected: list[str]) -> None:
    assert PhraseJoiner(tuple(phrase.split()) for phrase in phrases)(tokens.split()) == expected


def test_the_order_of_phrases_does_not_matter() -> None:
    phrases = [("a", "b"), ("a", "b", "c"), ("b", "c"), ("c", "d", "e")]
    assert PhraseJoiner(phrases).phrases == PhraseJoiner(reversed(phrases)).phrases
    assert PhraseJoiner(phrases)("a b c d e".split()) == PhraseJoiner(reversed(phrases))("a b c d e".split())


SENTENCES = [
    "chuyển đổi số của tỉnh và cứu hộ trên biển",
    "kế hoạch chuyển đổi số cho xã",
    "đội cứu hộ đến thôn",
    "the state of the art ship and the ministry of defence",
    "a plan by the ministry of defence and the navy",
    "white paper of the navy",
]


def learned(repeat: int = 12) -> frozenset[tuple[str, ...]]:
    filler = [[f"w{number}", f"v{number}"] for number in range(60)]
    stream = [words(sentence) for sentence in SENTENCES] * repeat + filler
    return learn_phrases(lambda: iter(stream), BOTH)


def test_phrases_never_begin_or_end_with_a_function_word() -> None:
    stop = BOTH.function_words
    assert {"the", "của", "và"} <= stop
    found = learned()
    assert found
    assert not [phrase for phrase in found if phrase[0] in stop or phrase[-1] in stop]
    assert all(2 <= len(phrase) <= MAX_WORDS for phrase in found)


@pytest.mark.parametrize("phrase", ["chuyển đổi", "chuyển đổi số", "cứu hộ", "white paper"])
def test_words_that_stand_together_become_phrases(phrase: str) -> None:
    assert tuple(phrase.split()) in learned()


def test_rare_pairs_are_no_phrases() -> None:
    assert not learned(repeat=2)


def test_words_that_meet_by_chance_are_no_phrase() -> None:
    stream = [[f"a{i}", f"b{j}"] for i in range(8) for j in range(8)] * 3
    assert not learn_phrases(lambda: iter(stream), BOTH)


SHIPS = Theme(
    "ships",
    {},
    {"en": ["landing craft", "Amphibious landing craft", "sail*", "under* way"], "vi": ["tàu đổ bộ", "công nghiệp quốc phòng"]},
)
SHORT = ["landing craft under way", "the amphibious landing craft sails", "thấy tàu đổ bộ ở đó"]


def fitted(texts: list[str], **options: object) -> Preparation:
    options = {"segmenter": "syllables", **options}
    corpus = corpus_from([make_document(f"{text} x{number}", language=detected(text)) for number, text in enumerate(texts)])
    config = PreprocessingConfig(max_df=1.0, **options)  # type: ignore[arg-type]
    return fit_preparation(corpus, config, EmbeddingConfig(), (SHIPS,), seed=1)


def detected(text: str) -> str:
    return "en" if text.isascii() else "vi"


@pytest.mark.parametrize("phrases", [True, False])
def test_theme_terms_stay_whole(phrases: bool) -> None:
    terms = fitted(SHORT * 2, phrases=phrases).vocabulary.terms
    assert {"landing craft", "amphibious landing craft", "tàu đổ bộ"} <= set(terms)
    assert not {"landing", "craft", "đổ"} & set(terms)


def test_theme_terms_stay_whole_where_a_learned_phrase_overlaps_them() -> None:
    goods = ["dệt", "thép", "điện", "gỗ", "giấy", "nhựa", "kính", "giày"]
    others = [
        f"Ngành công nghiệp {goods[n % 8]} ở {name}" for n, name in enumerate("huế vinh hạlong đà_lạt sapa mỹtho càmau pleiku".split() * 4)
    ]
    noise = [f"nước{n} sông{n} núi{n} đất{n} trời{n} mưa{n}" for n in range(60)]
    preparation = fitted([*others, *noise, "Ngành công nghiệp quốc phòng lớn", "Ngành công nghiệp quốc phòng mới"])
    assert ("ngành", "công", "nghiệp") in preparation.words.phrases, "the case needs this phrase"
    assert "công nghiệp quốc phòng" in preparation.terms(make_document("Ngành công nghiệp quốc phòng", language="vi"))


def test_wildcards_are_left_to_the_learned_phrases() -> None:
    assert {" ".join(phrase) for phrase in fitted(SHORT, phrases=False).words.whole} == {
        "landing craft", "amphibious landing craft", "tàu đổ bộ", "công nghiệp quốc phòng",
    }  # fmt: skip


def test_choices_and_sides_of_a_gap_stay_whole_one_by_one() -> None:
    theme = Theme("t", {}, {"en": ["(landing|patrol) craft", "merge ... city ward", "=IT law", "digit* x"]})
    corpus = corpus_from([make_document(f"{text} x{number}", language="en") for number, text in enumerate(SHORT)])
    config = PreprocessingConfig(max_df=1.0, segmenter="syllables", phrases=False)
    found = fit_preparation(corpus, config, EmbeddingConfig(), (theme,), seed=1)
    assert set(found.words.whole) == {("landing", "craft"), ("patrol", "craft"), ("city", "ward"), ("it", "law")}


@pytest.mark.parametrize("code", LANGUAGES)
def test_stop_words_are_nfc_lower_case_and_not_empty(code: str) -> None:
    found = LANGUAGES[code].stop_words()
    assert len(found) > 50
    assert all(word and unicodedata.is_normalized("NFC", word) and word == word.lower().strip() for word in found)
    assert LANGUAGES[code].stop_words_source
