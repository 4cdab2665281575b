"""What is known of a number when the noise behind it is not: Student's distributions under each noise, averaged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import gammaln, stdtr, stdtrit

from topics.core.matrices import Float64

LEVEL = 0.95
ROUNDS, CLOSE = 200, 1e-12


@dataclass(frozen=True, eq=False)
class Mixture:
    """One coefficient of every series as a mixture of Student's distributions.

    Args:
        centres: (n_series, n_noises).
        scales: (n_series, n_noises).
        weights: (n_series, n_noises), adding up to 1.
        freedom: degrees of freedom.
    """

    centres: Float64
    scales: Float64
    weights: Float64
    freedom: int

    @cached_property
    def mean(self) -> Float64:
        """(n_series,) the coefficient."""
        return np.asarray((self.weights * self.centres).sum(axis=1))

    def below(self, value: float | Float64) -> Float64:
        """Return (n_series,) the probability that the coefficient lies below a value, or below one for each series."""
        values = np.broadcast_to(value, len(self.centres))[:, None]
        each = self.weights * stdtr(self.freedom, (values - self.centres) / self.scales)
        return np.asarray(np.minimum(1.0, each.sum(axis=1)))  # weights add up to 1 but for rounding

    def above(self, value: float | Float64) -> Float64:
        """Return (n_series,) the probability that the coefficient lies above; not one minus the other, which loses small ones."""
        values = np.broadcast_to(value, len(self.centres))[:, None]
        each = self.weights * stdtr(self.freedom, (self.centres - values) / self.scales)
        return np.asarray(np.minimum(1.0, each.sum(axis=1)))

    @cached_property
    def p(self) -> Float64:
        """(n_series,) two-sided p-value of no effect."""
        return np.asarray(np.minimum(1.0, 2 * np.minimum(self.below(0.0), self.above(0.0))), dtype=np.float64)

    def quantile(self, probability: float) -> Float64:
        """Return (n_series,) the value that the coefficient lies below with a probability."""
        each = self.centres + stdtrit(self.freedom, probability) * self.scales  # that of the mixture lies among them
        low, high = each.min(axis=1), each.max(axis=1)
        value = np.asarray((self.weights * each).sum(axis=1))
        for _ in range(ROUNDS):  # Newton's steps, halving the bracket where one leaves it
            beyond = self.below(value) - probability
            open_ = (np.abs(beyond) > CLOSE) & (high > low)
            if not open_.any():
                break
            low, high = np.where(open_ & (beyond < 0), value, low), np.where(open_ & (beyond > 0), value, high)
            step = value - beyond / np.maximum(self._density(value), 1e-300)
            inside = (low < step) & (step < high)
            value = np.where(open_, np.where(inside, step, (low + high) / 2), value)
        return np.asarray(value, dtype=np.float64)

    def _density(self, values: Float64) -> Float64:
        apart, nu = (values[:, None] - self.centres) / self.scales, self.freedom
        size = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(nu * np.pi)
        each = np.exp(size - (nu + 1) / 2 * np.log1p(apart**2 / nu)) / self.scales
        return np.asarray((self.weights * each).sum(axis=1))

    def interval(self, level: float = LEVEL) -> tuple[Float64, Float64]:
        """Return the bounds (n_series,) that hold the coefficient with a probability, and its mean always."""
        low, high = self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)
        return np.minimum(low, self.mean), np.maximum(high, self.mean)
