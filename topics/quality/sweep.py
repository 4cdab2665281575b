"""One model at one number of topics, fitted again and again: how well it predicts, reads and comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

import msgspec
import numpy as np

from topics.core.contracts import TopicModel
from topics.core.errors import DataError
from topics.core.matrices import DocTermMatrix, Int64, PreparedCorpus
from topics.core.results import TopicResult
from topics.progress import stage, track
from topics.quality.completion import background, halve, log_likelihoods
from topics.quality.measures import c_v_of, coherences, diversity, npmi_of
from topics.quality.stability import Stability, stability

Fit = Callable[[PreparedCorpus, int], TopicModel]
"""Fits on the canonical documents of a prepared corpus, from a seed."""

Runs = Annotated[int, msgspec.Meta(ge=2, le=1000)]


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often a model is fitted at each number of topics.

    Args:
        seeds: fits on all documents, each from another seed.
        folds: fits that each leave out another part of the documents, 1 in `folds`, and are asked for its words.
        seed: the first seed; it also cuts the folds.
        consensus: at the proposed number each of these fits is also made as a consensus of so many, which takes as many times the work;
            1 leaves it out.
    """

    seeds: Runs = 5
    folds: Runs = 5
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 13
    consensus: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5


class Measures(msgspec.Struct, frozen=True):
    """What was measured at one number of topics; tuples hold one number a fit, those of the seeds first.

    Args:
        n_topics: the number.
        npmi, c_v: mean coherence of the topics' ten heaviest terms over whole documents.
        diversity: share of different terms among the first 25 of all topics.
        log_likelihood: of the held-out words of each fold, natural logarithm a word.
        words: number of those words.
        over_seeds, over_resamples: how far topics come back from another seed, and from other documents.
        consensus: number of fits that each of these was made of.
    """

    n_topics: int
    npmi: tuple[float, ...]
    c_v: tuple[float, ...]
    diversity: tuple[float, ...]
    log_likelihood: tuple[float, ...]
    words: tuple[int, ...]
    over_seeds: Stability
    over_resamples: Stability
    consensus: int = 1

    @property
    def perplexity(self) -> float:
        """Of all held-out words together."""
        return float(np.exp(-np.average(self.log_likelihood, weights=self.words)))


@dataclass(frozen=True, eq=False)
class _Material:
    """A prepared corpus, the rows that are one copy of each story and hold known terms, and their counts."""

    prepared: PreparedCorpus
    rows: Int64
    reference: DocTermMatrix


def _material(prepared: PreparedCorpus) -> _Material:
    counts = prepared.dtm.counts
    canonical = np.array([info.canonical for info in prepared.corpus.infos], dtype=bool)
    rows = np.flatnonzero(canonical & (np.diff(counts.indptr) > 0)).astype(np.int64)
    ids = tuple(prepared.dtm.doc_ids[row] for row in rows)
    return _Material(prepared, rows, DocTermMatrix(counts[rows], ids, prepared.dtm.vocabulary))


def without(prepared: PreparedCorpus, rows: Int64) -> PreparedCorpus:
    """Return the same corpus with some documents no longer canonical: a fit does not see them, but its result holds them."""
    left_out = frozenset(rows.tolist())
    infos = tuple(replace(info, canonical=False) if row in left_out else info for row, info in enumerate(prepared.corpus.infos))
    return replace(prepared, corpus=replace(prepared.corpus, infos=infos))


def _held_out(model: TopicModel, material: _Material, rows: Int64) -> tuple[float, int]:
    """Log likelihood a word of the second half of the words of documents that the model has not seen, and the number of those words."""
    counts = material.prepared.dtm.counts
    observed, target = halve(counts)
    half = replace(material.prepared, dtm=replace(material.prepared.dtm, counts=observed))
    rest = background(counts[np.setdiff1d(material.rows, rows)])
    found = log_likelihoods(target, model.transform(half), model.result.topics, rest)[rows]
    words = int(target[rows].sum())
    if not words:
        hint = "Held-out prediction needs documents of two known words or more."
        raise DataError(f"none of {len(rows)} held-out documents has a second known word.", where="the number of topics", hint=hint)
    return float(found.sum() / words), words


def measure(prepared: PreparedCorpus, fit: Fit, n_topics: int, plan: Plan) -> Measures:
    """Fit and measure a model at one number of topics.

    Args:
        prepared: all documents.
        fit: fits at that number of topics.
        n_topics: the number.
        plan: how often.

    Raises:
        DataError: too few documents for the model, with a fold left out or not; or no document of two known words.
    """
    material = _material(prepared)
    order = np.random.default_rng(plan.seed).permutation(material.rows)
    folds = [np.sort(part) for part in np.array_split(order, plan.folds)]
    results: list[TopicResult] = []
    held_out: list[tuple[float, int]] = []
    n_fits = plan.seeds + plan.folds
    for number in track(range(n_fits), f"{n_topics} topics", n_fits):
        stage("%d topics: fit %d of %d", n_topics, number + 1, n_fits)
        if number < plan.seeds:
            results.append(fit(prepared, plan.seed + number).result)
            continue
        rows = folds[number - plan.seeds]
        model = fit(without(prepared, rows), plan.seed + number)
        results.append(model.result)
        held_out.append(_held_out(model, material, rows))
    weights = [result.documents.weights[material.rows] for result in results]
    found = Measures(
        n_topics,
        tuple(float(np.mean(coherences(material.reference, result, npmi_of))) for result in results),
        tuple(float(np.mean(coherences(material.reference, result, c_v_of))) for result in results),
        tuple(diversity(result) for result in results),
        tuple(value for value, _ in held_out),
        tuple(words for _, words in held_out),
        stability(weights[: plan.seeds], plan.seed),
        stability(weights[plan.seeds :], plan.seed),
    )
    message = "%d topics: held-out perplexity %.0f, NPMI %.3f, stability over seeds %.2f (by chance %.2f) and over resamples %.2f (%.2f)"
    seeds, resamples = found.over_seeds, found.over_resamples
    stage(message, n_topics, found.perplexity, np.mean(found.npmi), seeds.value, seeds.null, resamples.value, resamples.null)
    return found
