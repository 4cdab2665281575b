"""A JSON object becomes a record: its text, and every scalar as a field; nested ones by dotted path."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.ingest.encodings import Undecodable
from topics.ingest.readers._source import SHOWN, Source

MAX_OBJECT = 20_000_000
SURROGATES = "lone_surrogates"
_MAX_PATH = 8
_MAX_NAMES = 40
_HALF = r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
_ESCAPES = re.compile(rf"(\\u[dD][89abAB][0-9a-fA-F]{{2}}\\u[dD][c-fC-F][0-9a-fA-F]{{2}})|({_HALF})|\\.".encode(), re.DOTALL)
_PLACE = re.compile(r" \(byte \d+\)$")
Json = str | int | float | bool | list[object] | dict[str, object] | None


class _Float(str):
    """A number with a point or exponent, as it was written."""

    __slots__ = ()


class BadJsonError(Exception):
    """Bytes that are no JSON that can be trusted: code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Place(NamedTuple):
    """Where a value stands: the input's name, the record's number, and its first and last byte."""

    name: str
    number: int
    start: int
    end: int


_DECODER = msgspec.json.Decoder(float_hook=_Float)


def parse(data: bytes, start: int, source: Source) -> tuple[Json, tuple[str, ...]]:
    """Return the value of JSON bytes that stand at `start`, and notes.

    Raises:
        BadJsonError: not JSON, a key stands twice in one object, or a number is out of range.
        Undecodable: the bytes are not valid in the encoding.
    """
    notes = source.decoder.notes
    marked = start and data.startswith(codecs.BOM_UTF8)  # files put one behind the other keep the marks that they began with
    if marked:
        start, data = start + len(codecs.BOM_UTF8), data[len(codecs.BOM_UTF8) :]
    if not (source.plain and start):
        text, notes = source.decode(data, start)
        data = text.encode()
    try:
        try:
            value = _DECODER.decode(data)
        except UnicodeDecodeError:
            text, notes = source.decode(data, start)
            data = text.encode()
            value = _DECODER.decode(data)
        except msgspec.DecodeError:
            mended = _ESCAPES.sub(_whole, data)
            if mended == data:
                raise
            data, notes = mended, (*notes, SURROGATES)
            value = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeEncodeError, ValueError) as error:
        raise BadJsonError("not_json", f"not a JSON object: {_PLACE.sub('', str(error))}{_byte(error)}") from error
    except RecursionError as error:
        raise BadJsonError("not_json", "not a JSON object: nested too deep (maximum recursion depth)") from error
    _refuse_repeated_keys(data, value)
    return value, (*notes, "invisible_characters") if marked else notes


def _byte(error: Exception) -> str:
    """The byte that the parser names, said so that it is not taken for one of the file."""
    found = re.search(r"\(byte (\d+)\)$", str(error))
    return f", byte {int(found[1]) + 1} of it" if found else ""


def _whole(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[2] else escape[0]


def _refuse_repeated_keys(data: bytes, value: Json) -> None:
    """Raise where a key stands twice: the parser keeps the last and says nothing, but the quotes that were written do not lie.

    Each string has two quotes that no backslash stands before; a repeated key leaves more of them than the value has strings.
    """
    if b"\\\\" not in data and data.count(b'"') - data.count(b'\\"') == 2 * _count_strings(value):
        return
    try:
        json.loads(data, object_pairs_hook=_once)
    except RecursionError as error:
        raise BadJsonError("not_json", "not a JSON object: nested too deep (maximum recursion depth)") from error
    except ValueError as error:
        raise BadJsonError("not_json", f"not a JSON object: {error}") from error


def _count_strings(value: Json) -> int:
    count = 0
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if type(item) is dict:
            count += len(item)
            values: Iterable[object] = item.values()
        elif type(item) is list:
            values = item
        else:
            values = (item,)
        for inner in values:
            kind = type(inner)
            if kind is str:
                count += 1
            elif kind is dict or kind is list:
                waiting.append(inner)
    return count


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen: dict[str, object] = {}
    for key, item in pairs:
        if key in seen:
            raise BadJsonError("repeated_key", f"the key {key[:80]!r} stands twice in one object")
        seen[key] = item
    return seen


def lookup(value: Mapping[str, object], path: str) -> tuple[bool, object]:
    """Return whether an object has a field, and what it holds; a dotted path leads into nested objects."""
    if path in value:
        return True, value[path]
    first, *rest = path.split(".")
    item: object = value.get(first)
    found = bool(rest) and first in value
    for part in rest:
        found = isinstance(item, dict) and part in item
        item = item[part] if found and isinstance(item, dict) else None
        if not found:
            break
    return found, item


def flat(value: Mapping[str, object]) -> dict[str, str]:
    """Return the scalars of an object as text, by dotted path; null and lists are left out.

    Raises:
        BadJsonError: a number is out of range.
    """
    fields: dict[str, str] = {}
    waiting = [("", 1, value)]
    while waiting:
        prefix, depth, inner = waiting.pop()
        for key, item in inner.items():
            kind = type(item)
            if kind is str:
                fields[prefix + key] = item  # type: ignore[assignment]
            elif kind is dict:
                if depth < _MAX_PATH:
                    waiting.append((f"{prefix}{key}.", depth + 1, item))  # type: ignore[arg-type]
            elif kind is bool:
                fields[prefix + key] = "true" if item else "false"
            elif kind is _Float or kind is int:
                fields[prefix + key] = _number(key, item)
    return fields


def _number(key: str, item: object) -> str:
    """A number as it was written, in digits; one that is no number to any other program is refused."""
    try:
        if isinstance(item, _Float) and math.isinf(float(item)):
            raise BadJsonError("not_json", f"not a JSON object: the number {item[:40]} of {key[:80]!r} is out of range")
        return str(item)
    except ValueError as error:  # more digits than Python turns into text
        raise BadJsonError("not_json", f"not a JSON object: the number of {key[:80]!r} is out of range") from error


def to_record(data: bytes, place: Place, start: int, source: Source, options: ReadOptions) -> RawRecord | Rejected:
    """Return the record of JSON bytes that stand at `start` of the decoded stream, or why there is none."""

    def reject(code: str, message: str, hint: str) -> Rejected:
        return Rejected(place.name, place.number, place.start, place.end, code, message, hint, data[:SHOWN])

    try:
        value, notes = parse(data, start, source)
        if not isinstance(value, dict):
            hint = "One article, one object with named fields."
            return reject("not_json", f"expected a JSON object, found {_kind(value)}", hint)
        found, text = lookup(value, options.text_column)
        if type(text) is str:
            return RawRecord(place.name, place.number, place.start, place.end, text, flat(value), notes)
        names = sorted(flat(value))
    except BadJsonError as problem:
        hint = (
            "Leave one of the two."
            if problem.code == "repeated_key"
            else "Mend it; what is whole was read. If one object spans several lines, name the file .json."
        )
        return reject(problem.code, str(problem), hint)
    except Undecodable as problem:
        return reject(problem.code, problem.message, problem.hint)
    shown = ", ".join(name[:80] for name in names[:_MAX_NAMES]) + (
        f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    )
    said = f"found {_kind(text)}" if found else f"it has {shown or 'no fields'}"
    hint = 'Name it in the study: columns = { text = "..." }; a dot leads into nested objects.'
    return reject("no_text", f"the field {options.text_column!r} must hold the text, {said}", hint)


def _kind(value: object) -> str:
    return "float" if isinstance(value, _Float) else type(value).__name__
