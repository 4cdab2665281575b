"""Planted trends measured by a fitted model: are shares, intervals and slopes true when topics, not labels, are counted?

`python benchmarks/trends_models.py --data FOLDER --set bbc_raw --replicates 50 --json out.json`. LDA is fitted to the whole set by three
seeds. A fifth of the documents are labelled: they say which topics stand for which label, and what the topics' weights are worth. From the
rest, documents are drawn as `topics.testing.plant` says.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bertopic_sets import Choice, Data, load
from trends import NEWS, Row, Tally, show

from topics.core.matrices import Float64, Int64
from topics.core.series import TrendSeries
from topics.core.themes import Themes
from topics.models.lda import LdaConfig, fit
from topics.testing.plant import Curve, Plan, Planted, plant
from topics.trends.adjusted import adjust
from topics.trends.aggregate import Weights, aggregate
from topics.trends.statistics import growth

SEEDS, LABELLED, DRAWS, TOPICS_A_LABEL = (1, 2, 3), 0.2, 2000, 3
CURVES: tuple[Curve, ...] = ("flat", "linear", "step", "pulse", "seasonal", "u")


@dataclass(frozen=True, eq=False)
class Rates:
    """Mean weight of documents with a label and without it, and bootstrap draws of both."""

    tpr: float
    fpr: float
    draws: Float64


def measured(data: Data, labelled: Int64, seed: int) -> Float64:
    """The weight (n_docs, n_labels) of each label's topics; a topic stands for the label that has most of its weight."""
    n_labels = int(data.labels.max()) + 1
    model = fit(data.prepared, LdaConfig(topics=TOPICS_A_LABEL * n_labels), Themes(()), seed)
    weights = model.result.documents.weights.astype(np.float64)
    parts = np.stack([weights[labelled[data.labels[labelled] == label]].mean(axis=0) for label in range(n_labels)])
    return weights @ np.eye(n_labels)[parts.argmax(axis=0)]


def rates(values: Float64, truth: Float64, seed: int) -> Rates:
    """What weights are worth, with a Bayesian bootstrap over the labelled documents."""
    factors = np.random.default_rng(seed).standard_exponential((DRAWS, len(values)))
    draws = [(factors[:, kind] * values[kind]).sum(axis=1) / factors[:, kind].sum(axis=1) for kind in (truth, ~truth)]
    return Rates(float(values[truth].mean()), float(values[~truth].mean()), np.stack(draws, axis=1))


def series_of(planted: Planted, columns: list[Float64]) -> TrendSeries:
    """The trend of weights (n_pool,) of one fit or several."""
    corpus, order = planted.corpus()
    rows = planted.row[order]
    first, *others = (Weights("theme", "lda", ("x",), values[rows][:, None], True) for values in columns)
    return aggregate(corpus, first, "month", as_of=None, refits=others)


def slope_of(series: TrendSeries) -> float:
    """The growth that is found, on the logit a year."""
    return math.log(growth.compute(series.of("x")).value)


def rows_of(data: Data, replicates: int) -> Iterator[Row]:
    """Coverage of the planted share, its error, and the slope that is found over the one that was planted."""
    split = np.random.default_rng(0).permutation(len(data.labels))
    n_labelled = int(LABELLED * len(split))
    labelled, rest = split[:n_labelled], split[n_labelled:]
    fits = [measured(data, labelled, seed) for seed in SEEDS]
    n_labels = fits[0].shape[1]
    for condition, more in {"exact": {}, "reprints, vague .6": {"reprints": True, "vague": 0.6}}.items():
        for curve in CURVES:
            tallies: dict[str, Tally] = {}
            slopes: dict[str, list[float]] = {}
            for number in range(replicates):
                label = number % n_labels
                planted = plant(Plan(curve, base=0.2, **NEWS, **more), 7919 + number, data.labels[rest] == label)  # type: ignore[arg-type]
                truth = data.labels[labelled] == label
                columns = [found[rest, label] for found in fits]
                known = rates(fits[0][labelled, label], truth, number)
                pooled = rates(np.mean([found[labelled, label] for found in fits], axis=0), truth, number)
                hard = (fits[0][rest].argmax(axis=1) == label).astype(float)
                one, three = series_of(planted, columns[:1]), series_of(planted, columns)
                made = {
                    "weights": one,
                    "weights, adjusted": adjust(one, {("x", "all"): known}),
                    "three fits, adjusted": adjust(three, {("x", "all"): pooled}),
                    "most likely label, counted": series_of(planted, [hard]),
                    "labels themselves": series_of(planted, [(data.labels[rest] == label).astype(float)]),
                }
                for tool, series in made.items():
                    bounds = [np.array([getattr(cell, name) for cell in series.of("x")]) for name in ("share", "low", "high")]
                    tallies.setdefault(tool, Tally()).add(bounds[0], bounds[1], bounds[2], planted.expected)
                    slopes.setdefault(tool, []).append(slope_of(series) if curve == "linear" else math.nan)
            planted_slope = 1.0 / (23 / 12)
            for tool, tally in tallies.items():
                ratio = float(np.mean(slopes[tool])) / planted_slope
                yield {"part": "models", "condition": condition, "curve": curve, "tool": tool, **tally.row(), "slope_ratio": ratio}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--set", default="bbc_raw", choices=["bbc_raw", "newsgroups20", "unc_dantri"])
    parser.add_argument("--replicates", type=int, default=50)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[Row] = []
    for row in rows_of(load(options.set, Choice(options.data, options.data)), options.replicates):
        if not rows:
            print("\t".join(["set", *row]))
        print(f"{options.set}\t{show(row)}", flush=True)
        rows.append({"set": options.set, **row})
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
