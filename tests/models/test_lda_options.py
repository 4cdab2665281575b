"""What a fit may be given in Python: a prior for each term in each topic, a callback, and a state to go on from."""

from __future__ import annotations

import signal
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import planted
import pytest
from scipy import sparse

from topics.core.contracts import MergePart
from topics.core.errors import DataError, UsageError
from topics.core.matrices import PreparedCorpus
from topics.models.lda import Interrupted, LdaConfig, LdaTopicModel, State, fit, load, merge

CONFIG = LdaConfig(topics=4, samples=20)


@cache
def corpus() -> PreparedCorpus:
    return planted.generated(4, n_docs=120)


def bytes_of(model: LdaTopicModel) -> bytes:
    parts = (model.topic_counts, model.alpha, np.asarray(model.eta), model.result.documents.weights)
    return b"".join(part.tobytes() for part in parts) + repr(model.result.card).encode()


def steered() -> np.ndarray:
    """Topic 2 gets the words of the first terms; topic 0 must not hold the last."""
    eta = np.full((4, len(corpus().dtm.vocabulary)), 0.05)
    eta[2, :5], eta[0, -5:] = 20.0, 0.0
    return eta


def test_a_matrix_prior_steers_topics_and_is_kept(tmp_path: Path) -> None:
    found = fit(corpus(), CONFIG, (), 1, eta=steered())
    weights = found.result.topics.weights
    assert (weights[2, :5].sum() > weights[[0, 1, 3], :5].sum(axis=1)).all()
    assert (weights[0, -5:] == 0).all()
    assert any("sha256" in note for note in found.result.card.notes)
    found.save(tmp_path)
    assert bytes_of(load(tmp_path)) == bytes_of(found)
    assert np.array_equal(found.transform(corpus()).weights, found.result.documents.weights)


def test_a_matrix_prior_names_the_topics_of_a_consensus_and_of_several_starts() -> None:
    for options in ({"consensus": 3}, {"starts": 3}):
        weights = fit(corpus(), LdaConfig(topics=4, samples=0, **options), (), 1, eta=steered()).result.topics.weights
        assert (weights[2, :5].sum() > weights[[0, 1, 3], :5].sum(axis=1)).all()
        assert (weights[0, -5:] == 0).all()


def test_progress_is_told_of_each_sweep() -> None:
    seen: list[tuple[int, float]] = []
    found = fit(corpus(), CONFIG, (), 1, progress=lambda number, perplexity: seen.append((number, perplexity)))
    assert [number for number, _ in seen] == list(range(1, len(seen) + 1))
    assert f"Inference made {len(seen) - 30} sweeps" in found.result.card.notes[0]  # 10 sampled sweeps burn in, 20 are averaged
    assert np.isfinite([perplexity for _, perplexity in seen]).all()
    assert bytes_of(found) == bytes_of(fit(corpus(), CONFIG, (), 1))
    several: list[int] = []
    fit(corpus(), LdaConfig(topics=4, samples=0, starts=2, consensus=2), (), 1, progress=lambda number, _: several.append(number))
    assert several.count(1) == 2 * 3  # two scored starts and the fit that goes on, twice


@pytest.mark.parametrize("after", [7, 45, 60])
@pytest.mark.parametrize("by", ["signal", "callback"])
@pytest.mark.parametrize("matrix", [False, True], ids=["number", "matrix"])
def test_an_interrupted_fit_goes_on_from_its_file_to_the_same_bytes(after: int, by: str, tmp_path: Path, *, matrix: bool) -> None:
    options = {"eta": steered()} if matrix else {}

    def stop(number: int, perplexity: float) -> None:
        if number == after and by == "callback":
            raise KeyboardInterrupt
        if number == after:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted, match=f"after sweep {after}") as caught:
        fit(corpus(), CONFIG, (), 1, progress=stop, **options)  # type: ignore[arg-type]
    caught.value.state.save(tmp_path / "state.safetensors")
    state = State.load(tmp_path / "state.safetensors")
    seen: list[int] = []
    again = fit(corpus(), CONFIG, (), 1, state=state, progress=lambda number, _: seen.append(number), **options)  # type: ignore[arg-type]
    assert seen[0] == after + 1
    assert bytes_of(again) == bytes_of(fit(corpus(), CONFIG, (), 1, **options))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="the saved state is of another fit: seed was 1, is 2"):
        fit(corpus(), CONFIG, (), 2, state=state, **options)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"the saved state is of another fit: .*there were 120 documents, are 90"):
        fit(planted.generated(4, n_docs=90), CONFIG, (), 1, state=state)


def a_state() -> State:
    def stop(number: int, perplexity: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        fit(corpus(), CONFIG, (), 1, progress=stop)
    return caught.value.state


@pytest.mark.parametrize(
    ("config", "options", "said"),
    [
        ({}, {"eta": np.ones((4, 3))}, r"eta has the shape \(4, 3\); one number or \(4, "),
        ({}, {"eta": 0.1}, "eta is one number.*LdaConfig"),
        ({}, {"eta": [[0.1], [0.1, 0.2]]}, "eta has rows of different lengths"),
        ({}, {"eta": [["a", "b"]]}, "eta holds str"),
        ({}, {"eta": np.ones((2, 3), dtype=complex)}, "eta holds complex128. Give a matrix"),
        ({"eta": 0.1}, {"eta": np.ones((4, 3))}, "a matrix eta is given beside eta = 0.1"),
        ({}, {"state": "state.safetensors"}, "state is of type str; a State is wanted.*State.load"),
        ({"starts": 2}, {"state": None, "eta": np.ones(3)}, "eta has the shape"),
        ({"inference": "gensim"}, {"eta": np.ones((4, 3))}, "eta is given, which inference 'gensim' does not know"),
        ({"inference": "gensim"}, {"progress": print}, "progress is given, which inference 'gensim' does not know"),
    ],
)
def test_an_option_that_is_not_legal_is_named(config: dict[str, object], options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        fit(corpus(), LdaConfig(topics=4, **config), (), 1, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("several", [{"starts": 2}, {"consensus": 2}], ids=str)
def test_a_state_is_of_a_single_fit(several: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=r"a state is of a single fit; starts is \d, consensus \d"):
        fit(corpus(), LdaConfig(topics=4, **several), (), 1, state=a_state())


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(TypeError, match="fit has no option 'report', only eta, progress, state"):
        fit(corpus(), CONFIG, (), 1, report=print)  # type: ignore[call-arg]


def test_a_topic_that_may_hold_no_term_is_named() -> None:
    eta = steered()
    eta[0, 0] = 1e13
    with pytest.raises(UsageError, match=r"eta holds 10000000000000.0; every entry must be a number from 0 to 1e\+12"):
        fit(corpus(), CONFIG, (), 1, eta=eta)
    eta = steered()
    eta[:, [3, 5]] = 0.0
    with pytest.raises(UsageError, match=f"eta keeps 2 terms out of all topics, the first is {corpus().dtm.vocabulary.terms[3]!r}"):
        fit(corpus(), CONFIG, (), 1, eta=eta)
    eta = steered()
    eta[3] = 0.0
    with pytest.raises(UsageError, match="eta is 0 for every term of topic 3"):
        fit(corpus(), CONFIG, (), 1, eta=eta)


def test_counts_by_columns_are_read_as_those_by_rows() -> None:
    dtm = corpus().dtm
    columns = replace(corpus(), dtm=replace(dtm, counts=sparse.csc_array(dtm.counts)))
    found = fit(columns, CONFIG, (), 1)
    assert bytes_of(found) == bytes_of(fit(corpus(), CONFIG, (), 1))
    assert found.to_gensim(columns)[1].dfs == found.to_gensim(corpus())[1].dfs


@pytest.mark.parametrize(
    ("config", "options", "said"),
    [
        (CONFIG, {"eta": steered()}, r"prior of terms was given as a matrix.*Fit again on both corpora with one matrix"),
        (LdaConfig(topics=4, inference="gensim"), {}, r"prior of terms was learned for each term.*one number for eta"),
    ],
)
def test_models_with_a_prior_for_each_term_are_not_merged(config: LdaConfig, options: dict[str, np.ndarray], said: str) -> None:
    model = fit(corpus(), config, (), 1, **options)  # type: ignore[arg-type]
    rows = np.arange(len(corpus().corpus))
    part = MergePart(model, model.result.documents, rows, np.arange(4))
    with pytest.raises(DataError, match=said):
        merge(corpus(), (part, part), 1)
    gensim = fit(corpus(), LdaConfig(topics=4, inference="gensim", eta=0.1, passes=2), (), 1)
    merge(corpus(), (replace(part, model=gensim),), 1)
