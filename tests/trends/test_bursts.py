"""Bursts against every sequence of states, against planted pulses, and on flat series."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, false_discovery_control

from tests.trends.planted import cells, counts, labels
from topics.trends._sample import Sample, sample
from topics.trends.bursts import GOING_ON, LEVEL, RAISED, find_bursts, states
from topics.trends.observations import MIN_DOCS


def made(hits: np.ndarray, trials: np.ndarray) -> Sample:
    return sample([cells(k.tolist(), n.tolist(), f"s{row}") for row, (k, n) in enumerate(zip(hits, trials, strict=True))])


@pytest.mark.parametrize("seed", range(12))
def test_the_states_are_the_cheapest_of_all_sequences(seed: int) -> None:
    """Cost as Kleinberg writes it: minus log binomial probabilities, and ln T for each step up from the usual state."""
    rng = np.random.default_rng(seed)
    trials = rng.integers(5, 40, 9).astype(float)
    hits = np.minimum(trials, rng.poisson(trials * rng.choice([0.1, 0.4], 9))).astype(float)
    share = hits.sum() / trials.sum()
    odds = RAISED * share / (1 - share)
    costs = -binom.logpmf(hits[:, None], trials[:, None], [[share, odds / (1 + odds)]])

    def cost(path: tuple[int, ...]) -> float:
        ups = sum(after > before for before, after in itertools.pairwise((0, *path)))
        return float(sum(costs[period, state] for period, state in enumerate(path))) + ups * math.log(9)

    best = min(cost(path) for path in itertools.product((0, 1), repeat=9))
    found = states(hits[None], trials[None])
    assert cost(tuple(found.raised[0].astype(int))) == pytest.approx(best)
    for first, end, weight in found.runs(0):
        assert weight == pytest.approx(float((costs[first:end, 0] - costs[first:end, 1]).sum()))
    assert found.heaviest()[0] == pytest.approx(max((weight for _, _, weight in found.runs(0)), default=0.0))


def test_a_planted_pulse_is_one_burst_with_its_start_and_end() -> None:
    share = np.full((1, 36), 0.1)
    share[0, 20:24] = 0.4
    trials = np.full((1, 36), 60.0)
    (found,) = find_bursts(made(counts(np.random.default_rng(1), share, trials), trials), "all")
    assert (found.start, found.end) == (labels(36)[20], labels(36)[23])
    assert found.share == pytest.approx(0.4, abs=0.08)
    outside = np.delete(counts(np.random.default_rng(1), share, trials)[0], np.s_[20:24]).sum() / (32 * 60)
    assert found.usual == pytest.approx(outside)
    assert (found.decision, found.language, found.series) == ("burst", "all", "s0")
    assert found.p <= 0.01


def test_pulses_are_called_and_flat_series_are_not() -> None:
    rng = np.random.default_rng(4)
    for rho, rate in ((0.0, 0.05), (0.4, 0.07)):
        trials = rng.integers(20, 60, (60, 24)).astype(float)
        flat = find_bursts(made(counts(rng, np.full(trials.shape, 0.1), trials, rho, 0.35), trials), "all")
        assert len({burst.series for burst in flat if burst.decision == "burst"}) <= rate * 60 + 1
        assert len({burst.series for burst in flat}) > 10  # the automaton alone finds one in many of them
    share = np.full(trials.shape, 0.1)
    share[:, 10:13] = 0.35
    found = find_bursts(made(counts(rng, share, trials, 0.0, 0.2), trials), "all")
    hit = {burst.series for burst in found if burst.decision == "burst" and burst.start <= labels(24)[12] and burst.end >= labels(24)[10]}
    assert len(hit) > 0.8 * 60


def test_more_collected_articles_are_no_burst() -> None:
    trials = np.full((1, 24), 30.0)
    trials[0, 10:13] = 300
    assert find_bursts(made(trials * 0.2, trials), "all") == ()


def test_copies_are_not_taken_for_evidence() -> None:
    hits, trials = np.full((1, 24), 2.0), np.full((1, 24), 20.0)
    hits[0, 10:12] = 14
    assert [burst.decision for burst in find_bursts(made(hits, trials), "all")] == ["burst"]
    assert [burst for burst in find_bursts(made(hits / 10, trials / 10), "all") if burst.decision == "burst"] == []


def test_the_seed_decides_the_draws_and_nothing_else_does() -> None:
    rng = np.random.default_rng(3)
    trials = np.full((4, 24), 40.0)
    hits = counts(rng, np.full(trials.shape, 0.1), trials, 0.5, 0.6)
    together, alone = find_bursts(made(hits, trials), "all", 5), find_bursts(made(hits[:1], trials[:1]), "all", 5)
    assert [replace(burst, q=1.0) for burst in together if burst.series == "s0"] == [replace(burst, q=1.0) for burst in alone]
    assert together != find_bursts(made(hits, trials), "all", 6)


@pytest.mark.parametrize(("n_periods", "size"), [(7, 50), (24, 1)])
def test_too_little_has_no_burst(n_periods: int, size: int) -> None:
    assert size * n_periods < MIN_DOCS or n_periods < 8
    assert find_bursts(made(np.zeros((1, n_periods)), np.full((1, n_periods), float(size))), "all") == ()
    assert find_bursts(sample([]), "all") == ()


def test_what_lasts_more_than_half_of_the_time_is_a_level() -> None:
    """Eighteen of 36 months are a burst, nineteen are the level; months without articles count as time."""
    for length, words in ((18, "burst"), (19, "no burst but a level: more than half of the time")):
        hits, trials = np.full((1, 36), 4.0), np.full((1, 36), 400.0)
        hits[0, 5 : 5 + length] = 120
        (found,) = find_bursts(made(hits, trials), "all")
        assert (found.start, found.end, found.decision) == (labels(36)[5], labels(36)[4 + length], words)
    trials[0, [10, 14, 30, 33]] = 0
    hits[:, trials[0] == 0] = 0
    hits[0, 23] = 4
    assert find_bursts(made(hits, trials), "all")[0].decision == "burst"


def test_a_burst_that_goes_on_is_said_to() -> None:
    trials = np.full((1, 36), 60.0)
    for first, words in ((30, f"burst; {GOING_ON}"), (29, "burst")):
        hits = np.full((1, 36), 3.0)
        hits[0, first : first + 6] = 25
        assert [item.decision for item in find_bursts(made(hits, trials), "all")] == [words]


def test_few_periods_are_flagged() -> None:
    hits, trials = np.full((1, 10), 2.0), np.full((1, 10), 40.0)
    hits[0, 5:7] = 25
    (found,) = find_bursts(made(hits, trials), "all")
    assert found.decision.endswith("few periods: read with care")


def test_false_discoveries_are_held_down_over_all_series_of_a_language() -> None:
    """One true burst among sixty flat series is found, and hardly a flat one; by themselves several of them would be called."""
    called, alone = [], 0
    for seed in range(9, 13):
        rng = np.random.default_rng(seed)
        trials = np.full((60, 36), 60.0)
        share = np.full(trials.shape, 0.1)
        share[0, 20:24] = 0.6
        items = find_bursts(made(counts(rng, share, trials, 0.4, 0.3), trials), "all")
        p = [item.p for item in items] + [1.0] * (60 - len({item.series for item in items}))
        assert [item.q for item in items] == pytest.approx(false_discovery_control(p)[: len(items)])
        called += [item.series for item in items if item.decision == "burst"]
        alone += sum(item.p <= LEVEL for item in items if item.series != "s0")
    assert called.count("s0") >= 3
    assert len(called) - called.count("s0") <= 1 < alone


def test_one_article_of_a_topic_is_no_burst_of_it() -> None:
    """Weights that hardly scatter tell much of a share, so that a single article that holds a topic stands out; it is one article."""
    trials, stories = np.full((1, 24), 20000.0), np.full(24, 300.0)
    hits = trials * 0.0015
    hits[0, 12] = 20000 * (0.0015 + 1 / 300)
    data = replace(made(hits, trials), stories=stories)
    assert find_bursts(data, "all")[0].decision == "rests on fewer than 3 stories"
    hits[0, 12] = 20000 * (0.0015 + 4 / 300)
    assert find_bursts(replace(made(hits, trials), stories=stories), "all")[0].decision == "burst"


def test_a_burst_ends_where_a_hole_in_the_data_begins() -> None:
    trials = np.full((1, 24), 100.0)
    hits = np.full((1, 24), 5.0)
    hits[0, 10:14] = 60.0
    data = made(hits, trials)
    whole = find_bursts(data, "all")
    assert [(burst.start, burst.end) for burst in whole] == [(data.labels[10], data.labels[13])]
    places = np.where(np.arange(24) >= 12, np.arange(24) + 20, np.arange(24))
    parts = find_bursts(replace(data, places=places), "all")
    assert [(burst.start, burst.end) for burst in parts] == [(data.labels[10], data.labels[11]), (data.labels[12], data.labels[13])]
