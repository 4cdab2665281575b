"""Terms of documents to a vocabulary and a count matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy import sparse

from topics.core.errors import DataError
from topics.core.matrices import DocTermMatrix, Float32, Vocabulary


def build_vocabulary(
    documents: Iterable[tuple[str, Sequence[str]]], *, min_df: int, max_df: float, max_terms: int, n_docs: Mapping[str, int]
) -> Vocabulary:
    """Return the terms that stand in at least `min_df` documents and in at most a share `max_df` of a language's documents.

    Args:
        documents: (language, terms) of each document.
        min_df: least number of documents.
        max_df: largest share of the documents of the term's main language.
        max_terms: the most frequent are kept; ties by the alphabet.
        n_docs: documents of each language.

    Raises:
        DataError: no term is left; the message says which filter took how many.
    """
    frequency: dict[str, Counter[str]] = {}
    for language, terms in documents:
        frequency.setdefault(language, Counter()).update(set(terms))
    total: Counter[str] = Counter()
    for counts in frequency.values():
        total.update(counts)
    main = {term: max(sorted(frequency), key=lambda code, term=term: frequency[code][term]) for term in total}  # type: ignore[misc]
    frequent = {term: n for term, n in total.items() if n >= min_df}
    limited = {term: n for term, n in frequent.items() if frequency[main[term]][term] <= max(1.0, max_df * n_docs[main[term]])}
    if not limited:
        raise DataError(
            f"no term is left: {len(total)} found, {len(total) - len(frequent)} in fewer than {min_df} documents, "
            f"{len(frequent)} in more than {max_df:.0%} of them.",
            where="[preprocessing]",
            hint="Lower min_df, raise max_df, or add documents.",
        )
    terms = sorted(sorted(limited, key=lambda term: (-limited[term], term))[:max_terms])
    return Vocabulary(tuple(terms), tuple(main[term] for term in terms))


def count(documents: Iterable[Sequence[str]], doc_ids: tuple[str, ...], vocabulary: Vocabulary) -> tuple[DocTermMatrix, Float32]:
    """Return the counts (n_docs, n_terms) and (n_docs,) the share of each document's terms that the vocabulary lacks."""
    index = vocabulary.index
    data: list[int] = []
    columns: list[int] = []
    starts = [0]
    unknown: list[float] = []
    for terms in documents:
        counts = Counter(index[term] for term in terms if term in index)
        for column, n in sorted(counts.items()):
            columns.append(column)
            data.append(n)
        starts.append(len(columns))
        unknown.append(1.0 - sum(counts.values()) / len(terms) if terms else 0.0)
    matrix = sparse.csr_array(
        (np.array(data, dtype=np.int32), np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int64)),
        shape=(len(doc_ids), len(vocabulary)),
    )
    return DocTermMatrix(matrix, doc_ids, vocabulary), np.array(unknown, dtype=np.float32)
