"""Latent Dirichlet allocation (Blei, Ng and Jordan 2003) by collapsed variational Bayes, or by gensim's own inference to compare.

Either way a live gensim model with these topics is one call away, for every tool of that world.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack, get_args

import msgspec
import numpy as np
from msgspec.structs import replace
from scipy import sparse

from topics.core.codecs import ABOVE_ZERO, Arrays, check_least, check_shapes, read_arrays, read_result, write_arrays, write_result
from topics.core.contracts import MergePart, ModelKind, TopicModel
from topics.core.errors import DataError, UsageError
from topics.core.hashing import digest
from topics.core.matrices import Float64, PreparedCorpus, TopicDistribution, TopicTermMatrix
from topics.core.results import ModelCard, TopicResult
from topics.core.themes import Themes
from topics.models._card import check_prepared, make_card
from topics.models._estimate import Estimate
from topics.models._lda_training import training_counts
from topics.models._seeds import derived
from topics.models._state import Interrupted, State

if TYPE_CHECKING:
    from gensim.corpora import Dictionary
    from gensim.models import LdaModel

__all__ = ["MODEL", "FitOptions", "Interrupted", "LdaConfig", "LdaTopicModel", "State", "fit", "from_gensim", "load"]

MIN_DOCS = 30
PACKAGES = ("gensim", "numba")
ETA = 0.03  # at 50 topics, of 0.01 to 0.2 and the learned one, lowest held-out perplexity over articles, newsgroups and titles
Inference = Literal["cvb0", "gensim"]
Start = Literal["nmf", "random"]
OURS = ("tolerance", "start", "samples", "starts")  # settings that gensim's inference has nothing of
# checked here and not by types, so that a message can name the value
WHOLE: dict[str, tuple[int, int]] = {
    "topics": (2, 5000),
    "passes": (1, 10_000),
    "samples": (0, 10_000),
    "starts": (1, 100),
    "consensus": (1, 100),
}
REAL: dict[str, tuple[float, float]] = {"tolerance": (1e-9, 1), "alpha": (1e-9, 1e6), "eta": (1e-9, 1e6)}
OPTIONAL = ("passes", "samples", "alpha", "eta")


class LdaConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[models.lda]` of a study.

    Args:
        topics: number of topics.
        inference: "cvb0" is our own (see `_cvb0.py`), "gensim" gensim's online variational Bayes.
        passes: most sweeps over the corpus; None is 500 for cvb0, 20 for gensim.
        tolerance: cvb0 stops, after 40 sweeps at least, when ten of them lower the perplexity of tokens given all others by less than this
            share.
        alpha: prior of topics in a document, for all topics alike; None learns one per topic.
        eta: prior of terms in a topic, for all terms alike; "learned" learns it; None is 0.03 for cvb0, learned for gensim.
        start: cvb0 starts from topics of a matrix factorisation, from which nearly every seed ends in the same ones, or from "random".
        samples: sweeps of Gibbs sampling averaged after cvb0 (see `_gibbs.py`); None is 100 where documents hold fewer than 60 terms in the
            mean, else 0.
        starts: cvb0 fits as many seeds to nine tenths of the documents and keeps the one that tells the rest best; all but the first start
            by chance.
        consensus: number of fits, started by chance from seeds of their own, whose topics are matched; their medians, refined on the
            documents, are the result (see `_consensus.py`); 1 is a single fit.
    """

    topics: int = 20
    inference: Inference = "cvb0"
    passes: int | None = None
    tolerance: float = 0.0003
    alpha: float | None = None
    eta: float | Literal["learned"] | None = None
    start: Start = "nmf"
    samples: int | None = None
    starts: int = 1
    consensus: int = 1

    def __post_init__(self) -> None:
        for name, limits in {**WHOLE, **REAL}.items():
            value, kind = getattr(self, name), Integral if name in WHOLE else Real
            if (value is None and name in OPTIONAL) or (name == "eta" and isinstance(value, str) and value == "learned"):
                continue
            if isinstance(value, bool) or not isinstance(value, kind) or not limits[0] <= float(value) <= limits[1]:
                what = "whole numbers of " if name in WHOLE and not isinstance(value, Integral) else ""
                hint = "; a matrix goes to fit(..., eta=...)" if name == "eta" and np.ndim(value) else ""
                raise ValueError(f"{name} is {value!r}, allowed are {what}{limits[0]} to {limits[1]}{hint}")
            number = (int if name in WHOLE else float)(getattr(self, name))  # numpy's numbers are no JSON
            msgspec.structs.force_setattr(self, name, number)
        for name, choices in (("inference", get_args(Inference)), ("start", get_args(Start))):
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is {getattr(self, name)!r}, allowed are {' and '.join(map(repr, choices))}")
        if self.inference == "gensim":
            defaults = {field.name: field.default for field in msgspec.structs.fields(self)}
            for name in OURS:
                if getattr(self, name) != defaults[name]:
                    raise ValueError(f"{name} is {getattr(self, name)!r}, which inference 'gensim' does not know; leave {name} out")


class FitOptions(TypedDict, total=False):
    """What a fit may be given in Python beside its settings; all for `inference = "cvb0"`.

    Args:
        eta: (n_topics, n_terms) prior of each term in each topic, columns as in the vocabulary: large entries steer a topic to its seed
            words, 0 keeps a term out of it. In place of `LdaConfig.eta`.
        progress: called after each sweep with its number and the perplexity of tokens given all others; with `starts` or `consensus` for
            one fit after the other. A `KeyboardInterrupt` out of it stops the fit as one from the keyboard does.
        state: of an interrupted fit, `Interrupted.state` or `State.load(path)`; the fit goes on from it to the bytes of a fit in one go.
            A single fit can be taken up again, several (`starts`, `consensus`) cannot.
    """

    eta: Float64 | None
    progress: Callable[[int, float], None] | None
    state: State | None


@dataclass(frozen=True, eq=False)
class LdaTopicModel:
    """A fitted model.

    Args:
        topic_counts: (n_topics, n_terms) pseudo-counts with their prior, gensim's lambda.
        alpha: (n_topics,) prior of topics in a document.
        eta: prior of terms in a topic, one number or (n_topics, n_terms).
        result: topics and documents.
    """

    topic_counts: Float64
    alpha: Float64
    eta: float | Float64
    result: TopicResult

    def transform(self, prepared: PreparedCorpus) -> TopicDistribution:
        """Return the topic proportions (n_docs, n_topics) of any prepared documents; rows without known terms are all unassigned."""
        check_prepared(prepared, self.result.card)
        return _distribution(prepared, self.result.topics, self.alpha)

    def save(self, directory: Path) -> None:
        """Write arrays and result into an existing directory."""
        write_result(directory, self.result)
        arrays: Arrays = {"topic_counts": self.topic_counts, "alpha": self.alpha, "eta": np.asarray(self.eta, dtype=np.float64)}
        write_arrays(directory / "lda.safetensors", arrays)

    def to_gensim(self, prepared: PreparedCorpus | None = None) -> tuple[LdaModel, Dictionary]:
        """Return a live gensim model with these topics and priors, and its dictionary, for pyLDAvis, CoherenceModel and the like.

        Where `eta` differs between topics, gensim's `bound` and `log_perplexity` take the sum of all of it for that of each topic.

        Args:
            prepared: documents that the dictionary counts, for `TfidfModel` and the like; without them it knows the terms alone.
        """
        from topics.models._gensim import live_dictionary, live_model

        if prepared is not None:
            check_prepared(prepared, self.result.card)
        dictionary = live_dictionary(self.result.topics.vocabulary.terms, sparse.csr_array(prepared.dtm.counts) if prepared else None)
        return live_model(self.topic_counts, self.alpha, self.eta, dictionary), dictionary


def _distribution(prepared: PreparedCorpus, topics: TopicTermMatrix, alpha: Float64) -> TopicDistribution:
    from topics.models._fold_in import fold_in

    return TopicDistribution(fold_in(prepared.dtm.counts, topics.weights, alpha), prepared.dtm.doc_ids)


def _check_options(options: FitOptions, config: LdaConfig, seed: object) -> None:
    from topics.models._cvb0_settings import check_whole

    check_whole("seed", seed, 0)
    unknown = options.keys() - FitOptions.__annotations__.keys()
    if unknown:
        raise TypeError(f"fit has no option {min(unknown)!r}, only {', '.join(sorted(FitOptions.__annotations__))}")
    given = sorted(name for name, value in options.items() if value is not None)
    if given and config.inference == "gensim":
        what = f"{given[0]} is given, which inference 'gensim' does not know."
        raise UsageError(what, where=f"models.lda.{given[0]}", hint='Leave it out, or set inference = "cvb0".')
    if "eta" in given and config.eta is not None:
        what = f"a matrix eta is given beside eta = {config.eta!r} of the settings."
        raise UsageError(what, where="models.lda.eta", hint="One number goes into LdaConfig, a matrix into fit; not both.")
    if "state" in given and not isinstance(options["state"], State):
        what = f"state is of type {type(options['state']).__name__}; a State is wanted."
        raise UsageError(what, where="models.lda.state", hint="Use State.load(path).")
    if "state" in given and (config.starts > 1 or config.consensus > 1):
        what = f"a state is of a single fit; starts is {config.starts}, consensus {config.consensus}."
        raise UsageError(what, where="models.lda.state", hint="Leave them at 1 for a fit that can be taken up again.")


def _check_matrix(options: FitOptions, terms: Sequence[str]) -> None:
    """Raise `UsageError` where `eta` is no matrix of numbers, or keeps a term out of all topics; the message names the term."""
    given, where = options.get("eta"), "models.lda.eta"
    if given is None:
        return
    try:
        matrix = np.asarray(given)
    except ValueError as error:
        hint = "Give a matrix (n_topics, n_terms)."
        raise UsageError("eta has rows of different lengths.", where=where, hint=hint) from error
    if not matrix.ndim:
        raise UsageError("eta is one number.", where=where, hint="One number goes into LdaConfig, a matrix into fit.")
    if matrix.dtype.kind not in "biuf":
        raise UsageError(f"eta holds {matrix.dtype.name}.", where=where, hint="Give a matrix (n_topics, n_terms) of numbers.")
    nowhere = np.flatnonzero((matrix == 0).all(axis=0))
    if matrix.shape == (len(matrix), len(terms)) and nowhere.size:
        what = f"eta keeps {len(nowhere)} terms out of all topics, the first is {terms[nowhere[0]]!r}."
        raise UsageError(what, where=where, hint="Allow each term at least one topic.")


def _gensim(training: sparse.csr_array, prepared: PreparedCorpus, config: LdaConfig, seed: int) -> Estimate:
    from topics.models._gensim import arrays_of, train

    priors = (config.alpha or "auto", "auto" if config.eta in (None, "learned") else config.eta)
    terms = prepared.dtm.vocabulary.terms
    return Estimate(*arrays_of(train(training, terms, config.topics, passes=config.passes, priors=priors, seed=seed)))


def _single(training: sparse.csr_array, config: LdaConfig, seed: int, options: FitOptions) -> Estimate:
    """One fit by CVB0, the best of several starts where that is asked for."""
    from topics.models._cvb0_settings import Settings
    from topics.models._inference import best_of, default_samples, fit_lda

    matrix, report = options.get("eta"), options.get("progress")
    number = None if config.eta == "learned" else config.eta or ETA
    eta = number if matrix is None else np.asarray(matrix, dtype=np.float64)
    samples = default_samples(training) if config.samples is None else config.samples
    settings = Settings(config.topics, config.passes or 500, config.tolerance, config.alpha, eta, seed, start=config.start, samples=samples)
    settings = best_of(training, settings, config.starts, report=report)
    found = fit_lda(training, settings, state=options.get("state"), report=report)
    settled = "" if found.settled else " It had not settled: allow more passes."
    notes = [f"Inference made {found.passes} sweeps; tokens given all others have perplexity {found.perplexities[-1]:.1f}.{settled}"]
    if samples:
        notes.append(f"{samples} sweeps of Gibbs sampling followed; the topics are their mean.")
    if matrix is not None:
        notes.append(f"The prior of each term in each topic was given; its sha256 is {digest([np.asarray(eta).tobytes()])}.")
    return Estimate(found.topic_counts, found.alpha, found.eta, tuple(notes), found.settled)


def _model(found: Estimate, prepared: PreparedCorpus, card: ModelCard) -> LdaTopicModel:
    weights = found.topic_counts / found.topic_counts.sum(axis=1, keepdims=True)
    if not np.isfinite(weights).all():
        raise DataError("the topics hold NaN after the fit.", where="models.lda", hint="Check alpha and eta.")
    topics = TopicTermMatrix(weights, prepared.dtm.vocabulary, "probability")
    documents = _distribution(prepared, topics, found.alpha)
    return LdaTopicModel(found.topic_counts, found.alpha, found.eta, TopicResult(topics, documents, card))


def fit(prepared: PreparedCorpus, config: LdaConfig, themes: Themes, seed: int, **options: Unpack[FitOptions]) -> LdaTopicModel:
    """Fit on one copy of each story; themes do not steer the topics.

    Args:
        prepared: documents.
        config: settings.
        themes: of the study.
        seed: 0 or above.
        options: `eta`, `progress` and `state`, see `FitOptions`.

    Raises:
        UsageError: an option that is not legal, or not with these settings.
        DataError: no terms, fewer stories with known terms or fewer terms than topics, fewer than LDA needs, or all of them alike; or a
            state of another fit.
        Interrupted: by the user, between two sweeps of CVB0; its `state` can be saved and given to another call.
    """
    _check_options(options, config, seed)
    _check_matrix(options, prepared.dtm.vocabulary.terms)
    training = training_counts(prepared, config.topics, MIN_DOCS)

    def one(each: LdaConfig, number: int) -> Estimate:
        own = derived(seed, "consensus", number)
        return _gensim(training, prepared, each, own) if each.inference == "gensim" else _single(training, each, own, options)

    if config.consensus > 1:
        from topics.models._consensus import consensus

        each = config if config.inference == "gensim" else replace(config, start="random")
        found = consensus(training, [one(each, number) for number in range(config.consensus)])
    else:
        found = one(config, 0)
    return _model(found, prepared, make_card("lda", config, seed, prepared, packages=PACKAGES, notes=found.notes))


def from_gensim(model: LdaModel, dictionary: Dictionary, prepared: PreparedCorpus) -> LdaTopicModel:
    """Take over the topics of an existing gensim model; it transforms new documents and is saved like one of ours.

    Args:
        model: a trained `LdaModel`; its lambda, alpha and eta are copied, it is not changed.
        dictionary: its dictionary; the same terms as those of `prepared`, in any order.
        prepared: the documents of the result.

    Raises:
        DataError: dictionary, model and preparation do not have the same terms, or the model holds NaN.
    """
    from topics.models._gensim import arrays_of, columns_of

    topic_counts, alpha, eta = arrays_of(model)
    columns = columns_of(dictionary, prepared.dtm.vocabulary.terms, topic_counts.shape[1])
    config = LdaConfig(topics=len(topic_counts), inference="gensim")
    notes = ("Taken over from a gensim LdaModel that was trained elsewhere.",)
    found = Estimate(topic_counts[:, columns], alpha, eta if isinstance(eta, float) else eta[:, columns])
    return _model(found, prepared, make_card("lda", config, 0, prepared, packages=PACKAGES, notes=notes))


def merge(prepared: PreparedCorpus, parts: tuple[MergePart, ...], seed: int) -> LdaTopicModel:
    """Return one model of several; the counts of a topic are those of its documents in each, by the words of the whole corpus.

    Raises:
        DataError: the prior of terms in topics is a matrix, which says nothing of words that the other model brings.
    """
    from topics.models._lda_merge import merged

    found = merged(prepared.dtm, parts, [_priors(part.model) for part in parts])
    config = replace(msgspec.json.decode(parts[0].model.result.card.config, type=LdaConfig), topics=len(found.alpha))
    return _model(found, prepared, make_card("lda", config, seed, prepared, packages=PACKAGES, notes=found.notes))


def _priors(model: TopicModel) -> tuple[Float64, float]:
    """Priors of topics and of terms; raises `DataError` where that of terms is no number, for words of the other corpus have none then."""
    if not isinstance(model, LdaTopicModel) or not isinstance(model.eta, float):
        config = msgspec.json.decode(model.result.card.config, type=LdaConfig)
        learned = config.inference == "gensim" and config.eta in (None, "learned")
        how = "learned for each term" if learned else "given as a matrix"
        hint = (
            "Fit again with one number for eta, which gensim does not change." if learned else "Fit again on both corpora with one matrix."
        )
        raise DataError(f"the prior of terms was {how}, which knows no other words.", where="models.lda.eta", hint=hint)
    return model.alpha, model.eta


def load(directory: Path) -> LdaTopicModel:
    """Read what `save` wrote; raises `DataError` where its parts are not of one model."""
    result, path = read_result(directory), directory / "lda.safetensors"
    arrays = read_arrays(path, ("alpha", "eta", "topic_counts"))
    n_topics, n_terms = result.topics.weights.shape
    check_shapes(path, arrays, {"topic_counts": "k v", "alpha": "k"}, k=n_topics, v=n_terms)
    check_least(path, arrays, {"topic_counts": 0.0, "alpha": ABOVE_ZERO, "eta": 0.0})
    topic_counts, alpha, eta = (arrays[name].astype(np.float64) for name in ("topic_counts", "alpha", "eta"))
    if not np.allclose(topic_counts, result.topics.weights * topic_counts.sum(axis=1, keepdims=True), rtol=1e-6, atol=1e-9):
        raise DataError("these are the counts of other topics than those in result.safetensors.", where=str(path), hint="Fetch it again.")
    return LdaTopicModel(topic_counts, alpha, float(eta.flat[0]) if eta.size == 1 else eta, result)


MODEL: ModelKind[LdaConfig] = ModelKind(
    name="lda", title="LDA", config=LdaConfig, needs=frozenset({"counts"}), min_docs=MIN_DOCS, fit=fit, load=load, merge=merge
)
