"""By how much a share differs between two spans of time through the noise of the news alone.

Drawing articles anew tells how sure the shares of two spans are, not how alike any two spans of a series are: themes come and go from
period to period, and that hangs on. How much they do is learned from all periods of a series, beside what sets the two spans apart, and
from the other series.

Source: Efron 2014, Two modeling strategies for empirical Bayes estimation (a prior learned from many alike).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from topics.core.matrices import Float64, Int64
from topics.core.series import TrendCell
from topics.trends._sample import first_day, last_day, sample
from topics.trends.mixture import Mixture
from topics.trends.regression import NOISE, regress

Bools = npt.NDArray[np.bool_]
ROUNDS = 100
Spans = tuple[tuple[date, date], tuple[date, date]]


@dataclass(frozen=True, eq=False)
class News:
    """What the noise of the news may be.

    Args:
        variances: (n_noises,) of the difference of two spans, on the logit, under each noise.
        weights: (n_series, n_noises) probability of each noise.
        freedom: degrees of freedom of Student's distribution.
        refusal: why there are too few periods to know; empty where there are enough.
    """

    variances: Float64
    weights: Float64
    freedom: int
    refusal: str = ""

    def widened(self, values: Float64, deviations: Float64, shares: Float64) -> Mixture:
        """Return differences of shares (n_series,) with the noise of the news.

        Args:
            values: (n_series,) differences.
            deviations: (n_series,) their standard errors where articles are all that is drawn.
            shares: (n_series,) share at which a difference on the logit becomes one of shares.
        """
        slopes = (shares * (1 - shares))[:, None]
        scales = np.sqrt(deviations[:, None] ** 2 + slopes**2 * self.variances[None])
        return Mixture(np.broadcast_to(values[:, None], scales.shape), np.maximum(scales, 1e-300), self.weights, self.freedom)


def news_between(family: Sequence[tuple[TrendCell, ...]], spans: Spans) -> News:
    """Return the noise of the news between two spans, for the series of a language.

    Args:
        family: their cells, of every period.
        spans: first and last day of both.
    """
    data = sample(family)
    if data.refusal:
        return News(np.zeros(0), np.zeros((len(family), 0)), 0, data.refusal)
    labels = [cell.period for cell in family[0]]
    parts = np.array([[_part(label, span) for label in labels] for span in spans])
    fit = regress(data.hits, data.trials, data.places, _design(parts[:, data.places] > 0, data.places)[None])
    mass = parts * np.array([cell.n_docs for cell in family[0]])
    before, after = mass / np.maximum(mass.sum(axis=1, keepdims=True), 1e-300)
    return News(_variances(after - before), _shared(fit.likelihood), fit.freedom)


def _design(inside: Bools, places: Int64) -> Float64:
    """Return (n_periods, n_columns): a level of its own for either span, a line for all other periods."""
    outside = ~inside.any(axis=0)
    columns = [np.ones(len(places)), *inside.astype(np.float64), outside * (places - places.mean())]
    design = np.empty((len(places), 0))
    for column in columns:
        wider = np.column_stack([design, column])
        design = wider if np.linalg.matrix_rank(wider) == wider.shape[1] else design
    return design


def _shared(likelihood: Float64) -> Float64:
    """Return (n_series, n_noises) the probability of each noise, when those of other series say what is usual.

    A rare series hardly tells its noise; beside forty others it need not. The prior of each is what the others show, and one more that
    tells nothing (empirical Bayes, by expectation and maximisation); a series alone has all noises alike.

    Args:
        likelihood: (n_series, n_noises) restricted log-likelihood.
    """
    each = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    weights = each / each.sum(axis=1, keepdims=True)
    for _ in range(ROUNDS):
        others = weights.sum(axis=0) - weights + 1 / each.shape[1]
        weights = each * others
        weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(weights)


def _part(label: str, span: tuple[date, date]) -> float:
    """The part of a period's days that lies in a span."""
    first, last = first_day(label), last_day(label)
    shared = (min(last, span[1]) - max(first, span[0])).days + 1
    return max(0, shared) / ((last - first).days + 1)


def _variances(contrast: Float64) -> Float64:
    """Return (n_noises,) the variance of a contrast (n_periods,) of the noise: sums over pairs of periods of rho to their distance."""
    own = float(contrast @ contrast)
    pairs = {rho: float(contrast @ lfilter([0.0, rho], [1.0, -rho], contrast)) for rho in np.unique(NOISE[:, 0]).tolist()}
    return np.array([sigma**2 * (own + 2 * pairs[rho]) for rho, sigma in NOISE.tolist()])
