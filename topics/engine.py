"""Where chunk functions run: this process, a pool of processes, or a Dask cluster. Same chunks, same order, same bytes."""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TypeVar

from topics.core.errors import UsageError
from topics.engines.lost import Instead, lost

if TYPE_CHECKING:
    from topics.engines.cluster import Cluster

In = TypeVar("In")
Out = TypeVar("Out")
Key = TypeVar("Key")
EngineName = Literal["local", "processes", "dask"]
MOST_LOST = 20  # items of a step that may end every process that takes them, before something else must be wrong


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


@dataclass
class Engine:
    """An engine by name. In a `with` block a cluster is opened once for all that is done with it, else for each call.

    Args:
        name: "local" is this process, "processes" a pool on this machine, "dask" a cluster.
        scheduler: address of a running Dask scheduler; empty for a cluster of this machine's own.
        workers: of a pool or a cluster of this machine; 0 is one for each core.
    """

    name: EngineName = "local"
    scheduler: str = ""
    workers: int = 0
    _opened: Cluster | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.scheduler and self.name != "dask":
            raise UsageError("--scheduler goes with --engine dask.", where=f"--engine {self.name}", hint="Add --engine dask.")

    def __enter__(self) -> Engine:
        if self.name == "dask" and self._opened is None:
            self._opened = self._cluster()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _cluster(self) -> Cluster:
        from topics.engines.cluster import Cluster

        return Cluster(self.scheduler, self.workers)

    @property
    def spreads(self) -> bool:
        """Whether chunks leave this process."""
        return self.name != "local"

    def map_chunks(self, function: Callable[[In], Out], chunks: Iterable[In], instead: Instead[In, Out] = lost) -> Iterator[Out]:
        """Yield `function(chunk)` in the order of the chunks, a bounded number of them in flight.

        Args:
            function: goes to the workers once.
            chunks: go one by one.
            instead: gives the result of a chunk that ends every process that takes it, from the chunk and the engine's name; by default it
                raises `WorkerLostError`.

        Raises:
            UsageError: the cluster cannot be used or was lost.
        """
        if self.name == "local":
            return (function(chunk) for chunk in chunks)
        if self.name == "processes":
            from topics.engines.pool import map_chunks

            return map_chunks(function, chunks, self.workers or os.cpu_count() or 1, instead)
        return self._clustered(function, chunks, instead)

    def _clustered(self, function: Callable[[In], Out], chunks: Iterable[In], instead: Instead[In, Out]) -> Iterator[Out]:
        if self._opened is not None:
            yield from self._opened.map_chunks(function, chunks, instead)
            return
        with self._cluster() as cluster:
            yield from cluster.map_chunks(function, chunks, instead)

    def map_items(
        self, function: Callable[[list[In]], list[Out]], chunks: Iterable[list[In]], lost_item: Callable[[In], Out]
    ) -> Iterator[tuple[list[In], list[Out]]]:
        """Yield each chunk of items with their results, in order; one item that ends every process costs no other its result.

        Args:
            function: items to results, each by itself.
            chunks: lists of items.
            lost_item: gives the result of an item that ends every process.

        Raises:
            WorkerLostError: there are more than `MOST_LOST` such items.
        """
        found_lost = itertools.count(1)

        def divided(chunk: list[In], where: str) -> list[Out]:
            if len(chunk) == 1:
                return [lost_item(chunk[0])] if next(found_lost) <= MOST_LOST else lost(chunk, where)
            halves = (chunk[: len(chunk) // 2], chunk[len(chunk) // 2 :])
            return [result for results in self.map_chunks(function, halves, divided) for result in results]

        return self._pairs(function, chunks, divided)

    def _pairs(self, function: Callable[[In], Out], chunks: Iterable[In], instead: Instead[In, Out]) -> Iterator[tuple[In, Out]]:
        waiting: deque[In] = deque()

        def noted() -> Iterator[In]:
            for chunk in chunks:
                waiting.append(chunk)
                yield chunk

        return ((waiting.popleft(), result) for result in self.map_chunks(function, noted(), instead))

    def tree_reduce(self, function: Callable[[In], Out], chunks: Iterable[In], merge: Callable[[Out, Out], Out]) -> Out | None:
        """Return the results of all chunks merged two by two, neighbours first: the same sums, rounded alike, on every engine.

        Args:
            function: gives the result of a chunk.
            chunks: in order; None is returned where there is none.
            merge: takes a result and the one that follows it; may change the first.
        """
        levels: list[Out | None] = []  # level n holds the merged results of 2^n chunks
        for result in self.map_chunks(function, chunks):
            carried = result
            for level, held in enumerate(levels):
                if held is None:
                    levels[level] = carried
                    break
                levels[level], carried = None, merge(held, carried)
            else:
                levels.append(carried)
        merged: Out | None = None
        for held in levels:  # the later chunks are in the lower levels
            if held is not None:
                merged = held if merged is None else merge(held, merged)
        return merged

    def group_reduce(
        self, function: Callable[[In], dict[Key, Out]], chunks: Iterable[In], merge: Callable[[Out, Out], Out]
    ) -> dict[Key, Out]:
        """Return by key what the chunks give for it, merged as in `tree_reduce`; keys in the order in which they first come."""

        def both(left: dict[Key, Out], right: dict[Key, Out]) -> dict[Key, Out]:
            for key, value in right.items():
                left[key] = merge(left[key], value) if key in left else value
            return left

        return self.tree_reduce(function, chunks, both) or {}
