"""How well a model describes documents that it did not see: part of the training documents is left out, and the model fitted again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from topics.config import StudyFile
from topics.core.documents import Corpus
from topics.core.errors import DataError
from topics.core.matrices import Float64, Int64, PreparedCorpus
from topics.core.registry import discover
from topics.core.results import TopicResult
from topics.core.vectors import GivenVectors
from topics.preprocessing.embedding import EmbeddingConfig
from topics.preprocessing.prepare import Preparation, fit_preparation
from topics.preprocessing.vectorise import count
from topics.progress import stage
from topics.quality.fit import fit_scores
from topics.quality.novelty import EDGES, Scores, join
from topics.theming import projection

FOLDS = 5  # a fifth is left out at a time
FEW = 3000  # stories: with more, one fifth is enough to make a scale of
MOST = 20_000  # stories that the model is fitted to again, and a quarter as many are left out: bounds the time
OPENINGS = 400  # documents of a fold that are also looked at cut short, as short documents are read


@dataclass(frozen=True, eq=False)
class _Again:
    """What is needed to fit a model again.

    Args:
        file: the study.
        name: of the model.
        preparation: of the whole fit.
        prepared: the whole corpus.
    """

    file: StudyFile
    name: str
    preparation: Preparation
    prepared: PreparedCorpus

    @property
    def vectors(self) -> GivenVectors | None:
        """Vectors that do not depend on the training documents; None where they are made of the words of these."""
        held = self.prepared.embeddings
        if held is None or projection(self.preparation) is not None:
            return None
        return GivenVectors(dict(zip(held.doc_ids, held.vectors, strict=True)), held.embedder, held.aligned)

    def scores(self, inside: Int64, outside: Int64) -> Iterator[Scores]:
        """Yield the scores of left-out documents, then of their openings by rising length."""
        kind: Any = discover("topics.models", "MODEL")[self.name]
        config, corpus, embed = self.file.config, self.prepared.corpus, "embeddings" in kind.needs
        training, left_out = corpus.some(inside.tolist()), corpus.some(outside.tolist())
        backend = config.embedding if not config.embedding.folder else EmbeddingConfig()
        settings = self.preparation.config
        again = fit_preparation(training, settings, backend, config.themes, seed=config.study.seed)
        vectors = self.vectors if embed else None
        model = kind.fit(_apply(again, training, vectors, embed=embed), self.file.models[self.name], config.themes, config.study.seed)
        seen = _apply(again, left_out, vectors, embed=embed)
        yield _scores(seen, model, whole=True)
        if vectors is None:
            for short in openings(again, seen, embed=embed):
                yield _scores(short, model, whole=False)


def _apply(preparation: Preparation, corpus: Corpus, vectors: GivenVectors | None, *, embed: bool) -> PreparedCorpus:
    if vectors is not None:
        here = set(corpus.ids)
        rows = {name: row for name, row in vectors.rows.items() if name in here}  # type: ignore[union-attr]
        vectors = replace(vectors, rows=rows)
    return preparation.apply(corpus, vectors=vectors, embed=embed)


def _scores(prepared: PreparedCorpus, model: Any, *, whole: bool) -> Scores:  # noqa: ANN401 - a model of any kind
    result: TopicResult = model.result
    fit = fit_scores(prepared.dtm, model.transform(prepared), result.topics)
    return scores_of(prepared, fit, whole=whole)


def scores_of(prepared: PreparedCorpus, fit: Float64, *, whole: bool = True) -> Scores:
    """Return what is known of prepared documents with their fit."""
    infos = prepared.corpus.infos
    lengths = np.array([info.n_tokens for info in infos], dtype=np.int64)
    languages = tuple(info.language for info in infos)
    return Scores(languages, lengths, fit, prepared.unknown.astype(np.float64), np.full(len(infos), whole))


def openings(preparation: Preparation, prepared: PreparedCorpus, *, embed: bool) -> Iterator[PreparedCorpus]:
    """Yield documents cut to the lengths of shorter ones, for each length those that are longer.

    Args:
        preparation: whose vectors are made of counts.
        prepared: the whole documents.
        embed: whether vectors are wanted.
    """
    some = prepared.corpus.some(range(min(OPENINGS, len(prepared.corpus))))
    terms = [preparation.terms(document) for document in some]
    project = projection(preparation)
    for least, most in zip((EDGES[0] // 2, *EDGES), EDGES, strict=False):
        rows = [row for row, info in enumerate(some.infos) if info.n_tokens >= most]
        if not rows:
            return
        part = some.some(rows)
        words = [least + row % (most - least) for row in rows]  # all lengths of the class
        cut = [terms[row][: round(len(terms[row]) * n / some.infos[row].n_tokens)] for row, n in zip(rows, words, strict=True)]
        dtm, unknown = count(cut, part.ids, preparation.vocabulary)
        infos = tuple(replace(info, n_tokens=n) for info, n in zip(part.infos, words, strict=True))
        embeddings = preparation.embedder.project(dtm) if embed and project is not None else None  # type: ignore[attr-defined]
        yield PreparedCorpus(Corpus(infos, part.texts), dtm, embeddings, unknown, prepared.key)


def left_out_scores(file: StudyFile, name: str, preparation: Preparation, prepared: PreparedCorpus) -> Scores | None:
    """Return the scores of training documents by fits without them; None where too few would be left to fit.

    Args:
        file: the study.
        name: of the model.
        preparation: of the whole fit.
        prepared: the whole corpus, with copies, of which only one each is looked at.
    """
    infos, leave_out = prepared.corpus.infos, frozenset(preparation.config.leave_out)
    rows = np.array([row for row, info in enumerate(infos) if info.canonical and info.language not in leave_out], dtype=np.int64)
    folds = FOLDS if len(rows) <= FEW else 1
    again, found = _Again(file, name, preparation, prepared), list[Scores]()
    stage("fitting again without some articles, %d time(s), to know how new ones fit", folds)
    for fold in range(folds):
        outside = rows[fold::FOLDS][: MOST // (FOLDS - 1)]
        inside = np.setdiff1d(rows, rows[fold::FOLDS])[:MOST]
        try:
            found += again.scores(inside, outside)
        except DataError:  # too few, or too much alike
            return None
    return join(found)
