"""Themes in documents by three scorers and by all of them together: fitted on a corpus, kept, and used on new articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import numpy as np

from topics.core.codecs import check_least, check_shapes, read_arrays, read_json, write_arrays, write_json
from topics.core.documents import Corpus
from topics.core.matrices import DocTermMatrix, Float32, Float64, Int64, PreparedCorpus, Vocabulary
from topics.core.themes import Themes
from topics.engine import Engine, one_thread
from topics.models.guided import GuidedLda, fit_guided
from topics.preprocessing.embedders.lsa import LsaEmbedder
from topics.preprocessing.prepare import Preparation
from topics.themes import calibration, weighted_terms
from topics.themes.calibration import Calibration, calibrate, silent_thresholds
from topics.themes.hits import ThemeDocuments, find_hits, group_members, seeds_of
from topics.themes.matching import matchers_of
from topics.themes.prototypes import along, learn_directions
from topics.themes.shuffled import Projection, shuffled
from topics.themes.weighted_terms import TermWeights, learn_weights

TERMS, GUIDED, EMBEDDING, COMBINED = calibration.TERMS, "guided_lda", "embedding", "combined"
COUNTS = "combined_counts"  # the combined scorer of documents without vectors: those of an LDA that is used again
WEIGHTS = {TERMS: 1.0, GUIDED: 1.0, EMBEDDING: 2.0}  # of the scorers in the combined one; benchmarks/README.md has the comparison
MIN_DOCS, MIN_HITS = 100, 10  # stories of a language, and among them stories with a theme's terms: with fewer, terms alone decide
UNLIKE = 0.01  # of training documents have fewer words, or fewer of them known, than one may have that is decided by more than terms
ROUNDS = 2  # the second learns from what the first found, not from terms alone
PRIOR_WORDS = 100.0  # of the corpus, added to the words of a theme before log-odds
FILE, ARRAYS = "themes_model.json", "themes_model.safetensors"
Presence = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Scored = Mapping[str, tuple[Float64, Presence]]  # scorer to scores and presence (n_docs, n_themes)


class _Header(msgspec.Struct, frozen=True):
    """What is no array: the languages, the scorers that were fitted, and how often chance gives a theme by its terms."""

    languages: tuple[str, ...]
    lengths: dict[str, float]
    fitted: tuple[str, ...]
    by_chance: dict[str, list[float]]
    labelled: tuple[float | None, ...] = ()
    least: dict[str, tuple[float, float]] = {}


@dataclass(frozen=True, eq=False)
class ThemeModel:
    """Fitted scorers.

    Args:
        themes: what they look for.
        weights: of terms.
        calibrations: scorer to its scale; none for the terms, which need no more than one.
        supported: language to (n_themes,) whether its documents tell enough for more than terms.
        by_chance: language to the share of documents without a subject in which a term of each theme stands.
        guided: LDA guided by the terms, None where there are too few documents.
        directions: language to the themes in vector space, empty without vectors.
        odds: (n_themes, n_terms) log-odds of the terms of the vocabulary in a theme's documents against all others, or None.
        labelled: for each theme the score of the combined scorer from which labels say that it is there, None where they say too little;
            empty without labels.
        least: language to the fewest known words, and the least share of known words, of nearly all training documents: one with less is
            too unlike them for anything but its terms.
    """

    themes: Themes
    weights: TermWeights
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    supported: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]] = field(default_factory=dict)
    by_chance: Mapping[str, Float64] = field(default_factory=dict)
    guided: GuidedLda | None = None
    directions: Mapping[str, Float64] = field(default_factory=dict)
    odds: Float64 | None = None
    labelled: tuple[float | None, ...] = ()
    least: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def scorers(self) -> tuple[str, ...]:
        """Names, the combined one first."""
        return (COMBINED, TERMS, *(name for name in (GUIDED, EMBEDDING) if name in self.calibrations))

    def views(self, documents: ThemeDocuments) -> dict[str, Float64]:
        """Return the raw scores (n_docs, n_themes) of each scorer that was fitted."""
        found = {TERMS: np.log1p(self.weights.scores(documents))}
        if self.guided is not None and documents.counts is not None:
            found[GUIDED] = self.guided.scores(documents.counts)
        if self.directions and documents.vectors is not None:
            found[EMBEDDING] = along(documents, dict(self.directions))
        return found

    def score(self, documents: ThemeDocuments) -> Scored:
        """Return scores between 0 and 1 and presence of every scorer.

        A theme that a language tells too little of is decided by its terms, and so is a document of fewer words, or fewer of them known,
        than nearly all training documents have; the other scorers give 0 there.
        """
        views = self.views(documents)
        by_terms = weighted_terms.soft(self.weights.strength(documents))
        known = np.zeros_like(by_terms, dtype=bool)
        for name, rows in group_members(documents.groups).items():
            known[rows] = self.supported.get(name, np.zeros(len(self.themes), dtype=bool))
        known &= _like_training(documents, self.least)[:, None]
        found = {TERMS: (by_terms, by_terms > 0)}
        for scorer, scale in self._usable(views):
            margins = scale.margins(views, documents.groups, by_terms == 0)
            scores = np.where(known, calibration.soft(margins), by_terms if scorer == COMBINED else 0.0)
            present = np.where(known, margins > 0, (by_terms > 0) & (scorer == COMBINED))
            found[scorer] = (scores, present)
        scores, present = found.setdefault(COMBINED, found[TERMS])
        if COMBINED not in self.calibrations or set(self.calibrations[COMBINED].weights) <= set(views):  # else they are of another scale
            same_scale = known if COMBINED in self.calibrations else np.ones_like(known)  # elsewhere terms alone decide
            found[COMBINED] = (scores, np.where(same_scale, self._by_labels(scores, present), present))
        return found

    def _by_labels(self, scores: Float64, present: Presence) -> Presence:
        """Presence where labels set the thresholds, else as given; scores as they are shown, in single precision."""
        least = np.array([np.nan if value is None else value for value in self.labelled or [None] * len(self.themes)])
        return np.where(np.isnan(least), present, scores.astype(np.float32) >= least.astype(np.float32))

    def _usable(self, views: Mapping[str, Float64]) -> Iterator[tuple[str, Calibration]]:
        for scorer in (GUIDED, EMBEDDING, COMBINED):
            scale = self.calibrations.get(scorer)
            if scorer == COMBINED and scale and not set(scale.weights) <= set(views):
                scale = self.calibrations.get(COUNTS)
            if scale and set(scale.weights) <= set(views):
                yield scorer, scale

    def save(self, directory: Path) -> None:
        """Write into an existing directory."""
        languages = tuple(sorted(self.weights.idf))
        fitted = tuple(sorted(self.calibrations))
        chance = {name: values.tolist() for name, values in self.by_chance.items()}
        write_json(directory / FILE, _Header(languages, dict(self.weights.length), fitted, chance, self.labelled, dict(self.least)))
        weights = (("idf", self.weights.idf), ("half", self.weights.half))
        arrays = {f"{kind}.{name}": listed[name] for kind, listed in weights for name in languages}
        for name, listed in self.supported.items():
            arrays[f"supported.{name}"] = listed.astype(np.float64)
        for scorer, scale in self.calibrations.items():
            for name in scale.thresholds:
                parts = {
                    "mean": scale.means[name],
                    "scale": scale.scales[name],
                    "threshold": scale.thresholds[name],
                    "silent": scale.silent[name],
                }
                arrays |= {f"{scorer}.{kind}.{name}": values for kind, values in parts.items()}
        arrays |= {f"direction.{name}": values for name, values in self.directions.items()}
        if self.odds is not None:
            arrays["odds"] = self.odds
        write_arrays(directory / ARRAYS, {name: np.ascontiguousarray(values) for name, values in arrays.items()})
        if self.guided is not None:
            self.guided.save(directory)


def load(directory: Path, themes: Themes) -> ThemeModel:
    """Read what `ThemeModel.save` wrote."""
    header = read_json(directory / FILE, _Header)
    names = header.languages

    shapes = {f"{kind}.{name}": letter for kind, letter in (("idf", "s"), ("half", "t")) for name in names}
    if header.fitted:
        shapes |= {f"supported.{name}": "t" for name in names} | {"odds": "t v"}
    for scorer in header.fitted:
        each_view = f"{len(_weights(scorer, header.fitted))} t"
        kinds = {"mean": each_view, "scale": each_view, "threshold": "t", "silent": "t"}
        shapes |= {f"{scorer}.{kind}.{name}": letters for kind, letters in kinds.items() for name in names}
    if EMBEDDING in header.fitted:
        shapes |= {f"direction.{name}": "t d" for name in names}
    held = read_arrays(directory / ARRAYS, tuple(shapes))
    check_shapes(directory / ARRAYS, held, shapes, t=len(themes), s=len(seeds_of(themes)))
    no_less = [name for name in shapes if name.startswith(("idf.", "half.", "supported.")) or ".scale." in name]
    check_least(directory / ARRAYS, held, dict.fromkeys(no_less, 0.0))
    arrays = {name: values.astype(np.float64) for name, values in held.items()}

    def each(kind: str) -> dict[str, Float64]:
        return {name: arrays[f"{kind}.{name}"] for name in names}

    weights = TermWeights(each("idf"), header.lengths, each("half"))
    by_chance = {name: np.array(values) for name, values in header.by_chance.items()}
    model = ThemeModel(themes, weights, by_chance=by_chance, labelled=header.labelled, least=header.least)
    if not header.fitted:
        return model
    calibrations = {
        scorer: Calibration(
            _weights(scorer, header.fitted),
            each(f"{scorer}.mean"),
            each(f"{scorer}.scale"),
            each(f"{scorer}.threshold"),
            each(f"{scorer}.silent"),
        )
        for scorer in header.fitted
    }
    supported = {name: values > 0 for name, values in each("supported").items()}
    directions = each("direction") if EMBEDDING in header.fitted else {}
    guided = GuidedLda.load(directory, len(themes)) if GUIDED in header.fitted else None
    return replace(model, calibrations=calibrations, supported=supported, guided=guided, directions=directions, odds=arrays["odds"])


def _weights(scorer: str, fitted: Sequence[str]) -> dict[str, float]:
    """What a scorer sums: itself alone, or the combined one all that were fitted."""
    summed = {COMBINED: (TERMS, *fitted), COUNTS: (TERMS, GUIDED)}.get(scorer, (scorer,))
    return {name: weight for name, weight in WEIGHTS.items() if name in summed}


def theme_documents(corpus: Corpus, themes: Themes, prepared: PreparedCorpus | None, engine: Engine | None = None) -> ThemeDocuments:
    """Return what scorers see of a corpus: its terms of themes, and counts and vectors where it is prepared."""
    found = find_hits(corpus, themes, engine)
    if prepared is None:
        return found
    vectors = prepared.embeddings.vectors if prepared.embeddings is not None else None
    return replace(found, counts=prepared.dtm.counts, vectors=vectors)


def fit_themes(
    documents: ThemeDocuments, themes: Themes, vocabulary: Vocabulary | None, seed: int, project: Projection | None
) -> ThemeModel:
    """Fit the scorers on training documents, one of each story.

    Args:
        documents: their terms, counts and vectors.
        themes: what is looked for.
        vocabulary: of the counts; None fits the terms alone.
        seed: of the guided LDA and of shuffled documents.
        project: makes vectors of counts, for shuffled documents.
    """
    weights = learn_weights(documents)
    model = ThemeModel(themes, weights)
    supported = _supported(documents)
    if vocabulary is None or documents.counts is None or not any(listed.any() for listed in supported.values()):
        return replace(model, by_chance=_by_chance(shuffled(documents, seed, None)) if len(documents) else {})
    shares = weights.shares(documents)
    columns = theme_columns(themes, vocabulary)
    model = replace(model, supported=supported, least=_least(documents), guided=fit_guided(documents.counts, columns, shares, seed))
    chance = shuffled(documents, seed, project)
    for _ in range(ROUNDS):
        model = _calibrated(_learned(model, documents, shares), documents, chance)
        shares = _split(model.score(documents)[COMBINED][0])
    return replace(model, by_chance=_by_chance(chance))


def _learned(model: ThemeModel, documents: ThemeDocuments, shares: Float64) -> ThemeModel:
    """The model with what it learns from the share of each document (n_docs, n_themes) that speaks of each theme."""
    guided = model.guided.measured(documents.counts, shares) if model.guided and documents.counts is not None else None
    directions = learn_directions(documents, shares) if documents.vectors is not None else {}
    return replace(model, guided=guided, directions=directions, odds=_log_odds(documents, shares))


def _calibrated(model: ThemeModel, documents: ThemeDocuments, chance: ThemeDocuments) -> ThemeModel:
    views, by_chance = model.views(documents), model.views(chance)
    fitted = [name for name in (GUIDED, EMBEDDING) if name in views]
    scales = {
        scorer: calibrate(views, documents.groups, by_chance, chance.groups, _weights(scorer, fitted))
        for scorer in (*fitted, COMBINED, COUNTS)
    }
    with_terms = documents.occurrences > 0
    found = {scorer: silent_thresholds(scale, views, documents.groups, with_terms) for scorer, scale in scales.items()}
    return replace(model, calibrations=found)


def _split(scores: Float64) -> Float64:
    """Scores as shares of a document: split among themes, less where no theme is sure."""
    return np.asarray(scores * scores / np.maximum(scores.sum(axis=1, keepdims=True), 1.0))


def _supported(documents: ThemeDocuments) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    found = documents.occurrences > 0
    return {name: (found[rows].sum(axis=0) >= MIN_HITS) & (len(rows) >= MIN_DOCS) for name, rows in group_members(documents.groups).items()}


def _known_words(documents: ThemeDocuments) -> tuple[Float64, Float64]:
    """(n_docs,) words of the vocabulary in each document, and their share of all its words."""
    if documents.counts is None:
        raise ValueError("documents without counts")
    known = np.asarray(documents.counts.sum(axis=1), dtype=np.float64).ravel()
    return known, known / np.maximum(documents.lengths, 1.0)


def _least(documents: ThemeDocuments) -> dict[str, tuple[float, float]]:
    known, share = _known_words(documents)
    return {
        name: (float(np.quantile(known[rows], UNLIKE)), float(np.quantile(share[rows], UNLIKE)))
        for name, rows in group_members(documents.groups).items()
    }


def _like_training(documents: ThemeDocuments, least: Mapping[str, tuple[float, float]]) -> Presence:
    """(n_docs,) whether a document has as many words, and as large a share of known ones, as nearly all training documents."""
    if documents.counts is None or not least:
        return np.ones(len(documents), dtype=bool)
    known, share = _known_words(documents)
    words, shares = np.array([least.get(name, (0.0, 0.0)) for name in documents.groups], dtype=np.float64).reshape(-1, 2).T
    return np.asarray((known >= words) & (share >= shares))


def _by_chance(chance: ThemeDocuments) -> dict[str, Float64]:
    found = chance.occurrences > 0
    return {name: np.asarray(found[rows].mean(axis=0)) for name, rows in group_members(chance.groups).items()}


def _log_odds(documents: ThemeDocuments, shares: Float64) -> Float64:
    """(n_themes, n_terms) how much likelier a term is in documents of a theme than in all others, as a logarithm."""
    counts = documents.counts
    if counts is None:
        raise ValueError("documents without counts")
    with one_thread():
        inside = np.asarray((counts.T @ shares).T, dtype=np.float64)
    totals = np.bincount(counts.indices, weights=counts.data, minlength=counts.shape[1])
    prior = PRIOR_WORDS * (totals + 0.5) / (totals + 0.5).sum()
    within, without = inside + prior, np.maximum(totals[None, :] - inside, 0.0) + prior
    return np.asarray(np.log(within / within.sum(axis=1, keepdims=True)) - np.log(without / without.sum(axis=1, keepdims=True)))


def theme_columns(themes: Themes, vocabulary: Vocabulary) -> list[Int64]:
    """Return for each theme the columns of the vocabulary that are wholly one of its terms."""
    found: list[list[int]] = [[] for _ in themes]
    matchers = matchers_of(themes)
    for column, (term, language) in enumerate(zip(vocabulary.terms, vocabulary.languages, strict=True)):
        for number, matcher in enumerate(matchers):
            if (0, len(term)) in matcher.spans(term, language):
                found[number].append(column)
    return [np.array(columns, dtype=np.int64) for columns in found]


def projection(preparation: Preparation) -> Projection | None:
    """Return what makes vectors of counts, None where vectors are made of texts."""
    embedder = preparation.embedder
    if not isinstance(embedder, LsaEmbedder):
        return None

    def project(counts: object, groups: tuple[str, ...]) -> Float32:
        ids = tuple(str(number) for number in range(len(groups)))
        return embedder.project(DocTermMatrix(counts, ids, preparation.vocabulary)).vectors  # type: ignore[arg-type]

    return project
