"""Chunks through each engine: the same results in the same order."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from topics.core.errors import MissingPartError, UsageError
from topics.engine import Engine, chunked, one_thread

CHUNKS = [list(range(start, start + 3)) for start in range(0, 90, 3)]


def work(chunk: list[int]) -> tuple[int, list[str]]:
    """Later chunks are quicker, so an engine that takes what is ready would change the order."""
    return sum(n * n for n in chunk for _ in range(4000 // (1 + chunk[0]))), [f"đ{n}" for n in chunk]


def fail_at_nine(chunk: list[int]) -> int:
    if 9 in chunk:
        raise ValueError("nine")
    return chunk[0]


def die_at_nine(chunk: list[int]) -> int:
    """What the system does to a process that takes too much memory."""
    if 9 in chunk:
        os._exit(9)
    return chunk[0]


EXPECTED = [work(chunk) for chunk in CHUNKS]
engines = pytest.mark.parametrize("name", ["local", "processes", pytest.param("dask", marks=pytest.mark.slow)])


@engines
def test_every_engine_gives_the_same_in_the_same_order(name: str) -> None:
    assert list(Engine(name, workers=2).map_chunks(work, iter(CHUNKS))) == EXPECTED  # type: ignore[arg-type]


@engines
def test_no_chunks_give_nothing(name: str) -> None:
    assert list(Engine(name, workers=1).map_chunks(work, [])) == []  # type: ignore[arg-type]


@engines
def test_an_error_in_a_chunk_is_raised(name: str) -> None:
    with pytest.raises(ValueError, match="nine"):
        list(Engine(name, workers=1).map_chunks(fail_at_nine, CHUNKS))  # type: ignore[arg-type]


def test_a_worker_that_dies_is_an_error_of_ours_and_nothing_waits_for_it() -> None:
    with pytest.raises(UsageError, match="a worker process ended") as caught:
        list(Engine("processes", workers=2).map_chunks(die_at_nine, CHUNKS))
    assert "--engine local" in caught.value.hint


@pytest.mark.parametrize("name", ["processes", pytest.param("dask", marks=pytest.mark.slow)])
def test_only_so_many_chunks_are_in_flight(name: str) -> None:
    taken = 0

    def feed() -> Iterator[list[int]]:
        nonlocal taken
        for chunk in CHUNKS:
            taken += 1
            yield chunk

    results = Engine(name, workers=1).map_chunks(work, feed())  # type: ignore[arg-type]
    assert next(results) == EXPECTED[0]
    assert taken < len(CHUNKS) / 2
    assert [next(results), *results] == EXPECTED[1:]


def test_the_local_engine_reads_only_what_is_asked_for() -> None:
    chunks = iter(CHUNKS)
    results = Engine().map_chunks(work, chunks)
    assert [next(results), next(results)] == EXPECTED[:2]
    assert next(chunks) == CHUNKS[2]


@pytest.mark.parametrize("name", ["local", "processes"])
def test_a_scheduler_without_dask_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="--scheduler goes with --engine dask"):
        list(Engine(name, "tcp://127.0.0.1:8786").map_chunks(work, CHUNKS))  # type: ignore[arg-type]


def test_without_distributed_the_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingPartError, match=r"topics-trends\[cluster\]") as caught:
        list(Engine("dask").map_chunks(work, CHUNKS))
    assert caught.value.exit_code == 4


@pytest.mark.slow
def test_a_running_scheduler_is_used() -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        assert list(Engine("dask", cluster.scheduler_address).map_chunks(work, CHUNKS)) == EXPECTED


@pytest.mark.parametrize(
    ("n", "size", "expected"), [(0, 3, []), (3, 3, [[0, 1, 2]]), (7, 3, [[0, 1, 2], [3, 4, 5], [6]]), (2, 9, [[0, 1]])]
)
def test_chunks_are_consecutive(n: int, size: int, expected: list[list[int]]) -> None:
    assert list(chunked(iter(range(n)), size)) == expected


def test_one_thread_holds_linear_algebra_and_lets_go() -> None:
    import numpy as np
    from threadpoolctl import threadpool_info, threadpool_limits

    np.ones((2, 2)) @ np.ones((2, 2))

    def counts() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info()]

    with threadpool_limits(limits=2):
        before = counts()
        assert 2 in before
        with one_thread():
            assert set(counts()) == {1}
        assert counts() == before
