"""`[embedding]` of a study: which embedder makes the vectors, begun before anything costly and loaded again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec

from topics.core.codecs import read_json
from topics.core.embedding import Embedder, EmbedderKind, EmbedderOptions, Fitter
from topics.core.errors import DataError
from topics.core.registry import discover, get, nearest
from topics.core.sampling import SAMPLE
from topics.preprocessing.embedders._folder import find_model

PACKAGE, CONSTANT = "topics.preprocessing.embedders", "EMBEDDER"


class EmbeddingConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[embedding]` of a study.

    Args:
        backend: "lsa" (the default) makes vectors from the corpus's own words; "sentence-transformers" and "model2vec" read a model from a
            folder; "precomputed" reads vectors that were made elsewhere.
        folder: of the model or the vectors, relative to the study file; or an installed package that carries a model. None for "lsa".
        dimensions: length of the vectors of "lsa"; by default 200. Others have their own.
        aligned: whether precomputed vectors of several languages can be compared; of models it is found out.
        sample: most distinct articles that "lsa" is fitted on, drawn evenly from every month, source and language.
    """

    backend: str = "lsa"
    folder: str = ""
    dimensions: Annotated[int, msgspec.Meta(ge=2, le=1000)] | None = None
    aligned: bool = False
    sample: Annotated[int, msgspec.Meta(ge=100)] = SAMPLE

    def __post_init__(self) -> None:
        known: dict[str, EmbedderKind] = discover(PACKAGE, CONSTANT)
        if self.backend not in known:
            raise ValueError(f"there is no embedding backend {self.backend!r}. {nearest(self.backend, known)}")
        reads = known[self.backend].reads_folder
        if self.folder and not reads:
            raise ValueError(f'the backend "{self.backend}" reads no folder; leave `folder` empty')
        if reads and not self.folder:
            raise ValueError(f'the backend "{self.backend}" needs `folder`, the folder of the model or the vectors')
        if reads and self.dimensions is not None:
            raise ValueError(f'`dimensions` belongs to the backend "lsa"; "{self.backend}" has vectors of its own length')
        if self.sample != SAMPLE and self.backend != "lsa":
            raise ValueError(f'`sample` belongs to the backend "lsa"; "{self.backend}" is fitted on nothing')
        if self.aligned and self.backend != "precomputed":
            raise ValueError('`aligned` belongs to the backend "precomputed"; of other vectors it is found out')


@dataclass(frozen=True)
class PlacedEmbedding:
    """Settings, and the folders that a relative `folder` starts from; without any, the working folder."""

    config: EmbeddingConfig
    bases: tuple[Path, ...] = ()

    @property
    def _kind(self) -> EmbedderKind:
        found: EmbedderKind = get(PACKAGE, CONSTANT, self.config.backend)
        return found

    @property
    def sample(self) -> int:
        """Most documents that the embedder is fitted on."""
        return self.config.sample

    @property
    def folder(self) -> Path | None:
        """The folder as it is found; None where the backend reads none."""
        return find_model(self.config.folder, self.bases) if self._kind.reads_folder else None

    def begin(self, seed: int, n_docs: Mapping[str, int]) -> Fitter:
        """Return what makes the embedder from the training counts, after every check that can be made now.

        Args:
            seed: of whatever is drawn.
            n_docs: number of documents by language.

        Raises:
            UsageError: there is no such folder.
            DataError: what is there cannot be used for these documents.
            MissingPartError: a library is not installed.
        """
        return self._kind.fit(self._options(seed), n_docs)

    def input_key(self) -> str:
        """Return a name of what is read from disk; another one makes vectors anew."""
        return self._kind.input_key(self._options(0))

    def _options(self, seed: int) -> EmbedderOptions:
        config = self.config
        return EmbedderOptions(seed, config.dimensions, config.folder, self.bases, config.aligned)


@dataclass(frozen=True)
class SameEmbedder:
    """An embedder that is there already and depends on no documents."""

    embedder: Embedder
    sample: int = SAMPLE

    def begin(self, seed: int, n_docs: Mapping[str, int]) -> Fitter:
        """Return what gives that embedder, whatever the documents."""
        return lambda _: self.embedder


class _Backend(msgspec.Struct, frozen=True):
    """The one field that every saved embedder has."""

    backend: str


def load_embedder(directory: Path, folder: Path | None = None) -> Embedder:
    """Read what an embedder saved.

    Args:
        directory: where it saved.
        folder: of the model or the vectors, in place of the one that was saved.

    Raises:
        DataError: missing or damaged, of a backend that is not installed, or one that reads no folder where one is given.
    """
    path = directory / "embedder.json"
    name, known = read_json(path, _Backend).backend, discover(PACKAGE, CONSTANT)
    if name not in known:
        raise DataError(f"there is no embedding backend {name!r}.", where=str(path), hint=nearest(name, known))
    kind: Any = known[name]
    if folder is not None and not kind.reads_folder:
        raise DataError(f"these documents were embedded by {name}, which reads no folder.", where=str(folder), hint="Leave the folder out.")
    loaded: Embedder = kind.load(directory, folder)
    return loaded
