"""Model folders: where they lie, what must not be loaded from them, and what they are named by."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from topics.core.codecs import write_json
from topics.core.errors import DataError, UsageError
from topics.core.hashing import digest, file_digest

WHERE = "[embedding] folder"
PICKLES = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".dill", ".npz", ".h5", ".msgpack", ".ot"})
WEIGHTS = ".safetensors"
READ = frozenset({WEIGHTS, ".json", ".txt", ".model", ".codes", ".jinja", ".vocab"})  # what vectors can depend on
HEADER = "embedder.json"
T = TypeVar("T")
_PACKAGE = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)  # a dotted name would run the code of its parent when it is looked up


class FolderRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is saved of an embedder that reads a folder: never what lies there.

    Args:
        backend: its name.
        folder: as the study writes it.
        dimensions: of its vectors.
        aligned: whether vectors of several languages can be compared.
    """

    backend: str
    folder: str
    dimensions: int
    aligned: bool


class Recorded:
    """What an embedder knows by its record alone."""

    record: FolderRecord

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self.record.dimensions

    @property
    def reads_texts(self) -> bool:
        """Yes: vectors are made of texts."""
        return True

    @property
    def aligned(self) -> bool:
        """Whether vectors of several languages can be compared."""
        return self.record.aligned

    def save(self, directory: Path) -> None:
        """Write the record."""
        write_json(directory / HEADER, self.record)


def find_model(name: str, bases: Iterable[Path] = ()) -> Path:
    """Return the folder of a model by its path, or of one that an installed package carries; no package is imported.

    Args:
        name: a path, or the name of an installed package.
        bases: folders from which a relative path is looked for; without any, the working folder.

    Raises:
        UsageError: there is neither.
        DataError: the package holds no model, or several.
    """
    tried = [(base / Path(name).expanduser()).resolve() for base in (*bases,) or (Path(),)]
    for path in tried:
        if path.is_dir():
            return path
        if path.is_file():
            raise UsageError(f"{name!r} is a file, not the folder of a model.", where=WHERE, hint=f"Name its folder: {path.parent}")
    places = [Path(place) for place in _package_places(name)]
    if not places:
        hint = f"Looked at {', '.join(map(str, tried))}. Download a model once by hand; nothing is fetched from here."
        raise UsageError(f"there is no model folder and no installed package {name!r}.", where=WHERE, hint=hint)
    found = sorted({path.parent for place in places for path in _configs(place)})
    if len(found) != 1:
        what = f"the package {name!r} holds {len(found)} model folders."
        raise DataError(what, where=WHERE, hint="Name the folder itself." if found else "Install one that carries a model.")
    return found[0]


def find_again(
    name: str,
    bases: Iterable[Path],
    given: Path | None,
    fingerprint: str,
    find: Callable[[str, Iterable[Path]], Path] = find_model,
) -> Path:
    """Return the folder that a saved embedder reads: `given`, else what was saved, as `find` finds it.

    Raises:
        UsageError: it is not there; the hint says how to name it, and by which fingerprint it is known.
    """
    try:
        return find(str(given), ()) if given is not None else find(name, bases)
    except UsageError as error:
        hint = f"Name its folder by --embedding-folder, or in Python by `embedding_folder`: it is known by {fingerprint}."
        raise UsageError(error.what, where=error.where, hint=hint) from error


def _configs(place: Path) -> Iterator[Path]:
    """Files that stand at the top of a model, in a package or one folder below."""
    for pattern in ("modules.json", "*/modules.json"):
        yield from place.glob(pattern)
    if not any(any(place.glob(pattern)) for pattern in ("modules.json", "*/modules.json")):
        yield from (path for path in place.glob("*/config.json") if (path.parent / "tokenizer.json").is_file())


def _package_places(name: str) -> list[str]:
    if not _PACKAGE.match(name):
        return []
    found = importlib.util.find_spec(name)
    return list(found.submodule_search_locations or ()) if found else []


def read_settings(path: Path) -> dict[str, object]:
    """Return a JSON object of a model.

    Raises:
        DataError: no JSON object.
    """
    return _decoded(path, dict[str, object])


def read_modules(path: Path) -> list[dict[str, object]]:
    """Return the modules of a sentence-transformers model."""
    return _decoded(path, list[dict[str, object]])


def _decoded(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"no readable settings of a model: {error}.", where=str(path), hint="Fetch the model again.") from error


def files_of(folder: Path) -> tuple[Path, ...]:
    """Return every file of a model, by path; hidden ones are left out."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return tuple(sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)))


def check_weights(folder: Path, parts: Iterable[Path]) -> None:
    """Refuse a model whose weights are missing, no safetensors, or a pickle, which could run code.

    Args:
        folder: of the model.
        parts: those of its folders that hold a module each; where one has weights, they must be safetensors.

    Raises:
        DataError: names the file.
    """
    files = files_of(folder)
    for part in sorted(set(parts)):
        inside = [path for path in files if path.parent == part]
        pickled = [path for path in inside if path.suffix.lower() in PICKLES]
        if pickled and not any(path.suffix == WEIGHTS for path in inside):
            what = f"its weights are {pickled[0].name}, which can run code when it is loaded; only safetensors are read."
            hint = "Take the model's safetensors version, or convert it where you trust it: save_pretrained(safe_serialization=True)."
            raise DataError(what, where=str(pickled[0]), hint=hint)
    weights = [path for path in files if path.suffix == WEIGHTS]
    if not weights:
        raise DataError("there are no weights (*.safetensors), so this is no model.", where=str(folder), hint="Fetch the model whole.")
    for path in weights:
        _check_readable(path)


def _check_readable(path: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="numpy") as file:
            list(file.keys())
    except (OSError, SafetensorError) as error:
        what = f"damaged, or no safetensors: {error}."
        raise DataError(what, where=str(path), hint="Fetch the model again; git-lfs pointers are no weights.") from error


def refuse_remote_code(settings: Iterable[Path]) -> None:
    """Refuse a model that brings code of its own (`auto_map`), or is only a patch to a model that would be fetched.

    Raises:
        DataError: names the file.
    """
    for path in settings:
        if path.is_file() and "auto_map" in read_settings(path):
            what = "the model wants to run code that comes with it (auto_map); none is run."
            raise DataError(what, where=str(path), hint="Choose a model of an architecture that the transformers library has itself.")
        if path.name == "adapter_config.json" and path.is_file():
            what = "the model is an adapter, whose base would be fetched."
            raise DataError(what, where=str(path), hint="Merge the adapter into its base, and save that.")


def fingerprint(folder: Path, backend: str, version: str) -> str:
    """Return the name of a model: sha256 over its weights, settings and tokenizer files, the backend and our code's version."""
    parts = [backend, version]
    for path in files_of(folder):
        if path.suffix.lower() in READ:
            parts += [path.relative_to(folder).as_posix(), file_digest(path)]
    return f"{backend}-{digest(parts)}"
