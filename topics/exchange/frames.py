"""Tables of a run and results of a model as pandas frames, typed as `datapackage.json` says; and the tables as Parquet."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from topics.core.errors import DataError
from topics.core.matrices import ROW_SUM_TOLERANCE
from topics.core.results import TopicResult
from topics.exchange.fields import FieldType
from topics.exchange.package import columns_of, schema_of
from topics.ingest.layout import connect, quoted, system_errors
from topics.tables import FORMULA, Cell, Table

if TYPE_CHECKING:
    import pandas as pd

SQL_TYPES: dict[FieldType, str] = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
ROW_GROUP = 122_880
_FILLERS: dict[FieldType, Cell] = {"string": "", "integer": 0, "number": 0.0, "boolean": False, "date": date.min}


def _types(path: Path) -> dict[str, FieldType]:
    return {field.name: field.type for field in schema_of(path.stem, columns_of(path)).fields}


def _plain(name: str) -> str:
    """A text column without the apostrophe that keeps a cell from being a formula."""
    signs = ", ".join(f"'{sign}'" for sign in FORMULA)
    text = f'"{name}"'
    return f"CASE WHEN {text}[1] = '''' AND {text}[2] IN ({signs}) THEN {text}[2:] ELSE {text} END AS {text}"


def _select(path: Path, types: dict[str, FieldType]) -> str:
    """The query that reads a CSV table of ours with its types."""
    cells = ", ".join(_plain(name) if kind == "string" else f'"{name}"' for name, kind in types.items())
    columns = ", ".join(f"'{name}': '{SQL_TYPES[kind]}'" for name, kind in types.items())
    form = "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', new_line = '\\n', parallel = false"
    return f"SELECT {cells} FROM read_csv('{quoted(path)}', {form}, columns = {{{columns}}})"  # noqa: S608 - names are ours


def _refused(path: Path, error: Exception) -> DataError:
    what = f"does not hold what its columns should: {' '.join(str(error).splitlines()[:2])}."
    return DataError(what, where=str(path), hint="Fetch the folder again, or run the study again.")


def _series(values: Any, kind: FieldType) -> pd.Series:  # noqa: ANN401 - duckdb gives plain and masked arrays
    """A column with its type; what is masked has no value."""
    import pandas as pd

    mask = np.ma.getmaskarray(values)
    data = np.ma.getdata(values)
    if kind == "integer":
        return pd.Series(pd.arrays.IntegerArray(data.astype(np.int64), mask))
    if kind == "boolean":
        return pd.Series(pd.arrays.BooleanArray(data.astype(bool), mask))
    if kind == "string":
        return pd.Series(np.where(mask, np.array(None, dtype=object), data), dtype="string")
    empty = np.datetime64("NaT") if kind == "date" else np.nan
    return pd.Series(np.where(mask, empty, data.astype("datetime64[s]" if kind == "date" else np.float64)))


def frame_of(table: Table) -> pd.DataFrame:
    """Return a table as a frame with the types that `read_table` gives, numbers as exact as they are; no text stands for no value."""
    import pandas as pd

    rows = list(table.make())
    schema = schema_of(table.name, table.columns)
    return pd.DataFrame({field.name: _cells([row[place] for row in rows], field.type) for place, field in enumerate(schema.fields)})


def _cells(values: list[Cell], kind: FieldType) -> pd.Series:
    """A column of cells with its type."""
    mask = np.array([value is None or value == "" or (isinstance(value, float) and math.isnan(value)) for value in values], dtype=bool)
    data = np.empty(len(values), dtype=object)
    data[:] = [_FILLERS[kind] if gone else str(value) if kind == "string" else value for value, gone in zip(values, mask, strict=True)]
    return _series(np.ma.MaskedArray(data, mask), kind)


def read_table(path: str | Path) -> pd.DataFrame:
    """Return a table of a run as a frame; a cell without a value is missing, days are `datetime64[s]`.

    Args:
        path: of the CSV file, under its own name.

    Raises:
        DataError: the file is missing, or a cell is not what its column holds.
    """
    import duckdb
    import pandas as pd

    path = Path(path)
    if not path.is_file():
        raise DataError("there is no such table.", where=str(path), hint="The folder tables/ of a run lists those there are.")
    types = _types(path)
    try:
        with connect() as connection:
            found = connection.execute(_select(path, types)).fetchnumpy()
    except duckdb.Error as error:
        raise _refused(path, error) from error
    return pd.DataFrame({name: _series(found[name], kind) for name, kind in types.items()})


def read_tables(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Return all CSV tables of a folder (`tables/` of a run) by name."""
    return {path.stem: read_table(path) for path in sorted(Path(folder).glob("*.csv"))}


def write_parquet(path: Path, target: Path) -> None:
    """Write a CSV table of a run as Parquet (zstd) with its types, row by row in its order.

    Raises:
        DataError: a cell is not what its column holds.
    """
    import duckdb

    query = f"COPY ({_select(path, _types(path))}) TO '{quoted(target)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    try:
        with system_errors(target), connect() as connection:
            connection.execute(query)
    except duckdb.Error as error:
        raise _refused(path, error) from error


def topic_terms(result: TopicResult) -> pd.DataFrame:
    """Return topic, term, language, weight: a row for every term of every topic with a weight above 0, exactly as the model has it."""
    import pandas as pd

    topics, columns = np.nonzero(result.topics.weights)
    vocabulary = result.topics.vocabulary
    return pd.DataFrame(
        {
            "topic": topics.astype(np.int64),
            "term": pd.Series(np.array(vocabulary.terms, dtype=object)[columns], dtype="string"),
            "language": pd.Series(np.array(vocabulary.languages, dtype=object)[columns], dtype="string"),
            "weight": result.topics.weights[topics, columns],
        }
    )


def document_topics(result: TopicResult) -> pd.DataFrame:
    """Return id, topic, weight: a row for each topic of a document with a weight above 0; its unassigned part has no topic."""
    import pandas as pd

    unassigned = result.documents.unassigned
    unassigned[unassigned < ROW_SUM_TOLERANCE] = 0.0
    weights = np.hstack([result.documents.weights.astype(np.float64), unassigned[:, None]])
    rows, topics = np.nonzero(weights)
    none = topics == result.n_topics
    return pd.DataFrame(
        {
            "id": pd.Series(np.array(result.documents.doc_ids, dtype=object)[rows], dtype="string"),
            "topic": pd.Series(pd.arrays.IntegerArray(topics.astype(np.int64), none)),
            "weight": weights[rows, topics],
        }
    )
