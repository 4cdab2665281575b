"""Checks the claims of a report: by their cells, by the statistics that trends give again, and where they stand in its pages."""

from __future__ import annotations

import contextlib
import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import msgspec

from topics.artifacts.manifest import ArtifactManifest, read_manifest
from topics.artifacts.verify import verify
from topics.claims.make import claim_tables, followed, found_in, kinds, make_claims, setting_of
from topics.claims.reading import Tables, number, reads, stem_of
from topics.claims.records import Claim, ClaimKind, Language, Setting
from topics.claims.select import behind, of_theme, strongest
from topics.config import StudyConfig
from topics.core.errors import ContractError, DataError
from topics.core.series import Kind
from topics.models._card import versions_of
from topics.tables import render_cell

RELATIVE, ABSOLUTE = 2e-3, 1e-5  # by which a statistic may differ when it is computed from cells of six digits
ROUNDED = 1e-4  # by which other looks may differ on another machine
MAKERS = ("topics-trends", "numpy", "scipy")
SHOWN = 5  # objections in a message
NAMED_BY = {
    "claims": ("claim",),
    "claim_cells": ("claim", "file", "row", "column"),
    "robustness": ("claim", "source", "weighting", "period", "fit"),
}


@dataclass(frozen=True, slots=True)
class Objection:
    """Two values that should be the same: which claim (none where a finding is kept back), where, what it says and what is found."""

    claim: str
    where: str
    said: str
    found: str

    def sentence(self) -> str:
        """Return it in words."""
        if not self.claim:
            return f"{self.where}: the table says {self.said!r}, from the trends follows {self.found!r}"
        return f"claim {self.claim}: {self.where}: the claim says {self.said!r}, found is {self.found!r}"


class _Sentences(HTMLParser):
    """The sentences of a page that name a claim."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a sentence."""
        named = dict(attrs)
        if "data-claim" in named:
            self._open = [named["data-claim"] or "", named.get("lang") or "en", ""]

    def handle_data(self, data: str) -> None:
        """Take its text."""
        if self._open:
            self._open[2] += data

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if self._open:
            claim, language, text = self._open
            self.found.append((claim, language, " ".join(text.split())))
            self._open = []


def check_cells(tables: Tables, cells: Sequence[Mapping[str, str]]) -> Iterator[Objection]:
    """Yield the cells whose value is another one in their table.

    Args:
        tables: of the run.
        cells: rows of `claim_cells.csv`.
    """
    for cell in cells:
        name = cell["file"].removesuffix(".csv")
        row = tables.by_key(name).get(cell["row"], {}) if stem_of(name) else {}
        found = row.get(cell["column"], "no such cell")
        if found != cell["value"]:
            yield Objection(cell["claim"], _place(name, cell["row"], cell["column"]), cell["value"], found)


def _place(name: str, key: str, column: str) -> str:
    return f"tables/{name}.csv, row {key}, column {column}"


def _rows(name: str, text: str) -> dict[str, Mapping[str, str]]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return {"|".join(row.get(column) or "" for column in NAMED_BY[name]): row for row in rows}


def check_tables(stored: Mapping[str, str], made: Mapping[str, str]) -> Iterator[Objection]:
    """Yield what the tables of claims say otherwise than the cells do.

    Args:
        stored: CSV of the tables in `NAMED_BY` as they are.
        made: the same as they follow from the tables of statistics and trends.
    """
    for name in NAMED_BY:
        told, follows = _rows(name, stored[name]), _rows(name, made[name])
        for key in sorted(told.keys() | follows.keys()):
            claim = key.split("|")[0]
            if key not in told:
                yield Objection(claim, f"tables/{name}.csv, row {key}", "is missing", "follows from the cells")
                continue
            if key not in follows:
                yield Objection(claim, f"tables/{name}.csv, row {key}", "stands there", "does not follow from the cells")
                continue
            for column, value in told[key].items():
                other = follows[key].get(column, "")
                if value != other and not (name == "robustness" and _near(number(value), other, ROUNDED, 0.0)):
                    yield Objection(claim, _place(name, key, column), value, other)


def _near(value: float, text: str, relative: float, absolute: float) -> bool:
    other = number(text)
    return (math.isnan(value) and math.isnan(other)) or math.isclose(value, other, rel_tol=relative, abs_tol=absolute)


def check_statistics(tables: Tables, claims: Sequence[Claim], setting: Setting) -> Iterator[Objection]:
    """Yield the cells of statistics that do not follow from the trends that stand beside them, and findings that are kept back."""
    again = {place: _again(tables, *place, setting) for place in followed(tables)}
    for claim in claims:
        said, name = claim.statement, claim.statement.cells[0].file.removesuffix(".csv")
        key, found = said.cells[0].key, again.get((kinds()[said.statistic], said.source, said.kind), {})
        if key not in found:
            yield Objection(claim.name, f"tables/{name}.csv, row {key}", "stands there", "does not follow from the trends")
        for column, value in (item for cells in found.get(key, ()) for item in cells.items()):
            told = said.row[column]
            same = _near(value, told, RELATIVE, ABSOLUTE) if isinstance(value, float) else value == told
            if not same:
                yield Objection(claim.name, f"{_place(name, key, column)}, from trends", told, render_cell(value))
    yield from _kept_back(tables, again)


_Again = dict[str, list[Mapping[str, float | str]]]


def _again(tables: Tables, kind: ClaimKind, source: str, of: Kind, setting: Setting) -> _Again:
    """Cells of a statistic's table, computed again from trends, by row."""
    found: _Again = {}
    for key, cells in kind.again(tables, source, of, setting) if tables.rows(f"{kind.table}_{source}") else ():
        found.setdefault(key, []).append(cells)
    return found


def _kept_back(tables: Tables, again: Mapping[tuple[ClaimKind, str, Kind], _Again]) -> Iterator[Objection]:
    """Yield rows that would be findings by the cells that follow from the trends, and are none by those that stand there."""
    for place, rows in again.items():
        name, stated = f"{place[0].table}_{place[1]}", tables.by_key(f"{place[0].table}_{place[1]}")
        changed: dict[str, dict[str, str]] = {}
        for key, listed in rows.items():
            cells = {column: value for found in listed for column, value in found.items()}
            told = stated.get(key, {})
            off = any(
                isinstance(value, float) and not _near(value, told.get(column, ""), RELATIVE, ABSOLUTE) for column, value in cells.items()
            )
            if told and off:
                changed[key] = {column: render_cell(value) for column, value in cells.items()}
        if changed:
            mended = tables.replaced(name, {key: {**stated[key], **changed.get(key, {})} for key in stated})
            there = {said.cells[0].key for said in found_in(tables, *place)}
            for said in found_in(mended, *place):
                if said.sign and said.cells[0].key not in there:
                    yield Objection("", f"tables/{name}.csv, row {said.cells[0].key}", "no finding", "a finding")


def _plain(claim: Claim) -> Iterator[tuple[str, str]]:
    """The sentences of a claim as a page shows them, whatever breaks a label holds."""
    yield from ((code, " ".join(text.split())) for code, text in claim.sentences.items())


def check_page(name: str, page: str, language: Language, claims: Sequence[Claim]) -> Iterator[Objection]:
    """Yield the sentences of a page of a report, in its language, that are not those of its claims."""
    reader = _Sentences()
    reader.feed(page)
    reader.close()
    said: dict[tuple[str, str], str] = {(claim.name, code): text for claim in claims for code, text in _plain(claim)}
    where = f"{name}, sentence [{language}]"
    for claim_name, code, text in reader.found:
        expected = said.get((claim_name, code), "no such sentence")
        if text != expected:
            yield Objection(claim_name, f"{name}, sentence [{code}]", expected, text)
    there = {claim_name for claim_name, code, _ in reader.found if code == language}
    themes = {claim.statement.series for claim in claims if claim.statement.kind == "theme"}
    first = [claim for head in strongest(claims) for claim in (head, *behind(claims, head))]
    shown = (*first, *(claim for theme in sorted(themes) for claim in of_theme(claims, theme)))
    for claim in {claim.name: claim for claim in shown}.values():
        if claim.name not in there:
            yield Objection(claim.name, where, claim.sentences[language], "no such sentence")


def objections(directory: Path) -> list[Objection]:
    """Return what is wrong with the claims of a report; nothing for one without claims.

    Raises:
        DataError: a table cannot be read.
    """
    manifest, folder = read_manifest(directory), directory / "tables"
    if manifest.kind != "report" or not any(entry.path == "tables/claims.csv" for entry in manifest.files):
        return []
    try:
        stored = {name: (folder / f"{name}.csv").read_text(encoding="utf-8") for name in NAMED_BY}
        texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.csv")) if reads(path.stem)}
        config = msgspec.json.decode(manifest.config, type=StudyConfig)
        pages = [(name, (directory / name).read_text(encoding="utf-8"), language) for name, language in config.report.pages.items()]
        setting = setting_of(config)
        tables = Tables(texts)
        found = list(check_cells(tables, list(_rows("claim_cells", stored["claim_cells"]).values())))
    except (OSError, ValueError, LookupError, csv.Error, msgspec.MsgspecError) as error:
        raise DataError(
            f"the tables of claims cannot be read: {type(error).__name__}: {error}.", where=str(folder), hint="Run the study again."
        ) from error
    try:
        claims = make_claims(texts, setting)
        made = {name.removesuffix(".csv"): text for name, text in claim_tables(claims)}
        found += [
            *check_statistics(tables, claims, setting),
            *check_tables(stored, made),
            *(one for page in pages for one in check_page(*page, claims)),
        ]
    except (ContractError, ValueError, LookupError, ArithmeticError) as error:
        if not found:
            what = f"the tables hold no trends that claims could rest on: {error}."
            raise DataError(what, where=str(folder), hint="Run the study again.") from error
    return found


def verify_report(directory: Path) -> ArtifactManifest:
    """Return the manifest of an artefact or a report when every file is there and unchanged, and every claim follows from its cells.

    Raises:
        DataError: names the claim, the cell and both values; or the first file that differs from the manifest.
    """
    try:
        manifest = verify(directory)
    except DataError:
        found: list[Objection] = []
        with contextlib.suppress(DataError):
            found = objections(directory)
        _refuse(found, directory)
        raise
    _refuse(objections(directory), directory)
    return manifest


def made_with() -> tuple[tuple[str, str], ...]:
    """Return (package, version) of what statistics are made with; a report states it."""
    return versions_of(*MAKERS)


def _refuse(found: Sequence[Objection], directory: Path) -> None:
    if found:
        said = "; ".join(item.sentence() for item in found[:SHOWN])
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise DataError(f"{said}{more}.", where=str(directory), hint=_why(read_manifest(directory)))


def _why(manifest: ArtifactManifest) -> str:
    """What may be behind objections: other versions, which may decide otherwise, or changes by hand."""
    here = dict(made_with())
    others = [f"{name} {then} (here {here[name]})" for name, then in manifest.versions if here.get(name, then) != then]
    if others:
        return f"The report was made with {', '.join(others)}, which may decide otherwise: run the study again, or install those."
    return "The output was changed by hand, or made by a topics of another day: run the study again."
