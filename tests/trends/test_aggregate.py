"""Weights to shares of periods, by hand; intervals against statsmodels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from tests.conftest import corpus_from, make_document
from topics.core.documents import Corpus, DateEstimate
from topics.core.errors import ContractError
from topics.core.series import UNASSIGNED, TrendCell, TrendSeries
from topics.trends.aggregate import Weighting, Weights, aggregate
from topics.trends.uncertainty import jeffreys_bounds, widening

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
    """The stories of January have .8 and 0 of topic 0: a variance of .32, where a yes or no with their mean would have .4."""
    found = cell(made(weighting), "0", "2024-01")
    assert found.n_eff == pytest.approx(expected)
    assert found.n_info == pytest.approx(expected / ((0.32 + 10 * 0.4) / (0.4 + 10 * 0.4)))
    assert (found.low, found.high) == pytest.approx(jeffreys(found.share, found.n_info))


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


def test_an_interval_within_a_month_is_dated_and_one_across_counts_by_its_days() -> None:
    """Of 21 days twelve lie in January; there is no February, so the other nine are in no period."""
    inside = DateEstimate(None, date(2024, 1, 1), date(2024, 1, 31), "month", 0.9, "x")
    across = DateEstimate(None, date(2024, 1, 20), date(2024, 2, 9), "interval", 0.9, "x")
    corpus = corpus_from([make_document("a", date=inside), make_document("b", date=across)])
    series = aggregate(corpus, Weights("topic", "hand", ("0",), np.ones((2, 1)), True), "month", as_of=None)
    assert [(found.period, found.n_docs) for found in series.of("0")] == [("2024-01", 1)]
    assert series.of("0")[0].votes == pytest.approx(1 + 12 / 21)


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


def jeffreys(share: float, n: float, level: float = 0.95) -> tuple[float, float]:
    low, high = jeffreys_bounds(np.array([share]), np.array([n]), level)
    return float(low[0]), float(high[0])


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


# --- more than one fit, uncertain dates, sources --------------------------------------------------------------------------------------


def test_both_weightings_stand_in_every_cell() -> None:
    for name, period in itertools.product(("0", "1", UNASSIGNED), ("2024-01", "2024-02", "2024-03")):
        articles, stories = (cell(made(weighting), name, period) for weighting in ("articles", "stories"))
        for found in (articles, stories):
            assert astuple(found.articles) == pytest.approx((articles.share, articles.low, articles.high), nan_ok=True)
            assert astuple(found.stories) == pytest.approx((stories.share, stories.low, stories.high), nan_ok=True)
    assert (made("stories").weighting, made().weighting) == ("stories", "articles")


def test_votes_are_what_the_share_is_a_share_of() -> None:
    for weighting, votes in (("articles", 4.0), ("stories", 2.0)):
        found = cell(made(weighting), "0", "2024-01")
        assert (found.votes, found.share) == pytest.approx((votes, found.mass / votes))


def test_sources_are_counted() -> None:
    documents = [make_document(text, day=JAN, source=source) for text, source in zip("abcde", "xxyyz", strict=True)]
    series = aggregate(corpus_from(documents), Weights("topic", "hand", ("0",), np.ones((5, 1)), True), "month", as_of=None)
    assert [(found.n_docs, found.n_sources) for found in series.of("0")] == [(5, 3)]


def planted(shares: Sequence[float], *, sizes: int = 200, seed: int = 0) -> tuple[list[int], list[bool]]:
    """The month of every article and whether it shows the theme."""
    generator = np.random.default_rng(seed)
    months = np.repeat(np.arange(len(shares)), sizes)
    return months.tolist(), (generator.random(len(months)) < np.array(shares)[months]).tolist()


def month(number: int) -> tuple[date, date]:
    first = date(2020 + number // 12, number % 12 + 1, 1)
    return first, date(2020 + (number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)


def vague_study(shares: Sequence[float], part: float, *, seed: int = 0) -> tuple[Corpus, Weights]:
    """A part of the articles is dated to the half-year only."""
    generator = np.random.default_rng(seed + 1)
    documents, there = [], {}
    for n, (number, shows) in enumerate(zip(*planted(shares, seed=seed), strict=True)):
        half = 6 * (number // 6)
        ends = (month(half)[0], month(half + 5)[1]) if generator.random() < part else month(number)
        documents.append(make_document(f"t{n}", date=DateEstimate(None, *ends, "interval", 0.9, "x")))
        there[documents[-1].info.id] = float(shows)
    corpus = corpus_from(documents)
    return corpus, Weights("theme", "hand", ("x",), np.array([[there[info.id]] for info in corpus.infos]), False)


STEP = [0.1] * 9 + [0.3] * 9


def curve(shares: Sequence[float], part: float, seed: int) -> np.ndarray:
    return np.array([found.share for found in aggregate(*vague_study(shares, part, seed=seed), "month", as_of=None).of("x")])


def test_articles_of_uncertain_date_keep_a_jump() -> None:
    """Spread evenly, six articles in ten would take the mean of their half-year, and two fifths of the jump would be left."""
    step = [0.1] * 9 + [0.4] * 9
    curves = np.array([curve(step, 0.6, seed) for seed in range(6)]).mean(axis=0)
    assert curves[9:12].mean() - curves[6:9].mean() > 2 * 0.4 * 0.3
    cells = aggregate(*vague_study(step, 0.6), "month", as_of=None).of("x")
    assert sum(found.low <= share <= found.high for found, share in zip(cells, step, strict=True)) >= 17


def test_articles_of_uncertain_date_steady_a_flat_share() -> None:
    """Without them a month has 80 articles, and its share a deviation of (.2 .8 / 80)^(1/2)."""
    errors = np.array([curve([0.2] * 18, 0.6, seed) for seed in range(6)]) - 0.2
    assert np.sqrt((errors**2).mean()) < 0.75 * math.sqrt(0.2 * 0.8 / 80)


def test_articles_of_uncertain_date_count_as_votes_and_not_as_certainty() -> None:
    series = aggregate(*vague_study(STEP, 0.6), "month", as_of=None)
    assert sum(found.votes for found in series.of("x")) == pytest.approx(18 * 200)
    assert all(found.n_docs == found.n_eff < found.votes for found in series.of("x"))


def test_shares_of_topics_add_up_to_one_with_uncertain_dates() -> None:
    corpus, theme = vague_study(STEP, 0.6)
    halves = np.hstack([theme.values * 0.7, (1 - theme.values) * 0.5])
    series = aggregate(corpus, Weights("topic", "hand", ("0", "1"), halves, True), "month", as_of=None)
    for period in series.periods:
        assert sum(cell(series, name, period.label).share for name in ("0", "1", UNASSIGNED)) == pytest.approx(1.0)


def test_a_date_outside_all_periods_is_in_no_cell() -> None:
    early = DateEstimate(None, date(2010, 1, 1), date(2011, 1, 31), "interval", 0.9, "x")
    documents = [make_document("a", day=JAN), make_document("b", day=MAR), make_document("c", date=early)]
    series = aggregate(corpus_from(documents), Weights("topic", "hand", ("0",), np.ones((3, 1)), True), "month", as_of=None)
    assert [found.votes for found in series.of("0")] == [1.0, 0.0, 1.0]


def test_refits_move_the_share_to_their_mean_and_widen_its_interval() -> None:
    corpus, weights = study()
    other = Weights("topic", "hand", ("0", "1"), np.clip(weights.values * 0.5, 0, 1), True)
    alone, both = (aggregate(corpus, weights, "month", as_of=None, refits=refits) for refits in ((), (other,)))
    first, second = cell(alone, "0", "2024-01"), cell(both, "0", "2024-01")
    assert second.share == pytest.approx(0.75 * first.share)
    low, high = jeffreys(second.share, second.n_info)
    assert second.low < low < high < second.high
    same = aggregate(corpus, weights, "month", as_of=None, refits=(weights, weights))
    assert [found.low for found in same.of("0")] == pytest.approx([found.low for found in alone.of("0")], nan_ok=True)
    with pytest.raises(ContractError):
        aggregate(corpus, weights, "month", as_of=None, refits=(Weights("topic", "x", ("0",), weights.values[:, :1], True),))


def test_widening_is_rubins_rule() -> None:
    """Two fits, by hand: within 1 / (101 p (1 - p)), between from their logits with half a story more of each kind."""
    shares, n = np.array([[0.2], [0.3]]), np.array([100.0])
    logits = np.log((shares * 100 + 0.5) / (101 - shares * 100 - 0.5)).ravel()
    p = 1 / (1 + np.exp(-logits.mean()))
    within, between = 1 / (101 * p * (1 - p)), 1.5 * np.var(logits, ddof=1)
    freedom = (1 + within / between) ** 2
    expected = math.sqrt((within + between) / within) * student.ppf(0.975, freedom) / norm.ppf(0.975)
    assert widening(shares, n)[0] == pytest.approx(expected)


def turnover_study() -> tuple[Corpus, Weights]:
    """Source a (theme in .1 of its articles) gives way to source b (.5); neither changes its own share."""
    documents, there = [], {}
    for number in range(12):
        for source, n, shows in (("a", 60 - 5 * number, 0.1), ("b", 5 + 5 * number, 0.5)):
            for each in range(n):
                documents.append(make_document(f"{source}{number}.{each}", day=month(number)[0], source=source))
                there[documents[-1].info.id] = float(each < round(shows * n))
    corpus = corpus_from(documents)
    return corpus, Weights("theme", "hand", ("x",), np.array([[there[info.id]] for info in corpus.infos]), False)


def test_the_fixed_mix_share_does_not_follow_the_sources() -> None:
    found = aggregate(*turnover_study(), "month", as_of=None).of("x")
    assert found[-1].share - found[0].share > 0.3
    assert abs(found[-1].fixed_mix.value - found[0].fixed_mix.value) < 0.06
    assert all(each.fixed_mix.low < each.fixed_mix.value < each.fixed_mix.high for each in found)


def test_one_source_in_one_language_has_no_mix_that_could_change() -> None:
    """Articles of uncertain date, which it leaves out, would make the fixed-mix share another one."""
    assert all(math.isnan(found.fixed_mix.value) for found in made().of("0"))


def test_stories_that_scatter_little_make_narrow_intervals_that_still_cover() -> None:
    """Weights between .2 and .4: the mean of 20 is known far better than a share of 20 yes or no."""
    generator, inside, narrower = np.random.default_rng(0), 0, 0
    for _ in range(40):
        documents = [make_document(f"{n}", day=month(n // 20)[0]) for n in range(240)]
        values = generator.uniform(0.2, 0.4, (240, 1))
        for found in aggregate(corpus_from(documents), Weights("theme", "x", ("x",), values, False), "month", as_of=None).of("x"):
            inside += found.low <= 0.3 <= found.high
            low, high = jeffreys(found.share, 20)
            narrower += found.high - found.low < 0.4 * (high - low)
    assert inside / 480 >= 0.95
    assert narrower == 480


def test_a_language_that_joins_late_has_no_whole_period_there() -> None:
    """Articles in Vietnamese begin on the 20th of March: of that month there is no share of them to be tested."""
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(182)]
    early = [make_document(f"{day} a", day=day, language="en") for day in days]
    late = [make_document(f"{day} b", day=day, language="vi") for day in days if day >= date(2024, 3, 20)]
    corpus = corpus_from([*early, *late])
    weights = Weights("theme", "combined", ("x",), np.ones((len(corpus), 1)), partition=False)
    series = aggregate(corpus, weights, "month", as_of=None)
    march = {code: next(cell for cell in series.of("x", code) if cell.period == "2024-03") for code in ("all", "en", "vi")}
    assert {code: cell.complete for code, cell in march.items()} == {"all": True, "en": True, "vi": False}
    assert march["vi"].n_docs == 12
    assert [cell.complete for cell in series.of("x", "vi") if cell.period > "2024-03"] == [True] * 3
