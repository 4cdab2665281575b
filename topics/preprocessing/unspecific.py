"""Stop words of a corpus: terms all over it that fall into documents as if by chance."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from topics.core.matrices import DocTermMatrix

MIN_SHARE = 0.05  # of a language's documents; a rarer term does little harm
MAX_RESIDUAL = 0.2  # bits
MIN_DOCS = 100  # in fewer documents, chance hides the difference
LENGTHS = 200


def unspecific_terms(dtm: DocTermMatrix, languages: Sequence[str], keep: Collection[str] = ()) -> dict[str, tuple[str, ...]]:
    """Return by language the terms whose residual inverse document frequency is near zero.

    A term of a topic comes several times into the documents that it is in, so it is in fewer documents than its frequency leads one to
    expect; a term without a topic is in as many. Residual idf is log2 of expected by real number of documents; what is expected follows
    from a Poisson rate and the lengths of the documents.

    Source: Church and Gale 1995, "Inverse document frequency (IDF): a measure of deviations from Poisson".

    Args:
        dtm: counts of the training documents, stop words dropped.
        languages: language of each row.
        keep: terms that are never proposed.
    """
    found: dict[str, tuple[str, ...]] = {}
    for code in sorted(set(languages)):
        rows = np.flatnonzero(np.array(languages) == code)
        if len(rows) < MIN_DOCS:
            continue
        counts = dtm.counts[rows]
        lengths = np.sort(np.asarray(counts.sum(axis=1), dtype=np.float64))
        in_docs = np.bincount(counts.indices, minlength=counts.shape[1])
        columns = np.flatnonzero(in_docs >= MIN_SHARE * len(rows))
        rate = np.asarray(counts.sum(axis=0), dtype=np.float64)[columns] / max(1.0, lengths.sum())
        typical = np.array([part.mean() for part in np.array_split(lengths, min(LENGTHS, len(lengths)))])
        expected = len(rows) * (1 - np.exp(-np.outer(typical, rate))).mean(axis=0)
        residual = np.log2(expected / in_docs[columns])
        terms = [dtm.vocabulary.terms[column] for column in columns[residual < MAX_RESIDUAL].tolist()]
        found[code] = tuple(
            sorted(term for term in terms if term not in keep and dtm.vocabulary.languages[dtm.vocabulary.index[term]] == code)
        )
    return found
