"""Recomputes every hash of an artefact or a report."""

from __future__ import annotations

from pathlib import Path

import msgspec

from topics.artifacts.manifest import FILE_NAME, ArtifactManifest, Provenance, find_files, key_of, read_manifest
from topics.core.errors import DataError
from topics.core.hashing import file_digest


def verify(directory: Path) -> ArtifactManifest:
    """Return the manifest when every file is there, unchanged, and no other.

    Raises:
        DataError: names the first file that is missing, changed or foreign.
    """
    manifest = read_manifest(directory)
    listed = {entry.path: entry for entry in manifest.files}
    found = find_files(directory)
    for path in sorted(listed.keys() | found.keys()):
        if path not in found:
            raise DataError("is listed in the manifest but missing.", where=path, hint="Fetch the folder again, whole.")
        if path not in listed:
            raise DataError("is not listed in the manifest.", where=path, hint="Remove it, or fetch the folder again.")
        entry = listed[path]
        if found[path].stat().st_size != entry.size or file_digest(found[path]) != entry.sha256:  # no large file is read in vain
            raise DataError(
                "differs from the manifest (changed or damaged).", where=path, hint="Fetch the folder again, or run the study again."
            )
    origin = Provenance(msgspec.Raw(manifest.config.encode()), manifest.seed, manifest.inputs, manifest.versions)
    if key_of(manifest.kind, origin, manifest.files) != manifest.key:
        raise DataError("was changed by hand: its key is not that of its content.", where=FILE_NAME, hint="Fetch the folder again.")
    return manifest
