"""What an embedder must be: documents to vectors, with a name for what it is. A plug-in is a module with the constant `EMBEDDER`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the matrix records pull scipy; settings and the command line do without it
    from topics.core.matrices import DocTermMatrix, Embeddings


@dataclass(frozen=True)
class Embeddable:
    """Documents as embedders see them, in the same order everywhere.

    Args:
        dtm: counts.
        texts: what is read of each document; empty where it takes no part. Iterated more than once.
        languages: code of each document's language; empty where it takes no part.
    """

    dtm: DocTermMatrix
    texts: Iterable[str]
    languages: tuple[str, ...]


class Embedder(Protocol):
    """Turns documents into vectors: the same document gives the same bytes, alone and in any company."""

    @property
    def fingerprint(self) -> str:
        """Names all that the vectors depend on besides the texts."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def aligned(self) -> bool:
        """Whether vectors of several languages can be compared."""
        ...

    @property
    def reads_texts(self) -> bool:
        """Whether any text can be embedded; else vectors are looked up by the ids of documents."""
        ...

    @property
    def description(self) -> str:
        """A sentence for the report: what the vectors are made by."""
        ...

    def embed(self, documents: Embeddable, cache: Path | None = None) -> Embeddings:
        """Return unit vectors (n_docs, n_dims); zero for a document that holds nothing to embed.

        Args:
            documents: what is embedded.
            cache: folder in which vectors are kept and found again; None keeps none.
        """
        ...

    def save(self, directory: Path) -> None:
        """Write what `load` needs into an existing directory; `embedder.json` names the backend."""
        ...


@dataclass(frozen=True)
class EmbedderOptions:
    """What a study says of its vectors.

    Args:
        seed: of whatever is drawn.
        dimensions: length of the vectors, for embedders that can choose; None is their default.
        folder: folder or installed package of a model, as the study writes it.
        bases: folders from which a relative `folder` is looked for, in this order.
        aligned: what the user says of vectors that nobody can measure.
    """

    seed: int
    dimensions: int | None = None
    folder: str = ""
    bases: tuple[Path, ...] = ()
    aligned: bool = False


Fitter = Callable[["DocTermMatrix"], Embedder]
"""Makes the embedder from the counts of the training documents."""


def _no_input(options: EmbedderOptions) -> str:
    return ""


@dataclass(frozen=True)
class EmbedderKind:
    """A way to make vectors (constant `EMBEDDER`).

    Args:
        name: its name in the study file.
        title: what it is, for people.
        fit: from the options and the number of documents by language; checks at once all that can be checked, and returns the function
            that makes the embedder.
        load: from the directory of `save`; the second argument is a folder to take in place of the one that was saved, or None.
        reads_folder: whether it needs `folder`.
        input_key: names what it reads from disk; a change of it makes vectors anew.
    """

    name: str
    title: str
    fit: Callable[[EmbedderOptions, Mapping[str, int]], Fitter]
    load: Callable[[Path, Path | None], Embedder]
    reads_folder: bool = False
    input_key: Callable[[EmbedderOptions], str] = _no_input
