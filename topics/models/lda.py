"""Latent Dirichlet allocation (Blei, Ng and Jordan 2003) by collapsed variational Bayes, or by gensim's own inference to compare.

Either way a live gensim model with these topics is one call away, for every tool of that world.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import numpy as np
from scipy import sparse

from topics.core.codecs import read_arrays, read_result, write_arrays, write_result
from topics.core.contracts import ModelKind
from topics.core.errors import DataError
from topics.core.matrices import Float64, PreparedCorpus, TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.results import TopicResult
from topics.core.themes import Themes
from topics.engine import one_thread
from topics.models._card import check_prepared, make_card

if TYPE_CHECKING:
    from gensim.corpora import Dictionary
    from gensim.models import LdaModel

MIN_DOCS = 30
ETA = 0.05
CHUNKS, MIN_CHUNK, MAX_CHUNK = 4, 64, 2000  # gensim updates once a chunk; its own 2,000 would leave a small corpus one step a pass
Prior = Annotated[float, msgspec.Meta(gt=0, le=1e6)]


class LdaConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[models.lda]` of a study.

    Args:
        topics: number of topics.
        inference: "cvb0" is our own (see `_cvb0.py`), "gensim" gensim's online variational Bayes.
        passes: most sweeps over the corpus; None is 500 for cvb0, 20 for gensim.
        tolerance: cvb0 stops when a sweep moves less than this share of a token's topic mass on average.
        alpha: prior of topics in a document, for all topics alike; None learns one per topic.
        eta: prior of terms in a topic; None is 0.05 for cvb0, learned for gensim.
    """

    topics: Annotated[int, msgspec.Meta(ge=2, le=5000)] = 20
    inference: Literal["cvb0", "gensim"] = "cvb0"
    passes: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    tolerance: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.002
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


def _by_gensim(counts: sparse.csr_array, vocabulary: Vocabulary, config: LdaConfig, seed: int) -> tuple[Float64, Float64]:
    """Topic counts and document prior by gensim's LdaModel, in one process and one thread."""
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    rows = list(Sparse2Corpus(sparse.csc_matrix(counts), documents_columns=False))
    chunk = min(MAX_CHUNK, max(MIN_CHUNK, len(rows) // CHUNKS))
    names = dict(enumerate(vocabulary.terms))
    train = partial(LdaModel, rows, id2word=names, num_topics=config.topics, passes=config.passes or 20, chunksize=chunk, random_state=seed)
    with one_thread():
        model = train(alpha=config.alpha or "auto", eta=config.eta or "auto", eval_every=None, dtype=np.float64)
    return np.asarray(model.state.get_lambda(), dtype=np.float64), np.asarray(model.alpha, dtype=np.float64)


def fit(prepared: PreparedCorpus, config: LdaConfig, themes: Themes, seed: int) -> LdaTopicModel:
    """Fit on one copy of each story; themes do not steer the topics.

    Raises:
        DataError: fewer stories with known terms than topics, or than LDA needs.
    """
    from topics.models._cvb0 import Settings, fit_cvb0

    counts, vocabulary = prepared.dtm.counts, prepared.dtm.vocabulary
    canonical = np.array([info.canonical for info in prepared.corpus.infos], dtype=bool)
    training = counts[np.flatnonzero(canonical & (np.diff(counts.indptr) > 0))]
    need = max(MIN_DOCS, config.topics)
    if training.shape[0] < need:
        what = f"{training.shape[0]} distinct documents with known terms, {config.topics} topics need at least {need}."
        raise DataError(what, where="models.lda.topics")
    notes: tuple[str, ...] = ()
    if config.inference == "gensim":
        topic_counts, alpha = _by_gensim(training, vocabulary, config, seed)
    else:
        settings = Settings(config.topics, config.passes or 500, config.tolerance, config.alpha, config.eta or ETA, seed)
        found = fit_cvb0(training, settings)
        topic_counts, alpha = found.topic_counts, found.alpha
        settled = "" if found.change < config.tolerance else " It had not settled: allow more passes."
        notes = (f"Inference made {found.passes} sweeps; the last moved {found.change:.4f} of a token's topic mass on average.{settled}",)
    weights = topic_counts / topic_counts.sum(axis=1, keepdims=True)
    if not np.isfinite(weights).all():
        raise DataError("the topics hold NaN after the fit.", where="models.lda", hint="Check alpha and eta.")
    topics = TopicTermMatrix(weights, vocabulary, "probability")
    card = make_card("lda", config, seed, prepared, packages=("gensim", "numba"), notes=notes)
    return LdaTopicModel(topic_counts, alpha, TopicResult(topics, _distribution(prepared, topics, alpha), card))


def load(directory: Path) -> LdaTopicModel:
    """Read what `save` wrote."""
    arrays = read_arrays(directory / "lda.safetensors", ("alpha", "topic_counts"))
    return LdaTopicModel(arrays["topic_counts"].astype(np.float64), arrays["alpha"].astype(np.float64), read_result(directory))


MODEL: ModelKind[LdaConfig] = ModelKind(
    name="lda", title="LDA", config=LdaConfig, needs=frozenset({"counts"}), min_docs=MIN_DOCS, fit=fit, load=load
)
