"""The tables of old encodings: each letter of the alphabet there and back, and what is not valid named by its byte."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.core.contracts import ReadOptions
from topics.ingest.encodings import Undecodable, choose_decoder
from topics.ingest.encodings.charsets import CHARSETS, TCVN3_SET, VIETNAMESE_SETS, VNI_SET, Charset
from topics.ingest.encodings.names import canonical

SMALL = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
CAPITALS = SMALL.upper()
BY_NAME = {"TCVN3": "tcvn3", "VISCII": "viscii", "CP1258": "windows-1258", "VNI-Windows": "vni"}
every_charset = pytest.mark.parametrize("charset", VIETNAMESE_SETS, ids=lambda charset: charset.name)


@every_charset
def test_the_alphabet_goes_there_and_back(charset: Charset) -> None:
    for text in (" ".join(SMALL), " ".join(CAPITALS), "Thủ tướng đã ký. NGHỊ QUYẾT, Ủy ban, Á hậu"):
        assert charset.decode(charset.encode(text)) == text


@every_charset
def test_two_letters_never_share_their_bytes(charset: Charset) -> None:
    assert len({charset.encode(char) for char in SMALL + CAPITALS}) == len(SMALL + CAPITALS)


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("tcvn3", b"T\xe6ng B\xdd th\xad", "Tổng Bí thư"),
        ("viscii", b"T\xb1ng B\xed th\xdf", "Tổng Bí thư"),
        ("vni", b"To\xe5ng B\xed th\xf6", "Tổng Bí thư"),
        ("windows-1258", b"T\xf4\xd2ng B\xed th\xfd", "Tổng Bí thư"),
        ("windows-1252", b"\x93caf\xe9\x94", "“café”"),
    ],
)
def test_known_bytes(name: str, data: bytes, text: str) -> None:
    assert CHARSETS[name].decode(data) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"T\xe6NG B\xdd TH\xad", "TỔNG BÍ THƯ"),  # .VnTimeH: capitals with the codes of small letters
        (b"B\xe9 TR\xadNG\nB\xe9 tr\xad\xeang", "BỘ TRƯNG\nBộ trường"),
        (b"\x93T\xe6ng\x94 \x96 th\xad\x85", "“Tổng” – thư…"),  # an ABC font on Windows
        (b"\x93\xe2\x94", "“õ”"),
        (b"T\x93 \x9a \x93 \x94", "TỎ Ỡ Ỏ Õ"),  # VN1: letters in an alphabet and in a syllable
    ],
)
def test_abc_fonts_go_beyond_the_standard(data: bytes, text: str) -> None:
    assert TCVN3_SET.decode(data) == text


@pytest.mark.parametrize(
    ("name", "data", "offset"),
    [
        ("windows-1258", b"\xd4i \x8a", 3),
        ("vni", b"Sa\xf9ng \xf9t", 6),  # a mark without its letter
        ("vni", b"a\xe2 \xd7", 3),
        ("windows-1252", b"ab\x81", 2),
    ],
)
def test_a_byte_that_means_nothing_is_named(name: str, data: bytes, offset: int) -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        CHARSETS[name].decode(data)
    assert caught.value.start == offset
    with pytest.raises(Undecodable) as refused:
        choose_decoder(data, ReadOptions(encoding=name)).decode(data, 100)
    assert refused.value.offset == 100 + offset
    assert f"byte {100 + offset} (0x{data[offset]:02x})" in refused.value.message
    assert "\ufffd" in CHARSETS[name].decode(data, "replace")


def test_a_letter_that_does_not_exist_is_not_encoded() -> None:
    with pytest.raises(UnicodeEncodeError):
        VNI_SET.encode("Привет")


@every_charset
@given(data=st.binary(max_size=40))
def test_any_bytes_become_text_or_name_a_byte(charset: Charset, data: bytes) -> None:
    try:
        charset.decode(data).encode()
    except UnicodeDecodeError as error:
        assert 0 <= error.start < len(data)


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("auto", "auto"),
        ("TCVN3", "tcvn3"),
        ("TCVN-5712", "tcvn3"),
        ("ABC", "tcvn3"),
        ("VNI-Windows", "vni"),
        ("cp1258", "windows-1258"),
        ("Latin-1", "windows-1252"),
        ("UTF8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("rot13", None),
        ("base64", None),
        ("punycode", None),
        ("klingon", None),
    ],
)
def test_the_names_of_encodings(declared: str, name: str | None) -> None:
    assert canonical(declared) == name


def test_every_vector_of_the_data_reads_back(data_dir: Path) -> None:
    n = 0
    for file in sorted((data_dir / "legacy_encodings").glob("*.jsonl.gz")):
        for row in map(json.loads, gzip.decompress(file.read_bytes()).splitlines()):
            if row["encoding"] in BY_NAME:
                data = bytes.fromhex(row["bytes_hex"])
                assert choose_decoder(data, ReadOptions(encoding=row["encoding"])).decode(data) == row["unicode"], row["id"]
                assert CHARSETS[BY_NAME[row["encoding"]]].encode(row["unicode"]) == data, row["id"]
                n += 1
    assert n >= 2 * len(BY_NAME)
