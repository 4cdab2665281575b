"""What the explorer holds: columns that come back as they were, samples, the map, trends, and the size of the page."""

from __future__ import annotations

import csv
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from columns_read import read_gaps, read_packed, read_worded
from hostile import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from topics.config import read_study
from topics.core.documents import DocumentInfo
from topics.core.series import Period, TrendCell, TrendSeries
from topics.pipeline import Study
from topics.report.explorer import trends
from topics.report.explorer.columns import LETTERS, gaps, packed, shortened, slug, worded
from topics.report.explorer.data import link_of
from topics.report.explorer.layout import hellinger, lay_out, scaled
from topics.report.explorer.page import render_explorer, render_page, texts
from topics.report.explorer.sample import systematic


@pytest.fixture(scope="module")
def study(sample_run: Path) -> Study:
    return Study(read_study(ROOT / "reports" / "sample.toml"), sample_run)


def data_of(page: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert not set("<>&\u2028\u2029") & set(block)
    return json.loads(block)  # type: ignore[no-any-return]


# --- columns --------------------------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(-1, 9_000)))
def test_numbers_come_back(values: list[int]) -> None:
    assert read_packed(packed(values, 9_000)) == values


@pytest.mark.parametrize("highest", [0, 85, 86, 87, 88, 7_742, 7_743, 7_744])
def test_numbers_at_the_edge_of_a_width_come_back(highest: int) -> None:
    column = packed([-1, 0, highest], highest)
    assert read_packed(column) == [-1, 0, highest]
    assert len(str(column["text"])) == 3 * int(str(column["width"]))


@given(st.sets(st.integers(0, 10_000_000)))
def test_ascending_rows_come_back(rows: set[int]) -> None:
    assert read_gaps(gaps(sorted(rows))) == sorted(rows)


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_any_strings_come_back(strings: list[str]) -> None:
    assert read_worded(worded(strings), len(strings)) == strings


def test_hostile_strings_and_many_words_come_back() -> None:
    rng = random.Random(4)
    words = [f"w{number}" for number in range(4_000)]
    strings = [*HOSTILE, *(" ".join(rng.choices(words, k=8)) for _ in range(3_000)), "", " ", "~~~", "a  b", *HOSTILE]
    column = worded(strings)
    assert read_worded(column, len(strings)) == strings
    assert column["words"].count("~") > 3_000  # codes of all three lengths were used


def test_letters_need_no_escape_in_json_or_html() -> None:
    assert len(set(LETTERS)) == len(LETTERS) == 88
    assert json.dumps(LETTERS) == f'"{LETTERS}"'
    assert not set(LETTERS) & set("<>&\"'\\ ")


def test_a_link_that_repeats_its_title_is_shorter() -> None:
    title = "Đề xuất “mới” về bão số 10: 7 tỉnh"
    assert slug(title) == "de-xuat-moi-ve-bao-so-10-7-tinh"
    link = f"https://news.test/{slug(title)}-123.html"
    assert shortened(link, title) == "https://news.test/\x01-123.html"
    assert shortened(link, "") == link


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.test/x?y=1#z", True),
        ("HTTP://a.test/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.test/x", False),
        ("https:///x", False),
        ("https://a.test/\u202ex", False),
        ("https://a.test/a b", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, shown: bool) -> None:
    assert link_of(DocumentInfo("i", "h", "f", 1, url=url)) == (url if shown else "")


# --- samples --------------------------------------------------------------------------------------------------------------------------


def test_a_sample_has_its_part_of_every_stratum() -> None:
    rng = random.Random(1)
    strata = [(rng.choice("abc"), rng.choices("xyz", [8, 1, 1])[0]) for _ in range(5_000)]
    rows = systematic(strata, 500)
    assert len(set(rows)) == 500
    assert rows == sorted(rows)
    of_all, of_sample = Counter(strata), Counter(strata[row] for row in rows)
    assert all(abs(of_sample[stratum] - n / 10) <= 1 for stratum, n in of_all.items())
    assert systematic(strata, 500) == rows
    assert systematic(strata, 5_000) == list(range(5_000))
    assert systematic(strata, 0) == []


def test_a_page_over_its_limit_holds_a_sample_and_says_so(study: Study) -> None:
    whole = render_explorer(study)
    limit = len(whole.encode()) - 12_000
    page = render_explorer(study, max_bytes=limit)
    assert len(page.encode()) <= limit
    data = data_of(page)
    assert 0 < data["shown"] < data["total"] == len(study.corpus)
    assert data["shown"] == len(read_packed(data["documents"]["sources"]["codes"]))
    assert data["models"] == data_of(whole)["models"]  # what counts all articles still does
    near = [read_packed(d["places"]["bertopic"]["near"]) for d in (data, data_of(whole))]
    assert set(near[0]) == set(near[1])


# --- the map --------------------------------------------------------------------------------------------------------------------------


def mixed(n_docs: int, n_topics: int, seed: int = 3) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.full(50, 0.2), n_topics), rng.dirichlet(np.full(n_topics, 0.3), n_docs).astype(np.float32)


def test_no_disc_covers_another_and_areas_go_with_articles() -> None:
    terms, weights = mixed(4_000, 30)
    near = weights.argmax(axis=1)
    layout = lay_out(terms, weights, near)
    x, y, radius = layout.discs.T.astype(float)
    far = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    assert (far + np.eye(30) * 1e9 >= 0.97 * (radius[:, None] + radius[None, :])).all()
    assert np.allclose(radius**2 / np.bincount(near), (radius**2 / np.bincount(near)).mean(), rtol=0.05)
    assert (x - radius >= -1).all() and (x + radius <= layout.width + 1).all()
    assert (y - radius >= -1).all() and (y + radius <= layout.height + 1).all()


def test_scaling_finds_places_that_are_there() -> None:
    places = np.random.default_rng(2).normal(size=(12, 2))
    distances = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
    found = scaled(distances)
    assert np.allclose(np.sqrt(((found[:, None] - found[None]) ** 2).sum(axis=2)), distances)
    assert scaled(distances).tolist() == found.tolist()


def test_topics_with_the_same_words_are_near_and_others_are_not() -> None:
    terms = np.array([[0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])
    distances = hellinger(terms)
    assert distances[0, 1] == pytest.approx(0, abs=1e-7)
    assert distances[0, 2] == pytest.approx(1)


def test_an_article_lies_towards_the_other_topic_that_it_holds() -> None:
    terms, _ = mixed(1, 3)
    weights = np.array([[0.7, 0.3, 0.0], [0.7, 0.0, 0.3]] * 40, dtype=np.float32)
    layout = lay_out(terms, weights, np.zeros(80, dtype=np.int64))
    centres = layout.discs[:, :2].astype(float)
    for row, other in ((0, 1), (1, 2)):
        turns = layout.turns[row::2] * 2 * np.pi
        mean = np.array([np.cos(turns).mean(), np.sin(turns).mean()])
        away = centres[other] - centres[0]
        assert mean @ away > 0


@pytest.mark.parametrize("n_topics", [0, 1, 2])
def test_few_topics_have_a_map_too(n_topics: int) -> None:
    layout = lay_out(np.full((n_topics, 4), 0.25), np.ones((5, n_topics), dtype=np.float32), np.full(5, n_topics - 1, dtype=np.int64))
    assert layout.discs.shape == (n_topics, 3)
    assert len(layout.turns) == 5
    assert layout.width > 0 and layout.height > 0


# --- trends ---------------------------------------------------------------------------------------------------------------------------


def test_trends_are_those_of_the_tables(sample_run: Path, study: Study) -> None:
    data = data_of((sample_run / "explorer.html").read_text(encoding="utf-8"))
    model = next(model for model in data["models"] if model["name"] == "lda")
    rows = list(csv.DictReader((sample_run / "tables" / "trends_lda.csv").read_text(encoding="utf-8").splitlines()))
    names = [topic["id"] for topic in model["topics"]] + ["unassigned"]
    for language in ("all", "en", "vi"):
        found = model["trends"]["languages"][language]
        for name, cells in zip(names, found["cells"], strict=True):
            own = [row for row in rows if (row["kind"], row["series"], row["language"]) == ("topic", name, language)]
            assert [int(row["n_docs"]) for row in own] == found["n"]
            expected = [float(row[key]) if row[key] else None for row in own for key in ("low", "share", "high")]
            shown = [None if part < 0 else part / 1e4 for part in read_packed(cells)]
            assert shown == [None if part is None else pytest.approx(part, abs=5.1e-5) for part in expected]


def series_of(n_series: int, n_periods: int, languages: tuple[str, ...]) -> TrendSeries:
    from datetime import date, timedelta

    days = [date(2000, 1, 1) + timedelta(days=step) for step in range(n_periods)]
    cells = tuple(
        TrendCell(str(name), language, str(day), 5, 5, 5.0, 1.0, 0.2, 0.1, 0.3, True)
        for language in languages
        for name in range(n_series)
        for day in days
    )
    return TrendSeries("topic", "lda", False, tuple(Period(str(day), day, day, True) for day in days), cells)


def test_where_trends_are_too_many_languages_go_first_and_then_early_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trends, "MAX_CELLS", 60)
    few = trends.trend_data(series_of(2, 10, ("all", "en", "vi")), ("0", "1"))
    assert (few["first"], sorted(few["languages"])) == (0, ["all", "en", "vi"])  # type: ignore[call-overload]
    more = trends.trend_data(series_of(2, 20, ("all", "en", "vi")), ("0", "1"))
    assert (more["first"], sorted(more["languages"])) == (0, ["all"])  # type: ignore[call-overload]
    most = trends.trend_data(series_of(2, 40, ("all", "en", "vi")), ("0", "1"))
    assert (most["first"], len(most["languages"]["all"]["n"])) == (10, 30)  # type: ignore[index]


# --- the page -------------------------------------------------------------------------------------------------------------------------


def test_every_text_is_there_in_both_languages_and_has_the_same_values() -> None:
    for key, said in texts().items():
        assert set(said) == {"en", "vi"}, key
        fields = [set(re.findall(r"\{(\w+)\}", text)) for text in said.values()]
        assert fields[0] - {"n"} == fields[1] - {"n"}, key


def test_every_text_is_used_and_every_text_that_is_used_is_there() -> None:
    folder = ROOT / "topics" / "report"
    code = "".join(path.read_text(encoding="utf-8") for path in sorted((folder / "explorer").glob("*.js")))
    code += (folder / "templates" / "explorer.html.j2").read_text(encoding="utf-8")
    made = {"sort_new", "sort_old", "sort_most", "no_script", *(key for key in texts() if key.startswith(("language_", "column_")))}
    assert {key for key in texts() if key not in made and f'"{key}"' not in code} == set()
    assert set(re.findall(r'\bsay\("(\w+)"', code)) - {"column_", "sort_"} <= set(texts())


def test_the_page_speaks_the_languages_that_it_is_asked_for(study: Study) -> None:
    for language, codes, button in (("en", {"en"}, False), ("vi", {"vi"}, False), ("both", {"en", "vi"}, True)):
        page = render_explorer(study, language)  # type: ignore[arg-type]
        (block,) = re.findall(r'<script type="application/json" id="texts">(.*?)</script>', page, re.DOTALL)
        assert set(json.loads(block)) == codes
        assert f'<html lang="{"vi" if language == "vi" else "en"}">' in page
        assert ('id="ui"' in page) is button


def test_without_javascript_the_page_names_where_the_numbers_are(sample_run: Path) -> None:
    page = (sample_run / "explorer.html").read_text(encoding="utf-8")
    (block,) = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    links = re.findall(r'href="([^"]+)"', block)
    assert {"index.html", "tables/documents.csv", "tables/topics_lda.csv", "tables/trends_bertopic.csv"} <= set(links)
    assert all((sample_run / link).is_file() for link in links)


def test_scripts_stay_readable() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "topics/report/explorer").glob("*.js")}
    assert len(lengths) > 10
    assert max(lengths.values()) <= 350
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "topics/report/explorer").glob("*.js"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|fetch\(|XMLHttp", code)


def test_the_same_study_gives_the_same_bytes(sample_run: Path, study: Study) -> None:
    assert render_explorer(study, study.config.report.language) == (sample_run / "explorer.html").read_text(encoding="utf-8")


def test_a_page_is_made_of_its_blocks_alone(study: Study) -> None:
    from topics.report.explorer.data import ExplorerData

    blocks = ExplorerData(study).blocks(10)
    assert data_of(render_page(blocks, "x"))["shown"] == 10
