"""A saved model and new articles: the same answers in any part, any order and any company, and as in the fit."""

from __future__ import annotations

import csv
import gc
import io
import json
import random
import weakref
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import SAMPLE, corpus_from
from topics.core.documents import Corpus, Document
from topics.reading import Reading, read_new, read_paths
from topics.report.transformed import write_answers
from topics.reuse.artefact import Artifact, Transformed, load_artifact

LANGUAGES = {"en": ("en",), "vi": ("vi",), "mixed": ("en", "vi")}
every_model = pytest.mark.parametrize("kind", ["lda", "bertopic"])
every_language = pytest.mark.parametrize("spoken", LANGUAGES)


@cache
def artifact(folder: Path, kind: str) -> Artifact:
    return load_artifact(folder / "artifacts" / kind)


@cache
def sample() -> tuple[Document, ...]:
    corpus, _ = read_paths([SAMPLE], zone="Asia/Ho_Chi_Minh", as_of=None)
    return tuple(corpus)


@cache
def whole(folder: Path, kind: str) -> dict[str, tuple[object, ...]]:
    return answers(artifact(folder, kind).transform(corpus_from(sample())))


def answers(found: Transformed) -> dict[str, tuple[object, ...]]:
    """All that is said of each document, to the last bit, by id."""
    numbers = (found.documents.weights, found.fit, found.novelty, found.prepared.unknown, found.themes.scores, found.themes.present)
    return {
        info.id: (*(array[row].tobytes() for array in numbers), found.themes.evidence[row]) for row, info in enumerate(found.corpus.infos)
    }


def parts(documents: list[Document], size: int) -> list[Corpus]:
    return [corpus_from(documents[begin : begin + size]) for begin in range(0, len(documents), size)]


@every_model
@every_language
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_document_gets_the_same_answer_in_any_part_and_order(sample_run: Path, kind: str, spoken: str, size: int) -> None:
    model, expected = artifact(sample_run, kind), whole(sample_run, kind)
    documents = [document for document in sample() if document.info.language in LANGUAGES[spoken]]
    documents = random.Random(5).sample(documents, 40) if size < 10 else documents
    random.Random(size).shuffle(documents)
    for part in parts(documents, size):
        found = answers(model.transform(part))
        assert found == {name: expected[name] for name in found}


def reading() -> Reading:
    return read_new([SAMPLE], zone="Asia/Ho_Chi_Minh")


@every_model
def test_what_is_written_does_not_depend_on_the_size_of_parts(
    sample_run: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, written, said = reading(), [], []
    for size in (7, 10_000):
        out = tmp_path / str(size)
        out.mkdir()
        monkeypatch.setattr("topics.reading.BATCH", size)
        lines: list[str] = []
        write_answers(artifact(sample_run, kind), new, out, lines.append, json=True)
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
        said.append("".join(lines))
    assert written[0] == written[1]
    assert said[0] == said[1]
    assert len(json.loads(said[0])["documents"]) == new.account.accepted


def test_tables_are_joined_by_id(sample_run: Path, tmp_path: Path) -> None:
    write_answers(artifact(sample_run, "lda"), reading(), tmp_path, lambda _: None, json=False)
    ids = {
        name: {row["id"] for row in csv.DictReader(io.StringIO((tmp_path / name).read_text(encoding="utf-8")))}
        for name in ("transform.csv", "document_topics.csv", "document_themes.csv")
    }
    assert ids["transform.csv"] == ids["document_themes.csv"] == ids["document_topics.csv"]
    assert len(ids["transform.csv"]) == len(sample())


def test_a_failure_half_way_leaves_no_table(sample_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topics.reading.BATCH", 50)
    seen: list[int] = []

    def fails(self: Artifact, corpus: Corpus) -> Transformed:
        seen.append(len(corpus))
        if len(seen) > 1:
            raise MemoryError
        return whole(self, corpus)

    whole = Artifact.transform
    monkeypatch.setattr(Artifact, "transform", fails)
    with pytest.raises(MemoryError):
        write_answers(artifact(sample_run, "lda"), reading(), tmp_path, lambda _: None, json=False)
    assert len(seen) == 2
    assert list(tmp_path.iterdir()) == []


def test_no_part_stays_in_memory_after_it_was_written(sample_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topics.reading.BATCH", 20)
    seen: list[weakref.ref[Corpus]] = []

    def watched(self: Artifact, corpus: Corpus) -> Transformed:
        gc.collect()
        assert sum(part() is not None for part in seen) <= 1  # the one before
        seen.append(weakref.ref(corpus))
        return whole(self, corpus)

    whole = Artifact.transform
    monkeypatch.setattr(Artifact, "transform", watched)
    write_answers(artifact(sample_run, "lda"), reading(), tmp_path, lambda _: None, json=True)
    assert len(seen) > 10


@every_model
def test_training_documents_get_what_the_fit_gave_them(sample_run: Path, kind: str) -> None:
    """Scored through save and load, no weight of a training document differs: no break where old articles end and new ones begin."""
    model = artifact(sample_run, kind)
    fitted = model.model.result.documents
    found = model.transform(corpus_from(sample())).documents
    assert found.doc_ids == fitted.doc_ids
    assert np.array_equal(found.weights, fitted.weights)
    months = np.array([str(document.info.date.point)[:7] for document in corpus_from(sample())])
    for month in np.unique(months):
        rows = months == month
        assert np.abs(found.weights[rows].mean(axis=0) - fitted.weights[rows].mean(axis=0)).max() == 0
