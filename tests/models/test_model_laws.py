"""The laws of design.md section 4, for every model that the registry finds."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
import planted
import pytest

from tests.conftest import corpus_from
from topics.core.errors import DataError, TopicsError
from topics.core.matrices import PreparedCorpus
from topics.core.registry import discover
from topics.preprocessing.prepare import Preparation

KINDS = discover("topics.models", "MODEL")
OPTIONS = [(name, field.name) for name, kind in KINDS.items() for field in msgspec.structs.fields(kind.config)]
CANDIDATES = (2, 3, 12, 1, 5, 30, 0.7, 0.01, True, False, "x")
HERE = Path(__file__).parent

every_model = pytest.mark.parametrize("name", KINDS)
every_corpus = pytest.mark.parametrize("corpus", planted.CORPORA)

HARD = 0.35  # themes that run into each other: what a setting changes shows


prepared = cache(planted.prepared)


@cache
def fitted(name: str, corpus: str = "mixed") -> Any:
    return fit(name, prepared(corpus)[1])


def fit(name: str, data: PreparedCorpus, seed: int = 1, **options: object) -> Any:
    config = msgspec.convert(options, KINDS[name].config)
    return KINDS[name].fit(data, config, (), seed)


def bytes_of(model: Any) -> str:
    result = model.result
    parts = (result.topics.weights, result.documents.weights)
    return hashlib.sha256(b"".join([*(part.tobytes() for part in parts), *map(str.encode, result.documents.doc_ids)])).hexdigest()


def input_bytes(data: PreparedCorpus) -> str:
    counts = data.dtm.counts
    arrays = (counts.data, counts.indices, counts.indptr, data.embeddings.vectors, data.unknown)
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def test_both_models_are_found() -> None:
    assert {"lda", "bertopic"} <= set(KINDS)


@every_model
def test_fit_leaves_its_input_unchanged(name: str) -> None:
    _, data = planted.prepared("mixed")
    before = input_bytes(data)
    fit(name, data)
    assert input_bytes(data) == before


@every_model
def test_same_seed_gives_the_same_bytes(name: str) -> None:
    assert bytes_of(fit(name, planted.prepared("mixed")[1])) == bytes_of(fitted(name))


@every_model
def test_shuffled_documents_give_the_same_result(name: str) -> None:
    documents = planted.planted_documents("mixed")
    random.Random(3).shuffle(documents)
    corpus = corpus_from(documents)
    assert bytes_of(fit(name, planted.prepare(corpus).apply(corpus))) == bytes_of(fitted(name))


@every_model
@every_corpus
def test_transform_of_the_training_documents_is_the_result(name: str, corpus: str) -> None:
    model = fitted(name, corpus)
    again = model.transform(prepared(corpus)[1])
    assert again.doc_ids == model.result.documents.doc_ids
    assert np.array_equal(again.weights, model.result.documents.weights)


@every_model
@every_corpus
def test_finds_the_planted_themes(name: str, corpus: str) -> None:
    documents = fitted(name, corpus).result.documents
    themes = np.array([info.source for info in prepared(corpus)[1].corpus.infos])
    labels = documents.labels()
    largest = [max((themes[labels == topic] == theme).sum() for theme in set(themes)) for topic in set(labels[labels >= 0].tolist())]
    assert (labels >= 0).mean() > 0.8
    assert sum(largest) / (labels >= 0).sum() > 0.8  # four themes of equal size: chance is below 0.5


@every_model
@every_corpus
def test_topics_are_distributions_over_the_vocabulary(name: str, corpus: str) -> None:
    result, (preparation, data) = fitted(name, corpus).result, prepared(corpus)
    assert result.topics.vocabulary is data.dtm.vocabulary
    assert np.allclose(result.topics.weights.sum(axis=1), 1.0)
    assert result.card.kind == name
    assert result.card.prepared_key == preparation.key


@every_model
def test_one_document_gets_the_row_that_it_has_in_a_batch(name: str) -> None:
    model, (preparation, data) = fitted(name), prepared("mixed")
    documents = [*data.corpus, *planted.odd_documents()]
    batch = preparation.apply(corpus_from(documents))
    expected = dict(zip(batch.dtm.doc_ids, model.transform(batch).weights, strict=True))
    for document in random.Random(1).sample(documents, 40):
        alone = model.transform(preparation.apply(corpus_from([document])))
        assert np.array_equal(alone.weights[0], expected[document.info.id])


@every_model
def test_what_was_asked_before_does_not_matter(name: str) -> None:
    model, (preparation, data) = fit(name, prepared("mixed")[1]), prepared("mixed")
    odd = preparation.apply(corpus_from(planted.odd_documents()))
    first = model.transform(odd).weights
    for _ in range(3):
        model.transform(data)
    assert np.array_equal(model.transform(odd).weights, first)
    assert bytes_of(model) == bytes_of(fitted(name))


@every_model
def test_odd_documents_get_legal_rows_and_unknown_words_none(name: str) -> None:
    preparation, _ = prepared("mixed")
    data = preparation.apply(corpus_from(planted.odd_documents()))
    found = fitted(name).transform(data)
    by_name = dict(zip((info.source for info in data.corpus.infos), found.weights, strict=True))
    assert not by_name["empty"].any()
    assert not by_name["unknown"].any()
    assert by_name["english"].sum() == pytest.approx(1.0, abs=1e-5)
    assert by_name["vietnamese"].sum() == pytest.approx(1.0, abs=1e-5)
    labels = dict(zip((info.source for info in data.corpus.infos), found.labels(), strict=True))
    assert labels["empty"] == labels["unknown"] == -1
    assert labels["english"] != labels["vietnamese"]


@every_model
def test_no_documents_at_all_are_legal(name: str) -> None:
    found = fitted(name).transform(prepared("mixed")[0].apply(corpus_from([])))
    assert found.weights.shape == (0, fitted(name).result.n_topics)


@every_model
def test_documents_prepared_otherwise_are_refused(name: str) -> None:
    data = planted.prepare(prepared("mixed")[1].corpus, max_terms=40).apply(prepared("mixed")[1].corpus)
    with pytest.raises(DataError, match=r"prepared|vocabulary"):
        fitted(name).transform(data)


@every_model
def test_too_few_documents_are_refused(name: str) -> None:
    corpus = corpus_from(planted.planted_documents("english", n=KINDS[name].min_docs - 1))
    with pytest.raises(DataError, match=str(KINDS[name].min_docs)):
        fit(name, planted.prepare(corpus).apply(corpus))


@every_model
def test_copies_do_not_count_as_documents_and_do_not_change_the_topics(name: str) -> None:
    _, data = prepared("mixed")
    originals = list(data.corpus)
    copies = [replace(document, info=replace(document.info, id=f"{document.info.id}-copy", canonical=False)) for document in originals[:60]]
    preparation = prepared("mixed")[0]
    model = fit(name, preparation.apply(corpus_from([*originals, *copies])))
    assert np.array_equal(model.result.topics.weights, fitted(name).result.topics.weights)
    only_copies = [replace(document, info=replace(document.info, canonical=False)) for document in originals[10:]]
    with pytest.raises(DataError):
        fit(name, preparation.apply(corpus_from([*originals[:10], *only_copies])))


def legal_values(name: str, option: str) -> Iterator[object]:
    hint = next(field.type for field in msgspec.structs.fields(KINDS[name].config) if field.name == option)
    sizes = (60,) if option == "sample" else ()  # fewer than the planted documents, more than the least
    for value in (*CANDIDATES, *sizes, *(choice for choice in get_args(hint) if isinstance(choice, str))):
        try:
            config = msgspec.convert({option: value}, KINDS[name].config)
        except msgspec.ValidationError:
            continue
        if config != KINDS[name].config():
            yield value


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_each_option_changes_the_result(name: str, option: str) -> None:
    data = prepared("mixed", HARD)[1]
    plain = bytes_of(fit(name, data))
    for value in legal_values(name, option):
        try:
            changed = fit(name, data, **{option: value})
        except TopicsError:
            continue
        if bytes_of(changed) != plain:
            assert f'"{option}":' in changed.result.card.config
            return
    pytest.fail(f"no value of {option} changes what {name} finds")


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_legal_setting_gives_topics_or_says_why_not(name: str, option: str) -> None:
    for value in legal_values(name, option):
        try:
            assert fit(name, prepared("english")[1], **{option: value}).result.n_topics >= 2
        except TopicsError as error:
            assert error.what


@every_model
def test_the_seed_changes_the_result(name: str) -> None:
    found = [fit(name, prepared("mixed", HARD)[1], seed=seed) for seed in (1, 2, 3, 4)]
    assert len({bytes_of(model) for model in found}) > 1
    assert [model.result.card.seed for model in found] == [1, 2, 3, 4]


@every_model
@pytest.mark.parametrize(("option", "value"), [("no_such_option", 1), ("topics", "many"), ("min_topic_size", -1)])
def test_settings_are_checked(name: str, option: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({option: value}, KINDS[name].config)


# --- other processes ------------------------------------------------------------------------------------------------------------------

ASK = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
import planted, test_model_laws as laws
folder, name = Path(sys.argv[1]), sys.argv[2]
print(laws.answers(laws.KINDS[name].load(folder), laws.Preparation.load(folder)))
"""
FIT = """
import sys
sys.path[:0] = {paths!r}
import planted, test_model_laws as laws
preparation, data = planted.prepared("mixed")
print(laws.answers(laws.fit(sys.argv[1], data), preparation))
"""


def answers(model: Any, preparation: Preparation) -> str:
    """Everything that a model says of its training documents and of new ones, as one hash."""
    new = corpus_from([*planted.planted_documents("mixed", n=12, seed=99), *planted.odd_documents()])
    training = preparation.apply(corpus_from(planted.planted_documents("mixed")))
    weights = [model.transform(data).weights.tobytes() for data in (training, preparation.apply(new))]
    return hashlib.sha256(b"".join([bytes_of(model).encode(), preparation.key.encode(), *weights])).hexdigest()


def in_new_process(script: str, *arguments: str, **variables: str) -> str:
    paths = [str(HERE), str(HERE.parent), str(HERE.parents[1])]
    done = subprocess.run(
        [sys.executable, "-c", script.format(paths=paths), *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@every_model
def test_a_saved_model_answers_the_same_in_a_new_process(name: str, tmp_path: Path) -> None:
    model, preparation = fitted(name), prepared("mixed")[0]
    model.save(tmp_path)
    preparation.save(tmp_path)
    assert in_new_process(ASK, str(tmp_path), name, PYTHONHASHSEED="77") == answers(model, preparation)


@every_model
def test_saving_twice_gives_the_same_files(name: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    fitted(name).save(tmp_path / "a")
    KINDS[name].load(tmp_path / "a").save(tmp_path / "b")
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "b").iterdir())
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)


@every_model
def test_a_damaged_model_is_refused(name: str, tmp_path: Path) -> None:
    fitted(name).save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(DataError, match=path.name):
            KINDS[name].load(tmp_path)
        path.write_bytes(whole)
    assert bytes_of(KINDS[name].load(tmp_path)) == bytes_of(fitted(name))


@pytest.mark.slow
@every_model
@pytest.mark.parametrize("threads", ["1", "2", "8"])
def test_any_number_of_threads_gives_the_same_bytes(name: str, threads: str) -> None:
    variables = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
    assert in_new_process(FIT, name, **variables) == answers(fitted(name), prepared("mixed")[0])


@every_model
def test_vietnamese_topics_keep_their_diacritics(name: str) -> None:
    result = fitted(name, "vietnamese").result
    known = {
        word for pool in [*planted.WORDS["vi"].values(), planted.COMMON["vi"]] for phrase in pool for word in [phrase, *phrase.split()]
    }
    top = [term for topic in range(result.n_topics) for term, _ in result.top_terms(topic, 10)]
    assert sum(term in known for term in top) / len(top) > 0.9
    assert any("huấn luyện" in term for term in top)
    assert any("cứu hộ" in term for term in top)
