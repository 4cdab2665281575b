"""Frames in memory give what the same rows in a file give."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import topics
from topics.core.contracts import RawRecord, Rejected
from topics.core.errors import UsageError
from topics.ingest.frames import records_of
from topics.reading import read_paths

ROWS = [
    {
        "text": "The ministry said that the two agencies in the north would be merged this year.",
        "title": "Merger",
        "date": "2025-02-11",
        "source": "Post",
    },
    {
        "text": "Bộ trưởng cho biết hai cơ quan ở miền Bắc sẽ được sáp nhập trước mùa mưa năm nay.",
        "title": "Sáp nhập",
        "date": "2025-02-12",
        "source": "Báo",
    },
    {
        "text": "Fishing crews from three districts had waited for the berth since the storm.",
        "title": "Berth",
        "date": "2025-02-13",
        "source": "Post",
    },
]
ZONE = "Asia/Ho_Chi_Minh"


def test_the_same_rows_as_a_file_give_the_same_corpus(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    of_file, account = read_paths([path], zone=ZONE, as_of=None)
    of_frame, told = topics.from_frame(pd.DataFrame(ROWS))
    assert len(of_frame) == len(ROWS)
    assert of_frame.fingerprint == of_file.fingerprint
    assert [document.text for document in of_frame] == [document.text for document in of_file]
    assert (told.seen, told.accepted, told.as_of) == (account.seen, account.accepted, account.as_of)


def test_the_order_of_rows_does_not_matter() -> None:
    assert topics.from_frame(pd.DataFrame(ROWS))[0].fingerprint == topics.from_frame(pd.DataFrame(ROWS[::-1]))[0].fingerprint


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_other_libraries_give_the_same_corpus(library: str) -> None:
    module = pytest.importorskip(library)
    frame = module.DataFrame(ROWS) if library == "polars" else module.Table.from_pylist(ROWS)
    assert topics.from_frame(frame)[0].fingerprint == topics.from_frame(pd.DataFrame(ROWS))[0].fingerprint


def test_lazy_frames_are_collected() -> None:
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql("SELECT 'The text of a row in a lazy table of articles' AS text")
    if isinstance(nw.from_native(relation), nw.LazyFrame) and pytest.importorskip("pyarrow"):
        (record,) = records_of(relation, {})
        assert isinstance(record, RawRecord)


def test_columns_source_language_zone_and_last_day_are_used() -> None:
    frame = pd.DataFrame(
        {"body": [ROWS[0]["text"]], "at": [pd.Timestamp("2025-02-11 20:00", tz="UTC")], "k": np.array([7], dtype=np.int64), "lang": ["en"]}
    )
    columns = {"text": "body", "date": "at", "id": "k"}
    corpus, _ = topics.from_frame(frame, columns, source="Desk", language="vi", zone=ZONE)
    (info,) = corpus.infos
    assert (info.id, info.source, info.file, info.record, info.language, info.date.point) == (
        "7",
        "Desk",
        "Desk",
        1,
        "vi",
        date(2025, 2, 12),
    )
    corpus, _ = topics.from_frame(frame, columns, zone="UTC")
    assert corpus.infos[0].date.point == date(2025, 2, 11)
    _, account = topics.from_frame(frame, columns, as_of=date(2025, 1, 1))
    assert account.as_of == date(2025, 1, 1)


def test_what_a_cell_cannot_be_is_rejected_by_row() -> None:
    frame = pd.DataFrame({"text": ["good words in a row", None, 5, ["a"], float("nan"), ""], "id": [1.0, 2.0, 3.0, 4.0, np.nan, 6.0]})
    found = list(records_of(frame, {}))
    assert [(item.record, getattr(item, "code", "ok")) for item in found] == [
        (1, "ok"),
        (2, "empty"),
        (3, "no_text"),
        (4, "no_text"),
        (5, "empty"),
        (6, "ok"),
    ]
    assert isinstance(found[0], RawRecord)
    assert found[0].fields["id"] == "1"
    assert all(item.hint for item in found if isinstance(item, Rejected))
    corpus, account = topics.from_frame(frame)
    assert (len(corpus), account.seen, len(account.quarantined)) == (1, 6, 5)


def test_missing_values_of_pandas_are_missing() -> None:
    frame = pd.DataFrame({"text": ["good words"], "date": [pd.NaT], "id": pd.array([pd.NA], dtype="Int64"), "at": [datetime(2025, 2, 1)]})  # noqa: DTZ001
    (record,) = records_of(frame, {})
    assert isinstance(record, RawRecord)
    assert record.fields == {"text": "good words", "at": "2025-02-01"}


REFUSED = [
    pytest.param([1, 2], {}, "expected a frame", id="list"),
    pytest.param(pd.DataFrame({"body": ["x"]}), {}, "there is no column 'text'", id="no text"),
    pytest.param(pd.DataFrame({"text": ["x"]}), {"txt": "text"}, "unknown column 'txt'", id="unknown key"),
    pytest.param(pd.DataFrame([["a", "b"]], columns=["text", "text"]), {}, "", id="twice"),
    pytest.param(pd.DataFrame([["a"]], columns=[0]), {}, "", id="number"),
]


@pytest.mark.parametrize(("frame", "columns", "said"), REFUSED)
def test_what_is_no_frame_of_articles_is_refused(frame: object, columns: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        topics.from_frame(frame, columns)
    assert said in str(caught.value)
    assert caught.value.hint


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="no language 'xx'"):
        topics.from_frame(pd.DataFrame(ROWS), language="xx")
