"""The passing database: little memory at first, more where rows need it, given back between two uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ingest_documents
from topics.ingest import scratch, settle
from topics.ingest.files import SourceConfig
from topics.ingest.layout import MUCH
from topics.ingest.scratch import A_ROW, LITTLE, Scratch
from topics.ingest.spool import Spool

UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
TEXT = 3000  # characters of an article


def allowed(database: Scratch) -> float:
    """What the database itself says that it may hold, in bytes."""
    number, unit = database.run("SELECT current_setting('memory_limit')")[0][0].split()
    return float(number) * UNITS[unit]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Scratch]:
    made = Scratch(tmp_path / "scratch.duckdb")
    made.run("CREATE TABLE rows(n BIGINT, text VARCHAR)")
    yield made
    made.close()


def add(database: Scratch, n: int, size: int) -> None:
    database.insert("rows", ("n", "text"), [(number, f"{number}{'x' * size}") for number in range(n)], {"n"})


def test_it_is_allowed_little_at_first_and_a_little_more_for_every_row(database: Scratch) -> None:
    assert allowed(database) == pytest.approx(LITTLE, rel=0.01)
    add(database, 2000, TEXT)
    assert database.memory == LITTLE + 2000 * A_ROW
    assert allowed(database) == pytest.approx(database.memory, rel=0.01)
    assert database.run("SELECT count(*), max(n) FROM rows") == [(2000, 1999)]


def test_large_rows_are_given_more_and_never_more_than_much(database: Scratch) -> None:
    add(database, 20, 40_000)
    assert LITTLE + 20 * A_ROW < database.memory < MUCH
    assert allowed(database) == pytest.approx(database.memory, rel=0.01)
    add(database, 20, 400_000)
    assert database.memory == MUCH
    add(database, 20, TEXT)
    assert database.memory == MUCH  # what was large lies there still


def test_a_statement_that_needs_more_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "LITTLE", 8_000_000)
    monkeypatch.setattr(scratch, "A_ROW", 0)
    database = Scratch(tmp_path / "scratch.duckdb")
    assert allowed(database) < 9_000_000
    assert database.run("SELECT length(string_agg(repeat('x', 1000), '')) FROM range(30000)") == [(30_000_000,)]
    assert database.memory == MUCH
    assert next(database.stream("SELECT length(string_agg(repeat('x', 1000), '')) FROM range(30000)")) == (30_000_000,)
    database.close()


def test_a_rest_changes_neither_rows_nor_what_is_allowed(database: Scratch) -> None:
    add(database, 2000, TEXT)
    before = database.memory
    database.rest()
    assert allowed(database) == pytest.approx(before, rel=0.01)
    assert [n for n, _ in database.stream("SELECT n, text FROM rows ORDER BY text DESC")][:2] == [9, 99]


def test_memory_is_given_back_between_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("The navy held an exercise near the coast.\n", encoding="utf-8")
    done: list[str] = []
    for owner, name in ((Scratch, "rest"), (settle, "group"), (Spool, "write")):
        monkeypatch.setattr(owner, name, noted(done, name, getattr(owner, name)))
    ingest_documents([SourceConfig(path=str(tmp_path / "a.txt"))])
    assert done == ["rest", "rest", "group", "write", "rest"]  # first after the batch of articles was added


def noted(done: list[str], name: str, function: Callable[..., object]) -> Callable[..., object]:
    def call(*arguments: object) -> object:
        done.append(name)
        return function(*arguments)

    return call
