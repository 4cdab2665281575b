"""Where LDA starts: topics of a non-negative matrix factorisation instead of chance.

Started by chance, each seed ends in another local optimum; started here, nearly all end in one, and it changes less when documents do.
Matched columns of documents of fits from several seeds (shuffled ones taken off) correlate by .68 from chance and .96 from here on
bbc_news at 20 topics, .62 and .91 on unc_dantri at 50, .52 and .90 on dblp at 50. Held-out perplexity is about the same (-0.7 % to
+1.1 %), coherence the same or better, and half the sweeps are enough.

Source: Lee and Seung 1999; the deterministic start of the factorisation itself by Boutsidis and Gallopoulos 2008 (NNDSVD). What is
factorised are roots of counts times log(documents / documents with the term), at unit length: with counts alone, frequent words take
all topics, and those of titles of five words cohere less (NPMI .045 where this gives .065).
"""

from __future__ import annotations

import warnings

import numpy as np
from scipy import sparse

from topics.core.matrices import Float64
from topics.engine import one_thread
from topics.models._cvb0_blocks import content_order

MAX_PAIRS = 400_000  # of documents that are looked at: the first by content, so neither order nor size of the corpus matters
ITERATIONS, SMOOTH = 20, 0.03


def start_topics(counts: sparse.csr_array, n_topics: int) -> Float64:
    """Return topics (n_topics, n_terms) as probabilities; at most as many as documents and terms.

    Args:
        counts: (n_docs, n_terms) of int, rows sorted.
        n_topics: number of topics.
    """
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    order = content_order(counts)
    sizes = np.diff(counts.indptr)[order]
    some = counts[order[: max(n_topics, int(np.searchsorted(np.cumsum(sizes), MAX_PAIRS)))]]
    rare = np.log(some.shape[0] / np.maximum(np.bincount(some.indices, minlength=some.shape[1]), 1))
    weighed = sparse.csr_matrix((np.sqrt(some.data) * rare[some.indices], some.indices, some.indptr), shape=some.shape)
    lengths = np.sqrt(weighed.multiply(weighed).sum(axis=1)).ravel()
    weighed = sparse.csr_matrix(sparse.diags_array(1.0 / np.maximum(np.asarray(lengths).ravel(), 1e-9)) @ weighed)
    model = NMF(n_topics, init="nndsvda", random_state=0, max_iter=ITERATIONS, tol=1e-6)
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # that it has not converged: LDA goes on from here
        shares = model.fit_transform(weighed)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
        masses = np.asarray((some.T @ shares).T) + SMOOTH
    return np.asarray(masses / masses.sum(axis=1, keepdims=True), dtype=np.float64)
