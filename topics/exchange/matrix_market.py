"""Counts as gensim and every tool of sparse matrices read them: a Matrix Market file and its vocabulary, as text.

Source: Boisvert, Pozo and Remington 1996, "The Matrix Market Exchange Formats: Initial Design", NISTIR 5935.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import sparse

from topics.core.matrices import DocTermMatrix
from topics.tables import render_csv

CORPUS, VOCABULARY, DICTIONARY, DOCUMENTS = "corpus.mm", "vocabulary.txt", "dictionary.txt", "documents.csv"
HEADER = "%%MatrixMarket matrix coordinate real general\n"  # gensim reads no other


def write_counts(folder: Path, dtm: DocTermMatrix) -> None:
    """Write counts and vocabulary; nothing in them is code, and gensim reads them as they are.

    `corpus.mm` has a row a document and a column a term, both from 1; `vocabulary.txt` a term a line in the order of the columns;
    `dictionary.txt` is for `Dictionary.load_from_text`; `documents.csv` has the id of each row.
    """
    counts, terms = sparse.csr_array(dtm.counts), dtm.vocabulary.terms
    counts.sort_indices()
    with (folder / CORPUS).open("w", encoding="utf-8", newline="\n") as out:
        out.write(f"{HEADER}{counts.shape[0]} {counts.shape[1]} {counts.nnz}\n")
        for row in range(counts.shape[0]):
            part = slice(counts.indptr[row], counts.indptr[row + 1])
            pairs = zip(counts.indices[part].tolist(), counts.data[part].tolist(), strict=True)
            out.writelines(f"{row + 1} {column + 1} {n}\n" for column, n in pairs)
    _write(folder / VOCABULARY, "".join(f"{term}\n" for term in terms))
    held = np.bincount(counts.indices, minlength=len(terms)).tolist()
    lines = (f"{column}\t{term}\t{n}\n" for column, (term, n) in enumerate(zip(terms, held, strict=True)))
    _write(folder / DICTIONARY, f"{counts.shape[0]}\n{''.join(lines)}")
    _write(folder / DOCUMENTS, render_csv(("row", "id"), enumerate(dtm.doc_ids, start=1)))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
