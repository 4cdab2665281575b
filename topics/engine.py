"""Where chunk functions run: this process, a pool of processes, or a Dask cluster. Same chunks, same order, same bytes."""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeVar

from topics.core.errors import MissingPartError, UsageError

In = TypeVar("In")
Out = TypeVar("Out")
EngineName = Literal["local", "processes", "dask"]
_AHEAD = 4  # chunks in flight per worker: bounds memory


def chunked(items: Iterable[In], size: int) -> Iterator[list[In]]:
    """Yield consecutive lists of `size` items; the borders depend on the items alone."""
    iterator = iter(items)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold linear algebra to one thread: sums in another order have other last bits."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


@dataclass(frozen=True)
class Engine:
    """An engine by name; `scheduler` is the address of a running Dask scheduler, empty for a cluster of this machine's own."""

    name: EngineName = "local"
    scheduler: str = ""
    workers: int = 0

    def __post_init__(self) -> None:
        if self.scheduler and self.name != "dask":
            raise UsageError("--scheduler goes with --engine dask.", where=f"--engine {self.name}", hint="Add --engine dask.")

    def map_chunks(self, function: Callable[[In], Out], chunks: Iterable[In]) -> Iterator[Out]:
        """Yield `function(chunk)` in the order of the chunks, a bounded number of them in flight."""
        if self.name == "local":
            return (function(chunk) for chunk in chunks)
        return self._processes(function, chunks) if self.name == "processes" else self._dask(function, chunks)

    def map_pairs(self, function: Callable[[In], Out], chunks: Iterable[In]) -> Iterator[tuple[In, Out]]:
        """Yield each chunk with its result, in order."""
        waiting: deque[In] = deque()

        def noted() -> Iterator[In]:
            for chunk in chunks:
                waiting.append(chunk)
                yield chunk

        return ((waiting.popleft(), result) for result in self.map_chunks(function, noted()))

    def _processes(self, function: Callable[[In], Out], chunks: Iterable[In]) -> Iterator[Out]:
        from concurrent.futures import Future, ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool
        from multiprocessing import get_context

        workers = self.workers or os.cpu_count() or 1
        try:
            with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
                pending: list[Future[Out]] = []
                for chunk in chunks:
                    pending.append(pool.submit(function, chunk))
                    if len(pending) >= _AHEAD * workers:
                        yield pending.pop(0).result()
                for future in pending:
                    yield future.result()
        except BrokenProcessPool as error:
            hint = "It was killed, or memory ran out: run again, or with --engine local; finished stages stay."
            raise UsageError("a worker process ended before its work was done.", where="--engine processes", hint=hint) from error

    def _dask(self, function: Callable[[In], Out], chunks: Iterable[In]) -> Iterator[Out]:
        try:
            from distributed import Client
        except ImportError as error:
            hint = 'Install it with: pip install "topics-trends[cluster]"'
            raise MissingPartError("the Dask engine is not installed.", where="--engine dask", hint=hint) from error
        own = {"n_workers": self.workers or os.cpu_count() or 1, "threads_per_worker": 1, "dashboard_address": None}
        try:
            client = Client(address=self.scheduler, timeout="20s") if self.scheduler else Client(**own)
        except (OSError, ValueError) as error:
            hint = "Start one with `dask scheduler`, or leave --scheduler out for a cluster of this machine."
            raise UsageError(f"no Dask scheduler answers: {error}.", where=f"--scheduler {self.scheduler}", hint=hint) from error
        with client:
            pending = []
            for chunk in chunks:
                pending.append(client.submit(function, chunk, pure=False))
                if len(pending) >= _AHEAD * max(1, len(client.nthreads())):
                    yield pending.pop(0).result()
            for future in pending:
                yield future.result()
