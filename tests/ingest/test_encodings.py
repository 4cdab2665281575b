"""Bytes to text without guessing; text to the one normal form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.contracts import ReadOptions
from topics.ingest.encodings import Normalised, Undecodable, choose_decoder, normalise

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)  # surrogates included


def decode(data: bytes) -> str:
    return choose_decoder(data, ReadOptions()).decode(data)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Việt Nam", "Việt Nam"),
        (unicodedata.normalize("NFD", "Tiếng Việt đổi mới ở Huế"), "Tiếng Việt đổi mới ở Huế"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("a\x00b\x07c\x85d\x7fe", "a b c d e"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\x0bb\x0cc", "a b c"),
        ("zero\u200bwidth\u200d\ufeff soft\u00adhyphen \u202eright\u202c", "zerowidth softhyphen right"),
        ("a\u00a0b", "a b"),
        ("x\ud800y\udfffz", "x\ufffdy\ufffdz"),
        ("", ""),
        ("e\u200b\u0301", "é"),
        ("\u212b \u2126", "Å Ω"),
        ("ﬁ ½ １２ Ａｂ：", "ﬁ ½ 12 Ab："),
        ("\ud83d\ude80", "🚀"),
    ],
)
def test_normalise(given_text: str, expected: str) -> None:
    assert normalise(given_text).text == expected


@given(ANY_TEXT)
def test_normalise_is_idempotent_and_legal(raw: str) -> None:
    once = normalise(raw).text
    assert normalise(once).text == once
    assert unicodedata.is_normalized("NFC", once)
    assert not {unicodedata.category(char) for char in once if char not in "\n\t"} & {"Cc", "Cs"}
    once.encode("utf-8")


@given(st.text(max_size=60))
def test_composed_and_decomposed_text_are_one(raw: str) -> None:
    assert normalise(unicodedata.normalize("NFD", raw)).text == normalise(raw).text


@settings(max_examples=50)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=8), max_size=6))
def test_line_ends_do_not_matter(parts: list[str]) -> None:
    assert normalise("\r\n".join(parts)) == normalise("\n".join(parts)) == normalise("\r".join(parts))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60))
def test_decode_reads_back_utf8_and_marked_utf16(raw: str) -> None:
    assert decode(b"\xef\xbb\xbf" + raw.encode()) == raw
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert decode(mark + raw.encode(codec)) == raw


@given(st.binary(max_size=60))
def test_decode_returns_text_or_names_an_offset_inside(data: bytes) -> None:
    try:
        decode(data).encode()
    except Undecodable as problem:
        assert problem.code in {"encoding", "binary"}
        assert 0 <= problem.offset < max(1, len(data))
        assert problem.message
        assert problem.hint


@pytest.mark.parametrize(
    ("data", "offset"),
    [(b"ok\xff", 2), ("Huế".encode()[:-1], 2), ("ổ".encode() + b"\x80", 3), (b"\xef\xbb\xbfab\xc3", 5), (b"\xff\xfe\x00\xd8", 2)],
)
def test_an_invalid_byte_is_named_by_its_offset(data: bytes, offset: int) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(data)
    assert (caught.value.code, caught.value.offset) == ("encoding", offset)
    assert f"byte {offset}" in caught.value.message


def test_utf16_without_a_mark_is_not_taken_for_utf8() -> None:
    with pytest.raises(Undecodable):
        decode("The army met.".encode("utf-16-le"))  # every second byte is zero: binary, not text with blanks


def test_the_error_passes_through_a_context_manager() -> None:
    @contextmanager
    def reading() -> Iterator[None]:
        yield  # contextlib sets the traceback of what it passes on: a frozen exception cannot take it

    with pytest.raises(Undecodable), reading():
        decode(b"\xff")


@pytest.mark.parametrize(
    ("given_text", "note"),
    [
        (unicodedata.normalize("NFD", "Huế"), "not_nfc"),
        ("a\x00b", "control_characters"),
        ("a\x9fb", "control_characters"),
        ("a\u202eb", "bidi_controls"),
        ("a\u2066b", "bidi_controls"),
        ("a\u200bb", "invisible_characters"),
        ("a\u00adb", "invisible_characters"),
        ("a\u00a0b", "special_spaces"),
        ("a\u2028b", "line_separators"),
        ("a\ud800b", "lone_surrogates"),
        ("a\ufffdb", "replacement_characters"),
        ("ａｂ１", "full_width"),
        ("a" + "\u0301" * 9, "combining_marks"),
        ("font \ue001\ue002 hack", "private_characters"),
        ("un\u0378assigned", "private_characters"),
        ("the pаrty", "homoglyphs"),  # Cyrillic а
        ("Ηanoi", "homoglyphs"),  # Greek Η
        ("Tæng BÝ th­", "mojibake_suspected_tcvn3"),
    ],
)
def test_what_was_done_is_noted(given_text: str, note: str) -> None:
    assert note in normalise(given_text).notes


@pytest.mark.parametrize(
    "clean",
    [
        "",
        "The party's “new” plan – £5 – was called “off”…\n\tYes.",
        "Tiếng Việt đổi mới ở Huế, “hoà bình” • Đà Nẵng – 2026",
        "Пётр и Павел; Ελλάδα; 北京；5 μm, 3 kΩ, TNF-α",
        "a" + "\u0301" * 8 + " and 🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀",
    ],
)
def test_clean_text_stays_and_has_no_note(clean: str) -> None:
    composed = unicodedata.normalize("NFC", clean)
    assert normalise(composed).text == composed
    assert normalise(composed).notes == ()


def test_few_private_characters_are_no_note() -> None:
    assert normalise("\ue001" + "a" * 200).notes == ()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("letter", ["a", "ế", "\u0e01"])
def test_marks_are_capped_alike_in_every_form(letter: str, form: str) -> None:
    raw = unicodedata.normalize(form, "x" + letter + "\u0323\u0301\u0316" * 1500 + "y z")
    found = unicodedata.normalize("NFD", normalise(raw).text)
    assert sum(unicodedata.combining(char) > 0 for char in found) == 8
    assert found.endswith("y z")


MARKS = st.text(st.sampled_from("aế \u0301\u0323\u0316\u20dd\u200b"), max_size=40)


@given(MARKS)
def test_marks_are_capped_once(raw: str) -> None:
    once = normalise(raw).text
    assert normalise(once).text == once
    assert normalise(unicodedata.normalize("NFD", raw)).text == once


def test_bytes_are_replaced_only_when_asked_for_and_counted() -> None:
    data = "Bộ Quốc phòng họp".encode() + b"\xff." * 2
    with pytest.raises(Undecodable):
        choose_decoder(data, ReadOptions()).read(data)
    found = choose_decoder(data, ReadOptions(bad_bytes="replace")).read(data)
    assert found.text == "Bộ Quốc phòng họp\ufffd.\ufffd."
    assert found.replaced == 2
    assert found.notes == ("bad_bytes_replaced",)
    assert choose_decoder(data, ReadOptions(bad_bytes="replace")).read(b"clean").notes == ()


def test_text_in_another_encoding_is_not_replaced_away() -> None:
    data = "Прывітанне, як справы сёння".encode("cp1251")
    with pytest.raises(Undecodable, match="too many to replace"):
        choose_decoder(data, ReadOptions(bad_bytes="replace")).read(data)


def test_a_file_cut_in_a_character_says_where() -> None:
    with pytest.raises(Undecodable, match="truncated at byte 2"):
        decode("Huế".encode()[:-1])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_named_and_read_when_declared(encoding: str) -> None:
    data = "Bộ Quốc phòng họp về dự án.".encode(encoding)
    with pytest.raises(Undecodable) as caught:
        decode(data)
    assert encoding in caught.value.hint
    for declared in (encoding, "utf-16"):
        decoder = choose_decoder(data, ReadOptions(encoding=declared))
        assert decoder.decode(data) == "Bộ Quốc phòng họp về dự án."
        assert decoder.notes == ("encoding_utf-16",)


def test_an_unknown_encoding_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Undecodable, match="klingon") as caught:
        choose_decoder(b"a", ReadOptions(encoding="klingon"))
    assert "tcvn3" in caught.value.hint


LOST = "B? tr??ng B? Qu?c phòng cho bi?t hai c? quan ? mi?n B?c s? ???c sáp nh?p tr??c mùa m?a này."


@pytest.mark.parametrize("text", [LOST, LOST.replace("ò", "?").replace("á", "?").replace("ù", "?").replace("à", "?"), LOST.upper()])
def test_letters_lost_as_question_marks_are_noted_and_stay(text: str) -> None:
    assert normalise(text) == Normalised(text, ("letters_lost",))


@pytest.mark.parametrize(
    "text",
    [
        "Vì sao vậy?Tôi không biết.Thật à?Anh đi?Em về nhà?",
        "Is it so? it is? no? yes? Who? what? where?",
        "See https://a.vn/x?id=3 and /y?b=c and a.php?who=1 and mail?to@b.vn.",
        "Câu hỏi??? Ai??? Vì sao???",
        "qu?c s?p",
        LOST + " người dân cho biết như vậy" * 80,
    ],
)
def test_question_marks_that_are_none_of_lost_letters_are_no_note(text: str) -> None:
    assert normalise(text).notes == ()


def test_bytes_with_lost_letters_are_not_recognised_as_the_encoding_of_the_rest() -> None:
    data = LOST.encode("windows-1252")
    with pytest.raises(Undecodable) as caught:
        decode(data)
    assert "letters of its words were lost as '?'" in caught.value.message
    assert caught.value.offset == data.index("ò".encode("windows-1252"))
    declared = choose_decoder(data, ReadOptions(encoding="windows-1252"))
    assert declared.decode(data) == LOST


def test_many_nul_bytes_are_told_in_one_sentence() -> None:
    with pytest.raises(Undecodable) as caught:
        decode(bytes(5_000))
    assert caught.value.message == "many NUL bytes, as in UTF-16-LE without a byte-order mark"
