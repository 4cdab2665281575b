"""Flat series that flare, and whole runs in which nothing changes: how often is something said? Seeded simulation, no data.

`python benchmarks/trends_flares.py --part flares runs --replicates 100 --json out.json`.

`flares`: rare themes (share .003, .01 or .05, periods of 200 to 800 stories, noise of the news with deviation .35) in which one or two
periods anywhere stand at 20 to 50 %, or whose noise has heavy tails (Student's t with two degrees of freedom, times .5). Share of series in
which growth, an event half-way, a season or a signal is called at 5 %, each series a family of its own; peers by their p-values.

`runs`: studies of 40 topics in two languages over 36 months, 15 to 60 stories a language and month, noise of deviation .35 and an
autocorrelation of 0, .4 or .7, a tenth of the topics flaring once as above. Nothing in them changes for good; `any` is the share of runs
with a finding, `findings` their mean number; bursts and change points of the topics that flare are not counted, as something did happen
there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy.special import expit, logit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import patterns
import trends_peers as peers

from topics.core.events import Event
from topics.core.series import Period, TrendCell, TrendSeries
from topics.trends._sample import first_day, last_day, sample
from topics.trends.bursts import all_bursts
from topics.trends.change_points import all_change_points
from topics.trends.effects import effect
from topics.trends.emergence import all_emergence
from topics.trends.interruptions import all_event_effects, event_effects
from topics.trends.lead_lag import all_lead_lags
from topics.trends.seasonality import seasonal_effects
from topics.trends.statistics import growth
from topics.trends.table import statistic_table

Row = dict[str, str | float]
Array = patterns.Array
LEVEL, SPREAD, HEAVY = 0.05, 0.35, 0.5
FLARE = (0.2, 0.5)
N_TOPICS, N_MONTHS, FLARING = 40, 36, 4


def flaring(rng: np.random.Generator, shape: tuple[int, int], share: float, kind: str) -> tuple[Array, Array]:
    """Hits and trials of flat series of a kind: `one`, `two` or `heavy`."""
    level = logit(share) + rng.normal(0, SPREAD, shape)
    if kind == "heavy":
        level = logit(share) + HEAVY * rng.standard_t(2, shape)
    for row in level if kind != "heavy" else ():
        places = rng.choice(shape[1], ("one", "two").index(kind) + 1, replace=False)
        row[places] = logit(rng.uniform(*FLARE, len(places)))
    trials = rng.integers(200, 800, shape).astype(float)
    return rng.binomial(trials.astype(int), expit(level)).astype(float), trials


def flares(replicates: int) -> Iterator[Row]:
    """How often is a flat series that flares called a trend, an event, a season, a signal?"""
    for n_periods in (12, 24, 52, 156):
        for share in (0.003, 0.01, 0.05):
            for kind in ("one", "two", "heavy"):
                rng = np.random.default_rng([n_periods, int(1000 * share), len(kind)])
                hits, trials = flaring(rng, (replicates, n_periods), share, kind)
                design = np.column_stack([np.ones(n_periods), np.linspace(-0.5, 0.5, n_periods)])[None]
                called: dict[str, list[bool]] = {"growth": list(effect(hits, trials, np.arange(n_periods), design, 1).p < LEVEL)}
                for k, n in zip(hits, trials, strict=True):
                    for name, decision in _calls(patterns.cells(k, n)).items():
                        called.setdefault(name, []).append(decision)
                head: Row = {"part": "flares", "periods": n_periods, "share": share, "kind": kind}
                yield head | {name: float(np.mean(decisions)) for name, decisions in called.items()}


def _calls(cells: tuple[TrendCell, ...]) -> dict[str, bool]:
    data = sample([cells])
    event = Event(first_day(data.labels[len(data.labels) // 2]), "x")
    effects = [item for item in event_effects(data, "all", event) if item.effect == "level"]
    seasons = [item for item in seasonal_effects(data, "all") if item.effect == "season"]
    tests = peers.tests([cell.share for cell in cells])
    return {
        "event": effects[0].p < LEVEL,
        "season": seasons[0].p < LEVEL,
        "signal": patterns.signals(data) > 0,
        "Mann-Kendall": tests["Mann-Kendall"],
        "prewhitened": tests["prewhitened"],
    }


def made(rng: np.random.Generator, rho: float) -> TrendSeries:
    """A study in which nothing changes, its two languages and both together."""
    share = rng.uniform(0.01, 0.08, N_TOPICS)
    level = logit(share)[:, None] + patterns.wander(rng, (N_TOPICS, N_MONTHS), rho, SPREAD)
    for row in level[:FLARING]:
        row[rng.integers(N_MONTHS)] = logit(rng.uniform(*FLARE))
    sizes = {language: rng.integers(15, 60, N_MONTHS).astype(float) for language in ("en", "vi")}
    hits = {language: rng.binomial(n.astype(int), expit(level)).astype(float) for language, n in sizes.items()}
    sizes["all"], hits["all"] = sizes["en"] + sizes["vi"], hits["en"] + hits["vi"]
    listed = [
        cell
        for language in ("all", "en", "vi")
        for topic in range(N_TOPICS)
        for cell in patterns.cells(hits[language][topic], sizes[language], language, name=str(topic))
    ]
    labels = [cell.period for cell in listed[:N_MONTHS]]
    periods = tuple(Period(label, first_day(label), last_day(label), True) for label in labels)
    return TrendSeries("topic", "planted", False, periods, tuple(listed))


def findings(series: TrendSeries) -> dict[str, int]:
    """How many findings of each kind there are, which should be none."""
    event = Event(first_day(series.periods[N_MONTHS // 2].label), "x")
    masses, languages = np.ones((N_TOPICS, 5)), ("all", "en", "vi")
    signals, _ = all_emergence(series, dict.fromkeys(languages, masses), dict.fromkeys(languages, np.ones(5)))
    called = {
        "growth": [row.q < LEVEL for row in statistic_table(series, {"growth": growth.STATISTIC}).rows],
        "change points": [point.q <= LEVEL for point in all_change_points(series) if int(point.series) >= FLARING],
        "bursts": [burst.decision == "burst" for burst in all_bursts(series) if int(burst.series) >= FLARING],
        "signals": [item.decision in ("weak signal", "strong signal") for item in signals],
        "events": [item.decision in ("higher", "lower") for item in all_event_effects(series, [event])],
        "leads": [" precedes " in item.decision for item in all_lead_lags(series)],
    }
    return {name: sum(decisions) for name, decisions in called.items()}


def runs(replicates: int) -> Iterator[Row]:
    """How many findings has a run in which nothing changes?"""
    for rho in (0.0, 0.4, 0.7):
        counted: dict[str, list[int]] = {}
        for seed in range(replicates):
            for name, count in findings(made(np.random.default_rng([seed, int(10 * rho)]), rho)).items():
                counted.setdefault(name, []).append(count)
        counted["all kinds"] = [sum(each) for each in zip(*counted.values(), strict=True)]
        for name, counts in counted.items():
            head: Row = {"part": "runs", "rho": rho, "findings of": name, "replicates": replicates}
            yield head | {"any": float(np.mean(np.array(counts) > 0)), "findings": float(np.mean(counts))}


PARTS: dict[str, Callable[[int], Iterator[Row]]] = {"flares": flares, "runs": runs}


def main() -> None:
    """Print one table a part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[Row] = []
    for part in options.part:
        for number, row in enumerate(PARTS[part](options.replicates)):
            if not number:
                print("\t".join(row))
            print("\t".join(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values()), flush=True)
            rows.append(row)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
