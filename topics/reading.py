"""Documents without a study: read into a passing store, whole or part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict, Unpack

from topics.config import DEFAULT_ZONE, StudyFile, read_study
from topics.core.documents import Corpus
from topics.core.errors import DataError, UsageError
from topics.core.registry import nearest
from topics.engine import Engine
from topics.ingest.files import SourceConfig
from topics.ingest.frames import records_of
from topics.ingest.ingest import Context, IngestReport, ingest
from topics.ingest.inputs import SourceInput, list_inputs
from topics.ingest.store import batches, load
from topics.stages import read_context, study_inputs

Lines = Mapping[str, frozenset[int]]  # keys of lines by source
BATCH = 1000  # documents that are held at a time; no answer depends on it


@dataclass(frozen=True, eq=False)
class Reading:
    """Documents in a passing store, which lives as long as this or a corpus of it.

    Args:
        folder: of the store.
        account: of the reading.
    """

    folder: TemporaryDirectory[str]
    account: IngestReport

    def whole(self) -> tuple[Corpus, IngestReport]:
        """Return the corpus, metadata in memory and texts streamed, and the account."""
        return load(Path(self.folder.name), self.folder), self.account

    def batches(self, size: int | None = None) -> Iterator[Corpus]:
        """Yield the documents in the order of a corpus, `size` (1,000) at a time; no part is kept."""
        return batches(Path(self.folder.name), size or BATCH)


def _read(inputs: Sequence[SourceInput], context: Context, engine: Engine) -> Reading:
    folder = TemporaryDirectory(prefix="topics-")
    return Reading(folder, ingest(inputs, context, Path(folder.name), engine=engine))


def _paths(paths: Sequence[Path], zone: str, as_of: date | None, engine: Engine, repeated: Lines) -> Reading:
    context, readers, code = read_context(zone, as_of)
    context = replace(context, repeated=repeated)
    return _read(list_inputs([SourceConfig(path=str(path)) for path in paths], Path(), readers, code), context, engine)


def _sources(file: StudyFile, repeated: Lines) -> Reading:
    context, inputs = study_inputs(file)
    return _read(inputs, replace(context, repeated=repeated), Engine())


def read_paths(
    paths: Sequence[Path], *, zone: str, as_of: date | None, engine: Engine | None = None, repeated: Lines | None = None
) -> tuple[Corpus, IngestReport]:
    """Read files and folders without a study; a corpus of none where no record could be used.

    Args:
        paths: files and folders.
        zone: calendar zone.
        as_of: last day that can be; None takes the latest day in the data.
        engine: where documents are read.
        repeated: lines that sources print everywhere, as an artefact knows them (`artefact.repeated`), besides those that are found.
    """
    return _paths(paths, zone, as_of, engine or Engine(), repeated or {}).whole()


def read_sources(file: StudyFile) -> tuple[Corpus, IngestReport]:
    """Read the sources of a study as its run would, and keep nothing."""
    return _sources(file, {}).whole()


def places(paths: Sequence[Path]) -> list[Path]:
    """Return the files and folders that `read_new` reads for these paths."""
    if not _is_study(paths):
        return list(paths)
    file = read_study(paths[0])
    return [file.base / source.path for source in file.config.sources]


def check_not_in_artefact(out: Path, artefact: Path) -> None:
    """Raise `UsageError` where an output folder lies inside an artefact, which no longer could be used."""
    if artefact.resolve() in (out.resolve(), *out.resolve().parents):
        hint = "Choose another folder with --out."
        raise UsageError("the output folder lies inside the artefact, which would no longer be whole.", where=str(out), hint=hint)


def _is_study(paths: Sequence[Path]) -> bool:
    """Whether these are no documents but a study file, whose sources are meant."""
    studies = [path for path in paths if path.suffix.lower() == ".toml"]
    if studies and len(paths) > 1:
        raise UsageError(
            "a study file is sent by itself, without other paths.",
            where=str(studies[0]),
            hint="Send the other paths by a call of their own.",
        )
    return bool(studies)


def read_new(paths: Sequence[Path], *, zone: str, repeated: Lines | None = None) -> Reading:
    """Read documents to send through a model: files and folders, or a study file for its sources with their columns and encodings.

    Args:
        paths: files and folders, or a study file.
        zone: calendar zone.
        repeated: lines that the model knows its training sources to print everywhere; they are removed also from an article read alone.

    Raises:
        UsageError: a study file beside others.
        DataError: no record could be used.
    """
    lines = repeated or {}
    found = _sources(read_study(paths[0]), lines) if _is_study(paths) else _paths(paths, zone, None, Engine(), lines)
    account = found.account
    if not account.accepted:
        first = f" First reason: {account.quarantined[0].message}." if account.quarantined else ""
        where = ", ".join(map(str, paths))
        raise DataError(f"none of {account.seen} records could be used.{first}", where=where, hint="`topics check` lists why.")
    return found


class FrameOptions(TypedDict, total=False):
    """What else the reading of a frame may depend on.

    Args:
        zone: calendar zone in which a moment falls on its day; that of studies without it.
        as_of: last day that can be; None or without it the latest day in the data.
        repeated: lines that sources print everywhere, as an artefact knows them (`artefact.repeated`), besides those that are found; with
            them an article that stands alone in its frame loses them too.
    """

    zone: str
    as_of: date | None
    repeated: Lines


def from_frame(
    frame: Any,  # noqa: ANN401 - any library's frame
    columns: Mapping[str, str] | None = None,
    *,
    language: str = "auto",
    source: str = "frame",
    **options: Unpack[FrameOptions],
) -> tuple[Corpus, IngestReport]:
    """Read the articles of a frame; no file of yours is written or changed.

    Args:
        frame: a pandas or polars frame, an Arrow table, or another that narwhals takes; a row is an article.
        columns: our name (text, date, id, title, source, url, language) to the frame's column; the same names need no entry.
        language: `auto`, or the code of the language of every article.
        source: the source of articles that name none, and what stands for the file's name.
        options: `zone`, `as_of` and `repeated`, see `FrameOptions`.

    Returns:
        The corpus, of none where no row could be used, and the account of its reading.

    Raises:
        UsageError: no frame, no column for the text, or lines that are no keys by source.
    """
    try:
        config = SourceConfig(path=source, columns=dict(columns or {}), language=language)
    except ValueError as error:
        raise UsageError(f"{error}", where="from_frame", hint="Give columns as {our name: your name}.") from error
    if unknown := sorted(options.keys() - FrameOptions.__annotations__.keys()):
        raise TypeError(f"from_frame() got an unexpected keyword argument {unknown[0]!r}")
    context, _, _ = read_context(options.get("zone", DEFAULT_ZONE), options.get("as_of"))
    context = replace(context, repeated=_checked(options.get("repeated", {})))
    if language not in {"auto", *context.languages}:
        raise UsageError(f"there is no language {language!r}.", where="from_frame", hint=nearest(language, ["auto", *context.languages]))
    return _read([SourceInput(config, records=records_of(frame, config.columns, source))], context, Engine()).whole()


def _checked(repeated: Lines) -> Lines:
    """Lines by source; raises `UsageError` for the lines themselves, which are known by keys alone."""
    if isinstance(repeated, Mapping) and all(isinstance(keys, frozenset) for keys in repeated.values()):
        return repeated
    hint = "Give `artefact.repeated` of a loaded model."
    raise UsageError(f"repeated is {type(repeated).__name__}, expected sets of keys by source.", where="from_frame", hint=hint)
