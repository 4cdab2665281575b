"""What terms find, on which of them a theme hangs, and which words keep its company."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.special import digamma, polygamma

from tests.conftest import corpus_from, make_document
from topics.core.documents import Corpus, Document
from topics.core.errors import ContractError
from topics.core.matrices import DocTermMatrix, PreparedCorpus, Vocabulary
from topics.core.themes import Theme
from topics.themes.candidates import N_CANDIDATES, candidate_rows, candidates, log_odds
from topics.themes.coverage import COVERAGE, WHOLE, Count, Place, Term, ThemeCoverage, cover, coverage_rows, warnings

DRILLS = Theme(
    "drills",
    {"en": "Drills"},
    {"en": ["drill", "live fire drill", "cadet"], "vi": ["diễn tập"]},
    exclude={"en": ["drill bit"]},
    examples={"en": ["Cadets rest.", "The men march."], "vi": ["Cuộc diễn tập."]},
    counterexamples={"en": ["He bought a drill bit.", "The drills of the dentist."]},
)
TEXTS = [
    ("Drills and drills.", "en", "North", date(2024, 1, 3)),
    ("A live fire drill.", "en", "North", date(2024, 2, 3)),
    ("The cadets drill.", "en", "South", date(2024, 2, 4)),
    ("A drill bit.", "en", "South", date(2024, 2, 5)),
    ("Cuộc diễn tập, drill.", "vi", "South", None),
    ("Diễn tập: a drill.", "mixed", "South", None),
]


def documents() -> list[Document]:
    return [make_document(text, language=language, source=source, day=day) for text, language, source, day in TEXTS]


def covered(theme: Theme, listed: list[Document]) -> tuple[ThemeCoverage, Corpus]:
    corpus = corpus_from(listed)
    periods = [info.date.point.strftime("%Y-%m") if info.date.point else "" for info in corpus.infos]
    return cover(corpus, (theme,), periods)[0], corpus


def test_documents_and_occurrences_by_term_language_source_and_period() -> None:
    found, corpus = covered(DRILLS, documents())
    rows = {row[1:5]: row[5:] for row in coverage_rows([found])}
    assert rows["", "", "all", ""] == (5, 8, 2)
    assert rows["en", "drill", "all", ""] == (3, 4, 1)
    assert rows["en", "live fire drill", "all", ""] == (1, 1, 0)  # without it, "drill" finds the same document
    assert rows["en", "cadet", "all", ""] == (1, 1, 0)
    assert rows["vi", "diễn tập", "all", ""] == (2, 2, 1)
    assert {key[3]: n[:2] for key, n in rows.items() if key[:3] == ("", "", "language")} == {"en": (3, 5), "vi": (1, 1), "mixed": (1, 2)}
    assert {key[3]: n[0] for key, n in rows.items() if key[:3] == ("", "", "source")} == {"North": 2, "South": 3}
    assert {key[3]: n[0] for key, n in rows.items() if key[:3] == ("", "", "period")} == {"": 2, "2024-01": 1, "2024-02": 2}
    assert rows["en", "drill", "period", "2024-01"] == (1, 2, 1)
    assert {corpus.infos[row].language for row in found.rows} == {"en", "vi", "mixed"}
    assert all(len(row) == len(COVERAGE) for row in coverage_rows([found]))


def test_leave_one_term_out_is_what_scoring_without_the_term_would_lose() -> None:
    found, _ = covered(DRILLS, documents())
    for term in found.terms:
        left = {code: [item for item in listed if Term(code, item) != term] for code, listed in DRILLS.terms.items()}
        without, _ = covered(Theme("drills", {}, left, DRILLS.exclude), documents())
        assert found.total(term).n_only == len(set(found.rows) - set(without.rows)), term


def test_examples_are_tried() -> None:
    found, _ = covered(DRILLS, [])
    assert found.missed == (("en", "The men march."),)
    assert found.wrongly_found == (("en", "The drills of the dentist.", ("drill",)),)


def test_every_term_is_there_without_documents() -> None:
    found, corpus = covered(DRILLS, [])
    assert found.silent == found.terms == (Term("en", "drill"), Term("en", "live fire drill"), Term("en", "cadet"), Term("vi", "diễn tập"))
    assert found.total() == Count(0, 0, 0)
    assert found.dominant() is None
    assert "theme 'drills' is found in no document." in warnings([found], (DRILLS,), corpus, ["en", "vi"])


def test_a_theme_that_hangs_on_one_term_is_named() -> None:
    alone = [make_document(f"drill {n}", language="en") for n in range(4)]
    others = [make_document(f"cadet drill {n}", language="en") for n in range(3)]
    theme = Theme("drills", {}, {"en": ["drill", "cadet"]})
    found, corpus = covered(theme, alone + others)
    assert warnings([found], (theme,), corpus, ["en", "vi"]) == [
        "theme 'drills' hangs on 'drill': 4 of its 7 documents in en have no other term."
    ]
    assert covered(theme, alone)[0].dominant() is None  # four documents say nothing
    more = [make_document(f"cadet drill more {n}", language="en") for n in range(1)]
    assert covered(theme, alone + others + more)[0].dominant() is None  # just half


def test_a_term_that_exclusions_swallow_is_named() -> None:
    theme = Theme("t", {}, {"en": ["merge", "digitis*", "(army|navy) ... ship"]}, {"en": ["merg*", "digit*", "army ship"]})
    found, corpus = covered(theme, [make_document("merge merged digitised", language="en")])
    said = [sentence for sentence in warnings([found], (theme,), corpus, ["en", "vi"]) if "never finds" in sentence]
    assert said == [
        "theme 't' never finds its term 'merge' (en): an excluded phrase covers it wherever it stands.",
        "theme 't' never finds its term 'digitis*' (en): an excluded phrase covers it wherever it stands.",
    ]


def test_terms_that_find_the_same_are_named() -> None:
    theme = Theme("t", {}, {"en": ["boat", "Boat", "patrol-craft", "patrol craft", "=Boat", "ship"]})
    found, corpus = covered(theme, [make_document("a boat, a ship", language="en")])
    said = [sentence for sentence in warnings([found], (theme,), corpus, ["en", "vi"]) if "find the same" in sentence]
    assert [sentence.split(", which")[0] for sentence in said] == [
        "theme 't' names 'boat' and 'Boat' (en)",
        "theme 't' names 'patrol-craft' and 'patrol craft' (en)",
    ]


def test_a_language_without_a_hit_has_a_row() -> None:
    theme = Theme("t", {}, {"en": ["drill"], "vi": ["diễn tập"]})
    found, _ = covered(theme, [make_document("A drill.", language="en"), make_document("Tin mới.", language="vi")])
    assert found.counts[Place("language", "vi"), WHOLE] == Count(0, 0, 0)
    assert found.total(language="en").n_docs == 1


def test_languages_that_do_not_meet_are_named() -> None:
    theme = Theme("t", {}, {"en": ["drill"]})
    listed = [make_document("Tin", language="vi"), make_document("Le port", language="other"), make_document("x", language="und")]
    found, corpus = covered(theme, listed)
    said = warnings([found], (theme,), corpus, ["en", "vi"])
    assert "theme 't' has no terms in vi, which 1 documents are in." in said
    assert "theme 't' has terms in en, which no document is in." in said
    assert "no theme can be found in documents of languages without a module: other 1." in said


def test_periods_must_fit() -> None:
    with pytest.raises(ContractError, match="periods"):
        cover(corpus_from(documents()), (DRILLS,), [])


COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=8).filter(
    lambda pairs: sum(a for a, _ in pairs) > 0 and sum(b for _, b in pairs) > 0 and sum(a + b > 0 for a, b in pairs) > 1
)


@settings(max_examples=100)
@given(COUNTS)
def test_log_odds_are_those_of_the_paper_term_by_term(pairs: list[tuple[int, int]]) -> None:
    within, elsewhere = (np.array(column, dtype=np.float64) for column in zip(*pairs, strict=True))
    delta, z = log_odds(within, elsewhere)
    n_one, n_other, a_0 = sum(within), sum(elsewhere), sum(within) + sum(elsewhere)
    for term, (y_one, y_other) in enumerate(pairs):
        a = y_one + y_other
        if not a:
            assert (delta[term], z[term]) == (0.0, 0.0)
            continue
        first = math.log((y_one + a) / (n_one + a_0 - y_one - a))
        second = math.log((y_other + a) / (n_other + a_0 - y_other - a))
        assert delta[term] == pytest.approx(first - second, abs=1e-9)
        assert z[term] == pytest.approx((first - second) / math.sqrt(1 / (y_one + a) + 1 / (y_other + a)), abs=1e-9)


def test_log_odds_are_near_the_moments_of_the_posterior() -> None:
    """The paper approximates the log-odds of a Beta posterior; where counts are large the exact moments (scipy) are the same."""
    within, elsewhere = np.array([80.0, 40.0, 9000.0]), np.array([30.0, 160.0, 20000.0])
    delta, z = log_odds(within, elsewhere)
    prior = within + elsewhere
    mean, variance = np.zeros(3), np.zeros(3)
    for sign, counts in ((1, within), (-1, elsewhere)):
        a = counts + prior
        b = a.sum() - a
        mean += sign * (digamma(a) - digamma(b))
        variance += polygamma(1, a) + polygamma(1, b)
    np.testing.assert_allclose(delta, mean, atol=0.01)
    np.testing.assert_allclose(z[:2], (mean / np.sqrt(variance))[:2], rtol=0.02)


def prepared_of(listed: list[Document]) -> PreparedCorpus:
    corpus = corpus_from(listed)
    bags = [document.text.lower().replace(".", "").split() for document in corpus]
    terms = sorted({word for bag in bags for word in bag})
    spoken = {word: info.language for bag, info in zip(bags, corpus.infos, strict=True) for word in bag}
    counts = np.array([[bag.count(term) for term in terms] for bag in bags], dtype=np.int32)
    dtm = DocTermMatrix(sparse.csr_array(counts), corpus.ids, Vocabulary(tuple(terms), tuple(spoken[term] for term in terms)))
    return PreparedCorpus(corpus, dtm, None, np.zeros(len(corpus), dtype=np.float32), "key")


def test_candidates_keep_the_theme_company_and_are_none_of_its_terms() -> None:
    theme = Theme("drills", {}, {"en": ["drill"]})
    listed = [make_document(f"drill drills mortar mortar range range e{n}") for n in range(8)]
    listed += [make_document(f"market price rice rice f{n}") for n in range(8)]
    listed += [make_document(f"mortar price rice g{n}") for n in range(2)]
    listed += [make_document(f"súng cối h{n}", language="vi") for n in range(4)]
    prepared = prepared_of(listed)
    (found,) = cover(prepared.corpus, (theme,), [""] * len(prepared.corpus))
    rows = np.arange(len(prepared.corpus))
    named = candidates(prepared, (theme,), [found], rows)
    assert {item.term: (item.language, item.n_docs, item.n_docs_elsewhere) for item in named} == {
        "mortar": ("en", 8, 2),
        "range": ("en", 8, 0),
    }
    assert [item.rank for item in named] == [1, 2]
    assert named[0].z >= named[1].z >= 1.96
    assert next(row[:4] for row in candidate_rows(named)) == ("drills", "en", 1, named[0].term)
    assert candidates(prepared, (theme,), [found], rows[:0]) == ()  # only the rows that are asked for
    with pytest.raises(ContractError, match="another theme"):
        candidates(prepared, (Theme("other", {}, {"en": ["x"]}),), [found], rows)


def test_candidates_are_not_too_many() -> None:
    theme = Theme("drills", {}, {"en": ["drill"]})
    words = " ".join(f"w{chr(97 + n)}" for n in range(N_CANDIDATES + 5))
    listed = [make_document(f"drill {words} {words} {words} e{n}") for n in range(9)] + [
        make_document(f"rice f{n} price market") for n in range(99)
    ]
    prepared = prepared_of(listed)
    (found,) = cover(prepared.corpus, (theme,), [""] * len(prepared.corpus))
    assert len(candidates(prepared, (theme,), [found], np.arange(len(prepared.corpus)))) == N_CANDIDATES
