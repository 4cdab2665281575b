"""A study straight from a frame: its rows and settings become an ordinary study folder, which every command takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict, Unpack

import msgspec

from topics.artifacts.manifest import FILE_NAME
from topics.artifacts.store import check_writable, writing
from topics.config import StudyConfig, check_keys, read_study
from topics.core.contracts import RawRecord, Rejected
from topics.core.errors import UsageError
from topics.core.hashing import digest
from topics.core.registry import discover, nearest
from topics.core.themes import Theme
from topics.ingest.files import COLUMNS
from topics.ingest.frames import column_names, records_of
from topics.study import Study
from topics.toml_text import toml_text

WHERE = "topics.fit"
_CODES = "Or say the code of a language, which then holds for all articles."
ARTICLES, STUDY = "articles.jsonl", "study.toml"
TABLES = ("study", "dates", "preprocessing", "embedding", "trends", "report")
_MARK = re.compile(r"# Written by topics\.fit, ([0-9a-f]{64})\.[^\n]*\n")
Models = Sequence[str] | Mapping[str, Mapping[str, object]]
Terms = Sequence[str] | Mapping[str, Sequence[str]]
ThemesLike = Mapping[str, Terms] | Sequence[Theme | str | Path] | Theme | str | Path


class FitOptions(TypedDict, total=False):
    """What `fit` takes besides: columns of the frame, a folder, and tables of the study file."""

    title: str
    source: str
    id: str
    url: str
    language: str
    folder: str | Path
    study: Mapping[str, object]
    dates: Mapping[str, object]
    preprocessing: Mapping[str, object]
    embedding: Mapping[str, object]
    trends: Mapping[str, object]
    report: Mapping[str, object]


def fit(
    frame: Any,  # noqa: ANN401 - any library's frame
    text: str = "text",
    date: str | None = "date",
    *,
    models: Models | None = None,
    themes: ThemesLike = (),
    **more: Unpack[FitOptions],
) -> Study:
    """Fit topics and themes to the articles of a frame, and return the study with all its results.

    Args:
        frame: a pandas or polars frame, an Arrow table, or another that narwhals takes; a row is an article.
        text: column with the text.
        date: column with the day; None where there is none, and then there are no trends.
        models: names, or name to settings (`{"lda": {"topics": 8}}`); None fits all that the articles can carry.
        themes: key to terms by language (`{"ports": {"en": ["berth"], "vi": ["bến cảng"]}}`), themes, or files of themes.
        more: further columns (`title`, `source`, `id`, `url`, `language`; the last may also be one code for all articles), a `folder` that
            keeps everything, so that a later call or `topics run` fits nothing twice (without it, it lasts as long as the study), and
            tables of the study file by name (`trends={"period": "week"}`).

    Raises:
        UsageError: no frame, or a column, model, theme, language or option that is not there.
        DataError: too few articles.
    """
    known = (*FitOptions.__annotations__, "models", "themes", "text", "date")
    for name in more:
        if name not in known:
            raise UsageError(f"there is no option {name!r}.", where=WHERE, hint=nearest(name, known))
    given: dict[str, Any] = dict(more)
    columns, language = _columns(frame, text, date, given)
    source = {"path": ARTICLES, **({"language": language} if language else {})}
    kept = TemporaryDirectory(prefix="topics-") if given.get("folder") is None else None
    folder = Path(kept.name if kept else given["folder"])
    settings = _settings(given, "" if kept else folder.resolve().name, _theme_files(themes))
    written = toml_text({**settings, "sources": [source], **_models(models), **_themes(themes, language)})
    _write(folder, written, _lines(records_of(frame, {"text": text}, ARTICLES), columns))
    study = Study(read_study(folder / STUDY))
    study.kept = kept
    _compute(study, models)
    return study


def _compute(study: Study, models: Models | None) -> None:
    """Fit what was asked for; a model that was not asked for by name is left out where the articles are too few for it."""
    for name in models or ():
        study.model(name)
    if not study.fitted and not study.themes:
        study.model(next(iter(study.file.models)))
    if study.themes:
        _ = study.themed


def _columns(frame: Any, text: str, date: str | None, given: Mapping[str, Any]) -> tuple[dict[str, str], str]:  # noqa: ANN401 - any library's frame
    """Our name of each column that the frame has, and the language of all articles, where one is given."""
    there = column_names(frame)
    asked = {"text": text, **({"date": date} if date else {}), **{name: given[name] for name in COLUMNS if name in given}}
    code = asked.get("language", "")
    language = code if code not in there and code in discover("topics.preprocessing.languages", "LANGUAGE") else ""
    for name, column in asked.items():
        if column not in there and not (name == "language" and language):
            hint = nearest(column, there) + {"date": " Say date=None where there is none.", "language": f" {_CODES}"}.get(name, "")
            raise UsageError(f"the frame has no column {column!r} for the {name}.", where=WHERE, hint=hint)
    own = {name: name for name in COLUMNS if name in there and name != "date"}
    return {**own, **{name: column for name, column in asked.items() if not (name == "language" and language)}}, language


def _settings(given: Mapping[str, Any], folder: str, theme_files: list[str]) -> dict[str, object]:
    """The tables of the study file that are given; the study is named after its folder."""
    tables: dict[str, Any] = {table: dict(given[table]) for table in TABLES if table in given}
    check_keys(tables, StudyConfig, WHERE)
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", folder).lstrip("_.-") or "study"
    files = {"theme_files": theme_files} if theme_files else {}
    return {"study": {"name": name, **files, **tables.pop("study", {})}, **tables}


def _models(models: Models | None) -> dict[str, Mapping[str, object]]:
    """Sections of the models that are asked for; none where all are."""
    if models is None:
        return {}
    asked = {models: {}} if isinstance(models, str) else dict(models) if isinstance(models, Mapping) else {name: {} for name in models}
    kinds = discover("topics.models", "MODEL")
    if not asked:
        raise UsageError("models names none.", where=WHERE, hint=f"Leave it out for all of them: {', '.join(kinds)}.")
    for name in asked:
        if name not in kinds:
            raise UsageError(f"there is no model {name!r}.", where=WHERE, hint=nearest(name, kinds))
    return {f"models.{name}": settings for name, settings in asked.items()}


def _themes(themes: ThemesLike, language: str) -> dict[str, object]:
    """The themes as tables of a study; those of files by the path of their file."""
    if isinstance(themes, Mapping):
        return {"themes": [_theme(key, terms, language) for key, terms in themes.items()]}
    listed = [themes] if isinstance(themes, Theme | str | Path) else list(themes)
    return {"themes": [msgspec.to_builtins(each) for each in listed if isinstance(each, Theme)]}


def _theme_files(themes: ThemesLike) -> list[str]:
    """Paths of files of themes, whole, since the study stands in another folder."""
    if isinstance(themes, Mapping | Theme):
        return []
    listed = [themes] if isinstance(themes, str | Path) else themes
    return [Path(each).resolve().as_posix() for each in listed if isinstance(each, str | Path)]


def _theme(key: str, terms: Terms, language: str) -> dict[str, object]:
    if not isinstance(terms, Mapping):
        if not language:
            what = f"the terms of theme {key!r} have no language."
            hint = f'Write {{"{key}": {{"en": [...]}}}}, or say language="en" of all articles.'
            raise UsageError(what, where=WHERE, hint=hint)
        terms = {language: [terms] if isinstance(terms, str) else terms}
    label = key.replace("_", " ").capitalize()
    return {"key": key, "label": dict.fromkeys(terms, label), "terms": {code: list(listed) for code, listed in terms.items()}}


def _lines(records: Iterable[RawRecord | Rejected], columns: Mapping[str, str]) -> Iterator[bytes]:
    """A line of JSON for each row; one without a text stays, so that the quarantine counts it at its place."""
    for record in records:
        row: dict[str, str | None] = {"text": None}
        if isinstance(record, RawRecord):
            told = {name: record.fields[column] for name, column in columns.items() if column in record.fields}
            row = {**told, "text": record.text}
        try:
            yield json.dumps(row, ensure_ascii=False).encode() + b"\n"
        except UnicodeEncodeError:  # half a surrogate pair
            yield json.dumps(row).encode() + b"\n"


def _write(folder: Path, settings: str, lines: Iterable[bytes]) -> None:
    """Write the study into a folder, in the place of an earlier one that nobody changed since."""
    path, rows = folder / STUDY, folder / ARTICLES
    _check_own(path, rows)
    check_writable(folder)
    mark = f"# Written by topics.fit, {digest([settings])}. Once you change it, topics.fit leaves it alone.\n"
    study, articles = (aside.with_name(f".{aside.name}.tmp") for aside in (path, rows))
    with writing(folder):
        study.write_text(mark + settings, encoding="utf-8", newline="\n")
        _check_readable(study)
        with articles.open("wb") as handle:
            handle.writelines(lines)
        articles.replace(rows)
        study.replace(path)


def _check_readable(study: Path) -> None:
    """Say what is wrong with settings while an earlier study still stands."""
    try:
        read_study(study)
    except UsageError as error:
        study.unlink()
        where = WHERE if error.where == str(study) else error.where
        raise UsageError(error.what, where=where, hint=error.hint) from error


def _check_own(path: Path, rows: Path) -> None:
    if (path.parent / FILE_NAME).exists():
        what = "the folder holds the files of a run or an artefact, which would no longer be whole; nothing was written."
        raise UsageError(what, where=str(path.parent), hint="Name another folder.")
    if path.is_file():
        text = path.read_text(encoding="utf-8", errors="replace")
        mark = _MARK.match(text)
        if mark is None or mark[1] != digest([text[mark.end() :]]):
            hint = f'Go on with topics.open_study("{path.as_posix()}"), or name another folder.'
            raise UsageError("this study file was written or changed by someone else; nothing was replaced.", where=str(path), hint=hint)
    elif rows.exists():
        raise UsageError("the folder holds other articles; nothing was replaced.", where=str(rows), hint="Name another folder.")
