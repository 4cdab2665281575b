"""How often the statistics of trends find something in flat series, and how often what was planted; seeded simulation, no data.

    python benchmarks/patterns.py [--series 200] [--seed 1] [--periods 24 60 120] [--rho 0 .4 .7] [--scatter 1] [--json OUT]

Counts are binomial around a level that wanders (AR(1), standard deviation .35 on the logit), in periods of 15 to 60 stories at a share of
.1; with a scatter under 1 stories have weights instead, of that variance over that of a yes or no. `flat` is the share of series in which
the statistic finds anything, `planted` that in which it finds what was planted: a pulse of three periods at four times the odds; the last
sixth at four times the odds; a level from one month on at twice the odds; a season of e to 1 from top to bottom; a common level that one
side has three periods earlier (standard deviation .5, 40 stories, a share of .2). `oracle` is what is found of the planted at 5 % by a test
that is told the noise's autocorrelation and deviation, and for leads also which lag to look at.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from scipy.stats import norm, pearsonr

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from topics.core.events import Event
from topics.core.series import TrendCell
from topics.trends._sample import Sample, first_day, sample
from topics.trends.bursts import find_bursts
from topics.trends.emergence import emergence, n_recent
from topics.trends.interruptions import event_effects
from topics.trends.lead_lag import lead_lag
from topics.trends.periods import label_of, next_start
from topics.trends.regression import regress, surprises
from topics.trends.seasonality import seasonal_effects

Array = npt.NDArray[np.float64]
SHARE, SPREAD = 0.1, 0.35
COMMON = 0.5  # standard deviation of the common level of two sides
LEVEL = 0.05


def labels(n: int) -> list[str]:
    starts = [date(2010, 1, 1)]
    while len(starts) < n:
        starts.append(next_start(starts[-1], "month") or starts[-1])
    return [label_of(start, "month") for start in starts]


def wander(rng: np.random.Generator, shape: tuple[int, int], rho: float, spread: float) -> Array:
    drawn = rng.normal(0, spread, shape)
    for period in range(1, shape[1]):
        drawn[:, period] = rho * drawn[:, period - 1] + math.sqrt(1 - rho**2) * drawn[:, period]
    return drawn


def cells(hits: Array, trials: Array, language: str = "all", scatter: float = 1.0, name: str = "x") -> tuple[TrendCell, ...]:
    rows = zip(labels(len(hits)), hits.tolist(), trials.tolist(), strict=True)
    return tuple(TrendCell(name, language, label, int(n), int(n), n, k, k / n, 0.0, 1.0, True, n_info=n / scatter) for label, k, n in rows)


def made(rng: np.random.Generator, level: Array, rho: float, scatter: float) -> Sample:
    trials = rng.integers(15, 60, level.shape).astype(float)
    share = expit(level + wander(rng, level.shape, rho, SPREAD))
    if scatter < 1:  # the mean of stories' weights, each from a beta distribution
        size = 1 / scatter - 1
        mean = [rng.beta(p * size, (1 - p) * size, int(n)).sum() for p, n in zip(share.ravel(), trials.ravel(), strict=True)]
        hits = np.array(mean).reshape(level.shape)
    else:
        hits = rng.binomial(trials.astype(int), share).astype(float)
    return sample([cells(k, n, scatter=scatter, name=f"s{row}") for row, (k, n) in enumerate(zip(hits, trials, strict=True))])


def alone(data: Sample) -> list[Sample]:
    """Each series as a family of its own."""
    rows = [slice(row, row + 1) for row in range(len(data.names))]
    return [replace(data, names=data.names[row], hits=data.hits[row], trials=data.trials[row]) for row in rows]


def bursts(data: Sample) -> float:
    return float(np.mean([any(item.decision == "burst" for item in find_bursts(one, "all")) for one in alone(data)]))


def signals(data: Sample) -> float:
    called = [emergence(one, "all", np.full(1, 10.0), 10.0)[0].decision for one in alone(data)]
    return float(np.mean([decision in ("weak signal", "strong signal") for decision in called]))


def events(data: Sample) -> float:
    event = Event(first_day(data.labels[len(data.labels) // 2]), "x")
    return float(np.mean([item.p < LEVEL for item in event_effects(data, "all", event) if item.effect == "level"]))


def seasons(data: Sample) -> float:
    return float(np.mean([item.p < LEVEL for item in seasonal_effects(data, "all") if item.effect == "season"]))


def told_events(data: Sample, rho: float) -> float:
    """Found by generalised least squares under the noise that was planted."""
    n = len(data.labels)
    design = np.stack([np.ones(n), np.linspace(-0.5, 0.5, n), step(n)], axis=1)[None]
    change = regress(data.hits, data.trials, data.places, design, np.array([[rho, SPREAD]])).column(2)
    return float((2 * norm.sf(np.abs(change.centres / change.scales)) < LEVEL).mean())


def pulse(n: int) -> Array:
    level = np.zeros(n)
    level[n // 2 : n // 2 + 3] = math.log(4)
    return level


def late(n: int) -> Array:
    return np.where(np.arange(n) >= n - n_recent(n), math.log(4), 0.0)


def step(n: int) -> Array:
    return np.where(np.arange(n) >= n // 2, math.log(2), 0.0)


def season(n: int) -> Array:
    return np.asarray(0.5 * np.cos(2 * math.pi * np.arange(n) / 12))


CASES: dict[str, tuple[Callable[[Sample], float], Callable[[int], Array]]] = {
    "bursts": (bursts, pulse),
    "emergence": (signals, late),
    "events (level)": (events, step),
    "season": (seasons, season),
}


def told_lead(left: tuple[TrendCell, ...], right: tuple[TrendCell, ...], rho: float) -> bool:
    """Whether the lead is seen by who knows the noise of both sides, that nothing else is there, and that the lag is three."""
    data = sample([left, right])
    design, noise = np.ones((1, len(data.labels), 1)), np.array([[rho, COMMON]])
    news = surprises(regress(data.hits, data.trials, data.places, design, noise), data.places, design)
    return bool(pearsonr(news[0, :-3], news[1, 3:]).pvalue < LEVEL)


def leads(rng: np.random.Generator, n_series: int, n: int, rho: float) -> tuple[float, float, float]:
    """Share of false leads between independent sides, of leads of three periods that are found exactly, and by who knows more."""

    def side(level: Array, language: str) -> tuple[TrendCell, ...]:
        trials = rng.poisson(40, n) + 1.0
        return cells(rng.binomial(trials.astype(int), expit(logit(0.2) + level)).astype(float), trials, language)

    false = exact = told = 0
    for one, other in zip(*(wander(rng, (n_series, n + 3), rho, COMMON) for _ in range(2)), strict=True):
        found = lead_lag(side(one[3:], "en"), side(other[3:], "vi"))
        false += found.p < LEVEL and found.lag != 0
        sides = side(one[3:], "en"), side(one[:n], "vi")
        found = lead_lag(*sides)
        exact += found.p < LEVEL and found.lag == 3
        told += told_lead(*sides, rho)
    return false / n_series, exact / n_series, told / n_series


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--periods", type=int, nargs="+", default=[24, 60, 120])
    parser.add_argument("--rho", type=float, nargs="+", default=[0.0, 0.4, 0.7])
    parser.add_argument("--scatter", type=float, default=1.0)
    parser.add_argument("--only", nargs="+", choices=[*CASES, "lead of three"], default=[*CASES, "lead of three"])
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    rows: list[dict[str, str | int | float]] = []
    print(f"{'statistic':<16}{'periods':>8}{'rho':>6}{'flat':>8}{'planted':>9}{'oracle':>8}")
    for n, rho in product(chosen.periods, chosen.rho):
        rng = np.random.default_rng([chosen.seed, n, int(10 * rho)])
        found: dict[str, tuple[float, float, float]] = {}
        for name, (rate, planted) in CASES.items():
            if name not in chosen.only or (name == "season" and n < 36):
                continue  # a season of fewer than three years is refused
            shape = (chosen.series, n)
            flat = rate(made(rng, np.full(shape, logit(SHARE)), rho, chosen.scatter))
            data = made(rng, np.broadcast_to(logit(SHARE) + planted(n), shape), rho, chosen.scatter)
            found[name] = flat, rate(data), told_events(data, rho) if rate is events else math.nan
        if chosen.scatter == 1 and "lead of three" in chosen.only:
            found["lead of three"] = leads(rng, chosen.series, n, rho)
        for name, (flat, rate_of_planted, told) in found.items():
            head = {"statistic": name, "periods": n, "rho": rho, "scatter": chosen.scatter, "series": chosen.series}
            rows.append({**head, "flat": flat, "planted": rate_of_planted, "oracle": "" if math.isnan(told) else told})
            print(f"{name:<16}{n:>8}{rho:>6}{flat:>8.3f}{rate_of_planted:>9.2f}{told:>8.2f}", flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
