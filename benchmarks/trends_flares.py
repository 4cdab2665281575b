"""Flat series that flare, and whole runs in which nothing changes: how often is something said? Seeded simulation, no data.

`python benchmarks/trends_flares.py --part flares runs --replicates 100 --json out.json`.

`flares`: rare themes (share .003, .01 or .05, periods of 200 to 800 stories, noise of the news with deviation .35) in which one or two
periods anywhere stand at 20 to 50 %, or whose noise has heavy tails (Student's t with two degrees of freedom, times .5). Share of series in
which growth, an event half-way, a season or a signal is called at 5 %, each series a family of its own; peers by their p-values.

`runs`: studies of 40 topics in two languages over 36 months, 15 to 60 stories a language and month, noise of deviation .35 and an
autocorrelation of 0, .4 or .7, a tenth of the topics flaring once as above. Nothing in them changes for good; `any` is the share of runs
with a finding, `findings` their mean number; bursts and change points of the topics that flare are not counted, as something did happen
there.

`parts`: articles of such studies from three sources a language, each told up to three times; what is said of the difference between the
first and the last year, and between two months a year apart, of topics that do not flare. `articles` rests on articles alone, `news` on
what the news varies too. Rows with a rise have one topic that rises by one logit or two from the middle on, and say how often its change
is found.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
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
from topics.trends.decomposition import Span, decompose
from topics.trends.effects import effect
from topics.trends.emergence import all_emergence
from topics.trends.interruptions import all_event_effects, event_effects
from topics.trends.lead_lag import all_lead_lags
from topics.trends.news import news_between
from topics.trends.seasonality import seasonal_effects
from topics.trends.statistics import growth
from topics.trends.table import statistic_table

Row = dict[str, str | float]
Array = patterns.Array
LEVEL, SPREAD, HEAVY = 0.05, 0.35, 0.5
FLARE = (0.2, 0.5)
N_TOPICS, N_MONTHS, FLARING = 40, 36, 4
RISES = (0.0, 1.0, 2.0)
RHOS = [0.0, 0.4, 0.7]


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


def made(rng: np.random.Generator, rho: float, rise: float = 0.0) -> TrendSeries:
    """A study in which nothing changes, its two languages and both together; or the last topic rises half-way."""
    share = rng.uniform(0.01, 0.08, N_TOPICS)
    level = logit(share)[:, None] + patterns.wander(rng, (N_TOPICS, N_MONTHS), rho, SPREAD)
    for row in level[:FLARING]:
        row[rng.integers(N_MONTHS)] = logit(rng.uniform(*FLARE))
    level[-1, N_MONTHS // 2 :] += rise
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
    for rho in RHOS:
        counted: dict[str, list[int]] = {}
        for seed in range(replicates):
            for name, count in findings(made(np.random.default_rng([seed, int(10 * rho)]), rho)).items():
                counted.setdefault(name, []).append(count)
        counted["all kinds"] = [sum(each) for each in zip(*counted.values(), strict=True)]
        for name, counts in counted.items():
            head: Row = {"part": "runs", "rho": rho, "findings of": name, "replicates": replicates}
            yield head | {"any": float(np.mean(np.array(counts) > 0)), "findings": float(np.mean(counts))}


def articles(rng: np.random.Generator, series: TrendSeries) -> Callable[[tuple[date, date]], Span]:
    """The articles behind the cells of a study: their topics, sources and copies; as what says which lie in a span."""
    shown: list[Array] = []
    days: list[date] = []
    strata: list[int] = []
    for number, language in enumerate(("en", "vi")):
        for place, period in enumerate(series.periods):
            cells = [series.of(name, language)[place] for name in series.names(language)]
            n = cells[0].n_docs
            shown.append(np.column_stack([rng.permutation(np.arange(n) < cell.mass) for cell in cells]).astype(float))
            days += [period.start] * n
            strata += (3 * number + rng.integers(3, size=n)).tolist()
    copies = rng.integers(1, 4, len(days))
    weights, story = np.repeat(np.concatenate(shown), copies, axis=0), np.repeat(np.arange(len(days)), copies)
    dated, told = np.array(days)[story], np.array(strata)[story]

    def within(span: tuple[date, date]) -> Span:
        rows = np.flatnonzero((span[0] <= dated) & (dated <= span[1]))
        return Span(weights[rows], told[rows], story[rows])

    return within


def parts(replicates: int) -> Iterator[Row]:
    """How often has a change between two spans a clear part where nothing changes, and where one topic rises?"""
    languages = np.array([0, 0, 0, 1, 1, 1])
    for rho in RHOS:
        counted: dict[tuple[str, float, str], list[int]] = {}
        for seed, rise in product(range(replicates), RISES):
            series = made(np.random.default_rng([seed, int(10 * rho)]), rho, rise)
            within = articles(np.random.default_rng([seed, 1]), series)
            edges = [(period.start, period.end) for period in series.periods]
            spans = {"years": ((0, 11), (N_MONTHS - 12, N_MONTHS - 1)), "months": ((11, 11), (23, 23))}
            for name, ends in spans.items():
                before, after = ((edges[first][0], edges[last][1]) for first, last in ends)
                names, found = series.names(), (within(before), within(after))
                known = news_between([series.of(topic) for topic in names], (before, after))
                for test, news in {"articles": None, "news": known}.items():
                    items = [item for item in decompose(names, found, languages, seed, news) if int(item.series) >= FLARING]
                    told = [item.series for item in items if item.decision in ("raises the share", "lowers the share")]
                    counted.setdefault((name, rise, test), []).append(told.count(str(N_TOPICS - 1)) if rise else len(told))
        for (name, rise, test), counts in counted.items():
            head: Row = {"part": "parts", "rho": rho, "spans": name, "rise": rise, "by": test, "replicates": replicates}
            yield head | {"any": float(np.mean(np.array(counts) > 0)), "findings": float(np.mean(counts))}


PARTS: dict[str, Callable[[int], Iterator[Row]]] = {"flares": flares, "runs": runs, "parts": parts}


def main() -> None:
    """Print one table a part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--rho", type=float, nargs="+", default=RHOS, help="of runs and parts")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    RHOS[:] = options.rho
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
