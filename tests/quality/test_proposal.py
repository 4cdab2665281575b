"""The proposal: which number of topics, and that it says why."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from topics.core.errors import ContractError
from topics.quality.proposal import criterion, propose
from topics.quality.stability import Stability
from topics.quality.sweep import Measures

STABLE, LOOSE = Stability((0.6, 0.62), 0.1, 0.15), Stability((0.12, 0.1), 0.1, 0.15)


def measures(
    n_topics: int, prediction: list[float], coherence: list[float], seeds: Stability = STABLE, resamples: Stability = STABLE
) -> Measures:
    return Measures(n_topics, tuple(coherence), tuple(coherence), (0.5,) * 4, tuple(prediction), (100,) * len(prediction), seeds, resamples)


def flat(value: float, spread: float = 0.01) -> list[float]:
    return [value - spread, value + spread, value + spread, value - spread]


def noisy(value: float, seed: int) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, 1, 4)
    return list(value + 0.1 * (noise - noise.mean()))


def test_one_standard_error_is_of_the_paired_difference() -> None:
    values = {5: [1.0, 2.0, 3.0, 4.0], 10: [1.1, 2.1, 3.1, 4.1], 20: [1.0, 2.3, 3.0, 4.1]}
    found = criterion("x", values)
    short = np.array(values[10]) - np.array(values[20])
    assert found.best == 10 or short.mean() <= short.std(ddof=1) / 2
    assert found.good == tuple(
        n
        for n in (5, 10, 20)
        if (np.array(values[found.best]) - values[n]).mean() <= (np.array(values[found.best]) - values[n]).std(ddof=1) / 2
    )
    assert 5 not in criterion("x", {5: values[5], 10: values[10]}).good, "worse in every pair by the same: clearly worse"


def test_the_smallest_that_is_as_good_in_both_is_proposed() -> None:
    found = propose(
        [
            measures(5, flat(-8), flat(0.1)),
            measures(10, flat(-7), flat(0.3)),
            measures(20, noisy(-7, 1), noisy(0.3, 2)),
            measures(30, flat(-9), flat(0.1)),
        ]
    )
    assert found.n_topics == 10
    assert "10 is proposed: the smallest number that is as good as the best in both." in found.sentences


def test_it_says_when_nothing_tells_them_apart() -> None:
    found = propose([measures(n, noisy(-7, n), noisy(0.3, n + 1)) for n in (5, 10, 20)])
    assert found.n_topics == 5
    assert any("Nothing here tells these numbers apart" in sentence for sentence in found.sentences)


def test_numbers_whose_topics_do_not_come_back_are_left_out() -> None:
    loose = measures(5, flat(-6), flat(0.5), resamples=LOOSE)
    also = measures(8, flat(-6), flat(0.5), seeds=LOOSE)
    found = propose([loose, also, measures(10, flat(-7), flat(0.3)), measures(20, flat(-8), flat(0.2))])
    assert found.n_topics == 10
    assert "by chance: 5 and 8." in found.sentences[0]


def test_without_stable_topics_none_is_proposed() -> None:
    found = propose([measures(n, flat(-7), flat(0.3), LOOSE, LOOSE) for n in (5, 10)])
    assert found.n_topics is None
    assert "none is proposed" in found.sentences[0]


def test_a_disagreement_is_said_and_the_compromise_gives_up_least() -> None:
    found = propose([measures(5, flat(-9), flat(0.30)), measures(10, flat(-7.2), flat(0.28)), measures(20, flat(-7), flat(0.10))])
    assert found.n_topics == 10
    assert any("No number is as good as the best in both" in sentence and "10%" in sentence for sentence in found.sentences)


@pytest.mark.parametrize(("best", "word"), [(20, "larger"), (5, "smaller")])
def test_a_proposal_at_the_edge_says_to_look_beyond(best: int, word: str) -> None:
    found = propose([measures(n, flat(-7 - abs(n - best)), flat(0.3 - abs(n - best) / 100)) for n in (5, 10, 20)])
    assert found.n_topics == best
    assert word in found.sentences[-1]


def test_a_proposal_inside_says_nothing_of_the_edge() -> None:
    found = propose([measures(n, flat(-7 - abs(n - 10)), flat(0.3 - abs(n - 10) / 100)) for n in (5, 10, 20)])
    assert "tried" not in " ".join(found.sentences)


def test_one_number_is_no_choice() -> None:
    with pytest.raises(ContractError, match="two numbers"):
        propose([measures(5, flat(-7), flat(0.3))])


def test_the_perplexity_that_is_told_is_that_of_all_held_out_words() -> None:
    """As in the table: folds of more words count more."""
    uneven = [replace(measures(n, [-7.0, -6.0, -6.0, -6.0], flat(0.3)), words=(1000, 10, 10, 10)) for n in (5, 10)]
    found = propose(uneven)
    assert f"perplexity {uneven[0].perplexity:,.1f}" in " ".join(found.sentences)
    assert uneven[0].perplexity == pytest.approx(np.exp(7 - 30 / 1030))
