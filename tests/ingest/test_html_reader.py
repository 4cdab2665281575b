"""Saved pages: text, fields, encodings, and what is refused."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from catalogue.rows import read_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.ingest.readers import html, text

OPTIONS = ReadOptions()
LINES = (
    "The port authority said on Tuesday that the second berth would open before the end of the dry season this year.",
    "Fishing crews from three districts had waited for the berth since the storm that broke the old one, their speaker said.",
    "The council will vote on the fees next week, after hearing from the owners of the cold stores behind the harbour.",
)
CAPTION = "Boats wait outside the harbour. Photo: Tran Van A"


def page(head: str = "", body: str = "", lang: str = "en") -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in LINES)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>Second berth opens | Coast Daily</title>{head}</head><body>'
        f"<nav><a href='/'>Home</a> <a href='/news'>News</a></nav><article><h1>Second berth opens</h1>{body}{paragraphs}"
        f"<figure><figcaption>{CAPTION}</figcaption></figure></article><footer>Imprint and privacy</footer></body></html>"
    )


def read(data: bytes | str, name: str = "a.html", options: ReadOptions = OPTIONS) -> RawRecord | Rejected:
    (record,) = html.read(io.BytesIO(data.encode() if isinstance(data, str) else data), name, options)
    return record


def good(data: bytes | str, name: str = "a.html", options: ReadOptions = OPTIONS) -> RawRecord:
    record = read(data, name, options)
    assert isinstance(record, RawRecord), record
    return record


def test_a_page_gives_its_article_line_by_line_without_navigation() -> None:
    data = page()
    record = good(data)
    lines = record.text.split("\n")
    assert [line for line in lines if line in LINES] == list(LINES)
    assert "Imprint" not in record.text
    assert "Home" not in record.text
    assert (record.record, record.byte_start, record.byte_end) == (1, 0, len(data))


def test_fields_come_from_the_head() -> None:
    head = (
        '<link rel="canonical" href="https://www.coast.example/2025/02/11/berth"><meta property="og:title" content="Berth two opens">'
        '<meta property="og:site_name" content="Coast Daily"><meta name="author" content="Le B">'
    )
    record = good(page(head))
    assert record.fields == {
        "title": "Berth two opens",
        "url": "https://www.coast.example/2025/02/11/berth",
        "source": "Coast Daily",
        "author": "Le B",
        "language": "en",
    }
    assert record.date is not None
    assert record.date.point == date(2025, 2, 11)


def test_without_metadata_the_headline_is_the_title_and_the_host_the_source() -> None:
    record = good(page('<link rel="canonical" href="https://www.coast.example/berth">', lang="vi"))
    assert (record.fields["title"], record.fields["source"], record.fields["language"]) == ("Second berth opens", "coast.example", "vi")
    assert "url" not in good(page('<link rel="canonical" href="javascript:alert(1)">')).fields


def test_the_zone_decides_on_which_day_a_moment_falls() -> None:
    data = page('<meta property="article:published_time" content="2025-02-10T20:00:00Z">')
    days = [good(data, options=ReadOptions(zone=zone)).date for zone in ("", "Asia/Ho_Chi_Minh")]
    assert [found.point for found in days if found] == [date(2025, 2, 10), date(2025, 2, 11)]


VIETNAMESE = "Cảng vụ cho biết bến thứ hai sẽ mở cửa trước cuối mùa khô năm nay, sau nhiều tháng chờ đợi của ngư dân."
ENCODINGS = [
    pytest.param("utf-8", "", id="utf-8"),
    pytest.param("utf-8-sig", "", id="bom"),
    pytest.param("utf-16", "", id="utf-16"),
    pytest.param("utf-8", '<meta charset="iso-8859-1">', id="declared wrongly, valid utf-8"),
]


@pytest.mark.parametrize(("codec", "head"), ENCODINGS)
def test_pages_are_decoded(codec: str, head: str) -> None:
    assert VIETNAMESE in good(page(head, f"<p>{VIETNAMESE}</p>").encode(codec)).text


def test_a_declared_charset_is_used_and_noted() -> None:
    accents = "Le café du port a fermé, dit-on à côté, après l’été et la fête du quai."
    record = good(page('<meta charset="ISO-8859-1">', f"<p>{accents}</p>").encode("cp1252"))
    assert accents in record.text
    assert record.notes == ("encoding_cp1252",)


def test_undeclared_bytes_that_fit_no_encoding_are_rejected() -> None:
    record = read(page(body="<p>\xe9\x81\xe8 \xfe\xf0\xf0</p>").encode("latin-1"))
    assert isinstance(record, Rejected)
    assert record.code == "encoding"
    assert record.hint


REFUSED = [
    pytest.param(b"", "empty", id="empty"),
    pytest.param(b" \n ", "empty", id="blank"),
    pytest.param(b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "no_article", id="links alone"),
    pytest.param(b"<html></html>", "no_article", id="no body"),
    pytest.param(b"<!-- -->", "no_article", id="a comment"),
    pytest.param(b"%PDF-1.4 x", "binary", id="pdf"),
    pytest.param(b"\x89PNG\r\n\x1a\n", "binary", id="png"),
]


@pytest.mark.parametrize(("data", "code"), REFUSED)
def test_what_is_no_article_is_rejected(data: bytes, code: str) -> None:
    record = read(data)
    assert isinstance(record, Rejected)
    assert record.code == code
    assert record.hint.endswith(".")


def test_the_size_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MAX_BYTES", 3000)
    record = read(page() + "x" * 3000)
    assert isinstance(record, Rejected)
    assert (record.code, "3,000" in record.message) == ("too_large", True)


def test_scripts_and_external_entities_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    hostile = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "yyyy">]>' + page(
        '<script src="https://evil.example/a.js"></script><base href="https://evil.example/">', "<p>&x;&y;</p><img src=x onerror=alert(1)>"
    )
    record = good(hostile)
    assert "root:" not in record.text
    assert "yyyy" not in record.text
    assert "alert" not in record.text


def test_a_web_archive_is_opened() -> None:
    archive = (
        b'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n--B\r\n'
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + page(body=f"<p>{VIETNAMESE}</p>").encode()
        + b"\r\n--B--\r\n"
    )
    assert VIETNAMESE in good(archive, "a.mhtml").text
    record = read(b"MIME-Version: 1.0\r\n\r\nplain", "a.mhtml")
    assert isinstance(record, Rejected)
    assert record.code == "no_article"


def test_reading_depends_on_nothing_read_before() -> None:
    pages = [page(body=f"<p>Notice number {number} of the harbour master about the tide and the lights.</p>") for number in range(5)]
    forward = [read(data) for data in pages]
    assert [read(data) for data in reversed(pages)] == forward[::-1]


def test_a_page_named_txt_is_read_as_a_page_and_noted() -> None:
    (record,) = text.read(io.BytesIO(page().encode()), "a.txt", OPTIONS)
    assert isinstance(record, RawRecord)
    assert record.notes == ("html_in_text",)
    assert record.fields["title"] == "Second berth opens"


def test_a_text_with_a_tag_or_two_stays_text() -> None:
    for told in ("Use <b>bold</b> sparingly.", "a < b and b > c", "The tag <html> begins a page."):
        (record,) = text.read(io.BytesIO(told.encode()), "a.txt", OPTIONS)
        assert isinstance(record, RawRecord)
        assert record.text == told


def mutated(draw: Callable[[st.SearchStrategy[int]], int], data: bytes) -> bytes:
    at, cut, byte = draw(st.integers(0, len(data) - 1)), draw(st.integers(0, 40)), draw(st.integers(0, 255))
    return data[:at] + bytes([byte]) + data[at + cut :]


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.data())
def test_any_bytes_end_in_a_record_or_a_rejection(noise: bytes, data: st.DataObject) -> None:
    for sample in (noise, b"<html><body>" + noise, mutated(data.draw, page('<meta name="date" content="2024-01-02">').encode())):
        assert isinstance(read(sample), RawRecord | Rejected)


def test_a_folder_of_pages_is_dated_in_the_zone_of_the_study(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page('<meta property="article:published_time" content="2025-02-10T20:00:00Z">'), encoding="utf-8")
    (tmp_path / "b.html").write_text(
        page('<meta property="article:modified_time" content="2025-02-12">', "<p>Note two.</p>"), encoding="utf-8"
    )
    found = read_folder(tmp_path)
    dates = {document.info.file: document.info.date for document in found.documents}
    assert (dates["a.html"].point, dates["a.html"].method) == (date(2025, 2, 11), "html_meta")
    assert dates["b.html"].point is None
    assert found.report.bad_date_fields == 0
