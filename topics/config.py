"""The study file: one TOML, strict. Every error names the file, the key and what was expected."""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from topics.core.errors import UsageError
from topics.core.events import Event, Side
from topics.core.hashing import canonical_json, digest
from topics.core.labels import with_shown_names
from topics.core.registry import discover, nearest
from topics.core.series import PeriodUnit
from topics.core.themes import Theme, check_themes
from topics.curation import NO_CURATION, Curation, CurationFile
from topics.ingest.dates.config import DatesConfig
from topics.ingest.files import SourceConfig
from topics.preprocessing.embedding import EmbeddingConfig
from topics.preprocessing.prepare import PreprocessingConfig
from topics.trends.aggregate import Weighting
from topics.trends.event_file import read_events

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
MAX_REFITS = 99
NAME = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,80}$")]


class StudySection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[study]`: name (letters, digits, `-_.`), title, seed, last day, calendar zone, whether quotes hide addresses and numbers, files of
    themes besides those of the study, a filled sheet of `topics label sample` that sets the thresholds of themes."""

    name: NAME
    title: str = ""
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 13
    as_of: date | None = None
    timezone: str = DEFAULT_ZONE
    mask: bool = False
    theme_files: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()
    labels: str = ""


class ThemeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of themes, which several studies may share; written as in a study."""

    themes: Annotated[tuple[Theme, ...], msgspec.Meta(min_length=1)]


class CompareConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[trends] compare`: first and last day of two spans of time whose difference is to be explained."""

    before: tuple[date, date]
    after: tuple[date, date]

    def __post_init__(self) -> None:
        for name, (first, last) in (("before", self.before), ("after", self.after)):
            if last < first:
                raise ValueError(f"trends.compare.{name} ends on {last}, before it begins on {first}")
        if self.after[0] <= self.before[1]:
            raise ValueError(f"trends.compare.after begins on {self.after[0]}, but trends.compare.before ends on {self.before[1]}")


class TrendsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[trends]`: length of a period, whether every article or every story has a vote, a file of events, spans to compare, between what
    sides to look for a lead, and how often each model is fitted again from other seeds."""

    period: PeriodUnit = "month"
    weighting: Weighting = "articles"
    events: str = ""
    compare: CompareConfig | None = None
    lead_lag: Side = "language"
    refits: Annotated[int, msgspec.Meta(ge=0, le=MAX_REFITS)] = 0


class ReportConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[report]`: names, merges and notes for the topics of fitted models; the language of the pages, and what stands beside them.

    Args:
        curation: path of the file of names.
        language: `en`, `vi`, or `both`: a page each, that lead to each other.
        workbook: all tables as one workbook, too.
        pdf: the report as PDF, too; needs the extra `pdf`.
    """

    curation: str = ""
    language: Literal["en", "vi", "both"] = "en"
    workbook: bool = False
    pdf: bool = False

    @property
    def pages(self) -> dict[str, Literal["en", "vi"]]:
        """File name of each page to its language, the first one first."""
        return {"index.html": "en", "index.vi.html": "vi"} if self.language == "both" else {"index.html": self.language}


class StudyConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole study; once read, its themes are those of its files and then its own."""

    study: StudySection
    sources: Annotated[tuple[SourceConfig, ...], msgspec.Meta(min_length=1)]
    dates: DatesConfig = DatesConfig()
    preprocessing: PreprocessingConfig = PreprocessingConfig()
    embedding: EmbeddingConfig = EmbeddingConfig()
    models: dict[str, Any] = {}
    themes: tuple[Theme, ...] = ()
    trends: TrendsConfig = TrendsConfig()
    report: ReportConfig = ReportConfig()


@dataclass(frozen=True)
class StudyFile:
    """A read study: the configuration, the settings of each model by name, the events of its file, what a reader says of the topics, and
    the folder that paths start from."""

    path: Path
    config: StudyConfig
    models: Mapping[str, msgspec.Struct]
    events: tuple[Event, ...] = ()
    curation: Curation = NO_CURATION

    @property
    def base(self) -> Path:
        """The folder of the study file."""
        return self.path.parent

    @property
    def labels(self) -> Path | None:
        """The filled label sheet that sets the thresholds of themes, None where the study names none."""
        return (self.base / self.config.study.labels).resolve() if self.config.study.labels else None

    @property
    def default_out(self) -> Path:
        """Where a run writes unless told otherwise: `out/<name>` beside the study file."""
        return self.base / "out" / self.config.study.name


def _struct_in(annotation: Any) -> type[msgspec.Struct] | None:  # noqa: ANN401 - annotations have no common type
    """The struct type that an annotation is, or is a sequence of."""
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, msgspec.Struct):
            return part
        for inner in get_args(part):
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                return inner
    return None


def check_keys(data: object, kind: type[msgspec.Struct], file: str, at: str = "") -> None:
    """Raise `UsageError` for the first key that the struct does not have, with the nearest one that it has."""
    for number, item in enumerate(data if isinstance(data, list) else [data]):
        if not isinstance(item, dict):
            continue
        place = f"{at}[{number + 1}]" if isinstance(data, list) else at
        fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
        for key, value in item.items():
            if key not in fields:
                raise UsageError(f"unknown key {key!r}{f' in {place}' if place else ''}.", where=file, hint=nearest(key, fields))
            inner = _struct_in(fields[key])
            if inner:
                check_keys(value, inner, file, f"{place}.{key}" if place else key)


def _choices(kind: type[Any], path: str) -> str:
    """The values that a key like `$.trends.period` allows, in words; empty where it is no closed choice."""
    annotation: Any = kind
    for name in path.removeprefix("$.").split("."):
        struct = _struct_in(annotation)
        annotation = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}.get(name.split("[")[0]) if struct else None
    options = [option for part in (annotation, *get_args(annotation)) for option in get_args(part) if isinstance(option, str)]
    options = [option for option in get_args(annotation) if isinstance(option, str)] or options
    options = ["a number", *options] if options and float in get_args(annotation) else options
    return f" Choose one of: {', '.join(options)}." if options else ""


def _found(data: Any, path: str) -> str:  # noqa: ANN401 - whatever TOML can hold
    """The value at a path like `$.study.seed` or `$.sources[0].path`, in words; empty where it is none, or a table."""
    try:
        for name, number in re.findall(r"\.([^.\[]+)|\[(\d+)\]", path):
            data = data[name] if name else data[int(number)]
    except (KeyError, IndexError, TypeError):
        return ""
    return "" if isinstance(data, dict | list) or "..." in path else f"; it is {textwrap.shorten(repr(data), 60)}"


def _theme_named(data: Any, path: str) -> str:  # noqa: ANN401 - whatever TOML can hold
    """The key of the theme that a path like `$.themes[0].terms` leads into; people know themes by it, not by number."""
    number = re.match(r"\$\.themes\[(\d+)\]", path)
    key = data["themes"][int(number[1])].get("key") if number else None
    return f" (theme {key!r})" if isinstance(key, str) else ""


def _convert(data: object, kind: type[Any], file: str, at: str = "") -> Any:  # noqa: ANN401 - the caller names the type
    try:
        return msgspec.convert(data, kind)
    except (msgspec.ValidationError, ValueError) as error:
        path = re.search(r"`(\$[^`]*)`", str(error))
        choices = _choices(kind, path[1]) if path and "enum" in str(error) else ""
        counted = re.sub(r"\[(\d+)\]", lambda found: f"[{int(found[1]) + 1}]", str(error))  # msgspec counts from 0, people from 1
        text = counted.replace("`$", f"`{at}").replace("`.", "`") if at else counted.replace("`$.", "`")
        if at and text.partition(" ")[0] in getattr(kind, "__struct_fields__", ()):  # settings know their own keys alone
            text = f"{at}.{text}"
        found = _found(data, path[1]) if path and text.startswith("Expected") else ""
        found = _theme_named(data, path[1]) + found if path else found
        raise UsageError(
            f"{text.rstrip('.')}{found}.{choices}", where=file, hint="Mend this key; docs/study.md shows a whole study file."
        ) from error


def read_study(path: Path) -> StudyFile:
    """Read a study file, and the files of themes that it names.

    Raises:
        UsageError: missing, no TOML, unknown key, wrong type or range, unknown model or time zone, themes that contradict each other or
            cannot be looked for, a file of events or a curation file that is missing or faulty.
    """
    name = str(path)
    data = _read_toml(path, "study file", "Check the path; reports/sample.toml is an example.")
    check_keys(data, StudyConfig, name)
    config: StudyConfig = _convert(data, StudyConfig, name)
    config = msgspec.structs.replace(config, themes=_all_themes(config, path))
    try:
        ZoneInfo(config.study.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"there is no time zone {config.study.timezone!r}.", where=name, hint='For example "Asia/Ho_Chi_Minh" or "UTC".'
        ) from error
    events = read_events(path.parent / config.trends.events) if config.trends.events else ()
    models = _models(config, name)
    curation = _curation(path.parent / config.report.curation, path, models) if config.report.curation else NO_CURATION
    return StudyFile(path.resolve(), config, models, events, curation)


def _read_toml(path: Path, what: str, hint: str) -> dict[str, Any]:
    try:
        return {key: with_shown_names(value) for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items()}
    except OSError as error:
        raise UsageError(f"the {what} cannot be read: {error.strerror}.", where=str(path), hint=hint) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"no valid TOML: {error}.", where=str(path), hint="Mend that line.") from error


def _all_themes(config: StudyConfig, study: Path) -> tuple[Theme, ...]:
    """The themes of the study's files, in order, and then those of the study."""
    found: dict[str, tuple[Theme, ...]] = {}
    for listed in config.study.theme_files:
        path = study.parent / listed
        name = str(path)
        if name in found:
            raise UsageError(f"study.theme_files names {listed!r} twice.", where=str(study), hint="Name it once.")
        data = _read_toml(path, "theme file", f"Check theme_files in {study}; paths start from that file.")
        check_keys(data, ThemeFile, name)
        themes: ThemeFile = _convert(data, ThemeFile, name)
        found[name] = themes.themes
    check_themes({**found, str(study): config.themes}, discover("topics.preprocessing.languages", "LANGUAGE"))
    return tuple(theme for themes in found.values() for theme in themes) + config.themes


def _curation(path: Path, study: Path, models: Mapping[str, msgspec.Struct]) -> Curation:
    """Read a curation file; whether a model has a topic is known once it is fitted."""
    name = str(path)
    data = _read_toml(path, "curation file", f"Check report.curation in {study}; paths start from that file.")
    check_keys(data, CurationFile, name)
    found: CurationFile = _convert(data, CurationFile, name)
    seen: set[tuple[str, int]] = set()
    for number, entry in enumerate(found.topics, start=1):
        if entry.model not in models:
            raise UsageError(
                f"topics[{number}].model: the study has no model {entry.model!r}.", where=name, hint=nearest(entry.model, models)
            )
        if (entry.model, entry.topic) in seen:
            raise UsageError(
                f"topics[{number}]: topic {entry.topic} of {entry.model} stands twice.", where=name, hint="Put all of it into one entry."
            )
        seen.add((entry.model, entry.topic))
    for model in found.fits:
        if model not in models:
            raise UsageError(f"fits: the study has no model {model!r}.", where=name, hint=nearest(model, models))
    return Curation(name, digest([canonical_json(found)]), found.topics, found.fits)


def _models(config: StudyConfig, file: str) -> dict[str, msgspec.Struct]:
    """Settings of each model; a study without `[models]` gets all with their defaults."""
    kinds = discover("topics.models", "MODEL")
    chosen: dict[str, Any] = config.models or {name: {} for name in kinds}
    settings: dict[str, msgspec.Struct] = {}
    for name, values in sorted(chosen.items()):
        if name not in kinds:
            raise UsageError(f"unknown model {name!r} in models.", where=file, hint=nearest(name, kinds))
        if not isinstance(values, dict):
            hint = f"Write [models.{name}] and the settings below it."
            raise UsageError(f"models.{name} must be a table, found {type(values).__name__}.", where=file, hint=hint)
        check_keys(values, kinds[name].config, file, f"models.{name}")
        settings[name] = _convert(values, kinds[name].config, file, f"models.{name}")
    return settings
