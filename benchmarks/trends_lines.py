"""Straight lines, waves of the year and steps: are smooth courses told as changes of level? Seeded simulation, no data.

`python benchmarks/trends_lines.py --replicates 100 --json out.json`.

Series of a share of .15 with 5 to 80 stories a month and noise of deviation .35: lines of 1.3 to 3 times the odds a year; waves of
e^.9 and e^2 from top to bottom; flat ones; one step of .9 half-way; a step of .9 and of 1.8 half-way on a line of twice the odds a year.
`before` is what steps are that are only compared with noise, `after` what is told. `any` is the share of series with a change point; where
there is a step, `f1` is that of finding it within three periods.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.special import expit, logit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import patterns
from trends_peers import Steps

from topics.core.matrices import Float64
from topics.core.series import TrendCell
from topics.trends.change_points import proposed
from topics.trends.observations import gate, observe
from topics.trends.steps import beyond_noise, nothing, steps_of

Row = dict[str, str | float]
SHARE, SPREAD, MARGIN = 0.15, 0.35, 3
FEWEST, MOST = 5, 80


def courses(n_periods: int) -> Iterator[tuple[str, Float64, bool]]:
    """Yield the name of each course, its logit around the share, and whether there is a step in it."""
    years, order = np.arange(n_periods) / 12, np.arange(n_periods)
    middle, step = years - years.mean(), np.asarray(order >= n_periods // 2, dtype=np.float64)
    yield "flat", 0 * years, False
    for odds in (1.3, 1.6, 2.0, 3.0):
        yield f"line {odds}", math.log(odds) * middle, False
    for size in (0.9, 2.0):
        yield f"wave {size}", size / 2 * np.sin(2 * math.pi * years), False
    yield "step .9", 0.9 * step, True
    for size in (0.9, 1.8):
        yield f"line 2, step {size}", math.log(2) * middle + size * step, True


def made(rng: np.random.Generator, course: Float64, rho: float) -> tuple[TrendCell, ...]:
    """One series of a course."""
    level = logit(SHARE) + course + patterns.wander(rng, (1, len(course)), rho, SPREAD)[0]
    trials = np.exp(rng.uniform(math.log(FEWEST), math.log(MOST), len(course))).round()
    return patterns.cells(rng.binomial(trials.astype(int), expit(level)).astype(float), trials)


def rows_of(replicates: int, n_periods: int, rho: float) -> Iterator[Row]:
    """Yield one row a course."""
    for number, (name, course, stepped) in enumerate(courses(n_periods)):
        rng = np.random.default_rng([number, n_periods, int(10 * rho)])
        found = {"before": [], "after": []}  # type: dict[str, list[tuple[int, ...]]]
        for _ in range(replicates):
            cells = made(rng, course, rho)
            seen = observe(cells)
            places = [] if gate(cells) else proposed(seen)
            for when, steps in (("before", beyond_noise(seen, places, nothing(seen))), ("after", steps_of(seen, places))):
                found[when].append(tuple(seen.firsts[place] for place in steps.places))
        row: Row = {"course": name, "periods": n_periods, "rho": rho, "replicates": replicates}
        for when, listed in found.items():
            row[f"any {when}"] = float(np.mean([bool(places) for places in listed]))
        for when, listed in found.items():
            row[f"f1 {when}"] = _f1(listed, n_periods // 2) if stepped else ""
        yield row


def _f1(listed: list[tuple[int, ...]], at: int) -> str | float:
    score = Steps(flat=1)
    for places in listed:
        score.add([(place, place, place) for place in places], at, MARGIN)
    return score.row()["f1"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--periods", type=int, nargs="+", default=[24, 36, 60, 156])
    parser.add_argument("--rho", type=float, nargs="+", default=[0.0, 0.4, 0.7])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[Row] = []
    for n_periods in options.periods:
        for rho in options.rho:
            for row in rows_of(options.replicates, n_periods, rho):
                if not rows:
                    print("\t".join(row))
                print("\t".join(f"{value:.2f}" if isinstance(value, float) else str(value) for value in row.values()), flush=True)
                rows.append(row)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
