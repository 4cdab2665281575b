"""Publishes directories whole: written aside, flushed to disk, then renamed into place."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from topics.artifacts.manifest import (
    CACHE_NAME,
    FILE_NAME,
    PREVIOUS_NAME,
    ArtifactManifest,
    Provenance,
    is_passing,
    make_manifest,
    read_manifest,
    write_manifest,
)
from topics.artifacts.verify import verify
from topics.core.errors import DataError, UsageError

STAGE = "stage"  # the input key under which a stage finds its earlier output
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_OLD = re.compile(r"\.(.+)\.\d+\.old")  # what `set_aside` names
FIT = "fit"  # that of what was fitted, where an artefact also holds what is made in no time and may change alone


def check_writable(directory: Path) -> None:
    """Make the directory, or raise `UsageError` before any work is done."""
    probe = directory / ".topics-probe"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        hint = "Choose another folder with --out."
        raise UsageError(f"nothing can be written here: {error.strerror}.", where=str(directory), hint=hint) from error


@contextmanager
def writing(where: Path) -> Iterator[None]:
    """Say in the project's words where the system refuses: a full disk, a fault of it, rights.

    Args:
        where: what was to be written; named where the system names no file.

    Raises:
        UsageError: in place of an `OSError`.
    """
    try:
        yield
    except OSError as error:
        mend = "Free some space" if error.errno in FULL else "Check the disk and the rights on it"
        hint = f"{mend}, or choose another folder; finished artefacts and reports are as they were, and the same command goes on from here."
        raise UsageError(f"cannot be read or written: {error.strerror or error}.", where=str(error.filename or where), hint=hint) from error


def recover(folder: Path) -> None:
    """Put back what a killed process had moved aside in a folder, and remove what it left; only where no other run is at work."""
    earlier = folder / PREVIOUS_NAME
    for part in sorted(earlier.iterdir()) if earlier.is_dir() else ():
        _remove(folder / part.name)
        part.rename(folder / part.name)
    for path in sorted(folder.glob(".*")):
        old = _OLD.fullmatch(path.name)
        if old and path.is_dir() and not (folder / old[1]).exists():
            path.rename(folder / old[1])
        elif path.is_dir() and is_passing(path.name) and path.name != CACHE_NAME:
            shutil.rmtree(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def check_replaceable(target: Path) -> None:
    """Raise `UsageError` where a folder holds something that is no artefact: publishing would replace it."""
    if (
        target.exists()
        and not (target / FILE_NAME).is_file()
        and (not target.is_dir() or any(not is_passing(path.name) for path in target.iterdir()))
    ):
        hint = "Choose a new or empty folder."
        raise UsageError("this holds other files, which an artefact would replace.", where=str(target), hint=hint)


def check_outside(out: Path, inputs: Iterable[Path]) -> None:
    """Raise `UsageError` where an output folder lies inside an input folder, or where `**` reaches it: a later run would read it."""
    for path in inputs:
        folder = Path(*path.parts[: path.parts.index("**")]) if "**" in path.parts else path
        if out.resolve() == folder.resolve() or folder.resolve() in out.resolve().parents:
            hint = "Choose another folder with --out: a later run would read its own output."
            raise UsageError(f"the output folder lies inside the source {folder.name!r}.", where=str(out), hint=hint)


def flush(directory: Path) -> None:
    """Force every file below a directory, and the directories, onto the disk."""
    for folder, _, files in os.walk(directory):
        for name in files:
            with Path(folder, name).open("rb") as handle:
                os.fsync(handle.fileno())
        flush_folder(Path(folder))


def flush_folder(folder: Path) -> None:
    """Force the names in a directory onto the disk."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def set_aside(target: Path) -> Path:
    """Return where a folder or file is moved before another takes its place: beside it, out of the way of other processes."""
    return target.with_name(f".{target.name}.{os.getpid()}.old")


def move(path: Path, to: Path, undo: ExitStack) -> None:
    """Move a file or folder, and back where what follows fails; if that fails too, `recover` does it at the next start."""

    def back() -> None:
        with suppress(OSError):
            to.rename(path)

    path.rename(to)
    undo.callback(back)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def replace_directory(fresh: Path, target: Path) -> None:
    """Put a finished directory in the place of another; whatever happens, the target is the old or the new one, whole."""
    flush(fresh)
    old = set_aside(target)
    _remove(old)
    with ExitStack() as undo:
        if target.exists():
            move(target, old, undo)
        move(fresh, target, undo)
        flush_folder(target.parent)
        undo.pop_all()
    shutil.rmtree(old, ignore_errors=True)


def replace_parts(fresh: Path, folder: Path, stale: Iterable[Path] = ()) -> None:
    """Put all that a finished directory holds, its manifest last, in the place of a folder's parts: all of it or nothing.

    Args:
        fresh: files and directories; empty afterwards.
        folder: where they go; it keeps parts that `fresh` does not have.
        stale: files and folders that go as the parts come.
    """
    flush(fresh)
    earlier, done, gone = folder / PREVIOUS_NAME, folder / f"{PREVIOUS_NAME}.{os.getpid()}.tmp", [*stale]
    parts = sorted((path.name for path in fresh.iterdir()), key=lambda name: (name == FILE_NAME, name))
    with ExitStack() as undo:
        earlier.mkdir()
        undo.callback(_remove_empty, earlier)
        for name in reversed(parts):  # the manifest first: nobody takes a mixture for a report
            if (folder / name).exists():
                move(folder / name, earlier / name, undo)
        for path in gone:
            move(path, set_aside(path), undo)
        for name in parts:
            move(fresh / name, folder / name, undo)
        flush_folder(folder)
        earlier.rename(done)  # from here on the new parts count
        undo.pop_all()
    for path in (done, *map(set_aside, gone)):
        with suppress(OSError):
            _remove(path)


def publish(target: Path, write: Callable[[Path], None], kind: str, origin: Provenance) -> ArtifactManifest:
    """Write an artefact aside by `write`, add its manifest, and publish it at the target.

    Raises:
        UsageError: the target holds something else, or the disk is full or fails.
    """
    check_replaceable(target)
    aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")  # its own for each process: two may publish at once
    try:
        with writing(target):
            _remove(aside)
            aside.mkdir(parents=True)
            write(aside)
            manifest = make_manifest(aside, kind, origin)
            write_manifest(aside, manifest)
            replace_directory(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)  # gone where it was published, a leftover where it was not
    return manifest


def is_whole(target: Path) -> bool:
    """Whether an undamaged artefact is there."""
    try:
        return bool(verify(target))
    except DataError:
        return False


def is_current(target: Path, key: str, part: str = STAGE) -> bool:
    """Whether a whole, undamaged artefact is there that has this key, for all of it or for a part; a damaged one counts as absent."""
    try:
        return read_manifest(target).inputs.get(part) == key and is_whole(target)
    except DataError:
        return False
