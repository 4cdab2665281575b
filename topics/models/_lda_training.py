"""The documents that an LDA is fitted on."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from topics.core.errors import DataError
from topics.core.matrices import PreparedCorpus


def training_counts(prepared: PreparedCorpus, topics: int, least: int) -> sparse.csr_array:
    """Return the counts of one copy of each story with known terms.

    Args:
        prepared: the documents.
        topics: how many are asked for.
        least: number of documents below which topics would be invented.

    Raises:
        DataError: no topics can be found in them: too few, no terms, or all alike.
    """
    counts, where = sparse.csr_array(prepared.dtm.counts), "models.lda.topics"
    if not len(prepared.dtm.vocabulary):
        raise DataError("the vocabulary is empty.", where="preprocessing", hint="Lower min_df, or raise max_df.")
    canonical = np.array([info.canonical for info in prepared.corpus.infos], dtype=bool)
    training = counts[np.flatnonzero(canonical & (np.diff(counts.indptr) > 0))]
    n_docs, n_terms = training.shape
    need = max(least, topics)
    if n_docs < need:
        allowed = f"; allowed are 2 to {n_docs}" if n_docs >= least else ""
        what = f"there are {n_docs} distinct documents with known terms, {topics} topics need at least {need}{allowed}."
        raise DataError(what, where=where, hint="Ask for fewer topics, add documents, or lower [preprocessing] min_df.")
    if n_terms < 2:
        raise DataError(f"the vocabulary has {n_terms} term; topics need at least two.", where="preprocessing", hint="Lower min_df.")
    if n_terms < topics:
        what = f"topics is {topics}, the vocabulary has {n_terms} terms; allowed are 2 to {n_terms}."
        raise DataError(what, where=where, hint="Ask for fewer topics, or lower [preprocessing] min_df.")
    first = training[[0]]
    if training.nnz == n_docs * first.nnz and not (training - sparse.vstack([first] * n_docs, format="csr")).count_nonzero():
        what = f"all {n_docs} documents hold the same words, so there is nothing to tell topics apart by."
        raise DataError(what, where=where, hint="Look at the text column and at [preprocessing]: are these the articles?")
    return training
