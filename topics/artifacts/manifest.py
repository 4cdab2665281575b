"""The list of what an artefact holds and where it came from."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from topics.core.codecs import read_json, write_json
from topics.core.errors import DataError
from topics.core.hashing import canonical_json, digest, file_digest

FORMAT = 1  # that is written; `LAYOUTS` below lists those that are read
FILE_NAME = "manifest.json"
MOST_BYTES = 1 << 24  # of a manifest
LOCK_NAME = ".lock"
OWNER_NAME = ".owner.json"  # who holds the lock
PREVIOUS_NAME = ".previous"  # where earlier parts wait while new ones are put in their place
CACHE_NAME = ".cache"  # what is kept to save work; it may be deleted at any time
_PASSING = re.compile(r"\..+\.(?:tmp|old)\Z")
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini", LOCK_NAME, OWNER_NAME, PREVIOUS_NAME, CACHE_NAME}


def is_passing(name: str) -> bool:
    """Whether a name is no part of an artefact: a lock, a cache, what a killed run left aside, or a file manager's litter."""
    return name in _LITTER or bool(_PASSING.match(name))


class FileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file by its path inside the artefact, with `/`."""

    path: str
    sha256: str
    size: int


class ArtifactManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an artefact is.

    Args:
        format: version of this layout.
        kind: `corpus`, `preparation`, a model kind, or `report`.
        key: hash of everything below; two artefacts with one key are the same.
        config: settings as JSON text.
        seed: random seed.
        versions: (package, version).
        inputs: what it was made from: name to key.
        files: every file but this one, by path.
    """

    format: int
    kind: str
    key: str
    config: str
    seed: int
    versions: tuple[tuple[str, str], ...]
    inputs: dict[str, str]
    files: tuple[FileEntry, ...]


class _FormatOnly(msgspec.Struct, frozen=True):
    """The one field that every version's manifest has."""

    format: int


def find_files(directory: Path) -> dict[str, Path]:
    """Return every file below a directory but its manifest, by its path inside, in order.

    A hard link is a file like any other: it leads to nothing but bytes that are hashed, and backups that hold equal files once make them.

    Raises:
        DataError: something there is no plain file or folder, or two names differ in capitals alone, which is one file elsewhere.
    """
    found: dict[str, Path] = {}
    for folder, names, files in os.walk(directory):
        names[:] = [name for name in names if not is_passing(name)]
        for name in sorted([*files, *(n for n in names if Path(folder, n).is_symlink())]):
            path = Path(folder, name)
            relative = path.relative_to(directory).as_posix()
            if path.is_symlink() or not path.is_file():
                raise DataError(
                    "is a link or a device, no plain file.", where=relative, hint="Remove it; what is meant has to lie here itself."
                )
            if relative != FILE_NAME and not is_passing(name):
                found[relative] = path
    folded = Counter(name.casefold() for name in found)
    for name in sorted(name for name in found if folded[name.casefold()] > 1):
        what = "has the name of another file but for capital letters; many disks hold only one of the two."
        raise DataError(what, where=name, hint="Fetch the folder again, or remove one of them.")
    return dict(sorted(found.items()))


def list_files(directory: Path) -> tuple[FileEntry, ...]:
    """Return every file below a directory but its manifest with its hash, by path."""
    return tuple(FileEntry(name, file_digest(path), path.stat().st_size) for name, path in find_files(directory).items())


@dataclass(frozen=True)
class Provenance:
    """Where an artefact comes from: settings, seed, inputs by name, (package, version)."""

    config: object
    seed: int
    inputs: dict[str, str]
    versions: tuple[tuple[str, str], ...] = ()


def key_of(kind: str, origin: Provenance, files: tuple[FileEntry, ...]) -> str:
    """Return the content key: a hash of what the artefact is, where it comes from and every file's hash."""
    content: list[str | bytes] = [kind, canonical_json(origin.config), str(origin.seed)]
    return digest([*content, *map(canonical_json, (origin.versions, origin.inputs, files))])


def manifest_of(files: tuple[FileEntry, ...], kind: str, origin: Provenance) -> ArtifactManifest:
    """Return the manifest of listed files."""
    settings = canonical_json(origin.config).decode()
    return ArtifactManifest(FORMAT, kind, key_of(kind, origin, files), settings, origin.seed, origin.versions, origin.inputs, files)


def make_manifest(directory: Path, kind: str, origin: Provenance) -> ArtifactManifest:
    """Return the manifest of a directory's present files."""
    return manifest_of(list_files(directory), kind, origin)


def write_manifest(directory: Path, manifest: ArtifactManifest) -> None:
    """Write the manifest into its directory."""
    write_json(directory / FILE_NAME, manifest)


def read_manifest(directory: Path) -> ArtifactManifest:
    """Read a manifest of a format that this version knows."""
    path = directory / FILE_NAME
    if not path.is_file():
        raise DataError(
            "there is no manifest.json, so this is no artefact or report.", where=str(directory), hint="Name the folder that holds it."
        )
    if path.stat().st_size > MOST_BYTES:
        raise DataError(f"is larger than {MOST_BYTES:,} bytes, which no manifest is.", where=str(path), hint="Fetch the folder again.")
    version = read_json(path, _FormatOnly, "a manifest").format
    if version not in LAYOUTS:
        reads = ", ".join(map(str, sorted(LAYOUTS)))
        newer = "Update topics-trends." if version > FORMAT else "No release wrote it; fetch the folder again."
        raise DataError(f"is of format {version}, and this release reads {reads}.", where=str(path), hint=newer)
    return LAYOUTS[version](path)


def _read_1(path: Path) -> ArtifactManifest:
    return read_json(path, ArtifactManifest, "a manifest")


# How each format is read. A new one gets a row, and those before it keep theirs: what they lack is filled in on the way to the records of
# today, and the folder on disk stays as it is. tests/artifacts/data holds artefacts of each.
LAYOUTS: Mapping[int, Callable[[Path], ArtifactManifest]] = {1: _read_1}
