"""Documents as grouping wants them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from topics.core.documents import DateEstimate
from topics.ingest.stories.links import Members
from topics.ingest.stories.rules import UNDATED


def members_of(ids: Sequence[str], dates: Sequence[DateEstimate], n_tokens: Sequence[int]) -> Members:
    """Return what grouping needs of documents whose sketches lie in the same order."""
    days = [when.point.toordinal() if when.point else UNDATED for when in dates]
    return Members(tuple(ids), np.array(days, dtype=np.int32), np.array(n_tokens, dtype=np.int32), np.arange(len(ids), dtype=np.int64))
