"""The files of every source, each with a key that changes with its bytes and with everything its reading depends on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from topics.core.contracts import RawRecord, Reader, Rejected
from topics.core.hashing import canonical_json, digest, file_digest
from topics.ingest.files import InputFile, SourceConfig, list_files
from topics.ingest.opening import read_file

IN_MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class SourceInput:
    """A source: its settings, its files with their keys, (name, reason) of the files left out, and records that are in memory already."""

    config: SourceConfig
    files: tuple[tuple[InputFile, str], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    records: Iterable[RawRecord | Rejected] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its files; records in memory have one of their own."""
        return tuple(key for _, key in self.files) or (IN_MEMORY,)

    def feeds(self, known: Container[str], zone: str) -> Iterator[tuple[str, str, Iterable[RawRecord | Rejected]]]:
        """Yield key, the source name that the place gives, and the records of all but the known files."""
        if not self.files:
            yield IN_MEMORY, self.config.path, self.records
        for file, key in self.files:
            if key not in known:
                yield key, file.folder_source, read_file(file, replace(self.config.options, zone=zone))


def _content(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return "unreadable"


def list_inputs(sources: Sequence[SourceConfig], base: Path, readers: Mapping[str, Reader], code: str) -> tuple[SourceInput, ...]:
    """Find and name the input files.

    Args:
        sources: where to look.
        base: folder that relative paths start from.
        readers: the installed ones, by name.
        code: names the installed parts and the settings that reading depends on besides the source's own.

    Raises:
        UsageError: nothing is there, or nothing that a reader reads.
    """
    seen: Counter[str] = Counter()
    inputs: list[SourceInput] = []
    for source in sources:
        settings = canonical_json(source)
        files, left_out = list_files(source, base, readers)
        keyed: list[tuple[InputFile, str]] = []
        for file in files:
            key = digest([code, settings, file.reader.name, file.name, file.folder_source, _content(file.path)])[:32]
            seen[key] += 1
            keyed.append((file, key if seen[key] == 1 else f"{key}-{seen[key]}"))  # a source that is named twice is read twice
        inputs.append(SourceInput(source, tuple(keyed), left_out))
    return tuple(inputs)
