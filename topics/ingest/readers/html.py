"""Saved HTML pages: one page, one document. The main text is what trafilatura finds; captions and credits are left to cleaning."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.core.documents import DateEstimate
from topics.ingest.dates.html import estimate_from_html, month_first_in
from topics.ingest.dates.html_metadata import Reading
from topics.ingest.dates.html_visible import headline_of
from topics.ingest.encodings import Undecodable, choose_decoder
from topics.ingest.encodings.choice import note_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_BYTES = 20_000_000
_HEAD = 4096  # bytes in which a page must declare its encoding
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_PAGE = re.compile(
    r"^\ufeff?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_FRAGMENT = re.compile(r"</(?:p|div|span|li|td|tr|h[1-6]|a|table)\s*>", re.IGNORECASE)
MIN_TAGS = 5  # closing tags from which a text is markup and no article about markup
_WEB_NAMES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252", "unicode": "utf-8"}
# What trafilatura and htmldate raise on pages that no browser wrote.
BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError, RecursionError)


def looks_like_page(text: str) -> bool:
    """Whether a text is an HTML page beyond doubt: it begins as one."""
    return bool(_PAGE.match(text[:_HEAD]))


def looks_like_fragment(text: str) -> bool:
    """Whether a text is full of HTML tags without beginning as a page."""
    return sum(1 for _ in zip(range(MIN_TAGS), _FRAGMENT.finditer(text), strict=False)) == MIN_TAGS


def parse_page(text: str) -> HtmlElement | None:
    """Return the tree of a page, or None where there is nothing to parse; no entity is fetched or expanded beyond characters."""
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    text = _DECLARED.sub("", text.replace("\x00", " "))
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def page_date(tree: HtmlElement, zone: str, *, url: str = "", ask_htmldate: bool = True) -> DateEstimate:
    """Return when a page was published; see `topics.ingest.dates.html`."""
    reading = Reading(ZoneInfo(zone) if zone else None, month_first_in(tree.get("lang") or ""), ask_htmldate)
    return estimate_from_html(tree, url or _address(tree), reading)


def _meta(tree: HtmlElement, *names: str) -> str:
    for name in names:
        for element in tree.iterfind(".//meta"):
            if (
                name in {(element.get("property") or "").lower(), (element.get("name") or "").lower()}
                and (element.get("content") or "").strip()
            ):
                return _line(element.get("content") or "")
    return ""


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _address(tree: HtmlElement) -> str:
    for element in tree.iterfind(".//link"):
        if (element.get("rel") or "").lower() == "canonical" and (element.get("href") or "").startswith(("http://", "https://")):
            return (element.get("href") or "").strip()
    found = _meta(tree, "og:url")
    return found if found.startswith(("http://", "https://")) else ""


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _title(tree: HtmlElement) -> str:
    if found := _meta(tree, "og:title", "twitter:title", "dc.title", "citation_title"):
        return found
    headline = headline_of(tree)
    head = tree.find(".//title")
    return _line("".join((headline if headline is not None else head).itertext())) if headline is not None or head is not None else ""


def _fields(tree: HtmlElement) -> dict[str, str]:
    url = _address(tree)
    language = (tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip()
    found = {
        "title": _title(tree),
        "url": url,
        "source": _meta(tree, "og:site_name", "application-name") or _host(url),
        "author": _meta(tree, "author", "article:author", "dc.creator"),
        "language": language,
    }
    return {name: value for name, value in found.items() if value}


def main_text(tree: HtmlElement) -> str:
    """Return the article's text, one line a paragraph; empty where a page has none."""
    import trafilatura
    from lxml.etree import LxmlError

    try:
        found = trafilatura.bare_extraction(
            tree, include_comments=False, include_tables=True, with_metadata=False, date_extraction_params={"max_date": "2099-12-31"}
        )
    except (*BROKEN, LxmlError):
        return ""
    text = (getattr(found, "text", "") or "").strip()
    links = {_line("".join(link.itertext())) for link in tree.iter("a")}
    return "" if all(line.strip(" -|") in links for line in text.split("\n")) else text  # a page of links has no article


def page_records(
    text: str, where: tuple[str, int, int, int], options: ReadOptions, notes: tuple[str, ...]
) -> Iterator[RawRecord | Rejected]:
    """Yield the one record of a page, or why there is none.

    Args:
        text: the decoded page.
        where: file, record, first byte, byte behind the last.
        options: the zone of its date.
        notes: codes of what was done on the way.
    """
    tree = parse_page(text)
    found = main_text(tree) if tree is not None else ""
    if tree is None or not found:
        hint = "Pages of links, forms or pictures alone have none; if it is an article, save its text as .txt."
        yield Rejected(*where, "no_article", "no article text was found in the page", hint, text[:200].encode("utf-8", "replace"))
        return
    yield RawRecord(*where, found, _fields(tree), notes, page_date(tree, options.zone))


def _declared(data: bytes) -> str:
    """The encoding that a page declares, by the name that Python knows it by; as browsers do, Latin-1 stands for windows-1252."""
    found = _CHARSET.search(data[:_HEAD])
    name = found[1].decode("ascii").lower() if found else ""
    try:
        return codecs.lookup(_WEB_NAMES.get(name, name)).name if name else ""
    except LookupError:
        return name


def decode_page(data: bytes, options: ReadOptions) -> tuple[str, tuple[str, ...]]:
    """Return a page's text and notes: a byte-order mark decides, then strict UTF-8, then what the page declares, then the usual choice.

    Raises:
        Undecodable: the bytes are no text in any of these.
    """
    decoder = choose_decoder(data, options)
    declared = _declared(data)
    if options.encoding != "auto" or decoder.encoding != "utf-8" or declared in {"", "utf-8"}:
        return decoder.decode(data), decoder.notes
    try:
        return data.decode("utf-8-sig"), decoder.notes
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(declared), (*decoder.notes, *note_of(declared))
    except (LookupError, UnicodeDecodeError):  # not known to Python, or wrong
        decoder = choose_decoder(data, replace(options, encoding="auto"))
        return decoder.decode(data), decoder.notes


def _inner_page(data: bytes) -> bytes | None:
    """The HTML part of a web archive (MHTML), with its charset declared in front."""
    from email import message_from_bytes

    message = message_from_bytes(data)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            charset = part.get_content_charset() or ""
            if isinstance(payload, bytes):
                return f'<meta charset="{charset}">'.encode() + payload if charset and not _declared(payload) else payload
    return None


def read(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    """Yield the page as one record; columns do not apply."""
    data = stream.read(MAX_BYTES + 1)
    where = (name, 1, 0, len(data))
    if len(data) > MAX_BYTES:
        yield Rejected(*where, "too_large", f"over {MAX_BYTES:,} bytes, the limit for one page", "Save the page without its pictures.")
        return
    if not data.strip():
        yield Rejected(*where, "empty", "holds no text", "Leave it out, or fetch it again.")
        return
    page: bytes | None = data
    if name.lower().removesuffix(".gz").endswith((".mhtml", ".mht")):
        page = _inner_page(data)
        if page is None:
            yield Rejected(*where, "no_article", "the web archive holds no HTML page", "Save the page again as .html.", data[:64])
            return
    try:
        text, notes = decode_page(page or b"", options)
    except Undecodable as problem:
        yield Rejected(name, 1, problem.offset, len(data), problem.code, problem.message, problem.hint, data[problem.offset :][:64])
        return
    yield from page_records(text, where, options, notes)


READER = Reader(name="html", suffixes=(".html", ".htm", ".xhtml", ".mhtml", ".mht"), read=read)
