"""Vocabulary, counts and vectors against scikit-learn."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from topics.core.errors import DataError
from topics.core.matrices import DocTermMatrix, Vocabulary
from topics.preprocessing.embedders.lsa import LsaEmbedder, fit_lsa, inverse_document_frequency, tfidf
from topics.preprocessing.vectorise import CorpusCounts, count, count_terms

WORDS = ["huấn luyện", "tàu", "ở", "ship", "flood", "dual-use", "đổi", "y", "z", "ý"] + [f"w{n}" for n in range(40)]


def documents(n: int = 50, longest: int = 60) -> list[list[str]]:
    rng = random.Random(5)
    made = [[rng.choice(WORDS[: rng.randint(5, len(WORDS))]) for _ in range(rng.randint(1, longest))] for _ in range(n)]
    return [*made[:10], [], *made[10:], []]


def vocabulary_of(made: list[list[str]]) -> Vocabulary:
    terms = tuple(sorted({term for terms in made for term in terms}))
    return Vocabulary(terms, ("en",) * len(terms))


@pytest.fixture(scope="module")
def dtm() -> DocTermMatrix:
    made = documents()
    return count(made, tuple(map(str, range(len(made)))), vocabulary_of(made))[0]


def test_counts_are_those_of_scikit_learn(dtm: DocTermMatrix) -> None:
    expected = CountVectorizer(analyzer=lambda terms: terms, vocabulary=dtm.vocabulary.terms).fit_transform(documents())
    assert (dtm.counts != expected).nnz == 0
    assert dtm.counts.dtype == np.int32
    assert dtm.counts.has_sorted_indices


def test_idf_and_tfidf_are_those_of_scikit_learn(dtm: DocTermMatrix) -> None:
    reference = TfidfTransformer(sublinear_tf=True).fit(dtm.counts)
    idf = inverse_document_frequency(dtm.counts)
    assert idf == pytest.approx(reference.idf_)
    assert np.allclose(tfidf(dtm.counts, idf).toarray(), reference.transform(dtm.counts).toarray(), atol=1e-14)


def test_lsa_spans_what_scikit_learn_finds(dtm: DocTermMatrix) -> None:
    embedder = fit_lsa(dtm.counts, 6, seed=3)
    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(dtm.counts)
    reference = TruncatedSVD(6, n_iter=7, random_state=3).fit_transform(weighted)
    lengths = np.linalg.norm(reference, axis=1, keepdims=True)
    reference = np.divide(reference, lengths, out=np.zeros_like(reference), where=lengths > 0)
    assert np.allclose(embedder.project(dtm).vectors, reference, atol=1e-5)


def one_row(dtm: DocTermMatrix, row: int) -> DocTermMatrix:
    return DocTermMatrix(dtm.counts[[row]], (dtm.doc_ids[row],), dtm.vocabulary)


def test_vectors_do_not_depend_on_the_batch(dtm: DocTermMatrix) -> None:
    embedder = fit_lsa(dtm.counts, 20, seed=3)
    batch = embedder.project(dtm).vectors
    for row in range(len(dtm.doc_ids)):
        assert np.array_equal(embedder.project(one_row(dtm, row)).vectors[0], batch[row]), row


def test_tfidf_rows_do_not_depend_on_the_batch(dtm: DocTermMatrix) -> None:
    idf = inverse_document_frequency(dtm.counts)
    batch = tfidf(dtm.counts, idf).toarray()
    different = [row for row in range(len(batch)) if not np.array_equal(tfidf(dtm.counts[[row]], idf).toarray()[0], batch[row])]
    assert different == []


def test_vectors_have_unit_length_or_are_zero(dtm: DocTermMatrix) -> None:
    lengths = np.linalg.norm(fit_lsa(dtm.counts, 20, seed=3).project(dtm).vectors, axis=1)
    empty = dtm.counts.sum(axis=1) == 0
    assert lengths[~empty] == pytest.approx(1.0, abs=1e-6)
    assert not lengths[empty].any()


def test_the_seed_and_the_dimensions_change_the_vectors(dtm: DocTermMatrix) -> None:
    found = {fit_lsa(dtm.counts, dimensions, seed).fingerprint for dimensions, seed in [(5, 1), (5, 2), (6, 1)]}
    assert len(found) == 3
    assert fit_lsa(dtm.counts, 5, 1).fingerprint in found
    assert fit_lsa(dtm.counts, 5, 1).components.shape == (len(dtm.vocabulary), 5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2), (3, 2), (3, 3), (4, 40)])
def test_tiny_corpora_have_vectors_too(shape: tuple[int, int]) -> None:
    counts = sparse.csr_array(np.arange(1, shape[0] * shape[1] + 1, dtype=np.int32).reshape(shape))
    terms = tuple(f"t{n:02d}" for n in range(shape[1]))
    vectors = (
        fit_lsa(counts, 100, seed=1).project(DocTermMatrix(counts, tuple(map(str, range(shape[0]))), Vocabulary(terms, terms))).vectors
    )
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-6)


def test_an_embedder_is_named_by_its_numbers() -> None:
    one = LsaEmbedder(np.ones(3), np.ones((3, 2), dtype=np.float32))
    assert one.fingerprint != LsaEmbedder(np.ones(3) * 2, one.components).fingerprint
    assert one.fingerprint != LsaEmbedder(one.idf, one.components * 2).fingerprint


# --- vocabulary -----------------------------------------------------------------------------------------------------------------------

ENGLISH = [["ship", "flood", "plan"], ["ship", "flood", "ship"], ["ship", "nato"], ["ship"]]
VIETNAMESE = [["tàu", "nato"], ["tàu", "lũ"]]
TWO_LANGUAGES = [*(("en", terms) for terms in ENGLISH), *(("vi", terms) for terms in VIETNAMESE)]


def build_vocabulary(documents: list[tuple[str, list[str]]], **limits: float) -> Vocabulary:
    counts = CorpusCounts()
    for start in range(0, len(documents), 4):
        counts.add(count_terms(terms for _, terms in documents[start : start + 4]))
    return counts.vocabulary([code for code, _ in documents], np.ones(len(documents), dtype=bool), **limits)  # type: ignore[arg-type]


def built(**options: float) -> tuple[str, ...]:
    return build_vocabulary(TWO_LANGUAGES, **{"min_df": 1, "max_df": 1.0, "max_terms": 100, **options}).terms


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ("flood", "lũ", "nato", "plan", "ship", "tàu")),
        ({"min_df": 2}, ("flood", "nato", "ship", "tàu")),  # documents, not occurrences; all languages together
        ({"min_df": 3}, ("ship",)),
        ({"max_df": 0.5}, ("flood", "lũ", "nato", "plan")),
        ({"max_df": 0.75}, ("flood", "lũ", "nato", "plan")),
        ({"max_terms": 2}, ("flood", "ship")),  # ties by the alphabet
        ({"max_terms": 3}, ("flood", "nato", "ship")),
    ],
)
def test_filters(options: dict[str, float], expected: tuple[str, ...]) -> None:
    assert built(**options) == expected


def test_max_df_is_a_share_of_each_language_alone() -> None:
    """A name that both languages use in 40 % of their documents is in no more than half of either's."""
    made = [(code, ["nato" if n < 4 else f"{code}{n}"]) for code in ("en", "vi") for n in range(10)]
    found = build_vocabulary(made, min_df=2, max_df=0.5, max_terms=10)
    assert found.terms == ("nato",)


def test_a_term_belongs_to_the_language_that_uses_it_most() -> None:
    found = build_vocabulary(TWO_LANGUAGES, min_df=1, max_df=1.0, max_terms=100)
    assert dict(zip(found.terms, found.languages, strict=True)) == {
        "flood": "en", "lũ": "vi", "nato": "en", "plan": "en", "ship": "en", "tàu": "vi",
    }  # fmt: skip


def test_only_the_rows_that_count_make_the_vocabulary() -> None:
    counts = CorpusCounts()
    counts.add(count_terms([["a", "b"], ["b", "c"], ["c", "c"]]))
    rows = np.array([True, False, True])
    found = counts.vocabulary(["en", "en", "vi"], rows, min_df=1, max_df=1.0, max_terms=9)
    assert (found.terms, found.languages) == (("a", "b", "c"), ("en", "en", "vi"))
    assert count([["c", "d"]], ("x",), Vocabulary(("c",), ("vi",)))[1].tolist() == [0.5]


def test_counts_are_those_of_a_reference_whatever_the_chunks() -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    rng = np.random.default_rng(3)
    documents = [[f"w{n}" for n in rng.integers(0, 30, size)] for size in rng.integers(0, 40, 25)]
    reference = CountVectorizer(analyzer=lambda terms: terms, min_df=10).fit(documents)
    vocabulary = Vocabulary(tuple(sorted(reference.vocabulary_)), ("en",) * len(reference.vocabulary_))
    for size in (1, 7, 25):
        counts = CorpusCounts()
        for start in range(0, len(documents), size):
            counts.add(count_terms(documents[start : start + size]))
        found = counts.vocabulary(["en"] * 25, np.ones(25, dtype=bool), min_df=10, max_df=1.0, max_terms=99)
        assert found.terms == vocabulary.terms
        dtm, unknown = counts.matrix(tuple(map(str, range(25))), vocabulary)
        assert (dtm.counts.toarray() == reference.transform(documents).toarray()).all()
        assert dtm.counts.has_sorted_indices
        known = [sum(term in vocabulary.index for term in terms) / len(terms) if terms else 1.0 for terms in documents]
        assert unknown.tolist() == pytest.approx([1 - share for share in known], abs=1e-7)


def test_an_empty_vocabulary_is_refused_with_the_numbers() -> None:
    with pytest.raises(DataError, match=r"6 found, 6 in fewer than 9 documents, 0 in more than 100%"):
        built(min_df=9)
    with pytest.raises(DataError, match=r"6 found, 0 in fewer than 1 documents"):
        build_vocabulary([("en", ["a", "b", "c", "d", "e", "f"])] * 9, min_df=1, max_df=0.1, max_terms=10)


def test_the_unknown_share_is_of_terms_in_the_document() -> None:
    vocabulary = Vocabulary(("a", "b"), ("en", "en"))
    found, unknown = count([["a", "a", "x", "y"], ["x"], [], ["b"]], ("1", "2", "3", "4"), vocabulary)
    assert unknown.tolist() == [0.5, 1.0, 0.0, 0.0]
    assert found.counts.toarray().tolist() == [[2, 0], [0, 0], [0, 0], [0, 1]]
