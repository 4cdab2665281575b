"""Intervals of a share when copies of a story are not independent."""

from __future__ import annotations

from collections.abc import Iterable

from scipy.special import betaincinv

LEVEL = 0.95


def effective_n(story_weights: Iterable[float]) -> float:
    """Return (sum W)^2 / sum W^2 over stories: the number of equal, independent stories that weigh as much (Kish 1965)."""
    weights = list(story_weights)
    squares = sum(weight * weight for weight in weights)
    return sum(weights) ** 2 / squares if squares > 0 else 0.0


def jeffreys(share: float, n_eff: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the Jeffreys interval of a share from n_eff independent stories: quantiles of Beta(share n + 1/2, (1 - share) n + 1/2).

    The bound at a share of 0 or 1 is that share itself (Brown, Cai and DasGupta 2001); the interval always holds the share.
    """
    k = share * n_eff
    tail = (1 - level) / 2
    low = 0.0 if k <= 0 else float(betaincinv(k + 0.5, n_eff - k + 0.5, tail))
    high = 1.0 if k >= n_eff else float(betaincinv(k + 0.5, n_eff - k + 0.5, 1 - tail))
    return min(low, share), max(high, share)
