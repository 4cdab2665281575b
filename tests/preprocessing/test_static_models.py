"""Models of model2vec from folders, through the whole preparation; against the model2vec library where it is installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tests.conftest import corpus_from, make_document
from tests.preprocessing.models import WORDS, static_folder
from topics.core.documents import Corpus
from topics.core.errors import DataError, UsageError
from topics.core.registry import discover
from topics.core.vectors import GivenVectors
from topics.preprocessing.embedders import model2vec, precomputed
from topics.preprocessing.embedders._model import embed_texts
from topics.preprocessing.embedding import EmbeddingConfig, PlacedEmbedding
from topics.preprocessing.prepare import Preparation, PreprocessingConfig, fit_preparation

pytest.importorskip("tokenizers", reason="the tokenizers library reads static models")
LANGUAGES = discover("topics.preprocessing.languages", "LANGUAGE")
TEXTS = [" ".join(WORDS[(at + step) % len(WORDS)] for step in range(4)) for at in range(len(WORDS))]


@pytest.fixture
def corpus() -> Corpus:
    english = [make_document(f"{text} and {text}", source=str(n)) for n, text in enumerate(TEXTS)]
    return corpus_from([*english, make_document("cứu hộ của xã", language="vi"), make_document("qwxz", language="other")])


def fit(corpus: Corpus, embedding: EmbeddingConfig | PlacedEmbedding, **options: object) -> Preparation:
    config = PreprocessingConfig(**{"min_df": 1, "max_df": 1.0, **options})  # type: ignore[arg-type]
    return fit_preparation(corpus, config, embedding, (), seed=1)


def static(folder: Path) -> EmbeddingConfig:
    return EmbeddingConfig(backend="model2vec", folder=str(folder))


# --- the format -------------------------------------------------------------------------------------------------------------------------


def test_a_vector_is_the_mean_of_the_known_tokens(tmp_path: Path) -> None:
    folder = static_folder(tmp_path / "m")
    encoder = model2vec.open_folder(folder)
    table = load_file(str(folder / "model.safetensors"))["embeddings"]
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    mean = (table[vocabulary["rifle"]] + 2 * table[vocabulary["drill"]]) / 3
    assert encoder.encode(["Rifle, drill qwxz drill"])[0] == pytest.approx(mean, abs=1e-6)
    assert encoder.encode(["qwxz"]).tolist() == [[0.0] * 5]
    assert encoder.encode([]).shape == (0, 5)


def variants(tmp_path: Path) -> list[Path]:
    """The layouts and kinds of tables that the library writes."""
    plain = static_folder(tmp_path / "plain")
    arrays = load_file(str(plain / "model.safetensors"))
    table = arrays["embeddings"]
    halves = static_folder(tmp_path / "half")
    save_file({"embeddings": table.astype(np.float16)}, str(halves / "model.safetensors"))
    mapped = static_folder(tmp_path / "mapped", normalize=True)
    rows, rng = len(table), np.random.default_rng(2)
    more = {"mapping": rng.integers(0, 7, rows), "weights": rng.uniform(0.5, 2, rows)}
    save_file({"embeddings": table[:7].copy(), **more}, str(mapped / "model.safetensors"))
    other = static_folder(tmp_path / "other")
    (other / "config.json").rename(other / "config_sentence_transformers.json")
    save_file({"embedding.weight": table}, str(other / "model.safetensors"))
    nested = static_folder(tmp_path / "nested" / "0_StaticEmbedding").parent
    (nested / "0_StaticEmbedding" / "config.json").rename(nested / "config_sentence_transformers.json")
    save_file({"embedding.weight": table}, str(nested / "0_StaticEmbedding" / "model.safetensors"))
    return [plain, halves, mapped, other, nested]


@pytest.mark.parametrize("number", range(5))
def test_vectors_are_those_of_the_library(tmp_path: Path, number: int) -> None:
    library = pytest.importorskip("model2vec", reason="the model2vec library is not installed: nothing to compare with")
    folder = variants(tmp_path)[number]
    model2vec.check(folder)
    texts = [*TEXTS, "rifle qwxz Drill", "xã qwxz"]
    expected = library.StaticModel.from_pretrained(folder).encode(texts, normalize=True)
    assert embed_texts(model2vec.open_folder(folder), texts)[0] == pytest.approx(expected, abs=2e-3 if number == 1 else 1e-6)


def test_every_layout_is_read(tmp_path: Path) -> None:
    found = [embed_texts(model2vec.open_folder(folder), TEXTS)[0] for folder in variants(tmp_path)]
    for number, tolerance in ((1, 2e-3), (3, 1e-6), (4, 1e-6)):
        assert found[number] == pytest.approx(found[0], abs=tolerance)
    assert not np.allclose(found[2], found[0], atol=0.1)


def test_a_long_text_is_read_whole(tmp_path: Path) -> None:
    text = " ".join(WORDS * 9)
    short = static_folder(tmp_path / "short", max_length=10)
    (vector,), (n_tokens,) = embed_texts(model2vec.open_folder(short), [text])
    (whole,), _ = embed_texts(model2vec.open_folder(static_folder(tmp_path / "m")), [text])
    assert vector == pytest.approx(whole, abs=1e-6)
    assert n_tokens == 9 * len(WORDS)
    assert model2vec.open_folder(short).limit == 10


def damage(folder: Path, **arrays: object) -> None:
    held = load_file(str(folder / "model.safetensors"))
    kept = {name: array for name, array in {**held, **arrays}.items() if array is not None}
    save_file(kept, str(folder / "model.safetensors"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"embeddings": np.ones((3, 2), dtype=np.float32)}, "3 vectors for the"),
        ({"embeddings": None, "other": np.ones((3, 2))}, "no table 'embeddings'"),
        ({"embeddings": np.full((80, 5), np.nan, dtype=np.float32)}, "NaN"),
        ({"weights": np.ones(3)}, "vectors for the"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, arrays: dict[str, object], said: str) -> None:
    folder = static_folder(tmp_path / "m")
    damage(folder, **arrays)
    with pytest.raises(DataError, match=said) as caught:
        model2vec.open_folder(folder)
    assert "model.safetensors" in caught.value.where


def test_a_mapping_beyond_the_table_is_refused(tmp_path: Path) -> None:
    folder = static_folder(tmp_path / "m")
    n_tokens = len(load_file(str(folder / "model.safetensors"))["embeddings"])
    damage(folder, mapping=np.full(n_tokens, n_tokens))
    with pytest.raises(DataError, match="beyond the table"):
        model2vec.open_folder(folder)


@pytest.mark.parametrize("text", ["", "{}", '{"model": 3}', "[]"])
def test_a_damaged_tokenizer_is_refused(tmp_path: Path, text: str) -> None:
    folder = static_folder(tmp_path / "m")
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        model2vec.open_folder(folder)
    assert "tokenizer.json" in caught.value.where


# --- through the preparation ------------------------------------------------------------------------------------------------------------


def test_a_prepared_corpus_has_the_models_vectors(tmp_path: Path, corpus: Corpus) -> None:
    preparation = fit(corpus, static(static_folder(tmp_path / "m")))
    found = preparation.apply(corpus).embeddings
    assert found is not None
    lengths = np.linalg.norm(found.vectors, axis=1)
    left_out = [info.language == "other" for info in corpus.infos]
    assert lengths == pytest.approx(np.where(left_out, 0, 1), abs=1e-6)
    assert found.embedder == preparation.embedder.fingerprint
    assert found.notes
    for row, document in enumerate(corpus):
        alone = preparation.apply(corpus_from([document])).embeddings
        assert alone is not None
        assert alone.vectors[0].tobytes() == found.vectors[row].tobytes()


def test_removed_spans_and_layout_do_not_reach_the_model(tmp_path: Path, corpus: Corpus) -> None:
    from topics.core.documents import Removed

    preparation = fit(corpus, static(static_folder(tmp_path / "m")))
    plain, noisy = make_document("Monsoon levee"), make_document("rifle drill\n\n\n  Monsoon \t levee ")
    noisy = replace(noisy, removed=(Removed(0, 11, "caption"),))
    one, other = (preparation.apply(corpus_from([document])).embeddings for document in (plain, noisy))
    assert one is not None
    assert other is not None
    assert np.array_equal(one.vectors, other.vectors)
    titled = preparation.apply(corpus_from([make_document("Monsoon levee", title="Rifle drill")])).embeddings
    assert titled is not None
    assert not np.array_equal(titled.vectors, one.vectors)


def test_saved_and_loaded_is_the_same_to_the_last_bit(tmp_path: Path, corpus: Corpus) -> None:
    preparation = fit(corpus, static(static_folder(tmp_path / "m")))
    (tmp_path / "saved").mkdir()
    preparation.save(tmp_path / "saved")
    assert sorted(path.name for path in (tmp_path / "saved").iterdir()) == ["embedder.json", "preparation.json"]
    loaded = Preparation.load(tmp_path / "saved")
    assert loaded.key == preparation.key
    before, after = preparation.apply(corpus).embeddings, loaded.apply(corpus).embeddings
    assert before is not None
    assert after is not None
    assert before.vectors.tobytes() == after.vectors.tobytes()
    (tmp_path / "m").rename(tmp_path / "n")
    assert loaded.apply(corpus, embed=False).embeddings is None
    with pytest.raises(UsageError, match="no model folder"):
        Preparation.load(tmp_path / "saved").apply(corpus)
    assert Preparation.load(tmp_path / "saved", tmp_path / "n").apply(corpus).key == preparation.key


def test_the_model_is_in_the_key_and_the_key_alone_tells(tmp_path: Path, corpus: Corpus) -> None:
    keys = [fit(corpus, static(static_folder(tmp_path / name, dims=dims))).key for name, dims in (("a", 5), ("b", 5), ("c", 6))]
    assert keys[0] == keys[1] != keys[2]
    assert fit(corpus, EmbeddingConfig(dimensions=5)).key not in keys


def test_the_cache_is_used(tmp_path: Path, corpus: Corpus) -> None:
    preparation = fit(corpus, static(static_folder(tmp_path / "m")))
    first = preparation.apply(corpus, cache=tmp_path / "cache").embeddings
    shards = list((tmp_path / "cache").rglob("*.safetensors"))
    assert len(shards) == 1
    held = load_file(str(shards[0]))
    assert sorted(held) == ["texts", "tokens", "vectors"]
    assert first is not None
    assert held["vectors"].dtype == np.float32
    assert len(held["vectors"]) == len(corpus) - 1


def test_an_english_model_refuses_vietnamese_before_anything_costly(tmp_path: Path, corpus: Corpus) -> None:
    blind = static(static_folder(tmp_path / "m", strips=True))
    with pytest.raises(DataError, match="1 documents are in vi"):
        fit(corpus, blind)
    english = fit(corpus, blind, leave_out=("other", "vi"))
    assert english.apply(corpus).embeddings is not None
    with pytest.raises(DataError, match="1 documents are in vi"):
        replace(english, config=PreprocessingConfig()).apply(corpus)


def test_an_unknown_folder_for_lsa_is_refused(tmp_path: Path, corpus: Corpus) -> None:
    fit(corpus, EmbeddingConfig()).save(tmp_path)
    with pytest.raises(DataError, match="reads no folder"):
        Preparation.load(tmp_path, tmp_path)
    (tmp_path / "embedder.json").write_text('{"backend": "lso"}', encoding="utf-8")
    with pytest.raises(DataError, match="no embedding backend 'lso'") as caught:
        Preparation.load(tmp_path)
    assert "Did you mean 'lsa'" in caught.value.hint


# --- given vectors ----------------------------------------------------------------------------------------------------------------------


def given(corpus: Corpus, dims: int = 3, seed: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {info.id: rng.normal(size=dims) for info in corpus.infos}


def test_given_vectors_take_the_place_of_the_embedders(corpus: Corpus) -> None:
    preparation, rows = fit(corpus, EmbeddingConfig()), given(corpus)
    found = preparation.apply(corpus, vectors=GivenVectors(rows, "mine", aligned=True))
    ordered = np.array([rows[name] for name in corpus.ids])
    again = preparation.apply(corpus, vectors=GivenVectors(ordered, "mine"))
    assert found.embeddings is not None
    assert again.embeddings is not None
    assert np.array_equal(found.embeddings.vectors, again.embeddings.vectors)
    assert found.embeddings.aligned
    assert found.embeddings.vectors.shape == (len(corpus), 3)
    out = next(row for row, info in enumerate(corpus.infos) if info.language == "other")
    assert not found.embeddings.vectors[out].any()
    assert len({preparation.apply(corpus).key, found.key, preparation.apply(corpus, vectors=GivenVectors(rows, "other")).key}) == 3
    with pytest.raises(DataError, match="first"):
        preparation.apply(corpus, vectors=GivenVectors({}, "mine"))


def write_given(folder: Path, rows: dict[str, np.ndarray], kind: str = "npy") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ids.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    matrix = np.array(list(rows.values()), dtype=np.float32)
    np.save(folder / "vectors.npy", matrix) if kind == "npy" else save_file({"v": matrix}, str(folder / "vectors.safetensors"))
    return folder


@pytest.mark.parametrize("kind", ["npy", "safetensors"])
def test_vectors_from_a_folder_are_found_by_id(tmp_path: Path, corpus: Corpus, kind: str) -> None:
    rows = given(corpus)
    write_given(tmp_path / "mine", dict(reversed(rows.items())), kind)
    config = EmbeddingConfig(backend="precomputed", folder="mine", aligned=True)
    preparation = fit(corpus, PlacedEmbedding(config, (tmp_path,)))
    found = preparation.apply(corpus)
    direct = preparation.apply(corpus, vectors=GivenVectors({k: v.astype(np.float32) for k, v in rows.items()}, "mine"))
    assert found.embeddings is not None
    assert direct.embeddings is not None
    assert np.array_equal(found.embeddings.vectors, direct.embeddings.vectors)
    assert found.key == direct.key == preparation.key  # the same name and length: of the same model, says the user
    assert found.embeddings.aligned
    assert "'mine', 3 dimensions" in preparation.embedder.description
    saved = tmp_path / "saved"
    saved.mkdir()
    preparation.save(saved)
    new = corpus_from([make_document("rifle drill")])
    with pytest.raises(DataError, match="1 of 1 documents have no vector"):
        Preparation.load(saved).apply(new)
    other = write_given(tmp_path / "new", given(new))
    assert Preparation.load(saved, other).apply(new).key == preparation.key
    longer = write_given(tmp_path / "longer", given(new, 4))
    with pytest.raises(DataError, match="4 dimensions, those of the preparation 3"):
        Preparation.load(saved, longer).apply(new)
    (tmp_path / "mine").rename(tmp_path / "elsewhere")
    with pytest.raises(UsageError) as caught:
        Preparation.load(saved).apply(new)
    assert "--embedding-folder" in caught.value.hint


def test_the_content_of_given_vectors_is_in_the_input_key(tmp_path: Path, corpus: Corpus) -> None:
    placed = PlacedEmbedding(EmbeddingConfig(backend="precomputed", folder="mine"), (tmp_path,))
    keys = set()
    for seed in (1, 2):
        write_given(tmp_path / "mine", given(corpus, seed=seed))
        keys.add(placed.input_key())
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("ids.txt", None, "no readable list of ids"),
        ("ids.txt", b"\xff\xfe\x00", "no readable list of ids"),
        ("ids.txt", b"a\nb\n", "holds 2 ids"),
        ("vectors.npy", None, "there are no vectors"),
        ("vectors.npy", b"no array", "no readable array"),
        ("vectors.npy", b"", "no readable array"),
        ("vectors.safetensors", b"no array", "not readable as safetensors"),
    ],
)
def test_a_damaged_folder_of_vectors_is_refused(tmp_path: Path, corpus: Corpus, name: str, content: bytes | None, said: str) -> None:
    folder = write_given(tmp_path / "mine", given(corpus))
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=said) as caught:
        fit(corpus, EmbeddingConfig(backend="precomputed", folder=str(folder)))
    assert str(folder) in caught.value.where


def test_objects_and_repeated_ids_are_refused(tmp_path: Path, corpus: Corpus) -> None:
    folder = write_given(tmp_path / "mine", given(corpus))
    ids = (folder / "ids.txt").read_text(encoding="utf-8").splitlines()
    (folder / "ids.txt").write_text("\n".join([ids[0], *ids[:-1]]), encoding="utf-8")
    config = EmbeddingConfig(backend="precomputed", folder=str(folder))
    with pytest.raises(DataError, match=f"'{ids[0]}' stands twice, in the lines 1 and 2"):
        fit(corpus, config)
    np.save(folder / "vectors.npy", np.array([{"a": 1}] * len(ids), dtype=object))
    with pytest.raises(DataError, match=r"no readable array: it holds Python objects \(a pickle\)"):
        fit(corpus, config)
    with (folder / "vectors.npy").open("wb") as file:
        np.savez(file, a=np.ones((2, 2)), b=np.ones(2))
    with pytest.raises(DataError, match=r"no readable array: this is an archive of several \(npz\)"):
        fit(corpus, config)


def test_repeated_ids_are_looked_for_in_one_pass() -> None:
    class ReadOnce(list[str]):
        n_read = 0

        def __iter__(self) -> Iterator[str]:
            for name in super().__iter__():
                self.n_read += 1
                yield name

        def __getitem__(self, at: object) -> NoReturn:  # type: ignore[override]
            raise AssertionError("a slice for each id takes quadratic time")

    ids = ReadOnce([*map(str, range(2000)), "1999"])
    with pytest.raises(DataError, match="'1999' stands twice, in the lines 2,000 and 2,001"):
        precomputed._refuse_repeated(ids, Path("ids.txt"))
    assert ids.n_read == len(ids)


def test_a_bad_vector_is_named_by_its_row_in_the_file(tmp_path: Path, corpus: Corpus) -> None:
    rows = dict(reversed(given(corpus).items()))
    name = list(rows)[1]
    rows[name] = np.full(3, np.nan)
    folder = write_given(tmp_path / "mine", rows)
    preparation = fit(corpus, EmbeddingConfig(backend="precomputed", folder=str(folder)))
    with pytest.raises(DataError, match=f"document '{name}' \\(row 1 counted from 0, the first of 1\\) holds NaN") as caught:
        preparation.apply(corpus)
    assert caught.value.where == str(folder / "vectors.npy")


def test_a_missing_folder_of_vectors_is_no_missing_model(tmp_path: Path, corpus: Corpus) -> None:
    with pytest.raises(UsageError, match=r"there is no folder 'nowhere' with vectors.*Looked at .*nowhere.*ids\.txt") as caught:
        fit(corpus, PlacedEmbedding(EmbeddingConfig(backend="precomputed", folder="nowhere"), (tmp_path,)))
    assert "model" not in str(caught.value).replace(str(tmp_path), "")


# --- settings ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"backend": "model2vc", "folder": "x"},
            r"no embedding backend 'model2vc'\. Did you mean 'model2vec'\? Known: lsa, model2vec",
        ),
        ({"folder": "x"}, "reads no folder"),
        ({"backend": "model2vec"}, "needs `folder`"),
        ({"backend": "precomputed"}, "needs `folder`"),
        ({"backend": "sentence-transformers", "folder": "x", "dimensions": 9}, "`dimensions` belongs to"),
        ({"aligned": True}, "`aligned` belongs to"),
        ({"backend": "model2vec", "folder": "x", "aligned": True}, "`aligned` belongs to"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        EmbeddingConfig(**values)  # type: ignore[arg-type]


def test_a_relative_folder_starts_from_its_base(tmp_path: Path, corpus: Corpus) -> None:
    static_folder(tmp_path / "models" / "m")
    config = EmbeddingConfig(backend="model2vec", folder="models/m")
    with pytest.raises(UsageError, match="no model folder"):
        fit(corpus, config)
    assert fit(corpus, PlacedEmbedding(config, (tmp_path,))).embedder.dimensions == 5
