"""Rows 28, 33 and 69 for pages, feeds and workbooks: bombs, pages under another name, hostile markup."""

from __future__ import annotations

import io
import zipfile

import openpyxl

from catalogue.rows import ARTICLE, BAI_BAO, Found, Row

PAGE = (
    f"<!DOCTYPE html><html lang='en'><head><title>Merger</title></head><body><h1>Merger</h1><p>{ARTICLE}</p>"
    "<p>The two heads of the agencies agreed, and their staff will move into one building by the end of the year.</p></body></html>"
)


def workbook(**more: bytes) -> bytes:
    """A workbook with two articles, and what else it is to hold."""
    book = openpyxl.Workbook()
    for row in (["text"], [ARTICLE], [BAI_BAO]):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in more.items():
            archive.writestr(name, data)
    return stream.getvalue()


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>link</a> {{7*7}} ${8*8}"


def inert(found: Found) -> None:
    for document in found.documents:
        for told in (document.text, document.info.title):
            assert "<script" not in told
            assert "onerror" not in told
            assert "javascript:" not in told
        assert "{{7*7}}" in document.text
        assert "49" not in document.text
        assert ARTICLE in document.text


ROWS = (
    Row(28, "an ordinary workbook", "Read, one document a row.", {"a.xlsx": workbook()}, accepted=2),
    Row(
        28,
        "a workbook with a member of 30 MB that packs to 30 kB",
        "Quarantined before it is opened; the ratio is named.",
        {"a.xlsx": workbook(media=b"\0" * (30 << 20)), "b.xlsx": workbook()},
        accepted=2,
        quarantined=("bomb",),
    ),
    Row(
        28,
        "an old or password-protected workbook",
        "Quarantined, with how to save it.",
        {"a.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)},
        quarantined=("old_office",),
    ),
    Row(
        28,
        "a feed with entities that grow a billionfold",
        "Quarantined; entities are never expanded.",
        {
            "a.rss": (
                '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
                + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
                + "]><rss><channel><item><title>&i;</title></item></channel></rss>"
            ).encode()
        },
        quarantined=("entities",),
    ),
    Row(
        33,
        "an HTML page saved as .txt",
        "Read as a page, with the note html_in_text.",
        {"a.txt": PAGE.encode()},
        accepted=1,
        notes=("html_in_text",),
    ),
    Row(
        33,
        "HTML tags in a .txt that does not begin as a page",
        "Quarantined: it could be a page or an article about markup.",
        {"a.txt": f"<div><p>{ARTICLE}</p><p>{ARTICLE}</p><span>x</span><a href='y'>z</a></div>".encode()},
        quarantined=("markup",),
    ),
    Row(
        33,
        "a page without article text",
        "Quarantined.",
        {"a.html": b"<html><body><a href='/'>Home</a></body></html>"},
        quarantined=("no_article",),
    ),
    Row(
        69,
        "scripts, handlers and template signs in an HTML page",
        "Markup is dropped, signs stay as text; nothing runs.",
        {"a.html": PAGE.replace("</p>", f" {HOSTILE}</p>", 1).encode()},
        accepted=1,
        also=inert,
    ),
    Row(
        69,
        "scripts, handlers and template signs in a feed",
        "Markup is dropped, signs stay as text; nothing runs.",
        {
            "a.rss": (
                f"<rss><channel><title>Post</title><item><title><![CDATA[Merger <script>alert(0)</script>]]></title>"
                f"<description><![CDATA[<p>{ARTICLE}</p>{HOSTILE}]]></description></item></channel></rss>"
            ).encode()
        },
        accepted=1,
        also=inert,
    ),
)
