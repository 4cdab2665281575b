"""Chunks on a Dask cluster: one of this machine, or one whose scheduler runs already."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any, TypeVar

from topics.core.errors import MissingPartError, UsageError
from topics.engines.lost import Instead, lost
from topics.engines.versions import Versions, check_versions, versions_here

In = TypeVar("In")
Out = TypeVar("Out")
AHEAD = 4  # chunks in flight per worker: bounds memory
WAIT = "30s"  # for a scheduler to answer
PATIENCE, PATIENT = 10, 6  # seconds between two looks at a cluster that gives nothing, and looks at one without workers
RESPAWN = 3  # looks in which new workers may start, before others are tried


def _same(value: In) -> In:
    return value


def _call(function: Callable[[In], Out], wanted: Versions, chunk: In) -> Out:
    """What a worker does: a look at its versions, then the work."""
    check_versions(wanted, "a Dask worker")
    return function(chunk)


def _client(scheduler: str, workers: int) -> Any:  # noqa: ANN401 - Dask has no types
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        hint = 'Install it with: pip install "topics-trends[cluster]"'
        raise MissingPartError("the Dask engine is not installed.", where="--engine dask", hint=hint) from error
    dask.config.set({"distributed.scheduler.allowed-failures": 1})  # of a cluster of this machine; then a chunk is tried alone
    own = {
        "n_workers": workers,
        "threads_per_worker": 1,
        "dashboard_address": None,
        "env": {"NUMBA_NUM_THREADS": "1"},  # the workers are the threads
    }
    try:
        return Client(address=scheduler, timeout=WAIT) if scheduler else Client(**own)
    except (OSError, ValueError) as error:
        hint = "Start one with `dask scheduler`, or leave --scheduler out for a cluster of this machine."
        raise UsageError(f"no Dask scheduler answers: {error}.", where=f"--scheduler {scheduler}", hint=hint) from error


class _Sender:
    """Sends chunks; the function goes to each worker once, as the result of a task, which is made again where a worker is lost.

    Scattered data would be lost with their workers. What is sent may be blamed for a death beside it: then it is sent anew.
    """

    def __init__(self, client: Any, function: Callable[..., Any]) -> None:  # noqa: ANN401 - Dask has no types
        self._client, self._function = client, function
        self.renew()

    def renew(self) -> None:
        """Send the function and the versions anew."""
        self._held = tuple(self._client.submit(_same, value, pure=False) for value in (self._function, versions_here()))

    def send(self, chunk: object) -> Any:  # noqa: ANN401
        """Return the future of a chunk's result."""
        return self._client.submit(_call, *self._held, chunk, pure=False)


class Cluster:
    """A connection to a scheduler; a context manager that gives it back.

    Args:
        scheduler: address of one that runs; empty starts a cluster of this machine.
        workers: of that cluster; 0 is one for each core.

    Raises:
        MissingPartError: Dask is not installed.
        UsageError: no scheduler answers there, it has no workers, or one of them has other versions than this machine.
    """

    def __init__(self, scheduler: str, workers: int) -> None:
        self.scheduler = scheduler
        self._workers = workers or os.cpu_count() or 1
        self._client = _client(scheduler, self._workers)
        self._check()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back, and end a cluster of this machine."""
        self._client.close()

    @property
    def where(self) -> str:
        """The engine, for messages."""
        return f"--scheduler {self.scheduler}" if self.scheduler else "--engine dask"

    def _check(self) -> None:
        """Compare the versions of all workers with those here."""
        with ExitStack() as undo:
            undo.callback(self.close)
            if not self._client.nthreads():
                hint = "Start some with `dask worker ADDRESS`, on machines that have topics installed."
                raise UsageError("the scheduler has no workers.", where=self.where, hint=hint)
            wanted = versions_here()
            for address in self._client.nthreads():
                self._client.run(check_versions, wanted, address, workers=[address])
            undo.pop_all()

    def map_chunks(self, function: Callable[[In], Out], chunks: Iterable[In], instead: Instead[In, Out] = lost) -> Iterator[Out]:
        """Yield `function(chunk)` in the order of the chunks; Dask makes again what a lost worker had.

        Args:
            function: what workers do.
            chunks: what they do it with.
            instead: gives the result of a chunk that ends every worker, from the chunk and the engine's name.

        Raises:
            UsageError: the scheduler was lost, or a worker has other versions than this machine.
        """
        sender = _Sender(self._client, function)
        pending: deque[tuple[In, Any]] = deque()
        for chunk in chunks:
            pending.append((chunk, sender.send(chunk)))
            if len(pending) >= AHEAD * max(1, self._threads()):
                yield self._take(pending, sender, instead)
        while pending:
            yield self._take(pending, sender, instead)

    def _take(self, pending: deque[tuple[In, Any]], sender: _Sender, instead: Instead[In, Out]) -> Out:
        """The result of the first pending chunk; one that is blamed for dead workers is made again while nothing else runs."""
        from distributed import KilledWorker

        chunk, future = pending.popleft()
        try:
            found: Out = self._result(future)
        except KilledWorker:
            for _, other in pending:
                self._await(other)
            sender.renew()
        else:
            return found
        try:
            found = self._result(sender.send(chunk))
        except KilledWorker:
            sender.renew()
            return instead(chunk, self.where)
        return found

    def _result(self, future: Any) -> Any:  # noqa: ANN401
        from distributed.client import FutureCancelledError

        self._await(future)
        try:
            return future.result()
        except FutureCancelledError as error:
            raise self._lost() from error

    def _await(self, future: Any) -> None:  # noqa: ANN401
        """Wait for a future as long as there are a scheduler and workers."""
        from distributed import wait

        looks = 0
        while not future.done():
            try:
                wait(future, timeout=PATIENCE)
            except TimeoutError:
                looks = 0 if self._threads() else looks + 1
                if looks % RESPAWN == 1 and self._client.cluster is not None:
                    self._client.cluster.scale(0)  # its watchers give up after some deaths in a row
                    self._client.cluster.scale(self._workers)
                if looks > PATIENT:
                    hint = "Start workers and run the same command; finished stages stay."
                    raise UsageError("all workers are gone, and no new ones have come.", where=self.where, hint=hint) from None

    def _threads(self) -> int:
        """How many chunks the workers that are there now can take at a time."""
        try:
            return int(sum(self._client.nthreads().values()))
        except OSError as error:
            raise self._lost() from error

    def _lost(self) -> UsageError:
        hint = "Start it again and run the same command; finished stages stay."
        return UsageError("the scheduler was lost.", where=self.where, hint=hint)
