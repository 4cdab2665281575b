"""Taking in a BERTopic object: which documents it knows, and clear words where that cannot be told."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import planted
import pytest

from tests.conftest import corpus_from, make_document
from topics.core.errors import DataError, UsageError
from topics.core.matrices import PreparedCorpus
from topics.models.bertopic import from_bertopic


def with_copies() -> PreparedCorpus:
    """Every third story has a copy that is no training document."""
    documents = planted.planted_documents("mixed", n=32)
    about = [{"language": d.info.language, "source": d.info.source, "id": f"copy-{d.info.id}"} for d in documents]
    copies = [make_document(d.text, canonical=False, **values) for d, values in zip(documents[::3], about[::3], strict=True)]
    corpus = corpus_from([*documents, *copies])
    return planted.prepare(corpus).apply(corpus)


@pytest.fixture(scope="module")
def data() -> PreparedCorpus:
    return with_copies()


def themes(data: PreparedCorpus) -> list[int]:
    """The planted theme of every document, as the topics of a BERTopic object."""
    names = sorted({info.source for info in data.corpus.infos})
    return [names.index(info.source) for info in data.corpus.infos]


def canonical(data: PreparedCorpus) -> list[int]:
    return [row for row, info in enumerate(data.corpus.infos) if info.canonical]


def test_topics_of_all_documents_of_the_training_ones_or_of_those_named_are_the_same(data: PreparedCorpus) -> None:
    topics, rows = themes(data), canonical(data)
    assert len(rows) < len(topics)
    shuffled = list(np.random.default_rng(3).permutation(len(topics)))
    everyone = from_bertopic(SimpleNamespace(topics_=topics), data)
    stories = from_bertopic(SimpleNamespace(topics_=[topics[row] for row in rows]), data)
    named = from_bertopic(SimpleNamespace(topics_=[topics[row] for row in shuffled]), data, ids=[data.corpus.ids[row] for row in shuffled])
    assert everyone.result.n_topics == 4
    for other in (stories, named):
        assert np.array_equal(other.result.documents.weights, everyone.result.documents.weights)


def test_documents_that_the_object_does_not_know_are_in_none_of_its_topics(data: PreparedCorpus) -> None:
    rows = canonical(data)[:40]
    taken = from_bertopic(
        SimpleNamespace(topics_=[themes(data)[row] + 7 for row in rows]), data, ids=[data.corpus.ids[row] for row in rows]
    )
    assert taken.result.n_topics == len({themes(data)[row] for row in rows})
    n_rows = len(canonical(data))
    assert taken.result.card.notes[1] == f"{n_rows - 40} of {n_rows} training documents are not among its own."


def test_a_bertopic_of_other_documents_is_refused_and_told_what_to_give(data: PreparedCorpus) -> None:
    n_docs, n_rows = len(data.corpus), len(canonical(data))
    expected = rf"knows 7 documents, the corpus has {n_docs}, {n_rows} of them to learn from\. Give `ids`"
    with pytest.raises(DataError, match=expected):
        from_bertopic(SimpleNamespace(topics_=[0, 1, 2, 0, 1, 2, 0]), data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ids: ids[:-1], r"there are \d+ ids, the BERTopic object knows \d+ documents"),
        (lambda ids: [*ids[:-1], ids[0]], "stands twice"),
        (lambda ids: [*ids[:-1], "who"], "'who' is not in the corpus"),
    ],
)
def test_ids_that_do_not_fit_are_refused(data: PreparedCorpus, change: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        from_bertopic(SimpleNamespace(topics_=themes(data)), data, ids=change(list(data.corpus.ids)))  # type: ignore[operator]


def test_an_unfitted_bertopic_is_refused(data: PreparedCorpus) -> None:
    from bertopic import BERTopic

    with pytest.raises(DataError, match=r"not fitted.*fit_transform"):
        from_bertopic(BERTopic(umap_model=object(), hdbscan_model=object()), data)


@pytest.mark.parametrize("topics", [0, -1])
def test_a_bertopic_with_one_topic_or_none_is_refused(data: PreparedCorpus, topics: int) -> None:
    with pytest.raises(DataError, match="fewer than two topics"):
        from_bertopic(SimpleNamespace(topics_=[topics] * len(data.corpus)), data)


def test_documents_without_any_vector_are_refused(data: PreparedCorpus) -> None:
    nothing = replace(data, embeddings=replace(data.embeddings, vectors=np.zeros_like(data.embeddings.vectors)))
    with pytest.raises(DataError, match="no document has a vector"):
        from_bertopic(SimpleNamespace(topics_=themes(data)), nothing)
