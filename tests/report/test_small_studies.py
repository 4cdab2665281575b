"""Studies made for one purpose: hostile text, five articles, nothing computed twice."""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from columns_read import read_packed, read_worded
from test_report import Page, read_table

from tests.conftest import ROOT
from topics.artifacts.verify import verify
from topics.claims.phrases import percent
from topics.config import read_study
from topics.core.errors import UsageError
from topics.pipeline import Study
from topics.runner import run

POOLS = [
    "levee flood rescue typhoon shelter sandbag landslide survivor".split(),
    "database portal encryption software server citizen signature network".split(),
]
PLAIN = "[models.lda]\ntopics = 2\npasses = 3\n"


def write_study(root: Path, records: list[dict[str, str]], *, title: str = "Small", label: str = "Water", tail: str = PLAIN) -> Path:
    """Write records and a study over them."""
    (root / "in").mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (root / "in" / "press.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    quoted = json.dumps(label)
    spoken = f"label = {{ en = {quoted} }}\ndefinition = {{ en = {quoted} }}\n"
    theme = f'[[themes]]\nkey = "water"\n{spoken}terms = {{ en = ["levee", "flood*"] }}\n'
    study = root / "study.toml"
    study.write_text(f'[study]\nname = "small"\ntitle = {json.dumps(title)}\n[[sources]]\npath = "in"\n{tail}{theme}', encoding="utf-8")
    return study


def records(n: int, seed: int = 1, **fields: str) -> list[dict[str, str]]:
    """Articles of two kinds of words, one every three days."""
    rng = random.Random(seed)
    made: list[dict[str, str]] = []
    for number in range(n):
        pool = POOLS[number % 2]
        text = ". ".join(" ".join(rng.choices(pool, k=8)).capitalize() for _ in range(4)) + "."
        day = f"2024-{1 + number // 10:02d}-{1 + 3 * (number % 10):02d}"
        made.append({"text": text, "date": day, "id": f"d{number:03d}", "title": f"Title {number}", "source": "Press", **fields})
    return made


def finished(study: Path, out: Path) -> Path:
    run(read_study(study), out)
    return out


# --- hostile text ---------------------------------------------------------------------------------------------------------------------

HOSTILE = ["</script><img src=x onerror=alert(1)>", '=HYPERLINK("http://evil.test","x")', "{{7*7}}", "\"><svg onload=alert(2)>' & <b>"]
HARMLESS = ["of scripts and of their many images", "as hyperlinks go to one good place", "seventy", "letters that say nothing at all"]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same study twice: once with hostile strings in every place that a writer or a file system fills, once with plain words."""
    made: dict[str, Path] = {}
    for name, strings in {"hostile": HOSTILE, "harmless": HARMLESS}.items():
        root = tmp_path_factory.mktemp(name)
        listed = records(40)
        for number, record in enumerate(listed):
            string = strings[number % len(strings)]
            record["title"] = string
            record["source"] = string
            record["text"] += f" A levee {string} <b>broke</b>."
        in_name = strings[0].replace("/", "") if name == "hostile" else strings[0]
        study = write_study(root, listed, title=strings[0], label=strings[3])
        (root / "in" / f"{in_name}.txt").write_bytes(b"")
        folder = root / "in" / strings[2]
        folder.mkdir()
        (folder / f"{in_name} 2.txt").write_text("The flood came over the levee at night.", encoding="utf-8")
        made[name] = finished(study, root / "out")
    return made


@pytest.mark.parametrize("name", ["index.html", "explorer.html"])
def test_hostile_strings_add_no_node(twins: dict[str, Path], name: str) -> None:
    hostile, harmless = (Page((twins[key] / name).read_text(encoding="utf-8")) for key in ("hostile", "harmless"))
    assert hostile.names() == harmless.names()
    assert hostile.handlers() == harmless.handlers() == []
    assert Counter(key for _, attributes in hostile.tags for key in attributes) == Counter(
        key for _, attributes in harmless.tags for key in attributes
    )
    assert hostile.values("href") == harmless.values("href")


@pytest.mark.parametrize("string", HOSTILE)
def test_hostile_strings_are_shown_as_they_are(twins: dict[str, Path], string: str) -> None:
    page = Page((twins["hostile"] / "index.html").read_text(encoding="utf-8"))
    assert string in page.text
    explorer = (twins["hostile"] / "explorer.html").read_text(encoding="utf-8")
    data = json.loads(explorer.split('id="data">')[1].split("</script>")[0])
    documents = data["documents"]
    sources = [documents["sources"]["names"][place] for place in read_packed(documents["sources"]["codes"])]
    titles = read_worded(documents["titles"], len(sources))
    assert sum(title == source == string for title, source in zip(titles, sources, strict=True)) == 10


def test_templates_in_data_are_not_run(twins: dict[str, Path]) -> None:
    for name in ("index.html", "explorer.html"):
        assert "{{7*7}}" in (twins["hostile"] / name).read_text(encoding="utf-8").replace("&#39;", "'")
    sources = {row["source"] for row in read_table(twins["hostile"], "documents")}
    assert "{{7*7}}" in sources
    assert "49" not in sources


def test_hostile_file_names_stay_names(twins: dict[str, Path]) -> None:
    (line,) = (twins["hostile"] / "quarantine.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["file"] == HOSTILE[0].replace("/", "") + ".txt"
    assert HOSTILE[0].replace("/", "") + ".txt" in Page((twins["hostile"] / "index.html").read_text(encoding="utf-8")).text


def test_no_cell_of_any_table_begins_a_formula(twins: dict[str, Path]) -> None:
    titles = [row["title"] for row in read_table(twins["hostile"], "documents")]
    assert titles.count("'" + HOSTILE[1]) == 10
    for path in (twins["hostile"] / "tables").glob("*.csv"):
        for row in read_table(twins["hostile"], path.stem):
            for cell in row.values():
                assert not cell.startswith(("=", "@", "+", "\t")), path.name
                assert not cell.startswith("-") or float(cell) < 0, path.name


def test_hostile_labels_in_figures_stay_text(twins: dict[str, Path]) -> None:
    drawn = (twins["hostile"] / "figures" / "themes_all.svg").read_text(encoding="utf-8")
    page = Page(drawn)
    assert not {"img", "b", "script"} & set(page.names())
    assert page.names()["svg"] == 1
    assert any(piece.startswith(HOSTILE[3][:20]) for piece in page.pieces)


@pytest.mark.parametrize("label", ["Eclipse and paperclip", "url(#x) id=“y”", "Chữ ký số, đổi mới"])
def test_labels_in_figures_are_not_rewritten(tmp_path: Path, label: str) -> None:
    out = finished(write_study(tmp_path, records(40), label=label), tmp_path / "out")
    page = Page((out / "index.html").read_text(encoding="utf-8"))
    drawn = Page((out / "figures" / "themes_all.svg").read_text(encoding="utf-8"))
    assert label in drawn.pieces
    assert page.pieces.count(label) >= 1 + drawn.pieces.count(label)


# --- five articles --------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("five")
    return finished(write_study(root, records(5), tail=""), root / "out")


@pytest.mark.parametrize(
    "sentence",
    [
        "5 articles were read (5 records seen, 0 quarantined, 0 exact duplicates dropped); they tell 5 distinct stories.",
        "Water: in 3 of 5 articles.",
        "They cannot show topics: any grouping of so few would be an invention, so none is given.",
        "They cannot show a trend: that takes at least 30 dated articles in 8 complete periods; here are 5 articles",
        "LDA needs at least 30 distinct articles, there are 5.",
        "BERTopic (UMAP + HDBSCAN) needs at least 50 distinct articles, there are 5.",
        "Present in 3 articles (3 stories).",
    ],
)
def test_a_small_study_says_plainly_what_it_cannot_show(five: Path, sentence: str) -> None:
    assert sentence in Page((five / "index.html").read_text(encoding="utf-8")).text


def test_a_small_study_claims_nothing(five: Path) -> None:
    text = Page((five / "index.html").read_text(encoding="utf-8")).text
    for claim in ("rises from", "falls from", "shows no clear change", "odds ratio 1", "describes them by"):
        assert claim not in text
    assert {row["decision"].split(":")[0] for row in read_table(five, "statistics_terms")} == {"not tested"}
    assert not any(row[key] for row in read_table(five, "statistics_terms") for key in ("value", "low", "high", "p", "q"))
    assert read_table(five, "change_points_terms") == []


@pytest.mark.parametrize("model", ["lda", "bertopic"])
@pytest.mark.parametrize("kind", ["topics", "document_topics", "trends", "statistics", "change_points"])
def test_a_small_study_has_header_only_model_tables(five: Path, model: str, kind: str) -> None:
    assert (five / "tables" / f"{kind}_{model}.csv").read_text(encoding="utf-8").count("\n") == 1


def test_a_small_study_has_no_topics_anywhere(five: Path) -> None:
    assert read_table(five, "quality") == read_table(five, "concordance") == []
    assert {path.name for path in (five / "artifacts").iterdir()} == {"corpus", "themes"}
    assert not [path for path in (five / "figures").iterdir() if path.stem != "documents"]
    evidence = [row for row in read_table(five, "document_themes") if row["evidence"] and row["model"] == "combined"]
    assert len(evidence) == 3


@pytest.mark.parametrize(("option", "least"), [("", 1), ("[preprocessing]\nmin_df = 4\n", 4)])
def test_the_method_box_states_the_filter_that_was_used(tmp_path: Path, option: str, least: int) -> None:
    """In a small corpus a term need not stand in three articles, unless the study says so."""
    listed = records(40)
    for number, record in enumerate(listed):
        record["text"] += f" {'abcdefgh'[number // 5]}odd."  # eight words, each in five articles
    listed[0]["text"] += " Singleton."
    out = finished(write_study(tmp_path, listed, tail=PLAIN + option), tmp_path / "out")
    kept = json.loads((out / "artifacts" / "preparation" / "preparation.json").read_text(encoding="utf-8"))["terms"]
    assert ("singleton" in kept) == (least == 1)
    assert f"in at least {least} documents" in Page((out / "index.html").read_text(encoding="utf-8")).text


ODD = {
    "undated": [{key: value for key, value in record.items() if key != "date"} for record in records(6)],
    "one article": records(1),
    "one story": [{**record, "text": records(1)[0]["text"]} for record in records(6)],
    "far apart": [{**record, "date": day} for record, day in zip(records(2), ["2001-01-01", "2024-12-31"], strict=True)],
    "foreign": [{**record, "text": f"слово дела мира города {chr(1072 + number) * 4}"} for number, record in enumerate(records(6))],
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("period", ["week", "year"])
def test_odd_studies_have_a_report_too(tmp_path: Path, name: str, period: str) -> None:
    tail = f'[trends]\nperiod = "{period}"\nweighting = "stories"\n'
    out = finished(write_study(tmp_path, ODD[name], tail=tail), tmp_path / "out")
    text = Page((out / "index.html").read_text(encoding="utf-8")).text
    n = len(read_table(out, "documents"))
    assert f"{n:,} article{'s were' if n > 1 else ' was'} read" in text
    assert ("No dated article" in text) == (name == "undated")
    assert ("not tested: no dated article" in text) == (name == "undated")
    assert " nan" not in text


DRAW = """
import sys
from datetime import date
from topics.core.series import Period
from topics.viz.style import svg
from topics.viz.trend_charts import documents_per_period
days = [date(2024, month, 1) for month in range(1, 13)]
periods = tuple(Period(str(day)[:7], day, day, True) for day in days)
sys.stdout.write(svg(documents_per_period({(period.label, "en"): 3 for period in periods}, periods, "month")))
"""


def test_figures_do_not_depend_on_the_time_zone() -> None:
    drawn = [
        subprocess.run(
            [sys.executable, "-c", DRAW],
            env={**os.environ, "TZ": zone, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone in ("UTC", "America/St_Johns")
    ]
    assert "<svg" in drawn[0]
    assert drawn[0] == drawn[1]


# --- nothing twice --------------------------------------------------------------------------------------------------------------------


def touched(out: Path) -> dict[str, tuple[int, bytes]]:
    files = (path for path in sorted((out / "artifacts").rglob("*")) if path.is_file())
    return {path.relative_to(out / "artifacts").as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_second_run_computes_nothing_anew_and_writes_the_same(tmp_path: Path) -> None:
    study = write_study(tmp_path, records(40))
    out = finished(study, tmp_path / "out")
    before, kept = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}, touched(out)
    assert {name.split("/")[0] for name in kept} == {"corpus", "preparation", "lda", "themes"}
    for name, _ in kept.items():
        os.utime(out / "artifacts" / name, ns=(10**18, 10**18))
    finished(study, tmp_path / "out")
    assert {stamp for stamp, _ in touched(out).values()} == {10**18}
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def stages(study: Path, out: Path) -> dict[str, bytes]:
    Study(read_study(study), out).model("lda")
    return {name: (out / "artifacts" / name / "manifest.json").read_bytes() for name in ("corpus", "preparation", "lda")}


@pytest.mark.parametrize(
    ("old", "new", "anew"),
    [
        ('"flood*"', '"sandbag*"', {"preparation", "lda"}),
        ("passes = 3", "passes = 4", {"lda"}),
        ("passes = 3", "passes = 3\n[preprocessing]\nmin_df = 2", {"preparation", "lda"}),
        ("passes = 3", "passes = 3\n[embedding]\ndimensions = 3", {"preparation", "lda"}),
        ('name = "small"', 'name = "small"\nseed = 99', {"preparation", "lda"}),
        ('name = "small"', 'name = "small"\nas_of = 2024-02-01', {"corpus", "preparation", "lda"}),
        ("passes = 3", 'passes = 3\n[trends]\nperiod = "week"', set()),
        ("passes = 3", "passes = 3\n[trends]\nrefits = 2", set()),
    ],
)
def test_a_changed_setting_refits_what_depends_on_it(tmp_path: Path, old: str, new: str, anew: set[str]) -> None:
    study = write_study(tmp_path, records(40))
    before = stages(study, tmp_path / "out")
    text = study.read_text(encoding="utf-8")
    assert old in text
    study.write_text(text.replace(old, new), encoding="utf-8")
    after = stages(study, tmp_path / "out")
    changed = {name for name in after if after[name] != before[name]}
    assert changed - {"corpus"} == anew - {"corpus"}
    assert "corpus" not in changed or "corpus" in anew or "name =" in old  # the manifest of the corpus keeps the study's own section


def test_months_after_the_last_article_are_rows_without_a_share(tmp_path: Path) -> None:
    study = write_study(tmp_path, records(40))
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace('name = "small"', 'name = "small"\nas_of = 2024-08-31'), encoding="utf-8")
    out = finished(study, tmp_path / "out")
    rows = [row for row in read_table(out, "trends_combined") if (row["series"], row["language"]) == ("water", "all")]
    assert [row["period"] for row in rows] == [f"2024-{month:02d}" for month in range(1, 9)]
    assert [row["n_docs"] for row in rows] == ["10", "10", "10", "10", "0", "0", "0", "0"]
    assert [(row["share"], row["complete"]) for row in rows[4:]] == [("", "false")] * 4
    assert verify(out).kind == "report"


@pytest.mark.parametrize("asked", ["run", "trends"])
def test_too_many_periods_are_refused_before_anything_is_fitted(tmp_path: Path, asked: str) -> None:
    """Days to a mistyped 2054 are more than trends can have; nobody waits for models to be told so."""
    study = write_study(tmp_path, records(40), tail=PLAIN + '[trends]\nperiod = "day"\n')
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace('name = "small"', 'name = "small"\nas_of = 2054-02-01'), encoding="utf-8")
    with pytest.raises(UsageError, match=r"more than 10,000 periods from 2024-01-01 to 2054-02-01") as error:
        if asked == "run":
            run(read_study(study), tmp_path / "out")
        else:
            Study(read_study(study), tmp_path / "out").trends("lda")
    assert error.value.where == "trends.period"
    assert {path.name for path in (tmp_path / "out" / "artifacts").iterdir()} == {"corpus"}


def test_a_changed_article_changes_everything(tmp_path: Path) -> None:
    before = stages(write_study(tmp_path, records(40)), tmp_path / "out")
    after = stages(write_study(tmp_path, [*records(40)[:-1], *records(1, seed=5)]), tmp_path / "out")
    assert [name for name in after if after[name] == before[name]] == []


def test_a_damaged_artefact_is_made_anew(tmp_path: Path) -> None:
    study = write_study(tmp_path, records(40))
    before = stages(study, tmp_path / "out")
    weights = tmp_path / "out" / "artifacts" / "lda" / "lda.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1])
    assert stages(study, tmp_path / "out") == before
    assert weights.read_bytes() == whole


def test_what_an_earlier_run_left_is_not_passed_off_as_this_ones(tmp_path: Path) -> None:
    """Fewer articles than LDA needs: the model of the earlier, larger corpus must not stay in the folder."""
    out = finished(write_study(tmp_path, records(40)), tmp_path / "out")
    finished(write_study(tmp_path, records(5)), out)
    assert not (out / "artifacts" / "lda").exists()
    assert not (out / "figures" / "terms_lda.svg").exists()


def test_output_inside_a_source_is_refused(tmp_path: Path) -> None:
    study = write_study(tmp_path, records(5))
    with pytest.raises(UsageError, match="lies inside the source"):
        run(read_study(study), tmp_path / "in" / "out")


@pytest.mark.parametrize(
    "name", [".tables.17.old/topics.csv", ".new/index.html", ".DS_Store", "artifacts/.lda.17.tmp/a", "artifacts/.DS_Store"]
)
def test_what_a_killed_run_or_a_file_manager_leaves_hinders_nothing(tmp_path: Path, name: str) -> None:
    study = write_study(tmp_path, records(5))
    out = finished(study, tmp_path / "out")
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("left", encoding="utf-8")
    finished(study, out)
    assert verify(out).kind == "report"


def test_a_folder_of_the_users_among_the_artefacts_is_left_alone(tmp_path: Path) -> None:
    study = write_study(tmp_path, records(40))
    out = finished(study, tmp_path / "out")
    Study(read_study(study), out).fit("lda", out / "artifacts" / "lda40")
    finished(write_study(tmp_path, records(5)), out)
    assert {path.name for path in (out / "artifacts").iterdir()} == {"corpus", "lda40", "themes"}


def test_a_glob_that_reaches_the_output_is_refused(tmp_path: Path) -> None:
    study = write_study(tmp_path, records(5))
    study.write_text(study.read_text(encoding="utf-8").replace('path = "in"', 'path = "**/*.jsonl"'), encoding="utf-8")
    with pytest.raises(UsageError, match="lies inside the source"):
        run(read_study(study))


def test_a_mapped_column_that_no_record_has_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    study = write_study(tmp_path, records(5))
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace('path = "in"', 'path = "in"\ncolumns = { date = "publ" }'), encoding="utf-8")
    with caplog.at_level(logging.INFO, logger="topics"):
        finished(study, tmp_path / "out")
    said = "no record has the column 'publ' that stands for date"
    assert said in caplog.text
    assert said in Page((tmp_path / "out" / "index.html").read_text(encoding="utf-8")).text


def test_a_burst_is_told_in_words(sample_run: Path) -> None:
    text = Page((sample_run / "index.html").read_text(encoding="utf-8")).text
    burst = next(
        row
        for row in read_table(sample_run, "bursts_combined")
        if (row["series"], row["language"], row["decision"]) == ("restructuring", "all", "burst")
    )
    share, q = float(burst["share"]), float(burst["q"])
    told = f"{share:.0%} of the articles, against {percent(burst['usual'], 'en')} in all other periods (q = {q:.3f})"
    assert f"Restructuring stands well above its usual share from {burst['start']} to {burst['end']}: {told}." in text
    assert "Coherence of the ten heaviest words" in text


def test_a_column_of_another_source_does_not_hide_that_this_one_lacks_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    study = write_study(tmp_path, records(5))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.jsonl").write_text('{"text": "The levee held all night.", "day": "2024-02-03"}\n', encoding="utf-8")
    extra = '[[sources]]\npath = "more"\ncolumns = { date = "date" }\n[[themes]]'
    study.write_text(study.read_text(encoding="utf-8").replace("[[themes]]", extra), encoding="utf-8")
    with caplog.at_level(logging.INFO, logger="topics"):
        finished(study, tmp_path / "out")
    assert "more: no record has the column 'date'" in caplog.text


# --- personal data --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [True, False])
def test_numbers_and_addresses_are_hidden_where_the_study_says_so(tmp_path: Path, mask: bool) -> None:
    private = "Call 0912 345 678 about the levee, or write to lan@bao.vn."
    made = records(12)
    for record in made[:3]:
        record["text"] = f"{private} {record['text']}"
    study = write_study(tmp_path, made)
    study.write_text(study.read_text().replace("[study]", f"[study]\nmask = {str(mask).lower()}"))
    out = finished(study, tmp_path / "out")
    evidence = [row["evidence"] for row in read_table(out, "document_themes")]
    shown = (out / "index.html").read_text(encoding="utf-8") + "".join(evidence)
    assert ("0912 345 678" in shown, "lan@bao.vn" in shown) == (not mask, not mask)
    assert len({len(text) for text in evidence if "levee, or" in text}) == 1
