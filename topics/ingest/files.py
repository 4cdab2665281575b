"""Which files a source means, and which reader each gets."""

from __future__ import annotations

import fnmatch
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from topics.core.contracts import BadBytes, Reader, ReadOptions
from topics.core.errors import UsageError
from topics.core.registry import nearest
from topics.ingest.archives import SUFFIX, archive_reader
from topics.ingest.dates.numbers import NumberKind
from topics.ingest.encodings.names import canonical, known_names
from topics.ingest.names import printable
from topics.ingest.presets import TITLE_ONLY, preset_columns

DEFAULT_EXCLUDE = ("gold.json*", "README*", "PROVENANCE*", "LICENSE*", "manifest.json")
COLUMNS = ("text", "date", "id", "title", "source", "url", "language")
_GLOB = set("*?[")


class SourceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[sources]]` entry of a study.

    Args:
        path: file, folder or glob, relative to the study file.
        format: `auto` or the name of a reader.
        columns: our name (text, date, id, title, source, url, language) to the column's name in the input.
        preset: a known export whose column map is taken, such as `media_cloud`; `columns` replaces single entries of it.
        language: `auto` or a language code that holds for every document.
        encoding: `auto` or the encoding of files that do not say theirs.
        bad_bytes: `quarantine` a record with bytes that are no text, or `replace` them by U+FFFD and count them.
        day_first: whether 03/04/2025 is 3 April (true) or March 4 (false); left out, the source's own dates decide.
        date_numbers: what numbers in the date column count: epoch_s, epoch_ms, epoch_us or excel; left out, only where all agree.
        repair: whether text that was decoded wrongly before it came here (mojibake) is read again; else it is only noted.
        clashing_ids: `quarantine` different articles under one id, or tell them apart by a `suffix` made of their content.
        exclude: file-name patterns that a folder or glob leaves out; a file named by `path` itself is always read.
    """

    path: Annotated[str, msgspec.Meta(min_length=1)]
    format: str = "auto"
    columns: dict[str, str] = {}
    language: str = "auto"
    encoding: str = "auto"
    bad_bytes: BadBytes = "quarantine"
    day_first: bool | None = None
    date_numbers: NumberKind | None = None
    repair: bool = False
    clashing_ids: Literal["quarantine", "suffix"] = "quarantine"
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    preset: str = ""

    def __post_init__(self) -> None:
        if self.preset:
            msgspec.structs.force_setattr(self, "columns", {**preset_columns(self.preset), **self.columns})
        for name in self.columns:
            if name not in COLUMNS:
                raise ValueError(f"unknown column {name!r}. {nearest(name, COLUMNS)}")
        if canonical(self.encoding) is None:
            raise ValueError(f"unknown encoding {self.encoding!r}. {nearest(self.encoding, known_names())}")

    @property
    def notes(self) -> tuple[str, ...]:
        """Codes that hold for every document of it."""
        text = self.columns.get("text")
        return (TITLE_ONLY,) if text and text == self.columns.get("title") else ()

    @property
    def options(self) -> ReadOptions:
        """What readers need to know of it."""
        return ReadOptions(self.columns, self.encoding, self.bad_bytes)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: where it is, the name to report, its reader, and the source name that its folder gives."""

    path: Path
    name: str
    reader: Reader
    folder_source: str


def reader_for(path: Path, format_name: str, readers: Mapping[str, Reader], exclude: tuple[str, ...] = ()) -> Reader | None:
    """Return the reader of a format or, for `auto`, of the longest matching suffix; a zip archive has one that asks so for each member."""
    if path.name.lower().endswith(SUFFIX):
        return archive_reader(partial(_reader_of_name, format_name=format_name, readers=readers), exclude)
    return _reader_of_name(path.name, format_name, readers)


def _reader_of_name(name: str, format_name: str, readers: Mapping[str, Reader]) -> Reader | None:
    if format_name != "auto":
        return readers[format_name]
    name = name.lower().removesuffix(".gz")
    matches = [(len(suffix), reader.name) for reader in readers.values() for suffix in reader.suffixes if name.endswith(suffix)]
    return readers[max(matches)[1]] if matches else None


def _walk(root: Path) -> Iterator[Path]:
    """Yield the files below a folder, links to folders, and folders that may not be opened; links are not followed."""
    closed: list[OSError] = []
    for folder, names, files in os.walk(root, onerror=closed.append):
        yield from (Path(folder, name) for name in files)
        yield from (path for name in names if (path := Path(folder, name)).is_symlink())
    yield from (Path(error.filename) for error in closed)


def _listed(source: SourceConfig, root: Path) -> tuple[Path, list[Path]]:
    """The folder that names are relative to, and the files."""
    if root.is_file():
        return root.parent, [root]
    if root.is_dir():
        return root, sorted(_walk(root))
    parts = Path(source.path).parts
    fixed = next((number for number, part in enumerate(parts) if _GLOB & set(part)), None)
    base = root if fixed is None else Path(*root.parts[: len(root.parts) - len(parts) + fixed])
    if fixed is None or not base.is_dir():
        raise UsageError(
            "there is no such file or folder.", where=str(source.path), hint="Check the path; in a study file it is relative to that file."
        )
    return base, sorted(path for path in base.glob(str(Path(*parts[fixed:]))) if not path.is_dir())


def list_files(
    source: SourceConfig, base: Path, readers: Mapping[str, Reader]
) -> tuple[tuple[InputFile, ...], tuple[tuple[str, str], ...]]:
    """Return the files to read, by name, and (name, reason) of those left out.

    Raises:
        UsageError: nothing is there, or nothing that a reader reads.
    """
    if source.format != "auto" and source.format not in readers:
        raise UsageError(f"there is no input format {source.format!r}.", where=source.path, hint=nearest(source.format, ["auto", *readers]))
    root = base / source.path
    folder, paths = _listed(source, root)
    files: list[InputFile] = []
    left_out: list[tuple[str, str]] = []
    for path in paths:
        name = printable(path.relative_to(folder).as_posix())
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        reader = reader_for(path, source.format, readers, source.exclude)
        if path.is_dir() and not path.is_symlink():
            left_out.append((name, "the folder may not be opened"))
        elif path.is_symlink() or not path.is_file():
            left_out.append((name, "not a plain file"))
        elif path != root and (hidden or any(fnmatch.fnmatch(path.name, pattern) for pattern in source.exclude)):
            left_out.append((name, "excluded by name"))
        elif reader is None:
            left_out.append((name, "no reader for this kind of file"))
        else:
            parts = path.relative_to(folder).parts
            own = folder.resolve().name if root != path else path.name.split(".")[0]
            files.append(InputFile(path, name, reader, printable(parts[0] if len(parts) > 1 else own)))
    if not files:
        _refuse(source, left_out, readers)
    return tuple(files), tuple(left_out)


def _refuse(source: SourceConfig, left_out: list[tuple[str, str]], readers: Mapping[str, Reader]) -> None:
    kinds = ", ".join(sorted({SUFFIX, *(suffix for reader in readers.values() for suffix in reader.suffixes)}))
    counts = Counter(reason for _, reason in left_out)
    found = "; ".join(f"{n} file(s): {reason}" for reason, n in sorted(counts.items())) or (
        "no file has such a name" if set(source.path) & _GLOB else "it is empty"
    )
    raise UsageError(f"nothing to read here: {found}.", where=source.path, hint=f"Files that can be read end in {kinds}.")
