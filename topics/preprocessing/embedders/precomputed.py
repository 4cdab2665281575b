"""Vectors that were made elsewhere, from a folder: `vectors.npy` or `vectors.safetensors`, and `ids.txt` with an id a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from topics.core.codecs import read_json
from topics.core.embedding import Embeddable, EmbedderKind, EmbedderOptions, Fitter
from topics.core.errors import DataError
from topics.core.hashing import digest, file_digest
from topics.core.matrices import Embeddings
from topics.core.vectors import GivenVectors
from topics.preprocessing.embedders._folder import HEADER, FolderRecord, Recorded, find_again, find_model

NAME = "precomputed"
IDS, NPY, SAFETENSORS = "ids.txt", "vectors.npy", "vectors.safetensors"
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
    def description(self) -> str:
        """A sentence for the report."""
        return f"Document vectors: made elsewhere and given as {self.name!r}, {self.dimensions} dimensions."

    def embed(self, documents: Embeddable, cache: Path | None = None) -> Embeddings:
        """Return the vectors of these documents."""
        folder = find_again(self.record.folder, self.bases, self.given, self.fingerprint)
        ids, rows = read_vectors(folder)
        found = dict(zip(ids, rows, strict=True))
        if rows.shape[1] != self.dimensions:
            what = f"these vectors have {rows.shape[1]} dimensions, those of the preparation {self.dimensions}."
            raise DataError(what, where=str(folder), hint="All must come from one model; or prepare and fit again.")
        part = np.array([bool(code) for code in documents.languages], dtype=bool)
        return GivenVectors(found, self.name, self.aligned).of(documents.dtm.doc_ids, part)


def read_vectors(folder: Path) -> tuple[list[str], npt.NDArray[Any]]:
    """Return ids (n) and rows (n, n_dims), which stay on disk until they are asked for.

    Raises:
        DataError: a file is missing or damaged, holds a pickle, or ids and rows differ in number; an id stands twice.
    """
    try:
        ids = (folder / IDS).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"no readable list of ids: {error}.", where=str(folder / IDS), hint=LAYOUT) from error
    path = next((folder / name for name in (SAFETENSORS, NPY) if (folder / name).is_file()), None)
    if path is None:
        raise DataError("there are no vectors.", where=str(folder), hint=LAYOUT)
    rows = _read_npy(path) if path.name == NPY else _read_safetensors(path)
    if rows.ndim != 2 or len(rows) != len(ids):
        raise DataError(f"the vectors have the shape {rows.shape}, {IDS} holds {len(ids):,} ids.", where=str(path), hint=LAYOUT)
    if len(set(ids)) != len(ids):
        twice = next(name for at, name in enumerate(ids) if name in set(ids[:at]))
        raise DataError(f"the id {twice!r} stands twice.", where=str(folder / IDS), hint="Give each document one row.")
    return ids, rows


def _read_npy(path: Path) -> npt.NDArray[Any]:
    try:
        rows: npt.NDArray[Any] = np.load(path, mmap_mode="r")  # numpy refuses pickled objects unless it is told otherwise
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"no readable array: {error}.", where=str(path), hint="Save it by numpy.save as float32.") from error
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
    _, rows = read_vectors(find_model(options.folder, options.bases))
    record = FolderRecord(NAME, options.folder, int(rows.shape[1]), options.aligned)
    return lambda dtm: GivenEmbedder(record, options.bases)


def load(directory: Path, folder: Path | None) -> GivenEmbedder:
    """Read what `save` wrote."""
    return GivenEmbedder(read_json(directory / HEADER, FolderRecord), (Path(), *directory.resolve().parents), folder)


def input_key(options: EmbedderOptions) -> str:
    """Return a hash of the files: other vectors make another model."""
    folder = find_model(options.folder, options.bases)
    return digest([file_digest(folder / name) for name in (IDS, NPY, SAFETENSORS) if (folder / name).is_file()])


EMBEDDER = EmbedderKind(NAME, "Vectors made elsewhere, in a folder", fit=fit, load=load, reads_folder=True, input_key=input_key)
