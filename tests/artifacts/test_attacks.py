"""Artefacts made to harm or to mislead: whatever hashes they carry, they are refused by the project's own error, and nothing runs."""

from __future__ import annotations

import json
import pickle
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from topics.artifacts.manifest import Provenance, make_manifest, read_manifest, write_manifest
from topics.core.errors import DataError
from topics.reuse import load_artifact

MODELS = ("lda", "bertopic")


class Payload:
    """What a pickle would run."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.marker,))


def seal(folder: Path) -> None:
    """Give a changed artefact a manifest that fits, as somebody would who wants it to be taken."""
    before = read_manifest(folder)
    origin = Provenance(msgspec.Raw(before.config.encode()), before.seed, before.inputs, before.versions)
    write_manifest(folder, make_manifest(folder, before.kind, origin))


@pytest.fixture(params=MODELS)
def artefact(request: pytest.FixtureRequest, sample_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_run / "artifacts" / request.param, tmp_path / request.param))


def own_arrays(folder: Path) -> Path:
    return folder / f"{folder.name}.safetensors"


def arrays(path: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    held = load_file(path)
    change(held)
    save_file(held, path)


def text(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def listed(path: Path, change: Callable[[list[object]], object]) -> None:
    held = json.loads(path.read_text(encoding="utf-8"))
    change(held)
    path.write_text(json.dumps(held), encoding="utf-8")


def first(held: dict[str, np.ndarray]) -> str:
    return min(name for name in held if held[name].size)


def put(held: dict[str, np.ndarray], value: float) -> None:
    name = first(held)
    held[name] = held[name].copy()
    held[name].flat[0] = value


def pickle_beside(folder: Path) -> None:
    (folder / "extra.pkl").write_bytes(pickle.dumps(Payload(folder.parent / "ran")))


def pickle_for_arrays(folder: Path) -> None:
    own_arrays(folder).write_bytes(pickle.dumps(Payload(folder.parent / "ran")))


def pickle_for_json(folder: Path) -> None:
    (folder / "result.json").write_bytes(pickle.dumps(Payload(folder.parent / "ran")))


def objects_for_arrays(folder: Path) -> None:
    with own_arrays(folder).open("wb") as handle:
        np.save(handle, np.array([Payload(folder.parent / "ran")], dtype=object), allow_pickle=True)


def header_bomb(folder: Path) -> None:
    own_arrays(folder).write_bytes(struct.pack("<Q", 1 << 40) + b"{}")


def shape_bomb(folder: Path) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [1 << 40, 1 << 40], "data_offsets": [0, 4]}}).encode()
    own_arrays(folder).write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 4)


def many_tensors(folder: Path) -> None:
    header = json.dumps({f"t{n}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(20_000)}).encode()
    own_arrays(folder).write_bytes(struct.pack("<Q", len(header)) + header)


def key_twice(folder: Path) -> None:
    text(folder / "result.json", lambda data: data.replace("{", '{"card": {},', 1))


def nested(folder: Path) -> None:
    (folder / "labels.json").write_text("[" * 100_000 + "]" * 100_000)


def not_a_number(folder: Path) -> None:
    (folder / "profile.json").write_text("[NaN, 0.5]")


def too_few_labels(folder: Path) -> None:
    listed(folder / "labels.json", lambda held: held.pop())


def no_profile(folder: Path) -> None:
    (folder / "profile.json").write_text("[]")


def one_term_twice(folder: Path) -> None:
    listed(folder / "preparation.json", lambda held: held["terms"].__setitem__(1, held["terms"][0]))  # type: ignore[call-overload]


def decomposed_term(folder: Path) -> None:
    listed(folder / "preparation.json", lambda held: held["terms"].__setitem__(0, "e\u0301"))  # type: ignore[call-overload]


def vocabulary_cut(folder: Path) -> None:
    listed(folder / "preparation.json", lambda held: (held["terms"].pop(), held["languages"].pop()))  # type: ignore[call-overload]


def theme_gone(folder: Path) -> None:
    listed(folder / "themes.json", lambda held: held.pop())


def theme_without_terms(folder: Path) -> None:
    listed(folder / "themes.json", lambda held: held[0].update(terms={}))  # type: ignore[attr-defined]


def file_gone(folder: Path) -> None:
    (folder / "themes_model.safetensors").unlink()


ATTACKS = [
    pickle_beside,
    pickle_for_arrays,
    pickle_for_json,
    objects_for_arrays,
    header_bomb,
    shape_bomb,
    many_tensors,
    key_twice,
    nested,
    not_a_number,
    too_few_labels,
    no_profile,
    one_term_twice,
    decomposed_term,
    vocabulary_cut,
    theme_gone,
    theme_without_terms,
    file_gone,
]
CHANGES: dict[str, Callable[[dict[str, np.ndarray]], object]] = {
    "nan": lambda held: put(held, np.nan),
    "infinity": lambda held: put(held, np.inf),
    "huge": lambda held: put(held, 1e30),
    "an array more": lambda held: held.update(more=np.zeros(2, np.float32)),
    "an array less": lambda held: held.pop(first(held)),
    "other type": lambda held: held.update({first(held): held[first(held)].astype(np.int64)}),
    "a row less": lambda held: held.update({first(held): held[first(held)][:-1].copy()}),
    "transposed": lambda held: held.update({first(held): np.ascontiguousarray(held[first(held)][None])}),
}


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.__name__ for attack in ATTACKS])
def test_an_attack_with_fitting_hashes_is_refused(artefact: Path, attack: Callable[[Path], None]) -> None:
    attack(artefact)
    seal(artefact)
    with pytest.raises(DataError) as caught:
        load_artifact(artefact)
    assert caught.value.hint
    assert not (artefact.parent / "ran").exists()


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
@pytest.mark.parametrize("name", ["own", "result", "preparation", "themes_model", "guided_lda", "reference"])
def test_arrays_that_cannot_be_are_refused(artefact: Path, name: str, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    path = own_arrays(artefact) if name == "own" else artefact / f"{name}.safetensors"
    arrays(path, change)
    seal(artefact)
    with pytest.raises(DataError):
        load_artifact(artefact)


OUT_OF_RANGE = [
    ("lda", "lda", "alpha", 0.0, "more than 0"),
    ("lda", "lda", "eta", -0.1, "0 or more"),
    ("lda", "lda", "topic_counts", -1.0, "0 or more"),
    ("lda", "guided_lda", "alpha", 0.0, "more than 0"),
    ("lda", "guided_lda", "carries", -0.5, "0 or more"),
    ("lda", "guided_lda", "phi", 0.9, "not to 1"),
    ("lda", "themes_model", "idf.en", -1.0, "0 or more"),
    ("lda", "themes_model", "half.vi", -1.0, "0 or more"),
    ("lda", "themes_model", "guided_lda.scale.en", -1.0, "0 or more"),
    ("bertopic", "bertopic", "thresholds", -0.1, "0 or more"),
    ("bertopic", "bertopic", "thresholds", 1.1, "over 1"),
    ("bertopic", "bertopic", "sharpness", -1.0, "0 or more"),
    ("bertopic", "bertopic", "centroids", 30.0, "no unit vectors"),
]


@pytest.mark.parametrize(("kind", "file", "name", "value", "said"), OUT_OF_RANGE)
def test_numbers_out_of_range_are_refused_before_anything_is_asked(
    sample_run: Path, tmp_path: Path, kind: str, file: str, name: str, value: float, said: str
) -> None:
    folder = Path(shutil.copytree(sample_run / "artifacts" / kind, tmp_path / kind))

    def change(held: dict[str, np.ndarray]) -> None:
        held[name] = held[name].copy()
        held[name].flat[-1] = value

    arrays(folder / f"{file}.safetensors", change)
    seal(folder)
    with pytest.raises(DataError, match=said) as caught:
        load_artifact(folder)
    assert caught.value.where.endswith(f"{file}.safetensors")


@pytest.mark.parametrize("path", ["../outside.json", "/etc/hostname", "C:\\x.json", "a\0b", "sub/../labels.json", ""])
def test_paths_that_lead_out_are_refused(artefact: Path, path: str) -> None:
    manifest = json.loads((artefact / "manifest.json").read_text())
    manifest["files"][0]["path"] = path
    (artefact / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError):
        load_artifact(artefact)


def test_a_huge_manifest_is_not_read(artefact: Path) -> None:
    with (artefact / "manifest.json").open("r+b") as handle:
        handle.truncate(1 << 25)
    with pytest.raises(DataError, match="larger than"):
        load_artifact(artefact)


def test_names_that_differ_in_capitals_alone_are_refused(artefact: Path) -> None:
    shutil.copyfile(artefact / "labels.json", artefact / "Labels.json")
    with pytest.raises(DataError, match="capital letters"):
        load_artifact(artefact)


def test_parts_of_two_models_do_not_mix(sample_run: Path, tmp_path: Path) -> None:
    """Arrays of a topic that were swapped for those of another: every number is legal, the answers are not the model's."""
    folder = Path(shutil.copytree(sample_run / "artifacts" / "lda", tmp_path / "lda"))
    arrays(folder / "lda.safetensors", lambda held: held.update({k: np.ascontiguousarray(v[::-1]) for k, v in held.items() if v.ndim > 1}))
    seal(folder)
    with pytest.raises(DataError):
        load_artifact(folder)


def test_other_words_are_another_preparation(sample_run: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sample_run / "artifacts" / "lda", tmp_path / "lda"))
    listed(folder / "preparation.json", lambda held: held.update(lexicon=[], phrases=[], whole=[]))  # type: ignore[attr-defined]
    seal(folder)
    with pytest.raises(DataError, match="another vocabulary"):
        load_artifact(folder)


@pytest.mark.parametrize(("name", "said"), [("topics", "topic 1"), ("themes", "theme 1")])
def test_a_model_that_answers_otherwise_is_refused(artefact: Path, name: str, said: str) -> None:
    """As it would with a library that computes otherwise."""

    def change(held: dict[str, np.ndarray]) -> None:
        held[name] = held[name].copy()
        held[name][2, 1] += np.float32(0.01)

    arrays(artefact / "reference.safetensors", change)
    seal(artefact)
    with pytest.raises(DataError, match=rf"answers otherwise than when it was saved \(made-up document 3, {said}: "):
        load_artifact(artefact)


def test_another_way_to_read_words_is_noticed(artefact: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topics.preprocessing.prepare.Words.terms_of", lambda self, text, language: text.split())
    with pytest.raises(DataError, match="answers otherwise"):
        load_artifact(artefact)


def test_made_up_documents_hold_words_alone(artefact: Path) -> None:
    held = json.loads((artefact / "reference.json").read_text(encoding="utf-8"))
    assert len(held) == 10
    terms = set(json.loads((artefact / "preparation.json").read_text(encoding="utf-8"))["terms"])
    assert all(set(item["text"].replace(". ", ", ").split(", ")) <= terms for item in held)
    assert {item["language"] for item in held} == {"en", "vi"}


def test_small_rounding_is_no_other_answer(sample_run: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sample_run / "artifacts" / "lda", tmp_path / "lda"))
    arrays(folder / "reference.safetensors", lambda held: held.update(topics=held["topics"] + np.float32(1e-5)))
    seal(folder)
    assert load_artifact(folder).labels
