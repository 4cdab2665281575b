"""Chunks through each engine: the same results in the same order."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from topics import engine as engines_module
from topics.core.errors import MissingPartError, UsageError
from topics.engine import Engine, chunked, one_thread
from topics.engines import cluster
from topics.engines.lost import WorkerLostError
from topics.engines.versions import check_versions, versions_here

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


def die_once(chunk: tuple[Path | None, int]) -> int:
    mark, number = chunk
    if mark is not None and not mark.exists():
        mark.touch()
        os._exit(9)
    return number


def bracketed(number: int) -> str:
    return str(number)


def joined(left: str, right: str) -> str:
    return f"({left} {right})"


def by_letter(word: str) -> dict[str, list[str]]:
    return {letter: [word] for letter in word}


EXPECTED = [work(chunk) for chunk in CHUNKS]
engines = pytest.mark.parametrize("name", ["local", "processes", pytest.param("dask", marks=pytest.mark.slow)])
clusters = pytest.mark.parametrize("name", ["processes", pytest.param("dask", marks=pytest.mark.slow)])


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


@clusters
def test_a_chunk_that_ends_every_worker_is_named_and_nothing_waits_for_it(name: str) -> None:
    results = Engine(name, workers=2).map_chunks(die_at_nine, CHUNKS)  # type: ignore[arg-type]
    assert [next(results), next(results), next(results)] == [0, 3, 6]
    with pytest.raises(WorkerLostError, match="ended several worker processes") as caught:
        next(results)
    assert caught.value.chunk == [9, 10, 11]
    assert "--engine local" in caught.value.hint


def doubled_unless_nine(chunk: list[int]) -> list[int]:
    if 9 in chunk:
        os._exit(9)
    return [2 * number for number in chunk]


@engines
def test_an_item_that_ends_every_worker_costs_no_other_its_result(name: str) -> None:
    if name == "local":
        chunks = [[1, 2], [3]]
        assert list(Engine().map_items(doubled_unless_nine, chunks, int)) == [([1, 2], [2, 4]), ([3], [6])]
        return
    pairs = list(Engine(name, workers=2).map_items(doubled_unless_nine, [[7, 8], [9, 10, 11], [12]], lambda item: -item))  # type: ignore[arg-type]
    assert pairs == [([7, 8], [14, 16]), ([9, 10, 11], [-9, 20, 22]), ([12], [24])]


def test_too_many_of_them_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines_module, "MOST_LOST", 1)
    with pytest.raises(WorkerLostError):
        list(Engine("processes", workers=1).map_items(doubled_unless_nine, [[9, 9]], lambda item: -item))


@clusters
def test_a_worker_that_dies_once_costs_nothing_but_time(name: str, tmp_path: Path) -> None:
    chunks = [(tmp_path / f"died{n}" if n % 7 == 3 else None, n) for n in range(20)]
    assert list(Engine(name, workers=2).map_chunks(die_once, chunks)) == list(range(20))  # type: ignore[arg-type]
    assert len(list(tmp_path.iterdir())) == 3


@clusters
def test_a_worker_of_other_versions_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "processes":
        pytest.skip("its workers are of this very installation")
    monkeypatch.setattr(cluster, "versions_here", lambda: {**versions_here(), "numpy": "1.0"})
    with pytest.raises(UsageError, match=r"this worker has numpy .*, the study runs with 1\.0: its results could differ") as caught:
        list(Engine("dask", workers=1).map_chunks(work, CHUNKS))
    assert "tcp://" in caught.value.where
    assert "requirements.lock" in caught.value.hint


def test_versions_that_agree_are_no_error() -> None:
    check_versions(versions_here(), "here")


@engines
def test_a_tree_merges_neighbours_in_order(name: str) -> None:
    for n in (0, 1, 2, 3, 7, 13):
        found = Engine(name, workers=2).tree_reduce(bracketed, list(range(n)), joined)  # type: ignore[arg-type]
        assert found == {0: None, 1: "0", 2: "(0 1)", 3: "((0 1) 2)"}.get(n, found)
        if n == 7:
            assert found == "(((0 1) (2 3)) ((4 5) 6))"
        assert (found or "").replace("(", "").replace(")", "").split() == [str(number) for number in range(n)]


@engines
def test_groups_are_merged_by_key_in_the_order_of_the_chunks(name: str) -> None:
    found = Engine(name, workers=2).group_reduce(by_letter, ["ab", "bc", "ca"], lambda left, right: left + right)  # type: ignore[arg-type]
    assert found == {"a": ["ab", "ca"], "b": ["ab", "bc"], "c": ["bc", "ca"]}
    assert list(found) == ["a", "b", "c"]


@pytest.mark.slow
def test_a_with_block_opens_one_cluster_for_all() -> None:
    with Engine("dask", workers=1) as engine:
        opened = engine._opened
        assert list(engine.map_chunks(work, CHUNKS)) == EXPECTED
        assert list(engine.map_chunks(bracketed, [1, 2])) == ["1", "2"]
        assert engine._opened is opened is not None
    assert engine._opened is None


@pytest.mark.slow
def test_a_lost_scheduler_is_an_error_of_ours() -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as own:
        results = Engine("dask", own.scheduler_address).map_chunks(work, CHUNKS)
        assert next(results) == EXPECTED[0]
        own.close()
        with pytest.raises(UsageError, match="the scheduler was lost") as caught:
            list(results)
    assert "finished stages stay" in caught.value.hint


def test_no_scheduler_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WAIT", "1s")
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        list(Engine("dask", "tcp://127.0.0.1:1").map_chunks(work, CHUNKS))


@pytest.mark.slow
def test_a_scheduler_without_workers_is_refused() -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=0, dashboard_address=None) as own, pytest.raises(UsageError, match="has no workers"):
        list(Engine("dask", own.scheduler_address).map_chunks(work, CHUNKS))


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
