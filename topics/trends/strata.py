"""Source by language: the strata of the fixed-mix share."""

from __future__ import annotations

import numpy as np

from topics.core.matrices import Int64
from topics.trends.placing import Placed, numbered

MIN_DOCS = 30  # of a stratum of its own
MAX_STRATA, MAX_CELLS = 50, 20_000


def strata(placed: Placed, rows: Int64) -> Int64:
    """Return the stratum of each row, the largest being 0; those of fewer than 30 documents, and all after the fiftieth, are one."""
    pairs, _ = numbered(zip(placed.source[rows].tolist(), placed.language[rows].tolist(), strict=True))
    counts = np.bincount(pairs)
    order = np.argsort(-counts, kind="stable")
    limit = max(1, min(MAX_STRATA, MAX_CELLS // max(1, placed.n_periods))) - 1
    own = int(min(limit, (counts >= MIN_DOCS).sum()))
    number = np.full(len(counts), own, dtype=np.int64)
    number[order[:own]] = np.arange(own)
    return number[pairs]
