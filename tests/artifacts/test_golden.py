"""Artefacts of every format that a release wrote are read by this one, and answer as they did."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from topics.artifacts.manifest import FORMAT, LAYOUTS, read_manifest
from topics.artifacts.verify import verify
from topics.reading import read_new
from topics.reuse.artefact import COLUMNS, load_artifact
from topics.tables import render_csv

DATA = Path(__file__).parent / "data"
FOLDERS = sorted(path for path in DATA.glob("format_*/*") if path.is_dir())
NUMBERS = {"weight": 1e-3, "fit": 1e-3, "novelty": 0.02, "unknown_share": 1e-6}  # and how far rounding may move each; novelty goes in steps


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_every_format_has_artefacts_and_a_way_to_be_read() -> None:
    assert {int(folder.parent.name.removeprefix("format_")) for folder in FOLDERS} == set(LAYOUTS) == set(range(1, FORMAT + 1))
    assert {folder.name for folder in FOLDERS if folder.parent.name == f"format_{FORMAT}"} == {"lda", "bertopic"}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_an_artefact_of_an_earlier_release_answers_as_it_did(folder: Path) -> None:
    assert read_manifest(folder).format == int(folder.parent.name.removeprefix("format_"))
    loaded = load_artifact(folder)
    assert [theme.key for theme in loaded.themes.themes] == ["sea", "relief"]
    assert loaded.themes.guided is not None  # so its layout is read too
    new = loaded.transform(read_new([DATA / "new.jsonl"], zone="UTC").whole()[0])
    found, expected = rows(render_csv(COLUMNS, loaded.rows(new))), rows(folder.with_suffix(".csv").read_text(encoding="utf-8"))
    assert len(found) == len(expected) == 12
    for now, before in zip(found, expected, strict=True):
        for name in COLUMNS:
            if name in NUMBERS:
                assert float(now[name]) == pytest.approx(float(before[name]), abs=NUMBERS[name])
            else:
                assert now[name] == before[name]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_what_is_kept_for_years_is_small_and_names_no_machine(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 100_000
    assert verify(folder).kind == folder.name
    texts = [path.read_text(encoding="utf-8") for path in files if path.suffix == ".json"]
    assert not any(f'"/{name}/' in text for text in texts for name in ("home", "root", "tmp", "Users"))
