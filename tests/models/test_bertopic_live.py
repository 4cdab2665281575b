"""The live BERTopic object: which of its methods work, on which documents, and that the others refuse in clear words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import planted
import pytest

from tests.conftest import corpus_from
from topics.core.errors import UsageError
from topics.core.matrices import PreparedCorpus
from topics.models.bertopic import BertopicConfig, BertopicTopicModel, bags, fit, from_bertopic

DAYS = pd.date_range("2025-01-01", periods=6, freq="MS").to_pydatetime().tolist()


@pytest.fixture(scope="module")
def data() -> PreparedCorpus:
    return planted.prepared("mixed")[1]


@pytest.fixture(scope="module")
def model(data: PreparedCorpus) -> BertopicTopicModel:
    return fit(data, BertopicConfig(), (), 1)


@pytest.fixture
def live(model: BertopicTopicModel) -> Any:
    """A fresh one: its methods change it."""
    assert model.trained is not None
    return model.trained.live_model()


@pytest.fixture
def documents(model: BertopicTopicModel) -> list[str]:
    return list(model.live_documents.values())


def articles(data: PreparedCorpus) -> list[str]:
    return [document.text for document in data.corpus]


def days(n_docs: int) -> list[Any]:
    return [DAYS[at % len(DAYS)] for at in range(n_docs)]


def test_new_documents_have_the_topics_of_our_rule(model: BertopicTopicModel, data: PreparedCorpus, live: Any) -> None:
    new = planted.prepared("mixed")[0].apply(corpus_from(planted.planted_documents("mixed", n=30, seed=99)))
    for some in (data, new):
        found, _ = live.transform(articles(some), embeddings=some.embeddings.vectors)
        assert np.array_equal(found, model.transform(some).labels())
    longer, _ = live.transform(articles(new), embeddings=3.0 * new.embeddings.vectors)
    assert np.array_equal(longer, model.transform(new).labels()), "length says nothing"


def test_new_documents_follow_topics_that_the_object_merged(
    model: BertopicTopicModel,
    data: PreparedCorpus,
    live: Any,
    documents: list[str],
) -> None:
    live.merge_topics(documents, [[0, 1]])
    found, _ = live.transform(documents, embeddings=data.embeddings.vectors)
    assert np.array_equal(found, live.topics_)
    assert len(set(found) - {-1}) == model.result.n_topics - 1


def test_texts_are_not_embedded_by_it(live: Any, documents: list[str]) -> None:
    for ask in (lambda: live.transform(documents), lambda: live.find_topics("flood")):
        with pytest.raises(UsageError, match=r"embeds no texts itself.*Give `embeddings`"):
            ask()
    with pytest.raises(UsageError, match=r"shape \(2, 3\), expected \(documents, 30\)"):
        live.transform(documents[:2], embeddings=np.ones((2, 3), dtype=np.float32))


def _reduce_outliers(live: Any, documents: list[str]) -> object:
    live.topic_sizes_[-1] = 1  # it asks whether there is any; these documents all have a topic
    return live.reduce_outliers(documents, [-1, *live.topics_[1:]], strategy="c-tf-idf")


READS: dict[str, Callable[[Any, list[str]], object]] = {
    "topics_over_time": lambda live, docs: live.topics_over_time(docs, days(len(docs))),
    "topics_per_class": lambda live, docs: live.topics_per_class(docs, ["a" if at % 2 else "b" for at in range(len(docs))]),
    "hierarchical_topics": lambda live, docs: live.hierarchical_topics(docs),
    "approximate_distribution": lambda live, docs: live.approximate_distribution(docs),
    "reduce_outliers": _reduce_outliers,
    "reduce_topics": lambda live, docs: live.reduce_topics(docs, nr_topics=4),
    "merge_topics": lambda live, docs: live.merge_topics(docs, [[0, 1]]),
    "update_topics": lambda live, docs: live.update_topics(docs, vectorizer_model=live.vectorizer_model),
}


@pytest.mark.parametrize("name", READS)
def test_methods_that_read_documents_take_our_terms_and_refuse_articles(
    name: str,
    data: PreparedCorpus,
    live: Any,
    documents: list[str],
) -> None:
    assert READS[name](live, documents) is not None or name in ("merge_topics", "update_topics")
    known = set(live.vectorizer_model.vocabulary_)
    words = {word for topic in live.get_topics().values() for word, weight in topic if weight > 0}
    assert words <= known
    with pytest.raises(UsageError, match=r"is no term of the vocabulary.*live_documents"):
        READS[name](live, articles(data))


def test_updated_topics_keep_their_words(model: BertopicTopicModel, live: Any, documents: list[str]) -> None:
    before = live.get_topics()
    live.update_topics(documents, vectorizer_model=live.vectorizer_model)
    assert live.get_topics() == before
    assert live.get_topic(0)[0][0].replace("_", " ") == model.result.top_terms(0, 1)[0][0]


def test_time_is_given_as_timestamps(live: Any, documents: list[str]) -> None:
    found = live.topics_over_time(documents, days(len(documents)), nr_bins=3)
    assert found.Frequency.sum() == len(documents)
    assert live.visualize_topics_over_time(found).data
    assert set(live.topics_over_time(documents, days(len(documents))).Timestamp) == set(DAYS)


@pytest.mark.parametrize("name", ["topics", "barchart", "heatmap", "term_rank", "hierarchy"])
def test_its_plots_are_drawn(name: str, live: Any) -> None:
    assert getattr(live, f"visualize_{name}")().data


def test_plots_and_tables_of_documents_take_any_texts(data: PreparedCorpus, live: Any) -> None:
    texts = articles(data)
    assert live.visualize_documents(texts, reduced_embeddings=live.umap_model.embedding_[:, :2]).data
    assert live.get_document_info(texts).Document.tolist() == texts


def test_documents_stand_by_id_in_the_objects_order(
    model: BertopicTopicModel,
    data: PreparedCorpus,
    live: Any,
) -> None:
    found = model.live_documents
    assert tuple(found) == data.corpus.ids  # every planted document is its own story
    assert found == bags(data.dtm)
    row = 5
    counts = data.dtm.counts[[row]].toarray()[0]
    terms = [term.replace(" ", "_") for term, n in zip(data.dtm.vocabulary.terms, counts, strict=True) for _ in range(n)]
    assert found[data.corpus.ids[row]].split() == terms
    taken = from_bertopic(live, data, ids=list(found))
    assert taken.result.n_topics == model.result.n_topics


def test_it_is_saved_by_its_own_method(live: Any, tmp_path: Path) -> None:
    live.save(str(tmp_path / "kept"), serialization="safetensors", save_ctfidf=True)
    assert (tmp_path / "kept" / "topics.json").is_file()
