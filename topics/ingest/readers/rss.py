"""Feeds (RSS 2.0, RSS 1.0, Atom): one item, one document, read item by item; entities and document types are never followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_ITEM = 50_000_000  # bytes of one item
_ROOTS = frozenset(("rss", "feed", "RDF"))
_ITEMS = frozenset(("item", "entry"))
_BLOCKS = frozenset(
    "address article aside blockquote br div dl dt dd figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li"
    " main ol p pre section table tr ul".split()
)
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DUBLIN = "http://purl.org/dc/elements/1.1/"
_HINT = "Fetch the feed again; the items above it were read."


class _Bounded:
    """A stream that counts, and that ends where one item grows over the limit."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.total = 0
        self.mark = 0
        self.over = False

    def read(self, size: int = -1) -> bytes:
        """Return bytes; none once the limit is passed."""
        if self.total - self.mark > MAX_ITEM:
            self.over = True
            return b""
        data = self._stream.read(min(size, 1 << 16) if size > 0 else 1 << 16)
        self.total += len(data)
        return data


def _local(element: _Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _space(element: _Element) -> str:
    return str(element.tag)[1:].split("}", 1)[0] if isinstance(element.tag, str) and str(element.tag).startswith("{") else ""


def plain(markup: str) -> str:
    """Return the text of an HTML fragment, a line for each block; scripts and styles are no text."""
    from lxml import etree, html

    if "<" not in markup and "&" not in markup:
        return markup.strip()
    try:
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
        tree = html.document_fromstring(f"<div>{markup}</div>".encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return markup.strip()
    etree.strip_elements(tree, "script", "style", "iframe", "object", "template", with_tail=False)
    for element in tree.iter():
        if element.tag in _BLOCKS:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in "".join(tree.itertext()).split("\n"))
    return "\n".join(line for line in lines if line)


def _text(element: _Element) -> str:
    """The text of an item's part: HTML stripped where the part is HTML, as it stands where it is plain."""
    kind = (element.get("type") or "").lower()
    if kind == "xhtml":
        from lxml import etree

        return plain("".join(etree.tostring(child, encoding="unicode") for child in element))
    inner = "".join(element.itertext())
    return inner.strip() if kind in {"text", "text/plain"} else plain(inner)


def _parts(item: _Element) -> dict[str, str]:
    """The parts of an item that matter, by the names of ours; the fullest text wins."""
    found: dict[str, str] = {}
    for part in item:
        name, space = _local(part), _space(part)
        if name == "title" and space in {_space(item), ""}:
            found.setdefault("title", _text(part).replace("\n", " "))
        elif (name == "encoded" and space == _CONTENT) or (name == "content" and space == _space(item)):
            found.setdefault("content", _text(part))
        elif name in {"description", "summary"}:
            found.setdefault("summary", _text(part))
        elif name == "link" and part.get("rel", "alternate") == "alternate":
            found.setdefault("url", (part.get("href") or part.text or "").strip())
        elif name in {"pubDate", "published", "issued"} or (name == "date" and space == _DUBLIN):
            found.setdefault("date", (part.text or "").strip())
        elif name in {"updated", "modified"}:
            found.setdefault("updated", (part.text or "").strip())
        elif name in {"guid", "id"}:
            found.setdefault("guid", (part.text or "").strip())
        elif name in {"author", "creator"}:
            found.setdefault("author", " ".join("".join(part.itertext()).split()))
    return {name: value for name, value in found.items() if value}


def _record(item: _Element, where: tuple[str, int, int, int], channel: dict[str, str]) -> RawRecord | Rejected:
    parts = _parts(item)
    notes: list[str] = []
    text = parts.pop("content", "")
    summary = parts.pop("summary", "")
    text = text or summary
    updated = parts.pop("updated", "")
    if updated and "date" not in parts:
        parts["date"] = updated
        notes.append("date_of_update")
    if not text and "title" in parts:
        text = parts["title"]
        notes.append("title_only")
    if not text:
        message = f"the item on line {item.sourceline} has neither text nor title"
        return Rejected(*where, "no_text", message, "Leave it out; the other items were read.")
    return RawRecord(*where, text, {**channel, **parts}, tuple(notes))


def _channel(element: _Element) -> dict[str, str]:
    """Title and language of the feed, from what stands before the first item."""
    root = element.getroottree().getroot()
    holder = next((child for child in root if _local(child) == "channel"), root)
    found = {"language": root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""}
    names = {"title": "source", "language": "language"}
    for part in holder:
        if _local(part) in _ITEMS:
            break
        if (name := names.get(_local(part))) and part.text:
            found[name] = part.text
    return {name: told for name, value in found.items() if (told := " ".join(str(value).split()))}


def _forget(item: _Element) -> None:
    """Let go of an item that has been read, so that memory does not grow with the feed."""
    item.clear()
    parent = item.getparent()
    while parent is not None and item.getprevious() is not None and _local(item.getprevious()) in _ITEMS:
        del parent[parent.index(item) - 1]


def _refusal(root: _Element) -> tuple[str, str, str] | None:
    """Why a document is no feed that may be read: its root, or entities that it declares."""
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        return "entities", "declares entities, which no feed needs and which can be a trap", "Remove its <!DOCTYPE ...> part."
    if _local(root) not in _ROOTS:
        hint = "Of .xml files only feeds are read; turn it into .jsonl, or name its own format in the study."
        return "not_feed", f"expected a feed (rss, feed, RDF), found XML with the root <{_local(root)[:80]}>", hint
    return None


def _items(source: _Bounded, name: str, encoding: str | None) -> Iterator[RawRecord | Rejected]:
    from lxml import etree

    events = etree.iterparse(
        source, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding=encoding
    )
    number, seen_root, depth = 0, False, 0
    for event, element in events:
        if not seen_root:
            seen_root = True
            if refused := _refusal(element):
                yield Rejected(name, 1, 0, source.total, *refused)
                return
        if _local(element) not in _ITEMS:
            continue
        depth += 1 if event == "start" else -1
        if event == "end" and depth == 0:
            number += 1
            yield _record(element, (name, number, 0, source.total), _channel(element))
            _forget(element)
            source.mark = source.total


def read(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    """Yield every item; the record is its number in the feed, its bytes run from the file's start to where the parser stood.

    Broken XML ends in one rejection after the items before it.
    """
    from lxml import etree

    source = _Bounded(stream)
    last = 0
    try:
        for record in _items(source, name, None if options.encoding == "auto" else options.encoding):
            last = record.record
            yield record
    except (etree.LxmlError, SyntaxError, LookupError, ValueError, AssertionError) as error:
        after = f"after item {last} " if last else ""
        if not source.total:
            yield Rejected(name, 1, 0, 0, "empty", "holds no text", "Leave it out, or fetch it again.")
        elif source.over:
            yield Rejected(name, last + 1, 0, source.total, "too_large", f"an item {after}is over {MAX_ITEM:,} bytes, the limit", _HINT)
        else:
            said = str(error).split("\n")[0][:200]
            yield Rejected(name, last + 1, 0, source.total, "not_xml", f"reading stopped {after}: {said}".replace(" :", ":"), _HINT)


READER = Reader(name="rss", suffixes=(".rss", ".atom", ".xml"), read=read)
