"""One run at a time in an output folder: who holds it, and what a holder that was killed leaves."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from topics.artifacts.manifest import LOCK_NAME, OWNER_NAME
from topics.core.codecs import read_json, write_json
from topics.core.errors import DataError, UsageError
from topics.progress import stage


class Owner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who works in a folder: the machine's name, and the number of a process there."""

    host: str
    pid: int


def _owner(folder: Path) -> Owner | None:
    """Who wrote down that it works here; None where nobody did, or it was killed while writing."""
    try:
        return read_json(folder / OWNER_NAME, Owner)
    except DataError:
        return None


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Work alone in a folder.

    The system's own lock says whether a process of this machine is at work: it goes with the process, so neither the number of a dead one
    nor one that another program has since can mislead. What a killed one wrote down is taken over. Of another machine nothing can be
    known: over a network such locks may not be seen.

    Raises:
        UsageError: another process is at work here, or one of another machine was and did not say that it ended.
    """
    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        found = _owner(folder)
        by = f" (process {found.pid} on {found.host})" if found else ""
        hint = "Wait for it, or choose another folder with --out."
        raise UsageError(f"another run is writing here{by}.", where=str(folder), hint=hint) from error
    try:
        _take_over(folder)
        write_json(folder / OWNER_NAME, Owner(platform.node(), os.getpid()))
        try:
            yield
        finally:
            (folder / OWNER_NAME).unlink(missing_ok=True)
    finally:
        with suppress(OSError):  # Windows does not remove what is open
            (folder / LOCK_NAME).unlink()
        lock.release()


def _take_over(folder: Path) -> None:
    left = _owner(folder)
    if left is None:
        return
    if left.host != platform.node():
        what = f"process {left.pid} on the machine {left.host} is writing here, or was stopped there before it ended."
        hint = f"Wait for it, or choose another folder with --out; if it is no longer running there, delete {folder / OWNER_NAME}."
        raise UsageError(what, where=str(folder), hint=hint)
    stage("an earlier run here (process %d) was stopped before it ended; going on from its last finished stage", left.pid)
