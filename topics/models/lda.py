"""Latent Dirichlet allocation (Blei, Ng and Jordan 2003) by collapsed variational Bayes, or by gensim's own inference to compare.

Either way a live gensim model with these topics is one call away, for every tool of that world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
from msgspec.structs import replace
from scipy import sparse

from topics.core.codecs import read_arrays, read_result, write_arrays, write_result
from topics.core.contracts import ModelKind
from topics.core.errors import DataError
from topics.core.matrices import Float64, PreparedCorpus, TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.results import ModelCard, TopicResult
from topics.core.themes import Themes
from topics.engine import one_thread
from topics.models._card import check_prepared, make_card

if TYPE_CHECKING:
    from gensim.corpora import Dictionary
    from gensim.models import LdaModel

MIN_DOCS = 30
PACKAGES = ("gensim", "numba")
ETA = 0.03  # at 50 topics, of 0.01 to 0.2 and the learned one, lowest held-out perplexity over articles, newsgroups and titles
CHUNKS, MIN_CHUNK, MAX_CHUNK = 4, 64, 2000  # gensim updates once a chunk; its own 2,000 would leave a small corpus one step a pass
RANGES: dict[str, tuple[float, float]] = {  # checked here and not by types, so that a message can name the value
    "topics": (2, 5000),
    "passes": (1, 10_000),
    "tolerance": (1e-9, 1),
    "alpha": (1e-9, 1e6),
    "eta": (1e-9, 1e6),
    "samples": (0, 10_000),
    "starts": (1, 100),
    "consensus": (1, 100),
}


class LdaConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[models.lda]` of a study.

    Args:
        topics: number of topics.
        inference: "cvb0" is our own (see `_cvb0.py`), "gensim" gensim's online variational Bayes.
        passes: most sweeps over the corpus; None is 500 for cvb0, 20 for gensim.
        tolerance: cvb0 stops when ten sweeps lower the perplexity of tokens given all others by less than this share.
        alpha: prior of topics in a document, for all topics alike; None learns one per topic.
        eta: prior of terms in a topic, for all terms alike; "learned" learns it; None is 0.03 for cvb0, learned for gensim.
        start: cvb0 starts from topics of a matrix factorisation, from which nearly every seed ends in the same ones, or from "random".
        samples: sweeps of Gibbs sampling averaged after cvb0 (see `_gibbs.py`); None is 100 where documents hold fewer than 60 terms in the
            mean, else 0.
        starts: cvb0 fits as many seeds to nine tenths of the documents and keeps the one that tells the rest best; all but the first start
            by chance.
        consensus: number of fits from successive seeds, started by chance, whose topics are matched and averaged (see `_consensus.py`);
            1 is a single fit.
    """

    topics: int = 20
    inference: Literal["cvb0", "gensim"] = "cvb0"
    passes: int | None = None
    tolerance: float = 0.0003
    alpha: float | None = None
    eta: float | Literal["learned"] | None = None
    start: Literal["nmf", "random"] = "nmf"
    samples: int | None = None
    starts: int = 1
    consensus: int = 1

    def __post_init__(self) -> None:
        for name, value, (low, high) in ((name, getattr(self, name), limits) for name, limits in RANGES.items()):
            if value is not None and value != "learned" and not low <= value <= high:
                raise ValueError(f"{name} is {value}, allowed are {low} to {high}")


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
        settings = {"alpha": self.alpha, "eta": 1e-12, "dtype": np.float64}
        # gensim drops topics below 0.01 of a document, and draws where its inference starts
        model = LdaModel(num_topics=len(self.alpha), id2word=dictionary, minimum_probability=0.0, random_state=0, **settings)
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
        model = train(
            alpha=config.alpha or "auto", eta="auto" if config.eta in (None, "learned") else config.eta, eval_every=None, dtype=np.float64
        )
    return np.asarray(model.state.get_lambda(), dtype=np.float64), np.asarray(model.alpha, dtype=np.float64)


def _training(prepared: PreparedCorpus, config: LdaConfig) -> sparse.csr_array:
    """Counts of one copy of each story with known terms, after a look at whether topics can be found in them."""
    counts, where = prepared.dtm.counts, "models.lda.topics"
    if not len(prepared.dtm.vocabulary):
        raise DataError("the vocabulary is empty.", where="preprocessing", hint="Lower min_df, or raise max_df.")
    canonical = np.array([info.canonical for info in prepared.corpus.infos], dtype=bool)
    training = counts[np.flatnonzero(canonical & (np.diff(counts.indptr) > 0))]
    n_docs, n_terms = training.shape
    need = max(MIN_DOCS, config.topics)
    if n_docs < need:
        allowed = f"; allowed are 2 to {n_docs}" if n_docs >= MIN_DOCS else ""
        what = f"{n_docs} distinct documents with known terms, {config.topics} topics need at least {need}{allowed}."
        raise DataError(what, where=where)
    if n_terms < config.topics:
        raise DataError(f"topics is {config.topics}, the vocabulary has {n_terms} terms; allowed are 2 to {n_terms}.", where=where)
    first = training[[0]]
    if training.nnz == n_docs * first.nnz and not (training - sparse.vstack([first] * n_docs, format="csr")).count_nonzero():
        raise DataError(f"all {n_docs} documents hold the same words, so there is nothing to tell topics apart by.", where=where)
    return training


def _combined(runs: Sequence[LdaTopicModel], prepared: PreparedCorpus, config: LdaConfig, seed: int) -> LdaTopicModel:
    from topics.models._consensus import combine, refine

    topic_counts, alpha, note = combine([run.topic_counts for run in runs], [run.alpha for run in runs])
    topic_counts = refine(_training(prepared, config), topic_counts, alpha, config.eta if isinstance(config.eta, float) else ETA)
    return _model(topic_counts, alpha, prepared, make_card("lda", config, seed, prepared, packages=PACKAGES, notes=(note,)))


def _model(topic_counts: Float64, alpha: Float64, prepared: PreparedCorpus, card: ModelCard) -> LdaTopicModel:
    weights = topic_counts / topic_counts.sum(axis=1, keepdims=True)
    if not np.isfinite(weights).all():
        raise DataError("the topics hold NaN after the fit.", where="models.lda", hint="Check alpha and eta.")
    topics = TopicTermMatrix(weights, prepared.dtm.vocabulary, "probability")
    return LdaTopicModel(topic_counts, alpha, TopicResult(topics, _distribution(prepared, topics, alpha), card))


def fit(prepared: PreparedCorpus, config: LdaConfig, themes: Themes, seed: int) -> LdaTopicModel:
    """Fit on one copy of each story; themes do not steer the topics.

    Raises:
        DataError: no terms, fewer stories with known terms or fewer terms than topics, fewer than LDA needs, or all of them alike.
    """
    from topics.models._cvb0_settings import Settings
    from topics.models._inference import best_of, default_samples, fit_lda

    if config.consensus > 1:
        single = replace(config, consensus=1, start="random")
        return _combined([fit(prepared, single, themes, seed + number) for number in range(config.consensus)], prepared, config, seed)
    vocabulary = prepared.dtm.vocabulary
    training = _training(prepared, config)
    notes: tuple[str, ...] = ()
    if config.inference == "gensim":
        topic_counts, alpha = _by_gensim(training, vocabulary, config, seed)
    else:
        eta = None if config.eta == "learned" else config.eta or ETA
        samples = default_samples(training) if config.samples is None else config.samples
        settings = Settings(
            config.topics, config.passes or 500, config.tolerance, config.alpha, eta, seed, start=config.start, samples=samples
        )
        found = fit_lda(training, best_of(training, settings, config.starts) if config.starts > 1 else settings)
        topic_counts, alpha = found.topic_counts, found.alpha
        settled = "" if found.settled else " It had not settled: allow more passes."
        notes = (f"Inference made {found.passes} sweeps; tokens given all others have perplexity {found.perplexities[-1]:.1f}.{settled}",)
        if samples:
            notes += (f"{samples} sweeps of Gibbs sampling followed; the topics are their mean.",)
    return _model(topic_counts, alpha, prepared, make_card("lda", config, seed, prepared, packages=PACKAGES, notes=notes))


def from_gensim(model: LdaModel, dictionary: Dictionary, prepared: PreparedCorpus) -> LdaTopicModel:
    """Take over the topics of an existing gensim model; it transforms new documents and is saved like one of ours.

    Args:
        model: a trained `LdaModel`; its lambda and alpha are copied, it is not changed.
        dictionary: its dictionary; the same terms as those of `prepared`, in any order.
        prepared: the documents of the result.

    Raises:
        DataError: dictionary, model and preparation do not have the same terms, or the model holds NaN.
    """
    names = {str(term): int(column) for term, column in dictionary.token2id.items()}
    terms = prepared.dtm.vocabulary.terms
    lacking, extra = sorted(set(terms) - names.keys()), sorted(names.keys() - set(terms))
    if lacking or extra:
        what = (
            f"the dictionary has {len(names)} terms, the preparation {len(terms)}: {_some(lacking, 'lacking')}, {_some(extra, 'unknown')}."
        )
        raise DataError(what, where="from_gensim", hint="Train on the counts and terms of the preparation (prepared.dtm).")
    topic_counts = np.asarray(model.state.get_lambda(), dtype=np.float64)
    columns = [names[term] for term in terms]
    if topic_counts.shape[1] != len(terms) or sorted(columns) != list(range(len(terms))):
        what = f"the model has {topic_counts.shape[1]} terms, its dictionary {len(names)}, numbered up to {max(columns)}."
        raise DataError(what, where="from_gensim", hint="Give the dictionary that the model was trained with.")
    config = LdaConfig(topics=len(topic_counts), inference="gensim")
    card = make_card(
        "lda", config, 0, prepared, packages=PACKAGES, notes=("Taken over from a gensim LdaModel that was trained elsewhere.",)
    )
    return _model(topic_counts[:, columns], np.asarray(model.alpha, dtype=np.float64), prepared, card)


def _some(terms: list[str], what: str) -> str:
    shown = f" ({', '.join(map(repr, terms[:3]))}{', ...' if len(terms) > 3 else ''})" if terms else ""
    return f"{len(terms)} {what}{shown}"


def load(directory: Path) -> LdaTopicModel:
    """Read what `save` wrote."""
    arrays = read_arrays(directory / "lda.safetensors", ("alpha", "topic_counts"))
    return LdaTopicModel(arrays["topic_counts"].astype(np.float64), arrays["alpha"].astype(np.float64), read_result(directory))


MODEL: ModelKind[LdaConfig] = ModelKind(
    name="lda", title="LDA", config=LdaConfig, needs=frozenset({"counts"}), min_docs=MIN_DOCS, fit=fit, load=load
)
