"""A consensus is proposed where it measures better than a single fit, and only there."""

from __future__ import annotations

import msgspec
import pytest
from test_proposal import LOOSE, flat, measures, noisy

from topics.quality.ensemble import compare
from topics.quality.proposal import Proposal
from topics.quality.stability import Stability
from topics.quality.sweep import Measures

GIVEN = Proposal(10, ("10 is proposed.",))
SINGLE = measures(10, flat(-7), flat(0.3))


def several(prediction: list[float], coherence: list[float], **changes: object) -> Measures:
    return msgspec.structs.replace(measures(10, prediction, coherence), consensus=5, **changes)


@pytest.mark.parametrize(
    ("prediction", "coherence", "consensus", "said"),
    [
        (flat(-6.9), flat(0.35), 5, "better in held-out prediction and coherence (NPMI)"),
        (flat(-6.9), noisy(0.3, 2), 5, "better in held-out prediction by more than one standard error, as good in the rest"),
        (noisy(-7, 1), flat(0.35), 5, "better in coherence (NPMI) by more"),
        (noisy(-7, 1), noisy(0.3, 2), 1, "better in none of them"),
        (flat(-6.9), flat(0.29), 1, "worse in coherence (NPMI) by more"),
        (flat(-7.1), flat(0.35), 1, "worse in held-out prediction by more"),
        (flat(-7.1), flat(0.2), 1, "worse in held-out prediction and coherence"),
        (flat(-7), flat(0.3), 1, "better in none of them"),
    ],
)
def test_it_is_proposed_where_it_is_better_and_worse_in_nothing(
    prediction: list[float], coherence: list[float], consensus: int, said: str
) -> None:
    found = compare(GIVEN, SINGLE, several(prediction, coherence))
    assert (found.n_topics, found.consensus) == (10, consensus)
    assert found.sentences[0] == GIVEN.sentences[0]
    assert said in found.sentences[-1]
    assert ("takes 5 fits in place of one" in found.sentences[-1]) is (consensus == 5)


@pytest.mark.parametrize("which", ["over_seeds", "over_resamples"])
def test_topics_that_do_not_come_back_are_not_proposed(which: str) -> None:
    found = compare(GIVEN, SINGLE, several(flat(-6), flat(0.5), **{which: LOOSE}))
    assert found.consensus == 1
    assert "do not come back" in found.sentences[-1]


def test_topics_that_come_back_less_from_other_documents_are_not_proposed() -> None:
    lower = Stability(tuple(value - 0.1 for value in SINGLE.over_resamples.pairs), 0.1, 0.15)
    found = compare(GIVEN, SINGLE, several(flat(-6), flat(0.5), over_resamples=lower))
    assert found.consensus == 1
    assert "worse in stability over resamples by more than one standard error" in found.sentences[-1]


def test_the_figures_of_both_are_told() -> None:
    other = several(flat(-6.5), flat(0.4), diversity=(0.75,) * 4)
    told = compare(GIVEN, SINGLE, other).sentences[1]
    for part in ("consensus of 5 fits at 10 topics", "perplexity 665.1 for 1,096.6", "NPMI 0.400 for 0.300", "diversity 0.750 for 0.500"):
        assert part in told
    assert "stability over seeds 0.610 for 0.610" in told


def test_what_a_proposed_consensus_gives_up_is_told() -> None:
    better = several(flat(-6.5), flat(0.4), diversity=(0.4,) * 4, over_seeds=Stability((0.5, 0.5), 0.1, 0.15))
    found = compare(GIVEN, SINGLE, better)
    assert found.consensus == 5
    assert found.sentences[-1].startswith("It is lower in diversity (0.400 for 0.500), stability over seeds (0.500 for 0.610):")
    refused = several(flat(-7.5), flat(0.2), diversity=(0.4,) * 4)
    assert "It is lower" not in " ".join(compare(GIVEN, SINGLE, refused).sentences)
