"""Growth, Mann-Kendall and q-values against reference libraries; change points against brute force and simulation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pymannkendall
import pytest
import statsmodels.api as sm
from scipy.stats import false_discovery_control, theilslopes
from statsmodels.stats.multitest import multipletests

from topics.core.contracts import Statistic, StatisticValue
from topics.core.events import Event
from topics.core.registry import discover
from topics.core.series import Q_LEVEL, ChangePoint, Period, TrendCell, TrendSeries, is_finding
from topics.trends import decomposition, emergence, interruptions, lead_lag
from topics.trends._sample import sample
from topics.trends.change_points import MIN_SEGMENT, all_change_points, change_points, credible, partition
from topics.trends.effects import effect
from topics.trends.interruptions import EventEffect
from topics.trends.lead_lag import LeadLag
from topics.trends.observations import FLAGGED_PERIODS, MIN_DOCS, MIN_PERIODS, Observations, day_number, gate, joined, observe, usable
from topics.trends.periods import label_of, next_start
from topics.trends.regression import regress
from topics.trends.statistics import growth, mann_kendall
from topics.trends.steps import Steps, nothing, steps_at
from topics.trends.table import statistic_table

STATISTICS = discover("topics.trends.statistics", "STATISTIC")


def labels(n: int) -> list[str]:
    import datetime

    starts = [datetime.date(2022, 1, 1)]
    while len(starts) < n:
        starts.append(next_start(starts[-1], "month"))
    return [label_of(start, "month") for start in starts]


def cells(counts: Sequence[float], n: Sequence[float] | float, name: str = "x", *, incomplete: Sequence[int] = ()) -> tuple[TrendCell, ...]:
    sizes = [float(n)] * len(counts) if isinstance(n, int | float) else list(map(float, n))
    made: list[TrendCell] = []
    for number, (label, k, size) in enumerate(zip(labels(len(counts)), counts, sizes, strict=True)):
        share = k / size if size else math.nan
        ends = (share, 0.0 if size else math.nan, 1.0 if size else math.nan)
        made.append(TrendCell(name, "all", label, int(size), int(size), size, float(k), *ends, number not in incomplete))
    return tuple(made)


def simulated(seed: int, shares: Sequence[float], n: int = 40) -> tuple[TrendCell, ...]:
    return cells(np.random.default_rng(seed).binomial(n, shares).tolist(), n)


RISING = cells([2, 3, 2, 5, 4, 6, 8, 7, 9, 11, 10, 14, 13, 15], [30, 28, 35, 31, 30, 33, 29, 40, 31, 30, 32, 30, 36, 30])
NOISY = simulated(3, [0.1, 0.6] * 10, 60)
FLAT = simulated(4, [0.3] * 20)


# --- growth ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("series", [RISING, NOISY, FLAT, cells([0] * 10 + [4] * 4, 25)], ids=["rising", "noisy", "flat", "zeros"])
def test_growth_is_the_effect_of_years(series: tuple[TrendCell, ...]) -> None:
    years = np.array([day_number(cell.period) for cell in series]) / 365.25
    hits, n = (np.array([[getattr(cell, name) for cell in series]]) for name in ("mass", "n_eff"))
    fitted = effect(hits, n, np.arange(len(series)), sm.add_constant(years - years.mean())[None], 1)
    found = growth.compute(series)
    assert math.log(found.value) == pytest.approx(fitted.value[0])
    assert (math.log(found.low), math.log(found.high)) == pytest.approx([fitted.low[0], fitted.high[0]])
    assert found.p == pytest.approx(fitted.p[0])


def test_many_series_together_have_the_growth_that_each_has_alone() -> None:
    family = [*MANY.values(), cells([1] * 12, 2), cells([1, 1, 0, 1, 1] * 8, 2.5), NOISY]
    assert growth.together(family)[:-3] == [growth.compute(each) for each in MANY.values()]
    assert [value.decision for value in growth.together(family)[-3:]] == [growth.compute(each).decision for each in family[-3:]]
    assert growth.together(family)[-1] == growth.compute(NOISY)


def test_growth_of_a_planted_slope_is_found() -> None:
    yearly = 2.0
    odds = [0.2 * yearly ** (month / 12) for month in range(36)]
    found = growth.compute(simulated(1, [o / (1 + o) for o in odds], 200))
    assert found.low < yearly < found.high
    assert found.high / found.low < 1.5


def test_growth_of_falling_shares_is_the_inverse_of_rising_ones() -> None:
    n = [cell.n_eff for cell in RISING]
    mirrored = cells([size - cell.mass for cell, size in zip(RISING, n, strict=True)], n)
    assert growth.compute(mirrored).value == pytest.approx(1 / growth.compute(RISING).value)


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (cells([1] * 12, 2), f"{MIN_DOCS} dated articles in complete periods are needed, there are 24"),
        (cells([5] * 7, 50), f"{MIN_PERIODS} complete periods with articles are needed, there are 7"),
        (cells([5] * 9, 50, incomplete=[0, 8]), "there are 7"),
        (cells([5] * 7 + [0, 0], [50] * 7 + [0, 0]), "there are 7"),
        ((), "there are 0"),
    ],
)
@pytest.mark.parametrize("name", STATISTICS)
def test_too_little_is_not_tested_and_said_so(name: str, series: tuple[TrendCell, ...], said: str) -> None:
    found = STATISTICS[name].compute(series)
    assert all(math.isnan(value) for value in (found.value, found.low, found.high, found.p))
    assert found.decision.startswith("not tested")
    assert said in found.decision
    assert change_points(series) == ()


@pytest.mark.parametrize("name", STATISTICS)
def test_enough_is_tested(name: str) -> None:
    found = STATISTICS[name].compute(cells([5, 9, 4, 6, 7, 5, 8, 6], 50))
    assert found.low <= found.value <= found.high
    assert 0 <= found.p <= 1


@pytest.mark.parametrize("name", STATISTICS)
def test_incomplete_and_empty_periods_change_nothing(name: str) -> None:
    k = [5, 9, 4, 6, 7, 5, 8, 6, 3, 2]
    with_edges = cells([40, *k, 45], [50] + [20] * 10 + [50], incomplete=[0, 11])
    assert STATISTICS[name].compute(with_edges) == STATISTICS[name].compute(with_edges[1:-1])
    hole = cells([*k[:5], 0, *k[5:]], [20] * 5 + [0] + [20] * 5)
    assert usable(hole) == [cell for cell in hole if cell.n_docs]
    assert not math.isnan(STATISTICS[name].compute(hole).value)


@pytest.mark.parametrize("name", STATISTICS)
def test_a_constant_series_is_no_change(name: str) -> None:
    found = STATISTICS[name].compute(cells([5] * 20, 20))
    assert found.p == pytest.approx(1.0)
    assert found.value == pytest.approx(1.0 if name == "growth" else 0.0)


def test_small_periods_are_joined_until_five_stories_stand_behind_each() -> None:
    small = cells([1, 1, 0, 1, 1] * 8, 2.5)
    assert joined(small)[:2] == [[0, 1], [2, 3]]
    seen = observe(small)
    assert seen.n.tolist() == [5.0] * 20
    assert seen.shares[0] == pytest.approx(2 / 5)
    assert seen.steps[:2].tolist() == [0.5, 2.5]
    assert seen.firsts[:2] == (0, 2)
    assert growth.compute(small).decision == "tested"
    few = cells([1, 1, 0, 1, 1, 0, 1, 1], 2.5)
    more = tuple(replace(cell, n_docs=5) for cell in few)  # many copies of few stories
    assert "with small ones joined there are 4" in growth.compute(more).decision
    odd = cells([1, 1, 0], 2.5)
    assert joined(odd) == [[0, 1, 2]]
    assert joined(cells([1], 2.5)) == []


def test_what_weights_tell_beyond_yes_or_no_counts() -> None:
    told = tuple(replace(cell, n_info=4 * cell.n_eff) for cell in RISING)
    assert observe(told).n.tolist() == [4 * cell.n_eff for cell in RISING]
    assert growth.compute(told).p < growth.compute(RISING).p


def test_both_kinds_of_q_are_those_of_statsmodels() -> None:
    rows = [row for row in statistic_table(series_of(MANY), STATISTICS).rows if row.statistic == "growth"]
    assert [row.q_by for row in rows] == pytest.approx(multipletests([row.p for row in rows], method="fdr_by")[1])


def test_few_periods_are_flagged() -> None:
    assert "few periods" in growth.compute(cells([5, 6] * (FLAGGED_PERIODS // 2), 30)).decision
    assert growth.compute(cells([5, 6] * (FLAGGED_PERIODS // 2 + 1), 30)).decision == "tested"


def test_the_gate_says_nothing_where_there_is_enough() -> None:
    assert gate(list(cells([5] * MIN_PERIODS, 10))) == ""


# --- Mann-Kendall ---------------------------------------------------------------------------------------------------------------------

ORDERS = [[0.1, 0.2, 0.15, 0.3, 0.35, 0.3, 0.4, 0.5, 0.45], [0.3, 0.1, 0.3, 0.3, 0.2, 0.1, 0.1, 0.05, 0.0, 0.0], [0.2, 0.4] * 8]


@pytest.mark.parametrize("values", ORDERS)
def test_mann_kendall_is_that_of_pymannkendall(values: list[float]) -> None:
    reference = pymannkendall.original_test(values)
    assert mann_kendall.mann_kendall_p(values) == pytest.approx(reference.p, abs=1e-12)
    found = mann_kendall.compute(cells([1000 * value for value in values], 1000))
    assert found.p == pytest.approx(reference.p, abs=1e-12)
    words = "no clear direction" if reference.p >= 0.05 else "upwards" if reference.s > 0 else "downwards"
    assert words in found.decision


@pytest.mark.parametrize("values", ORDERS)
def test_the_slope_is_scipys_theil_sen_a_year(values: list[float]) -> None:
    years = [day_number(label) / 365.25 for label in labels(len(values))]
    expected = theilslopes(values, years, 0.95)
    found = mann_kendall.compute(cells([1000 * value for value in values], 1000))
    assert (found.value, found.low, found.high) == pytest.approx((expected.slope, expected.low_slope, expected.high_slope))


# --- the table ------------------------------------------------------------------------------------------------------------------------


def test_what_uncertain_dates_leave_in_empty_months_is_no_rank() -> None:
    dust = [0.0, 5e-8, 1e-7, 2e-7, 0.1, 3e-7, 0.05, 4e-7, 4.2e-7, 4.4e-7, 0.08, 4.5e-7]
    found = mann_kendall.compute(cells([1e6 * value for value in dust], 1e6))
    assert found == mann_kendall.compute(cells([1e6 * value if value > 1e-3 else 0.0 for value in dust], 1e6))
    assert found.p == pytest.approx(mann_kendall.mann_kendall_p([value if value > 1e-3 else 0.0 for value in dust]))


def series_of(names: dict[str, tuple[TrendCell, ...]]) -> TrendSeries:
    from datetime import date

    length = len(next(iter(names.values())))
    periods = tuple(Period(label, date(2022, 1, 1), date(2022, 1, 31), True) for label in labels(length))
    made = [replace(cell, series=name) for name, listed in names.items() for cell in listed]
    return TrendSeries("theme", "terms", False, periods, tuple(made))


MANY = {f"s{number}": simulated(number, np.linspace(0.1, 0.1 + 0.1 * number, 16).tolist()) for number in range(8)}


@pytest.mark.parametrize("name", STATISTICS)
def test_q_values_are_benjamini_and_hochbergs(name: str) -> None:
    rows = [row for row in statistic_table(series_of(MANY), STATISTICS).rows if row.statistic == name]
    assert [row.series for row in rows] == list(MANY)
    assert [row.q for row in rows] == pytest.approx(multipletests([row.p for row in rows], method="fdr_bh")[1])


def test_growth_is_decided_by_q_not_p() -> None:
    rows = [row for row in statistic_table(series_of(MANY), STATISTICS).rows if row.statistic == "growth"]
    for row in rows:
        expected = ("rises" if row.value > 1 else "falls") if row.q < 0.05 else "no clear change"
        assert row.decision.startswith(expected)
    assert len({row.decision.split(" (")[0] for row in rows}) > 1


def test_a_series_that_is_not_tested_is_in_no_family() -> None:
    def compute(found: tuple[TrendCell, ...]) -> StatisticValue:
        p = {"a": 0.01, "b": math.nan, "c": 0.04}[found[0].series]
        return StatisticValue(1.0, 1.0, 1.0, p, "hand-made")

    table = statistic_table(series_of(dict.fromkeys("abc", FLAT)), {"own": Statistic("own", "", compute)})
    assert [row.q for row in table.rows] == pytest.approx([0.02, math.nan, 0.04], nan_ok=True)
    assert len(table.rows) == 3


def test_the_table_asks_for_all_series_of_a_language_at_once_where_it_can() -> None:
    asked: list[int] = []

    def together(family: Sequence[tuple[TrendCell, ...]]) -> list[StatisticValue]:
        asked.append(len(family))
        return [StatisticValue(1.0, 1.0, 1.0, 0.1 * number, "own") for number, _ in enumerate(family, 1)]

    table = statistic_table(series_of(dict.fromkeys("abc", FLAT)), {"own": Statistic("own", "", growth.compute, together)})
    assert asked == [3]
    assert [row.p for row in table.rows] == pytest.approx([0.1, 0.2, 0.3])


def test_every_statistic_has_a_row_for_every_series() -> None:
    table = statistic_table(series_of(MANY), STATISTICS)
    assert {(row.series, row.statistic) for row in table.rows} == set(itertools.product(MANY, STATISTICS))


# --- change points --------------------------------------------------------------------------------------------------------------------


def every_partition(length: int) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for n_points in range(length):
        for points in itertools.combinations(range(1, length), n_points):
            edges = (0, *points, length)
            if all(after - before >= MIN_SEGMENT for before, after in itertools.pairwise(edges)):
                found.append(points)
    return found


@pytest.mark.parametrize("length", range(2, 11))
@pytest.mark.parametrize("penalty", [0.1, 1.0, 4.0])
def test_optimal_partitioning_is_as_good_as_trying_all(length: int, penalty: float) -> None:
    for seed in range(5):
        values = np.random.default_rng(seed).normal(0, 1, length).cumsum()
        costs = np.array([[float(np.var(values[i:j]) * (j - i)) if j > i else 0.0 for j in range(length + 1)] for i in range(length + 1)])

        def total(points: Sequence[int], costs: np.ndarray = costs) -> float:
            edges = (0, *points, length)
            return sum(costs[i, j] + penalty for i, j in itertools.pairwise(edges))

        found = partition(length, lambda end, starts, costs=costs: costs[starts, end], penalty)
        assert total(found) == pytest.approx(min(map(total, every_partition(length))))


@pytest.mark.parametrize("at", [6, 12, 17])
@pytest.mark.parametrize(("before", "after"), [(0.15, 0.5), (0.6, 0.2)])
def test_a_planted_jump_is_found_at_its_period(at: int, before: float, after: float) -> None:
    series = simulated(at, [before] * at + [after] * (24 - at), 60)
    (found,) = change_points(series)
    assert found.period == labels(24)[at]
    assert found.earliest <= found.period <= found.latest
    assert (found.before, found.after) == pytest.approx((before, after), abs=0.08)


def test_the_interval_holds_the_planted_period_nearly_always() -> None:
    at, inside, found = 10, 0, 0
    for seed in range(100):
        for point in change_points(simulated(seed, [0.2] * at + [0.4] * at, 50)):
            found += 1
            inside += point.earliest <= labels(20)[at] <= point.latest
    assert found >= 80
    assert inside / found >= 0.9


def by_hand(seen: Observations, second: int) -> tuple[int, int]:
    """First and last place of a step at 9 beside a second one, by the restricted likelihood of every place written out."""
    fit = regress((seen.shares * seen.n)[None], seen.n[None], seen.steps, steps_at(len(seen), [9, second])[None])
    rho, sigma = fit.likeliest[0, 0]
    covariance = sigma**2 * float(rho) ** np.abs(seen.steps[:, None] - seen.steps) + np.diag(fit.variances[0])
    inverse, scores = np.linalg.inv(covariance), []
    inner = list(range(MIN_SEGMENT, second - MIN_SEGMENT + 1))
    for place in inner:
        design = steps_at(len(seen), [place, second])
        information = design.T @ inverse @ design
        left = fit.response[0] - design @ np.linalg.solve(information, design.T @ inverse @ fit.response[0])
        scores.append(-0.5 * (np.linalg.slogdet(information)[1] + left @ inverse @ left))
    weights = np.exp(np.array(scores) - max(scores))
    held, total = [9], 0.0
    for number in np.argsort(-weights):
        if total < 0.95:
            held.append(inner[number])
            total += weights[number] / weights.sum()
    return min(held), max(held)


def test_the_interval_holds_the_places_of_most_likelihood() -> None:
    found = []
    for seed in range(6):
        seen = observe(simulated(seed, [0.1] * 9 + [0.2] * 8 + [0.08] * 8, 40))
        found.append(credible(seen, Steps((9, 17), (0.0, 0.0), nothing(seen)), 0))
        assert found[-1] == by_hand(seen, 17)
    assert len(set(found)) > 3
    assert any(first < 9 < last for first, last in found)


def test_two_jumps_are_two_points() -> None:
    found = change_points(simulated(2, [0.1] * 8 + [0.5] * 8 + [0.1] * 8, 80))
    assert [point.period for point in found] == [labels(24)[8], labels(24)[16]]
    assert found[0].before < found[0].after > found[1].after
    assert found[0].after == pytest.approx(found[1].before)


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_a_flat_series_has_hardly_ever_a_change_point(share: float) -> None:
    wrong = sum(bool(change_points(simulated(seed, [share] * 24, 40))) for seed in range(200))
    assert wrong <= 10  # 5 %


def test_copies_of_stories_are_not_taken_for_evidence() -> None:
    """The same shares from a tenth of the independent stories carry no change point."""

    strong = cells([6] * 6 + [14] * 6, 40)
    weak = tuple(replace(cell, n_eff=cell.n_eff / 10) for cell in strong)
    assert len(change_points(strong)) == 1
    assert change_points(weak) == ()


@pytest.mark.parametrize("counts", [[0] * 12, [40] * 12, [10] * 12])
def test_a_constant_series_has_no_change_point(counts: list[int]) -> None:
    assert change_points(cells(counts, 40)) == ()


def test_all_series_and_languages_are_searched() -> None:
    jump = simulated(2, [0.1] * 8 + [0.6] * 8, 80)
    found = all_change_points(series_of({"flat": cells([8] * 16, 80), "jump": jump}))
    assert [(point.series, point.language, point.period) for point in found] == [("jump", "all", labels(16)[8])]


def test_change_points_have_a_q_value_over_all_series() -> None:
    """A series without steps counts as one that has none."""
    jump, other = simulated(2, [0.1] * 8 + [0.6] * 8, 80), simulated(5, [0.2] * 8 + [0.5] * 8, 40)
    flat = {f"flat {number}": cells([8] * 16, 80) for number in range(6)}
    found = all_change_points(series_of({**flat, "jump": jump, "other": other}))
    assert [point.series for point in found] == ["jump", "other"]
    assert [point.q for point in found] == pytest.approx(false_discovery_control([point.p for point in found] + [1.0] * 6)[:2])
    assert [point.p for point in found] == [point.p for series in (jump, other) for point in change_points(series)]
    assert all(0 < point.p < point.q <= 1 for point in found)


def test_the_p_value_of_a_step_is_that_of_one_at_any_place() -> None:
    series = simulated(2, [0.1] * 8 + [0.3] * 8, 40)
    (point,) = change_points(series)
    seen = observe(series)
    at = seen.labels.index(point.period)
    alone = effect((seen.shares * seen.n)[None], seen.n[None], seen.steps, steps_at(16, [at])[None], 1)
    assert point.p == pytest.approx(float(alone.p[0]) * 16 / 4)


def test_a_change_in_a_hole_may_lie_anywhere_in_it() -> None:
    low, high = simulated(2, [0.1] * 12 + [0.5] * 12, 60)[:12], simulated(2, [0.1] * 12 + [0.5] * 12, 60)[12:]
    listed = labels(48)
    hole = cells([0] * 24, 0.0)
    series = tuple(replace(cell, period=label) for cell, label in zip((*low, *hole, *high), listed, strict=True))
    (point,) = change_points(series)
    assert point.period == listed[36]
    assert point.earliest <= listed[12]


def test_growth_and_change_points_alone_join_small_periods() -> None:
    """Three stories a month: they see pairs of months; what speaks of certain months keeps them apart."""
    series = cells([1, 0, 2] * 8, 3.0)
    assert len(observe(series)) == 12
    assert len(sample([series]).labels) == 24
    assert sample([series]).refusal == ""


@pytest.mark.parametrize(("q", "found"), [(0.0, True), (Q_LEVEL, True), (Q_LEVEL + 1e-9, False), (math.nan, False)])
def test_one_rule_says_which_q_is_a_finding(q: float, found: bool) -> None:
    assert is_finding(q) is found
    point = ChangePoint("x", "all", "2024-01", "2024-01", "2024-01", 0.1, 0.2, q, q)
    event = EventEffect(Event(date(2024, 1, 1), "x"), "x", "all", "level", 2.0, 1.5, 3.0, q, q, 0.01, 30, "")
    lead = LeadLag("x", "en", "vi", 2.0, 1.0, 3.0, 0.8, q, q, "")
    assert point.found is found
    assert (growth.verdict(2.0, q) == "rises") is found
    assert (interruptions._decision(event) == "higher") is found
    assert (lead_lag._decision(lead, q) == "en precedes vi") is found
    assert (emergence._decision(q, 5.0, 0.2) == "strong signal") is found
    assert (decomposition.decision(0.1, 0.05, 0.15, q) == "raises the share") is found


def test_nobody_else_has_a_level_of_q() -> None:
    folder = Path(growth.__file__).parents[2]
    named = [path for path in sorted(folder.rglob("*.py")) if "Q_LEVEL" in path.read_text(encoding="utf-8")]
    assert [path.name for path in named] == ["series.py"]


def test_a_theme_of_hardly_any_article_has_no_growth() -> None:
    found = growth.compute(cells([0] * 10 + [1, 2], 40))
    assert found.decision == "not tested: 4 stories of it are needed, there are 3.0"
    assert math.isnan(found.value)
    assert growth.compute(cells([0] * 10 + [2, 2], 40)).decision.startswith("few periods")
