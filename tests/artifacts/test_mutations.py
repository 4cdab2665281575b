"""Some hundred of the changed artefacts of benchmarks/mutations.py: refused by the project's error, or the same answers."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import pytest

from tests.artifacts.faults import tree
from tests.artifacts.mutations import Judge, lay_out, make_case, put_back
from topics.artifacts.manifest import FILE_NAME
from topics.core import registry

DATA = Path(__file__).parent / "data"
MODELS = ("lda", "bertopic")
OTHERS_IN_A_HUNDRED = 1  # changes of a legal number to another, of which ten reference documents show nothing


def outcomes(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, numbers: range, *, sealed: bool) -> list[str]:
    """What becomes of the cases of some numbers, each named; an error that is not the project's fails here."""
    monkeypatch.setattr(registry, "entry_points", functools.cache(registry.entry_points))
    held, other = (tree(DATA / "format_1" / name) for name in (kind, *(name for name in MODELS if name != kind)))
    folder = Path(shutil.copytree(DATA / "format_1" / kind, tmp_path / kind))
    judge = Judge(folder, DATA / "new.jsonl")
    found: list[str] = []
    for number in numbers:
        case = make_case(number, held, other, sealed=sealed)
        lay_out(case, held, folder)
        changed = bool(case.changed(held) - {FILE_NAME})
        found.append(f"{judge.look(folder).what}{' as it was' if not changed else ''}: {number} {case.kind} {case.path}")
        put_back(case, held, folder)
        assert tree(folder) == held
    return found


@pytest.mark.parametrize("kind", MODELS)
def test_a_changed_artefact_is_refused_where_its_hashes_are_the_old_ones(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outcomes(kind, tmp_path, monkeypatch, range(150), sealed=False)
    assert [line for line in found if not line.startswith(("refused", "same as it was"))] == []


@pytest.mark.parametrize("kind", MODELS)
def test_a_changed_artefact_with_fitting_hashes_is_refused_or_answers_as_before(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outcomes(kind, tmp_path, monkeypatch, range(1000, 1150), sealed=True)
    assert len([line for line in found if line.startswith("other")]) <= len(found) * OTHERS_IN_A_HUNDRED / 100
    assert sum(line.startswith("refused") for line in found) > len(found) / 2
