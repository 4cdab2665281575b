"""Encodings of files that do not say theirs: recognised where it is clear, else refused; UTF-8 is never taken for anything else."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SAMPLE
from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.ingest.encodings import Decoder, Undecodable, choose_decoder
from topics.ingest.encodings.charsets import CHARSETS, VIETNAMESE_SETS, Charset
from topics.ingest.readers.jsonl import READER as JSONL

AUTO = ReadOptions()
PLAIN = str.maketrans("“”–", '""-')  # VISCII has no typographic signs
ARTICLES = [path.read_text(encoding="utf-8").translate(PLAIN) for path in sorted(SAMPLE.glob("*/vi-*.txt"))]
ENGLISH = (
    "The minister’s office said on Monday that “no decision” had been taken about the merger of the two agencies – and that it "
    "would not be taken before the end of the year. It’s the third time that the plan has been put off…"
)
GERMAN = (
    "Der Minister erklärte am Montag, über die Zusammenlegung der beiden Behörden sei noch nicht entschieden. Für die "
    "Beschäftigten ändere sich vorläufig nichts; größere Schließungen wären frühestens im Frühjahr möglich, hieß es in Köln."
)
FRENCH = (
    "Le ministre a déclaré lundi que la fusion des deux agences n’était pas décidée. Là où le personnel a été prévenu, à "
    "Besançon et à Nîmes, les élus ont répété qu’aucune fermeture n’aurait lieu avant l’été; le préfet a reçu les délégués très tôt."
)
POLISH = "Minister powiedział w poniedziałek, że decyzja o połączeniu urzędów jeszcze nie zapadła. Związki żądają gwarancji."
RUSSIAN = "Министр заявил в понедельник, что решение о слиянии ведомств пока не принято, и что оно будет вынесено до конца года."
every_charset = pytest.mark.parametrize("charset", VIETNAMESE_SETS, ids=lambda charset: charset.name)


def recognised(data: bytes) -> str:
    """The encoding that was chosen, or nothing where the bytes were refused."""
    try:
        decoder = choose_decoder(data, AUTO)
        decoder.decode(data)
    except Undecodable:
        return ""
    return decoder.encoding


@every_charset
def test_articles_are_recognised_and_read_exactly(charset: Charset) -> None:
    right = 0
    for article in ARTICLES:
        data = charset.encode(article)
        decoder = choose_decoder(data, AUTO)
        found = decoder.read(data)
        right += decoder.encoding == charset.name and found.text == article
        assert found.notes[:2] == (f"encoding_{charset.name}", "encoding_guessed")
        assert decoder.ranking is not None
        score = int(100 * decoder.ranking.best[1].share)
        assert score > 90
        assert found.notes[2].startswith(f"encoding_score_{charset.name}_{score}_")
    assert len(ARTICLES) > 100
    assert right >= 0.99 * len(ARTICLES)


@every_charset
def test_short_texts_are_recognised_or_refused_never_misread(charset: Charset) -> None:
    pieces = [article[start : start + 100] for article in ARTICLES for start in (0, 200, 400) if len(article) > start + 100]
    found = [recognised(charset.encode(piece)) for piece in pieces]
    assert set(found) <= {charset.name, ""}
    assert found.count(charset.name) >= 0.97 * len(found)


def test_utf8_stays_utf8_whole_cut_or_damaged() -> None:
    for article in ARTICLES:
        data = article.encode()
        assert recognised(data) == "utf-8"
        for at in (len(data) // 3, len(data) // 2):
            assert recognised(data[:at] + b"\xff" + data[at:]) == ""
            assert recognised(data[:at]) in {"", "utf-8"}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), st.sampled_from(sorted({*CHARSETS} - {"viscii"})))
def test_a_utf8_record_is_read_as_utf8_in_any_file(text: str, encoding: str) -> None:
    if not text.isascii():
        assert Decoder(encoding).decode(text.encode(), 9) == text


def test_a_word_of_viscii_that_is_utf8_by_chance() -> None:
    data = CHARSETS["viscii"].encode("Đất")
    assert data.decode() != "Đất"
    assert Decoder("viscii").decode(data) == "Đất"
    assert Decoder("viscii").decode("Đất Ελλάδα".encode()) == "Đất Ελλάδα"


def test_english_with_typographic_signs_is_windows_1252() -> None:
    data = ENGLISH.encode("cp1252")
    decoder = choose_decoder(data, AUTO)
    assert decoder.read(data).text == ENGLISH
    assert decoder.notes[:2] == ("encoding_windows-1252", "encoding_guessed")
    with_sterling = "It cost the city £5m and the state £7m, and that was all it had for the year.".encode("cp1252")
    assert recognised(with_sterling) == "windows-1252"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (GERMAN, "cp1252"),
        (GERMAN, "mac_roman"),
        (FRENCH, "cp1252"),
        (FRENCH, "mac_roman"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859_2"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (ENGLISH, "mac_roman"),
        ("部长星期一表示，两个机构合并的决定尚未作出。", "gbk"),
        ("大臣は月曜日、二つの機関の統合はまだ決まっていないと述べた。", "shift_jis"),
    ],
)
def test_other_languages_are_refused_and_the_message_says_how_to_declare(text: str, codec: str) -> None:
    data = text.encode(codec, "ignore")
    assert recognised(data) == ""
    decoder = choose_decoder(data, AUTO)
    with pytest.raises(Undecodable) as caught:
        decoder.decode(data)
    assert "is not valid UTF-8" in caught.value.message
    assert caught.value.hint
    expected = CHARSETS["windows-1252"].decode(data) if codec == "cp1252" else data.decode(codec)
    assert choose_decoder(data, ReadOptions(encoding=codec)).decode(data) == expected


def test_too_little_text_is_refused_and_the_likely_encoding_named() -> None:
    data = CHARSETS["tcvn3"].encode("Bí thư họp")
    with pytest.raises(Undecodable) as caught:
        choose_decoder(data, AUTO).decode(data)
    assert "TCVN3" in caught.value.message
    assert 'encoding = "tcvn3"' in caught.value.hint
    assert choose_decoder(data, ReadOptions(encoding="tcvn3")).decode(data) == "Bí thư họp"


def lines(texts: list[bytes]) -> bytes:
    return b"".join(b'{"text": "' + text + b'"}\n' for text in texts)


def read(data: bytes, options: ReadOptions = AUTO) -> list[RawRecord | Rejected]:
    return list(JSONL.read(io.BytesIO(data), "a.jsonl", options))


@every_charset
def test_records_of_a_file_in_mixed_encodings_are_read_or_refused_one_by_one(charset: Charset) -> None:
    texts = [article[:300].replace("\n", " ").replace('"', "") for article in ARTICLES[:20]]
    other = VIETNAMESE_SETS[(VIETNAMESE_SETS.index(charset) + 1) % len(VIETNAMESE_SETS)]
    data = [charset.encode(text) for text in texts]
    found = read(lines([*data, texts[0].encode(), b"plain ASCII", other.encode(texts[1])]))
    good = [item for item in found if isinstance(item, RawRecord)]
    assert [item.text for item in good] == [*texts, texts[0], "plain ASCII"]
    assert [item.notes[:2] for item in good] == [(f"encoding_{charset.name}", "encoding_guessed")] * 20 + [(), ()]
    (bad,) = (item for item in found if isinstance(item, Rejected))
    assert (bad.code, bad.record) == ("encoding", 23)
    assert CHARSETS[charset.name].title in bad.message or "is not valid" in bad.message


def test_a_file_that_begins_in_ascii_and_goes_on_otherwise() -> None:
    start = lines([b"nothing but ASCII, line after line"] * 40_000)
    assert len(start) > 1 << 20
    found = read(start + lines(["Bộ Quốc phòng".encode(), CHARSETS["tcvn3"].encode(ARTICLES[0][:60].split("\n")[0])]))
    assert isinstance(found[-2], RawRecord)
    assert found[-2].text == "Bộ Quốc phòng"
    assert isinstance(found[-1], Rejected)
    assert found[-1].byte_start > len(start)
    declared = read(start + lines([CHARSETS["tcvn3"].encode("Bộ Quốc phòng")]), ReadOptions(encoding="tcvn3"))
    assert isinstance(declared[-1], RawRecord)
    assert (declared[-1].text, declared[-1].notes) == ("Bộ Quốc phòng", ("encoding_tcvn3",))
    assert declared[0].notes == ()  # type: ignore[union-attr]


@pytest.mark.parametrize("mark", ["utf-16", "utf-32"])
def test_records_in_utf16_are_cut_at_their_lines(mark: str) -> None:
    text = "".join(json.dumps({"text": article}, ensure_ascii=False) + "\n" for article in ARTICLES[:5])
    found = read(text.encode(mark))
    assert [item.text for item in found if isinstance(item, RawRecord)] == ARTICLES[:5]
    assert all(item.notes == (f"encoding_{mark}",) for item in found if isinstance(item, RawRecord))


def test_a_broken_half_in_utf16_costs_its_record_only() -> None:
    rows = [json.dumps({"text": f"line {n}"}).encode("utf-16-le") for n in range(3)]
    rows[1] = rows[1].replace(b"1\x00", b"\x00\xd8")
    found = read(b"\xff\xfe" + b"\n\x00".join(rows) + b"\n")
    assert [type(item) for item in found] == [RawRecord, Rejected, Rejected]  # the last line lacks its last byte
    found = read(b"\xff\xfe" + b"\n\x00".join(rows))
    assert [type(item) for item in found] == [RawRecord, Rejected, RawRecord]


@given(st.binary(max_size=80), st.sampled_from(["auto", "tcvn3", "vni", "viscii", "windows-1258", "utf-16", "gb18030", "iso2022_jp"]))
def test_any_bytes_are_read_or_refused(data: bytes, encoding: str) -> None:
    for mode in ("quarantine", "replace"):
        options = ReadOptions(encoding=encoding, bad_bytes=mode)  # type: ignore[arg-type]
        try:
            choose_decoder(data, options).read(data).text.encode()
        except Undecodable as problem:
            assert 0 <= problem.offset <= len(data)
