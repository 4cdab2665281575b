"""Rows 69-80: what stands in texts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from catalogue.rows import ARTICLE, BAI_BAO, Found, Row
from tests.conftest import corpus_from, make_document
from topics.core.masking import mask
from topics.preprocessing.prepare import EmbeddingConfig, PreprocessingConfig, fit_preparation
from topics.tables import render_csv

HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) {{7*7}} ${7*7}"
LONG = "The minister spoke of " + "x" * 10_000_000
WRAPPED = (
    "The ministry said that the two agencies in the north of the\ncountry would be merged before the end of the dry season, and\n"
    "that the staff of both would keep their posts in the new house\nthat is being built beside the river. The agencies have shared\n"
    "one canteen since the flood, so that the people who work there\nknow each other well, and nobody expects that the merger will\n"
    "change much for those who come to them with their papers.\n"
)
LIKE_CREDITS = (
    f"Video: A train leaves Vinh\nThứ Năm 14/1, đoàn ra thăm đảo.\n{BAI_BAO}\n{ARTICLE}\nSaturday, March 8 saw the fleet leave.\n"
    f"{ARTICLE}\nThree teams took part in the games.\nViet Nam\nSouth Korea\nNew Zealand\n"
)
HYPHENATED = (
    f"{ARTICLE}\nThe staff of the two agen-\ncies in the north have a well-\nknown canteen, which is well known.\n"
    "The staff mem-\nbers of both like it.\n"
)
STUFFING = "This is the stuffed paragraph that someone pasted a thousand times to be found by machines.\n"
WITH_CREDITS = f"Two agencies merge\n    |\nSoldiers at the river. Photo: VNA\n{BAI_BAO}\n{BAI_BAO} (Photo: VNA)\n{BAI_BAO}./.\nSơn Hà\n"


def _jsonl(*rows: dict[str, str]) -> dict[str, bytes]:
    return {"a.jsonl": "".join(json.dumps(row) + "\n" for row in rows).encode()}


def _harmless(found: Found) -> None:
    text = found.documents[0].text
    assert "<script" not in text
    assert "{{7*7}} ${7*7}" in text


def _cells(folder: Path) -> None:
    titles = ["=HYPERLINK(1)", "@SUM(A1)", "+1", "\t=1", "-2+3", "＝1"]
    lines = render_csv(("title",), [(title,) for title in titles]).splitlines()[1:]
    assert all(line.lstrip('"').startswith("'") for line in lines)


def _plain_title(found: Found) -> None:
    assert found.documents[0].info.title == "[31mRed [0m  alert"


def _no_terms(folder: Path) -> None:
    texts = [f"Bridge {word} river flood rescue boats" for word in ("north", "south", "north", "south", "east", "east")]
    corpus = corpus_from([make_document(text, source=str(n)) for n, text in enumerate(texts)])
    fitted = fit_preparation(corpus, PreprocessingConfig(min_df=1, max_df=1.0), EmbeddingConfig(), (), seed=1)
    prepared = fitted.apply(corpus_from([make_document("and the of it was"), make_document("unheard zebra", source="z")]))
    assert prepared.dtm.counts.sum() == 0
    assert not np.asarray(prepared.embeddings.vectors).any() if prepared.embeddings else True


def _stuffed(found: Found) -> None:
    (document,) = found.documents
    assert document.kept().count("stuffed paragraph") == 1
    assert dict(found.report.removed) == {"repeated_line": 999}
    assert document.info.n_tokens < 40


def _cleaned(found: Found) -> None:
    (document,) = found.documents
    kept = document.kept()
    assert [word for word in ("Photo", "VNA", "./.", "|", "Sơn Hà") if word in kept] == []
    restored = "".join(
        kept[at] if not any(span.start <= at < span.end for span in document.removed) else document.text[at] for at in range(len(kept))
    )
    assert restored == document.text


def _untouched(found: Found) -> None:
    assert found.documents[0].removed == ()


def _unwrapped(found: Found) -> None:
    assert found.documents[0].text == WRAPPED.rstrip("\n").replace("\n", " ") + "\n"


def _whole(found: Found) -> None:
    for document in found.documents:
        assert document.text.rstrip() == (found.folder / document.info.file).read_text(encoding="utf-8").rstrip()


def _joined(found: Found) -> None:
    text = found.documents[0].text
    assert "the two agencies in" in text
    assert "a well-\nknown" in text
    assert "staff mem-\nbers" in text, "no other place shows the whole word"


def _masked(folder: Path) -> None:
    text = "Call 0912 345 678 or write to lan@bao.vn before 14/01/2026."
    assert mask(text) == "Call •••••••••••• or write to •••••••••• before 14/01/2026."


ROWS = (
    Row(
        69,
        "markup, scripts and template braces in a text",
        "Tags go; what is left is text, which report and explorer show escaped. Nothing of it runs.",
        _jsonl({"text": f"{ARTICLE} {HOSTILE}"}),
        accepted=1,
        also=_harmless,
    ),
    Row(70, "cells that a spreadsheet takes for formulas", "An apostrophe goes before them in every table.", check=_cells),
    Row(
        71,
        "terminal escapes, bells and carriage returns in a title",
        "Control characters become spaces, before anything is shown or logged.",
        _jsonl({"text": ARTICLE, "title": "\x1b[31mRed\x1b[0m\x07 alert"}),
        accepted=1,
        also=_plain_title,
    ),
    Row(72, "ten million characters without a space", "Read, with notes; words over 40 letters are no terms.",
        {"a.txt": LONG.encode()}, accepted=1, notes=("unbroken_text", "very_long")),
    Row(72, "an article of one word", "Quarantined: too short.", {"a.txt": b"Flood"}, quarantined=("too_short",)),
    Row(73, "only stop words, or only words that a model has not seen", "No counts and no vector, so no topic is given.", check=_no_terms),
    Row(
        73,
        "only digits, emoji or an address",
        "Quarantined: no words.",
        {"a.txt": b"12 345 67 %", "b.txt": "😀 🎉".encode(), "c.txt": b"https://example.org/a/story-of-a-bridge"},
        quarantined=("no_words", "no_words", "no_words"),
    ),
    Row(
        76,
        "one paragraph a thousand times",
        "All but the first are removed, reversibly, so that they count once; noted.",
        {"a.txt": (f"{ARTICLE}\n" + STUFFING * 1000).encode()},
        accepted=1,
        notes=("repeated_paragraph",),
        also=_stuffed,
    ),
    Row(
        77,
        "captions, credits, bylines, end marks, table debris",
        "Removed with reason and span; what is kept and what is removed make up the original.",
        {"a.txt": WITH_CREDITS.encode()},
        accepted=1,
        also=_cleaned,
    ),
    Row(
        77,
        "titles, sentences and lists that begin or look like a credit, a byline or a date header",
        "They stay: each kind asks for evidence of its own, and the first line is the title.",
        {"a.txt": LIKE_CREDITS.encode()},
        accepted=1,
        also=_untouched,
    ),
    Row(
        78,
        "text wrapped at a fixed width",
        "Line ends inside sentences become spaces; offsets stay; noted.",
        {"a.txt": WRAPPED.encode()},
        accepted=1,
        notes=("line_wrapped",),
        also=_unwrapped,
    ),
    Row(
        78,
        "words hyphenated at line ends, as scanned text has them",
        "Joined where the text has the whole word elsewhere; else the hyphen stays. Noted.",
        {"a.txt": HYPHENATED.encode()},
        accepted=1,
        notes=("hyphens_joined",),
        also=_joined,
    ),
    Row(
        79,
        "texts made to stall regular expressions",
        "Read like any other, to the last of up to a million characters.",
        {"a.txt": (ARTICLE + " " + "(" * 100_000).encode(), "b.txt": (BAI_BAO + " " + "." * 100_000).encode(),
         "c.txt": (ARTICLE + "\n" + "Photo: " * 20_000).encode(), "d.txt": (ARTICLE + " " + "1/" * 50_000 + " (" + "A " * 50_000).encode(),
         "e.txt": (ARTICLE + "\n" + "(Photo: VNA) some text " * 40_000).encode(),
         "f.txt": (ARTICLE + "\n" + "Photo: VNA\n" * 60_000).encode(),
         "g.txt": (ARTICLE + "\nPhoto: " + "A" * 100 + " " * 500_000 + "x").encode(),
         "h.txt": (BAI_BAO + "\n" + "Sơn Hà\n" * 20_000).encode(),
         "i.txt": (ARTICLE + " " + "on 14/1/2025 the minister said " * 4_000).encode(),
         "j.txt": (ARTICLE + " " + "on January 14 and 15 March " * 4_000).encode()},
        accepted=10,
        also=_whole,
    ),
    Row(80, "telephone numbers and e-mail addresses", "`mask = true` in the study hides them in quotes.", check=_masked),
)  # fmt: skip
