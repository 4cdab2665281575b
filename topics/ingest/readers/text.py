"""Plain text files: one file, one document. A saved HTML page under such a name is read as a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.ingest.encodings import Undecodable, choose_decoder
from topics.ingest.magic import binary_kind
from topics.ingest.readers.html import looks_like_fragment, looks_like_page, page_records

MAX_BYTES = 50_000_000


def read(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    """Yield the file as one record; columns do not apply."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        hint = "Split it, or turn it into a .jsonl file with one article a line."
        yield Rejected(name, 1, 0, len(data), "too_large", f"over {MAX_BYTES:,} bytes, the limit for one text file", hint)
        return
    kind = binary_kind(data)
    if kind:
        message = f"looks like {kind}, not text"
        yield Rejected(name, 1, 0, len(data), "binary", message, "Convert it to text first, or leave it out.", data[:64])
        return
    try:
        decoded = choose_decoder(data, options).read(data)
    except Undecodable as problem:
        yield Rejected(name, 1, problem.offset, len(data), problem.code, problem.message, problem.hint, data[problem.offset :][:64])
        return
    where = (name, 1, 0, len(data))
    if looks_like_page(decoded.text):
        yield from page_records(decoded.text, where, options, (*decoded.notes, "html_in_text"))
    elif looks_like_fragment(decoded.text):
        hint = "Name it .html if it is a page, or take the tags out."
        yield Rejected(*where, "markup", "is full of HTML tags but does not begin as a page", hint, data[:64])
    else:
        yield RawRecord(*where, decoded.text, notes=decoded.notes)


READER = Reader(name="text", suffixes=(".txt", ".text"), read=read)
