"""What the topics of a study carry from an earlier fit (`topics refit --previous`): ids, names, events, the shares of both models."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from topics.pipeline import Study, known_ids
from topics.reuse.identity import NAME, table_names
from topics.reuse.refit import EVENTS, SEAM
from topics.tables import Cell, Table, plain_text, render_cell

IDS = ("topic", "carried_id", "name")


def follows(study: Study, name: str) -> bool:
    """Return whether the topics of a fitted model have ids of an earlier fit."""
    return (study.artifacts / name / NAME).is_file()


def id_rows(study: Study, name: str) -> Iterator[Sequence[Cell]]:
    """Yield the id and the name of each topic by its number in the model."""
    known = known_ids(study, name)
    for topic, (number, label) in enumerate(zip(known.ids, known.names, strict=True)):
        yield topic, number, label


def carried_tables(study: Study) -> Iterator[Table]:
    """Yield the tables of what each model carries; without rows where it follows no earlier one."""
    for name in study.file.models:
        yield Table(f"topic_ids_{name}", IDS, partial(_carried, study, name))
        for file, columns in zip(table_names(name), (EVENTS, SEAM), strict=True):
            yield Table(file.removesuffix(".csv"), columns, partial(_carried, study, name, file))


def _carried(study: Study, name: str, file: str = "") -> Iterator[Sequence[Cell]]:
    if name in study.fitted and follows(study, name):
        yield from _kept(study.artifacts / name / file) if file else id_rows(study, name)


def _kept(path: Path) -> Iterator[Sequence[Cell]]:
    """The rows of a table as they were written beside the model."""
    if path.is_file():
        rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
        next(rows, None)
        yield from ([_cell(text) for text in row] for row in rows)


def _cell(text: str) -> Cell:
    """What a written cell holds: numbers are written again as they were."""
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            value = kind(text)
            if render_cell(value) == text:
                return value
    return plain_text(text)


def seam_rows(study: Study, name: str) -> list[dict[str, str]]:
    """Return the shares of both models over the seam as they are kept; none where a model follows no earlier one."""
    kept: Path = study.artifacts / name / table_names(name)[1]
    return list(csv.DictReader(io.StringIO(kept.read_text(encoding="utf-8")))) if follows(study, name) and kept.is_file() else []
