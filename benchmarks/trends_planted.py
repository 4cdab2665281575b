"""Planted corpora counted without a model: intervals over lengths and noises, vague dates in tests, leads. Seeded simulation, no data.

`python benchmarks/trends_planted.py --part coverage vague leads --replicates 50 --json out.json`.

`coverage`: share of periods whose 95 % interval holds the planted share, for flat and rising series of a share of .15, 40 stories a month;
`ratio` is the interval's width over that of who knows the day of every article and counts every story once (`oracle_width`).

`vague`: flat series of a share of .1 of which a part of the articles is dated to a quarter or half-year only; share of series in which
growth, a change point or a signal is found, each series a family of its own.

`leads`: two languages of 40 stories a month each and a share of .2, whose common noise (deviation .5) one has some months before the other,
or each its own (`lag` none). `exact`: called at 5 % at the lag that was planted; `covered`: of these called, the interval holds the lag;
`precedes`: called as a lead of one language, which is false where the lag is none or 0. `wrong`: as a lead of the wrong language.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from trends import Row, Tally, show

from topics.core.matrices import Float64
from topics.core.series import TrendCell, TrendSeries
from topics.testing.plant import Plan, Planted, plant
from topics.trends._sample import sample
from topics.trends.aggregate import Weights, aggregate
from topics.trends.change_points import change_points
from topics.trends.emergence import emergence
from topics.trends.lead_lag import LeadLag, all_lead_lags
from topics.trends.statistics import growth
from topics.trends.uncertainty import jeffreys_bounds

LEVEL, SPREAD, COMMON = 0.05, 0.35, 0.5
PERIODS, RHOS = [12, 24, 52, 156], [0.0, 0.4, 0.7]
VAGUE = (0.0, 0.3, 0.6)
CONDITIONS: dict[str, dict[str, object]] = {
    "exact": {},
    "reprints": {"reprints": True},
    "vague .3": {"vague": 0.3},
    "vague .6": {"vague": 0.6},
}
LAGS = (None, -3, -2, -1, 0, 1, 2, 3)


def trends_of(planted: Planted) -> TrendSeries:
    """The shares that the toolkit makes of the documents, by articles."""
    corpus, order = planted.corpus()
    weights = Weights("theme", "planted", ("x",), planted.label[order].astype(float)[:, None], False)
    return aggregate(corpus, weights, "month", as_of=None)


def told(planted: Planted) -> tuple[Float64, Float64, Float64]:
    """Share and interval of who knows the day of every article, with one vote a story."""
    once, n_periods = np.unique(planted.story, return_index=True)[1], planted.plan.n_periods
    n = np.bincount(planted.period[once], minlength=n_periods).astype(float)
    share = np.bincount(planted.period[once], weights=planted.label[once], minlength=n_periods) / n
    return (share, *jeffreys_bounds(share, n))


def coverage(replicates: int) -> Iterator[Row]:
    """Do intervals hold the share that was planted, and how wide are they?"""
    for (name, more), n_periods, rho in product(CONDITIONS.items(), PERIODS, RHOS):
        tallies = {"articles": Tally(), "stories": Tally(), "oracle": Tally()}
        for seed, curve in product(range(replicates // 2), ("flat", "linear")):
            planted = plant(Plan(curve, n_periods, noise=SPREAD, rho=rho, **more), seed)  # type: ignore[arg-type]
            cells = trends_of(planted).of("x")
            places = [12 * (int(cell.period[:4]) - 2010) + int(cell.period[5:]) - 1 for cell in cells]
            for weighting in ("articles", "stories"):
                bounds = [np.array([getattr(getattr(cell, weighting), part) for cell in cells]) for part in ("value", "low", "high")]
                tallies[weighting].add(bounds[0], bounds[1], bounds[2], planted.expected[places])
            tallies["oracle"].add(*told(planted), planted.expected)
        oracle = tallies.pop("oracle").row()
        for weighting, tally in tallies.items():
            row = tally.row()
            head: Row = {"part": "coverage", "condition": name, "periods": n_periods, "rho": rho, "share of": weighting, "n": tally.n}
            yield head | row | {"oracle_width": oracle["width"], "ratio": float(row["width"]) / float(oracle["width"])}


def vague(replicates: int) -> Iterator[Row]:
    """How often is something said of a flat series whose dates are vague?"""
    for n_periods, rho, part in product([n for n in PERIODS if n < 156], RHOS, VAGUE):
        plan = Plan(n_periods=n_periods, base=0.1, noise=SPREAD, rho=rho, vague=part)
        family = [trends_of(plant(plan, seed)).of("x") for seed in range(replicates)]
        called = {
            "growth": [found.p < LEVEL for found in growth.together(family)],
            "change points": [bool(change_points(cells)) for cells in family],
            "signals": [_signal(cells) for cells in family],
        }
        head: Row = {"part": "vague", "periods": n_periods, "rho": rho, "vague": part, "replicates": replicates}
        yield head | {name: float(np.mean(decisions)) for name, decisions in called.items()}


def _signal(cells: tuple[TrendCell, ...]) -> bool:
    found = emergence(sample([cells]), "all", np.full(1, 10.0), 10.0)[0].decision
    return found.startswith(("weak signal", "strong signal"))


def _lead(planted: Planted) -> LeadLag:
    return next(item for item in all_lead_lags(trends_of(planted)) if item.series == "x")


def leads(replicates: int) -> Iterator[Row]:
    """Is a lead found where there is one, with its lag, and none where there is none?"""
    conditions = {name: more for name, more in CONDITIONS.items() if name != "vague .6"}
    for (name, more), n_periods, rho in product(conditions.items(), [n for n in PERIODS if 12 < n < 156], RHOS):
        for lag in LAGS if name == "exact" else (None, 3):
            plan = Plan(n_periods=n_periods, base=0.2, noise=COMMON, rho=rho, languages=2, lag=lag, **more)  # type: ignore[arg-type]
            found = [_lead(plant(plan, seed)) for seed in range(replicates)]
            called = [item for item in found if item.p < LEVEL]
            ahead = [item for item in called if not item.low <= 0 <= item.high]
            row: Row = {"part": "leads", "condition": name, "periods": n_periods, "rho": rho, "lag": "none" if lag is None else str(lag)}
            row |= {"called": len(called) / replicates, "precedes": len(ahead) / replicates}
            row |= {"exact": "", "covered": "", "wrong": ""}
            if lag is not None:
                row |= {"exact": sum(item.lag == lag for item in called) / replicates}
                row |= {"covered": sum(item.low <= lag <= item.high for item in called) / max(1, len(called))}
                row |= {"wrong": sum(item.lag * lag < 0 for item in ahead) / replicates}
            yield row | {"replicates": replicates}


PARTS: dict[str, Callable[[int], Iterator[Row]]] = {"coverage": coverage, "vague": vague, "leads": leads}


def main() -> None:
    """Print one table a part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--replicates", type=int, default=50)
    parser.add_argument("--periods", type=int, nargs="+", default=PERIODS)
    parser.add_argument("--rho", type=float, nargs="+", default=RHOS)
    parser.add_argument("--conditions", nargs="+", choices=list(CONDITIONS), default=list(CONDITIONS), help="of coverage and leads")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    PERIODS[:], RHOS[:] = options.periods, options.rho
    for condition in set(CONDITIONS) - set(options.conditions):
        del CONDITIONS[condition]
    rows: list[Row] = []
    for part in options.part:
        header: list[str] = []
        for row in PARTS[part](options.replicates):
            if list(row) != header:
                header = list(row)
                print("\t".join(header))
            print(show(row), flush=True)
            rows.append(row)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
