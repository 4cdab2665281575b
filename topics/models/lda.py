"""Latent Dirichlet allocation (Blei, Ng and Jordan 2003): gensim finds the topics, our own inference reads documents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np

from topics.core.codecs import read_arrays, read_result, write_arrays, write_result
from topics.core.contracts import ModelKind
from topics.core.errors import DataError
from topics.core.matrices import Float64, PreparedCorpus, TopicDistribution, TopicTermMatrix
from topics.core.results import TopicResult
from topics.core.themes import Themes
from topics.engine import one_thread
from topics.models._card import check_prepared, make_card

if TYPE_CHECKING:
    from gensim.corpora import Dictionary
    from gensim.models import LdaModel

MIN_DOCS = 30
CHUNKS, MIN_CHUNK, MAX_CHUNK = 4, 64, 2000  # gensim updates once a chunk; its own 2,000 would leave a small corpus one step a pass
Prior = Annotated[float, msgspec.Meta(gt=0, le=1e6)]


class LdaConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[models.lda]` of a study.

    Args:
        topics: number of topics.
        passes: sweeps over the corpus.
        alpha: prior of topics in a document, for all topics alike; None learns one per topic.
        eta: prior of terms in a topic; None learns it.
    """

    topics: Annotated[int, msgspec.Meta(ge=2, le=5000)] = 20
    passes: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 20
    alpha: Prior | None = None
    eta: Prior | None = None


@dataclass(frozen=True, eq=False)
class LdaTopicModel:
    """A fitted model: `topic_counts` (n_topics, n_terms) are the pseudo-counts of gensim's lambda, `alpha` (n_topics,) the prior."""

    topic_counts: Float64
    alpha: Float64
    result: TopicResult

    def transform(self, prepared: PreparedCorpus) -> TopicDistribution:
        """Return the topic proportions (n_docs, n_topics) of any prepared documents; rows without known terms are all unassigned."""
        check_prepared(prepared, self.result.card)
        return _distribution(prepared, self.result.topics, self.alpha)

    def save(self, directory: Path) -> None:
        """Write arrays and result into an existing directory."""
        write_result(directory, self.result)
        write_arrays(directory / "lda.safetensors", {"topic_counts": self.topic_counts, "alpha": self.alpha})

    def to_gensim(self) -> tuple[LdaModel, Dictionary]:
        """Return a live gensim model and dictionary with these topics, for pyLDAvis, CoherenceModel and the like."""
        from gensim.corpora import Dictionary
        from gensim.models import LdaModel

        terms = self.result.topics.vocabulary.terms
        dictionary = Dictionary()
        dictionary.token2id = {term: column for column, term in enumerate(terms)}
        dictionary.id2token = dict(enumerate(terms))
        model = LdaModel(num_topics=len(self.alpha), id2word=dictionary, alpha=self.alpha, eta=1e-12, dtype=np.float64)
        model.state.sstats = self.topic_counts - 1e-12
        model.sync_state()
        return model, dictionary


def _distribution(prepared: PreparedCorpus, topics: TopicTermMatrix, alpha: Float64) -> TopicDistribution:
    from topics.models._fold_in import fold_in

    return TopicDistribution(fold_in(prepared.dtm.counts, topics.weights, alpha), prepared.dtm.doc_ids)


def _training_rows(prepared: PreparedCorpus) -> Any:  # noqa: ANN401 - a gensim corpus: lists of (column, count)
    counts = prepared.dtm.counts
    rows: list[list[tuple[int, int]]] = []
    for row, info in enumerate(prepared.corpus.infos):
        start, end = counts.indptr[row], counts.indptr[row + 1]
        if info.canonical and end > start:
            rows.append(list(zip(counts.indices[start:end].tolist(), counts.data[start:end].tolist(), strict=True)))
    return rows


def fit(prepared: PreparedCorpus, config: LdaConfig, themes: Themes, seed: int) -> LdaTopicModel:
    """Fit on one copy of each story; themes do not steer the topics.

    Raises:
        DataError: fewer stories with known terms than topics, or than LDA needs.
    """
    from gensim.models import LdaModel

    rows = _training_rows(prepared)
    need = max(MIN_DOCS, config.topics)
    if len(rows) < need:
        raise DataError(
            f"{len(rows)} distinct documents with known terms, {config.topics} topics need at least {need}.", where="models.lda.topics"
        )
    vocabulary = prepared.dtm.vocabulary
    names = dict(enumerate(vocabulary.terms))
    chunk = min(MAX_CHUNK, max(MIN_CHUNK, len(rows) // CHUNKS))
    train = partial(LdaModel, rows, id2word=names, num_topics=config.topics, passes=config.passes, chunksize=chunk, random_state=seed)
    with one_thread():
        priors = {"alpha": config.alpha or "auto", "eta": config.eta or "auto"}
        model = train(**priors, eval_every=None, dtype=np.float64)
    topic_counts = np.asarray(model.state.get_lambda(), dtype=np.float64)
    weights = topic_counts / topic_counts.sum(axis=1, keepdims=True)
    if not np.isfinite(weights).all():
        raise DataError("the topics hold NaN after the fit.", where="models.lda", hint="Check alpha and eta.")
    alpha = np.asarray(model.alpha, dtype=np.float64)
    topics = TopicTermMatrix(weights, vocabulary, "probability")
    card = make_card("lda", config, seed, prepared, packages=("gensim", "numba"))
    return LdaTopicModel(topic_counts, alpha, TopicResult(topics, _distribution(prepared, topics, alpha), card))


def load(directory: Path) -> LdaTopicModel:
    """Read what `save` wrote."""
    arrays = read_arrays(directory / "lda.safetensors", ("alpha", "topic_counts"))
    return LdaTopicModel(arrays["topic_counts"].astype(np.float64), arrays["alpha"].astype(np.float64), read_result(directory))


MODEL: ModelKind[LdaConfig] = ModelKind(
    name="lda", title="LDA (gensim)", config=LdaConfig, needs=frozenset({"counts"}), min_docs=MIN_DOCS, fit=fit, load=load
)
