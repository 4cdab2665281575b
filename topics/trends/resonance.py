"""Novelty, transience and resonance: whether the mix of topics in a period differs from what came before, and whether it stays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.core.matrices import Float64, Int64
from topics.core.series import TrendSeries
from topics.trends._sample import samples

WINDOW = 3  # periods before and after
DRAWS, PILOTS = 499, 50
LEVEL = 0.05
NAN = math.nan


@dataclass(frozen=True, slots=True)
class Resonance:
    """How new the mix of topics of a period is.

    `novelty` is its mean divergence (bits) from the three periods before, `transience` from the three after, of these as many as hold
    articles; `resonance` is their difference.
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


@dataclass(frozen=True, eq=False)
class Near:
    """Pairs of periods that lie at most a window apart in the calendar, however many between them hold no articles.

    Args:
        later: (n_pairs,) number of the later period.
        earlier: (n_pairs,) number of the earlier one.
        before: (n,) how many pairs each period is the later one of.
        after: (n,) how many it is the earlier one of.
        inside: (n,) whether a whole window of the time lies before and after it, with articles on both sides.
    """

    later: Int64
    earlier: Int64
    before: Float64
    after: Float64
    inside: npt.NDArray[np.bool_]


def near(places: Int64, window: int = WINDOW) -> Near:
    """Return the pairs of periods at increasing places (n,) in the calendar."""
    offset, n = places - places[0], len(places)
    number = np.full(int(offset[-1]) + 1, -1, dtype=np.int64)
    number[offset] = np.arange(n)
    found = []
    for lag in range(1, window + 1):
        later = np.flatnonzero(offset >= lag)
        earlier = number[offset[later] - lag]
        found.append((later[earlier >= 0], earlier[earlier >= 0]))
    later, earlier = (np.concatenate(column) for column in zip(*found, strict=True))
    before, after = (np.bincount(each, minlength=n).astype(np.float64) for each in (later, earlier))
    inside = (offset >= window) & (offset <= offset[-1] - window) & (before > 0) & (after > 0)
    return Near(later, earlier, before, after, inside)


def measures(mixes: Float64, pairs: Near) -> tuple[Float64, Float64]:
    """Return novelty and transience (n,) of distributions (n, n_topics) in order of time; nan for those that are not inside.

    Source: Barron, Huang, Spang and DeDeo 2018, with the Jensen-Shannon divergence in place of Kullback and Leibler's, which an absent
    topic makes infinite.
    """
    apart, n = divergence(mixes[pairs.later], mixes[pairs.earlier]), len(mixes)
    novelty, transience = np.full(n, NAN), np.full(n, NAN)
    for found, own, sizes in ((novelty, pairs.later, pairs.before), (transience, pairs.earlier, pairs.after)):
        found[pairs.inside] = (np.bincount(own, apart, n) / np.maximum(sizes, 1))[pairs.inside]
    return novelty, transience


def _roughness(mixes: Float64, sizes: Float64, pairs: Near) -> float:
    """The median over pairs of near periods of Pearson's statistic: a few turns do not make every turn look usual."""
    mean = (sizes[:, None] * mixes).sum(axis=0) / sizes.sum()
    held = mean > 0
    change = (mixes[pairs.later][:, held] - mixes[pairs.earlier][:, held]) ** 2 / mean[held]
    return float(np.median(change.sum(axis=1) / (1 / sizes[pairs.later] + 1 / sizes[pairs.earlier])))


def _drawn(mixes: Float64, sizes: Float64, rng: np.random.Generator) -> Float64:
    """Mixes around that of the whole time, from as many stories as sizes say."""
    mean = (sizes[:, None] * mixes).sum(axis=0) / sizes.sum()
    whole = np.maximum(1, np.rint(sizes)).astype(np.int64)
    return np.asarray(rng.multinomial(whole, mean / mean.sum()) / whole[:, None])


def dispersion(mixes: Float64, sizes: Float64, rng: np.random.Generator, pairs: Near) -> float:
    """Return how much more mixes near in time differ than draws of stories would, 1 for as much; shares of soft topics differ less."""
    usual = float(np.mean([_roughness(_drawn(mixes, sizes, rng), sizes, pairs) for _ in range(PILOTS)]))
    return max(_roughness(mixes, sizes, pairs) / max(usual, 1e-12), 1e-3)


def chances(mixes: Float64, sizes: Float64, pairs: Near, seed: int = 0) -> tuple[Float64, Float64]:
    """Return (n,) p-values of novelty and of resonance, each adjusted for having looked at all periods.

    As if stories came at any date: mixes are drawn around that of the whole time, from as many stories as each period has and with the
    dispersion that near periods show; the largest standardised value of each such draw is the null.
    Source: Westfall and Young 1993 for the adjustment.

    Args:
        mixes: (n, n_topics) distributions in order of time.
        sizes: (n,) effective number of stories of each.
        pairs: of periods that are compared.
        seed: of the draws.
    """
    if not pairs.inside.any():
        return np.full(len(mixes), NAN), np.full(len(mixes), NAN)
    novelty, transience = measures(mixes, pairs)
    rng = np.random.default_rng(seed)
    effective = sizes / dispersion(mixes, sizes, rng, pairs)
    null = np.empty((DRAWS, 2, len(mixes)))
    for draw in range(DRAWS):
        came, went = measures(_drawn(mixes, effective, rng), pairs)
        null[draw] = came, came - went
    inside = pairs.inside
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
        pairs = near(data.places)
        novelty, transience = measures(mixes, pairs)
        p_novelty, p_resonance = chances(mixes, data.stories, pairs, seed)
        for place, label in enumerate(data.labels):
            values = (float(novelty[place]), float(transience[place]), float(novelty[place] - transience[place]))
            tested = (float(p_novelty[place]), float(p_resonance[place]))
            found.append(Resonance(language, label, *values, *tested, _decision(*tested, data.caution)))
    return tuple(found)


def _decision(p_novelty: float, p_resonance: float, caution: str) -> str:
    if math.isnan(p_novelty):
        return f"not tested: {WINDOW} periods before and after are needed, with articles on both sides"
    words = "nothing new" if p_novelty > LEVEL else "new and lasting" if p_resonance <= LEVEL else "new"
    return f"{words}; {caution}" if caution else words
