"""Seeds of several fits that one seed stands for."""

from __future__ import annotations

from typing import Literal

import numpy as np

_KINDS = ("start", "consensus", "refit")


def derived(seed: int, kind: Literal["start", "consensus", "refit"], number: int) -> int:
    """Return the seed of a fit among several, below 2^32; the first keeps `seed`.

    Successive seeds would not do: the second fit from one seed would be the first from the next, so fits from different seeds, and the
    starts of different fits, would partly be the same.
    """
    if not number:
        return seed
    return int(np.random.SeedSequence(seed, spawn_key=(_KINDS.index(kind), number)).generate_state(1)[0])
