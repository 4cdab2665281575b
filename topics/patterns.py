"""What a study's trends show beside their direction: from its documents and cells to the records of each statistic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy import sparse

from topics.config import CompareConfig
from topics.core.documents import Corpus, DocumentInfo
from topics.core.matrices import Float64, Int64
from topics.core.series import UNASSIGNED, Kind, TrendSeries
from topics.pipeline import Study
from topics.trends.aggregate import ALL, Weights, aggregate
from topics.trends.changed_words import ChangedWord, Words, changed_words
from topics.trends.decomposition import ChangePart, Span, decompose
from topics.trends.emergence import BackTest, Emergence, all_emergence, recent_labels
from topics.trends.lead_lag import LeadLag, all_lead_lags, own_stories
from topics.trends.news import news_between
from topics.trends.periods import period_of

MOST_SOURCES = 4  # between which a lead is looked for


def _with_unassigned(weights: Weights) -> Float64:
    """(n_docs, n_series + 1) weights, and what belongs to no series, as trends reckon it."""
    values = weights.values
    rest = np.clip(1 - values.sum(axis=1), 0, 1) if weights.partition else (values <= 0).all(axis=1)
    left = np.asarray(rest, dtype=np.float64)
    return np.concatenate([values, left[:, None]], axis=1)


def emerging(study: Study, source: str, kind: Kind) -> tuple[tuple[Emergence, ...], tuple[BackTest, ...]]:
    """Return which series emerge, by the sources that carry them in the recent periods, and how such calls fared before."""
    series, infos = study.trends(source, kind), study.corpus.infos
    values = _with_unassigned(study.weights(source, kind))
    codes = {name: number for number, name in enumerate(sorted({info.source for info in infos}))}
    placed = [period_of(info.date, study.config.trends.period) for info in infos]
    masses: dict[str, Float64] = {}
    documents: dict[str, Float64] = {}
    for language in dict.fromkeys(cell.language for cell in series.cells):
        recent = set(recent_labels(series, language))
        rows = [row for row, info in enumerate(infos) if placed[row] in recent and language in (ALL, info.language)]
        own = np.array([codes[infos[row].source] for row in rows], dtype=np.int64)
        documents[language] = np.bincount(own, minlength=len(codes)).astype(np.float64)
        masses[language] = np.stack([np.bincount(own, column, len(codes)) for column in values[rows].T])
    return all_emergence(series, masses, documents)


def _sides(study: Study) -> list[str]:
    """The side that each document is on, for a lead; empty where it is on none."""
    infos = study.corpus.infos
    if study.config.trends.lead_lag == "language":
        return [info.language for info in infos]
    told = Counter(info.source for info in infos if info.source)
    largest = {name for name, _ in sorted(told.items(), key=lambda item: (-item[1], item[0]))[:MOST_SOURCES]}
    named = {name: f"{name} (source)" if name == ALL else name for name in largest}  # trends of all sides together have that name
    return [named.get(info.source, "") for info in infos]


def sided_trends(study: Study, source: str, kind: Kind) -> TrendSeries:
    """Return the trends of each side by itself, without the stories and proposed events that several sides tell."""
    infos, sides = study.corpus.infos, _sides(study)
    pairs = study.same_events if study.config.trends.lead_lag == "language" else ()
    stories = {info.id: info.story or info.id for info in infos}
    linked = [(stories.get(pair.a, pair.a), stories.get(pair.b, pair.b)) for pair in pairs]
    own = own_stories([stories[info.id] for info in infos], sides, linked)
    rows = [row for row in range(len(infos)) if own[row] and sides[row]]
    kept = Corpus(tuple(replace(infos[row], language=sides[row]) for row in rows), ())
    weights = study.weights(source, kind)
    part = replace(weights, values=weights.values[rows])
    trends = study.config.trends
    return aggregate(kept, part, trends.period, as_of=study.as_of, weighting=trends.weighting)


def leads(study: Study, source: str, kind: Kind) -> tuple[LeadLag, ...]:
    """Return whether one side comes before another, for every series."""
    return all_lead_lags(sided_trends(study, source, kind), study.seed)


def _within(info: DocumentInfo, compare: CompareConfig) -> int:
    """The span that a document surely lies in: 0 before, 1 after, -1 in none."""
    first, last = info.date.earliest, info.date.latest
    if first and last:
        for number, (start, end) in enumerate((compare.before, compare.after)):
            if start <= first and last <= end:
                return number
    return -1


def _numbers(names: list[str]) -> tuple[list[str], Int64]:
    """Names in order, and the number of each."""
    listed = sorted(set(names))
    index = {name: number for number, name in enumerate(listed)}
    return listed, np.array([index[name] for name in names], dtype=np.int64)


def changes(study: Study, source: str, kind: Kind) -> tuple[ChangePart, ...]:
    """Return the parts of the change of every series between the two spans of the study; none where it names no spans."""
    compare, infos = study.config.trends.compare, study.corpus.infos
    if compare is None:
        return ()
    weights = study.weights(source, kind)
    values = _with_unassigned(weights)
    spans = np.array([_within(info, compare) for info in infos])
    strata, numbers = _numbers([f"{info.language}\t{info.source}" for info in infos])
    languages = _numbers([name.split("\t")[0] for name in strata])[1]
    stories = _numbers([info.story or info.id for info in infos])[1]
    rows = [np.flatnonzero(spans == number) for number in (0, 1)]
    before, after = (Span(values[own], numbers[own], stories[own]) for own in rows)
    names, trends = (*weights.names, UNASSIGNED), study.trends(source, kind)
    news = news_between([trends.of(name) for name in names], (compare.before, compare.after))
    return decompose(names, (before, after), languages, study.seed, news)


def words(study: Study, source: str, kind: Kind) -> Iterator[ChangedWord]:
    """Yield the words of every series that changed between the two spans, language by language; none where the study names no spans."""
    compare, infos = study.config.trends.compare, study.corpus.infos
    if compare is None or not study.fitted:
        return
    weights, dtm = study.weights(source, kind), study.prepared.dtm
    spans = np.array([_within(info, compare) for info in infos])
    stories = _numbers([info.story or info.id for info in infos])[1]
    for language in sorted({info.language for info in infos} & set(dtm.vocabulary.languages)):
        rows = np.flatnonzero((spans >= 0) & np.array([info.language == language for info in infos]))
        columns = np.flatnonzero(np.array(dtm.vocabulary.languages) == language)
        counts = sparse.csr_array(dtm.counts[rows][:, columns])
        listed = Words(counts, tuple(dtm.vocabulary.terms[column] for column in columns), spans[rows], stories[rows])
        for column, name in enumerate(weights.names):
            yield from changed_words(listed, weights.values[rows, column], name, language)
