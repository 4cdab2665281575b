"""Where the terms of themes stand in documents: the numbers that every scorer of themes begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from topics.core.documents import Corpus
from topics.core.matrices import Float32, Float64, Int64
from topics.core.themes import Themes
from topics.themes.matching import ThemeMatcher


@dataclass(frozen=True, eq=False)
class ThemeDocuments:
    """What scorers see of documents.

    Args:
        hits: (n_docs, n_seeds) occurrences of each term of each theme, CSR float64.
        theme_of: (n_seeds,) the theme of each term.
        n_themes: number of themes.
        lengths: (n_docs,) words of the kept text.
        groups: language of each document; vectors of one group can be compared.
        counts: (n_docs, n_terms) of the prepared vocabulary, or None.
        vectors: (n_docs, n_dims), or None.
    """

    hits: sparse.csr_array
    theme_of: Int64
    n_themes: int
    lengths: Float64
    groups: tuple[str, ...]
    counts: sparse.csr_array | None = None
    vectors: Float32 | None = None

    def __len__(self) -> int:
        return len(self.groups)

    def rows(self, rows: Int64) -> ThemeDocuments:
        """Return some of the documents."""
        counts = None if self.counts is None else self.counts[rows]
        vectors = None if self.vectors is None else self.vectors[rows]
        groups = tuple(self.groups[row] for row in rows)
        return ThemeDocuments(self.hits[rows], self.theme_of, self.n_themes, self.lengths[rows], groups, counts, vectors)

    def by_theme(self, values: sparse.csr_array) -> Float64:
        """Return (n_docs, n_themes) the sums of (n_docs, n_seeds) values over the terms of each theme."""
        n_seeds = len(self.theme_of)
        if not n_seeds:
            return np.zeros((len(self), self.n_themes))
        places = (np.ones(n_seeds), (np.arange(n_seeds), self.theme_of))
        return np.asarray((values @ sparse.csr_array(places, shape=(n_seeds, self.n_themes))).toarray(), dtype=np.float64)

    @property
    def occurrences(self) -> Float64:
        """(n_docs, n_themes) occurrences of any term of each theme."""
        return self.by_theme(self.hits)


def group_members(groups: Sequence[str]) -> dict[str, Int64]:
    """Return the rows of each group, groups in the order of their names."""
    names = np.array(groups, dtype=np.str_)
    return {str(name): np.flatnonzero(names == name).astype(np.int64) for name in np.unique(names)}


def seeds_of(themes: Themes) -> list[tuple[int, str]]:
    """Return every term with the number of its theme; one that stands in several languages of a theme counts once."""
    return [(number, term) for number, theme in enumerate(themes) for term in dict.fromkeys(t for ts in theme.terms.values() for t in ts)]


def find_hits(corpus: Corpus, themes: Themes) -> ThemeDocuments:
    """Count the terms of themes in the kept text of every document; memory grows with the occurrences alone."""
    seeds = seeds_of(themes)
    column = {seed: number for number, seed in enumerate(seeds)}
    matchers = [ThemeMatcher(theme) for theme in themes]
    indices: list[int] = []
    indptr, lengths = [0], []
    for document in corpus:
        kept, language = document.kept(), document.info.language
        for number, matcher in enumerate(matchers):
            indices += [column[number, term] for _, _, term in matcher.hits(kept, language)]
        indptr.append(len(indices))
        lengths.append(float(len(kept.split())))
    shape = (len(lengths), len(seeds))
    hits = sparse.csr_array((np.ones(len(indices)), np.array(indices, dtype=np.int64), np.array(indptr, dtype=np.int64)), shape=shape)
    hits.sum_duplicates()
    theme_of = np.array([number for number, _ in seeds], dtype=np.int64)
    return ThemeDocuments(hits, theme_of, len(themes), np.array(lengths), tuple(info.language for info in corpus.infos))
