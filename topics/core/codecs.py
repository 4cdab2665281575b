"""Values to files and back without pickle: safetensors for arrays, JSON for the rest. Same values, same bytes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from topics.core.errors import ContractError, DataError
from topics.core.matrices import ROW_SUM_TOLERANCE, Scale, TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.results import ModelCard, TopicResult

T = TypeVar("T")
MAX_DEPTH = 32  # of JSON; no record of ours comes near it
ABOVE_ZERO = float(np.finfo(np.float32).tiny)
MODE = 0o644  # of files, like those of others
Arrays = dict[str, npt.NDArray[np.float32] | npt.NDArray[np.float64]]


class ResultHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The JSON part of a stored result."""

    card: ModelCard
    scale: Scale
    doc_ids: tuple[str, ...]
    terms: tuple[str, ...]
    languages: tuple[str, ...]


def write_json(path: Path, value: object) -> None:
    """Write a value as indented JSON with sorted keys."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1) + b"\n")


def _unlike(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object; raise where it names a key twice: readers differ in which they take."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _check_depth(value: object) -> None:
    """Raise where lists and objects are nested deeper than any of ours; what reads them may go down by recursion."""
    level = [value]
    for _ in range(MAX_DEPTH):
        nested = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = [child for children in nested for child in children if isinstance(child, dict | list)]
    if level:
        raise ValueError(f"lists and objects are nested deeper than {MAX_DEPTH}")


def _checked(data: bytes) -> bytes:
    try:
        _check_depth(json.loads(data, object_pairs_hook=_unlike))
    except RecursionError as error:
        raise ValueError(f"lists and objects are nested deeper than {MAX_DEPTH}") from error
    return data


def read_json(path: Path, kind: type[T], what: str = "") -> T:
    """Read a JSON file strictly as one type; an error calls it `what`, or by the type's name.

    Raises:
        DataError: the file is missing, does not fit, holds a key twice, or is nested deeper than 32.
    """
    try:
        return msgspec.json.decode(_checked(path.read_bytes()), type=kind)
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise DataError(f"not readable as {what or kind.__name__}: {error}.", where=str(path), hint="Fetch or fit it again.") from error


def write_arrays(path: Path, arrays: Arrays, about: str = "") -> None:
    """Write named arrays, sorted by name, and a text about them.

    Raises:
        OSError: it cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    data = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    try:
        save_file(data, str(path), metadata={"about": about} if about else None)  # one text: of several, the order would differ
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))  # the library passes it on in words alone
        code = int(number[1]) if number else None
        raise OSError(code, os.strerror(code) if code else str(error), str(path)) from error
    path.chmod(MODE)  # the library lets nobody but the owner read it


def read_arrays(path: Path, names: tuple[str, ...]) -> Arrays:
    """Read named arrays; exactly these names must be there, all finite.

    Raises:
        DataError: missing, damaged, other names, NaN or infinity.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays: Arrays = load_file(str(path))
    except (OSError, SafetensorError) as error:
        raise DataError(f"not readable as safetensors: {error}.", where=str(path), hint="Fetch or fit it again.") from error
    if sorted(arrays) != sorted(names):
        raise DataError(
            f"holds the arrays {sorted(arrays)}, expected are {sorted(names)}.",
            where=str(path),
            hint="It belongs to another kind of artefact.",
        )
    for name, array in arrays.items():
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise DataError(
                f"the array {name!r} ({array.dtype}) holds something else than finite fractions: NaN, infinity or another type.",
                where=str(path),
                hint="Fit it again.",
            )
    return arrays


def check_shapes(path: Path, arrays: Arrays, shapes: dict[str, str], **sizes: int) -> None:
    """Raise `DataError` unless arrays fit each other.

    Args:
        path: where they were read.
        arrays: by name.
        shapes: name to its dimensions, a letter or a number each ("k v"); a letter is one size everywhere.
        sizes: letters whose size is known.
    """
    known = {str(number): number for number in range(10)} | sizes
    for name, dimensions in shapes.items():
        letters, shape = dimensions.split(), arrays[name].shape
        if len(letters) != len(shape) or any(known.setdefault(letter, size) != size for letter, size in zip(letters, shape, strict=True)):
            wanted = tuple(known.get(letter, letter) for letter in letters)
            what = f"the array {name!r} has the shape {shape} where {wanted} is expected."
            raise DataError(what, where=str(path), hint="It belongs to another model; fetch or fit it again.")


def check_least(path: Path, arrays: Arrays, least: Mapping[str, float]) -> None:
    """Raise `DataError` unless every number of an array is at least so large.

    Args:
        path: where they were read.
        arrays: by name.
        least: name to the least number; `ABOVE_ZERO` where zero is too little.
    """
    for name, value in least.items():
        array = arrays[name]
        if array.size and array.min() < value:
            at = tuple(int(place) for place in np.unravel_index(int(array.argmin()), array.shape))
            allowed = "more than 0" if value == ABOVE_ZERO else f"{value:g} or more"
            raise DataError(
                f"the array {name!r} holds {array.min()} at {at}, allowed is {allowed}.", where=str(path), hint="Fetch or fit it again."
            )


def check_rows(path: Path, arrays: Arrays, name: str) -> None:
    """Raise `DataError` unless every row of an array sums to 1."""
    sums = arrays[name].sum(axis=-1, dtype=np.float64)
    wrong = np.flatnonzero(np.abs(sums - 1) > ROW_SUM_TOLERANCE)
    if wrong.size:
        what = f"row {int(wrong[0])} of the array {name!r} sums to {sums[wrong[0]]}, not to 1."
        raise DataError(what, where=str(path), hint="Fetch or fit it again.")


def read_about(path: Path) -> str:
    """Return the text about the arrays of a file; empty where there is none.

    Raises:
        DataError: missing or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), "numpy") as file:
            return str((file.metadata() or {}).get("about", ""))
    except (OSError, SafetensorError) as error:
        raise DataError(f"not readable as safetensors: {error}.", where=str(path), hint="Fetch or fit it again.") from error


def write_result(directory: Path, result: TopicResult) -> None:
    """Write a result as `result.json` and `result.safetensors`."""
    vocabulary = result.topics.vocabulary
    header = ResultHeader(result.card, result.topics.scale, result.documents.doc_ids, vocabulary.terms, vocabulary.languages)
    write_json(directory / "result.json", header)
    write_arrays(directory / "result.safetensors", {"topics": result.topics.weights, "documents": result.documents.weights})


def read_result(directory: Path) -> TopicResult:
    """Read what `write_result` wrote; the records check sizes and sums.

    Raises:
        DataError: missing, damaged, or values that no result can have.
    """
    header = read_json(directory / "result.json", ResultHeader)
    arrays = read_arrays(directory / "result.safetensors", ("documents", "topics"))
    try:
        topics = TopicTermMatrix(arrays["topics"].astype(np.float64), Vocabulary(header.terms, header.languages), header.scale)
        return TopicResult(topics, TopicDistribution(arrays["documents"].astype(np.float32), header.doc_ids), header.card)
    except ContractError as error:
        raise DataError(f"holds no legal result: {error}.", where=str(directory), hint="Fetch or fit it again.") from error
