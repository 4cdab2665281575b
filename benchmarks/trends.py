"""Planted trends: do intervals cover, are flat series left alone, are steps found, and what does it cost? Beside the peers' rules.

`python benchmarks/trends.py --part shares tests calibration falling families changes cost --replicates 100 --json out.json`.
`benchmarks/trends_models.py` asks the same of shares that a fitted model measures.

Peers: the Mann-Kendall tests of pymannkendall; shares as counts a stamp (BERTopic's and topica's topics over time) with dates at the
middle of their interval or left out; Wilson intervals; ruptures; BERTrend's percentile rule, written anew from its paper's description.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import trends_oracle
import trends_peers as peers

from topics.core.matrices import Float64
from topics.core.series import Period, TrendCell, TrendSeries
from topics.testing.plant import CURVES, Plan, Planted, plant
from topics.trends.aggregate import Weights, aggregate
from topics.trends.change_points import change_points
from topics.trends.periods import label_of, next_start
from topics.trends.statistics import growth
from topics.trends.table import statistic_table

Row = dict[str, str | float]
NEWS = {"noise": 0.35, "rho": 0.4}
CONDITIONS: dict[str, dict[str, object]] = {
    "exact": {},
    "uneven": {"sizes": "uneven"},
    "growing": {"sizes": "growing"},
    "reprints": {"reprints": True},
    "turnover": {"turnover": True},
    "vague .3": {"vague": 0.3},
    "vague .6": {"vague": 0.6},
    "reprints, vague .3": {"reprints": True, "vague": 0.3},
    "reprints, vague .6": {"reprints": True, "vague": 0.6},
}
MARGIN, SEED = 3, 10_000  # of a step in periods; of the part calibration, so that its series are none of the other parts'
PERIODS = [12, 24, 52, 156]
RHOS = [0.0, 0.4, 0.7]


def cells_of(planted: Planted, name: str = "x") -> tuple[TrendCell, ...]:
    """The cells of articles that are each a story of its own, dated to the day."""
    n = np.bincount(planted.period, minlength=planted.plan.n_periods)
    k = np.bincount(planted.period, weights=planted.label, minlength=planted.plan.n_periods)
    found, start = [], planted.dates[0].earliest
    assert start is not None
    start = start.replace(year=2010, month=1, day=1)
    for docs, count in zip(n.tolist(), k.tolist(), strict=True):
        share = count / docs
        found.append(TrendCell(name, "all", label_of(start, "month"), docs, docs, float(docs), count, share, 0.0, 1.0, True))
        start = next_start(start, "month") or start
    return tuple(found)


@dataclass
class Tally:
    """What intervals did."""

    inside: int = 0
    n: int = 0
    width: float = 0.0
    squares: float = 0.0

    def add(self, share: Float64, low: Float64, high: Float64, truth: Float64) -> None:
        """Count the periods with a share."""
        known = ~np.isnan(share)
        self.n += int(known.sum())
        self.inside += int(((low <= truth) & (truth <= high))[known].sum())
        self.width += float((high - low)[known].sum())
        self.squares += float(((share - truth) ** 2)[known].sum())

    def row(self) -> Row:
        """Coverage, mean width and root mean squared error."""
        return {"coverage": self.inside / self.n, "width": self.width / self.n, "rmse": math.sqrt(self.squares / self.n)}


def shares(replicates: int) -> Iterator[Row]:
    """Do intervals hold the share that was planted? By curve and what is wrong with the documents."""
    for condition, more in CONDITIONS.items():
        for curve in CURVES:
            tallies: dict[str, Tally] = {}
            for seed in range(replicates):
                planted = plant(Plan(curve, **NEWS, **more), seed)  # type: ignore[arg-type]
                corpus, order = planted.corpus()
                weights = Weights("theme", "planted", ("x",), planted.label[order].astype(float)[:, None], False)
                cells = aggregate(corpus, weights, "month", as_of=None).of("x")
                ours = (("ours, articles", "articles"), ("ours, stories", "stories"), ("ours, fixed mix", "fixed_mix"))
                for tool, name in ours:
                    bounds = [np.array([getattr(getattr(cell, name), part) for cell in cells]) for part in ("value", "low", "high")]
                    truth = planted.even_mix if name == "fixed_mix" else planted.expected
                    tallies.setdefault(tool, Tally()).add(bounds[0], bounds[1], bounds[2], truth)
                for tool, found in peers.shares(planted).items():
                    tallies.setdefault(tool, Tally()).add(*found, planted.expected)
            for tool, tally in tallies.items():
                yield {"part": "shares", "condition": condition, "curve": curve, "tool": tool, **tally.row()}


def tests(replicates: int) -> Iterator[Row]:
    """How often is a flat series called a trend, and a trend of one logit found? And does the interval of growth hold the truth?"""
    for n_periods in PERIODS:
        for rho in RHOS:
            for sizes in ("even", "uneven", "growing"):
                plan = Plan(n_periods=n_periods, base=0.1, noise=0.35, rho=rho, sizes=sizes)  # type: ignore[arg-type]
                called: dict[str, list[list[bool]]] = {}
                covered, ratios = [], []
                for curve in ("flat", "linear"):
                    for seed in range(replicates):
                        cells = cells_of(plant(replace(plan, curve=curve), seed))  # type: ignore[arg-type]
                        found = growth.compute(cells)
                        slope = (0.0 if curve == "flat" else plan.change) / ((n_periods - 1) / 12)
                        covered.append(math.log(found.low) <= slope <= math.log(found.high))
                        if curve == "linear":
                            ratios.append(math.log(found.value) / slope)
                        told = trends_oracle.called_trend(cells, rho, plan.noise)
                        decisions = {"ours": found.p < 0.05, "oracle": told, **peers.tests([cell.share for cell in cells])}
                        for tool, decision in decisions.items():
                            called.setdefault(tool, [[], []])[curve == "linear"].append(decision)
                for tool, (flat, rising) in called.items():
                    row: Row = {"part": "tests", "periods": n_periods, "rho": rho, "sizes": sizes, "tool": tool}
                    row |= {"false": float(np.mean(flat)), "power": float(np.mean(rising)), "replicates": len(flat)}
                    own = {"coverage": float(np.mean(covered)), "slope_ratio": float(np.mean(ratios))}
                    yield row | (own if tool == "ours" else {"coverage": "", "slope_ratio": ""})


def calibration(replicates: int) -> Iterator[Row]:
    """How often is a flat series called a trend, by ours and by a test that is told the noise? For more replicates than `tests` has."""
    for n_periods in PERIODS:
        for rho in RHOS:
            for sizes in ("even", "uneven", "growing"):
                plan = Plan(n_periods=n_periods, base=0.1, noise=0.35, rho=rho, sizes=sizes)  # type: ignore[arg-type]
                family = [cells_of(plant(plan, SEED + seed)) for seed in range(replicates)]
                ours = [value.p < 0.05 for value in growth.together(family)]
                told = [trends_oracle.called_trend(cells, rho, plan.noise) for cells in family]
                for tool, called in {"ours": ours, "oracle": told}.items():
                    head: Row = {"part": "calibration", "periods": n_periods, "rho": rho, "sizes": sizes, "tool": tool}
                    yield head | {"false": float(np.mean(called)), "replicates": replicates}


def falling(replicates: int) -> Iterator[Row]:
    """A trend of one logit up and down where periods grow: does a test find both, or does it see what growing periods do to ranks?"""
    for n_periods in (n for n in PERIODS if n <= 52):
        for rho in RHOS:
            called: dict[str, list[list[bool]]] = {}
            for falls, change in enumerate((1.0, -1.0)):
                plan = Plan("linear", n_periods=n_periods, base=0.1, change=change, noise=0.35, rho=rho, sizes="growing")
                for seed in range(replicates):
                    cells = cells_of(plant(plan, seed))
                    told = trends_oracle.called_trend(cells, rho, plan.noise)
                    ours = {"ours": growth.compute(cells).p < 0.05, "oracle": told}
                    for tool, decision in (ours | peers.tests([cell.share for cell in cells])).items():
                        called.setdefault(tool, [[], []])[falls].append(decision)
            for tool, (up, down) in called.items():
                head: Row = {"part": "falling", "periods": n_periods, "rho": rho, "tool": tool, "replicates": replicates}
                yield head | {"rising": float(np.mean(up)), "falling": float(np.mean(down))}


def families(replicates: int) -> Iterator[Row]:
    """Of series called trends, how many are flat? Fifteen flat ones and five that rise, 36 months; and what a percentile rule calls."""
    for rho in (0.0, 0.7):
        false, found, labels = [], [], []
        for seed in range(replicates):
            made = {}
            for number in range(20):
                plan = Plan("flat" if number < 15 else "linear", n_periods=36, base=0.1, change=2.0, noise=0.35, rho=rho)
                made[f"s{number:02d}"] = cells_of(plant(plan, 1000 * seed + number), f"s{number:02d}")
            periods = tuple(Period(cell.period, *_month(cell.period), True) for cell in made["s00"])
            series = TrendSeries("theme", "planted", False, periods, tuple(cell for cells in made.values() for cell in cells))
            called = [row.q < 0.05 for row in statistic_table(series, {"growth": growth.STATISTIC}).rows]
            false.append(sum(called[:15]) / max(1, sum(called)))
            found.append(sum(called[15:]) / 5)
            labels.append(peers.percentile_classes(np.array([[cell.mass for cell in made[f"s{n:02d}"]] for n in range(15)])))
        yield {"part": "families", "rho": rho, "tool": "ours, q < .05", "false_discoveries": np.mean(false), "power": np.mean(found)}
        weak, strong = (float(np.mean([value[number] for value in labels])) for number in (0, 1))
        yield {"part": "families", "rho": rho, "tool": "percentiles of popularity, flat series alone", "weak": weak, "strong": strong}


def _month(label: str) -> tuple:  # type: ignore[type-arg]
    from datetime import date, timedelta

    first = date.fromisoformat(f"{label}-01")
    following = next_start(first, "month")
    assert following is not None
    return first, following - timedelta(days=1)


def changes(replicates: int) -> Iterator[Row]:
    """How often has a flat series a change point, and is a step of .9 found within three periods? Do intervals hold it?"""
    if peers.ruptures is None:
        print("# ruptures left out: it is not installed", file=sys.stderr)
    noises = {"binomial": (0.0, 0.0), "overdispersed": (0.35, 0.0), "AR(.5)": (0.35, 0.5)}
    for n_periods in (n for n in PERIODS if n > MARGIN * 4):
        for name, (noise, rho) in noises.items():
            plan = Plan(n_periods=n_periods, base=0.15, change=0.9, sizes="uneven", noise=noise, rho=rho)
            at = int(np.argmax(plant(replace(plan, curve="step"), 0).course > plan.base))
            scores: dict[str, peers.Steps] = {}
            oracle = trends_oracle.StepOracle(rho, noise)
            for seed in range(replicates):
                for curve in ("flat", "step"):
                    cells = cells_of(plant(replace(plan, curve=curve), seed))  # type: ignore[arg-type]
                    oracle.add(cells, step=curve == "step")
                    index = {cell.period: number for number, cell in enumerate(cells)}
                    own = [(index[p.period], index[p.earliest], index[p.latest]) for p in change_points(cells)]
                    listed = {"ours": own, **peers.changes([cell.share for cell in cells])}
                    for tool, points in listed.items():
                        scores.setdefault(tool, peers.Steps()).add(points, at if curve == "step" else None, MARGIN)
            head = {"part": "changes", "periods": n_periods, "noise": name}
            for tool, score in scores.items():
                yield {**head, "tool": tool, **score.row()}
            for row in oracle.rows(at, MARGIN):
                yield {**head, **row}


def cost(replicates: int) -> Iterator[Row]:
    """Processor seconds of 1,000,000 documents, 100 series, 60 months: the pass over documents, then all statistics from cells alone."""
    from generated_trends import million

    yield from million(1_000_000, 100)


PARTS: dict[str, Callable[[int], Iterator[Row]]] = {
    "shares": shares,
    "tests": tests,
    "calibration": calibration,
    "falling": falling,
    "families": families,
    "changes": changes,
    "cost": cost,
}


def show(row: Row) -> str:
    """A row as one line, numbers short."""
    return "\t".join(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values())


def main() -> None:
    """Print one table a part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--periods", type=int, nargs="+", default=PERIODS, help="of tests and changes")
    parser.add_argument("--rho", type=float, nargs="+", default=RHOS, help="of the part tests")
    parser.add_argument("--conditions", nargs="+", choices=list(CONDITIONS), default=list(CONDITIONS), help="of the part shares")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    for condition in set(CONDITIONS) - set(options.conditions):
        del CONDITIONS[condition]
    PERIODS[:], RHOS[:] = options.periods, options.rho
    rows: list[Row] = []
    for part in options.part:
        header: list[str] = []
        for row in PARTS[part](options.replicates):
            if list(row) != header:
                header = list(row)
                print("\t".join(header))
            print(show(row), flush=True)
            rows.append(row)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"# {used.ru_utime + used.ru_stime:.0f} processor seconds, {used.ru_maxrss / 1e6:.2f} GB at most", file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
