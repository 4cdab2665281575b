"""What is raised where a chunk ends whatever process takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from topics.core.errors import TopicsError

In = TypeVar("In")
Out = TypeVar("Out")
Instead = Callable[[In, str], Out]
"""What stands in the place of a chunk's result, from the chunk and the engine's name; may raise."""

TRIES = 3  # processes that one chunk may end by itself: a machine may lose one or two by chance


class WorkerLostError(TopicsError):
    """A chunk ended its process several times, as one does that takes all memory.

    Args:
        chunk: the chunk.
        where: the engine.
    """

    exit_code = 3

    def __init__(self, chunk: object, where: str) -> None:
        self.chunk = chunk
        hint = "Memory may have run out: try fewer workers, or --engine local. Finished stages stay."
        super().__init__("the same piece of work ended several worker processes.", where=where, hint=hint)


def lost(chunk: object, where: str) -> NoReturn:
    """Raise `WorkerLostError`: without this chunk there is no result."""
    raise WorkerLostError(chunk, where)
