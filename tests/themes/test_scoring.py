"""Scores and evidence: how often, and the sentence that shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import corpus_from, make_document
from topics.core.documents import Document, Removed
from topics.core.themes import Theme, ThemeEvidence, ThemeScores
from topics.engine import Engine
from topics.findings import score_terms
from topics.ingest.encodings import normalise
from topics.themes import hits
from topics.theming import theme_documents

DRILLS = Theme("drills", {"en": "Drills"}, {"en": ["drill*"], "vi": ["diễn tập"]})
NOTHING = Theme("nothing", {}, {"en": ["zzz"]})


def score(document: Document, *themes: Theme) -> ThemeScores:
    return score_terms(corpus_from([document]), themes or (DRILLS,))


def evidence(text: str, **values: object) -> str | None:
    found = score(make_document(text, **values)).evidence[0][0]  # type: ignore[arg-type]
    return found.text if found else None


def test_more_terms_score_more_and_any_is_present() -> None:
    drilled = {make_document("The men rest. " + "They drill. " * n): n for n in (0, 1, 2, 9)}
    found = score_terms(corpus_from(list(drilled)), (DRILLS,))
    row = {n: found.doc_ids.index(document.info.id) for document, n in drilled.items()}
    values = {n: float(found.scores[at, 0]) for n, at in row.items()}
    assert values[0] == 0.0
    assert 0.5 < values[1] < values[2] == 0.75 < values[9] < 1.0  # the median document with a term has three quarters
    assert {n: bool(found.present[at, 0]) for n, at in row.items()} == {0: False, 1: True, 2: True, 9: True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("They rest. They drill. They drill again.", "They drill.", id="the earlier of equals"),
        pytest.param("They drill. Drills follow drills. Rest.", "Drills follow drills.", id="more occurrences"),
        pytest.param("Drills, drills, drills\nThe men rest. They drill.", "They drill.", id="prose before heading"),
        pytest.param("Night drills in Hue\nThe men rest.", "Night drills in Hue", id="a heading where nothing else is"),
        pytest.param('He said: "We drill." Then he left.', 'He said: "We drill."', id="quotes"),
        pytest.param("The men rest.", None, id="nothing"),
        pytest.param("The men drill\nat dawn.", "The men drill", id="line end"),
    ],
)
def test_the_sentence_that_shows_it_best(text: str, expected: str | None) -> None:
    assert evidence(text) == expected


def test_a_term_over_a_line_end_has_evidence_too() -> None:
    found = evidence("Bộ đội tham gia diễn\ntập ở Huế.", language="vi")  # a hard-wrapped text file
    assert found is not None
    assert "diễn" in found


def test_removed_spans_do_not_count_and_are_no_evidence() -> None:
    plain = make_document("Drills at dawn. Photo: VNA\nThe men drill.")
    found = score(replace(plain, removed=(Removed(0, 26, "caption"),)))
    assert float(found.scores[0, 0]) == float(score(make_document("The men drill.")).scores[0, 0])
    assert found.evidence[0][0] == ThemeEvidence(27, 41, "The men drill.")
    assert not score(replace(plain, text=plain.text[:26], removed=(Removed(0, 26, "caption"),))).present.any()


@pytest.mark.parametrize(("language", "n"), [("en", 1), ("vi", 1), ("mixed", 2), ("und", 2), ("fr", 0)])
def test_the_language_of_the_document_chooses_the_terms(language: str, n: int) -> None:
    documents = theme_documents(corpus_from([make_document("The drill, diễn tập.", language=language)]), (DRILLS,), None)
    assert documents.occurrences[0, 0] == n


def test_every_theme_and_document_is_there_in_order() -> None:
    corpus = corpus_from([make_document(text) for text in ("They drill.", "They rest.", "zzz drill")])
    found = score_terms(corpus, (NOTHING, DRILLS))
    assert (found.keys, found.doc_ids, found.scores.shape) == (("nothing", "drills"), corpus.ids, (3, 2))
    rows = {doc.text: [bool(item) for item in row] for doc, row in zip(corpus, found.present, strict=True)}
    assert rows == {"They drill.": [False, True], "They rest.": [False, False], "zzz drill": [True, True]}


def test_no_themes_no_columns() -> None:
    assert score_terms(corpus_from([make_document("x")]), ()).scores.shape == (1, 0)


PIECES = st.sampled_from(["drill", "drills", "DRILL", "diễn tập", "rest", "The", "3.5", ".", "!", "\n", " ", '"', ")", "|", "…", "-"])


@settings(deadline=None)  # patterns are compiled for every text
@given(st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=60), st.sampled_from(["en", "vi", "mixed", "und"]))
def test_evidence_is_the_text_letter_by_letter(raw: str, language: str) -> None:
    document = make_document(normalise(raw).text, language=language)
    found = score(document)
    shown = found.evidence[0][0]
    assert (shown is not None) == bool(found.present[0, 0])
    if shown:
        assert document.text[shown.start : shown.end] == shown.text
        assert "drill" in shown.text.lower() or "diễn" in shown.text


class Watched(Engine):
    """Counts the parts that go through it."""

    seen: ClassVar[list[int]] = []

    def map_chunks(self, function, chunks, instead=None):  # type: ignore[no-untyped-def]
        for chunk in chunks:
            self.seen.append(len(chunk))
            yield function(chunk)


def test_terms_are_looked_for_where_the_engine_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "PART", 2)
    corpus = corpus_from([make_document(f"They {'drill' * (n % 2)} number {n}.") for n in range(5)])
    found, here = hits.find_hits(corpus, (DRILLS,), Watched("processes")), hits.find_hits(corpus, (DRILLS,))
    assert Watched.seen == [2, 2, 1]
    assert (found.hits != here.hits).nnz == 0
    assert found.lengths.tolist() == here.lengths.tolist()
    assert found.places is not None
    assert here.places is not None
    assert found.places.starts.tolist() == here.places.starts.tolist()
