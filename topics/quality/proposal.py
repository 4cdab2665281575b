"""Which number of topics the measures speak for, in sentences; a proposal, which the user takes or leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from topics.core.errors import require
from topics.core.matrices import Float64
from topics.quality.sweep import Measures


@dataclass(frozen=True, slots=True)
class Proposal:
    """A number of topics, None where nothing speaks for any, why, and of how many fits a consensus is proposed (1: a single fit)."""

    n_topics: int | None
    sentences: tuple[str, ...]
    consensus: int = 1


@dataclass(frozen=True, slots=True)
class Criterion:
    """A measure of which more is better: its name, the number with the best mean, and the numbers as good as that."""

    name: str
    best: int
    good: tuple[int, ...]
    means: Mapping[int, float]


def criterion(name: str, values: Mapping[int, Sequence[float]]) -> Criterion:
    """Find the numbers of topics that are within one standard error of the best.

    Runs are compared in pairs, the same seed or the same fold at two numbers of topics; the standard error is that of the mean
    difference. A difference that the runs do not vary in at all counts as one. It is the spread of fits to one corpus: fits that start from
    the same factorisation, or that share four fifths of their documents, are no independent draws, and what another corpus would give
    varies more.

    Args:
        name: of the measure.
        values: number of topics to one value a run, more is better; the runs are in the same order everywhere.

    Source: Breiman et al. 1984, "Classification and regression trees", section 3.4.3 (the one-standard-error rule).
    """
    means = {number: float(np.mean(runs)) for number, runs in values.items()}
    best = max(means, key=lambda number: (means[number], -number))
    good: list[int] = []
    for number, runs in sorted(values.items()):
        short = np.asarray(values[best], dtype=float) - np.asarray(runs, dtype=float)
        if short.mean() <= _standard_error(short):
            good.append(number)
    return Criterion(name, best, tuple(good), means)


def _standard_error(values: Float64) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def propose(measures: Sequence[Measures]) -> Proposal:
    """Return the smallest number of topics that is as good as the best in prediction and in coherence, among those that come back.

    Topics come back at a number where they do, over seeds and over resamples, beyond the 95th percentile of shuffled documents. Where
    no number is as good as the best in both, the one that gives up least is proposed and the disagreement is said.

    Args:
        measures: one entry a number of topics, at least two.
    """
    require(len({found.n_topics for found in measures}) >= 2, "two numbers of topics are needed", where="propose")
    ordered = sorted(measures, key=lambda found: found.n_topics)
    lost = [found.n_topics for found in ordered if not (found.over_seeds.is_real and found.over_resamples.is_real)]
    kept = [found for found in ordered if found.n_topics not in lost]
    if not kept:
        what = "At none of these numbers do topics come back from another seed or other documents more than by chance: none is proposed."
        return Proposal(None, (what, "There may be too few documents, or too little that they have in common."))
    said = [f"Left out, because their topics do not come back more than by chance: {_listed(lost)}."] if lost else []
    prediction = criterion("held-out prediction", {found.n_topics: found.log_likelihood for found in kept})
    coherence = criterion("coherence (NPMI)", {found.n_topics: found.npmi for found in kept})
    numbers = [found.n_topics for found in kept]
    both = [number for number in numbers if number in prediction.good and number in coherence.good]
    perplexity = next(found.perplexity for found in kept if found.n_topics == prediction.best)
    said.append(_best(prediction, numbers, f"perplexity {perplexity:,.1f}"))
    said.append(_best(coherence, numbers, f"{coherence.means[coherence.best]:.3f}"))
    if len(both) == len(numbers) > 1:
        said.append(f"Nothing here tells these numbers apart; {both[0]} is proposed because it is the smallest.")
        return Proposal(both[0], tuple(said))
    if both:
        said.append(f"{both[0]} is proposed: the smallest number that is as good as the best in both.")
        return Proposal(both[0], (*said, *_edge(both[0], numbers)))
    chosen, given_up = _compromise((prediction, coherence), numbers)
    said.append(
        f"No number is as good as the best in both. {chosen} is proposed as the compromise that gives up least: "
        f"{given_up:.0%} of the way from best to worst where it loses most. How finely you want to see the corpus may decide otherwise."
    )
    return Proposal(chosen, (*said, *_edge(prediction.best, numbers)))


def _best(item: Criterion, numbers: Sequence[int], value: str) -> str:
    others = [number for number in item.good if number != item.best]
    if len(item.good) == len(numbers):
        return f"In {item.name} no number differs from the best, {item.best} ({value}), by more than one standard error."
    near = f"within one standard error of it {_listed(others)}" if others else "no other within one standard error of it"
    return f"In {item.name} {item.best} is best ({value}), {near}."


def _compromise(criteria: Sequence[Criterion], numbers: Sequence[int]) -> tuple[int, float]:
    """The number whose worst criterion is least bad, each scaled from its best (0) to its worst (1), and how bad that is."""
    worst = dict.fromkeys(numbers, 0.0)
    for item in criteria:
        high, low = max(item.means.values()), min(item.means.values())
        for number in numbers:
            worst[number] = max(worst[number], (high - item.means[number]) / (high - low) if high > low else 0.0)
    chosen = min(numbers, key=lambda number: (worst[number], number))
    return chosen, worst[chosen]


def _edge(number: int, numbers: Sequence[int]) -> tuple[str, ...]:
    if len(numbers) < 2 or number not in (numbers[0], numbers[-1]):
        return ()
    where, beyond = ("largest", "larger") if number == numbers[-1] else ("smallest", "smaller")
    return (f"{number} is the {where} number tried: {beyond} ones may do better still.",)


def _listed(numbers: Sequence[int]) -> str:
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
