"""Publishes directories whole: written aside, flushed to disk, then renamed into place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from topics.artifacts.manifest import (
    CACHE_NAME,
    FILE_NAME,
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


def clear_leftovers(folder: Path) -> None:
    """Remove what killed runs left aside in a folder; only where no other run is at work."""
    for path in folder.glob(".*"):
        if path.is_dir() and is_passing(path.name) and path.name != CACHE_NAME:
            shutil.rmtree(path)


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
        _flush_folder(Path(folder))


def _flush_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def replace_directory(fresh: Path, target: Path) -> None:
    """Put a finished directory in the place of another; whatever happens, the target is the old or the new one, whole."""
    flush(fresh)
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    if old.exists():
        shutil.rmtree(old)
    if target.exists():
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    _flush_folder(target.parent)
    if old.exists():
        shutil.rmtree(old)


def publish(target: Path, write: Callable[[Path], None], kind: str, origin: Provenance) -> ArtifactManifest:
    """Write an artefact aside by `write`, add its manifest, and publish it at the target."""
    check_replaceable(target)
    aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")  # its own for each process: two may publish at once
    if aside.exists():
        shutil.rmtree(aside)
    aside.mkdir(parents=True)
    try:
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
