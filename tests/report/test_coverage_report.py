"""`topics themes`: what a study's terms find, as text, as one object and as tables."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.report.test_small_studies import PLAIN, records, write_study
from topics.cli import main
from topics.core.codecs import read_json
from topics.pipeline import Study
from topics.report.coverage import study_coverage
from topics.study import open_study

WATER = '[[themes]]\nkey = "flooding"\nlabel = {}\nterms = { en = ["flood", "dyke"] }\ncounterexamples = { en = ["A flood of letters."] }\n'


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = write_study(tmp_path, records(40), tail=f'language = "en"\n{PLAIN}')
    (tmp_path / "themes.toml").write_text(WATER, encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("[study]\n", '[study]\ntheme_files = ["themes.toml"]\n'), encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(["themes", *arguments])
    assert left.value.code in (0, None)
    return capsys.readouterr().out


def test_text_object_and_tables_say_the_same(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "tables"
    text = run(capsys, str(study), "--out", str(out))
    found = json.loads(run(capsys, str(study), "--json"))
    flooding = found["themes"][0]
    assert [theme["key"] for theme in found["themes"]] == ["flooding", "water"]
    assert f"flooding: {flooding['n_docs']} of 40 documents, {flooding['n_occurrences']} occurrences" in text
    assert flooding["n_docs"] == flooding["terms"][0]["n_only"] > 10
    assert flooding["silent"] == ["dyke"]
    assert "found nowhere: dyke" in text
    assert {place["by"] for place in flooding["places"]} == {"language", "source", "period"}
    assert {"typhoon", "rescue", "levee"} & {item["term"] for item in flooding["candidates"]}
    assert "candidates in en" in text
    assert any("finds its counterexample (en) by 'flood': A flood of letters." in sentence for sentence in found["warnings"])
    assert "warning: theme 'flooding' hangs on 'flood'" in text
    rows = list(csv.DictReader((out / "theme_coverage.csv").open(encoding="utf-8")))
    whole = next(row for row in rows if (row["theme"], row["term"], row["by"]) == ("flooding", "", "all"))
    assert int(whole["n_docs"]) == flooding["n_docs"]
    listed = list(csv.DictReader((out / "theme_candidates.csv").open(encoding="utf-8")))
    assert [row["term"] for row in listed if row["theme"] == "flooding"] == [item["term"] for item in flooding["candidates"]]


def test_a_changed_theme_file_makes_the_stages_anew(study: Path) -> None:
    def prepared() -> str:
        opened: Study = open_study(study)
        _ = study_coverage(opened)
        return str(read_json(opened.artifacts / "preparation" / "manifest.json", dict[str, object])["inputs"])

    first = prepared()
    assert prepared() == first
    themes = study.parent / "themes.toml"
    themes.write_text(WATER.replace('"dyke"', '"dyke", "shelter of sandbags"'), encoding="utf-8")
    second = prepared()
    assert second != first
    themes.write_text(WATER, encoding="utf-8")
    assert prepared() == first
    inline = study.read_text(encoding="utf-8").replace('theme_files = ["themes.toml"]\n', "")
    study.write_text(inline.replace("[[themes]]", WATER + "[[themes]]", 1), encoding="utf-8")
    assert prepared() == first  # where a theme stands changes nothing


def test_a_study_without_themes_says_so(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = study.read_text(encoding="utf-8")
    study.write_text(text[: text.index("[[themes]]")].replace('theme_files = ["themes.toml"]\n', ""), encoding="utf-8")
    assert run(capsys, str(study)) == "the study names no themes\n"


def test_tables_do_not_go_into_a_source(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["themes", str(study), "--out", str(study.parent / "in" / "tables")])
    assert left.value.code == 2
    assert "in" in capsys.readouterr().err
