"""How often the statistics of trends find something in flat series, and how often what was planted; seeded simulation, no data.

    python benchmarks/patterns.py [--series 200] [--seed 1] [--json OUT]

Counts are binomial around a level that wanders (AR(1), standard deviation .35 on the logit), in periods of 15 to 60 stories at a share of
.1. `flat` is the share of series in which the statistic finds anything, `planted` that in which it finds what was planted: a pulse of three
periods at four times the odds; the last sixth at four times the odds; a level from one month on at twice the odds; a season of e to 1 from
top to bottom; a common level that one side has three periods earlier (standard deviation .5, 40 stories, a share of .2).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from topics.core.events import Event
from topics.core.series import TrendCell
from topics.trends._sample import Sample, first_day, sample
from topics.trends.bursts import find_bursts
from topics.trends.emergence import emergence, n_recent
from topics.trends.interruptions import event_effects
from topics.trends.lead_lag import lead_lag
from topics.trends.periods import label_of, next_start
from topics.trends.seasonality import seasonal_effects

Array = npt.NDArray[np.float64]
SHARE, SPREAD = 0.1, 0.35
LENGTHS, RHOS = (24, 60, 120), (0.0, 0.4, 0.7)
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


def cells(hits: Array, trials: Array, language: str = "all") -> tuple[TrendCell, ...]:
    rows = zip(labels(len(hits)), hits.tolist(), trials.tolist(), strict=True)
    return tuple(TrendCell("x", language, label, int(n), int(n), n, k, k / n, 0.0, 1.0, True) for label, k, n in rows)


def made(rng: np.random.Generator, level: Array, rho: float) -> Sample:
    trials = rng.integers(15, 60, level.shape).astype(float)
    hits = rng.binomial(trials.astype(int), expit(level + wander(rng, level.shape, rho, SPREAD))).astype(float)
    return sample([cells(k, n) for k, n in zip(hits, trials, strict=True)])


def alone(data: Sample) -> list[Sample]:
    """Each series as a family of its own."""
    return [
        Sample((name,), data.labels, data.places, data.hits[row : row + 1], data.trials[row : row + 1], data.refusal)
        for row, name in enumerate(data.names)
    ]


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


def leads(rng: np.random.Generator, n_series: int, n: int, rho: float) -> tuple[float, float]:
    """Share of false leads between independent sides, and of leads of three periods that are found exactly."""

    def side(level: Array, language: str) -> tuple[TrendCell, ...]:
        trials = rng.poisson(40, n) + 1.0
        return cells(rng.binomial(trials.astype(int), expit(logit(0.2) + level)).astype(float), trials, language)

    false = exact = 0
    for one, other in zip(wander(rng, (n_series, n + 3), rho, 0.5), wander(rng, (n_series, n + 3), rho, 0.5), strict=True):
        found = lead_lag(side(one[3:], "en"), side(other[3:], "vi"))
        false += found.p < LEVEL and found.lag != 0
        found = lead_lag(side(one[3:], "en"), side(one[:n], "vi"))
        exact += found.p < LEVEL and found.lag == 3
    return false / n_series, exact / n_series


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    rows: list[dict[str, str | int | float]] = []
    print(f"{'statistic':<16}{'periods':>8}{'rho':>6}{'flat':>8}{'planted':>9}")
    for n in LENGTHS:
        for rho in RHOS:
            rng = np.random.default_rng([chosen.seed, n, int(10 * rho)])
            found: dict[str, tuple[float, float]] = {}
            for name, (rate, planted) in CASES.items():
                if name == "season" and n < 36:
                    continue  # refused: fewer than three years
                shape = (chosen.series, n)
                flat = rate(made(rng, np.full(shape, logit(SHARE)), rho))
                found[name] = flat, rate(made(rng, np.broadcast_to(logit(SHARE) + planted(n), shape), rho))
            found["lead of three"] = leads(rng, chosen.series, n, rho)
            for name, (flat, planted_rate) in found.items():
                rows.append({"statistic": name, "periods": n, "rho": rho, "flat": flat, "planted": planted_rate})
                print(f"{name:<16}{n:>8}{rho:>6}{flat:>8.3f}{planted_rate:>9.2f}", flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
