"""The stored corpus: what goes in comes out, streamed, in corpus order."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import MemoryTexts, corpus_from, make_document, write_store
from topics.core.documents import Body, Corpus, DateEstimate, Document, Evidence, Removed
from topics.core.errors import ContractError, DataError
from topics.ingest import store


def documents() -> list[Document]:
    texts = ["Quân đội ở Huế.", 'It\'s 100 % "quoted"; \\ 😀\ttab\n\nline', "x", "(Photo: VNA) tail", " 'spaces' "]
    made = [make_document(text, day=date(2025, 3, 14), title="Tiêu đề", url="https://e.org/?a=1&b=2") for text in texts]
    interval = DateEstimate(None, date(2024, 1, 1), None, "interval", 0.5, "year", (Evidence(0, 1, "x", "year"),))
    made[2] = replace(made[2], info=replace(made[2].info, date=interval, language_shares=(("en", 0.75), ("vi", 0.25)), canonical=False))
    made[3] = replace(made[3], removed=(Removed(0, 12, "credit"),))
    return sorted(made, key=lambda doc: doc.info.content_hash)


@pytest.mark.parametrize("name", ["plain", "it's", "run [1]", "100%", "a b", "Đà Nẵng"])
def test_round_trip(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    write_store(documents(), tmp_path / name)
    corpus = store.load(tmp_path / name)
    assert list(corpus) == documents()
    assert corpus.fingerprint == corpus_from(documents()).fingerprint


def test_a_folder_that_looks_like_a_pattern_reads_only_itself(tmp_path: Path) -> None:
    for name, docs in (("a*", documents()[:1]), ("ab", documents()[1:3])):
        (tmp_path / name).mkdir()
        write_store(docs, tmp_path / name)
    assert list(store.load(tmp_path / "a*")) == documents()[:1]


def test_the_same_documents_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_store(documents(), tmp_path / name)
    assert (tmp_path / "a" / store.FILE_NAME).read_bytes() == (tmp_path / "b" / store.FILE_NAME).read_bytes()


def test_texts_are_streamed_again_and_again_over_block_borders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_BLOCK", 2)
    write_store(documents(), tmp_path)
    corpus = store.load(tmp_path)
    first, second = iter(corpus), iter(corpus)
    assert next(first) == next(second) == documents()[0]
    assert list(first) == list(second) == documents()[1:]


def test_an_empty_corpus_is_a_corpus(tmp_path: Path) -> None:
    write_store([], tmp_path)
    assert list(store.load(tmp_path)) == []


def test_corpus_order_is_that_of_the_content(tmp_path: Path) -> None:
    backwards = documents()[::-1]
    assert list(corpus_from(backwards)) == documents()
    write_store(backwards, tmp_path)
    assert list(store.load(tmp_path)) == documents()


def test_ids_are_listed_once_however_often_they_are_asked_for() -> None:
    corpus = corpus_from(documents())
    assert corpus.ids is corpus.ids  # else a loop over rows takes the square of the time


def test_ids_are_unique() -> None:
    first, second = (replace(doc, info=replace(doc.info, id="same")) for doc in documents()[:2])
    with pytest.raises(ContractError, match="unique"):
        corpus_from([first, second])


def test_the_fingerprint_depends_on_what_models_see() -> None:
    base = documents()
    names = {corpus_from(base).fingerprint}
    for change in ({"language": "vi"}, {"story": "z"}, {"canonical": False}, {"source": "other"}, {"date": DateEstimate()}):
        names.add(corpus_from([replace(base[0], info=replace(base[0].info, **change)), *base[1:]]).fingerprint)  # type: ignore[arg-type]
    assert len(names) == 6
    moved = replace(base[0], info=replace(base[0].info, file="elsewhere.txt", record=9))
    assert corpus_from([moved, *base[1:]]).fingerprint == corpus_from(base).fingerprint


def test_corpus_needs_as_many_texts_as_infos() -> None:
    docs = documents()
    corpus = Corpus(tuple(doc.info for doc in docs), MemoryTexts((Body(docs[0].text),)))
    with pytest.raises(ValueError, match="zip"):
        list(corpus)


@pytest.mark.parametrize("content", [None, b"", b"junk that is no parquet file", b"PAR1" * 10], ids=["missing", "empty", "junk", "cut"])
def test_what_is_missing_or_not_ours_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / store.FILE_NAME).write_bytes(content)
    with pytest.raises(DataError) as caught:
        store.load(tmp_path)
    assert store.FILE_NAME in caught.value.where
    assert caught.value.hint


def test_any_part_is_read_by_itself_also_elsewhere(tmp_path: Path) -> None:
    made = [make_document(f"text number {n}", source=f"s{n}") for n in range(25)]
    write_store(made, tmp_path)
    corpus = store.load(tmp_path)
    whole = list(corpus)
    for apart in (False, True):
        parts = list(corpus.parts(10, apart=apart))
        assert [len(part) for part in parts] == [10, 10, 5]
        sent = pickle.loads(pickle.dumps(parts))
        assert [document for part in sent for document in part] == whole
        assert [document for part in reversed(sent) for document in part] != whole
    assert list(parts[1]) == list(parts[1]) == whole[10:20]
    assert isinstance(parts[1].texts, store.ParquetRows), "its texts do not travel"
    assert list(replace(corpus, texts=tuple(corpus.texts)).parts(20, apart=True))[1].infos == corpus.infos[20:]
