"""Vectors that a user made elsewhere: checked row by row, and named by the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from topics.core.errors import DataError
from topics.core.matrices import Embeddings, Float64

WHERE = "vectors"
ORDER = "Rows stand in the order of `corpus.ids`; or give a mapping from id to row."


@dataclass(frozen=True, eq=False)
class GivenVectors:
    """Precomputed vectors.

    Args:
        rows: (n_docs, n_dims) in the order of `corpus.ids`, or a mapping from document id to (n_dims,).
        name: of the model that made them. Vectors of training and new documents must have the same.
        aligned: whether vectors of several languages can be compared.
        where: the file that they come from, for messages.
        numbers: row in that file of each document id, for messages; counted from 0.
    """

    rows: npt.NDArray[Any] | Mapping[str, npt.NDArray[Any]]
    name: str
    aligned: bool = False
    where: str = WHERE
    numbers: Mapping[str, int] = field(default_factory=dict)

    def of(self, ids: tuple[str, ...], taking_part: npt.NDArray[np.bool_] | None = None) -> Embeddings:
        """Return the vectors of these documents, brought to unit length.

        Args:
            ids: of the documents.
            taking_part: (n_docs,) False for documents that need no vector; theirs become zero.

        Raises:
            DataError: rows are missing, too many or of several lengths; NaN, infinity or only zeros in one. The message names the first.
        """
        part = np.ones(len(ids), dtype=bool) if taking_part is None else taking_part
        rows = self._picked(ids, part) if isinstance(self.rows, Mapping) else _matrix(self.rows)
        if len(rows) != len(ids):
            raise DataError(f"there are {len(rows):,} vectors for {len(ids):,} documents.", where=WHERE, hint=ORDER)
        rows = np.where(part[:, None], rows, 0.0)
        self._refuse(np.asarray(~np.isfinite(rows).all(axis=1)), ids, "holds NaN or infinity")
        scale = np.abs(rows).max(axis=1, initial=0.0)
        self._refuse(part & (scale == 0), ids, "is zero in every place")
        rows /= np.where(scale > 0, scale, 1.0)[:, None]  # first, so that no square is too large or too small
        lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
        unit = np.divide(rows, lengths, out=rows, where=lengths > 0).astype(np.float32)
        return Embeddings(unit, ids, f"precomputed:{self.name}:{unit.shape[1]}", self.aligned)

    def _refuse(self, bad: npt.NDArray[np.bool_], ids: tuple[str, ...], what: str) -> None:
        rows = np.flatnonzero(bad)
        if rows.size:
            row = self.numbers.get(ids[rows[0]]) if isinstance(self.rows, Mapping) else int(rows[0])
            place = "" if row is None else f"row {row} counted from 0, "
            text = f"the vector of document {ids[rows[0]]!r} ({place}the first of {rows.size:,}) {what}."
            raise DataError(text, where=self.where, hint="Embed those documents again, or leave them out of the corpus.")

    def _picked(self, ids: tuple[str, ...], part: npt.NDArray[np.bool_]) -> Float64:
        """Rows by id; zero for documents that take no part."""
        assert isinstance(self.rows, Mapping)
        absent = [name for name, needed in zip(ids, part, strict=True) if needed and name not in self.rows]
        if absent:
            what = f"{len(absent):,} of {len(ids):,} documents have no vector, first {absent[0]!r}."
            raise DataError(what, where=WHERE, hint="Keys are the documents' ids, as in `corpus.ids` and documents.csv.")
        found = [_row(name, self.rows[name]) if needed else None for name, needed in zip(ids, part, strict=True)]
        sizes = [(name, len(row)) for name, row in zip(ids, found, strict=True) if row is not None]
        n_dims = sizes[0][1] if sizes else 1
        for name, size in sizes:
            if size != n_dims:
                what = f"the vector of {name!r} has {size} dimensions, that of {sizes[0][0]!r} has {n_dims}."
                raise DataError(what, where=WHERE, hint="All must come from one model.")
        return np.array([np.zeros(n_dims) if row is None else row for row in found], dtype=np.float64).reshape(len(ids), n_dims)


def _numbers(values: npt.NDArray[Any], whose: str) -> Float64:
    array = np.asarray(values)
    if array.dtype.kind not in "fiu":
        raise DataError(f"{whose} are {array.dtype}, not real numbers.", where=WHERE, hint="Give float32 numbers.")
    return array.astype(np.float64)


def _matrix(values: npt.NDArray[Any]) -> Float64:
    rows = _numbers(values, "the vectors")
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise DataError(f"the vectors have the shape {rows.shape}, not (documents, dimensions).", where=WHERE, hint=ORDER)
    return rows


def _row(name: str, values: npt.NDArray[Any]) -> Float64:
    row = _numbers(values, f"the values of {name!r}")
    if row.ndim != 1 or not len(row):
        raise DataError(f"the vector of {name!r} has the shape {row.shape}, not (dimensions,).", where=WHERE, hint="Give one row for each.")
    return row
