"""Novelty, transience and resonance: whether the mix of topics in a period differs from what came before, and whether it stays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from topics.core.matrices import Float64
from topics.core.series import TrendSeries
from topics.trends._sample import samples

WINDOW = 3  # periods before and after
DRAWS, PILOTS = 499, 50
LEVEL = 0.05
NAN = math.nan


@dataclass(frozen=True, slots=True)
class Resonance:
    """How new the mix of topics of a period is.

    `novelty` is its mean divergence (bits) from the three periods before, `transience` from the three after, `resonance` their difference.
    The p-values say how often the most striking of as many periods would show as much if stories came at any date.
    """

    language: str
    period: str
    novelty: float
    transience: float
    resonance: float
    novelty_p: float
    resonance_p: float
    decision: str


def divergence(left: Float64, right: Float64) -> Float64:
    """Return the Jensen-Shannon divergence in bits of distributions (..., n) that sum to 1; 0 to 1.

    Source: Lin 1991.
    """
    middle = (left + right) / 2

    def against(own: Float64) -> Float64:
        ratio = np.divide(own, middle, out=np.ones(np.broadcast_shapes(own.shape, middle.shape)), where=(own > 0) & (middle > 0))
        return np.asarray((own * np.log2(ratio)).sum(axis=-1))

    return np.asarray(np.maximum(0.0, (against(left) + against(right)) / 2))


def measures(mixes: Float64, window: int = WINDOW) -> tuple[Float64, Float64]:
    """Return novelty and transience (n,) of distributions (n, n_topics) in order of time; nan for those without `window` before and after.

    Source: Barron, Huang, Spang and DeDeo 2018, with the Jensen-Shannon divergence in place of Kullback and Leibler's, which an absent
    topic makes infinite.
    """
    n = len(mixes)
    novelty, transience = np.full(n, NAN), np.full(n, NAN)
    if n > 2 * window:
        apart = [divergence(mixes[lag:], mixes[:-lag]) for lag in range(1, window + 1)]  # the later of each pair stands first
        inside = np.arange(window, n - window)
        novelty[inside] = sum(apart[lag - 1][inside - lag] for lag in range(1, window + 1)) / window
        transience[inside] = sum(apart[lag - 1][inside] for lag in range(1, window + 1)) / window
    return novelty, transience


def _roughness(mixes: Float64, sizes: Float64, window: int) -> float:
    """The median over pairs of near periods of Pearson's statistic: a few turns do not make every turn look usual."""
    mean = (sizes[:, None] * mixes).sum(axis=0) / sizes.sum()
    held = mean > 0
    squares = []
    for lag in range(1, window + 1):
        change = (mixes[lag:, held] - mixes[:-lag, held]) ** 2 / mean[held]
        squares.append(change.sum(axis=1) / (1 / sizes[lag:] + 1 / sizes[:-lag]))
    return float(np.median(np.concatenate(squares)))


def _drawn(mixes: Float64, sizes: Float64, rng: np.random.Generator) -> Float64:
    """Mixes around that of the whole time, from as many stories as sizes say."""
    mean = (sizes[:, None] * mixes).sum(axis=0) / sizes.sum()
    whole = np.maximum(1, np.rint(sizes)).astype(np.int64)
    return np.asarray(rng.multinomial(whole, mean / mean.sum()) / whole[:, None])


def dispersion(mixes: Float64, sizes: Float64, rng: np.random.Generator, window: int = WINDOW) -> float:
    """Return how much more mixes near in time differ than draws of stories would, 1 for as much; shares of soft topics differ less."""
    usual = float(np.mean([_roughness(_drawn(mixes, sizes, rng), sizes, window) for _ in range(PILOTS)]))
    return max(_roughness(mixes, sizes, window) / max(usual, 1e-12), 1e-3)


def chances(mixes: Float64, sizes: Float64, seed: int = 0, window: int = WINDOW) -> tuple[Float64, Float64]:
    """Return (n,) p-values of novelty and of resonance, each adjusted for having looked at all periods.

    As if stories came at any date: mixes are drawn around that of the whole time, from as many stories as each period has and with the
    dispersion that near periods show; the largest standardised value of each such draw is the null.
    Source: Westfall and Young 1993 for the adjustment.

    Args:
        mixes: (n, n_topics) distributions in order of time.
        sizes: (n,) effective number of stories of each.
        seed: of the draws.
        window: how many before and after.
    """
    novelty, transience = measures(mixes, window)
    rng = np.random.default_rng(seed)
    effective = sizes / dispersion(mixes, sizes, rng, window)
    null = np.empty((DRAWS, 2, len(mixes)))
    for draw in range(DRAWS):
        came, went = measures(_drawn(mixes, effective, rng), window)
        null[draw] = came, came - went
    inside = ~np.isnan(novelty)
    found = np.full((2, len(mixes)), NAN)
    for row, observed in enumerate((novelty, novelty - transience)):
        drawn = null[:, row, inside]
        mean, spread = drawn.mean(axis=0), np.maximum(drawn.std(axis=0), 1e-12)
        largest = ((drawn - mean) / spread).max(axis=1)
        standing = (observed[inside] - mean) / spread
        found[row, inside] = (1 + (largest[:, None] >= standing[None, :]).sum(axis=0)) / (DRAWS + 1)
    return found[0], found[1]


def resonance(series: TrendSeries, seed: int = 0) -> tuple[Resonance, ...]:
    """Return novelty, transience and resonance of every complete period with documents, by language.

    Args:
        series: shares that add up to 1, with `unassigned` among them.
        seed: of the draws.
    """
    found: list[Resonance] = []
    for language, data in samples(series):
        reason = data.refusal
        if not reason and not series.partition:
            reason = "not tested: these themes may overlap, so their shares are no mix"
        if reason:
            found.append(Resonance(language, "", *(NAN,) * 5, reason))
            continue
        shares = (data.hits / data.trials).T
        mixes = shares / shares.sum(axis=1, keepdims=True)
        novelty, transience = measures(mixes)
        p_novelty, p_resonance = chances(mixes, data.stories, seed)
        for place, label in enumerate(data.labels):
            values = (float(novelty[place]), float(transience[place]), float(novelty[place] - transience[place]))
            tested = (float(p_novelty[place]), float(p_resonance[place]))
            found.append(Resonance(language, label, *values, *tested, _decision(*tested, data.caution)))
    return tuple(found)


def _decision(p_novelty: float, p_resonance: float, caution: str) -> str:
    if math.isnan(p_novelty):
        return f"not tested: {WINDOW} periods before and after are needed"
    words = "nothing new" if p_novelty > LEVEL else "new and lasting" if p_resonance <= LEVEL else "new"
    return f"{words}; {caution}" if caution else words
