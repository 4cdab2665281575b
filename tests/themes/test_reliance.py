"""Leave one term out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.conftest import corpus_from, make_document
from topics.core.documents import Corpus
from topics.core.themes import Theme
from topics.themes.evaluation import Judged
from topics.themes.reliance import TermReliance, rely, term_hits

DRILLS = Theme(
    key="drills",
    label={"en": "Drills"},
    terms={"en": ["drill", "live drill", "exercise*"], "vi": ["diễn tập"]},
    exclude={"en": ["drill bit"]},
)


def corpus() -> Corpus:
    texts = ["A live drill.", "The drill began.", "An exercise began.", "Exercises and a drill.", "A drill bit.", "Nothing here."]
    documents = [make_document(text, title=text) for text in texts]
    documents += [make_document("Cuộc diễn tập.", language="vi", title="vi"), make_document("Again a drill.", canonical=False)]
    return corpus_from(documents)


def relied(labels: bool = False) -> dict[str, TermReliance]:
    found = corpus()
    (hits,) = term_hits(found, (DRILLS,))
    names = {info.title: info.id for info in found.infos}
    judged, ids = {}, {}
    if labels:
        titles = ["A live drill.", "The drill began.", "An exercise began.", "Nothing here."]
        truth, present = np.array([True, True, False, True]), np.array([True, True, True, False])
        judged = {"en": Judged(truth, present, present * 1.0, np.array([1.0, 2.0, 1.0, 1.0]))}
        ids = {"en": tuple(names[title] for title in titles)}
    return {item.term: item for item in rely(DRILLS, hits, judged, ids)}


def test_each_term_has_its_documents_and_those_that_it_alone_holds() -> None:
    found = relied()
    counts = {term: (item.language, item.n_found, item.n_lost, item.n_theme) for term, item in found.items()}
    assert counts == {
        "drill": ("en", 3, 1, 4),  # also inside "live drill", but not in "drill bit"
        "live drill": ("en", 1, 0, 4),
        "exercise*": ("en", 2, 1, 4),
        "diễn tập": ("vi", 1, 1, 1),
    }
    assert not any(item.hangs for item in found.values())  # "diễn tập" stands alone, but one document says nothing
    assert all(math.isnan(item.f1) and math.isnan(item.f1_without) for item in found.values())


def test_f1_falls_by_what_only_that_term_found() -> None:
    found = relied(labels=True)
    assert found["drill"].f1 == pytest.approx(2 * 3 / (2 * 3 + 1 + 1))
    assert found["drill"].f1_without == pytest.approx(2 * 1 / (2 * 1 + 1 + 3))
    assert found["live drill"].f1_without == found["live drill"].f1
    assert found["exercise*"].f1_without == pytest.approx(2 * 3 / (2 * 3 + 0 + 1))
    assert math.isnan(found["diễn tập"].f1)


def test_a_term_that_stands_twice_counts_once() -> None:
    twice = Theme(key="twice", label={}, terms={"en": ["drill", "drill"]})
    (hits,) = term_hits(corpus(), (twice,))
    assert [(item.n_found, item.n_lost, item.hangs) for item in rely(twice, hits, {}, {})] == [(4, 4, False)]


def test_a_theme_hangs_on_the_term_of_more_than_half_of_five_documents() -> None:
    theme = Theme(key="t", label={}, terms={"en": ["drill", "march"]})

    def hanging(*texts: str) -> list[str]:
        (hits,) = term_hits(corpus_from([make_document(f"{text} Day {n}.", title=str(n)) for n, text in enumerate(texts)]), (theme,))
        return [item.term for item in rely(theme, hits, {}, {}) if item.hangs]

    assert hanging(*(["A drill."] * 3), "A march.", "A march and a drill.") == ["drill"]
    assert hanging(*(["A drill."] * 3), "A march.", "A march and a drill.", "They march.") == []
    assert hanging(*(["A drill."] * 4)) == []
