"""Rows that people read first: topics by size, documents with their main topic, sentences with title and source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from topics.outputs import DOCUMENTS, EVIDENCE, by_id, document_rows, evidence_rows
from topics.pipeline import Study, curated, curated_result, shown_documents
from topics.tables import Cell, Table

TERMS = 10
OVERVIEW = ("model", "topic", "label", "terms", "share", "n_docs", "coherence")
ASSIGNED = (*DOCUMENTS, "topic", "label", "weight")
ARTICLES = ("id", "title", "text", "source", "date")
SENTENCES = ("theme", "rank", "date", "language", "source", "title", "evidence", "score", "id")


def overview(study: Study, names: Sequence[str]) -> Table:
    """Return the topics of models, the largest first."""
    return Table("overview", OVERVIEW, lambda: (row for name in names for row in _overview_rows(study, name)))


def _overview_rows(study: Study, name: str) -> Iterable[tuple[Cell, ...]]:
    result, labels, told = curated_result(study, name), study.labels(name), curated(study, name)
    shares = result.documents.weights.mean(axis=0, dtype=float).tolist()
    main, coherence = result.documents.labels(), study.coherence(name)
    for place, topic in sorted(told.shown, key=lambda item: (-shares[item[0]], item)):
        terms = ", ".join(term for term, _ in result.top_terms(place, TERMS))
        yield name, topic, labels[topic], terms, shares[place], int((main == place).sum()), coherence[topic]


def articles(study: Study) -> Table:
    """Return the documents with their texts, by id, under the names that `topics.fit` reads."""
    return Table("articles", ARTICLES, lambda: _article_rows(study))


def _article_rows(study: Study) -> Iterator[tuple[Cell, ...]]:
    for document in sorted(study.corpus, key=lambda document: document.info.id):
        info = document.info
        yield info.id, info.title, document.text, info.source, info.date.point


def assigned(study: Study, name: str) -> Table:
    """Return the documents with the topic that weighs most in each; no topic where most of it is unassigned."""
    return Table("documents", ASSIGNED, lambda: _assigned_rows(study, name))


def _assigned_rows(study: Study, name: str) -> Iterator[tuple[Cell, ...]]:
    shown, told, labels = shown_documents(study, name), curated(study, name), study.labels(name)
    main, infos = shown.labels().tolist(), study.corpus.infos
    for row, head in zip(by_id(study.corpus.ids), document_rows(infos), strict=True):
        series = told.series[main[row]] if main[row] >= 0 else ""
        number = int(series) if series.isdecimal() else None
        yield (*head, number, labels[number] if number is not None else series, float(shown.weights[row, main[row]]) if series else None)


def sentences(study: Study, themes: Sequence[str], *, near_misses: bool) -> Table:
    """Return the sentences to read first for themes, or those that came nearest without having them."""
    return Table("theme_evidence", SENTENCES, lambda: _sentence_rows(study, themes, near_misses=near_misses))


def _sentence_rows(study: Study, themes: Sequence[str], *, near_misses: bool) -> Iterator[tuple[Cell, ...]]:
    infos = {info.id: info for info in study.corpus.infos}
    for row in evidence_rows(study):
        cell = dict(zip(EVIDENCE, row, strict=True))
        info = infos[str(cell["id"])]
        if cell["theme"] in themes and bool(cell["present"]) != near_misses:
            head = (cell["theme"], cell["rank"], cell["date"], cell["language"], info.source, info.title)
            yield *head, cell["evidence"], cell["score"], info.id
