"""A saved model goes to other tools: they read it, and the numbers are the model's own."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from scipy import sparse
from scipy.io import mmread

import topics
from topics.artifacts.verify import verify
from topics.config import read_study
from topics.core.documents import Body, Corpus
from topics.core.errors import DataError, UsageError
from topics.core.matrices import TopicDistribution
from topics.core.results import TopicResult
from topics.exchange.export import ModelFormat, export_model
from topics.exchange.matrix_market import write_counts
from topics.exchange.opened import Opened, open_model
from topics.exchange.pyldavis import prepare_input
from topics.exchange.topicwizard import read_topic_data, write_topic_data
from topics.pipeline import Study

KINDS = ("lda", "bertopic")
FORMATS: tuple[ModelFormat, ...] = ("gensim", "pyldavis", "topicwizard")


@pytest.fixture(scope="module")
def models(sample_run: Path) -> dict[str, Opened]:
    return {kind: open_model(sample_run / "artifacts" / kind) for kind in KINDS}


def test_counts_are_those_of_the_fit(sample_run: Path, models: dict[str, Opened]) -> None:
    study = topics.open_study(Path(__file__).resolve().parents[2] / "reports" / "sample.toml", sample_run)
    assert (models["lda"].prepared.dtm.counts != study.prepared.dtm.counts).nnz == 0
    assert models["lda"].prepared.dtm.doc_ids == models["lda"].artifact.model.result.documents.doc_ids


def test_gensim_reads_corpus_and_dictionary(models: dict[str, Opened], tmp_path: Path) -> None:
    from gensim.corpora import Dictionary, MmCorpus
    from gensim.matutils import corpus2csc

    dtm = models["lda"].prepared.dtm
    write_counts(tmp_path, dtm)
    corpus = MmCorpus(str(tmp_path / "corpus.mm"))
    assert (corpus.num_docs, corpus.num_terms, corpus.num_nnz) == (*dtm.counts.shape, dtm.counts.nnz)
    assert (sparse.csr_array(corpus2csc(corpus, num_terms=corpus.num_terms).T) != dtm.counts).nnz == 0
    dictionary = Dictionary.load_from_text(str(tmp_path / "dictionary.txt"))
    assert tuple(dictionary[column] for column in range(len(dictionary))) == dtm.vocabulary.terms
    assert dictionary.num_docs == len(dtm.doc_ids)
    assert [dictionary.dfs[column] for column in range(len(dictionary))] == (dtm.counts > 0).sum(axis=0).tolist()


def test_other_tools_read_the_same_corpus(models: dict[str, Opened], tmp_path: Path) -> None:
    dtm = models["lda"].prepared.dtm
    write_counts(tmp_path, dtm)
    assert (sparse.csr_array(mmread(tmp_path / "corpus.mm")) != dtm.counts).nnz == 0
    assert tuple((tmp_path / "vocabulary.txt").read_text(encoding="utf-8").splitlines()) == dtm.vocabulary.terms
    lines = (tmp_path / "documents.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "row,id"
    assert lines[3] == f"3,{dtm.doc_ids[2]}"


def test_an_exported_corpus_and_a_live_model_agree(models: dict[str, Opened], tmp_path: Path) -> None:
    from gensim.corpora import MmCorpus

    opened = models["lda"]
    write_counts(tmp_path, opened.prepared.dtm)
    live, _ = opened.artifact.model.to_gensim(opened.prepared)  # type: ignore[attr-defined]
    corpus = MmCorpus(str(tmp_path / "corpus.mm"))
    gamma, _ = live.inference(list(corpus)[:50])
    assert (gamma.argmax(axis=1) == opened.artifact.model.result.documents.weights[:50].argmax(axis=1)).mean() > 0.9
    assert np.allclose(live.get_topics(), opened.artifact.model.result.topics.weights, atol=1e-9)


# --- pyLDAvis ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_pyldavis_asks_of_its_input_holds(models: dict[str, Opened], kind: str) -> None:
    opened = models[kind]
    result, dtm = opened.artifact.model.result, opened.prepared.dtm
    given = prepare_input(result, dtm)
    topics, documents = np.array(given.topic_term_dists), np.array(given.doc_topic_dists)
    assert topics.shape == (result.n_topics, len(given.vocab))
    assert documents.shape == (len(given.doc_lengths), result.n_topics)
    assert len(given.term_frequency) == len(given.vocab)
    assert np.allclose(topics.sum(axis=1), 1.0, atol=1e-6)
    assert np.allclose(documents.sum(axis=1), 1.0, atol=1e-12)
    assert min(given.doc_lengths) > 0
    assert sum(given.doc_lengths) == sum(given.term_frequency)


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_those_of_the_model(models: dict[str, Opened], kind: str, sample_run: Path, tmp_path: Path) -> None:
    opened = models[kind]
    result, dtm = opened.artifact.model.result, opened.prepared.dtm
    export_model(sample_run / "artifacts" / kind, "pyldavis", tmp_path / "out")
    given = json.loads((tmp_path / "out" / "pyldavis.json").read_bytes())
    assert np.array_equal(np.array(given["topic_term_dists"]), result.topics.weights)
    assigned = result.documents.weights.sum(axis=1) > 0
    weights = result.documents.weights[assigned].astype(np.float64)
    assert np.array_equal(np.array(given["doc_topic_dists"]), weights / weights.sum(axis=1, keepdims=True))
    assert given["doc_lengths"] == dtm.counts[np.flatnonzero(assigned)].sum(axis=1).tolist()
    config = json.loads(verify(tmp_path / "out").config)
    assert (config["n_docs"], config["n_docs_shown"]) == (len(dtm.doc_ids), int(assigned.sum()))
    assert config["scale"] == result.topics.scale


@pytest.mark.filterwarnings("ignore")
def test_pyldavis_takes_it_and_keeps_the_order_of_topics(models: dict[str, Opened]) -> None:
    pyldavis = pytest.importorskip("pyLDAvis")
    opened = models["lda"]
    given: dict[str, Any] = msgspec.to_builtins(prepare_input(opened.artifact.model.result, opened.prepared.dtm))
    shown = pyldavis.prepare(**given, sort_topics=False, start_index=0, n_jobs=1)
    weights = np.array(given["doc_topic_dists"]) * np.array(given["doc_lengths"])[:, None]
    shares = weights.sum(axis=0) / weights.sum() * 100
    assert np.allclose(shown.topic_coordinates["Freq"].to_numpy(), shares)


def without_topics(opened: Opened, rows: slice) -> TopicResult:
    result = opened.artifact.model.result
    weights = result.documents.weights.copy()
    weights[rows] = 0.0
    return TopicResult(result.topics, TopicDistribution(weights, result.documents.doc_ids), result.card)


def test_documents_without_a_topic_are_left_out_with_their_words(models: dict[str, Opened]) -> None:
    dtm = models["lda"].prepared.dtm
    given = prepare_input(without_topics(models["lda"], slice(0, 5)), dtm)
    assert given.doc_lengths == dtm.counts[5:].sum(axis=1).tolist()
    assert given.term_frequency == dtm.counts[5:].sum(axis=0).tolist()
    assert len(given.doc_topic_dists) == len(dtm.doc_ids) - 5


def test_a_model_that_gives_no_document_a_topic_is_named(models: dict[str, Opened]) -> None:
    with pytest.raises(DataError, match="no document has a topic"):
        prepare_input(without_topics(models["lda"], slice(None)), models["lda"].prepared.dtm)


# --- topicwizard ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_topic_data_come_back_as_the_model_has_them(models: dict[str, Opened], kind: str, tmp_path: Path) -> None:
    opened = models[kind]
    write_topic_data(tmp_path, opened)
    data, result = read_topic_data(tmp_path), opened.artifact.model.result
    assert sorted(data) == [
        "corpus", "document_representation", "document_term_matrix", "document_topic_matrix", "topic_names", "topic_term_matrix",
        "transform", "vocab",
    ]  # fmt: skip
    assert np.array_equal(data["topic_term_matrix"], result.topics.weights)
    assert np.array_equal(data["document_topic_matrix"], result.documents.weights)
    assert (data["document_term_matrix"] != opened.prepared.dtm.counts).nnz == 0
    assert tuple(data["vocab"]) == result.topics.vocabulary.terms
    assert tuple(data["topic_names"]) == opened.artifact.labels
    texts = [" ".join(document.kept().split()) for document in opened.prepared.corpus]
    assert data["corpus"] == texts


def test_topic_data_hide_what_the_study_hides(models: dict[str, Opened], tmp_path: Path) -> None:
    opened = models["lda"]
    corpus = opened.prepared.corpus.some([0])
    said = Corpus(corpus.infos, (Body("Write to editor@example.org or call 0912 345 678 today."),))
    prepared = opened.artifact.preparation.apply(said, embed=False)
    for hidden in (False, True):
        study = msgspec.structs.replace(opened.artifact.study, mask=hidden)
        write_topic_data(tmp_path, Opened(replace(opened.artifact, study=study), prepared))
        (text,) = json.loads((tmp_path / "topic_data.json").read_bytes())["corpus"]
        assert ("editor@example.org" in text) != hidden


@pytest.mark.parametrize("name", ["topic_data.json", "topic_data.safetensors"])
def test_damaged_topic_data_are_refused_by_name(models: dict[str, Opened], tmp_path: Path, name: str) -> None:
    write_topic_data(tmp_path, models["lda"])
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-9])
    with pytest.raises(DataError, match=name):
        read_topic_data(tmp_path)


# --- exports ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", FORMATS)
def test_the_same_artefact_gives_the_same_bytes_anywhere(sample_run: Path, tmp_path: Path, to: ModelFormat) -> None:
    shutil.copytree(sample_run / "artifacts", tmp_path / "elsewhere")
    export_model(sample_run / "artifacts" / "lda", to, tmp_path / "a")
    export_model(tmp_path / "elsewhere" / "lda", to, tmp_path / "b")
    found = verify(tmp_path / "a")
    assert found == verify(tmp_path / "b")
    assert (found.kind, json.loads(found.config)["to"]) == ("export", to)
    assert found.inputs["model"] == verify(sample_run / "artifacts" / "lda").key


def test_the_corpus_may_stand_elsewhere(sample_run: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_run / "artifacts" / "lda", tmp_path / "alone")
    with pytest.raises(DataError, match="--corpus"):
        export_model(tmp_path / "alone", "gensim", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    export_model(tmp_path / "alone", "gensim", tmp_path / "out", sample_run / "artifacts" / "corpus")
    assert (tmp_path / "out" / "corpus.mm").is_file()


def test_another_corpus_is_refused(sample_run: Path, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.txt").write_text(
        "The navy held an exercise near the coast. Ships left at dawn and crews trained.\n", encoding="utf-8"
    )
    (tmp_path / "s.toml").write_text('[study]\nname = "s"\n[[sources]]\npath = "src"\n', encoding="utf-8")
    study = Study(read_study(tmp_path / "s.toml"), tmp_path / "made")
    assert len(study.corpus) == 1
    with pytest.raises(DataError, match="another corpus"):
        export_model(sample_run / "artifacts" / "lda", "gensim", tmp_path / "out", tmp_path / "made" / "artifacts" / "corpus")


def test_an_export_goes_into_no_artefact_and_replaces_nothing_foreign(sample_run: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_run / "artifacts", tmp_path / "artifacts")
    with pytest.raises(UsageError, match="inside"):
        export_model(tmp_path / "artifacts" / "lda", "gensim", tmp_path / "artifacts" / "lda" / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="other files"):
        export_model(tmp_path / "artifacts" / "lda", "gensim", tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
