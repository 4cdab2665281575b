"""Every run says what its tables hold, and they come back with those types."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from topics.artifacts.verify import verify
from topics.core.errors import ContractError, DataError, UsageError
from topics.exchange.export import export_tables
from topics.exchange.fields import FIELDS, OF_FRAME, OF_TABLE, field_of
from topics.exchange.frames import document_topics, read_table, read_tables, topic_terms
from topics.exchange.package import write_package
from topics.outputs import DOCUMENTS
from topics.reuse import load_artifact
from topics.reuse.artefact import COLUMNS
from topics.tables import FORMULA, Cell, render_csv
from topics.views import ARTICLES, OVERVIEW

FORMS = {
    "integer": r"-?\d+",
    "number": r"-?(\d+(\.\d+)?(e[+-]\d+)?|inf)",
    "boolean": "true|false",
    "date": r"\d{4}-\d\d-\d\d",
    "string": r"(?s).+",
}


@pytest.fixture(scope="module")
def package(sample_run: Path) -> dict[str, Any]:
    found = json.loads((sample_run / "tables" / "datapackage.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


def test_every_table_is_described_with_size_and_hash(sample_run: Path, package: dict[str, Any]) -> None:
    tables = sample_run / "tables"
    assert (package["profile"], package["name"]) == ("tabular-data-package", "sample")
    assert [one["path"] for one in package["resources"]] == sorted(path.name for path in tables.glob("*.csv"))
    for one in package["resources"]:
        data = (tables / one["path"]).read_bytes()
        assert one["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert one["bytes"] == len(data)
        assert re.fullmatch(r"[a-z0-9._-]+", one["name"])
        assert [field["name"] for field in one["schema"]["fields"]] == rows(tables / one["path"])[0]
        assert one["schema"]["missingValues"] == [""]
        assert all(field["description"].endswith(".") for field in one["schema"]["fields"])


def test_every_cell_is_what_its_column_is_said_to_hold(sample_run: Path, package: dict[str, Any]) -> None:
    wrong = []
    for one in package["resources"]:
        forms = [re.compile(FORMS[field["type"]]) for field in one["schema"]["fields"]]
        for row in rows(sample_run / "tables" / one["path"])[1:]:
            wrong += [(one["name"], cell) for cell, form in zip(row, forms, strict=True) if cell and not form.fullmatch(cell)]
    assert wrong == []


def test_every_description_is_of_a_column_that_is_there(package: dict[str, Any]) -> None:
    there = {(one["name"], field["name"]) for one in package["resources"] for field in one["schema"]["fields"]}
    assert sorted(FIELDS.keys() - {column for _, column in there}) == []
    for stem, column in OF_TABLE:
        assert [name for name, held in there if held == column and f"{name}_".startswith(f"{stem}_")], (stem, column)


def test_every_description_of_a_frame_is_of_a_column_that_it_has() -> None:
    frames = {"overview": OVERVIEW, "articles": ARTICLES, "transform": COLUMNS}
    assert [(name, column) for name, column in OF_FRAME if column not in frames[name]] == []
    assert all(field_of(name, column) for name, columns in frames.items() for column in columns)


def test_the_package_is_part_of_the_run(sample_run: Path) -> None:
    assert "tables/datapackage.json" in {entry.path for entry in verify(sample_run).files}


def test_a_column_that_nobody_described_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("id,oddity\n", encoding="utf-8")
    with pytest.raises(ContractError, match="oddity"):
        write_package(tmp_path, "a", "")


def test_a_name_becomes_one_that_a_package_may_have(tmp_path: Path) -> None:
    write_package(tmp_path, "Harbours_2026.a", "")
    found = json.loads((tmp_path / "datapackage.json").read_bytes())
    assert (found["name"], found["title"], found["resources"]) == ("harbours_2026.a", "Harbours_2026.a", [])


def test_one_name_means_another_thing_in_some_tables() -> None:
    assert field_of("lead_lag_lda", "left").type == "string"
    assert field_of("hierarchy_bertopic", "left").type == "integer"
    assert field_of("claims", "value").type == "number"
    assert field_of("claim_cells", "value").type == "string"


# --- frames -----------------------------------------------------------------------------------------------------------------------------


def test_frames_hold_the_cells_with_their_types(sample_run: Path) -> None:
    frames, folder = read_tables(sample_run / "tables"), sample_run / "tables"
    assert sorted(frames) == sorted(path.stem for path in folder.glob("*.csv"))
    documents = frames["documents"]
    assert {name: str(kind) for name, kind in documents.dtypes.items()} | {"title": "string"} == {
        "id": "string", "file": "string", "record": "Int64", "title": "string", "source": "string", "language": "string",
        "date": "datetime64[s]", "date_earliest": "datetime64[s]", "date_latest": "datetime64[s]", "date_precision": "string",
        "date_confidence": "float64", "date_method": "string", "story": "string", "canonical": "boolean", "n_tokens": "Int64",
        "notes": "string",
    }  # fmt: skip
    for name, frame in frames.items():
        header, *cells = rows(folder / f"{name}.csv")
        assert list(frame.columns) == header
        for column, values in zip(header, zip(*cells, strict=True) if cells else [()] * len(header), strict=True):
            missing = [not value for value in values]
            assert frame[column].isna().tolist() == missing, (name, column)
            if field_of(name, column).type == "number":
                assert [value for value in frame[column].tolist() if value == value] == [float(value) for value in values if value]


HARD: list[list[Cell]] = [
    ["a\rb", "x,y", 3, "=1+1", 'q"u"o\nte', "en", None, None, None, "day", 0.5, "m", "s", True, 7, "＝n"],
    ["\n=b\r\nc", "", 2**62 + 1, "-x'", "N/A", "NULL", date(1000, 1, 2), None, None, "nan", 1e-300, "inf", "s", False, None, "'plain"],
]


def test_text_comes_back_as_it_was_and_numbers_whole(tmp_path: Path) -> None:
    path = tmp_path / "documents.csv"
    path.write_text(render_csv(DOCUMENTS, HARD), encoding="utf-8", newline="\n")
    frame = read_table(path)
    for row, wanted in enumerate(HARD):
        for name, value in zip(DOCUMENTS, wanted, strict=True):
            found = frame[name].iloc[row]
            if value is None or value == "":
                assert pd.isna(found), name
            else:
                assert (found.date() if isinstance(value, date) else found) == value, name


@pytest.mark.parametrize("sign", FORMULA, ids=lambda sign: f"U+{ord(sign):04X}")
def test_the_apostrophe_before_a_formula_is_taken_off(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "themes.csv"
    path.write_text(render_csv(("theme", "language", "label"), [("k", "en", f"{sign}cmd")]), encoding="utf-8", newline="\n")
    assert read_table(path)["label"].tolist() == [f"{sign}cmd"]


def test_a_cell_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "document_topics_lda.csv"
    path.write_text("id,topic,weight\na,1,0.5\nb,one,0.5\n", encoding="utf-8")
    with pytest.raises(DataError, match="one"):
        read_table(path)
    with pytest.raises(DataError, match=r"none\.csv"):
        read_table(tmp_path / "none.csv")


def test_frames_of_a_result_are_its_matrices(sample_run: Path) -> None:
    for name in ("lda", "bertopic"):
        result = load_artifact(sample_run / "artifacts" / name).model.result
        terms = topic_terms(result).pivot(index="topic", columns="term", values="weight").fillna(0.0)
        held = [column for column in range(len(result.topics.vocabulary)) if result.topics.weights[:, column].any()]
        assert terms.columns.tolist() == [result.topics.vocabulary.terms[column] for column in held]
        assert np.array_equal(terms.to_numpy(), result.topics.weights[:, held])
        documents = document_topics(result)
        assigned = documents.dropna(subset="topic")
        for number, identifier in enumerate(result.documents.doc_ids[:20]):
            mine = assigned[assigned["id"] == identifier]
            row = result.documents.weights[number].astype(np.float64)
            assert mine["weight"].tolist() == row[row > 0].tolist()
        sums = documents.groupby("id")["weight"].sum()
        assert np.allclose(sums, 1.0, atol=2e-4)
        assert documents["topic"].isna().any() == bool((result.documents.unassigned > 1e-4).any())


# --- Parquet ----------------------------------------------------------------------------------------------------------------------------


def test_parquet_holds_the_frames(sample_run: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    export_tables(sample_run, tmp_path / "out")
    assert verify(tmp_path / "out").kind == "export"
    frames = read_tables(sample_run / "tables")
    assert {path.stem for path in (tmp_path / "out").glob("*.parquet")} == set(frames)
    kinds = {"string": "string", "integer": "int64", "number": "double", "boolean": "bool", "date": "date32[day]"}
    for name, frame in frames.items():
        path = tmp_path / "out" / f"{name}.parquet"
        table = parquet.read_table(path)
        assert {column: str(table.schema.field(column).type) for column in table.column_names} == {
            column: kinds[field_of(name, column).type] for column in frame.columns
        }
        for column in frame.columns:
            values = [None if pd.isna(value) else value for value in frame[column].tolist()]
            wanted = [value.date() if isinstance(value, pd.Timestamp) else value for value in values]
            assert table.column(column).to_pylist() == wanted, (name, column)
        if len(frame):
            assert parquet.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_parquet_has_the_same_bytes_anywhere(sample_run: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_run, tmp_path / "o'ther")
    export_tables(sample_run, tmp_path / "a")
    export_tables(tmp_path / "o'ther", tmp_path / "b")
    assert verify(tmp_path / "a") == verify(tmp_path / "b")


def test_a_model_has_no_tables(sample_run: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="lda"):
        export_tables(sample_run / "artifacts" / "lda", tmp_path / "out")
    assert not (tmp_path / "out").exists()
