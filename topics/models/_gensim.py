"""gensim's own inference, to compare, and a live gensim model of any topics."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from topics.core.errors import DataError
from topics.core.matrices import Float64
from topics.engine import one_thread

if TYPE_CHECKING:
    from gensim.corpora import Dictionary
    from gensim.models import LdaModel

CHUNKS, MIN_CHUNK, MAX_CHUNK = 4, 64, 2000  # gensim updates once a chunk; its own 2,000 would leave a small corpus one step a pass
SMALLEST = 1e-12  # prior of a term that stays out of a topic: gensim takes the logarithm of it
PASSES = 20


def train(
    counts: sparse.csr_array, terms: Sequence[str], n_topics: int, *, passes: int | None, priors: tuple[object, object], seed: int
) -> LdaModel:
    """Return gensim's LdaModel of counts (n_docs, n_terms), trained in one process and one thread; `priors` are its alpha and eta."""
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    rows = list(Sparse2Corpus(sparse.csc_matrix(counts), documents_columns=False))
    chunk = min(MAX_CHUNK, max(MIN_CHUNK, len(rows) // CHUNKS))
    fit = partial(LdaModel, rows, id2word=dict(enumerate(terms)), num_topics=n_topics, passes=passes or PASSES, chunksize=chunk)
    with one_thread():
        return fit(random_state=seed, alpha=priors[0], eta=priors[1], eval_every=None, dtype=np.float64)


def arrays_of(model: LdaModel) -> tuple[Float64, Float64, float | Float64]:
    """Return lambda (n_topics, n_terms), alpha (n_topics,) and eta: one number where it is one, else (n_topics, n_terms)."""
    topic_counts = np.asarray(model.state.get_lambda(), dtype=np.float64)
    eta = np.asarray(model.eta, dtype=np.float64)  # one number, one for each term, or one for each of both
    alike = eta.size > 0 and np.ptp(eta) == 0
    return (
        topic_counts,
        np.asarray(model.alpha, dtype=np.float64),
        float(eta.flat[0]) if alike else np.broadcast_to(eta, topic_counts.shape).copy(),
    )


def live_dictionary(terms: Sequence[str], counts: sparse.csr_array | None) -> Dictionary:
    """Return a dictionary of terms in the order of the columns; with counts (n_docs, n_terms) it knows how often each occurs."""
    from gensim.corpora import Dictionary

    dictionary = Dictionary()
    dictionary.token2id = {term: column for column, term in enumerate(terms)}
    dictionary.id2token = dict(enumerate(terms))
    if counts is not None:
        documents, tokens = np.bincount(counts.indices, minlength=len(terms)), np.asarray(counts.sum(axis=0)).ravel()
        dictionary.num_docs, dictionary.num_nnz, dictionary.num_pos = counts.shape[0], int(counts.nnz), int(tokens.sum())
        occurring = np.flatnonzero(documents).tolist()
        dictionary.dfs = {column: int(documents[column]) for column in occurring}
        dictionary.cfs = {column: int(tokens[column]) for column in occurring}
    return dictionary


def live_model(topic_counts: Float64, alpha: Float64, eta: float | Float64, dictionary: Dictionary) -> LdaModel:
    """Return gensim's LdaModel with these topic counts (n_topics, n_terms, with their prior) and these priors."""
    from gensim.models import LdaModel

    prior = np.maximum(eta, SMALLEST)
    # gensim takes a prior for each term; one for each of both only where topics differ, for its bound then adds all of them up
    own = prior[0] if np.ndim(prior) and not np.ptp(prior, axis=0).any() else prior if np.ndim(prior) else float(prior)
    # gensim drops topics below 0.01 of a document, and draws where its inference starts
    settings = {"minimum_probability": 0.0, "random_state": 0, "dtype": np.float64}
    model = LdaModel(num_topics=len(alpha), id2word=dictionary, alpha=alpha, eta=own, **settings)
    model.state.sstats = np.maximum(topic_counts - prior, 0.0)
    model.sync_state()
    return model


def columns_of(dictionary: Dictionary, terms: Sequence[str], n_columns: int) -> list[int]:
    """Return the column of each term in a gensim model of that many columns.

    Raises:
        DataError: dictionary, model and terms are not of the same terms.
    """
    names = {str(term): int(column) for term, column in dictionary.token2id.items()}
    lacking, extra = sorted(set(terms) - names.keys()), sorted(names.keys() - set(terms))
    if lacking or extra:
        what = (
            f"the dictionary has {len(names)} terms, the preparation {len(terms)}: {_some(lacking, 'lacking')}, {_some(extra, 'unknown')}."
        )
        raise DataError(what, where="from_gensim", hint="Train on the counts and terms of the preparation (prepared.dtm).")
    columns = [names[term] for term in terms]
    if n_columns != len(terms) or sorted(columns) != list(range(len(terms))):
        what = f"the model has {n_columns} terms, its dictionary {len(names)}, numbered up to {max(columns)}."
        raise DataError(what, where="from_gensim", hint="Give the dictionary that the model was trained with.")
    return columns


def _some(terms: list[str], what: str) -> str:
    shown = f" ({', '.join(map(repr, terms[:3]))}{', ...' if len(terms) > 3 else ''})" if terms else ""
    return f"{len(terms)} {what}{shown}"
