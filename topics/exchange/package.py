"""`datapackage.json`: what the tables of a folder are, in the words of Frictionless Data.

Source: Frictionless Data Package, Tabular Data Resource and Table Schema, version 1, https://specs.frictionlessdata.io.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from topics.core.codecs import write_json
from topics.core.hashing import file_digest
from topics.exchange.fields import FieldType, field_of

NAME = "datapackage.json"
LONGEST = 1 << 20  # bytes of a header


class SchemaField(msgspec.Struct, frozen=True):
    """A column as Table Schema has it."""

    name: str
    type: FieldType
    description: str


class Schema(msgspec.Struct, frozen=True, rename="camel"):
    """The columns of a table, and what stands where there is no value."""

    fields: tuple[SchemaField, ...]
    missing_values: tuple[str, ...] = ("",)


class Resource(msgspec.Struct, frozen=True):
    """A table: its file beside the package, with size and sha256."""

    name: str
    path: str
    bytes: int
    hash: str
    schema: Schema
    profile: str = "tabular-data-resource"
    format: str = "csv"
    mediatype: str = "text/csv"
    encoding: str = "utf-8"


class Package(msgspec.Struct, frozen=True):
    """The tables of a run; licences are the user's to add."""

    name: str
    title: str
    resources: tuple[Resource, ...]
    profile: str = "tabular-data-package"


def schema_of(table: str, columns: tuple[str, ...]) -> Schema:
    """Return the schema of a table by its name without suffix and its columns."""
    found = ((column, field_of(table, column)) for column in columns)
    return Schema(tuple(SchemaField(column, field.type, field.description) for column, field in found))


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the columns of a CSV table by its header; our column names need no quotes."""
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(handle.readline(LONGEST).rstrip("\n").split(","))


def _resource(path: Path) -> Resource:
    schema = schema_of(path.stem, columns_of(path))
    return Resource(path.stem, path.name, path.stat().st_size, f"sha256:{file_digest(path)}", schema)


def write_package(folder: Path, name: str, title: str) -> None:
    """Describe all CSV tables of a folder, by name.

    Args:
        folder: with the tables; the description goes there too.
        name: of the study; characters that no package may have in its name become hyphens.
        title: for readers.
    """
    tables = tuple(_resource(path) for path in sorted(folder.glob("*.csv")))
    write_json(folder / NAME, Package(re.sub(r"[^a-z0-9._-]", "-", name.lower()), title or name, tables))
