"""Embedders whose model lies in a folder: what they save, how they are found again, how texts become vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

import numpy as np

from topics.core.codecs import read_json
from topics.core.embedding import Embeddable, EmbedderKind, EmbedderOptions, Fitter
from topics.core.errors import DataError
from topics.core.hashing import digest
from topics.core.matrices import Embeddings, Float32, Int64
from topics.preprocessing.embedders._cache import VectorCache
from topics.preprocessing.embedders._chunks import pieces
from topics.preprocessing.embedders._folder import HEADER, WHERE, FolderRecord, Recorded, find_again, find_model, fingerprint
from topics.preprocessing.embedders._probes import Probed, blind_languages, is_aligned
from topics.progress import stage

CODE_VERSION = "1"  # raise when the same model and text give another vector


class Encoder(Probed, Protocol):
    """An opened model. What it returns for a text does not depend on the texts beside it."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def limit(self) -> int:
        """Most tokens of a text that it takes at once."""
        ...


@dataclass(frozen=True)
class Backend:
    """A library that reads models from folders.

    Args:
        name: in the study file.
        title: what it is, for people.
        check: refuses a folder that is no model or must not be loaded, before anything of it is.
        open: loads a checked folder.
        packages: installed packages that the last bits of a vector depend on.
        texts_a_step: texts that are computed before they are kept on disk.
    """

    name: str
    title: str
    check: Callable[[Path], None]
    open: Callable[[Path], Encoder]
    packages: tuple[str, ...]
    texts_a_step: int


class Record(FolderRecord, frozen=True, forbid_unknown_fields=True):
    """What is saved of a model.

    Args:
        fingerprint: of the model.
        limit: most tokens that it takes at once.
        blind: codes of the languages whose words it cannot tell apart.
    """

    fingerprint: str
    limit: int
    blind: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ModelEmbedder(Recorded):
    """Vectors by a model in a folder, which is opened when a text must be embedded.

    Args:
        backend: the library.
        record: what is known of the model.
        bases: folders from which a relative `folder` is looked for.
        given: the folder that a user names in place of the recorded one.
        opened: the model, where it is open already.
    """

    backend: Backend
    record: Record
    bases: tuple[Path, ...] = ()
    given: Path | None = None
    opened: Encoder | None = None

    @property
    def fingerprint(self) -> str:
        """Names the model by its files."""
        return self.record.fingerprint

    @property
    def description(self) -> str:
        """A sentence for the report."""
        names, record = self.fingerprint.removeprefix(f"{self.backend.name}-")[:12], self.record
        compared = "its vectors can be compared across languages" if self.aligned else "each language is read by itself"
        return (
            f"Document vectors: the {self.backend.name} model {Path(record.folder).name} ({record.dimensions} dimensions, sha256 {names}); "
            f"by a test with translated sentences, {compared}."
        )

    @cached_property
    def encoder(self) -> Encoder:
        """The opened model.

        Raises:
            UsageError: it is not where it was.
            DataError: what is there is another model.
            MissingPartError: the library is not installed.
        """
        if self.opened is not None:
            return self.opened
        folder = find_again(self.record.folder, self.bases, self.given, self.fingerprint)
        self.backend.check(folder)
        there = fingerprint(folder, self.backend.name, CODE_VERSION)
        if there != self.fingerprint:
            what = f"another model lies here: {there}, the documents were embedded by {self.fingerprint}."
            raise DataError(what, where=str(folder), hint="Name the folder of that model, or prepare and fit again.")
        return self.backend.open(folder)

    def check_languages(self, n_docs: Mapping[str, int]) -> None:
        """Raise `DataError` where documents are in a language that the model cannot read; `n_docs` counts documents by language."""
        for code in self.record.blind:
            n = sum(count for language, count in n_docs.items() if language.split("-")[0] == code)
            if n:
                what = f'{n:,} documents are in {code}, whose words this model cannot tell apart: it reads "ma", "má" and "mà" as one.'
                hint = (
                    f'Take a multilingual model; or backend = "lsa"; or leave these documents out: leave_out = ["{code}"] in '
                    '[preprocessing]. Documents that are in another language need language = "..." in their source.'
                )
                raise DataError(what, where=f"[embedding] {self.record.folder}", hint=hint)

    def embed(self, documents: Embeddable, cache: Path | None = None) -> Embeddings:
        """Return unit vectors (n_docs, n_dims); zero for empty texts."""
        counted = {code: documents.languages.count(code) for code in sorted(set(documents.languages)) if code}
        self.check_languages(counted)
        vectors, tokens = _Work(self, documents).done(self._cache(cache))
        notes = _notes(tokens, self.record.limit)
        return Embeddings(vectors, documents.dtm.doc_ids, self.fingerprint, self.aligned, notes, self.backend.packages)

    def _cache(self, folder: Path | None) -> VectorCache | None:
        """Vectors of one model and one set of library versions, whose sums may end in other bits."""
        if folder is None:
            return None
        versions = [f"{package} {_version(package)}" for package in self.backend.packages]
        return VectorCache(folder / digest([self.fingerprint, *versions])[:16], self.dimensions)


@dataclass(frozen=True)
class _Work:
    """The texts of some documents on their way to vectors; equal texts are embedded once."""

    embedder: ModelEmbedder
    documents: Embeddable

    def done(self, cache: VectorCache | None) -> tuple[Float32, Int64]:
        """Return vectors (n_docs, n_dims) and numbers of tokens (n_docs,)."""
        rows = self._rows()
        n_docs = len(self.documents.languages)
        vectors, tokens = np.zeros((n_docs, self.embedder.dimensions), dtype=np.float32), np.zeros(n_docs, dtype=np.int64)
        missing = set(rows)
        for key, vector, n_tokens in cache or ():
            if key in missing:
                missing.discard(key)
                vectors[rows[key]], tokens[rows[key]] = vector, n_tokens
        if missing:
            stage("embedding %d texts, %d are known", len(missing), len(rows) - len(missing))
        n_done = 0
        for keys, texts in self._steps(missing):
            made, counted = embed_texts(self.embedder.encoder, texts)
            for key, vector, n_tokens in zip(keys, made, counted, strict=True):
                vectors[rows[key]], tokens[rows[key]] = vector, n_tokens
            if cache is not None:
                cache.add(keys, made, counted)
            n_done += len(keys)
            stage("embedded %d of %d texts", n_done, len(missing))
        return vectors, tokens

    def _rows(self) -> dict[bytes, list[int]]:
        """Rows of each text that is not empty."""
        rows: dict[bytes, list[int]] = {}
        for row, text in enumerate(self.documents.texts):
            if text:
                rows.setdefault(_key(text), []).append(row)
        return rows

    def _steps(self, missing: set[bytes]) -> Iterator[tuple[list[bytes], list[str]]]:
        """Yield missing texts with their keys, so many that a stop loses little."""
        left, keys, texts = set(missing), [], []
        for text in self.documents.texts if left else ():
            key = _key(text)
            if key in left:
                left.discard(key)
                keys.append(key)
                texts.append(text)
            if len(keys) == self.embedder.backend.texts_a_step:
                yield keys, texts
                keys, texts = [], []
        if keys:
            yield keys, texts


def embed_texts(encoder: Encoder, texts: Sequence[str]) -> tuple[Float32, Int64]:
    """Return unit vectors (n, n_dims) and numbers of tokens (n,) of texts of any length.

    A text over the model's limit is cut into pieces; its vector is the mean of theirs, weighted by their tokens. A text without a token
    that the model knows has the zero vector.
    """
    cut = [pieces(text, encoder.limit, lambda parts: [len(ids) for ids in encoder.tokens(parts)]) for text in texts]
    encoded = encoder.encode([piece for parts in cut for piece, _ in parts]).astype(np.float64)
    vectors, at = np.zeros((len(texts), encoder.dimensions)), 0
    for row, parts in enumerate(cut):
        for _, n_tokens in parts:  # added in order, by hand: the same for every number of texts
            vectors[row] += n_tokens * encoded[at]
            at += 1
    lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    return vectors.astype(np.float32), np.array([sum(n for _, n in parts) for parts in cut], dtype=np.int64)


def _key(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _notes(tokens: Int64, limit: int) -> tuple[str, ...]:
    """What cutting texts short would have lost."""
    embedded, longer = int((tokens > 0).sum()), int((tokens > limit).sum())
    if not longer:
        return (f"No document is longer than the {limit:,} tokens that the model takes at once.",) if embedded else ()
    lost = float(np.maximum(tokens - limit, 0).sum() / tokens.sum())
    share = f"{longer:,} of {embedded:,} documents ({longer / embedded:.0%})"
    return (
        f"{share} are longer than the {limit:,} tokens that the model takes at once. "
        f"They were read whole, in pieces; cut short they would have lost {lost:.0%} of all tokens.",
    )


def model_kind(backend: Backend) -> EmbedderKind:
    """Return the plug-in of a backend."""

    def fit(options: EmbedderOptions, n_docs: Mapping[str, int]) -> Fitter:
        embedder = open_model(backend, options.folder, options.bases)
        embedder.check_languages(n_docs)
        return lambda dtm: embedder

    def load(directory: Path, folder: Path | None) -> ModelEmbedder:
        record = read_json(directory / HEADER, Record)
        # A study writes below its own folder, so what is relative to the study is found from above what it wrote.
        return ModelEmbedder(backend, record, (Path(), *directory.resolve().parents), folder)

    def input_key(options: EmbedderOptions) -> str:
        folder = find_model(options.folder, options.bases)
        backend.check(folder)
        return digest([fingerprint(folder, backend.name, CODE_VERSION), *(f"{name} {_version(name)}" for name in backend.packages)])

    return EmbedderKind(backend.name, backend.title, fit=fit, load=load, reads_folder=True, input_key=input_key)


def open_model(backend: Backend, name: str, bases: tuple[Path, ...] = ()) -> ModelEmbedder:
    """Open a model and try what it can do.

    Args:
        backend: the library.
        name: path of the folder, or an installed package.
        bases: folders from which a relative path is looked for.

    Raises:
        UsageError: there is no such folder or package.
        DataError: no model, damaged, a pickle, or one that wants to run code.
        MissingPartError: the library is not installed.
    """
    folder = find_model(name, bases)
    backend.check(folder)
    encoder = backend.open(folder)
    if encoder.limit < 1:
        raise DataError(f"the model takes {encoder.limit} tokens at once.", where=WHERE, hint="Fetch the model again.")
    named = fingerprint(folder, backend.name, CODE_VERSION)
    record = Record(backend.name, name, encoder.dimensions, is_aligned(encoder), named, encoder.limit, blind_languages(encoder))
    return ModelEmbedder(backend, record, bases, opened=encoder)
