"""Text that was decoded wrongly upstream: named, repaired only on request, and clean text left alone."""

from __future__ import annotations

import unicodedata

import pytest

from tests.conftest import SAMPLE
from topics.ingest.encodings import normalise
from topics.ingest.encodings.charsets import CHARSETS, VIETNAMESE_SETS, Charset
from topics.ingest.encodings.tables import WINDOWS_1252, WINDOWS_1258

PLAIN = str.maketrans("“”–", '""-')  # VISCII has no typographic signs
ARTICLES = [path.read_text(encoding="utf-8").translate(PLAIN) for path in sorted(SAMPLE.glob("*/vi-*.txt"))][:30]
TITLE = "Tổng Bí thư gặp đồng bào tỉnh Hòa Bình"
BROWSER = "".join(chr(code) if char == "\ufffe" else char for code, char in enumerate(WINDOWS_1252))
BROWSER_1258 = "".join(chr(code) if char == "\ufffe" else char for code, char in enumerate(WINDOWS_1258))


def misread(data: bytes, table: str = BROWSER) -> str:
    return "".join(table[byte] for byte in data)


@pytest.mark.parametrize("charset", VIETNAMESE_SETS, ids=lambda charset: charset.name)
def test_an_old_encoding_read_as_windows_1252(charset: Charset) -> None:
    for text in (TITLE, *ARTICLES):
        wrong = misread(charset.encode(text))
        assert f"mojibake_suspected_{charset.name}" in normalise(wrong).notes
        assert normalise(wrong).text == normalise(normalise(wrong).text).text != text
        found = normalise(wrong, repair=True)
        assert f"mojibake_repaired_{charset.name}" in found.notes
        assert not [note for note in found.notes if "suspected" in note]
        if text == TITLE:
            assert found.text == text
        else:
            assert sum(a == b for a, b in zip(found.text.split(), text.split(), strict=True)) >= 0.99 * len(text.split())


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (misread(TITLE.encode()), "utf8"),
        (TITLE.encode().decode("latin-1"), "utf8"),
        (misread(misread(TITLE.encode()).encode()), "utf8"),
        (misread(TITLE.encode(), BROWSER_1258), "utf8_1258"),
    ],
)
def test_utf8_read_as_something_else(wrong: str, kind: str) -> None:
    assert f"mojibake_suspected_{kind}" in normalise(wrong).notes
    assert normalise(wrong, repair=True).text == TITLE
    assert f"mojibake_repaired_{kind}" in normalise(wrong, repair=True).notes


def test_english_with_signs_of_utf8_read_as_windows_1252() -> None:
    wrong = misread("The minister’s “plan” – a café".encode())
    assert "mojibake_suspected_utf8" in normalise(wrong).notes
    assert normalise(wrong, repair=True).text == "The minister’s “plan” – a café"


def test_a_wrong_paragraph_in_a_good_article_is_found_and_the_rest_stays() -> None:
    good = ARTICLES[0]
    found = normalise(good + "\n" + misread(CHARSETS["tcvn3"].encode(TITLE)) + "\n" + good, repair=True)
    assert found.text == good + "\n" + TITLE + "\n" + good


@pytest.mark.parametrize(
    "clean",
    [
        "“NHÀ ĐÃ… BÁN” và «CAFÉ» – QUÝ” – CÔ”",
        "Müller, Köln und Düsseldorf: „größere Schließungen“ wären frühestens im Frühjahr möglich – »SÄ« „Ä“",
        "«L’été à Besançon», où l’œuvre de François Noël a été jouée; ÉTÉ» À… Å” Ê…",
        "El señor Núñez y la señora Peña; São Paulo, Mbappé, Dvořák, Ødegård, Łódź, İstanbul, naïve",
        "5 µm, 20 °C, ½ × ¼ ± 3 m², © 2026 ® ™ §5 ¶2 «x» £5 ¥7",
        "Übermensch; Škoda; Þór; ðe; çok güzel; ÄÖÜ äöü ß",
        "Россия и Україна; Ελλάδα; 北京市; ไทย; 🚀🚀",
        *ARTICLES[:5],
        unicodedata.normalize("NFD", ARTICLES[0]),
    ],
)
def test_clean_text_raises_no_alarm_and_repair_changes_nothing(clean: str) -> None:
    assert not [note for note in normalise(clean).notes if "mojibake" in note]
    assert normalise(clean, repair=True).text == normalise(clean).text
