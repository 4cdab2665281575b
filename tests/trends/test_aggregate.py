"""Weights to shares of periods, by hand; intervals against statsmodels."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from tests.conftest import corpus_from, make_document
from topics.core.documents import Corpus, DateEstimate
from topics.core.errors import ContractError
from topics.core.series import UNASSIGNED, TrendCell, TrendSeries
from topics.trends.aggregate import Weighting, Weights, aggregate
from topics.trends.uncertainty import effective_n, jeffreys

JAN, MAR = date(2024, 1, 10), date(2024, 3, 10)
# text, day, language, story, share of topic 0, share of topic 1
ROWS = [
    ("a", JAN, "en", "s1", 1.0, 0.0),
    ("b", JAN, "en", "s1", 1.0, 0.0),
    ("c", JAN, "en", "s1", 0.4, 0.2),
    ("d", JAN, "vi", "s2", 0.0, 1.0),
    ("e", MAR, "vi", "s3", 0.0, 0.0),
    ("f", None, "en", "s4", 1.0, 0.0),
]


def study(partition: bool = True) -> tuple[Corpus, Weights]:
    documents = [make_document(text, day=day, language=language, story=story) for text, day, language, story, *_ in ROWS]
    corpus = corpus_from(documents)
    shares = {document.info.id: row[4:] for document, row in zip(documents, ROWS, strict=True)}
    values = np.array([shares[identifier] for identifier in corpus.ids], dtype=np.float64)
    return corpus, Weights("topic", "hand", ("0", "1"), values, partition)


def made(weighting: Weighting = "articles", partition: bool = True) -> TrendSeries:
    return aggregate(*study(partition), "month", as_of=None, weighting=weighting)


def cell(series: TrendSeries, name: str, period: str, language: str = "all") -> TrendCell:
    return next(found for found in series.of(name, language) if found.period == period)


@pytest.mark.parametrize(
    ("weighting", "name", "mass", "share"),
    [
        ("articles", "0", 2.4, 2.4 / 4),
        ("articles", "1", 1.2, 1.2 / 4),
        ("articles", UNASSIGNED, 0.4, 0.4 / 4),
        ("stories", "0", 0.8, 0.8 / 2),
        ("stories", "1", 1 + 0.2 / 3, (1 + 0.2 / 3) / 2),
        ("stories", UNASSIGNED, 0.4 / 3, 0.4 / 6),
    ],
)
def test_shares_by_hand(weighting: Weighting, name: str, mass: float, share: float) -> None:
    found = cell(made(weighting), name, "2024-01")
    assert (found.mass, found.share) == pytest.approx((mass, share))
    assert (found.n_docs, found.n_stories) == (4, 2)


@pytest.mark.parametrize(("weighting", "expected"), [("articles", 16 / 10), ("stories", 2.0)])
def test_copies_of_a_story_are_not_independent(weighting: Weighting, expected: float) -> None:
    found = cell(made(weighting), "0", "2024-01")
    assert found.n_eff == pytest.approx(expected)
    assert (found.low, found.high) == pytest.approx(jeffreys(found.share, expected))


def test_a_period_without_documents_is_a_row_without_a_share() -> None:
    for name in ("0", "1", UNASSIGNED):
        found = cell(made(), name, "2024-02")
        assert (found.n_docs, found.n_stories, found.n_eff, found.mass) == (0, 0, 0.0, 0.0)
        assert all(math.isnan(value) for value in (found.share, found.low, found.high))


def test_a_period_where_nothing_is_assigned_is_all_unassigned() -> None:
    assert [cell(made(), name, "2024-03").share for name in ("0", "1", UNASSIGNED)] == [0.0, 0.0, 1.0]


def test_undated_documents_are_in_no_cell() -> None:
    series = made()
    assert sum(found.n_docs for found in series.of("0")) == 5
    assert [period.label for period in series.periods] == ["2024-01", "2024-02", "2024-03"]


def test_languages_add_up_to_all() -> None:
    series = made()
    assert list(dict.fromkeys(found.language for found in series.cells)) == ["all", "en", "vi"]
    for period in series.periods:
        parts = [cell(series, "0", period.label, language) for language in ("en", "vi")]
        whole = cell(series, "0", period.label)
        assert sum(part.n_docs for part in parts) == whole.n_docs
        assert sum(part.mass for part in parts) == pytest.approx(whole.mass)
    assert cell(series, "0", "2024-01", "en").share == pytest.approx(2.4 / 3)
    assert cell(series, "0", "2024-01", "vi").share == 0.0
    assert cell(series, "0", "2024-03", "en").n_docs == 0


def test_themes_may_overlap_and_unassigned_is_what_shows_none() -> None:
    corpus, weights = study(partition=False)
    present = Weights("theme", "terms", ("x", "y"), (weights.values > 0).astype(np.float64), partition=False)
    series = aggregate(corpus, present, "month", as_of=None)
    assert [cell(series, name, "2024-01").share for name in ("x", "y", UNASSIGNED)] == [0.75, 0.5, 0.0]
    assert [cell(series, name, "2024-03").share for name in ("x", "y", UNASSIGNED)] == [0.0, 0.0, 1.0]


def test_an_interval_within_a_month_is_dated_and_one_across_is_not() -> None:
    inside = DateEstimate(None, date(2024, 1, 1), date(2024, 1, 31), "month", 0.9, "x")
    across = DateEstimate(None, date(2024, 1, 20), date(2024, 2, 9), "interval", 0.9, "x")
    corpus = corpus_from([make_document("a", date=inside), make_document("b", date=across)])
    series = aggregate(corpus, Weights("topic", "hand", ("0",), np.ones((2, 1)), True), "month", as_of=None)
    assert [(found.period, found.n_docs) for found in series.of("0")] == [("2024-01", 1)]


def test_without_dates_there_are_no_cells() -> None:
    corpus = corpus_from([make_document("a")])
    series = aggregate(corpus, Weights("topic", "hand", ("0",), np.ones((1, 1)), True), "month", as_of=None)
    assert series.cells == series.periods == ()


def test_without_series_everything_is_unassigned() -> None:
    corpus = corpus_from([make_document("a", day=JAN)])
    series = aggregate(corpus, Weights("theme", "terms", (), np.zeros((1, 0)), False), "month", as_of=None)
    assert [(found.series, found.share) for found in series.of(UNASSIGNED)] == [(UNASSIGNED, 1.0)]


def test_weights_and_names_must_agree() -> None:
    with pytest.raises(ContractError):
        Weights("topic", "hand", ("0", "1"), np.zeros((3, 1)), True)


documents = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from(["en", "vi", "mixed"]), st.integers(0, 5), st.floats(0, 1), st.floats(0, 1)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(rows=documents, weighting=st.sampled_from(["articles", "stories"]), unit=st.sampled_from(["week", "month", "quarter"]))
def test_shares_and_unassigned_add_up_to_one(rows: list[tuple[int, str, int, float, float]], weighting: Weighting, unit: str) -> None:
    made_of = [
        make_document(f"t{n}", day=date.fromordinal(738000 + when), language=language, story=f"s{story}")
        for n, (when, language, story, *_) in enumerate(rows)
    ]
    corpus = corpus_from(made_of)
    values = np.array([[a * b, a * (1 - b)] for *_, a, b in rows])
    series = aggregate(corpus, Weights("topic", "x", ("0", "1"), values, True), unit, as_of=None, weighting=weighting)  # type: ignore[arg-type]
    for language in {found.language for found in series.cells}:
        cells = [series.of(name, language) for name in ("0", "1", UNASSIGNED)]
        for group in zip(*cells, strict=True):
            if group[0].n_docs:
                assert sum(found.share for found in group) == pytest.approx(1.0)
                assert all(0 <= found.low <= found.share <= found.high <= 1 for found in group)
    n_dated = sum(found.n_docs for found in series.of("0"))
    assert n_dated == len(rows)


# --- intervals ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.8])
@pytest.mark.parametrize(("count", "n"), [(1, 10), (5, 10), (9, 10), (40, 300), (299, 300), (1, 2)])
def test_jeffreys_is_that_of_statsmodels(count: int, n: int, level: float) -> None:
    assert jeffreys(count / n, n, level) == pytest.approx(proportion_confint(count, n, 1 - level, method="jeffreys"))


@pytest.mark.parametrize("n", [1, 7, 100])
def test_at_the_ends_the_bound_is_the_share_itself(n: int) -> None:
    low, high = jeffreys(0.0, n)
    assert low == 0.0
    assert high == pytest.approx(proportion_confint(0, n, 0.05, method="jeffreys")[1])
    assert jeffreys(1.0, n) == pytest.approx((1 - high, 1.0))


@given(share=st.floats(0, 1), n=st.floats(0.5, 1e5))
def test_an_interval_holds_its_share(share: float, n: float) -> None:
    low, high = jeffreys(share, n)
    assert 0 <= low <= share <= high <= 1


@pytest.mark.parametrize(
    ("weights", "expected"), [([1, 1, 1], 3.0), ([3], 1.0), ([3, 1], 1.6), ([10, 1, 1], 144 / 102), ([], 0.0), ([0.0], 0.0)]
)
def test_effective_n_is_kishs(weights: list[float], expected: float) -> None:
    assert effective_n(weights) == pytest.approx(expected)
