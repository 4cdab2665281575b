"""Artefacts changed at random: bits, lengths, whole files, JSON values and headers; with hashes as they were, or made to fit."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from topics.artifacts.manifest import FILE_NAME, ArtifactManifest, Provenance, key_of, list_files, make_manifest, write_manifest
from topics.core.errors import TopicsError
from topics.reading import read_new
from topics.reuse.artefact import Artifact, load_artifact

Files = dict[str, bytes]
TOLERANCE = 1e-4
ODD: tuple[object, ...] = (
    None, True, -1, 0, 1e308, 2**63, 10**400, "", "x" * 5000, "é", "e\u0301", "\x00", "../../etc", [], {}, [[]], [None], {"a": 1},
)  # fmt: skip
NUMBERS = (b"NaN", b"-Infinity", b"1e999", b"-1", b"0", b"9" * 400, b"1e-400", b"true", b'"1"')


def flip_bits(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data or b"\0")
    for _ in range(draw.choice((1, 1, 1, 8))):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def truncate(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(max(len(data), 1))]


def insert(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.randbytes(draw.choice((1, 8, 1000))) + data[at:]


def repeat(data: bytes, draw: random.Random) -> bytes:
    first, last = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
    return data[:last] + data[first:last] + data[last:]


def cut_out(data: bytes, draw: random.Random) -> bytes:
    first, last = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
    return data[:first] + data[last:]


def _places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def json_value(data: bytes, draw: random.Random) -> bytes:
    """Another value at one place: of another kind, out of range, gone, or there twice."""
    held = json.loads(data)
    path = draw.choice(_places(held))
    if not path:
        return _encoded(draw.choice(ODD))
    parent = held
    for key in path[:-1]:
        parent = parent[key]
    action = draw.choice(("odd", "odd", "gone", "swap", "twice"))
    if action == "odd":
        parent[path[-1]] = draw.choice(ODD)
    elif action == "gone":
        del parent[path[-1]]
    elif isinstance(parent, list):
        other = draw.randrange(len(parent))
        if action == "swap":
            parent[path[-1]], parent[other] = parent[other], parent[path[-1]]
        else:
            parent.insert(other, parent[path[-1]])
    else:
        parent[f"{path[-1]}_"] = parent[path[-1]]
    return _encoded(held)


def json_number(data: bytes, draw: random.Random) -> bytes:
    """No number, an endless one, or one beyond every type, in place of a number; in place of the whole where there is none."""
    spans: list[tuple[int, int]] = []
    begin = -1
    for at, byte in enumerate(data):
        if chr(byte) in "0123456789.-" and (begin >= 0 or data[at - 1 : at] in (b" ", b"[", b",", b":", b"\n")):
            begin = at if begin < 0 else begin
        elif begin >= 0:
            spans.append((begin, at))
            begin = -1
    first, last = draw.choice(spans) if spans else (0, len(data))
    return data[:first] + draw.choice(NUMBERS) + data[last:]


def json_key_twice(data: bytes, draw: random.Random) -> bytes:
    starts = [at for at, byte in enumerate(data) if byte == ord("{") and data[at + 1 :].lstrip()[:1] == b'"']
    if not starts:
        return b'{"a": 1, "a": 2}'
    at = draw.choice(starts)
    key = data[at + 1 :].lstrip().split(b'"')[1]
    return data[: at + 1] + b'"' + key + b'": ' + draw.choice((b"0", b"null", b'""', b"[]")) + b"," + data[at + 1 :]


def json_deep(data: bytes, draw: random.Random) -> bytes:
    depth = draw.choice((33, 900, 5000, 100_000))
    kind = draw.choice((b"[", b'{"a":'))
    nest = kind * depth + b"0" + (b"]" if kind == b"[" else b"}") * depth
    return draw.choice((nest, data[:1] + nest + b"," + data[1:], kind * depth))


def header_number(data: bytes, draw: random.Random) -> bytes:
    """Another length of the header of arrays."""
    return struct.pack("<Q", draw.choice((0, 1, 7, 2**31, 2**40, 2**63, 2**64 - 1, len(data) * 2))) + data[8:]


def header_value(data: bytes, draw: random.Random) -> bytes:
    """Another shape, type, place or name in the header of arrays."""
    size = struct.unpack("<Q", data[:8])[0]
    header, rest = json.loads(data[8 : 8 + size]), data[8 + size :]
    name = draw.choice(sorted(set(header) - {"__metadata__"}))
    change = draw.choice(("shape", "shape", "dtype", "data_offsets", "name", "more", "many"))
    numbers = (0, -1, 1, 2**31, 2**40, 2**63, 10**30)
    if change == "name":
        header[draw.choice(("", "../x", "a" * 10_000))] = header.pop(name)
    elif change == "more":
        header["more"] = {"dtype": "F32", "shape": [0], "data_offsets": [len(rest), len(rest)]}
    elif change == "many":
        header |= {f"t{n}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(5000)}
    elif change == "dtype":
        header[name]["dtype"] = draw.choice(("F64", "F16", "BF16", "I64", "U8", "BOOL", "F8_E4M3", "X"))
    else:
        listed = header[name][change]
        listed[draw.randrange(len(listed))] = draw.choice(numbers)
    encoded = _encoded(header)
    return struct.pack("<Q", len(encoded)) + encoded + rest


def array_value(data: bytes, draw: random.Random) -> bytes:
    """Another number in the arrays themselves."""
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    entry = header[draw.choice(sorted(set(header) - {"__metadata__"}))]
    first, last = entry["data_offsets"]
    width = 8 if entry["dtype"] == "F64" else 4
    if last <= first:
        return flip_bits(data, draw)
    at = 8 + size + first + width * draw.randrange((last - first) // width)
    value = draw.choice((np.nan, np.inf, -np.inf, -1.0, 0.0, 1e30, 1e-30, 0.5))
    return data[:at] + struct.pack("<d" if width == 8 else "<f", value) + data[at + width :]


ANY = (flip_bits, flip_bits, truncate, insert, repeat, cut_out)
OF_JSON = (json_value, json_value, json_value, json_number, json_key_twice, json_deep)
OF_ARRAYS = (header_number, header_value, header_value, array_value, array_value)


@dataclass(frozen=True)
class Case:
    """One changed artefact: what was done to which file, whether the hashes were made to fit, and its files."""

    kind: str
    path: str
    sealed: bool
    files: Files

    def changed(self, artefact: Files) -> set[str]:
        """Paths whose bytes are others than in the unchanged artefact."""
        return {path for path in self.files.keys() | artefact.keys() if self.files.get(path) != artefact.get(path)}


def make_case(number: int, artefact: Files, other: Files, *, sealed: bool) -> Case:
    """Return the case of a number: the same for the same number.

    Args:
        number: names it.
        artefact: to be changed.
        other: another artefact, whose files are swapped in.
        sealed: whether the hashes shall fit.
    """
    draw = random.Random(number)
    path = draw.choice(sorted(artefact))
    data, files = artefact[path], dict(artefact)
    if draw.random() < 0.06:
        kind = draw.choice(("swap", "taken from another", "gone", "more"))
        if kind == "swap":
            second = draw.choice(sorted(set(artefact) - {path}))
            files[path], files[second] = files[second], files[path]
        elif kind == "taken from another":
            files[path] = other.get(path, b"")
        elif kind == "gone":
            del files[path]
        else:
            files[draw.choice(("extra.json", "sub/extra.safetensors", "model.pkl", "Labels.json"))] = data
        return Case(kind, path, sealed, files)
    own = OF_JSON if path.endswith(".json") else OF_ARRAYS
    change: Callable[[bytes, random.Random], bytes] = draw.choice((*ANY, *own, *own))
    files[path] = change(data, draw)
    return Case(change.__name__, path, sealed, files)


def lay_out(case: Case, artefact: Files, folder: Path) -> None:
    """Make a folder that holds an unchanged artefact hold the case, and a manifest that fits where that is asked for."""
    for path in sorted(artefact.keys() | case.files.keys()):
        if path not in case.files:
            (folder / path).unlink()
        elif case.files[path] != artefact.get(path):
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(case.files[path])
    if case.sealed:
        seal(folder, artefact[FILE_NAME])


def put_back(case: Case, artefact: Files, folder: Path) -> None:
    """Undo `lay_out`."""
    for path in case.files.keys() - artefact.keys():
        (folder / path).unlink()
        if (folder / path).parent != folder:
            (folder / path).parent.rmdir()
    for path, data in artefact.items():
        if case.files.get(path) != data or (case.sealed and path == FILE_NAME):
            (folder / path).write_bytes(data)


def seal(folder: Path, original: bytes) -> None:
    """Write a manifest that fits the files, keeping what a changed one says of their origin where it can be read."""
    try:
        before = msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=ArtifactManifest)
        intact = (folder / FILE_NAME).read_bytes() == original
    except (OSError, ValueError, msgspec.DecodeError, RecursionError):
        return
    origin = Provenance(msgspec.Raw(before.config.encode("utf-8", "surrogatepass")), before.seed, before.inputs, before.versions)
    try:
        if intact:
            write_manifest(folder, make_manifest(folder, before.kind, origin))
        else:
            files = list_files(folder)
            write_manifest(folder, msgspec.structs.replace(before, files=files, key=key_of(before.kind, origin, files)))
    except TopicsError:
        return  # names that cannot be listed


@dataclass(frozen=True)
class Outcome:
    """What became of a case: `refused` by the project's error, the `same` answers, or `other` answers; and the words of the error."""

    what: str
    said: str = ""


class Judge:
    """Loads a changed artefact and compares its answers to new documents with those of the unchanged one.

    Labels, titles, names and what training documents were given are data, which nothing but the hash protects; answers are the topics and
    themes of new documents.
    """

    def __init__(self, folder: Path, documents: Path) -> None:
        read = read_new([documents], zone="UTC").whole()[0]
        self.corpus = replace(read, texts=tuple(read.texts))  # opening their database takes longer than a small artefact
        self.expected = self._answers(load_artifact(folder))

    def _answers(self, artefact: Artifact) -> tuple[np.ndarray[Any, Any], ...]:
        from topics.reuse.reference import needs_vectors
        from topics.theming import COMBINED, theme_documents

        embed = needs_vectors(artefact.manifest.kind, artefact.preparation, artefact.themes)
        prepared = artefact.preparation.apply(self.corpus, embed=embed)
        scores, present = artefact.themes.score(theme_documents(self.corpus, artefact.themes.themes, prepared))[COMBINED]
        return artefact.model.transform(prepared).weights, scores, present.astype(np.float64)

    def look(self, folder: Path) -> Outcome:
        """Return what becomes of a changed artefact; an error that is not the project's is raised."""
        try:
            loaded = load_artifact(folder)
        except TopicsError as error:
            return Outcome("refused", str(error))
        found = self._answers(loaded)
        alike = all(a.shape == b.shape and np.allclose(a, b, rtol=0, atol=TOLERANCE) for a, b in zip(found, self.expected, strict=True))
        return Outcome("same" if alike else "other")
