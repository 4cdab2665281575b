"""Vectors that were made elsewhere, from a folder: `vectors.npy` or `vectors.safetensors`, and `ids.txt` with an id a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from topics.core.codecs import read_json
from topics.core.embedding import Embeddable, EmbedderKind, EmbedderOptions, Fitter
from topics.core.errors import DataError, UsageError
from topics.core.hashing import digest, file_digest
from topics.core.matrices import Embeddings
from topics.core.vectors import GivenVectors
from topics.preprocessing.embedders._folder import HEADER, WHERE, FolderRecord, Recorded, find_again

NAME = "precomputed"
IDS, NPY, SAFETENSORS = "ids.txt", "vectors.npy", "vectors.safetensors"
SAVE = "Save it by numpy.save as float32."
LAYOUT = f"The folder holds {IDS} (one id a line, as in documents.csv) and {NPY} or {SAFETENSORS} (one row for each)."


@dataclass(frozen=True, eq=False)
class GivenEmbedder(Recorded):
    """Looks vectors up by the documents' ids; new documents need a folder with theirs.

    Vectors are named by the folder's name and their length: their content cannot be, since it is another for new documents.
    """

    record: FolderRecord
    bases: tuple[Path, ...] = ()
    given: Path | None = None

    @property
    def name(self) -> str:
        """What the user calls the vectors."""
        return Path(self.record.folder).name

    @property
    def fingerprint(self) -> str:
        """Names the vectors as the user does."""
        return f"{NAME}:{self.name}:{self.dimensions}"

    @property
    def reads_texts(self) -> bool:
        """No: vectors are looked up by ids."""
        return False

    @property
    def description(self) -> str:
        """A sentence for the report."""
        return f"Document vectors: made elsewhere and given as {self.name!r}, {self.dimensions} dimensions."

    def embed(self, documents: Embeddable, cache: Path | None = None) -> Embeddings:
        """Return the vectors of these documents."""
        folder = find_again(self.record.folder, self.bases, self.given, self.fingerprint, find_vectors)
        ids, rows = read_vectors(folder)
        found = dict(zip(ids, rows, strict=True))
        if rows.shape[1] != self.dimensions:
            what = f"these vectors have {rows.shape[1]} dimensions, those of the preparation {self.dimensions}."
            raise DataError(what, where=str(folder), hint="All must come from one model; or prepare and fit again.")
        part = np.array([bool(code) for code in documents.languages], dtype=bool)
        numbers = {name: row for row, name in enumerate(ids)}
        return GivenVectors(found, self.name, self.aligned, str(_array_path(folder)), numbers).of(documents.dtm.doc_ids, part)


def find_vectors(name: str, bases: Iterable[Path] = ()) -> Path:
    """Return the folder of vectors.

    Args:
        name: its path.
        bases: folders from which a relative path is looked for; without any, the working folder.

    Raises:
        UsageError: there is none.
    """
    tried = [(base / Path(name).expanduser()).resolve() for base in (*bases,) or (Path(),)]
    for path in tried:
        if path.is_dir():
            return path
    hint = f"Looked at {', '.join(map(str, tried))}. {LAYOUT}"
    raise UsageError(f"there is no folder {name!r} with vectors.", where=WHERE, hint=hint)


def _array_path(folder: Path) -> Path | None:
    return next((folder / name for name in (SAFETENSORS, NPY) if (folder / name).is_file()), None)


def read_vectors(folder: Path) -> tuple[list[str], npt.NDArray[Any]]:
    """Return ids (n) and rows (n, n_dims), which stay on disk until they are asked for.

    Raises:
        DataError: a file is missing or damaged, holds a pickle, or ids and rows differ in number; an id stands twice.
    """
    try:
        ids = (folder / IDS).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"no readable list of ids: {error}.", where=str(folder / IDS), hint=LAYOUT) from error
    path = _array_path(folder)
    if path is None:
        raise DataError("there are no vectors.", where=str(folder), hint=LAYOUT)
    rows = _read_npy(path) if path.name == NPY else _read_safetensors(path)
    if rows.ndim != 2 or len(rows) != len(ids):
        raise DataError(f"the vectors have the shape {rows.shape}, {IDS} holds {len(ids):,} ids.", where=str(path), hint=LAYOUT)
    _refuse_repeated(ids, folder / IDS)
    return ids, rows


def _refuse_repeated(ids: Sequence[str], path: Path) -> None:
    lines: dict[str, int] = {}
    for line, name in enumerate(ids, start=1):
        if name in lines:
            what = f"the id {name!r} stands twice, in the lines {lines[name]:,} and {line:,}."
            raise DataError(what, where=str(path), hint="Give each document one row.")
        lines[name] = line


def _read_npy(path: Path) -> npt.NDArray[Any]:
    try:
        rows: npt.NDArray[Any] = np.load(path, mmap_mode="r")  # numpy refuses pickled objects unless it is told otherwise
    except (OSError, ValueError, EOFError) as error:
        said = "it holds Python objects (a pickle), which can run code" if "Python objects" in str(error) else str(error)
        raise DataError(f"no readable array: {said}.", where=str(path), hint=SAVE) from error
    if not isinstance(rows, np.ndarray):
        raise DataError("no readable array: this is an archive of several (npz).", where=str(path), hint=SAVE)
    return rows


def _read_safetensors(path: Path) -> npt.NDArray[Any]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays = load_file(str(path))
    except (OSError, SafetensorError) as error:
        raise DataError(f"not readable as safetensors: {error}.", where=str(path), hint="Save it again.") from error
    if len(arrays) != 1:
        raise DataError(f"holds {len(arrays)} arrays, expected one.", where=str(path), hint=LAYOUT)
    found: npt.NDArray[Any] = next(iter(arrays.values()))
    return found


def fit(options: EmbedderOptions, n_docs: Mapping[str, int]) -> Fitter:
    """Return the embedder, after a look at the files."""
    _, rows = read_vectors(find_vectors(options.folder, options.bases))
    record = FolderRecord(NAME, options.folder, int(rows.shape[1]), options.aligned)
    return lambda dtm: GivenEmbedder(record, options.bases)


def load(directory: Path, folder: Path | None) -> GivenEmbedder:
    """Read what `save` wrote."""
    return GivenEmbedder(read_json(directory / HEADER, FolderRecord), (Path(), *directory.resolve().parents), folder)


def input_key(options: EmbedderOptions) -> str:
    """Return a hash of the files: other vectors make another model."""
    folder = find_vectors(options.folder, options.bases)
    return digest([file_digest(folder / name) for name in (IDS, NPY, SAFETENSORS) if (folder / name).is_file()])


EMBEDDER = EmbedderKind(NAME, "Vectors made elsewhere, in a folder", fit=fit, load=load, reads_folder=True, input_key=input_key)
