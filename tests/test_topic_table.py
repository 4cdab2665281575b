"""The table of topics, row by row, on a made study: what the sample's topics, each of one language, cannot show."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from topics.core.matrices import DocTermMatrix, TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.results import ModelCard, TopicResult
from topics.curation import NO_CURATION
from topics.outputs import TOPICS, topic_rows

N = 40  # terms of each language; those of the first are all heavier


def study(languages: list[str]) -> Any:
    terms = [f"en{n:02d}" for n in range(N)] + [f"vi{n:02d}" for n in range(N)]
    vocabulary = Vocabulary(tuple(terms), ("en",) * N + ("vi",) * N)
    weights = np.linspace(2.0, 1.0, 2 * N)[None, :]
    dtm = DocTermMatrix(sparse.csr_array(np.full((len(languages), 2 * N), 1, dtype=np.int32)), tuple(map(str, languages)), vocabulary)
    documents = TopicDistribution(np.ones((len(languages), 1), dtype=np.float32), dtm.doc_ids)
    result = TopicResult(TopicTermMatrix(weights / weights.sum(), vocabulary, "ctfidf"), documents, ModelCard("m", "{}", 1, (), "p", "c"))
    return SimpleNamespace(
        file=SimpleNamespace(curation=NO_CURATION),
        model=lambda name: SimpleNamespace(result=result),
        labels=lambda name: ("label",),
        training_rows=np.arange(len(languages)),
        prepared=SimpleNamespace(dtm=dtm),
        corpus=SimpleNamespace(infos=[SimpleNamespace(language=code) for code in languages]),
    )


def places(languages: list[str], code: str) -> list[int]:
    rows = [dict(zip(TOPICS, row, strict=True)) for row in topic_rows(study(languages), "m")]
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)  # type: ignore[type-var]
    return [int(str(row["language_rank"])) for row in rows if row["language"] == code]


@pytest.mark.parametrize(("languages", "n_vi"), [(["en", "en", "vi"], 20), (["en"] * 3, 0)])
def test_a_topic_of_two_languages_has_the_words_of_both(languages: list[str], n_vi: int) -> None:
    assert places(languages, "en")[:20] == list(range(1, 21))
    assert places(languages, "vi") == list(range(1, n_vi + 1))
