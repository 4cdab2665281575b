"""Steps beside noise, slopes and the seasons: what is told as another level, and what is not."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from tests.trends.test_statistics import simulated
from topics.core.matrices import Float64
from topics.core.series import TrendCell
from topics.trends.change_points import proposed
from topics.trends.observations import Observations, observe
from topics.trends.regression import Fit, regress
from topics.trends.steps import A_STEP, Steps, beyond_noise, line, nothing, steps_at, steps_of, wave

YEARS = np.arange(48) / 12
SMOOTH = {"line": np.log(2.5) * (YEARS - 2), "wave": np.sin(2 * np.pi * YEARS), "both": 0.8 * (YEARS - 2) + 0.5 * np.sin(2 * np.pi * YEARS)}


def bent(seed: int, logits: Float64) -> tuple[TrendCell, ...]:
    return simulated(seed, expit(-1.5 + logits).tolist(), 60)


def told(logits: Float64, n_series: int) -> tuple[list[Steps], list[Steps]]:
    """Steps beside noise alone, and beside lines and waves too."""
    series = [observe(bent(seed, logits)) for seed in range(n_series)]
    return [beyond_noise(seen, proposed(seen), nothing(seen)) for seen in series], [steps_of(seen, proposed(seen)) for seen in series]


def test_a_slope_is_seldom_another_level() -> None:
    before, after = told(SMOOTH["line"], 5)
    assert sum(bool(steps.places) for steps in before) >= 4
    assert sum(bool(steps.places) for steps in after) <= 1


@pytest.mark.parametrize("course", ["wave", "both"])
def test_the_seasons_are_no_other_level(course: str) -> None:
    assert not any(steps.places for steps in told(SMOOTH[course], 5)[1])


@pytest.mark.parametrize("size", [-2.5, 2.5])
def test_a_strong_step_on_a_slope_is_told(size: float) -> None:
    _, after = told(0.6 * SMOOTH["line"] + np.where(np.arange(48) >= 30, size, 0.0), 4)
    assert all(30 in steps.places for steps in after)
    assert any(steps.beside.shape[1] for steps in after)


def test_runs_of_news_that_hangs_on_are_no_levels_together() -> None:
    """Many stories a period, autocorrelation .5: the levels of such runs, fitted at once, would leave no noise to compare them with."""
    generator, called = np.random.default_rng(7), 0
    for seed in range(40):
        noise = np.zeros(60)
        for place, shock in enumerate(generator.normal(0, 0.35 * math.sqrt(0.75), 60)):
            noise[place] = shock + (0.5 * noise[place - 1] if place else 0.0)
        seen = observe(simulated(seed, expit(-1.7 + noise).tolist(), 300))
        called += bool(steps_of(seen, proposed(seen)).places)
    assert called <= 4


def test_a_wave_needs_two_years_of_parts_of_a_year() -> None:
    seen = observe(simulated(1, [0.2] * 24, 60))
    assert wave(seen).shape == (24, 2)
    assert wave(observe(simulated(1, [0.2] * 22, 60))).shape == (22, 0)
    years = replace(seen, years=np.arange(24.0))
    assert wave(years).shape == (24, 0)


def test_what_describes_best_is_schwarzs_criterion_by_hand() -> None:
    """The model with the highest full likelihood, written out, less half of ln n a number."""
    chosen = set()
    for seed in range(8):
        seen = observe(bent(seed, 0.45 * YEARS + np.where(np.arange(48) >= 24, 0.25 * seed, 0.0)))
        plain = beyond_noise(seen, proposed(seen), nothing(seen))
        courses = [line(seen), wave(seen), np.column_stack([line(seen), wave(seen)])]
        whole = np.column_stack([steps_at(48, plain.places), courses[-1]])
        fit = regress((seen.shares * seen.n)[None], seen.n[None], seen.steps, whole[None])

        def best(models: list[Steps], seen: Observations = seen, fit: Fit = fit) -> Steps:
            numbers = [A_STEP * len(model.places) + model.beside.shape[1] for model in models]
            scores = [likelihood(fit, seen, model.design(seen)) - n * math.log(48) / 2 for model, n in zip(models, numbers, strict=True)]
            return models[int(np.argmax(scores))]

        smooth = best([Steps((), (), own) for own in courses])
        told = best([plain, smooth, beyond_noise(seen, plain.places, smooth.beside)])
        assert steps_of(seen, proposed(seen)).places == told.places
        chosen.add(bool(told.places))
    assert chosen == {True, False}


def likelihood(fit: Fit, seen: Observations, design: Float64) -> float:
    found = []
    for rho, sigma in fit.noise:
        covariance = sigma**2 * np.where(seen.steps[:, None] == seen.steps, 1.0, rho ** np.abs(seen.steps[:, None] - seen.steps))
        covariance += np.diag(fit.variances[0])
        inverse = np.linalg.inv(covariance)
        left = fit.response[0] - design @ np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ fit.response[0])
        found.append(-0.5 * (np.linalg.slogdet(covariance)[1] + left @ inverse @ left))
    return float(max(found))
