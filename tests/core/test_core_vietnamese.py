"""Which words are Vietnamese syllables, and one place for the tone mark."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.core.vietnamese import fold_tones, is_syllable

SYLLABLES = """
    tổng bí thư đã được nghiêng khuỷu khuya quốc quyết quý quỹ nguyên giếng giêng giữ gì gìn già yêu yến ý à ở ô hoà hòa thuỷ thủy
    khoẻ khỏe ngoằn ngoèo xoong huyện thuở uống ươm đường rượu buýt lịch sạch nghỉ ghế kỹ kĩ mỹ Đảng HUYỆN Ấn Ủy ÚY Ý
""".split()
NOT_SYLLABLES = """
    hÒa ðường strong für été naïve Müller Dvořák señor qúy hòan tat cac' nghoa cê kă ngê ghà tìc bôch quôm zà fà wá jà Tæng thử5
    đươc tôt bíthư xúât HĐND ôtô
""".split()


@pytest.mark.parametrize("word", SYLLABLES)
def test_a_syllable_is_one_in_small_capital_and_title_letters(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(word.lower())
    assert is_syllable(word.upper())
    assert is_syllable(word.lower().capitalize())


@pytest.mark.parametrize("word", NOT_SYLLABLES)
def test_other_words_are_none(word: str) -> None:
    assert not is_syllable(word)


def test_a_stopped_syllable_has_sac_or_nang_only() -> None:
    assert [tone for tone in "aàảãáạ" if is_syllable(f"c{tone}t")] == ["á", "ạ"]


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("hoà bình", "hòa bình"),
        ("Hoà HOÀ hoà", "Hòa HÒA hòa"),
        ("uý Uý ÚY thuỷ khoẻ", "úy Úy ÚY thủy khỏe"),
        ("quý QUÝ Quỳ quỹ", "quý QUÝ Quỳ quỹ"),
        ("hoàn hoạch loát nguyễn huýt oái", "hoàn hoạch loát nguyễn huýt oái"),
        ("xoá,hoá/toà-án loà.", "xóa,hóa/tòa-án lòa."),
        ("sân_toà_án", "sân_tòa_án"),
        ("The Zoé brand, Citroën, xyzhoà", "The Zoé brand, Citroën, xyzhoà"),
        ("", ""),
    ],
)
def test_the_mark_stands_on_the_first_vowel_of_an_open_rhyme(given_text: str, expected: str) -> None:
    assert fold_tones(given_text) == expected


@given(st.text(st.sampled_from("hqgn oOuUaày ýỳÝeèÈ_5đ.") | st.characters(exclude_categories=["Cs"]), max_size=40))
def test_folding_keeps_every_offset_and_settles_at_once(text: str) -> None:
    once = fold_tones(text)
    assert len(once) == len(text)
    assert fold_tones(once) == once
    assert unicodedata.normalize("NFD", once).translate(_NO_MARKS) == unicodedata.normalize("NFD", text).translate(_NO_MARKS)


_NO_MARKS = dict.fromkeys((768, 769, 771, 777, 803))


@given(st.text(st.characters(max_codepoint=0x7F), max_size=60))
def test_folding_leaves_ascii_alone(text: str) -> None:
    assert fold_tones(text) == text
