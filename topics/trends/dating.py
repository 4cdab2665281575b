"""Documents of uncertain date shared out over the periods that their dates allow.

Spread evenly over its interval, an article takes the theme to where it may not have been: every jump is levelled. Left out, it tells
nothing. So articles with the theme go where the surely dated ones show it, and those without it where they show the rest; as far as the
surely dated ones tell the periods apart at all: their shares are drawn towards that of the uncertain ones around them by as much as
chance alone would set them apart (empirical Bayes). Uncertain dates add no certainty: intervals rest on the surely dated documents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from topics.core.matrices import Float64

ROUNDS = 60
PRIOR = 5.0  # articles in each period, so that none is emptied by chance
EMPTY = 1e-100  # a rate that no document has
MIN_CHANCE, SURE = 1e-4, 1e-6


@dataclass(frozen=True, eq=False)
class Dating:
    """What a span is shared out by.

    Args:
        spans: (n_spans, n_periods) part of each span's days in each period; what is missing to 1 lies outside all and stays there.
        sure: (n_periods,) votes of documents that surely lie in the period.
        vague: (n_spans,) votes of those that lie somewhere in a span.
        days: (n_periods,) length of the periods.
    """

    spans: sparse.csr_array
    sure: Float64
    vague: Float64
    days: Float64

    def even(self, vague: Float64, rate: Float64) -> Float64:
        """Return (n_periods, n) what falls to each period of (n_spans, n) by rates (n_periods, n) a day."""
        inside = np.asarray(self.spans.sum(axis=1)).reshape(-1, 1)
        return np.asarray(rate * (self.spans.T @ (vague * inside / np.maximum(self.spans @ rate, EMPTY))))

    @property
    def backing(self) -> Float64:
        """How many votes (n_periods, 1) the spans over a period hold, in the mean."""
        vague = self.vague[:, None]
        return np.asarray((self.spans.T @ vague**2) / np.maximum(self.spans.T @ vague, EMPTY))

    def votes(self) -> Float64:
        """Return (n_periods, 1) the votes of each period: most likely counts where some dates are intervals.

        Source: Turnbull 1976, The empirical distribution function with arbitrarily grouped, censored and truncated data.
        """
        sure, vague = self.sure[:, None], self.vague[:, None]
        days = self.days[:, None]
        votes = sure + self.even(vague, days / days)
        for _ in range(ROUNDS):
            votes = sure + self.even(vague, (votes + PRIOR) / days)
        return votes


def share_out(dating: Dating, sure: Float64, vague: Float64) -> tuple[Float64, Float64]:
    """Return mass and votes of each period (n_periods, n_series).

    Votes differ between series, since each puts the documents that it is not in where such documents are.

    Args:
        dating: the votes and spans.
        sure: (n_periods, n_series) mass of documents that surely lie in the period.
        vague: (n_spans, n_series) mass of those that lie somewhere in a span.
    """
    votes, days = dating.votes(), dating.days[:, None]
    rate = (votes + PRIOR) / days
    spread = sure + dating.even(vague, np.repeat(rate, sure.shape[1], axis=1))
    told = _told(dating, sure, votes, spread)
    without = dating.vague[:, None] - vague
    shown = sure + dating.even(vague, rate * told)
    rest = dating.sure[:, None] - sure + dating.even(without, rate * (1 - told))
    return shown, shown + rest


def _told(dating: Dating, sure: Float64, votes: Float64, spread: Float64) -> Float64:
    """Shares (n_periods, n_series) of the surely dated, drawn towards those of the uncertain ones around them.

    How far follows from how much more they scatter about the shares of the uncertain ones around them than chance in both would make them
    (beta-binomial, by moments).
    """
    n, backing = dating.sure[:, None], dating.backing
    middle = np.clip(spread / np.maximum(votes, EMPTY), SURE, 1 - SURE)
    others = np.clip((spread - sure) / np.maximum(votes - n, EMPTY), SURE, 1 - SURE)
    known = (n > 1) & (backing > 1) & (votes - n > SURE)
    share = sure / np.maximum(n, EMPTY)
    expected = 1 + n / np.maximum(backing, 1.0)
    excess = np.where(known, n * (share - others) ** 2 / (middle * (1 - middle)) - expected, 0.0).sum(axis=0)
    room = np.where(known, n - 1, 0.0).sum(axis=0)
    chance = np.clip(excess / np.maximum(room, 1.0), MIN_CHANCE, 1.0)  # 1 / (prior articles + 1)
    prior = 1 / (chance / np.maximum(1 - chance, SURE) + 1 / np.maximum(backing, 1.0))  # others are no surer than their own number
    return np.asarray(np.clip((sure + prior * others) / np.maximum(n + prior, EMPTY), SURE, 1 - SURE))
