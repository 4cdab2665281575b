"""JSON: an array of objects, an object that holds one, or one object that is an article; streamed, however large the array is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

import msgspec

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.ingest.readers._elements import BACK, Cut, Scanner
from topics.ingest.readers._objects import MAX_OBJECT, Place, to_record
from topics.ingest.readers._source import SHOWN, Source, open_source

_MAX_DEPTH = 3
_MAX_KEY = 1 << 16
_START = re.compile(rb"\n[ \t]*\Z")
_MEND = "Mend the file from here on, or fetch it again."
_LEAVE = "Leave it out, or fetch it again."
Found = RawRecord | Rejected


class _Reading:
    """One input: how many records were met, and what turns places and bytes into records."""

    def __init__(self, source: Source, name: str, options: ReadOptions, *, inner: bool = False) -> None:
        self.source = source
        self.name = name
        self.options = options
        self.met = 0
        self._inner = inner  # what it tells is told again

    def told(self, found: Found) -> Found:
        """Count what is yielded, and say its place in the input."""
        self.met += 1
        if self._inner:
            return found
        if not self.source.is_wide:
            return found if found.record == self.met else replace(found, record=self.met)
        return replace(found, record=self.met, byte_start=self.source.where(found.byte_start), byte_end=self.source.where(found.byte_end))

    def reject(self, place: tuple[int, int], code: str, message: str, hint: str, raw: bytes = b"") -> Found:
        return self.told(Rejected(self.name, self.met + 1, *place, code, message, hint, raw[:SHOWN]))

    def record(self, cut: Cut) -> Found:
        if cut.over_limit:
            message = f"the value is {cut.end - cut.start:,} bytes, the limit is {MAX_OBJECT:,}"
            return Rejected(self.name, self.met + 1, cut.start, cut.end, "too_large", message, "Split the article.", cut.data[:SHOWN])
        return to_record(cut.data, Place(self.name, self.met + 1, cut.start, cut.end), cut.start, self.source, self.options)


def read(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[Found]:
    """Yield every object of the array as a record or a rejection; `record` counts them."""
    source = open_source(stream, name, options)
    if isinstance(source, Rejected):
        yield source
        return
    scanner, reading = Scanner(source.blocks()), _Reading(source, name, options)
    if not scanner.peek():
        yield reading.reject((0, scanner.offset), "empty", "holds nothing", _LEAVE)
    while sign := scanner.peek():
        if sign == b"[":
            yield from _array(scanner, reading)
        elif sign == b"{":
            yield from _object(scanner, reading)
        else:
            yield _lost(scanner, reading, "'[' or '{'")


def _lost(scanner: Scanner, reading: _Reading, expected: str) -> Found:
    """The rest of an input whose structure cannot be followed any more."""
    start, sign, raw = scanner.offset, scanner.peek(), scanner.ahead(SHOWN)
    message = f"expected {expected}, found {sign.decode('latin-1')!r}; what follows cannot be told apart"
    return reading.reject((start, scanner.skip_rest()), "not_json", message, _MEND, raw)


def _array(scanner: Scanner, reading: _Reading) -> Iterator[Found]:
    """The objects of the array that begins here."""
    start = scanner.offset
    scanner.step()
    if scanner.peek() == b"]":
        scanner.step()
        yield reading.reject((start, scanner.offset), "empty", "the array is empty", _LEAVE)
        return
    while sign := scanner.peek():
        if sign == b"]":
            scanner.step()
            return
        if sign in {b",", b":", b"}"}:
            yield _lost(scanner, reading, "an object")
            return
        found, closed = _element(scanner, reading)
        yield found
        sign = scanner.peek()
        if not closed:
            return
        if sign == b",":
            scanner.step()
        elif sign and sign not in {b"]", b"{"}:  # a comma that is missing between two objects is no loss
            yield _lost(scanner, reading, "',' or ']'")
            return
    end = scanner.offset
    yield reading.reject((end, end), "cut", f"the array that begins at byte {start:,} is not closed: was the file cut?", "Fetch it again.")


def _element(scanner: Scanner, reading: _Reading) -> tuple[Found, bool]:
    """The next object of an array, and whether it is closed.

    One that cannot be read and swallows what looks like the next (a quote was never closed) ends where that begins.
    """
    cut = scanner.cut(MAX_OBJECT, keep=True)
    found = reading.record(cut)
    if isinstance(found, RawRecord):
        return reading.told(found), True
    begins = _START.search(scanner.before(cut.start, BACK))
    following = cut.data.find(begins[0] + b"{") if begins else -1
    if begins and following > 0:
        end = cut.start + following + len(begins[0])
        scanner.back_to(end)
        message = "not a JSON object: it is not closed where the next begins"
        return reading.reject((cut.start, end), "not_json", message, "Mend it; the other records were read.", cut.data), True
    if cut.over_limit:
        cut = scanner.cut(MAX_OBJECT)
        found = reading.record(cut)
    return reading.told(found), cut.closed


def _object(scanner: Scanner, reading: _Reading) -> Iterator[Found]:
    """The object that begins here: an article, or the holder of an array of articles."""
    cut = scanner.cut(MAX_OBJECT, keep=True)
    if cut.over_limit:
        yield from _large_holder(scanner, reading)
        return
    found = reading.record(cut)
    if isinstance(found, RawRecord):
        yield reading.told(found)
        return
    arrays = list(_arrays(Scanner(iter([cut.data]), cut.start)))
    if len(arrays) > 1:
        yield reading.reject((cut.start, cut.end), "several_arrays", *_several(arrays), cut.data)
    elif not arrays:
        yield reading.told(found)
    else:
        yield from _held(cut, found, arrays[0], reading)


def _held(cut: Cut, found: Rejected, name: str, reading: _Reading) -> Iterator[Found]:
    """The objects of the one array that an object holds; where none of them has a text either, one rejection says so."""
    scanner, inner = Scanner(iter([cut.data]), cut.start), _Reading(reading.source, reading.name, reading.options, inner=True)
    records: list[Found] = []
    for _ in _arrays(scanner):
        records += _array(scanner, inner)
    if scanner.peek():
        records.append(_lost(scanner, inner, "',' or '}'"))
    first = records[0]
    if isinstance(first, Rejected) and all(isinstance(item, Rejected) and item.code == found.code == "no_text" for item in records):
        found = replace(found, message=f"{found.message}; in its array {name!r}: {first.message}")
        yield reading.told(found)
        return
    for item in records:
        yield reading.told(item)


def _large_holder(scanner: Scanner, reading: _Reading) -> Iterator[Found]:
    """An object too large for one article: its first array of objects is streamed, others are refused."""
    start, names = scanner.offset, []
    for name in _arrays(scanner):
        names.append(name)
        if len(names) == 1:
            yield from _array(scanner, reading)
        else:
            at = scanner.offset
            yield reading.reject((at, at), "several_arrays", *_several(names))
    if not names:
        at = scanner.offset
        message = f"an object of more than {MAX_OBJECT:,} bytes, the limit, that holds no array of objects"
        yield reading.reject((start, at), "too_large", message, "Split it.")


def _several(names: list[str]) -> tuple[str, str]:
    listed = ", ".join(map(repr, names))
    return f"the object holds {len(names)} arrays of objects: {listed}; which of them are the articles?", "Keep one array in the file."


def _arrays(scanner: Scanner, prefix: str = "", depth: int = 1) -> Iterator[str]:
    """Yield the path of each array of objects in the object that begins here, standing where it begins; pass those that nobody reads."""
    scanner.peek()
    scanner.step()
    while scanner.peek() == b'"':
        name = prefix + _key(scanner.cut(_MAX_KEY).data)
        if scanner.peek() != b":":
            return
        scanner.step()
        sign, at = scanner.peek(), scanner.offset
        if sign == b"[" and scanner.holds_objects():
            yield name
        if scanner.offset == at:
            if sign == b"{" and depth < _MAX_DEPTH:
                yield from _arrays(scanner, f"{name}.", depth + 1)
            elif sign not in {b",", b"}", b"]", b":", b""}:
                scanner.cut(_MAX_KEY)
            else:
                return
        if scanner.peek() != b",":
            break
        scanner.step()
    if scanner.peek() == b"}":
        scanner.step()


def _key(data: bytes) -> str:
    try:
        return str(msgspec.json.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return data.decode("utf-8", "replace").strip('"')


READER = Reader(name="json", suffixes=(".json",), read=read)
