"""Terms of documents to a vocabulary and a count matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from topics.core.errors import DataError
from topics.core.matrices import DocTermMatrix, Float32, Int64, Vocabulary

Int32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TermCounts:
    """How often documents hold each of the terms that are found in them.

    Args:
        terms: (n_found,) distinct terms, in the order in which they first come.
        sizes: (n_docs,) number of distinct terms of each document.
        columns, counts: (sum of sizes,) the number of each of these terms, and how often it occurs.
    """

    terms: tuple[str, ...]
    sizes: Int32
    columns: Int32
    counts: Int32


def count_terms(documents: Iterable[Sequence[str]]) -> TermCounts:
    """Return the counts of documents from their terms."""
    index: dict[str, int] = {}
    sizes: list[int] = []
    columns: list[int] = []
    counts: list[int] = []
    for terms in documents:
        found = Counter(terms)
        columns += [index.setdefault(term, len(index)) for term in found]
        counts += found.values()
        sizes.append(len(found))
    return TermCounts(tuple(index), *(np.array(listed, dtype=np.int32) for listed in (sizes, columns, counts)))


@dataclass(eq=False)
class CorpusCounts:
    """The counts of a corpus, chunk by chunk as they are made; a term has one number in all of them."""

    _index: dict[str, int] = field(default_factory=dict)
    _chunks: list[TermCounts] = field(default_factory=list)

    def add(self, chunk: TermCounts) -> None:
        """Add the next documents."""
        index = self._index
        numbers = np.array([index.setdefault(term, len(index)) for term in chunk.terms], dtype=np.int32)
        self._chunks.append(TermCounts((), chunk.sizes, numbers[chunk.columns] if len(numbers) else chunk.columns, chunk.counts))

    def vocabulary(self, languages: Sequence[str], rows: Bools, *, min_df: int, max_df: float, max_terms: int) -> Vocabulary:
        """Return the terms that stand in at least `min_df` documents and in at most a share `max_df` of a language's documents.

        Args:
            languages: (n_docs,) of each document.
            rows: (n_docs,) which documents count.
            min_df: least number of documents.
            max_df: largest share of the documents of the term's main language.
            max_terms: the most frequent are kept; ties by the alphabet.

        Raises:
            DataError: no term is left; the message says which filter took how many.
        """
        codes = sorted({language for language, counts in zip(languages, rows.tolist(), strict=True) if counts})
        number = {code: place for place, code in enumerate(codes)}
        of_row = np.array([number.get(language, 0) for language in languages], dtype=np.int64)
        by_language = self._frequency(of_row, rows, max(1, len(codes)))
        total, main = by_language.sum(axis=0), by_language.argmax(axis=0)  # of equals the first by its code
        sizes = np.bincount(of_row[rows], minlength=max(1, len(codes)))
        there, frequent = total > 0, total >= max(1, min_df)
        kept = frequent & (by_language.max(axis=0, initial=0) <= np.maximum(1.0, max_df * sizes)[main])
        if not kept.any():
            n_found, n_frequent = int(there.sum()), int(frequent.sum())
            raise DataError(
                f"no term is left: {n_found} found, {n_found - n_frequent} in fewer than {min_df} documents, "
                f"{n_frequent} in more than {max_df:.0%} of them.",
                where="[preprocessing]",
                hint="Lower min_df, raise max_df, or add documents.",
            )
        names = [term for term, keep in zip(self._index, kept.tolist(), strict=True) if keep]
        found = sorted(zip((-total[kept]).tolist(), names, main[kept].tolist(), strict=True))[:max_terms]
        chosen = sorted((name, codes[place]) for _, name, place in found)
        return Vocabulary(tuple(name for name, _ in chosen), tuple(code for _, code in chosen))

    def _frequency(self, of_row: Int64, rows: Bools, n_languages: int) -> Int64:
        """(n_languages, n_found) in how many of the rows of each language a term stands."""
        n_terms = len(self._index)
        found, begin = np.zeros(n_languages * n_terms, dtype=np.int64), 0
        for chunk in self._chunks:
            here = slice(begin, begin + len(chunk.sizes))
            counted = np.repeat(rows[here], chunk.sizes)
            places = np.repeat(of_row[here], chunk.sizes)[counted] * n_terms + chunk.columns[counted]
            found += np.bincount(places, minlength=found.size)
            begin = here.stop
        return found.reshape(n_languages, n_terms)

    def matrix(self, doc_ids: tuple[str, ...], vocabulary: Vocabulary) -> tuple[DocTermMatrix, Float32]:
        """Return the counts (n_docs, n_terms) and (n_docs,) the share of each document's terms that the vocabulary lacks.

        The chunks are given up as they are read: this can be asked once.
        """
        place = np.full(len(self._index), -1, dtype=np.int32)
        for term, column in vocabulary.index.items():
            if term in self._index:
                place[self._index[term]] = column
        n_docs, n_chunks = sum(len(chunk.sizes) for chunk in self._chunks), len(self._chunks)
        sizes, unknown = np.zeros(n_docs, dtype=np.int64), np.zeros(n_docs, dtype=np.float32)
        columns, counts = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
        self._chunks.reverse()
        begin = 0
        for _ in range(n_chunks):
            chunk = self._chunks.pop()
            here = slice(begin, begin + len(chunk.sizes))
            sizes[here], unknown[here], own = _placed(chunk, place)
            columns.append(own[0])
            counts.append(own[1])
            begin = here.stop
        indptr = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
        whole = sparse.csr_array((np.concatenate(counts), np.concatenate(columns), indptr), shape=(n_docs, len(vocabulary)))
        return DocTermMatrix(whole, doc_ids, vocabulary), unknown


def _placed(chunk: TermCounts, place: Int32) -> tuple[Int64, Float32, tuple[Int32, Int32]]:
    """Of a chunk: known terms a document, the share of unknown ones, and columns and counts of the known ones, row by row."""
    n_docs = len(chunk.sizes)
    rows, columns = np.repeat(np.arange(n_docs), chunk.sizes), place[chunk.columns]
    lengths = np.bincount(rows, weights=chunk.counts, minlength=n_docs)
    known = np.flatnonzero(columns >= 0)
    known = known[np.lexsort((columns[known], rows[known]))]
    inside = np.bincount(rows[known], weights=chunk.counts[known], minlength=n_docs)
    unknown = np.where(lengths > 0, 1.0 - inside / np.maximum(lengths, 1.0), 0.0)
    return np.bincount(rows[known], minlength=n_docs), unknown.astype(np.float32), (columns[known], chunk.counts[known])


def count(documents: Iterable[Sequence[str]], doc_ids: tuple[str, ...], vocabulary: Vocabulary) -> tuple[DocTermMatrix, Float32]:
    """Return the counts (n_docs, n_terms) and (n_docs,) the share of each document's terms that the vocabulary lacks."""
    counts = CorpusCounts()
    counts.add(count_terms(documents))
    return counts.matrix(doc_ids, vocabulary)
