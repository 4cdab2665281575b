"""The preparation as a whole: every option has an effect, and what is saved is what was fitted."""

from __future__ import annotations

import pickle
import random
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from tests.conftest import corpus_from, make_document
from topics.core.documents import Corpus, Document, Removed
from topics.core.errors import DataError
from topics.core.themes import Theme
from topics.engine import Engine
from topics.preprocessing import words as preparing
from topics.preprocessing.embedders import lsa
from topics.preprocessing.prepare import EmbeddingConfig, Preparation, PreprocessingConfig, fit_preparation

PAIRS = ["frigate sonar", "monsoon levee", "database portal", "rifle drill"]
LONE = "harbour orchard canyon meadow glacier lagoon prairie tundra".split()


def documents(n: int = 160) -> list[Document]:
    """English with a pair of words that stand together, words that stand alone, and one in two documents only."""
    rng = random.Random(4)
    made: list[Document] = []
    for number in range(n):
        pieces = [PAIRS[number % 4], *rng.sample(LONE, 5), f"item{number // 2}", "chapter"]
        rng.shuffle(pieces)
        made.append(make_document(" the ".join(pieces), source=str(number)))
        made.append(make_document(f"cứu hộ và {rng.choice(LONE[:3])} của xã{number % 4}", language="vi", source=str(number)))
    return made


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return corpus_from(documents())


def fit(corpus: Corpus, *, dimensions: int = 20, seed: int = 1, themes: tuple[Theme, ...] = (), **options: object) -> Preparation:
    config = PreprocessingConfig(**{"max_df": 0.9, **options})  # type: ignore[arg-type]
    return fit_preparation(corpus, config, EmbeddingConfig(dimensions=dimensions), themes, seed=seed)


@pytest.fixture(scope="module")
def plain(corpus: Corpus) -> Preparation:
    return fit(corpus)


@pytest.mark.parametrize(
    ("options", "gone", "there"),
    [
        ({}, {"item3", "chapter", "frigate", "the", "và"}, {"frigate sonar", "tundra", "xã3"}),
        ({"min_df": 2}, {"chapter"}, {"item3"}),
        ({"min_df": 6}, {"item3"}, {"frigate sonar"}),
        ({"min_df": 41}, {"frigate sonar", "xã3"}, {"tundra"}),  # 320 documents: nothing is granted for smallness
        ({"max_df": 1.0}, {"item3"}, {"chapter", "cứu hộ"}),
        ({"max_df": 0.25}, {"tundra"}, {"frigate sonar"}),
        ({"max_terms": 10}, {"item3"}, {"frigate sonar"}),
        ({"phrases": False}, {"frigate sonar"}, {"frigate", "sonar"}),
        ({"stop_words": {"en": ["Tundra"]}}, {"tundra"}, {"prairie"}),
    ],
)
def test_each_option_has_its_effect(corpus: Corpus, options: dict[str, object], gone: set[str], there: set[str]) -> None:
    terms = set(fit(corpus, **options).vocabulary.terms)
    assert not gone & terms
    assert there <= terms


@pytest.mark.parametrize("max_terms", [10, 12])
def test_max_terms_bounds_the_vocabulary(corpus: Corpus, max_terms: int) -> None:
    assert len(fit(corpus, max_terms=max_terms).vocabulary) == max_terms


@pytest.mark.parametrize("dimensions", [3, 7])
def test_dimensions_is_the_width_of_the_vectors(corpus: Corpus, dimensions: int) -> None:
    assert fit(corpus, dimensions=dimensions).apply(corpus).embeddings.vectors.shape == (len(corpus), dimensions)


def test_every_setting_is_in_the_key(corpus: Corpus, plain: Preparation) -> None:
    theme = Theme("levees", {}, {"en": ["tundra levee"]})
    others = [
        fit(corpus, min_df=2),
        fit(corpus, max_df=0.3),
        fit(corpus, max_terms=11),
        fit(corpus, phrases=False),
        fit(corpus, stop_words={"en": ["tundra"]}),
        fit(corpus, dimensions=4),
        fit(corpus, min_df=1),
        fit(corpus, min_df=1, seed=2),
        fit(corpus, themes=(theme,)),
    ]
    assert len({plain.key, *(other.key for other in others)}) == len(others) + 1
    assert fit(corpus).key == plain.key


def test_in_a_small_corpus_a_term_needs_fewer_documents() -> None:
    texts = [f"alpha{n // 2} beta{n}" for n in range(60)]  # each alpha in two documents, each beta in one
    small = fit(corpus_from([make_document(text) for text in texts[:40]]))
    assert "beta3" in small.vocabulary.terms
    texts = [f"alpha{n // 2} beta{n}" for n in range(120)]
    larger = fit(corpus_from([make_document(text) for text in texts]))
    assert "alpha3" in larger.vocabulary.terms
    assert "beta3" not in larger.vocabulary.terms


def test_saved_and_loaded_is_the_same_to_the_last_bit(corpus: Corpus, plain: Preparation, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    plain.save(tmp_path / "a")
    loaded = Preparation.load(tmp_path / "a")
    loaded.save(tmp_path / "b")
    assert loaded.key == plain.key
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    before, after = plain.apply(corpus), loaded.apply(corpus)
    assert (before.dtm.counts != after.dtm.counts).nnz == 0
    assert np.array_equal(before.embeddings.vectors, after.embeddings.vectors)
    assert before.key == after.key


@pytest.mark.parametrize("name", ["preparation.json", "preparation.safetensors"])
@pytest.mark.parametrize("damage", [b"", b"{}", None])
def test_a_damaged_preparation_is_refused(plain: Preparation, tmp_path: Path, name: str, damage: bytes | None) -> None:
    plain.save(tmp_path)
    if damage is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(damage)
    with pytest.raises(DataError, match=name):
        Preparation.load(tmp_path)


def test_only_one_copy_of_a_story_is_counted(plain: Preparation) -> None:
    originals = documents()
    copies = [replace(d, info=replace(d.info, id=d.info.id + "c", canonical=False)) for d in originals[:100]]
    assert fit(corpus_from([*originals, *copies])).key == plain.key


def test_empty_and_unknown_documents_are_legal(plain: Preparation) -> None:
    made = [make_document(""), make_document("qwxz zzkq"), make_document("frigate sonar and qwxz"), make_document("the of and")]
    data = plain.apply(corpus_from(made))
    row = {document.info.id: number for number, document in enumerate(data.corpus)}
    empty, unknown, half, stop = (row[document.info.id] for document in made)
    assert data.unknown[[empty, unknown, half, stop]].tolist() == [0.0, 1.0, 0.5, 0.0]
    assert data.dtm.counts[[empty, unknown, stop]].nnz == 0
    assert not data.embeddings.vectors[[empty, unknown, stop]].any()
    assert data.embeddings.vectors[half].any()


def test_a_corpus_without_words_is_refused() -> None:
    with pytest.raises(DataError, match="no term is left"):
        fit(corpus_from([make_document("the of"), make_document("1 2 3")]))


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Frigate sonar", "Monsoon levee", ["frigate sonar", "monsoon levee"]),
        ("Frigate sonar", "Frigate sonar\nMonsoon levee", ["frigate sonar", "monsoon levee"]),  # the title stands in the text: once
        ("Frigate sonar monsoon …", "Frigate sonar\nmonsoon levee", ["frigate sonar", "monsoon levee"]),
        ("", "Monsoon levee", ["monsoon levee"]),
    ],
)
def test_a_title_counts_once(plain: Preparation, title: str, text: str, expected: list[str]) -> None:
    assert plain.terms(make_document(text, title=title)) == expected


def test_removed_spans_are_not_read(plain: Preparation) -> None:
    text = "Photo: frigate sonar\nMonsoon levee"
    document = replace(make_document(text), removed=(Removed(0, 20, "caption"),))
    assert plain.terms(document) == ["monsoon levee"]


EN_TEXT, VI_TEXT = "An army song may do no harm while AI and bao work on", "An ninh bao gồm tàu may mắn do không quân làm việc"


@pytest.mark.parametrize(
    ("language", "text", "there", "gone"),
    [
        ("en", EN_TEXT, {"ai", "song", "bao"}, {"an", "may", "do", "no", "and"}),
        ("vi", VI_TEXT, {"an", "may"}, {"bao", "do"}),
        ("und", EN_TEXT, {"ai"}, {"an", "song", "bao", "and"}),
    ],
)
def test_stop_words_apply_to_their_own_language(language: str, text: str, there: set[str], gone: set[str]) -> None:
    corpus = corpus_from([make_document(f"{text} x{n}", language=language) for n in range(8)])
    found = fit(corpus, min_df=1, max_df=1.0, phrases=False, segmenter="syllables")
    terms = {term for document in corpus for term in found.terms(document)}
    assert there <= terms
    assert not gone & terms


def test_a_stop_word_holds_in_either_spelling() -> None:
    corpus = corpus_from([make_document(f"hoà hòa bình x{n}", language="vi") for n in range(8)])
    found = fit(corpus, min_df=1, max_df=1.0, segmenter="syllables", phrases=False, stop_words={"vi": ["Hoà"]})
    assert "bình" in found.vocabulary.terms
    assert "hòa" not in found.vocabulary.terms


@pytest.mark.parametrize(("code", "dropped"), [("en", True), ("vi", False)])
def test_extra_stop_words_are_those_of_the_language_named(code: str, dropped: bool) -> None:
    corpus = corpus_from([make_document(f"frigate sonar x{n}", language="en") for n in range(8)])
    found = fit(corpus, min_df=1, max_df=1.0, phrases=False, stop_words={code: ["Sonar"]})
    assert ("sonar" not in found.vocabulary.terms) is dropped


def test_the_lsa_backend_refuses_a_folder() -> None:
    with pytest.raises(ValueError, match="reads no folder"):
        EmbeddingConfig(folder="models/x")


def test_a_corpus_in_languages_that_take_no_part_is_refused_by_name() -> None:
    corpus = corpus_from([make_document(f"levee flood rescue {n}", language="other") for n in range(4)])
    with pytest.raises(DataError, match=r"takes no part \(other 4\)") as caught:
        fit(corpus)
    assert 'language = "en"' in caught.value.hint


class Watched(Engine):
    """Notes what goes through it; as another engine it gets parts that are read elsewhere."""

    parts: ClassVar[list[Corpus]] = []

    def map_chunks(self, function, chunks, instead=None):  # type: ignore[no-untyped-def]
        for chunk in chunks:
            sent = pickle.loads(pickle.dumps((function, chunk)))
            self.parts.append(sent[1])
            yield sent[0](sent[1])


def test_terms_are_counted_where_the_engine_says(corpus: Corpus, plain: Preparation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "PART", 100)
    Watched.parts = []
    engine = Watched("processes")
    config = PreprocessingConfig(max_df=0.9)
    elsewhere = fit_preparation(corpus, config, EmbeddingConfig(dimensions=20), (), seed=1, engine=engine)
    assert [len(part) for part in Watched.parts] == [100, 100, 100, 20]
    assert elsewhere.key == plain.key
    again = elsewhere.apply(corpus, engine=engine)
    assert len(Watched.parts) == 4, "what was counted once is not counted again"
    assert np.array_equal(again.dtm.counts.toarray(), plain.apply(corpus).dtm.counts.toarray())
    other = corpus.some(range(150))
    assert np.array_equal(elsewhere.apply(other, engine=engine).unknown, plain.apply(other).unknown)
    assert [len(part) for part in Watched.parts[4:]] == [100, 50]


def test_counts_made_while_fitting_are_those_of_a_loaded_preparation(corpus: Corpus, tmp_path: Path) -> None:
    for options in ({}, {"corpus_stop_words": True}, {"leave_out": ("vi",)}):
        made = fit(corpus, **options)
        made.save(tmp_path)
        first, later = made.apply(corpus), Preparation.load(tmp_path).apply(corpus)
        assert (first.dtm.counts != later.dtm.counts).nnz == 0
        assert first.dtm.counts.indices.tobytes() == later.dtm.counts.indices.tobytes()
        assert first.unknown.tobytes() == later.unknown.tobytes()
        assert first.embeddings.vectors.tobytes() == later.embeddings.vectors.tobytes()


def test_the_embedder_is_fitted_on_a_sample_of_a_large_corpus(corpus: Corpus) -> None:
    config = PreprocessingConfig(max_df=0.9)
    whole, some = (fit_preparation(corpus, config, EmbeddingConfig(dimensions=20, sample=size), (), seed=1).embedder for size in (320, 100))
    assert whole.fingerprint == fit(corpus).embedder.fingerprint != some.fingerprint
    with pytest.raises(ValueError, match='`sample` belongs to the backend "lsa"'):
        EmbeddingConfig("model2vec", folder="x", sample=200)


def test_vectors_are_projected_in_blocks_alike(corpus: Corpus, plain: Preparation, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = plain.apply(corpus).embeddings.vectors
    monkeypatch.setattr(lsa, "BLOCK", 7)
    assert plain.apply(corpus).embeddings.vectors.tobytes() == expected.tobytes()
