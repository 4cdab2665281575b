"""Rows 1-20: encodings and characters."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable

from catalogue.rows import ARTICLE, BAI_BAO, Found, Row
from topics.core.themes import Theme
from topics.ingest.encodings.charsets import CHARSETS
from topics.themes.matching import ThemeMatcher

LONG = (
    "Sáng thứ Hai, Bộ Quốc phòng tổ chức hội nghị tổng kết công tác huấn luyện tại Hà Nội. Theo báo cáo, các đơn vị đã hoàn thành kế hoạch "
    "trước thời hạn, nhiều cách làm hay được nhân rộng. Hội nghị cũng chỉ ra một số hạn chế cần khắc phục trong năm tới."
)
ENGLISH = "The minister’s office said that “no decision” had been taken, and that it would not be taken before the end of the year."
LOST = "B? tr??ng B? Qu?c phòng cho bi?t hai c? quan ? mi?n B?c s? ???c sáp nh?p tr??c mùa m?a này."
CUT = BAI_BAO.encode()[: BAI_BAO.encode().index("ộ".encode()) + 2]


def misread(data: bytes) -> bytes:
    """UTF-8 of what a program makes of bytes that it takes for windows-1252."""
    return b"".join(
        (bytes([byte]).decode("cp1252", "replace") if byte not in b"\x81\x8d\x8f\x90\x9d" else chr(byte)).encode() for byte in data
    )


def reads(*texts: str) -> Callable[[Found], None]:
    """Check that the documents hold these texts."""

    def check(found: Found) -> None:
        assert {document.text.strip() for document in found.documents} == set(texts)

    return check


def says(*parts: str) -> Callable[[Found], None]:
    """Check that a message or hint of the quarantine holds the parts."""

    def check(found: Found) -> None:
        told = " ".join(f"{item.message} {item.hint}" for item in found.report.quarantined)
        assert all(part in told for part in parts), told

    return check


def _legacy(name: str) -> tuple[Row, ...]:
    number = 6 if name == "windows-1258" else 7
    charset = CHARSETS[name]
    data = charset.encode(LONG)
    return (
        Row(
            number,
            f"{charset.title}, enough text",
            "Recognised by its share of valid syllables; read, NFC, noted.",
            {"a.txt": data},
            accepted=1,
            notes=(f"encoding_{name}", "encoding_guessed"),
            also=reads(LONG),
        ),
        Row(
            number,
            f"{charset.title}, declared",
            "Read as declared, however short; noted.",
            {"a.txt": charset.encode("Bộ họp.")},
            accepted=1,
            notes=(f"encoding_{name}",),
            source={"encoding": name},
            also=reads("Bộ họp."),
        ),
        Row(
            number,
            f"{charset.title}, too short to be sure",
            "Quarantined; the message names the likely encoding and how to declare it.",
            {"a.txt": charset.encode("Bộ đã họp.")},
            quarantined=("encoding",),
            also=says(f'encoding = "{name}"'),
        ),
    )


def _same_corpus(found: Found) -> None:
    (text,) = {document.text for document in found.documents}
    assert text == BAI_BAO


def _both_placements(found: Found) -> None:
    for term in ("hòa bình", "hoà bình"):
        matcher = ThemeMatcher(Theme("peace", {"en": "Peace"}, {"vi": [term]}))
        for document in found.documents:
            assert len(matcher.spans(document.text, "vi")) == 1


def _line(text: str) -> bytes:
    return json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n"


def _marks(found: Found) -> None:
    assert sum(unicodedata.combining(char) > 0 for char in unicodedata.normalize("NFD", found.documents[0].text.rsplit(" ", 1)[1])) == 8


ROWS = (
    Row(
        1,
        "UTF-8 with a byte-order mark",
        "Read; the mark is dropped.",
        {"a.txt": b"\xef\xbb\xbf" + BAI_BAO.encode()},
        accepted=1,
        also=reads(BAI_BAO),
    ),
    *(
        Row(
            2,
            f"{codec.upper()} with a byte-order mark",
            "Read; the encoding is noted.",
            {"a.txt": ("\ufeff" + BAI_BAO).encode(codec)},
            accepted=1,
            notes=("encoding_utf-16",),
            also=reads(BAI_BAO),
        )
        for codec in ("utf-16-le", "utf-16-be")
    ),
    Row(
        2,
        "UTF-16 lines of JSON",
        "Cut at their lines and read; the encoding is noted.",
        {"a.jsonl": (_line(BAI_BAO) + _line(LONG)).decode().encode("utf-16")},
        accepted=2,
        notes=("encoding_utf-16",),
    ),
    *(
        row
        for codec in ("utf-16-le", "utf-16-be")
        for row in (
            Row(
                3,
                f"{codec.upper()} without a mark",
                "Quarantined; the message names it.",
                {"a.txt": BAI_BAO.encode(codec)},
                quarantined=("encoding",),
                also=says(f'encoding = "{codec}"'),
            ),
            Row(
                3,
                f"{codec.upper()} without a mark, declared",
                "Read as declared.",
                {"a.txt": BAI_BAO.encode(codec)},
                accepted=1,
                notes=("encoding_utf-16",),
                source={"encoding": "utf-16"},
                also=reads(BAI_BAO),
            ),
        )
    ),
    Row(
        4,
        "one invalid byte in a UTF-8 file",
        "Quarantined with the byte's offset.",
        {"a.txt": ARTICLE.encode() + b"\xff"},
        quarantined=("encoding",),
        also=says(f"byte {len(ARTICLE)} (0xff)"),
    ),
    Row(
        4,
        "one invalid byte, to be replaced",
        "Read with U+FFFD in its place; noted and counted.",
        {"a.txt": BAI_BAO.encode() + b"\xff"},
        accepted=1,
        notes=("bad_bytes_replaced",),
        source={"bad_bytes": "replace"},
        also=reads(BAI_BAO + "\ufffd"),
    ),
    Row(
        4,
        "another alphabet, bad bytes to be replaced",
        "Quarantined: most characters would be lost.",
        {"a.txt": "Прывітанне, як справы".encode("cp1251")},
        quarantined=("encoding",),
        source={"bad_bytes": "replace"},
    ),
    Row(
        5,
        "a file cut in the middle of a character",
        "Quarantined: truncated, with the byte.",
        {"a.txt": CUT},
        quarantined=("encoding",),
        also=says(f"truncated at byte {len(CUT) - 2}"),
    ),
    Row(
        5,
        "the same, bad bytes to be replaced",
        "Read with U+FFFD at its end.",
        {"a.txt": LONG.encode() + b"\xe1\xbb"},
        accepted=1,
        notes=("bad_bytes_replaced",),
        source={"bad_bytes": "replace"},
    ),
    *(row for name in ("windows-1258", "tcvn3", "vni", "viscii") for row in _legacy(name)),
    Row(
        6,
        "windows-1252, English with typographic signs",
        "Recognised; read and noted.",
        {"a.txt": ENGLISH.encode("cp1252")},
        accepted=1,
        notes=("encoding_windows-1252", "encoding_guessed"),
        also=reads(ENGLISH),
    ),
    Row(
        7,
        "TCVN3 with a heading in a capitals font (.VnTimeH)",
        "Read; the heading is in capitals.",
        {"a.txt": b"B\xe9 QU\xe8C PH\xdfNG\n" + CHARSETS["tcvn3"].encode(LONG)},
        accepted=1,
        also=reads("BỘ QUỐC PHÒNG\n" + LONG),
    ),
    *(
        row
        for name in ("tcvn3", "vni")
        for row in (
            Row(
                8,
                f"UTF-8 that holds {name.upper()} read as windows-1252",
                "Noted, not changed.",
                {"a.txt": misread(CHARSETS[name].encode(LONG))},
                accepted=1,
                notes=(f"mojibake_suspected_{name}",),
            ),
            Row(
                8,
                f"the same in {name.upper()}, repair asked for",
                "Read again; noted.",
                {"a.txt": misread(CHARSETS[name].encode(LONG))},
                accepted=1,
                notes=(f"mojibake_repaired_{name}",),
                source={"repair": True},
                also=reads(LONG),
            ),
        )
    ),
    Row(9, "UTF-8 encoded twice", "Noted, not changed.", {"a.txt": misread(LONG.encode())}, accepted=1, notes=("mojibake_suspected_utf8",)),
    Row(
        9,
        "UTF-8 encoded twice, repair asked for",
        "Read again; noted.",
        {"a.txt": misread(LONG.encode())},
        accepted=1,
        notes=("mojibake_repaired_utf8",),
        source={"repair": True},
        also=reads(LONG),
    ),
    Row(
        9,
        "letters lost as `?` where a text was saved without them",
        "Kept as it is; noted: nothing brings the letters back.",
        {"a.txt": LOST.encode()},
        accepted=1,
        notes=("letters_lost",),
        also=reads(LOST),
    ),
    Row(
        9,
        "the same in windows-1252",
        "Quarantined: what is left fits several encodings, but the words fit none.",
        {"a.txt": LOST.encode("windows-1252")},
        quarantined=("encoding",),
        also=says("were lost as '?'"),
    ),
    Row(
        10,
        "decomposed Vietnamese (NFD)",
        "NFC; noted; the same document as from NFC.",
        {"a.txt": unicodedata.normalize("NFD", BAI_BAO).encode(), "b.jsonl": _line(BAI_BAO + " ")},
        accepted=2,
        notes=("not_nfc",),
    ),
    Row(
        10,
        "the same text in NFC and NFD",
        "One document; the other is an exact repeat.",
        {"paper/a.txt": BAI_BAO.encode(), "paper/b.txt": unicodedata.normalize("NFD", BAI_BAO).encode()},
        accepted=1,
        also=_same_corpus,
    ),
    Row(
        11,
        "hoà bình and hòa bình",
        "The text stays; one term finds both, whichever way it is written.",
        {"a.txt": f"{BAI_BAO} Vì hoà bình.".encode(), "b.txt": f"{BAI_BAO} Vì hòa bình.".encode()},
        accepted=2,
        also=_both_placements,
    ),
    Row(
        13,
        "half a surrogate pair in JSON",
        "U+FFFD; noted. A pair is a character.",
        {"a.jsonl": b'{"text": "' + BAI_BAO.encode() + b' \\ud83d."}\n{"text": "' + LONG.encode() + b' \\ud83d\\ude80"}\n'},
        accepted=2,
        notes=("lone_surrogates",),
        also=reads(f"{BAI_BAO} \ufffd.", f"{LONG} 🚀"),
    ),
    Row(
        13,
        "bytes of half a surrogate pair",
        "Quarantined: they are no UTF-8.",
        {"a.txt": BAI_BAO.encode() + b"\xed\xa0\xbd"},
        quarantined=("encoding",),
    ),
    Row(
        14,
        "NUL and other control characters",
        "Blanked; noted.",
        {"a.txt": (BAI_BAO + "\x00\x07\x9f.").encode()},
        accepted=1,
        notes=("control_characters",),
        also=reads(BAI_BAO + "   ."),
    ),
    Row(
        15,
        "zero-width characters, soft hyphens",
        "Removed; noted.",
        {"a.txt": BAI_BAO.replace(" ", "\u200b ").replace("q", "\u00adq").encode()},
        accepted=1,
        notes=("invisible_characters",),
        also=reads(BAI_BAO),
    ),
    Row(
        15,
        "no-break spaces",
        "Plain spaces; noted.",
        {"a.txt": BAI_BAO.replace(" ", "\u00a0").encode()},
        accepted=1,
        notes=("special_spaces",),
        also=reads(BAI_BAO),
    ),
    Row(
        15,
        "a bidi override",
        "Removed; noted under its own code.",
        {"a.txt": f"\u202e{ARTICLE}\u202c".encode()},
        accepted=1,
        notes=("bidi_controls",),
        also=reads(ARTICLE),
    ),
    Row(
        16,
        "private-use characters of a font",
        "Kept; noted above 1 %.",
        {"a.txt": (BAI_BAO + "\ue001\ue002\ue003").encode()},
        accepted=1,
        notes=("private_characters",),
        also=reads(BAI_BAO + "\ue001\ue002\ue003"),
    ),
    Row(
        17,
        "records of several encodings in one file",
        "Each read by itself; those that fit nothing are quarantined.",
        {"a.jsonl": _line(BAI_BAO) + _line(LONG) + CHARSETS["tcvn3"].encode('{"text": "Bộ họp."}\n') + _line(ARTICLE)},
        accepted=3,
        quarantined=("encoding",),
    ),
    Row(
        18,
        "a wrong encoding declared",
        "That file is quarantined with the offset; the others are read.",
        {"a.txt": BAI_BAO.encode(), "b.txt": b"na\xefve caf\xe9 \x81"},
        accepted=1,
        quarantined=("encoding",),
        source={"encoding": "windows-1252"},
        also=says("byte 11 (0x81)"),
    ),
    Row(
        19,
        "5,000 combining marks on a letter",
        "At most 8 stay; noted.",
        {"a.txt": (BAI_BAO + " a" + "\u0301\u0316" * 2500).encode()},
        accepted=1,
        notes=("combining_marks",),
        also=_marks,
    ),
    Row(
        20,
        "full-width letters and digits",
        "Plain ones; noted.",
        {"a.txt": f"{BAI_BAO} ＡＳＥＡＮ ２０２６".encode()},
        accepted=1,
        notes=("full_width",),
        also=reads(f"{BAI_BAO} ASEAN 2026"),
    ),
    Row(
        20,
        "a Cyrillic letter in a Latin word",
        "Kept; noted.",
        {"a.txt": ARTICLE.replace("a", "а", 1).encode()},
        accepted=1,
        notes=("homoglyphs",),
    ),
)
