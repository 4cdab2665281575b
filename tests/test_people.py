"""What people call: a study from a frame, and a study's results as frames, curves, claims and sentences."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import altair
import pandas as pd
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import topics
from topics.artifacts.verify import verify
from topics.core.display import MAX_ROWS, card, grid
from topics.core.errors import DataError, TopicsError, UsageError
from topics.core.registry import nearest
from topics.exchange.frames import read_table
from topics.fitting import ARTICLES, STUDY
from topics.study import Study
from topics.toml_text import toml_text

ROOT = Path(__file__).resolve().parents[1]
WORDS = "army budget coast drone exercise fleet grain harbour island jungle missile navy officer patrol radar sailor tank village".split()
LINKS = ("of the", "and a", "in this", "was", "to", "for his", "with", "that", "on an", "as")
LDA = {"lda": {"topics": 2, "passes": 2}}
PORTS = {"ports": {"en": ["harbour", "coast"]}}


def articles(n: int = 40) -> pd.DataFrame:
    """Articles of random words, no two alike, a week apart."""
    rows = []
    for number in range(n):
        pick = random.Random(number)
        words = [f"{word} {pick.choice(LINKS)}" for word in pick.choices(pick.sample(WORDS, 6), k=25)]
        rows.append((" ".join(words) + " end.", date(2025, 1, 1) + timedelta(weeks=number), f"paper {number % 2}"))
    return pd.DataFrame(rows, columns=["body", "day", "paper"])


@pytest.fixture(scope="module")
def study(sample_run: Path) -> Study:
    """The sample study with everything done."""
    return topics.open_study(ROOT / "reports" / "sample.toml", sample_run)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of a frame in a folder of its own."""
    folder = tmp_path_factory.mktemp("fit") / "weekly"
    return topics.fit(articles(), text="body", date="day", source="paper", models=LDA, themes=PORTS, folder=folder)


# From a frame


def test_a_frame_becomes_a_study_with_everything(fitted: Study) -> None:
    assert len(fitted.corpus) == 40
    assert {info.source for info in fitted.corpus.infos} == {"paper 0", "paper 1"}
    assert fitted.topics()["topic"].tolist() == fitted.topics("lda")["topic"].tolist()
    assert len(fitted.topics()) == 2
    assert fitted.trend("ports").frame()["n_docs"].sum() == 40
    assert not fitted.evidence("ports").empty


def test_the_folder_holds_an_ordinary_study_where_nothing_is_fitted_again(fitted: Study) -> None:
    folder = fitted.file.base
    before = {path: path.stat().st_mtime_ns for path in fitted.artifacts.rglob("*") if path.is_file()}
    again = topics.fit(articles(), text="body", date="day", source="paper", models=LDA, themes=PORTS, folder=folder)
    opened = topics.open_study(folder / STUDY)
    assert opened.topics().equals(again.topics())
    assert {path: path.stat().st_mtime_ns for path in fitted.artifacts.rglob("*") if path.is_file()} == before


def test_a_frame_gives_the_documents_that_from_frame_gives(fitted: Study) -> None:
    corpus, _ = topics.from_frame(articles(), {"text": "body", "date": "day", "source": "paper"})
    assert corpus.fingerprint == fitted.corpus.fingerprint


def test_polars_gives_the_same_study(fitted: Study, tmp_path: Path) -> None:
    frame = polars.from_pandas(articles())
    found = topics.fit(frame, text="body", date="day", source="paper", models=LDA, folder=tmp_path / "weekly")
    assert found.corpus.fingerprint == fitted.corpus.fingerprint


def test_without_a_folder_nothing_is_written_where_one_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = topics.fit(articles(), text="body", date="day", models=LDA)
    assert list(tmp_path.iterdir()) == []
    report = found.report(tmp_path / "report")
    verify(report.parent)
    assert (report.parent / "artifacts" / "lda" / "manifest.json").read_bytes() == (found.artifacts / "lda" / "manifest.json").read_bytes()


def test_a_report_takes_over_what_is_finished(fitted: Study, tmp_path: Path) -> None:
    report = fitted.report(tmp_path / "first")
    assert report == (tmp_path / "first" / "index.html").resolve()
    model = tmp_path / "first" / "artifacts" / "lda" / "result.safetensors"
    assert model.read_bytes() == (fitted.artifacts / "lda" / "result.safetensors").read_bytes()
    assert fitted.report(tmp_path / "first") == report


def test_the_output_of_a_run_is_no_folder_for_a_study(fitted: Study) -> None:
    artefact = fitted.artifacts / "lda"
    before = sorted(path.name for path in artefact.iterdir())
    with pytest.raises(UsageError, match="files of a run or an artefact"):
        topics.fit(articles(), text="body", date="day", models=LDA, folder=artefact)
    assert sorted(path.name for path in artefact.iterdir()) == before


def test_a_study_file_that_was_changed_is_left_alone(fitted: Study, tmp_path: Path) -> None:
    folder = tmp_path / "weekly"
    topics.fit(articles(), text="body", date="day", models=LDA, folder=folder)
    path = folder / STUDY
    mine = path.read_text(encoding="utf-8").replace("passes = 2", "passes = 3")
    path.write_text(mine, encoding="utf-8")
    with pytest.raises(UsageError, match=r"nothing was replaced.*open_study"):
        topics.fit(articles(), text="body", date="day", models=LDA, folder=folder)
    assert path.read_text(encoding="utf-8") == mine
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ARTICLES).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="other articles"):
        topics.fit(articles(), text="body", date="day", models=LDA, folder=tmp_path / "other")


def test_faulty_settings_leave_an_earlier_study_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "weekly"
    topics.fit(articles(), text="body", date="day", models=LDA, folder=folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(UsageError, match=r"topics\.fit: .*seed"):
        topics.fit(articles(20), text="body", date="day", models=LDA, folder=folder, study={"seed": -1})
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_tables_of_the_study_file_count(tmp_path: Path) -> None:
    found = topics.fit(
        articles(), text="body", date="day", models=LDA, trends={"period": "quarter"}, study={"seed": 5}, folder=tmp_path / "a"
    )
    assert found.trends("lda").periods[0].label == "2025-Q1"
    assert found.seed == 5


def test_a_row_without_text_is_counted_at_its_place(tmp_path: Path) -> None:
    frame = articles()
    frame.loc[3, "body"] = None
    found = topics.fit(frame, text="body", date="day", models=LDA, folder=tmp_path / "a")
    assert [(item.file, item.record) for item in found.account.quarantined] == [(ARTICLES, 4)]
    assert found.account.seen == 40


def test_themes_come_as_records_and_as_files_too(tmp_path: Path) -> None:
    theme = topics.Theme("ports", {"en": "Ports"}, {"en": ["harbour"]})
    listed = [ROOT / "reports" / "themes" / "restructuring.toml", theme]
    found = topics.fit(articles(), text="body", date="day", models=LDA, themes=listed, folder=tmp_path / "a")
    assert [each.key for each in found.themes] == ["restructuring", "ports"]


def test_one_language_for_all_articles(tmp_path: Path) -> None:
    found = topics.fit(articles(), "body", "day", models=LDA, themes={"ports": ["harbour"]}, language="en", folder=tmp_path / "a")
    assert found.themes[0].terms == {"en": ["harbour"]}
    assert found.config.sources[0].language == "en"


WRONG = {
    "column": ({"text": "bod"}, "no column 'bod' for the text. Did you mean 'body'?"),
    "date": ({"date": "dya"}, "no column 'dya' for the date. Did you mean 'day'?"),
    "no date": ({"date": "xx"}, "Say date=None where there is none"),
    "title": ({"title": "headline"}, "no column 'headline' for the title"),
    "language": ({"language": "fr"}, "no column 'fr' for the language"),
    "model": ({"models": ["ldaa"]}, "no model 'ldaa'. Did you mean 'lda'?"),
    "no model": ({"models": []}, "models names none"),
    "option": ({"trend": {}}, "no option 'trend'. Did you mean 'trends'?"),
    "key": ({"trends": {"perod": "week"}}, "unknown key 'perod' in trends. Did you mean 'period'?"),
    "setting": ({"models": {"lda": {"topix": 3}}}, "unknown key 'topix' in models.lda. Did you mean 'topics'?"),
    "theme language": ({"themes": {"ports": ["harbour"]}}, 'Write {"ports": {"en": [...]}}'),
    "unknown theme language": ({"themes": {"ports": {"xx": ["a"]}}}, "no installed language"),
    "theme key": ({"themes": {"My ports": {"en": ["a"]}}}, "must look like digital_transformation"),
    "theme file": ({"themes": "none.toml"}, "the theme file cannot be read"),
}


@pytest.mark.parametrize(("wrong", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_call_is_said_with_the_nearest_name(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as error:
        topics.fit(articles(3), **{"text": "body", "date": "day", **wrong})  # type: ignore[arg-type]
    assert said in str(error.value)
    assert "/tmp" not in str(error.value) or "theme file" in said


def test_no_frame_is_said() -> None:
    with pytest.raises(UsageError, match="expected a frame"):
        topics.fit([1, 2])


def test_a_model_that_is_asked_for_needs_enough_articles() -> None:
    with pytest.raises(DataError, match="needs at least"):
        topics.fit(articles(5), text="body", date="day", models=["lda"])
    with pytest.raises(DataError, match="needs at least"):
        topics.fit(articles(5), text="body", date="day")
    assert topics.fit(articles(5), text="body", date="day", themes=PORTS).fitted == ()


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**60), 2**60), texts, st.dates(min_value=date(1000, 1, 1))),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)


@given(st.dictionaries(texts, values, max_size=4))
def test_settings_are_read_back_as_they_were(table: dict[str, object]) -> None:
    assert tomllib.loads(toml_text({"a.b": table, "c": [table, {}]})) == {"a": {"b": table}, "c": [table, {}]}


def test_a_value_that_no_study_file_can_hold_is_named() -> None:
    with pytest.raises(TypeError, match="object"):
        toml_text({"a": {"b": object()}})


# What a study says


def test_topics_are_listed_by_size(study: Study) -> None:
    frame = study.topics("lda")
    assert frame["share"].is_monotonic_decreasing
    assert frame["share"].sum() == pytest.approx(1.0, abs=1e-3)
    assert set(study.topics()["model"]) == {"lda", "bertopic"}
    assert frame["n_docs"].sum() <= len(study.corpus)


def test_documents_with_their_main_topic(study: Study) -> None:
    plain, told = study.documents(), study.documents("bertopic")
    assert plain["id"].tolist() == told["id"].tolist() == sorted(study.corpus.ids)
    labels = dict(zip(study.corpus.ids, study.model("bertopic").result.documents.labels().tolist(), strict=True))
    assert told.set_index("id")["topic"].fillna(-1).to_dict() == labels


def test_a_theme_over_time(study: Study) -> None:
    trend = study.trend("dual_use_industry")
    cells = study.trends("combined").of("dual_use_industry")
    assert trend.frame()["share"].tolist() == pytest.approx([cell.share for cell in cells], nan_ok=True)
    assert trend.growth is not None
    assert trend.growth.series == "dual_use_industry"
    assert isinstance(trend.plot(), altair.LayerChart)
    assert study.trend("dual_use_industry", model="lda").trends.source == "lda"
    assert study.trend("dual_use_industry", language="vi").cells != trend.cells
    every = [point for point in study.change_points("combined") if (point.series, point.language) == ("restructuring", "all")]
    jumps = study.trend("restructuring")
    assert every
    assert not every[0].found
    assert jumps.change_points == (), "what is no finding is not marked"
    marked = replace(jumps, change_points=tuple(every))
    assert len(marked.plot().layer) == len(trend.plot().layer) + 2, "a line and a span where the level changed"


def test_a_topic_over_time(study: Study) -> None:
    trend = study.trend(3, model="lda")
    assert trend.title.startswith("3: ")
    assert trend.frame()["series"].unique().tolist() == ["3"]


def test_trends_are_charts_and_frames(study: Study) -> None:
    trends = study.trends()
    assert trends.source == "combined"
    assert set(trends.plot().to_dict()["config"])
    assert set(trends.frame()["kind"]) == {"theme"}
    names = {row["title"] for row in _rows(study.trends("lda").plot(1, 2))}
    assert len(names) == 2
    assert study.trends("lda").periods == trends.periods
    assert {row["n_docs"] for row in _rows(trends.plot("restructuring", language="vi"))} != {
        row["n_docs"] for row in _rows(trends.plot("restructuring"))
    }


def _rows(chart: altair.TopLevelMixin) -> list[dict[str, object]]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_claims_are_those_of_the_report(study: Study, sample_run: Path) -> None:
    claims = study.claims()
    assert claims.frame()["claim"].tolist() == read_table(sample_run / "tables" / "claims.csv")["claim"].tolist()
    assert claims.sentences("vi")[0] == claims[0].sentences["vi"]
    assert {claim.statement.series for claim in claims.about("restructuring")} == {"restructuring"}
    assert len(claims[:2]) == 2
    assert set(claims.cells()["claim"]) <= set(claims.frame()["claim"])
    assert len(claims.looks()) == sum(len(claim.variants) for claim in claims)


def test_evidence_of_a_theme_and_what_just_failed(study: Study) -> None:
    shown, failed = study.evidence("restructuring"), study.evidence("restructuring", near_misses=True)
    table = study.table("theme_evidence").query("theme == 'restructuring'")
    assert shown["id"].tolist() == table[table["present"]]["id"].tolist()
    assert failed["id"].tolist() == table[~table["present"]]["id"].tolist()
    assert set(study.evidence()["theme"]) == {theme.key for theme in study.themes}


def test_every_table_is_that_of_the_run(study: Study, sample_run: Path) -> None:
    written = {path.stem for path in (sample_run / "tables").glob("*.csv")}
    assert set(study.tables) == written
    for name in sorted(written):
        assert_frame_equal(study.table(name), read_table(sample_run / "tables" / f"{name}.csv"), rtol=1e-5, atol=1e-9, obj=name)


ASKED = {
    "theme": (lambda study: study.trend("dual_use"), "no theme 'dual_use'.*'dual_use_industry'"),
    "evidence": (lambda study: study.evidence("restructering"), "Did you mean 'restructuring'"),
    "which model": (lambda study: study.trend(3), "topic 3 of which model"),
    "topic": (lambda study: study.trend(99, "lda"), "no topic '99'"),
    "model": (lambda study: study.topics("bert"), "no model 'bert'.*Did you mean 'bertopic'"),
    "scorer": (lambda study: study.trends("combine"), "no model or scorer 'combine'. Did you mean 'combined'"),
    "kind": (lambda study: study.trends("lda", "themes"), "no kind 'themes'. Did you mean 'theme'"),
    "language": (lambda study: study.trend("restructuring", language="fr"), "no language 'fr'. Known: all, en, vi"),
    "plot": (lambda study: study.trends().plot("restructering"), "no theme 'restructering'. Did you mean"),
    "table": (lambda study: study.table("topic_lda"), "no table 'topic_lda'. Did you mean 'topics_lda'"),
    "said in": (lambda study: study.claims().sentences("fr"), "not said in 'fr'"),
}


@pytest.mark.parametrize(("ask", "said"), ASKED.values(), ids=ASKED)
def test_an_unknown_name_is_answered_with_the_nearest(study: Study, ask: object, said: str) -> None:
    with pytest.raises(TopicsError, match=said):
        ask(study)  # type: ignore[operator]


def test_of_many_names_only_near_ones_are_listed() -> None:
    known = [f"table_{number}" for number in range(100)]
    assert nearest("tabel_7", known).startswith("Did you mean 'table_")
    assert len(nearest("tabel_7", known)) < 300


# How records show themselves

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


def records(study: Study) -> list[object]:
    lda = study.model("lda").result
    return [
        study,
        study.corpus,
        next(iter(study.corpus)),
        lda,
        study.trends(),
        study.trend("restructuring"),
        study.claims(),
        study.claims()[0],
        study.statistics("combined"),
    ]


def test_records_show_themselves_small_and_without_script(study: Study) -> None:
    for record in records(study):
        shown = record._repr_html_()  # type: ignore[attr-defined]
        assert "<script" not in shown
        assert len(shown) < 20_000, type(record)
        assert len(repr(record)) < 600, repr(record)
        assert "\n" not in repr(record)
        assert re.sub(r"<[^>]+>", "", shown).strip()


def test_what_is_shown_is_escaped() -> None:
    for shown in (card(HOSTILE, HOSTILE), grid(HOSTILE, (HOSTILE,), [(HOSTILE,)])):
        assert "<script" not in shown
        assert "<img" not in shown
        assert shown.count("&lt;script&gt;") >= 2
    assert "and 5 more" in grid("", ("a",), [(n,) for n in range(MAX_ROWS + 5)])


def test_hostile_titles_stay_text_in_what_is_shown(tmp_path: Path) -> None:
    found = topics.fit(articles().assign(title=HOSTILE), "body", "day", models=LDA, folder=tmp_path / "a")
    for record in (found.corpus, next(iter(found.corpus)), found, found.explorer()):
        shown = record._repr_html_()
        assert "<script" not in shown
        assert "<img" not in shown


def test_the_explorer_is_shown_in_a_frame_of_its_own(study: Study, tmp_path: Path) -> None:
    page = study.explorer()
    shown = page._repr_html_()
    assert shown.startswith("<iframe ")
    assert 'sandbox="allow-scripts allow-downloads"' in shown
    assert shown.count("<") == 2, "the page is an attribute, escaped"
    assert page.save(tmp_path / "explorer.html").read_text(encoding="utf-8") == page.html


def test_a_notebook_draws_without_a_network() -> None:
    before = altair.renderers.active, pd.get_option("display.max_colwidth")
    try:
        topics.notebook()
        shown = altair.Chart(pd.DataFrame({"a": [1]})).mark_point().encode(x="a")._repr_mimebundle_()
        data = shown[0] if isinstance(shown, tuple) else shown
        assert "<svg" in data["image/svg+xml"]
        assert pd.get_option("display.max_colwidth") is None
    finally:
        altair.renderers.enable(before[0])
        pd.set_option("display.max_colwidth", before[1])
