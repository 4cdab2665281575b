"""The topics of each model: their words, phrases, typical articles, how they join, and which of two models agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topics.carried import follows
from topics.core.contracts import HasHierarchy, HasNearest
from topics.core.hierarchy import TopicNode, topics_below
from topics.core.matrices import Float64
from topics.core.results import TopicResult
from topics.pipeline import curated, curated_result, known_ids, refits
from topics.quality.descriptions import frex, ranked, typical_documents
from topics.quality.fit import fit_scores
from topics.report.material import MAX_TOPICS, Material
from topics.report.model_notes import model_notes
from topics.report.sections.values import Quote, quote
from topics.report.told import Told, told

TERMS = 12
SPECIAL = 6
PHRASES = 4
QUOTES = 2
DEEP = 60  # terms among which phrases are looked for


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """A topic as the report shows it; `stable` says in how many refits it came back, `carried` by which id it is known."""

    number: int
    label: str
    share: str
    terms: tuple[str, ...]
    exclusive: tuple[str, ...]
    phrases: tuple[str, ...]
    stable: str
    documents: tuple[Quote, ...]
    carried: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """A broader topic: the topics that it joins, those of either side, and its words."""

    left: str
    right: str
    n_stories: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A model: its topics by size, or why there is none."""

    name: str
    title: str
    refused: Told | None
    n_topics: int
    summary: str = ""
    notes: tuple[Told, ...] = ()
    topics: tuple[TopicSummary, ...] = ()
    joins: tuple[Join, ...] = ()
    nearest: bool = False


def model_summary(material: Material, name: str) -> ModelSummary:
    """Return a model's part of the report; at most 24 topics, the largest first, all of them in the tables."""
    study, say, title = material.study, material.say, material.title(name)
    if name in study.refused:
        return ModelSummary(name, title, told(say, study.refused[name]), 0)
    model, kept, labels = study.model(name), curated(study, name), study.labels(name)
    result = curated_result(study, name)
    fit, special = fit_scores(study.prepared.dtm, result.documents, result.topics), ranked(frex(result.topics.weights), SPECIAL)
    stable, ids = _stable(material, name), known_ids(study, name).ids
    topics = tuple(
        TopicSummary(
            number,
            labels[number],
            say.percent(share, 1),
            tuple(term for term, _ in result.top_terms(place, TERMS)),
            tuple(result.topics.vocabulary.terms[column] for column in special[place]),
            _phrases(result, place),
            stable.get(number, ""),
            _typical(material, result, place, fit),
            say("model.carried", id=str(ids[number])) if follows(study, name) else "",
        )
        for place, number, share in material.largest(name)
    )
    summary = say("model.summary", n=len(kept.shown), unassigned=say.percent(float(result.documents.unassigned.mean()), 1))
    notes = tuple(told(say, note) for note in (*result.card.notes, *model_notes(study, name), *kept.sentences(labels)))
    joins = _joins(material, model.nodes) if isinstance(model, HasHierarchy) else ()
    return ModelSummary(name, title, None, len(kept.shown), summary, notes, topics, joins, isinstance(model, HasNearest))


def _phrases(result: TopicResult, place: int) -> tuple[str, ...]:
    """The heaviest terms of several words; those among the first that are shown anyway are left out."""
    shown = {term for term, _ in result.top_terms(place, TERMS)}
    deep = (term for term, _ in result.top_terms(place, DEEP))
    return tuple(term for term in deep if " " in term and term not in shown)[:PHRASES]


def _stable(material: Material, name: str) -> dict[int, str]:
    again = refits(material.study, name)
    if not again:
        return {}
    back = np.isfinite(np.array([refit.similarity for refit in again])).sum(axis=0)
    return {topic: f"{count}/{len(again)}" for topic, count in enumerate(back.tolist())}


def _typical(material: Material, result: TopicResult, topic: int, fit: Float64) -> tuple[Quote, ...]:
    """Titles of the stories that hold most of a topic and fit its words best (`fit`, one number a document)."""
    infos = material.study.corpus.infos
    rows = typical_documents(result, topic, fit, material.study.training_rows, QUOTES)
    return tuple(quote(infos[row], infos[row].title) for row in rows)


def _joins(material: Material, nodes: tuple[TopicNode, ...]) -> tuple[Join, ...]:
    """Broader topics, the narrowest first; at most 24, all of them in the tables."""
    below = topics_below(nodes)

    def said(node: int) -> str:
        return ", ".join(map(str, below[node]))

    broader = [node for node in nodes if node.topic < 0 and node.children][:MAX_TOPICS]
    number = material.say.number
    return tuple(Join(said(node.children[0]), said(node.children[1]), number(node.n_docs), node.terms) for node in broader)


@dataclass(frozen=True, slots=True)
class Alone:
    """Topics of one model that no topic of the other matches."""

    title: str
    topics: tuple[str, ...]


def alone(material: Material) -> tuple[Alone, ...]:
    """Return the topics of LDA and of BERTopic without a match; nothing unless both are there."""
    found = material.study.concordance
    if found is None:
        return ()
    sides = {"lda": found.unmatched_left, "bertopic": found.unmatched_right}
    labels = {name: material.study.labels(name) for name in sides}
    return tuple(
        Alone(material.title(name), tuple(f"{topic}: {labels[name][topic]}" for topic in topics)) for name, topics in sides.items()
    )
