"""Values to files and back: the same values, the same bytes, and nothing damaged gets in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from topics.core.codecs import MAX_DEPTH, read_arrays, read_json, read_result, write_arrays, write_json, write_result
from topics.core.errors import DataError
from topics.core.matrices import TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.results import ModelCard, TopicResult

TERMS = ("chuyển đổi số", "navy", "zone")
NAMES = ("documents", "topics")


def result() -> TopicResult:
    rng = np.random.default_rng(5)
    topics = rng.dirichlet(np.ones(3), size=2)
    documents = (rng.dirichlet(np.ones(3), size=4)[:, :2] * 0.999).astype(np.float32)
    card = ModelCard("lda", '{"topics":2}', 13, (("gensim", "4.4.0"),), "prep", "corpus", ("A note: số.",))
    return TopicResult(
        TopicTermMatrix(topics, Vocabulary(TERMS, ("vi", "en", "en")), "ctfidf"), TopicDistribution(documents, tuple("abcd")), card
    )


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    write_result(tmp_path, result())
    return tmp_path


def test_a_result_comes_back_to_the_last_bit(stored: Path) -> None:
    there, back = result(), read_result(stored)
    assert back.card == there.card
    assert back.topics.scale == "ctfidf"
    assert (back.topics.vocabulary.terms, back.topics.vocabulary.languages) == (TERMS, ("vi", "en", "en"))
    assert back.documents.doc_ids == ("a", "b", "c", "d")
    for one, other in ((there.topics.weights, back.topics.weights), (there.documents.weights, back.documents.weights)):
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()


def test_the_same_values_give_the_same_bytes(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    again = tmp_path_factory.mktemp("again")
    write_result(again, read_result(stored))
    for name in ("result.json", "result.safetensors"):
        assert (stored / name).read_bytes() == (again / name).read_bytes()


def test_order_and_layout_of_arrays_do_not_matter(tmp_path: Path) -> None:
    a, b = np.arange(6, dtype=np.float64).reshape(2, 3), np.ones(2, dtype=np.float32)
    write_arrays(tmp_path / "1", {"a": a, "b": b})
    write_arrays(tmp_path / "2", {"b": b, "a": np.asfortranarray(a)})
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert read_arrays(tmp_path / "2", ("b", "a"))["a"].tolist() == a.tolist()


def test_json_is_sorted_and_ends_with_a_line_end(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"b": 1, "a": "số"})
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == '{\n "a": "số",\n "b": 1\n}\n'
    assert read_json(tmp_path / "x.json", dict[str, object]) == {"a": "số", "b": 1}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:4],
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: b"\xff" * 8 + data[8:],
        lambda data: b"garbage that is no safetensors file at all",
    ],
    ids=["empty", "four bytes", "half", "last byte gone", "one byte more", "absurd header", "garbage"],
)
def test_damaged_arrays_are_refused_by_name(stored: Path, damage: Callable[[bytes], bytes]) -> None:
    path = stored / "result.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match="safetensors") as caught:
        read_result(stored)
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"topics": np.ones(2)}, "expected"),
        ({"topics": np.ones(2), "documents": np.ones(2), "more": np.ones(2)}, "expected"),
        ({"topics": np.array([1.0, np.nan]), "documents": np.ones(2)}, "'topics'.*NaN"),
        ({"topics": np.ones(2), "documents": np.array([-np.inf, 1.0])}, "'documents'.*infinity"),
        ({"topics": np.ones(2, dtype=np.int64), "documents": np.ones(2)}, r"'topics' \(int64\)"),
    ],
    ids=["missing", "extra", "nan", "infinity", "integers"],
)
def test_arrays_that_do_not_belong_are_refused(tmp_path: Path, arrays: dict[str, np.ndarray], message: str) -> None:
    path = tmp_path / "x.safetensors"
    save_file(arrays, str(path))
    with pytest.raises(DataError, match=message) as caught:
        read_arrays(path, NAMES)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("name", ["result.json", "result.safetensors"])
def test_a_missing_file_is_named(stored: Path, name: str) -> None:
    (stored / name).unlink()
    with pytest.raises(DataError) as caught:
        read_result(stored)
    assert caught.value.where == str(stored / name)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"{", b""),
        (b'"seed": 13', b'"seed": "13"'),
        (b'"seed": 13', b'"seed": NaN'),
        (b'"scale": "ctfidf"', b'"scale": "bm25"'),
        (b'"scale": "ctfidf"', b'"scale": "ctfidf", "surprise": 1'),
        (b'"scale": "ctfidf",', b""),
        ("số".encode(), b"s\xff"),
    ],
    ids=["broken", "wrong type", "nan", "unknown scale", "unknown field", "missing field", "no utf-8"],
)
def test_json_that_does_not_fit_is_refused(stored: Path, old: bytes, new: bytes) -> None:
    path = stored / "result.json"
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        read_result(stored)
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: {**arrays, "topics": arrays["topics"] * 2},
        lambda arrays: {**arrays, "documents": arrays["documents"][:3]},
        lambda arrays: {**arrays, "documents": -arrays["documents"]},
    ],
    ids=["rows do not sum to 1", "a document too few", "negative"],
)
def test_stored_values_that_break_a_record_are_refused_data_not_a_bug(stored: Path, change: Callable[[dict], dict]) -> None:
    path = stored / "result.safetensors"
    write_arrays(path, change(read_arrays(path, NAMES)))
    with pytest.raises(DataError):
        read_result(stored)


def nested_list(depth: int) -> str:
    return "[" * depth + "]" * depth


def nested_object(depth: int) -> str:
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


@pytest.mark.parametrize("nested", [nested_list, nested_object])
def test_json_is_nested_no_deeper_than_32(tmp_path: Path, nested: Callable[[int], str]) -> None:
    path = tmp_path / "a.json"
    path.write_text(nested(MAX_DEPTH))
    assert read_json(path, object)  # type: ignore[arg-type]
    for depth in (MAX_DEPTH + 1, 500, 100_000):
        path.write_text(nested(depth))
        with pytest.raises(DataError, match="nested deeper than 32") as caught:
            read_json(path, object)  # type: ignore[arg-type]
        assert "a.json" in str(caught.value)


def test_brackets_inside_text_are_no_depth(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", ["[" * 100, "{" * 100])
    assert read_json(tmp_path / "a.json", list[str]) == ["[" * 100, "{" * 100]
