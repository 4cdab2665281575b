"""Rows 12, 74, 75: languages."""

from __future__ import annotations

import unicodedata

from catalogue.rows import ARTICLE, BAI_BAO, Found, Row

PLAIN = "".join(c for c in unicodedata.normalize("NFD", BAI_BAO) if not unicodedata.combining(c)).replace("đ", "d").replace("Đ", "D")
FRENCH = "Le ministre a dit que les deux agences du nord du pays seront réunies avant la fin de la saison, selon un communiqué."
RUSSIAN = "Министр заявил, что два ведомства на севере страны будут объединены до конца сухого сезона."
CHINESE = "部长表示，该国北部的两个机构将在旱季结束前合并。"


def _languages(*expected: str) -> object:
    def check(found: Found) -> None:
        assert sorted(document.info.language for document in found.documents) == sorted(expected)

    return check


def _mixed(found: Found) -> None:
    info = found.documents[0].info
    assert info.language == "mixed"
    assert {code for code, _ in info.language_shares} == {"en", "vi"}
    assert abs(sum(share for _, share in info.language_shares) - 1) < 1e-9


ROWS = (
    Row(
        12,
        "Vietnamese without diacritics",
        "Accepted as the language vi-nodia with a note, also where the source says vi; its words stay out of the vocabulary by default.",
        {"a.txt": PLAIN.encode(), "b.txt": BAI_BAO.encode()},
        accepted=2,
        notes=("vi_without_diacritics",),
        source={"language": "vi"},
        also=_languages("vi", "vi-nodia"),  # type: ignore[arg-type]
    ),
    Row(
        74,
        "an article half in English, half in Vietnamese",
        "Each sentence is decided by itself; the shares by words are stored, the document is called mixed.",
        {"a.txt": f"{ARTICLE} {BAI_BAO}".encode()},
        accepted=1,
        notes=("mixed_languages",),
        also=_mixed,
    ),
    Row(
        75,
        "articles in French, Russian and Chinese",
        "Accepted as the language other with a note, kept apart; never counted for an installed language.",
        {"a.txt": FRENCH.encode(), "b.txt": RUSSIAN.encode(), "c.txt": CHINESE.encode()},
        accepted=3,
        notes=("other_language",),
        also=_languages("other", "other", "other"),  # type: ignore[arg-type]
    ),
)
