"""What the report says, as plain typed values: no markup here, no numbers computed in the template."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from topics.claims.records import Claim
from topics.claims.select import of_theme, strongest
from topics.core.contracts import HasHierarchy, HasNearest
from topics.core.documents import DocumentInfo
from topics.core.hierarchy import TopicNode, topics_below
from topics.core.matrices import Float64
from topics.core.registry import discover
from topics.core.results import TopicResult
from topics.core.series import StatisticRow
from topics.ingest.dates.audit import CONFIDENCE_OF, NOTE_SENTENCES
from topics.ingest.notes import describe, is_score, recognised_encodings
from topics.outputs import shown
from topics.pipeline import Study, curated, curated_result
from topics.quality.descriptions import frex, ranked, typical_documents
from topics.quality.fit import fit_scores
from topics.report.model_notes import model_notes
from topics.report.sentences import silence
from topics.themes.selection import choose
from topics.theming import COMBINED
from topics.trends.aggregate import ALL
from topics.trends.periods import period_of

MAX_TOPICS = 24
TERMS = 12
SPECIAL = 6
QUOTES = 2
EVIDENCE = 4
FILES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of a document with where it comes from."""

    text: str
    id: str
    source: str
    date: str
    language: str


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """A topic as the report shows it."""

    number: int
    label: str
    share: str
    terms: tuple[str, ...]
    exclusive: tuple[str, ...]
    documents: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """A broader topic: the topics that it joins, those of either side, and its words."""

    left: str
    right: str
    n_stories: int
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A model: its topics by size, or why there is none."""

    name: str
    title: str
    refused: str
    n_topics: int
    unassigned: str
    notes: tuple[str, ...]
    topics: tuple[TopicSummary, ...]
    joins: tuple[Join, ...] = ()
    nearest: bool = False


@dataclass(frozen=True, slots=True)
class ClaimSummary:
    """A claim: its name, its sentence in each language, where in the report its series is shown, and the table of its own row."""

    name: str
    sentences: tuple[tuple[str, str], ...]
    anchor: str
    shown: str
    table: str


@dataclass(frozen=True, slots=True)
class ThemeSummary:
    """A theme: in how many articles, what can be said of its course or why nothing can, and sentences that show it."""

    key: str
    label: str
    other_label: str
    definition: str
    n_documents: int
    n_stories: int
    silence: str
    claims: tuple[ClaimSummary, ...]
    evidence: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class StatisticSummary:
    """All statistics of one series: one cell a statistic, in the order of their names."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concordance:
    """A matched pair of topics."""

    lda: str
    bertopic: str
    similarity: str
    agreement: str


def date_text(info: DocumentInfo) -> str:
    """Return the day, else the interval, else a dash."""
    when = info.date
    if when.point:
        return when.point.isoformat()
    if when.earliest or when.latest:
        return f"{when.earliest or '…'} – {when.latest or '…'}"
    return "–"


def corpus_facts(study: Study) -> tuple[Fact, ...]:
    """Return the corpus card."""
    account, infos = study.account, study.corpus.infos
    languages = Counter(info.language for info in infos)
    sources = Counter(info.source for info in infos)
    points = sorted(info.date.point for info in infos if info.date.point)
    stories = len({info.story for info in infos})
    return (
        Fact("Records seen", f"{account.seen:,}"),
        Fact("Articles accepted", f"{account.accepted:,}"),
        Fact("Quarantined", f"{len(account.quarantined):,}"),
        Fact("Exact duplicates dropped", f"{account.duplicates:,}"),
        Fact("Distinct stories", f"{stories:,} ({account.accepted - stories:,} further copies)"),
        Fact("Languages", ", ".join(f"{code} {n:,}" for code, n in languages.most_common())),
        Fact(
            "Sources",
            f"{len(sources):,}: " + ", ".join(f"{name} {n:,}" for name, n in sources.most_common(8)) + (" …" if len(sources) > 8 else ""),
        ),
        Fact("First and last day", f"{points[0]} to {points[-1]}" if points else "no article has a known day"),
        Fact("Data up to", str(study.as_of) if study.as_of else "unknown"),
    )


def date_facts(study: Study) -> tuple[Fact, ...]:
    """Return the date audit: how many articles are dated, how finely and by what."""
    infos, audit = study.corpus.infos, study.account.audit
    placed = sum(period_of(info.date, study.config.trends.period) is not None for info in infos)
    n = len(infos)
    return (
        Fact(
            f"Placed in a {study.config.trends.period}",
            f"{placed:,} of {n:,} ({placed / n:.0%}); others count in parts where their date may lie, without a date in none",
        ),
        Fact("Precision", ", ".join(f"{name} {count:,}" for name, count in audit.by_precision)),
        Fact("Found by", ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in audit.by_method)),
        *(
            (Fact("Confidence of days", f"{', '.join(f'{name} {count:,}' for name, count in audit.by_confidence)} ({CONFIDENCE_OF})"),)
            if audit.n_points
            else ()
        ),
        Fact("Date fields without a valid date", f"{study.account.bad_date_fields:,}"),
        *(Fact("Not whole", f"{period}: {why}") for period, why in audit.partial),
        *(Fact("Suspicious", finding.sentence()) for finding in audit.findings),
    )


def note_facts(study: Study) -> tuple[Fact, ...]:
    """Return what reading did to documents or found odd about them; what concerns dates stands with the dates."""
    files = recognised_encodings(study.corpus.infos)
    return (
        *(Fact(f"{n:,} documents", describe(code)) for code, n in study.account.notes if code not in NOTE_SENTENCES and not is_score(code)),
        *(Fact(found.file, found.sentence()) for found in files[:FILES_SHOWN]),
        *((Fact("Further files", f"{len(files) - FILES_SHOWN:,} with a recognised encoding"),) if len(files) > FILES_SHOWN else ()),
    )


def removed_facts(study: Study) -> tuple[Fact, ...]:
    """Return how many spans of each kind cleaning took out."""
    return tuple(Fact(reason.replace("_", " "), f"{n:,}") for reason, n in study.account.removed)


def _representative(study: Study, result: TopicResult, topic: int, fit: Float64) -> tuple[Quote, ...]:
    """Titles of the stories that hold most of a topic and fit its words best (`fit`, one number a document)."""
    chosen = [study.corpus.infos[row] for row in typical_documents(result, topic, fit, study.training_rows, QUOTES)]
    return tuple(Quote(info.title, info.id, info.source, date_text(info), info.language) for info in chosen)


def model_summary(study: Study, name: str, title: str) -> ModelSummary:
    """Return a model's part of the report; at most 24 topics, the largest first, all of them in the tables."""
    if name in study.refused:
        return ModelSummary(name, title, study.refused[name], 0, "", (), ())
    model = study.model(name)
    result, told = curated_result(study, name), curated(study, name)
    shares = result.documents.weights.mean(axis=0, dtype=float)
    special, labels = ranked(frex(result.topics.weights), SPECIAL), study.labels(name)
    fit = fit_scores(study.prepared.dtm, result.documents, result.topics)
    terms = result.topics.vocabulary.terms
    topics: list[TopicSummary] = []
    for topic, number in sorted(told.shown, key=lambda item: (-shares[item[0]], item))[:MAX_TOPICS]:
        heavy = tuple(term for term, _ in result.top_terms(topic, TERMS))
        own = tuple(terms[column] for column in special[topic])
        documents = _representative(study, result, topic, fit)
        topics.append(TopicSummary(number, labels[number], f"{shares[topic]:.1%}", heavy, own, documents))
    unassigned = f"{float(result.documents.unassigned.mean()):.1%}"
    notes = (*result.card.notes, *model_notes(study, name), *told.sentences(labels))
    joins = _joins(model.nodes) if isinstance(model, HasHierarchy) else ()
    return ModelSummary(name, title, "", len(told.shown), unassigned, notes, tuple(topics), joins, isinstance(model, HasNearest))


def _joins(nodes: tuple[TopicNode, ...]) -> tuple[Join, ...]:
    """Broader topics, the narrowest first; at most 24, all of them in the tables."""
    below = topics_below(nodes)

    def said(node: int) -> str:
        return ", ".join(map(str, below[node]))

    broader = [node for node in nodes if node.topic < 0 and node.children]
    return tuple(Join(said(node.children[0]), said(node.children[1]), node.n_docs, node.terms) for node in broader[:MAX_TOPICS])


def _claim(claim: Claim) -> ClaimSummary:
    said = claim.statement
    anchor, shown_as = (f"theme-{said.series}", "articles") if said.kind == "theme" else (said.source, "topics")
    return ClaimSummary(claim.name, tuple(claim.sentences.items()), anchor, shown_as, f"tables/{said.cells[0].file}.csv")


def claim_summaries(claims: Sequence[Claim]) -> tuple[ClaimSummary, ...]:
    """Return the strongest findings, robust ones first."""
    return tuple(map(_claim, strongest(claims)))


def theme_summaries(study: Study, claims: Sequence[Claim]) -> tuple[ThemeSummary, ...]:
    """Return every theme of the study, also those at no articles."""
    infos, scores = study.corpus.infos, study.theme_scores
    series = study.trends(COMBINED)
    table = study.statistics(COMBINED)
    summaries: list[ThemeSummary] = []
    for column, theme in enumerate(study.themes):
        rows = [row for row in range(len(infos)) if scores.present[row, column]]
        names = list(dict.fromkeys(theme.label.values()))
        summaries.append(
            ThemeSummary(
                theme.key,
                names[0] if names else theme.key,
                " · ".join(names[1:]),
                theme.defined("en"),
                len(rows),
                len({infos[row].story for row in rows}),
                silence(theme.key, series, table),
                tuple(map(_claim, of_theme(claims, theme.key))),
                _evidence(study, column),
            )
        )
    return tuple(summaries)


def _evidence(study: Study, column: int) -> tuple[Quote, ...]:
    """Sentences that show a theme, one a story, over languages and dates."""
    infos, scores = study.corpus.infos, study.theme_scores
    quotes: list[Quote] = []
    for row in choose(infos, scores, column, EVIDENCE):
        seen = scores.evidence[row][column]
        if seen:
            quotes.append(Quote(shown(study, seen.text), infos[row].id, infos[row].source, date_text(infos[row]), infos[row].language))
    return tuple(quotes)


def statistic_summaries(study: Study) -> tuple[StatisticSummary, ...]:
    """Return the themes' statistics over all languages; a new statistic gets its column here by itself."""
    table, n_statistics = study.statistics(COMBINED), len(discover("topics.trends.statistics", "STATISTIC"))
    summaries: list[StatisticSummary] = []
    for theme in study.themes:
        rows = sorted((row for row in table.rows if row.series == theme.key and row.language == ALL), key=lambda row: row.statistic)
        said = tuple(_statistic_text(row) for row in rows) or ("not tested: no dated article",) * n_statistics
        summaries.append(StatisticSummary(theme.name("en"), said))
    return tuple(summaries)


def _statistic_text(row: StatisticRow) -> str:
    if math.isnan(row.value):
        return row.decision
    q = "" if math.isnan(row.q) else f", q = {row.q:.3f}"
    return f"{row.value:.3g} ({row.low:.3g} to {row.high:.3g}){q}; {row.decision}"


def concordance_summary(study: Study) -> tuple[Concordance, ...]:
    """Return the matched topics, the most similar first."""
    found = study.concordance
    if found is None:
        return ()
    lda, bertopic = study.labels("lda"), study.labels("bertopic")
    return tuple(
        Concordance(
            f"{match.left}: {lda[match.left]}",
            f"{match.right}: {bertopic[match.right]}",
            f"{match.similarity:.2f}",
            f"{match.document_agreement:.0%}",
        )
        for match in sorted(found.matches, key=lambda match: -match.similarity)
    )
