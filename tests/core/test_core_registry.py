"""Plug-ins: found by their constant, refused with the known names and the nearest one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from topics.core import registry
from topics.core.errors import MissingPartError, UsageError
from topics.core.registry import discover, get, nearest

MODULE = """
class Plugin:
    name = {name!r}
    code = {code!r}
MODEL = Plugin()
"""


@dataclass
class Point:
    name: str
    value: str
    found: object

    def load(self) -> object:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two plug-ins, one private module and one module without the constant."""
    folder = tmp_path / "planted_plugins"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "zebra.py").write_text(MODULE.format(name="zebra", code=None))
    (folder / "english.py").write_text(MODULE.format(name="English", code="en"))
    (folder / "_hidden.py").write_text("raise RuntimeError('private modules are not plug-ins')")
    (folder / "helper.py").write_text("OTHER = 1")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "planted_plugins"


def points(monkeypatch: pytest.MonkeyPatch, *found: Point) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: found if group == "planted_plugins" else ())


def test_plugins_are_found_by_code_or_name_in_order(package: str) -> None:
    assert list(discover(package, "MODEL")) == ["en", "zebra"]
    assert discover(package, "READER") == {}


def test_entry_points_add_but_never_replace(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    points(monkeypatch, Point("alpha", "pkg:MODEL", "outside"), Point("zebra", "pkg:MODEL", "impostor"))
    found = discover(package, "MODEL")
    assert list(found) == ["alpha", "en", "zebra"]
    assert (found["alpha"], found["zebra"].name) == ("outside", "zebra")


def test_a_broken_entry_point_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    points(monkeypatch, Point("alpha", "pkg.mod:MODEL", ImportError("no torch")))
    with pytest.raises(MissingPartError, match=r"'alpha' of 'pkg.mod:MODEL'.*no torch"):
        discover(package, "MODEL")


def test_an_unknown_name_lists_the_known_and_the_nearest(package: str) -> None:
    assert get(package, "MODEL", "zebra").name == "zebra"
    with pytest.raises(UsageError, match=r"no model 'zebr'\. Did you mean 'zebra'\? Known: en, zebra\."):
        get(package, "MODEL", "zebr")


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("topcs", ["topics", "passes"], "Did you mean 'topics'? Known: passes, topics."),
        ("xyz", ["topics", "passes"], "Known: passes, topics."),
        ("xyz", [], "Known: none."),
    ],
)
def test_nearest(name: str, known: list[str], said: str) -> None:
    assert nearest(name, known) == said


@pytest.mark.parametrize(
    ("group", "constant", "names"),
    [
        ("topics.models", "MODEL", {"lda", "bertopic"}),
        ("topics.ingest.readers", "READER", {"text", "jsonl"}),
        ("topics.preprocessing.languages", "LANGUAGE", {"en", "vi"}),
        ("topics.trends.statistics", "STATISTIC", {"growth", "mann_kendall"}),
    ],
)
def test_the_projects_own_plugins_are_found(group: str, constant: str, names: set[str]) -> None:
    assert names <= set(discover(group, constant))


def test_a_name_in_other_letters_is_the_nearest() -> None:
    assert nearest("text", ["TEXT", "test"]).startswith("Did you mean 'TEXT'? ")
    assert nearest("text", ["BODY", "test"]).startswith("Did you mean 'test'? ")
    assert nearest("text", ["BODY"]).startswith("Known: ")
