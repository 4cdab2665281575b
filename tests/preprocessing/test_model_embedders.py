"""The protocol of embedders whose model lies in a folder, tried with a fake model: bytes, cache, refusals, probes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from tests.preprocessing.models import FakeEncoder, Translator, fake_backend, fake_folder
from topics.core.embedding import Embeddable, EmbedderOptions
from topics.core.errors import DataError, UsageError
from topics.core.matrices import DocTermMatrix, Embeddings, Vocabulary
from topics.preprocessing.embedders import _model
from topics.preprocessing.embedders._model import ModelEmbedder, embed_texts, model_kind, open_model
from topics.preprocessing.embedders._probes import MINIMAL, blind_languages, confused_share, is_aligned, matched_share

TEXTS = [
    "frigate sonar",
    "monsoon levee " * 9,
    "",
    "rifle drill. harbour orchard canyon meadow database portal rifle",
    "frigate sonar",
    "one",
]


def documents(texts: Sequence[str], languages: Sequence[str] | None = None) -> Embeddable:
    ids = tuple(f"d{n}" for n in range(len(texts)))
    dtm = DocTermMatrix(sparse.csr_array((len(texts), 1), dtype=np.int32), ids, Vocabulary(("x",), ("en",)))
    return Embeddable(dtm, texts, tuple(languages or ["en"] * len(texts)))


def opened(folder: Path, encoder: FakeEncoder | None = None, *, step: int = 4) -> ModelEmbedder:
    return open_model(fake_backend(encoder or FakeEncoder(), texts_a_step=step), str(fake_folder(folder)))


def vectors(embedder: ModelEmbedder, texts: Sequence[str], cache: Path | None = None) -> np.ndarray:
    return embedder.embed(documents(texts), cache).vectors


def test_vectors_have_unit_length_and_an_empty_text_has_none(tmp_path: Path) -> None:
    found = vectors(opened(tmp_path / "m"), TEXTS)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 0, 1, 1, 1], abs=1e-6)
    assert np.array_equal(found[0], found[4])


@pytest.mark.parametrize("step", [1, 2, 100])
def test_a_text_has_the_same_bytes_alone_and_in_any_company(tmp_path: Path, step: int) -> None:
    embedder = opened(tmp_path / "m", step=step)
    together = vectors(embedder, TEXTS)
    backwards = vectors(embedder, TEXTS[::-1])[::-1]
    alone = np.vstack([vectors(embedder, [text]) for text in TEXTS])
    assert together.tobytes() == backwards.tobytes() == alone.tobytes()


def test_a_long_text_is_the_mean_of_its_pieces_by_their_tokens() -> None:
    encoder = FakeEncoder(limit=3)
    found, tokens = embed_texts(encoder, ["a b c. d e"])
    assert encoder.asked == ["a b c.", "d e"]
    parts = encoder.encode(["a b c.", "d e"]).astype(float)
    mean = (3 * parts[0] + 2 * parts[1]) / 5
    assert found[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    assert tokens.tolist() == [5]


def test_the_notes_say_what_cutting_short_would_have_lost(tmp_path: Path) -> None:
    embedder = opened(tmp_path / "m")  # takes 8 tokens at once; 2, 18, 0, 9, 2 and 1 tokens
    (note,) = embedder.embed(documents(TEXTS)).notes
    assert note.startswith("2 of 5 documents (40%) are longer than the 8 tokens")
    assert "lost 34% of all tokens" in note  # 11 of 32
    (note,) = embedder.embed(documents(TEXTS[:1])).notes
    assert note.startswith("No document is longer than the 8 tokens")
    assert embedder.embed(documents([""])).notes == ()


# --- cache ------------------------------------------------------------------------------------------------------------------------------


def test_kept_vectors_are_found_again_and_tokens_too(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    embedder = opened(tmp_path / "m", encoder)
    first = embedder.embed(documents(TEXTS), tmp_path / "cache")
    encoder.asked.clear()
    again = embedder.embed(documents([*TEXTS[::-1], "new"]), tmp_path / "cache")
    assert encoder.asked == ["new"]
    assert again.vectors[:-1].tobytes() == first.vectors[::-1].tobytes()
    assert embedder.embed(documents(TEXTS), tmp_path / "cache").notes == first.notes
    assert encoder.asked == ["new"]


def test_equal_texts_are_embedded_once(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    embedder = opened(tmp_path / "m", encoder)
    encoder.asked.clear()
    vectors(embedder, ["one two"] * 9)
    assert encoder.asked == ["one two"]


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    vectors(opened(tmp_path / "m"), TEXTS)
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_after_an_interruption_only_what_is_missing_is_computed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Stopping(FakeEncoder):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            if "text7" in texts:
                raise KeyboardInterrupt
            return super().encode(texts)

    texts = [f"text{n}" for n in range(10)]
    with pytest.raises(KeyboardInterrupt):
        vectors(opened(tmp_path / "m", Stopping(), step=3), texts, tmp_path / "cache")
    encoder = FakeEncoder()
    embedder = opened(tmp_path / "m", encoder, step=3)
    encoder.asked.clear()
    with caplog.at_level(logging.INFO, logger="topics"):
        resumed = vectors(embedder, texts, tmp_path / "cache")
    assert sorted(encoder.asked) == ["text6", "text7", "text8", "text9"]
    assert "embedding 4 texts, 6 are known" in caplog.text
    assert "embedded 4 of 4 texts" in caplog.text
    assert resumed.tobytes() == vectors(embedder, texts).tobytes()


def test_a_damaged_shard_is_computed_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    embedder = opened(tmp_path / "m", step=2)
    first = vectors(embedder, TEXTS, tmp_path / "cache")
    shards = sorted((tmp_path / "cache").rglob("*.safetensors"))
    shards[0].write_bytes(shards[0].read_bytes()[:-9])
    with caplog.at_level(logging.WARNING, logger="topics"):
        assert vectors(embedder, TEXTS, tmp_path / "cache").tobytes() == first.tobytes()
    assert "computed again" in caplog.text
    assert sorted((tmp_path / "cache").rglob("*.safetensors")) == shards


def test_another_model_and_other_libraries_have_vectors_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = opened(tmp_path / "m")
    vectors(one, TEXTS, tmp_path / "cache")
    other = open_model(one.backend, str(fake_folder(tmp_path / "n", "other weights")))
    vectors(other, TEXTS, tmp_path / "cache")
    monkeypatch.setattr(_model, "version", lambda package: "another")
    vectors(one, TEXTS, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 3


# --- which model -------------------------------------------------------------------------------------------------------------------------


def test_the_fingerprint_is_that_of_the_files_and_of_our_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = opened(tmp_path / "m").fingerprint
    assert opened(tmp_path / "copy").fingerprint == plain
    (tmp_path / "m" / "README.md").write_text("words", encoding="utf-8")
    assert opened(tmp_path / "m").fingerprint == plain
    names = {plain, open_model(fake_backend(FakeEncoder()), str(fake_folder(tmp_path / "w", "others"))).fingerprint}
    for name in ("tokenizer.json", "vocab.txt", "1_Pooling/config.json"):
        path = tmp_path / "m" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}", encoding="utf-8")
        names.add(opened(tmp_path / "m").fingerprint)
    monkeypatch.setattr(_model, "CODE_VERSION", "next")
    names.add(opened(tmp_path / "m").fingerprint)
    assert len(names) == 6


def test_what_is_saved_finds_the_model_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = FakeEncoder()
    kind = model_kind(fake_backend(encoder))
    fake_folder(tmp_path / "study" / "models" / "m")
    out = tmp_path / "study" / "out" / "artefact"
    out.mkdir(parents=True)
    options = EmbedderOptions(1, folder="models/m", bases=(tmp_path / "study",))
    before = kind.fit(options, {"en": 1})(documents([]).dtm)
    before.save(out)
    assert [path.name for path in out.iterdir()] == ["embedder.json"]
    assert b"models/m" in (out / "embedder.json").read_bytes()
    assert str(tmp_path).encode() not in (out / "embedder.json").read_bytes()
    monkeypatch.chdir(tmp_path)
    loaded = kind.load(out, None)  # found from above the artefact
    assert (loaded.fingerprint, loaded.dimensions, loaded.aligned) == (before.fingerprint, before.dimensions, before.aligned)
    assert loaded.embed(documents(TEXTS)).vectors.tobytes() == before.embed(documents(TEXTS)).vectors.tobytes()
    assert loaded.description == before.description


def test_a_model_that_moved_is_named_by_hand(tmp_path: Path) -> None:
    kind = model_kind(fake_backend(FakeEncoder()))
    options = EmbedderOptions(1, folder=str(fake_folder(tmp_path / "m")))
    kind.fit(options, {})(documents([]).dtm).save(tmp_path)
    (tmp_path / "m").rename(tmp_path / "moved")
    with pytest.raises(UsageError, match="there is no model folder") as missing:
        kind.load(tmp_path, None).embed(documents(TEXTS))
    assert "--embedding-folder" in missing.value.hint
    loaded = kind.load(tmp_path, tmp_path / "moved")
    assert loaded.embed(documents(TEXTS)).vectors.any()


def test_another_model_is_refused_and_both_are_named(tmp_path: Path) -> None:
    kind = model_kind(fake_backend(FakeEncoder()))
    kind.fit(EmbedderOptions(1, folder=str(fake_folder(tmp_path / "m"))), {})(documents([]).dtm).save(tmp_path)
    other = fake_folder(tmp_path / "other", "other weights")
    here = open_model(fake_backend(FakeEncoder()), str(other)).fingerprint
    loaded = kind.load(tmp_path, other)
    with pytest.raises(DataError) as caught:
        loaded.embed(documents(TEXTS))
    assert {here, loaded.fingerprint} <= set(caught.value.what.replace(",", " ").replace(".", " ").split())


def test_a_change_of_the_files_or_libraries_changes_the_input_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = model_kind(fake_backend(FakeEncoder()))
    options = EmbedderOptions(1, folder=str(fake_folder(tmp_path / "m")))
    keys = {kind.input_key(options)}
    monkeypatch.setattr(_model, "version", lambda package: "another")
    keys.add(kind.input_key(options))
    fake_folder(tmp_path / "m", "other weights")
    keys.add(kind.input_key(options))
    assert len(keys) == 3


# --- what a model can do -----------------------------------------------------------------------------------------------------------------


class Stripping(FakeEncoder):
    """Reads Vietnamese without its diacritics, as tokenizers of English models do."""

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        import unicodedata

        plain = ["".join(c for c in unicodedata.normalize("NFD", text.replace("đ", "d")) if not unicodedata.combining(c)) for text in texts]
        return super().tokens(plain)


class Unknowing(FakeEncoder):
    """Has one token for every word that is not ASCII."""

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [[0 if not word.isascii() else 1 + len(word) * 7 + ord(word[0]) for word in text.split()] for text in texts]


@pytest.mark.parametrize(
    ("encoder", "blind"), [(FakeEncoder(), ()), (Stripping(), ("vi",)), (Unknowing(unknown=0), ("vi",)), (Unknowing(), ("vi",))]
)
def test_a_model_that_cannot_tell_vietnamese_words_apart_is_found(encoder: FakeEncoder, blind: tuple[str, ...]) -> None:
    assert blind_languages(encoder) == blind
    assert not is_aligned(encoder)


def test_the_share_of_confused_words_is_counted() -> None:
    assert confused_share(Stripping(), [("ma", "má", "tu")]) == pytest.approx(2 / 3)
    assert confused_share(FakeEncoder(), MINIMAL["vi"]) == 0


def test_a_model_that_brings_translations_together_is_aligned() -> None:
    model = Translator(dimensions=12)
    assert matched_share(model) == 1
    assert is_aligned(model)
    assert matched_share(FakeEncoder()) < 0.5


def test_aligned_reaches_the_vectors(tmp_path: Path) -> None:
    class Known(Translator):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            try:
                return super().encode(texts)
            except KeyError:
                return FakeEncoder(dimensions=12).encode(texts)

    for encoder, aligned in ((Known(dimensions=12), True), (FakeEncoder(), False)):
        embedder = opened(tmp_path / "m", encoder)
        found: Embeddings = embedder.embed(documents(TEXTS))
        assert (embedder.aligned, found.aligned) == (aligned, aligned)
        assert ("compared across languages" in embedder.description) is aligned


@pytest.mark.parametrize("languages", [["en", "vi", "vi"], ["vi-nodia", "en", "vi"]])
def test_vietnamese_documents_are_refused_with_the_reason(tmp_path: Path, languages: list[str]) -> None:
    embedder = opened(tmp_path / "m", Stripping())
    with pytest.raises(DataError, match=r"2 documents are in vi") as caught:
        embedder.embed(documents(["a", "b", "c"], languages))
    assert "ma" in caught.value.what
    assert str(tmp_path / "m") in caught.value.where
    assert "multilingual" in caught.value.hint
    with pytest.raises(DataError, match="3 documents are in vi"):
        model_kind(fake_backend(Stripping())).fit(EmbedderOptions(1, folder=str(tmp_path / "m")), {"en": 5, "vi": 3})


def test_english_documents_and_left_out_ones_are_fine(tmp_path: Path) -> None:
    embedder = opened(tmp_path / "m", Stripping())
    assert embedder.embed(documents(["a", "b", ""], ["en", "mixed", ""])).vectors.any(axis=1).tolist() == [True, True, False]
