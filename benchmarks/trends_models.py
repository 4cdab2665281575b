"""Planted trends measured by a fitted model: are shares, intervals and slopes true when topics, not labels, are counted?

`python benchmarks/trends_models.py --data FOLDER --set bbc_raw --curves flat linear --replicates 50 --keyatm 5 --json out.json`. LDA is
fitted to the whole set by three seeds, and so are the peers' models (`trends_model_peers.py`), each at three topics a label. A fifth of
the documents are labelled: they say which topics stand for which label, and what the topics' weights are worth. From the rest, documents
are drawn as `topics.testing.plant` says.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import trends_model_peers as peers
from bertopic_sets import Choice, Data, load
from trends import NEWS, Row, Tally, show

from topics.core.matrices import Float64, Int64
from topics.core.series import TrendCell, TrendSeries
from topics.core.themes import Themes
from topics.models.lda import LdaConfig, fit
from topics.testing.plant import Curve, Plan, Planted, plant
from topics.trends.adjusted import adjust
from topics.trends.aggregate import Weights, aggregate
from topics.trends.statistics import growth

SEEDS, LABELLED, DRAWS, TOPICS_A_LABEL = (1, 2, 3), 0.2, 2000, 3
CURVES: list[Curve] = ["flat", "linear", "logistic", "step", "pulse", "seasonal", "u"]
CONDITIONS: dict[str, dict[str, object]] = {"exact": {}, "reprints, vague .6": {"reprints": True, "vague": 0.6}}


@dataclass(frozen=True, eq=False)
class Rates:
    """Mean weight of documents with a label and without it, and bootstrap draws of both."""

    tpr: float
    fpr: float
    draws: Float64


def labels_of(weights: Float64, data: Data, labelled: Int64) -> Int64:
    """The label (n_topics,) of each topic: the one that has most of its weight."""
    n_labels = int(data.labels.max()) + 1
    parts = np.stack([weights[labelled[data.labels[labelled] == label]].mean(axis=0) for label in range(n_labels)])
    return np.asarray(parts.argmax(axis=0), dtype=np.int64)


def measured(data: Data, labelled: Int64, seed: int) -> Float64:
    """The weight (n_docs, n_labels) of each label's topics."""
    n_labels = int(data.labels.max()) + 1
    model = fit(data.prepared, LdaConfig(topics=TOPICS_A_LABEL * n_labels), Themes(()), seed)
    weights = model.result.documents.weights.astype(np.float64)
    return np.asarray(weights @ np.eye(n_labels)[labels_of(weights, data, labelled)])


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


def slope_of(cells: tuple[TrendCell, ...]) -> float:
    """The growth that is found, on the logit a year."""
    return math.log(growth.compute(cells).value)


def cells_of(planted: Planted, share: Float64) -> tuple[TrendCell, ...]:
    """Shares of a peer as cells, for the same line through them."""
    n = np.bincount(planted.period, minlength=len(share))
    return tuple(
        TrendCell("x", "all", f"{2010 + t // 12}-{t % 12 + 1:02d}", size, size, float(size), size * value, value, 0.0, 1.0, True)
        for t, (size, value) in enumerate(zip(n.tolist(), share.tolist(), strict=True))
        if not math.isnan(value)
    )


@dataclass(frozen=True, eq=False)
class Asked:
    """A set, which of its documents are labelled, and what fitted models say of all of them."""

    data: Data
    labelled: Int64
    rest: Int64
    fits: list[Float64]
    others: list[tuple[str, Float64, peers.Shares]]


def asked(data: Data, *, with_peers: bool) -> Asked:
    """Fit every model."""
    split = np.random.default_rng(0).permutation(len(data.labels))
    n_labelled = int(LABELLED * len(split))
    labelled, rest = split[:n_labelled], split[n_labelled:]
    n_topics = TOPICS_A_LABEL * (int(data.labels.max()) + 1)
    others = list(peers.fitted(data, 1, n_topics)) if with_peers else []
    return Asked(data, labelled, rest, [measured(data, labelled, seed) for seed in SEEDS], others)


Found = tuple[Float64, Float64, Float64, tuple[TrendCell, ...]]  # share, bounds, cells


def ours(all_: Asked, planted: Planted, label: int, number: int) -> Iterator[tuple[str, Found]]:
    """Yield what this project says."""
    data, labelled, rest, fits = all_.data, all_.labelled, all_.rest, all_.fits
    truth = data.labels[labelled] == label
    known = rates(fits[0][labelled, label], truth, number)
    pooled = rates(np.mean([found[labelled, label] for found in fits], axis=0), truth, number)
    hard = (fits[0][rest].argmax(axis=1) == label).astype(float)
    one, three = (series_of(planted, [found[rest, label] for found in some]) for some in (fits[:1], fits))
    made = {
        "weights": one,
        "weights, adjusted": adjust(one, {("x", "all"): known}),
        "three fits, adjusted": adjust(three, {("x", "all"): pooled}),
        "most likely label, counted": series_of(planted, [hard]),
        "labels themselves": series_of(planted, [(data.labels[rest] == label).astype(float)]),
    }
    for tool, series in made.items():
        share, low, high = (np.array([getattr(cell, name) for cell in series.of("x")]) for name in ("share", "low", "high"))
        yield tool, (share, low, high, series.of("x"))


def theirs(all_: Asked, planted: Planted, label: int, words: dict[str, list[str]] | None) -> Iterator[tuple[str, Found]]:
    """Yield what the peers say; keyATM where it is given words."""
    for tool, weights, shares in all_.others:
        topics = np.flatnonzero(labels_of(weights, all_.data, all_.labelled) == label)
        share = peers.shares_of(planted, weights[all_.rest], shares, topics)
        yield tool, (share, np.full(len(share), np.nan), np.full(len(share), np.nan), cells_of(planted, share))
    if words:
        moved = replace(planted, row=all_.rest[planted.row])
        share, low, high = peers.keyatm(all_.data, moved, words, f"label {label}", 1)
        yield "topica keyATM, time prevalence", (share, low, high, cells_of(planted, share))


def rows_of(data: Data, replicates: int, n_keyatm: int, *, with_peers: bool = True) -> Iterator[Row]:
    """Coverage of the planted share, its error, and the slope that is found over the one that was planted."""
    all_ = asked(data, with_peers=with_peers)
    n_labels = all_.fits[0].shape[1]
    words = {f"label {label}": peers.keywords(data, all_.labelled, label) for label in range(n_labels)}
    for condition, more in CONDITIONS.items():
        for curve in CURVES:
            tallies: dict[str, Tally] = {}
            slopes: dict[str, list[float]] = {}
            counts: Counter[str] = Counter()
            for number in range(replicates):
                label = number % n_labels
                planted = plant(Plan(curve, base=0.2, **NEWS, **more), 7919 + number, data.labels[all_.rest] == label)  # type: ignore[arg-type]
                told = words if number < n_keyatm else None
                for tool, (share, low, high, cells) in chain(ours(all_, planted, label, number), theirs(all_, planted, label, told)):
                    tallies.setdefault(tool, Tally()).add(share, low, high, planted.expected)
                    slopes.setdefault(tool, []).append(slope_of(cells) if curve == "linear" else math.nan)
                    counts[tool] += 1
            for tool, tally in tallies.items():
                found = tally.row() if not math.isnan(tally.width) else {**tally.row(), "coverage": "", "width": ""}
                head = {"part": "models", "condition": condition, "curve": curve, "tool": tool, "replicates": counts[tool]}
                yield {**head, **found, "slope_ratio": float(np.mean(slopes[tool])) * (23 / 12)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--set", default="bbc_raw", choices=["bbc_raw", "newsgroups20", "unc_dantri"])
    parser.add_argument("--replicates", type=int, default=50)
    parser.add_argument("--curves", nargs="+", choices=list(CURVES), default=list(CURVES))
    parser.add_argument("--conditions", nargs="+", choices=list(CONDITIONS), default=list(CONDITIONS))
    parser.add_argument("--keyatm", type=int, default=0, help="replicates that topica's keyATM is fitted to")
    parser.add_argument("--no-peers", action="store_true", help="leave out the models of other tools")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    CURVES[:] = options.curves
    for condition in set(CONDITIONS) - set(options.conditions):
        del CONDITIONS[condition]
    rows: list[Row] = []
    for row in rows_of(
        load(options.set, Choice(options.data, options.data)), options.replicates, options.keyatm, with_peers=not options.no_peers
    ):
        if not rows:
            print("\t".join(["set", *row]))
        print(f"{options.set}\t{show(row)}", flush=True)
        rows.append({"set": options.set, **row})
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
