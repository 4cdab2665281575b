"""Emergence: flat series are no signals, planted ones are, and the back-test knows the difference."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from tests.trends.planted import cells, counts, labels
from topics.trends._sample import Sample, sample
from topics.trends.emergence import back_test, effective_sources, emergence, n_recent


def made(hits: np.ndarray, trials: np.ndarray) -> Sample:
    rows = zip(hits, trials, strict=True)
    return sample([cells(k.tolist(), n.tolist(), f"s{row}") for row, (k, n) in enumerate(rows)])


def found(data: Sample, sources: float = 5.0) -> tuple:
    return emergence(data, "all", np.full(len(data.names), sources), 10.0)


@pytest.mark.parametrize("n_periods", [12, 24, 60])
def test_flat_series_are_no_signals(n_periods: int) -> None:
    rng = np.random.default_rng(n_periods)
    for rho, share in ((0.0, 0.1), (0.4, 0.02), (0.7, 0.05)):
        trials = rng.integers(15, 80, (150, n_periods)).astype(float)
        hits = counts(rng, np.full(trials.shape, share), trials, rho, 0.35)
        alone = [found(made(hits[row : row + 1], trials[row : row + 1]))[0] for row in range(50)]
        together = found(made(hits, trials))
        assert sum(item.q <= 0.05 for item in alone) <= 2
        assert sum(not item.decision.startswith("no signal") for item in together) <= 0.05 * 150


def test_a_planted_growth_is_a_signal_with_its_size() -> None:
    share = np.full((30, 36), 0.01)
    share[:, -6:] = 0.04
    trials = np.full((30, 36), 150.0)
    items = found(made(counts(np.random.default_rng(1), share, trials, 0.3, 0.2), trials))
    assert np.mean([item.decision == "weak signal" for item in items]) > 0.8
    assert np.median([item.growth for item in items]) == pytest.approx(4.1, rel=0.1)
    assert np.mean([item.low < 4.1 < item.high for item in items]) >= 0.9
    assert np.median([item.novelty for item in items]) == pytest.approx(0.75, abs=0.05)
    first = items[0]
    assert first.score == pytest.approx(first.probability * 0.5 * first.novelty)
    assert first.since == labels(36)[30]


def test_what_grew_large_or_in_one_source_is_said() -> None:
    share = np.full((1, 36), 0.1)
    share[:, -6:] = 0.5
    trials = np.full((1, 36), 100.0)
    data = made(share * trials, trials)
    assert found(data)[0].decision == "strong signal"
    assert found(data, 1.3)[0].decision == "has grown, but only in 1.3 sources"
    few = made(share[:, -12:] * 100, trials[:, -12:])
    assert found(few)[0].decision.endswith("few periods: read with care")


def test_the_q_values_are_benjamini_and_hochbergs_over_the_doubts() -> None:
    rng = np.random.default_rng(2)
    share = np.full((8, 24), 0.05)
    share[:4, -4:] = 0.15
    trials = np.full((8, 24), 60.0)
    items = found(made(counts(rng, share, trials), trials))
    assert [item.q for item in items] == pytest.approx(false_discovery_control([1 - item.probability for item in items]))


def test_sources_are_counted_by_their_weight() -> None:
    masses = np.array([[2.0, 2.0, 2.0], [95.0, 5.0, 0.0], [0.0, 0.0, 0.0]])
    assert effective_sources(masses) == pytest.approx([3.0, 1 / (0.95**2 + 0.05**2), 0.0])


def test_the_back_test_knows_lasting_growth_from_noise() -> None:
    rng = np.random.default_rng(5)
    trials = np.full((20, 48), 100.0)
    lasting = np.full(trials.shape, 0.02)
    for row in range(6):
        lasting[row, 14 + 3 * row :] = 0.1
    good = back_test(made(counts(rng, lasting, trials), trials), "all")
    assert good.n_calls >= 5
    assert good.n_held / good.n_calls > 0.9
    assert good.brier < good.brier_of_base
    flat = back_test(made(counts(rng, np.full(trials.shape, 0.1), trials), trials), "all")
    assert flat.n_calls <= 2
    assert flat.base_rate < 0.1


def test_the_back_test_sees_nothing_that_came_later() -> None:
    """Shares after the periods that the last outcome needs change nothing."""
    rng = np.random.default_rng(6)
    trials = np.full((3, 12), 50.0)
    hits = counts(rng, np.full(trials.shape, 0.2), trials)
    data, other = made(hits, trials), made(np.concatenate([hits[:, :8], hits[:, 8:][:, ::-1]], axis=1), trials)
    assert n_recent(8) == 4  # one origin: eight periods known, four looked at
    assert back_test(data, "all") == back_test(other, "all")


def test_a_back_test_without_a_call_says_nothing_of_calls() -> None:
    """On flat series small probabilities beat any base rate, which is no praise of calls that were never made."""
    rng = np.random.default_rng(5)
    trials = np.full((20, 24), 100.0)
    tested = back_test(made(counts(rng, np.full(trials.shape, 0.1), trials), trials), "all")
    assert (tested.n_calls, tested.decision) == (0, "no call was made")


def test_series_without_articles_are_not_tested() -> None:
    trials = np.full((3, 24), 50.0)
    hits = np.zeros((3, 24))
    hits[0] = 5
    hits[1, 20:] = 0.9
    kept, few, none = found(made(hits, trials))
    assert kept.decision == "no signal"
    assert (few.decision, none.decision) == tuple(f"not tested: 4 stories of it are needed, there are {n}" for n in ("3.6", "0.0"))
    assert math.isnan(few.q) and math.isnan(none.growth)
    assert kept == found(made(hits[:1], trials[:1]))[0], "they are no part of the family"
    assert back_test(made(hits, trials), "all") == back_test(made(hits[:1], trials[:1]), "all")
    assert back_test(made(hits[1:], trials[1:]), "all").decision == "not tested: no series had 4 stories at any of 12 past dates"


def test_too_little_is_said_in_words() -> None:
    short = made(np.full((2, 7), 5.0), np.full((2, 7), 30.0))
    assert all("8 complete periods" in item.decision and math.isnan(item.score) for item in found(short))
    assert "8 complete periods" in back_test(short, "all").decision
    middle = made(np.full((2, 10), 5.0), np.full((2, 10), 30.0))
    assert back_test(middle, "all").decision == "not tested: 12 complete periods are needed to look back, there are 10"


def test_what_weights_tell_beyond_yes_or_no_counts() -> None:
    """Weights that scatter a quarter as much as a yes or no tell as much as four times the stories."""
    trials = np.full(24, 20.0)
    hits = trials * np.where(np.arange(24) < 20, 0.05, 0.1)
    plain = cells(hits.tolist(), trials.tolist())
    told = sample([tuple(replace(cell, n_info=4 * cell.n_eff) for cell in plain)])
    assert told.trials.tolist() == [[80.0] * 24]
    assert told.hits[0] == pytest.approx(4 * hits)
    assert told.stories.tolist() == trials.tolist()
    assert found(told)[0].probability > found(sample([plain]))[0].probability


def test_one_month_of_excitement_is_no_signal() -> None:
    rng = np.random.default_rng(8)
    share = np.full((60, 36), 0.01)
    share[np.arange(60), rng.integers(30, 36, 60)] = 0.35
    trials = np.full((60, 36), 200.0)
    items = found(made(counts(rng, share, trials, 0.0, 0.3), trials))
    assert np.mean([item.decision == "no signal" for item in items]) >= 0.9
