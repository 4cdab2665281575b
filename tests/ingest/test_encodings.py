"""Bytes to text without guessing; text to the one normal form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.ingest.encodings import Undecodable, decode, normalise

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)  # surrogates included


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Việt Nam", "Việt Nam"),
        (unicodedata.normalize("NFD", "Tiếng Việt đổi mới ở Huế"), "Tiếng Việt đổi mới ở Huế"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("a\x00b\x07c\x85d\x7fe", "a b c d e"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\x0bb\x0cc", "a b c"),
        ("zero\u200bwidth\u200d\ufeff soft\u00adhyphen \u202eright\u202c", "zerowidth softhyphen right"),
        ("a\u00a0b", "a b"),
        ("x\ud800y\udfffz", "x\ufffdy\ufffdz"),
        ("", ""),
        ("e\u200b\u0301", "é"),
        ("\u212b \u2126", "Å Ω"),
        ("ﬁ ½ １", "ﬁ ½ １"),
    ],
)
def test_normalise(given_text: str, expected: str) -> None:
    assert normalise(given_text) == expected


@given(ANY_TEXT)
def test_normalise_is_idempotent_and_legal(raw: str) -> None:
    once = normalise(raw)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not {unicodedata.category(char) for char in once if char not in "\n\t"} & {"Cc", "Cs"}
    once.encode("utf-8")


@given(st.text(max_size=60))
def test_composed_and_decomposed_text_are_one(raw: str) -> None:
    assert normalise(unicodedata.normalize("NFD", raw)) == normalise(raw)


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
