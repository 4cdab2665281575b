"""Lines that a source prints in many articles (newsletter boxes, "read also"): found by counting, no article text."""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import numpy.typing as npt

from topics.core.codecs import read_json, write_json

MAX_WORDS = 25  # longer lines are prose: articles that share those are copies, not neighbours of one box
MIN_TEXTS = 5
MIN_SHARE = 0.01
KEY_BYTES = 8
FILE_NAME = "repeated_lines.json"
Key = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
Keys = npt.NDArray[np.uint64]
Repeated = frozenset[int]
NONE: Repeated = frozenset()


def join_repeated(*several: Mapping[str, Repeated]) -> dict[str, Repeated]:
    """Return the lines of all, by source."""
    sources = sorted({source for found in several for source in found})
    return {source: NONE.union(*(found.get(source, NONE) for found in several)) for source in sources}


def write_repeated(directory: Path, repeated: Mapping[str, Repeated]) -> None:
    """Write the keys of lines by source into an existing directory; the lines themselves are not kept."""
    write_json(directory / FILE_NAME, {source: tuple(f"{key:016x}" for key in sorted(keys)) for source, keys in sorted(repeated.items())})


def read_repeated(directory: Path) -> dict[str, Repeated]:
    """Read what `write_repeated` wrote; nothing where an earlier release wrote none.

    Raises:
        DataError: damaged.
    """
    if not (directory / FILE_NAME).is_file():
        return {}
    found = read_json(directory / FILE_NAME, dict[str, tuple[Key, ...]], "repeated lines of sources")
    return {source: frozenset(int(key, 16) for key in keys) for source, keys in found.items()}


def line_key(line: str) -> int:
    """Return a short name of a line, case and white space aside (64 bits: among 10 million lines two collide once in 400,000 runs)."""
    return int.from_bytes(hashlib.blake2b(" ".join(line.lower().split()).encode(), digest_size=KEY_BYTES).digest(), "little")


def line_keys(text: str) -> bytes:
    """Return, 8 bytes each, the key of the first long line (what the article is) and the keys of the short lines after the first.

    The first line of an article is its title, whatever other articles begin with.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    lead = next((line for line in lines if len(line.split()) > MAX_WORDS), text)
    short = {line_key(line) for line in lines[1:] if len(line.split()) <= MAX_WORDS}
    return np.array([line_key(lead), *sorted(short)], dtype="<u8").tobytes()


def find_repeated(documents: Iterable[tuple[str, bytes]]) -> Mapping[str, Repeated]:
    """Return, by source, the keys of short lines that stand under at least 5 and at least 1 % of its different leads.

    Args:
        documents: (source, `line_keys`) of each document. Copies of one article share their lead and count once.
    """
    keys_of: dict[str, bytearray] = defaultdict(bytearray)
    sizes: dict[str, array[int]] = defaultdict(lambda: array("q"))
    for source, keys in documents:
        keys_of[source] += keys
        sizes[source].append(len(keys) // KEY_BYTES)
    found: dict[str, Repeated] = {}
    for source in sorted(keys_of):
        if len(lines := _often(np.frombuffer(keys_of.pop(source), dtype="<u8"), np.array(sizes[source], dtype=np.int64))):
            found[source] = frozenset(lines.tolist())
    return found


def _often(keys: Keys, sizes: npt.NDArray[np.int64]) -> Keys:
    """The lines of one source that stand under enough of its leads; each document's keys begin with its lead."""
    starts = np.cumsum(sizes) - sizes
    is_line = np.ones(len(keys), dtype=np.bool_)
    is_line[starts] = False
    lines, leads = keys[is_line], np.repeat(keys[starts], sizes - 1)
    order = np.lexsort((leads, lines))
    lines, leads = lines[order], leads[order]
    first = np.ones(len(lines), dtype=np.bool_)  # a line counts once a lead
    first[1:] = (lines[1:] != lines[:-1]) | (leads[1:] != leads[:-1])
    different, counts = np.unique(lines[first], return_counts=True)
    return different[counts >= max(MIN_TEXTS, MIN_SHARE * len(np.unique(keys[starts])))]


def found_in(keys: bytes, repeated: Repeated) -> tuple[int, ...]:
    """Return which of a document's short lines are repeated ones, sorted."""
    if not repeated:
        return ()
    return tuple(sorted(repeated.intersection(np.frombuffer(keys, dtype="<u8")[1:].tolist())))
