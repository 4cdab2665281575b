"""Chunks in processes of this machine. A process that dies is replaced, and its chunks are made again."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import Any, TypeVar

from topics.engines.lost import TRIES, Instead, lost

In = TypeVar("In")
Out = TypeVar("Out")
AHEAD = 4  # chunks in flight per worker: bounds memory


class _Held:
    """The function of a worker process: sent once when it starts, not with each chunk."""

    function: Callable[[Any], Any]


def _begin(function: Callable[[Any], Any]) -> None:
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # the workers are the threads
    _Held.function = function


def _call(chunk: In) -> Any:  # noqa: ANN401 - whatever the function gives
    return _Held.function(chunk)


def map_chunks(function: Callable[[In], Out], chunks: Iterable[In], workers: int, instead: Instead[In, Out] = lost) -> Iterator[Out]:
    """Yield `function(chunk)` in the order of the chunks.

    When a process dies, the chunks that were under way are made again one at a time: so the one that ends every process is known.

    Args:
        function: what processes do.
        chunks: what they do it with.
        workers: number of processes.
        instead: gives the result of a chunk that ends every process, from the chunk and the engine's name.
    """
    feed, pending = iter(chunks), deque[In]()
    deaths, careful = 0, 0  # of the first pending chunk; how many chunks are still taken alone
    while True:
        ahead = 1 if careful else AHEAD * workers
        try:
            for out in _pooled(_pool_of(function, workers), pending, feed, ahead):
                pending.popleft()
                yield out
                deaths, careful = 0, max(0, careful - 1)
                if ahead == 1 and not careful:
                    break
            else:
                return
        except BrokenProcessPool:
            deaths, careful = deaths + bool(careful), len(pending)
        if deaths >= TRIES:
            deaths, careful = 0, careful - 1
            yield instead(pending.popleft(), "--engine processes")


def _pool_of(function: Callable[[In], Out], workers: int) -> ProcessPoolExecutor:
    """Return new processes that hold a function; spawned, so that they know nothing of this process's threads."""
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(function,))


def _pooled(pool: ProcessPoolExecutor, pending: deque[In], feed: Iterator[In], ahead: int) -> Iterator[Any]:
    """Yield the results of what is pending, then of what is fed; `pending` gets what is begun."""
    begun: deque[Future[Any]] = deque()
    with pool:
        waiting = deque(pending)
        while True:
            while len(begun) < ahead:
                if not waiting:
                    fresh = list(islice(feed, 1))
                    if not fresh:
                        break
                    pending.extend(fresh)
                    waiting.extend(fresh)
                begun.append(pool.submit(_call, waiting.popleft()))
            if not begun:
                return
            yield begun.popleft().result()
