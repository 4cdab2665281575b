"""Which articles the explorer holds where there are more than it has room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def systematic(strata: Sequence[tuple[Any, ...]], n: int) -> list[int]:
    """Return `n` rows in order, evenly spread over the rows sorted by stratum: each stratum has its part, give or take one row.

    Nothing is drawn: the same strata give the same rows.

    Args:
        strata: what to spread over, most important first, of each row.
        n: how many rows; all of them where there are no more.

    Source: systematic sampling with implicit stratification, Cochran 1977, "Sampling Techniques", section 8.
    """
    n_rows = len(strata)
    if n >= n_rows:
        return list(range(n_rows))
    order = sorted(range(n_rows), key=lambda row: (strata[row], row))
    return sorted(order[(2 * step + 1) * n_rows // (2 * n)] for step in range(n))
