"""A part of many documents that stands for all: as many from every month, source and language as these have of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from topics.core.documents import DocumentInfo

if TYPE_CHECKING:  # settings take the constant and do without arrays
    from topics.core.matrices import Int64

SAMPLE = 100_000  # documents that what grows faster than their number is fitted on


def stratified(infos: Sequence[DocumentInfo], most: int) -> Int64:
    """Return the numbers of at most so many documents, ascending: all of them, or a systematic sample.

    Documents are ordered by month, source and language and taken at even steps, so each of these has its share, rounded up or down.
    Within them they stay in content-hash order, which knows nothing of what they say: the same documents give the same sample.

    Source: Cochran 1977, "Sampling techniques", chapters 5 and 8.

    Args:
        infos: documents in content-hash order.
        most: at least 1.
    """
    import numpy as np

    n_docs = len(infos)
    if n_docs <= most:
        return np.arange(n_docs, dtype=np.int64)
    strata = [(str(info.date.point or info.date.earliest or "")[:7], info.source, info.language) for info in infos]
    order = np.array(sorted(range(n_docs), key=strata.__getitem__), dtype=np.int64)
    steps = (np.arange(most, dtype=np.int64) * 2 + 1) * n_docs // (2 * most)
    return np.sort(order[steps])


def said_sample(n_fitted: int, n_docs: int, smallest: int) -> tuple[str, ...]:
    """Return a sentence on what fitting on a sample means; none where all documents are in it.

    Args:
        n_fitted: documents of the sample.
        n_docs: all of them.
        smallest: fewest documents of a topic in the sample.
    """
    if n_fitted == n_docs:
        return ()
    least = -(-smallest * n_docs // n_fitted)
    error = 1.96 * (0.01 * 0.99 / n_fitted * (1 - n_fitted / n_docs)) ** 0.5
    return (
        f"Fitted on {n_fitted:,} of {n_docs:,} distinct articles, drawn evenly from every month, source and language; the same rule places "
        f"all others. A topic of fewer than about {least:,} articles is too small to be found in the sample; of one that holds 1 % of all "
        f"articles the sample holds {1 - 100 * error:.2f} to {1 + 100 * error:.2f} % (95 %).",
    )
