"""What is refused before anything of a model is loaded; neither torch nor sentence-transformers is needed to refuse."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from topics.core.errors import DataError, MissingPartError, TopicsError, UsageError
from topics.preprocessing.embedders import model2vec, sentence_transformers
from topics.preprocessing.embedders._folder import find_model, fingerprint

WEIGHTS = "model.safetensors"
TRANSFORMER = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}
POOLING = {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}
DENSE = {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.base.modules.dense.Dense"}


def put(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def weights(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"w": np.ones(2, dtype=np.float32)}, str(path))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder in which sentence-transformers finds nothing amiss before it loads it."""
    folder = tmp_path / "model"
    put(folder / "modules.json", [TRANSFORMER, POOLING, DENSE])
    put(folder / "config.json", {"model_type": "bert"})
    put(folder / "tokenizer.json", {})
    put(folder / "tokenizer_config.json", {"tokenizer_class": "BertTokenizer"})
    put(folder / "1_Pooling" / "config.json", {"pooling_mode_mean_tokens": True})
    put(folder / "2_Dense" / "config.json", {"activation_function": "torch.nn.modules.activation.Tanh"})
    weights(folder / "model.safetensors")
    weights(folder / "2_Dense" / "model.safetensors")
    return folder


def test_a_whole_model_passes(model: Path) -> None:
    (model / "pytorch_model.bin").write_bytes(pickle.dumps([]))  # beside safetensors it is never read
    (model / "openvino").mkdir()
    (model / "openvino" / "openvino_model.bin").write_bytes(b"x")
    sentence_transformers.check(model)


def edit(name: str, **values: object) -> Callable[[Path], None]:
    def change(model: Path) -> None:
        found = json.loads((model / name).read_text(encoding="utf-8"))
        put(model / name, {**found, **values})

    return change


def modules(*listed: dict[str, object]) -> Callable[[Path], None]:
    return lambda model: put(model / "modules.json", list(listed))


def pickled(name: str) -> Callable[[Path], None]:
    def change(model: Path) -> None:
        (model / name).with_name("pytorch_model.bin").write_bytes(pickle.dumps([]))
        (model / name).unlink()

    return change


FAULTS: list[tuple[str, Callable[[Path], None], str, str]] = [
    ("no modules", lambda m: (m / "modules.json").unlink(), "no modules.json", ""),
    ("pickle", pickled("model.safetensors"), "pytorch_model.bin, which can run code", "pytorch_model.bin"),
    ("pickle in a part", pickled("2_Dense/model.safetensors"), "which can run code", "2_Dense"),
    ("no weights", lambda m: [path.unlink() for path in m.rglob("*.safetensors")], "no weights", ""),
    ("a pickle under another name", lambda m: (m / WEIGHTS).write_bytes(pickle.dumps([1])), "no safetensors", WEIGHTS),
    ("truncated", lambda m: (m / WEIGHTS).write_bytes((m / WEIGHTS).read_bytes()[:-2]), "damaged", WEIGHTS),
    ("a pointer", lambda m: (m / WEIGHTS).write_text("version git-lfs"), "damaged", WEIGHTS),
    ("remote code", edit("config.json", auto_map={"AutoModel": "modeling_x.XModel"}), "run code", "config.json"),
    ("remote tokenizer", edit("tokenizer_config.json", auto_map={"AutoTokenizer": ["x.X", None]}), "run code", "tokenizer_config.json"),
    ("adapter", lambda m: put(m / "adapter_config.json", {"base_model_name_or_path": "x/y"}), "would be fetched", "adapter_config.json"),
    ("foreign module", modules(TRANSFORMER, {**POOLING, "type": "custom_pooling.Pooling"}), "code that comes with", "modules.json"),
    ("foreign module, a like name", modules({**TRANSFORMER, "type": "sentence_transformers_x.Transformer"}), "code that", "modules.json"),
    ("a function of the library", modules(TRANSFORMER, {**POOLING, "type": "sentence_transformers.util.http_get"}), "not read here", ""),
    ("not a transformer first", modules(POOLING, TRANSFORMER), "not at this place", "modules.json"),
    ("static", modules({**TRANSFORMER, "type": "sentence_transformers.models.StaticEmbedding"}), "static model", "modules.json"),
    ("out of the folder", modules(TRANSFORMER, {**POOLING, "path": "../../elsewhere"}), "out of the folder", "modules.json"),
    ("no list", lambda m: put(m / "modules.json", {"a": 1}), "no readable settings", "modules.json"),
    ("no modules in it", lambda m: (m / "modules.json").write_bytes(b"\xff{"), "no readable settings", "modules.json"),
    ("damaged settings", lambda m: (m / "config.json").write_text("{"), "no readable settings", "config.json"),
    ("an activation from elsewhere", edit("2_Dense/config.json", activation_function="os.system"), "os.system", "2_Dense"),
    ("a function of torch", edit("2_Dense/config.json", activation_function="torch.hub.load"), "torch.hub.load", "2_Dense"),
    ("near an activation", edit("2_Dense/config.json", activation_function="torch.nn.modules.activation.Tanh.x"), "Tanh.x", "2_Dense"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said", "where"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_model_that_must_not_be_loaded_is_refused(model: Path, change: Callable[[Path], None], said: str, where: str) -> None:
    change(model)
    with pytest.raises(DataError) as caught:
        sentence_transformers.check(model)
    assert said in caught.value.what
    assert where in caught.value.where
    assert str(model) in caught.value.where
    assert caught.value.hint
    assert "torch" not in sys.modules or "sentence_transformers" in sys.modules


def test_the_other_backend_is_proposed(model: Path, tmp_path: Path) -> None:
    (model / "modules.json").unlink()
    (model / "tokenizer_config.json").unlink()
    with pytest.raises(DataError) as caught:
        sentence_transformers.check(model)
    assert '"model2vec"' in caught.value.hint
    folder = tmp_path / "other"
    weights(folder / "model.safetensors")
    put(folder / "modules.json", [TRANSFORMER])
    with pytest.raises(DataError) as caught:
        model2vec.check(folder)
    assert '"sentence-transformers"' in caught.value.hint


@pytest.mark.parametrize(("module", "library"), [(sentence_transformers, "sentence_transformers"), (model2vec, "tokenizers")])
def test_a_missing_library_is_named_with_the_line_that_installs_it(
    module: object, library: str, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingPartError, match="pip install") as caught:
        module.open_folder(model)  # type: ignore[attr-defined]
    assert caught.value.exit_code == 4


# --- where ------------------------------------------------------------------------------------------------------------------------------


def test_a_folder_is_found_from_the_first_base_that_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / name / "m").mkdir(parents=True)
    bases = (tmp_path / "none", tmp_path / "b", tmp_path / "a")
    assert find_model("m", bases) == tmp_path / "b" / "m"
    assert find_model(str(tmp_path / "a" / "m"), bases) == tmp_path / "a" / "m"
    monkeypatch.chdir(tmp_path)
    assert find_model("a/m") == tmp_path / "a" / "m"


def package(folder: Path, name: str, *models: str) -> None:
    for model in models:
        put(folder / name / model / "modules.json", [TRANSFORMER])
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "__init__.py").write_text("raise RuntimeError('a package was imported')", encoding="utf-8")


def test_an_installed_package_is_found_and_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    package(tmp_path, "carrying_model", "data")
    assert find_model("carrying_model") == tmp_path / "carrying_model" / "data"
    package(tmp_path, "carrying_two", "a", "b")
    with pytest.raises(DataError, match="holds 2 model folders"):
        find_model("carrying_two")
    package(tmp_path, "carrying_none")
    with pytest.raises(DataError, match="holds 0 model folders"):
        find_model("carrying_none")
    package(tmp_path, "carrying_static")
    put(tmp_path / "carrying_static" / "m" / "config.json", {})
    put(tmp_path / "carrying_static" / "m" / "tokenizer.json", {})
    assert find_model("carrying_static") == tmp_path / "carrying_static" / "m"
    with pytest.raises(UsageError, match="no model folder"):
        find_model("carrying_model.data")  # looking up a dotted name would run the package


@pytest.mark.parametrize("name", ["nowhere", "sentence-transformers/all-MiniLM-L6-v2", "../x", "no such name", "json"])
def test_what_is_not_there_is_a_matter_of_usage(name: str, tmp_path: Path) -> None:
    with pytest.raises(TopicsError) as caught:
        find_model(name, (tmp_path,))
    assert caught.value.where == "[embedding] folder"
    assert caught.value.hint
    assert repr(name) in caught.value.what


def test_a_file_is_no_folder(model: Path) -> None:
    with pytest.raises(UsageError, match="is a file") as caught:
        find_model(str(model / "model.safetensors"))
    assert str(model) in caught.value.hint


def test_the_backend_is_part_of_the_fingerprint(model: Path) -> None:
    assert fingerprint(model, "a", "1") != fingerprint(model, "b", "1")
    assert fingerprint(model, "a", "1") != fingerprint(model, "a", "2")
