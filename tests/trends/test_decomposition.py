"""The parts of a change: Kitagawa's by hand, exact sums, each planted cause found as itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from topics.trends.decomposition import FACTORS, ChangePart, Span, decompose, shapley


def test_two_factors_are_kitagawas_by_hand() -> None:
    """Two groups of size .4 and .6 with rates .1 and .2, then .7 and .3 with rates .3 and .1."""
    sizes, rates = np.array([[0.4, 0.6], [0.7, 0.3]]), np.array([[0.1, 0.2], [0.3, 0.1]])
    rate, mix = shapley(lambda at: np.array(sizes[int(at[1])] @ rates[int(at[0])]), 2)
    assert float(rate) == pytest.approx((0.4 + 0.7) / 2 * 0.2 + (0.6 + 0.3) / 2 * -0.1)
    assert float(mix) == pytest.approx((0.1 + 0.3) / 2 * 0.3 + (0.2 + 0.1) / 2 * -0.3)


def test_three_factors_are_das_guptas_by_hand() -> None:
    """Das Gupta's part of the first of three factors of a product: a (bc + BC) / 3 + a (bC + Bc) / 6."""
    low, high = (2.0, 3.0, 5.0), (4.0, 1.0, 7.0)
    first, second, third = shapley(lambda at: np.array(math.prod(high[i] if late else low[i] for i, late in enumerate(at))), 3)
    assert float(first) == pytest.approx(2 * ((3 * 5 + 1 * 7) / 3 + (3 * 7 + 1 * 5) / 6))
    assert float(second) == pytest.approx(-2 * ((2 * 5 + 4 * 7) / 3 + (2 * 7 + 4 * 5) / 6))
    assert float(first + second + third) == pytest.approx(4 * 1 * 7 - 2 * 3 * 5)


LANGUAGES = np.array([0, 0, 1, 1])


def drawn(rng: np.random.Generator, sizes: list[int], rates: list[float], copies: int = 1) -> Span:
    """Stories of four sources; those with the theme stand `copies` times."""
    strata = np.repeat(np.arange(4), sizes)
    theme = rng.random(len(strata)) < np.array(rates)[strata]
    times = np.where(theme, copies, 1)
    return Span(np.repeat(theme, times)[:, None].astype(float), np.repeat(strata, times), np.repeat(np.arange(len(strata)), times))


def found(before: Span, after: Span, seed: int = 0) -> dict[str, ChangePart]:
    return {item.part: item for item in decompose(["x"], (before, after), LANGUAGES, seed)}


EVEN, RATES = [300] * 4, [0.1, 0.3, 0.2, 0.6]


@pytest.mark.parametrize(
    ("cause", "sizes", "rates", "copies"),
    [
        ("theme", EVEN, [0.3, 0.5, 0.4, 0.8], 1),
        ("source_mix", [100, 500, 100, 500], RATES, 1),
        ("language_mix", [100, 100, 500, 500], RATES, 1),
        ("reprints", EVEN, RATES, 3),
    ],
)
def test_a_planted_cause_carries_the_change_alone(cause: str, sizes: list[int], rates: list[float], copies: int) -> None:
    rng = np.random.default_rng(1)
    parts = found(drawn(rng, EVEN, RATES), drawn(rng, sizes, rates, copies))
    total = parts["total"]
    assert total.value > 0.08
    assert parts[cause].value == pytest.approx(total.value, abs=0.05)
    assert parts[cause].decision == "raises the share"
    assert all(abs(parts[part].value) < 0.05 for part in FACTORS if part != cause)
    assert sum(parts[part].value for part in FACTORS) == pytest.approx(total.value, abs=1e-12)
    assert total.after - total.before == pytest.approx(total.value)


def test_parts_add_up_whatever_the_data() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        spans = []
        for n in rng.integers(40, 120, 2):
            spans.append(Span(rng.random((n, 2)), rng.integers(0, 4, n), rng.integers(0, 35, n) % n))
        if min(len(np.unique(span.stories)) for span in spans) < 30:
            continue
        listed = decompose(["a", "b"], (spans[0], spans[1]), LANGUAGES)
        for name in ("a", "b"):
            own = {item.part: item.value for item in listed if item.series == name}
            assert sum(own[part] for part in FACTORS) == pytest.approx(own["total"], abs=1e-12)
        shares = [span.weights.mean(axis=0) for span in spans]
        totals = [item for item in listed if item.part == "total"]
        assert [item.before for item in totals] == pytest.approx(shares[0])
        assert [item.after for item in totals] == pytest.approx(shares[1])


def test_a_source_that_comes_counts_as_mix_alone() -> None:
    rng = np.random.default_rng(3)
    parts = found(drawn(rng, [1000, 0, 0, 0], [0.2] * 4), drawn(rng, [1000, 1000, 0, 0], [0.2, 0.8, 0, 0]))
    assert parts["source_mix"].value == pytest.approx(0.3, abs=0.05)
    assert abs(parts["theme"].value) < 0.05
    language = found(drawn(rng, [1000, 0, 0, 0], [0.2] * 4), drawn(rng, [1000, 0, 1000, 0], [0.2, 0, 0.8, 0]))
    assert language["language_mix"].value == pytest.approx(0.3, abs=0.05)
    assert language["source_mix"].value == pytest.approx(0)


def test_spans_alike_have_a_clear_part_as_rarely_as_stated() -> None:
    rng = np.random.default_rng(4)
    clear = dict.fromkeys(("total", *FACTORS), 0)
    for seed in range(50):
        parts = found(drawn(rng, [40] * 4, RATES, 2), drawn(rng, [40] * 4, RATES, 2), seed)
        for part in clear:
            clear[part] += parts[part].decision != "no clear part"
    assert clear["total"] <= 6
    assert clear["theme"] <= 6


def test_the_interval_covers_the_planted_change() -> None:
    rng = np.random.default_rng(5)
    inside = 0
    for seed in range(50):
        part = found(drawn(rng, [50] * 4, RATES), drawn(rng, [50] * 4, [rate + 0.15 for rate in RATES]), seed)["theme"]
        inside += part.low <= 0.15 <= part.high
    assert inside >= 44


def test_too_few_stories_are_said_in_words() -> None:
    rng = np.random.default_rng(6)
    parts = found(drawn(rng, [10, 10, 5, 0], RATES, 4), drawn(rng, EVEN, RATES))
    assert all(item.decision == "not tested: 30 dated stories in each span are needed, there are 25" for item in parts.values())
    assert math.isnan(parts["total"].value)


def test_false_discoveries_are_held_down_over_all_series() -> None:
    """Of a hundred series that do not change, five have a whole change by themselves, none over the family."""
    rng, names = np.random.default_rng(4), [f"s{number}" for number in range(100)]

    def span() -> Span:
        weights = (rng.random((600, 100)) < 0.1).astype(float)
        return Span(weights, np.zeros(600, dtype=np.int64), np.arange(600))

    items = decompose(names, (span(), span()), np.zeros(1, dtype=np.int64))
    totals = [item for item in items if item.part == "total"]
    assert 1 <= sum(item.p < 0.05 for item in totals) <= 12
    assert [item.q for item in totals] == pytest.approx(false_discovery_control([item.p for item in totals]))
    assert {item.decision for item in totals} == {"no clear part"}
    assert any(not item.low <= 0 <= item.high for item in totals)
