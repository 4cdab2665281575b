"""`topics run --dry-run`: exactly the stages that the next run computes, and the reason of each."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import topics.stages
from tests.artifacts.faults import tree
from topics.artifacts.store import publish
from topics.config import read_study
from topics.pipeline import Study
from topics.plan import WORDS, plan, plan_text
from topics.reuse import load_artifact
from topics.runner import run

WORDS_OF_NEWS = "army budget coast drone exercise fleet grain harbour island jungle missile navy officer patrol radar sailor tank".split()
LINKS = ("of the", "and a", "in this", "was", "to", "for his", "with", "that", "on an", "as")
STUDY = """[study]
name = "small"
[[sources]]
path = "src"
[preprocessing]
phrases = false
[models.lda]
topics = 2
passes = 2
[[themes]]
key = "sea"
label = { en = "Sea" }
terms = { en = ["navy", "fleet"] }
[trends]
period = "month"
"""


def write_articles(folder: Path, n: int = 40) -> None:
    folder.mkdir()
    for number in range(n):
        pick = random.Random(number)
        words = [f"{word} {pick.choice(LINKS)}" for word in pick.choices(pick.sample(WORDS_OF_NEWS, 6), k=25)]
        (folder / f"a{number:02}.txt").write_text(" ".join(words) + " end.", encoding="utf-8")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that was run."""
    folder = tmp_path_factory.mktemp("finished")
    write_articles(folder / "src")
    (folder / "small.toml").write_text(STUDY, encoding="utf-8")
    run(read_study(folder / "small.toml"), folder / "out")
    return folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(finished, tmp_path / "study"))


def asked(folder: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What a dry run says of each stage; it must leave every file as it is."""
    before = tree(folder)
    found = plan(Study(read_study(folder / "small.toml"), folder / "out"))
    assert tree(folder) == before
    assert found[-1].stage == "report"
    return {item.stage: (item.state, item.why) for item in found[:-1]}


def computed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The stages that a run then computes."""
    made: set[str] = set()

    def noted(target: Path, *rest: object) -> object:
        made.add(target.name)
        return publish(target, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(topics.stages, "publish", noted)
    run(read_study(folder / "small.toml"), folder / "out")
    return made


def edit(folder: Path, before: str, after: str) -> None:
    text = (folder / "small.toml").read_text(encoding="utf-8")
    assert before in text
    (folder / "small.toml").write_text(text.replace(before, after), encoding="utf-8")


def write_on(folder: Path) -> None:
    with (folder / "src" / "a03.txt").open("a", encoding="utf-8") as file:
        file.write(" The radar of the island saw the missile.")


def damage(folder: Path) -> None:
    (folder / "out" / "artifacts" / "themes" / "themes_model.json").write_text("{}")


CHANGES: dict[str, tuple[Callable[[Path], object], dict[str, tuple[str, ...]]]] = {
    "nothing": (lambda folder: None, {}),
    "a period": (lambda folder: edit(folder, '"month"', '"week"'), {}),
    "a theme's term": (
        lambda folder: edit(folder, '"fleet"', '"patrol"'),
        {"preparation": ("themes",), "themes": ("themes",), "lda": ("themes",)},
    ),
    "a model's setting": (lambda folder: edit(folder, "passes = 2", "passes = 3"), {"lda": ("settings",)}),
    "the seed": (
        lambda folder: edit(folder, 'name = "small"', 'name = "small"\nseed = 5'),
        {"preparation": ("seed",), "themes": ("seed",), "lda": ("seed", "study")},
    ),
    "a title": (lambda folder: edit(folder, 'name = "small"', 'name = "small"\ntitle = "Small"'), {"lda": ("study",)}),
    "a refit": (lambda folder: edit(folder, '"month"', '"month"\nrefits = 1'), {"lda_refit_1": ()}),
    "an input file": (write_on, {"corpus": ("files",), "preparation": (), "themes": (), "lda": ()}),
    "a source's setting": (
        lambda folder: edit(folder, 'path = "src"', 'path = "src"\nlanguage = "en"'),
        {"corpus": ("settings",), "preparation": (), "themes": (), "lda": ()},
    ),
    "damage": (damage, {"themes": ()}),
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=list(CHANGES))
def test_a_change_names_the_stages_that_are_computed_and_no_other(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], object],
    expected: dict[str, tuple[str, ...]],
) -> None:
    change(folder)
    said = asked(folder)
    assert {name for name, (state, _) in said.items() if state != "kept"} == set(expected)
    for name, parts in expected.items():
        if parts:
            assert said[name] == ("computed", tuple(WORDS[part] for part in parts))
    made = computed(folder, monkeypatch)
    assert made <= set(expected)
    assert {name for name, (state, _) in said.items() if state == "computed"} <= made
    assert {state for state, _ in asked(folder).values()} == {"kept"}


def test_what_waits_for_an_earlier_stage_says_for_which(folder: Path, finished: Path) -> None:
    write_on(folder)
    said = asked(folder)
    assert said["preparation"] == said["lda"] == ("open", ("kept if the corpus comes out as before",))
    shutil.rmtree(folder / "out" / "artifacts" / "preparation")
    (folder / "src" / "a03.txt").write_bytes((finished / "src" / "a03.txt").read_bytes())
    assert asked(folder)["lda"] == ("open", ("kept if the preparation comes out as before",))


def test_a_file_that_says_the_same_under_another_name_computes_the_corpus_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why the later stages are called open."""
    (folder / "src" / "a03.txt").rename(folder / "src" / "b03.txt")
    assert [asked(folder)[name][0] for name in ("corpus", "preparation", "themes", "lda")] == ["computed", "open", "open", "open"]
    assert computed(folder, monkeypatch) == {"corpus"}


def test_a_title_fits_nothing_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(folder, 'name = "small"', 'name = "small"\nmask = true')
    monkeypatch.setattr("topics.models.lda.training_counts", lambda *_: pytest.fail("fitted again"))
    run(read_study(folder / "small.toml"), folder / "out")
    assert load_artifact(folder / "out" / "artifacts" / "lda").study.mask is True


def test_a_run_in_the_folder_of_an_earlier_one_leaves_the_bytes_of_a_first_run(folder: Path) -> None:
    edit(folder, 'name = "small"', 'name = "small"\nseed = 5\ntitle = "Small"')
    study = read_study(folder / "small.toml")
    run(study, folder / "out")
    run(study, folder / "first")
    assert tree(folder / "out") == tree(folder / "first")


def test_damage_is_named(folder: Path) -> None:
    damage(folder)
    assert asked(folder)["themes"] == ("computed", ("what is there is damaged: themes_model.json",))


def test_where_nothing_was_run_all_is_computed_and_no_folder_is_made(folder: Path) -> None:
    shutil.rmtree(folder / "out")
    said = asked(folder)
    assert set(said.values()) == {("computed", ("not there yet",))}
    assert list(said) == ["corpus", "preparation", "themes", "lda"]
    assert not (folder / "out").exists()


def test_another_release_is_said_to_be_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics.stages, "CODE_VERSION", "another")
    assert set(asked(folder).values()) == {("computed", (WORDS["code"],))}


def test_a_model_that_the_study_lost_is_removed(folder: Path) -> None:
    edit(folder, "[models.lda]\ntopics = 2\npasses = 2", "[models.bertopic]\nmin_topic_size = 5")
    said = asked(folder)
    assert said["lda"] == said["preparation"] == ("removed", ("this study makes none",))
    assert said["bertopic"] == ("left out", ("BERTopic (UMAP + HDBSCAN) needs at least 50 distinct articles, there are 40.",))
    run(read_study(folder / "small.toml"), folder / "out")
    assert sorted(path.name for path in (folder / "out" / "artifacts").iterdir()) == ["corpus", "themes"]
    assert [state for state, _ in asked(folder).values()] == ["kept", "kept", "left out"]


def test_the_text_has_a_line_for_each_stage(folder: Path) -> None:
    edit(folder, "passes = 2", "passes = 3")
    lines = plan_text(plan(Study(read_study(folder / "small.toml"), folder / "out"))).splitlines()
    assert lines == [
        "corpus: kept",
        "preparation: kept",
        "themes: kept",
        "lda: computed (its settings changed)",
        "report: computed (tables, figures and report are always made)",
        "Nothing was computed or written.",
    ]
