"""Topics of a BERTopic object that a user fitted: which training documents they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from topics.core.errors import DataError, UsageError
from topics.core.matrices import Int64

WHERE = "from_bertopic"


def topics_of(live: Any, corpus_ids: Sequence[str], rows: Int64, ids: Sequence[str] | None) -> Int64:  # noqa: ANN401 - BERTopic is untyped
    """Return (n_rows,) the topic of each training document, numbered from 0 without gaps; -1 is none, or not among the object's.

    Args:
        live: only its `topics_` is read.
        corpus_ids: of all documents.
        rows: of the training documents among them.
        ids: of the object's documents in their order; None where they are all of the corpus, or the training documents, in its order.

    Raises:
        DataError: no training document, the object is not fitted, its documents are not known, or it has fewer than two topics.
        UsageError: `ids` are others in number than the topics, stand twice, or are not in the corpus.
    """
    if not len(rows):
        raise DataError("no document has a vector to learn from.", where=WHERE, hint="Look at the vectors of the prepared documents.")
    topics = getattr(live, "topics_", None)
    if topics is None:
        raise DataError("this BERTopic object is not fitted: it has no `topics_`.", where=WHERE, hint="Call its fit_transform first.")
    labels = np.asarray(topics, dtype=np.int64)
    own = _ids_of(labels.size, corpus_ids, rows) if ids is None else _checked(ids, labels.size, corpus_ids)
    topic_of = dict(zip(own, labels.tolist(), strict=True))
    found = np.array([topic_of.get(corpus_ids[row], -1) for row in rows], dtype=np.int64)
    kept = np.unique(found[found >= 0])
    if len(kept) < 2:
        what = "the BERTopic object has fewer than two topics with documents of the corpus to learn from."
        raise DataError(what, where=WHERE, hint="Fit it on this corpus, one copy of each story, with a smaller min_topic_size.")
    return np.where(found >= 0, np.searchsorted(kept, found), -1).astype(np.int64)


def _ids_of(n_topics: int, corpus_ids: Sequence[str], rows: Int64) -> Sequence[str]:
    """The documents of an object, by their number alone."""
    if n_topics == len(corpus_ids):
        return corpus_ids
    if n_topics == len(rows):
        return [corpus_ids[row] for row in rows]
    what = f"the BERTopic object knows {n_topics} documents, the corpus has {len(corpus_ids)}, {len(rows)} of them to learn from."
    raise DataError(what, where=WHERE, hint="Give `ids`, the ids of its documents in their order, as in `corpus.ids`.")


def _checked(ids: Sequence[str], n_topics: int, corpus_ids: Sequence[str]) -> Sequence[str]:
    if len(ids) != n_topics:
        what = f"there are {len(ids)} ids, the BERTopic object knows {n_topics} documents."
        raise UsageError(what, where=WHERE, hint="Give the id of each of its documents, in their order.")
    known, seen = set(corpus_ids), set[str]()
    for name in ids:
        if name not in known or name in seen:
            what = f"the id {name!r} {'stands twice' if name in seen else 'is not in the corpus'}."
            raise UsageError(what, where=WHERE, hint="Ids are those of `corpus.ids`, each once.")
        seen.add(name)
    return ids
