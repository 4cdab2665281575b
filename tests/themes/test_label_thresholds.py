"""A threshold from labels lies between scores, and is taken only where the labels show that it is better."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from topics.themes.evaluation import Judged, generator_for
from topics.themes.labelled import _better


def judged(generator: np.random.Generator, n: int, border: float, decided: float) -> Judged:
    """Labels of documents whose true border is at a logit, and that are decided at another."""
    margins = generator.normal(0, 2, n)
    truth = margins + generator.normal(0, 0.3, n) > border
    return Judged(truth, margins > decided, expit(margins), np.ones(n))


def test_it_lies_in_the_middle_of_the_gap() -> None:
    scores = expit(np.array([-3.0] * 15 + [-1.0] * 5 + [2.0] * 15))
    truth = np.arange(35) >= 20
    found = _better(Judged(truth, scores > expit(-2.0), scores, np.ones(35)), generator_for(1, "t", "x"))
    assert found == pytest.approx(expit(0.5))


def test_decisions_that_are_right_stay() -> None:
    """A hundred labels of decisions that lie where they should: nearly no draw moves them."""
    generator = np.random.default_rng(1)
    moved = [_better(judged(generator, 100, 0.0, 0.0), generator_for(n, "t", "x")) is not None for n in range(40)]
    assert np.mean(moved) < 0.2


def test_decisions_that_are_wrong_are_moved() -> None:
    generator = np.random.default_rng(2)
    found = [_better(judged(generator, 100, 1.5, 0.0), generator_for(n, "t", "x")) for n in range(40)]
    assert np.mean([value is not None for value in found]) > 0.8
    assert np.median([value for value in found if value is not None]) == pytest.approx(expit(1.5), abs=0.08)
