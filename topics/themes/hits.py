"""Where the terms of themes stand in documents: the numbers that every scorer of themes begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse

from topics.core.documents import Corpus
from topics.core.matrices import Float32, Float64, Int64
from topics.core.themes import Themes
from topics.engine import Engine
from topics.progress import track
from topics.themes.matching import matchers_of

PART = 2048  # documents that are looked through at a time
Int32 = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class TermPlaces:
    """Where the terms of themes stand; those of document d are numbers indptr[d] to indptr[d + 1].

    Args:
        indptr: (n_docs + 1,).
        seeds: (n_places,) number of the term among those of all themes.
        starts, ends: (n_places,) code points of the text as read.
        theme_of: (n_seeds,) the theme of each term.
    """

    indptr: Int64
    seeds: Int32
    starts: Int32
    ends: Int32
    theme_of: Int64

    def spans(self, row: int) -> dict[int, list[tuple[int, int]]]:
        """Return (start, end) of every occurrence in a document, by theme; themes without one are not there."""
        found: dict[int, list[tuple[int, int]]] = {}
        inside = slice(self.indptr[row], self.indptr[row + 1])
        themes = self.theme_of[self.seeds[inside]].tolist()
        for theme, start, end in zip(themes, self.starts[inside].tolist(), self.ends[inside].tolist(), strict=True):
            found.setdefault(theme, []).append((start, end))
        return found


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
        places: where the terms stand; None for some of the documents of a corpus, or documents of words drawn by chance.
    """

    hits: sparse.csr_array
    theme_of: Int64
    n_themes: int
    lengths: Float64
    groups: tuple[str, ...]
    counts: sparse.csr_array | None = None
    vectors: Float32 | None = None
    places: TermPlaces | None = None

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


def _find(themes: Themes, part: Corpus) -> tuple[list[int], list[int], Int32, Int32, Int32]:
    """The chunk function: words and number of occurrences of each document; then of all occurrences the term, start and end."""
    column = {seed: number for number, seed in enumerate(seeds_of(themes))}
    lengths: list[int] = []
    sizes: list[int] = []
    found: list[tuple[int, int, int]] = []
    for document in part:
        text, before = document.kept(), len(found)
        for number, matcher in enumerate(matchers_of(themes)):
            found += [(column[number, term], start, end) for start, end, term in matcher.hits(text, document.info.language)]
        lengths.append(len(text.split()))
        sizes.append(len(found) - before)
    seeds, starts, ends = np.array(found, dtype=np.int32).reshape(-1, 3).T.copy()
    return lengths, sizes, seeds, starts, ends


def find_hits(corpus: Corpus, themes: Themes, engine: Engine | None = None) -> ThemeDocuments:
    """Find the terms of themes in the kept text of every document; memory grows with the occurrences alone.

    Args:
        corpus: the documents.
        themes: whose terms are looked for.
        engine: where parts of the corpus are looked through; None is this process.
    """
    engine = engine or Engine()
    made = engine.map_chunks(partial(_find, themes), corpus.parts(PART, apart=engine.spreads))
    parts = list(track(made, "looking for terms of themes", -(-len(corpus) // PART)))
    theme_of = np.array([number for number, _ in seeds_of(themes)], dtype=np.int64)
    indptr = np.concatenate([[0], np.cumsum([size for part in parts for size in part[1]], dtype=np.int64)]).astype(np.int64)
    seeds, starts, ends = (np.concatenate([np.zeros(0, dtype=np.int32), *(part[kind] for part in parts)]) for kind in (2, 3, 4))
    places = TermPlaces(indptr, seeds, starts, ends, theme_of)
    hits = sparse.csr_array((np.ones(len(seeds)), seeds.astype(np.int64), indptr.copy()), shape=(len(corpus), len(theme_of)))
    hits.sum_duplicates()
    lengths = np.array([length for part in parts for length in part[0]], dtype=np.float64)
    groups = tuple(info.language for info in corpus.infos)
    return ThemeDocuments(hits, theme_of, len(themes), lengths, groups, places=places)
