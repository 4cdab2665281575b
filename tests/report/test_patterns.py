"""From a study to what its trends show: each option is heard, each table holds what was planted."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.report.test_small_studies import PLAIN, POOLS, write_study
from topics import patterns
from topics.config import read_study
from topics.core.errors import UsageError
from topics.pattern_tables import effect_rows, part_rows, pattern_tables, word_rows
from topics.pipeline import Study

FIRST, TURN = date(2022, 1, 1), date(2023, 9, 1)
N = 480  # one article a day and a half: twenty-four months
SPANS = "compare = { before = [2022-01-01, 2023-08-31], after = [2023-09-01, 2023-12-31] }\n"


def articles(late_source: str = "Post") -> list[dict[str, str]]:
    """Two sources, one article of water in six; from the turn on four in six, all from one source and with a new word."""
    rng = random.Random(3)
    made: list[dict[str, str]] = []
    for number in range(N):
        day = FIRST + timedelta(days=1.5 * number)
        late = day >= TURN
        water = number % 6 == 0 or (late and number % 6 < 4)
        text = ". ".join(" ".join(rng.choices(POOLS[0 if water else 1], k=8)).capitalize() for _ in range(4)) + "."
        if water and late:
            text += " Tsunami warning."
        source = late_source if water and late else ("Press", "Post")[number // 6 % 2]
        made.append({"text": text, "date": str(day), "id": f"d{number:03d}", "title": f"Title {number}", "source": source})
    return made


def study(folder: Path, trends: str = "", late_source: str = "Post") -> Study:
    path = write_study(folder, articles(late_source), tail=PLAIN + f"[trends]\n{trends}")
    return Study(read_study(path), folder / "out")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study with every option set."""
    folder = tmp_path_factory.mktemp("told")
    (folder / "events.csv").write_text("date,name\n2023-03-01,Festival\n2022-10-01,Storm\n", encoding="utf-8")
    return study(folder, f'events = "events.csv"\nlead_lag = "source"\n{SPANS}')


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study(tmp_path_factory.mktemp("plain"))


def test_events_are_those_of_the_file(told: Study, plain: Study) -> None:
    rows = list(effect_rows(told, "combined", "theme"))
    assert {(str(row[1]), row[2]) for row in rows} == {("2022-10-01", "Storm"), ("2023-03-01", "Festival")}
    assert {row[3] for row in rows} == {"water", "unassigned"}
    assert list(effect_rows(plain, "combined", "theme")) == []


def test_the_change_is_that_between_the_spans(told: Study, plain: Study) -> None:
    parts = {row[2]: row for row in part_rows(told, "combined", "theme") if row[1] == "water"}
    _, _, _, total, _, _, before, after, _, q, decision = parts["total"]
    assert (before, after) == (pytest.approx(1 / 6, abs=0.02), pytest.approx(4 / 6, abs=0.1))
    assert decision == "raises the share"
    assert q < 0.05
    assert sum(float(parts[part][3]) for part in ("theme", "source_mix", "language_mix", "reprints")) == pytest.approx(total)
    assert list(part_rows(plain, "combined", "theme")) == []


def test_words_are_those_that_changed_between_the_spans(told: Study, plain: Study) -> None:
    rows = list(word_rows(told, "combined", "theme"))
    (new,) = [row for row in rows if row[4] == "tsunami"]
    assert (new[1], new[2], new[5], new[12]) == ("water", "und", 0.0, "more used")
    assert new[3] <= 2
    assert sum(row[12] != "no clear change" for row in rows) <= 4  # tsunami, warning, and what they crowd out
    assert list(word_rows(plain, "combined", "theme")) == []


def test_a_lead_is_looked_for_between_the_sides_that_the_study_names(told: Study, plain: Study) -> None:
    assert {cell.language for cell in patterns.sided_trends(told, "combined", "theme").cells} == {"all", "Post", "Press"}
    assert {cell.language for cell in patterns.sided_trends(plain, "combined", "theme").cells} == {"all", "und"}
    assert {(item.left, item.right) for item in patterns.leads(told, "combined", "theme")} == {("Post", "Press")}
    assert patterns.leads(plain, "combined", "theme") == ()


def test_growth_in_one_source_is_no_signal(told: Study, tmp_path: Path) -> None:
    found = {(item.series, item.language): item for item in patterns.emerging(told, "combined", "theme")[0]}
    assert found["water", "all"].decision == "has grown, but only in 1.1 sources"
    records = articles()
    for number, record in enumerate(records):
        record["source"] = f"S{number % 5}"
    path = write_study(tmp_path, records, tail=PLAIN)
    spread = {item.series: item for item in patterns.emerging(Study(read_study(path), tmp_path / "out"), "combined", "theme")[0]}
    assert spread["water"].decision == "strong signal"
    assert spread["water"].sources > 3.5


def test_copies_on_two_sides_are_in_no_lead(tmp_path: Path) -> None:
    records = articles()
    extra = [{**record, "id": f"c{record['id']}", "source": "Wire"} for record in records if record["source"] == "Press"]
    path = write_study(tmp_path, records + extra, tail=PLAIN + '[trends]\nlead_lag = "source"\n')
    sides = patterns.sided_trends(Study(read_study(path), tmp_path / "out"), "combined", "theme")
    assert {cell.language for cell in sides.cells} == {"all", "Post"}


def test_tables_of_all_themes_and_every_model(told: Study) -> None:
    tables = {table.file: table.csv() for table in pattern_tables(told)}
    parts = ("bursts", "seasons", "novelty", "event_effects", "change_parts", "changed_words", "emergence", "back_tests", "lead_lag")
    assert list(tables) == [f"{part}_{source}.csv" for source in ("combined", "lda") for part in (*parts, "side_trends")]
    sides = csv.DictReader(tables["side_trends_lda.csv"].splitlines())
    assert {row["language"] for row in sides} == {"all", "Post", "Press"}
    for name, text in tables.items():
        if name.startswith("side_trends"):
            continue
        header, *rows = text.splitlines()
        assert header.endswith(",decision")
        assert all(row.rpartition(",")[2] for row in rows), name
    assert "not tested: a season needs every part of the year in 3 years" in tables["seasons_combined.csv"]
    assert "these themes may overlap" in tables["novelty_combined.csv"]
    assert tables["novelty_lda.csv"].count("\n") > 24


@pytest.mark.parametrize(
    ("trends", "said"),
    [
        ('events = "nowhere.csv"', "cannot be read"),
        ("compare = { before = [2023-01-01, 2022-01-01], after = [2024-01-01, 2024-12-31] }", "before it begins on 2023-01-01"),
        ("compare = { before = [2022-01-01, 2022-12-31], after = [2022-12-31, 2024-12-31] }", "trends.compare.before ends on 2022-12-31"),
        ("compare = { before = [2022-01-01, 2022-12-31] }", "after"),
        ("compare = { befor = [2022-01-01, 2022-12-31] }", "unknown key 'befor' in trends.compare"),
        ('lead_lag = "village"', "language, source"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_read(tmp_path: Path, trends: str, said: str) -> None:
    path = write_study(tmp_path, [{"text": "x"}], tail=f"{PLAIN}[trends]\n{trends}\n")
    with pytest.raises(UsageError) as error:
        read_study(path)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "days", [[], ["2024-01-05"] * 40, ["2001-01-01"] * 20 + ["2024-12-31"] * 20], ids=["undated", "one day", "far apart"]
)
def test_odd_dates_have_tables_with_reasons(tmp_path: Path, days: list[str]) -> None:
    records = articles()[:40]
    for number, record in enumerate(records):
        record.pop("date")
        if days:
            record["date"] = days[number]
    path = write_study(tmp_path, records, tail=PLAIN + f"[trends]\n{SPANS}")
    tables = {table.file: table.csv() for table in pattern_tables(Study(read_study(path), tmp_path / "out"))}
    rows = [row for name, text in tables.items() for row in text.splitlines()[1:] if not name.startswith(("change_parts", "side_"))]
    assert all("not tested" in row for row in rows)
    assert "not tested: 30 dated stories in each span are needed, there are 0" in tables["change_parts_combined.csv"]
