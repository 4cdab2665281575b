"""The tables of a run, as rows: names and columns are a contract with those who read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from topics.core.contracts import HasNearest
from topics.core.documents import DocumentInfo
from topics.core.hierarchy import TopicNode, topics_below
from topics.core.masking import mask
from topics.core.matrices import Int64, TopicDistribution
from topics.core.series import UNASSIGNED
from topics.core.themes import ThemeScores
from topics.ingest.stories.events import EventPair
from topics.pipeline import Study, curated, curated_result, shown_documents
from topics.preprocessing.prepare import Preparation
from topics.quality.descriptions import frex, relevance, term_shares, typical_documents
from topics.quality.fit import fit_scores
from topics.quality.leakage import language_leakage
from topics.quality.measures import TOP, diversity, exclusivity
from topics.quality.word_lists import by_language, diverse_terms, languages_held
from topics.tables import Cell, render_csv
from topics.themes.candidates import CANDIDATES, Candidate, candidate_rows
from topics.themes.coverage import COVERAGE, ThemeCoverage, cover, coverage_rows
from topics.themes.mapping import topic_themes
from topics.themes.selection import choose
from topics.trends.periods import period_of

TERMS, DOCUMENTS_SHOWN, EVIDENCE_SHOWN = 20, 5, 12
MIN_WEIGHT = 0.001

DOCUMENTS = (
    "id", "file", "record", "title", "source", "language", "date", "date_earliest", "date_latest", "date_precision",
    "date_confidence", "date_method", "story", "canonical", "n_tokens", "notes",
)  # fmt: skip
TOPICS = (
    "topic",
    "label",
    "language",
    "rank",
    "term",
    "weight",
    "exclusivity",
    "relevance",
    "relevance_rank",
    "frex",
    "frex_rank",
    "language_rank",
    "mmr_rank",
)
HIERARCHY = ("node", "left", "right", "gain", "topic", "topics", "n_docs", "terms")
NEAREST = ("id", "topic", "nearest", "confidence")
TYPICAL = ("topic", "rank", "id", "weight", "fit")
THEMES = ("id", "theme", "model", "score", "present", "evidence_start", "evidence_end", "evidence")
WEIGHTS = ("id", "topic", "weight")
EVENTS = ("a", "b", "score", "shared")
NAMED = ("theme", "language", "label")
STOP_WORDS = ("language", "term", "dropped")
EVIDENCE = ("theme", "rank", "present", "id", "story", "language", "date", "score", "evidence_start", "evidence_end", "evidence")
THEME_MAP = ("topic", "theme", "share", "above_chance", "carries")
CONCORDANCE = ("lda_topic", "bertopic_topic", "similarity", "document_agreement")


def document_rows(infos: Iterable[DocumentInfo]) -> Iterator[tuple[Cell, ...]]:
    """Yield one row a document, by id."""
    for info in sorted(infos, key=lambda item: item.id):
        when = info.date
        yield (
            info.id, info.file, info.record, info.title, info.source, info.language, when.point, when.earliest, when.latest, when.precision,
            when.confidence, when.method, info.story, info.canonical, info.n_tokens,
            " ".join(info.notes),
        )  # fmt: skip


def topic_rows(study: Study, name: str) -> Iterator[tuple[Cell, ...]]:
    """Yield the terms of each topic that stand in one of its lists, the heaviest first.

    Lists are the first 20 by weight, by relevance and by FREX, ten terms that differ from each other (MMR), and the first 20 by weight of
    each language that the topic holds.
    """
    result, rows = curated_result(study, name), study.training_rows
    vocabulary, weights, labels = result.topics.vocabulary, result.topics.weights, study.labels(name)
    own, special = exclusivity(result), frex(weights)
    relevant = relevance(weights, term_shares(study.prepared.dtm, rows))
    diverse = diverse_terms(result, study.prepared.dtm, rows, TOP)
    held = languages_held(result, [info.language for info in study.corpus.infos], rows)
    for topic, number in curated(study, name).shown:
        orders = [np.argsort(-scores[topic], kind="stable") for scores in (weights, relevant, special)]
        ranks, within = [_ranks(order) for order in orders], _ranks_within(orders[0], vocabulary.languages)
        lists = [order[:TERMS].tolist() for order in orders] + [by_language(result, topic, code, TERMS) for code in held[topic]]
        listed = [column for columns in (*lists, diverse[topic]) for column in columns if weights[topic, column] > 0]
        for column in orders[0][np.isin(orders[0], listed)].tolist():
            rank, relevance_rank, frex_rank = (int(places[column]) for places in ranks)
            head = (number, labels[number], vocabulary.languages[column], rank, vocabulary.terms[column])
            numbers = (float(weights[topic, column]), float(own[topic, column]), float(relevant[topic, column]), relevance_rank)
            mmr_rank = diverse[topic].index(column) + 1 if column in diverse[topic] else None
            yield (*head, *numbers, float(special[topic, column]), frex_rank, int(within[column]), mmr_rank)


def _ranks(order: Int64) -> Int64:
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(1, len(order) + 1)
    return places


def _ranks_within(order: Int64, languages: Sequence[str]) -> Int64:
    """The place of each term among those of its language."""
    codes = np.array(languages)[order]
    places = np.empty(len(order), dtype=np.int64)
    for code in np.unique(codes):
        own = order[codes == code]
        places[own] = np.arange(1, len(own) + 1)
    return places


def hierarchy_rows(nodes: Sequence[TopicNode]) -> Iterator[tuple[Cell, ...]]:
    """Yield every node of a hierarchy of topics, children before what joins them; the topic is empty above the topics."""
    for node, below in zip(nodes, topics_below(nodes), strict=True):
        left, right = node.children or (None, None)
        topic = node.topic if node.topic >= 0 else None
        yield node.node, left, right, node.gain, topic, " ".join(map(str, below)), node.n_docs, "; ".join(node.terms)


def nearest_rows(study: Study, name: str, model: HasNearest) -> Iterator[tuple[Cell, ...]]:
    """Yield each document's topic (empty for none), its nearest topic and how sure that is, by id."""
    labels, ids, told = shown_documents(study, name).labels(), study.corpus.ids, curated(study, name)
    topics, sure = model.nearest(study.prepared)
    for row in by_id(ids):
        topic, near = int(labels[row]), int(topics[row])
        yield (
            ids[row],
            told.series_numbers[topic] if topic >= 0 else None,
            told.number_of(near) if near >= 0 else None,
            float(sure[row]) if near >= 0 else None,
        )


def typical_rows(study: Study, name: str) -> Iterator[tuple[Cell, ...]]:
    """Yield the documents that show each topic best, one of each story: its share in the document, and how well the words fit."""
    result, ids = curated_result(study, name), study.corpus.ids
    fit = fit_scores(study.prepared.dtm, result.documents, result.topics)
    for topic, number in curated(study, name).shown:
        for rank, row in enumerate(typical_documents(result, topic, fit, study.training_rows, DOCUMENTS_SHOWN), start=1):
            yield number, rank, ids[row], float(result.documents.weights[row, topic]), float(fit[row])


def by_id(ids: Sequence[str]) -> list[int]:
    """Return the rows of documents in the order of their ids."""
    return sorted(range(len(ids)), key=lambda row: ids[row])


def document_topic_rows(documents: TopicDistribution, rows: Iterable[int], topics: Sequence[int] = ()) -> Iterator[tuple[Cell, ...]]:
    """Yield every weight of at least 0.001 of these rows; the unassigned part has no topic.

    Args:
        documents: weights.
        rows: of documents, in the order wanted.
        topics: ids of the topics; without them their places in the model.
    """
    unassigned, weights = documents.unassigned, documents.weights
    for row in rows:
        identifier = documents.doc_ids[row]
        for topic in np.flatnonzero(weights[row] >= MIN_WEIGHT).tolist():
            yield identifier, topics[topic] if topics else topic, float(weights[row, topic])
        if unassigned[row] >= MIN_WEIGHT:
            yield identifier, None, float(unassigned[row])


def shown_topic_rows(study: Study, name: str) -> Iterator[tuple[Cell, ...]]:
    """Yield the weights of the topics that are shown, by id of the document; `ALL_HIDDEN` has those that are not, together."""
    return document_topic_rows(shown_documents(study, name), by_id(study.corpus.ids), curated(study, name).series_numbers)


def event_rows(pairs: Iterable[EventPair]) -> Iterator[tuple[Cell, ...]]:
    """Yield pairs of stories that may be one event told in two languages, best first."""
    for pair in pairs:
        yield pair.a, pair.b, pair.score, "; ".join(pair.shared)


def shown(study: Study, text: str) -> str:
    """Return a quote as the study lets it be seen."""
    return mask(text) if study.config.study.mask else text


def theme_rows(results: Sequence[ThemeScores], rows: Iterable[int], *, masked: bool) -> Iterator[tuple[Cell, ...]]:
    """Yield every document of these rows, theme and scorer; evidence where the scorer finds the theme.

    Args:
        results: of one scorer or several, for the same documents and themes.
        rows: of documents, in the order wanted.
        masked: whether quotes hide addresses and numbers.
    """
    ids, keys = results[0].doc_ids, results[0].keys
    for row in rows:
        for column, key in enumerate(keys):
            for found in results:
                seen = found.evidence[row][column]
                place = (seen.start, seen.end, mask(seen.text) if masked else seen.text) if seen else (None, None, None)
                yield ids[row], key, found.scorer, float(found.scores[row, column]), bool(found.present[row, column]), *place


def evidence_rows(study: Study) -> Iterator[tuple[Cell, ...]]:
    """Yield the sentences to read first for each theme, one a story, then for each language the one that came nearest without having it."""
    infos, scores = study.corpus.infos, study.theme_scores
    for column, key in enumerate(scores.keys):
        rows = choose(infos, scores, column, EVIDENCE_SHOWN)
        listed = [(True, row, scores.evidence[row][column]) for row in rows]
        listed += [(False, row, seen) for row, seen in study.themed.found.failed[column].items()]
        for rank, (there, row, seen) in enumerate(listed, start=1):
            if seen:
                head = (key, rank, there, infos[row].id, infos[row].story, infos[row].language, infos[row].date.point)
                yield (*head, float(scores.scores[row, column]), seen.start, seen.end, shown(study, seen.text))


def theme_map_rows(study: Study, name: str) -> Iterator[tuple[Cell, ...]]:
    """Yield how far each topic carries each theme: share of its weight there, deviations above chance, whether it does."""
    found = topic_themes(curated_result(study, name), study.theme_scores, study.training_rows)
    for topic, number in curated(study, name).shown:
        for column, key in enumerate(study.theme_scores.keys):
            yield number, key, float(found.shares[topic, column]), float(found.above[topic, column]), int(found.carried[topic]) == column


def covered(study: Study) -> tuple[ThemeCoverage, ...]:
    """Return what the terms of a study's themes find, by its languages, sources and periods."""
    unit = study.config.trends.period
    return cover(study.corpus, study.themes, [period_of(info.date, unit) or "" for info in study.corpus.infos])


def coverage_tables(found: Sequence[ThemeCoverage], listed: Sequence[Candidate]) -> Iterator[tuple[str, str]]:
    """Yield what the terms of themes find, and terms that keep their company."""
    yield "theme_coverage.csv", render_csv(COVERAGE, coverage_rows(found))
    yield "theme_candidates.csv", render_csv(CANDIDATES, candidate_rows(listed))


def stop_word_rows(preparation: Preparation) -> Iterator[tuple[Cell, ...]]:
    """Yield the words all over the corpus that say nothing of a topic, and whether they were dropped, by language and term."""
    for language, listed in sorted(preparation.words.corpus_stop_words.items()):
        for term in listed:
            yield language, term, preparation.config.corpus_stop_words


def quality_rows(study: Study) -> Iterator[tuple[Cell, ...]]:
    """Yield coherence of each topic, then diversity and unassigned share of each model."""
    for name in study.fitted:
        result = study.model(name).result
        values = study.coherence(name)
        for topic, value in enumerate(values):
            yield name, topic, f"npmi_{TOP}", value
        yield name, None, f"npmi_{TOP}", float(np.mean(values))
        yield name, None, "diversity_25", diversity(result)
        yield name, None, UNASSIGNED, float(result.documents.unassigned.mean())
        leaked = language_leakage(result, study.corpus, study.training_rows, study.seed)
        yield name, None, "language_share", leaked.share
        yield name, None, "language_p", leaked.p
        for each in leaked.topics:
            yield name, each.topic, "main_language_share", each.share


def concordance_rows(study: Study) -> Iterator[tuple[Cell, ...]]:
    """Yield the matched topics, then those of either model without a match."""
    found = study.concordance
    if found is None:
        return
    for match in found.matches:
        yield match.left, match.right, match.similarity, match.document_agreement
    for topic in found.unmatched_left:
        yield topic, None, None, None
    for topic in found.unmatched_right:
        yield None, topic, None, None
