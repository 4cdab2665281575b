"""Vectors by a static model in the format of model2vec (one vector for each token, averaged): fast, and without torch.

The format is read here, by tokenizers and safetensors alone; a test compares the vectors with those of the model2vec library.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from topics.core.errors import DataError, MissingPartError
from topics.core.matrices import Float32, Float64, Int64
from topics.preprocessing.embedders._folder import check_weights, read_settings, refuse_remote_code
from topics.preprocessing.embedders._model import Backend, model_kind

NAME = "model2vec"
LIMIT = 512  # tokens at which the library cuts, where the model does not say
LAYOUTS = (  # folder of weights and tokenizer, settings, name of the table: of model2vec, and of sentence-transformers
    ("", "config.json", "embeddings"),
    ("", "config_sentence_transformers.json", "embedding.weight"),
    ("0_StaticEmbedding", "config_sentence_transformers.json", "embedding.weight"),
)


def _layout(folder: Path) -> tuple[Path, Path, str]:
    """Folder of weights and tokenizer, settings, name of the table."""
    for inner, settings, table in LAYOUTS:
        part = folder / inner
        if all(path.is_file() for path in (part / "model.safetensors", part / "tokenizer.json", folder / settings)):
            return part, folder / settings, table
    what = "this is no model of model2vec: model.safetensors, tokenizer.json and config.json are not all there."
    hint = 'For a model with modules.json and several layers set backend = "sentence-transformers".'
    raise DataError(what, where=str(folder), hint=hint)


def check(folder: Path) -> None:
    """Refuse a folder that is no static model, holds pickles, or wants to run code of its own.

    Raises:
        DataError: names the file and what to do.
    """
    if any(folder.rglob("*.safetensors")):
        part, settings, _ = _layout(folder)
        check_weights(folder, [part])
        refuse_remote_code([settings])
    else:
        check_weights(folder, [folder])


@dataclass(frozen=True, eq=False)
class StaticEncoder:
    """A table of token vectors.

    Args:
        tokenizer: of the tokenizers library; neither cuts nor pads.
        table: (n_rows, n_dims).
        rows: (n_tokens,) row of each token; None where they are the same.
        weights: (n_tokens,) of each token; None for equal ones.
        unknown: id of the token that is left out.
        limit: tokens at which the library would cut.
    """

    tokenizer: Any
    table: npt.NDArray[Any]
    rows: Int64 | None
    weights: Float64 | None
    unknown: int | None
    limit: int

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self.table.shape[1])

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of the tokens that the model knows."""
        found = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [[token for token in encoding.ids if token != self.unknown] for encoding in found]

    def encode(self, texts: Sequence[str]) -> Float32:
        """Return the mean token vector of each text (n, n_dims); zero for a text without tokens."""
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, ids in enumerate(self.tokens(texts)):
            if ids:
                out[row] = self._vectors(ids).mean(axis=0)
        return out

    def _vectors(self, ids: list[int]) -> Float64:
        found = self.table[ids if self.rows is None else self.rows[ids]].astype(np.float64)
        return found if self.weights is None else found * self.weights[ids][:, None]


def open_folder(folder: Path) -> StaticEncoder:
    """Load a checked folder.

    Raises:
        DataError: the table does not fit the tokenizer, or one of them is damaged.
        MissingPartError: tokenizers is not installed.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        what = f"the tokenizers library cannot be imported: {error}."
        raise MissingPartError(what, where="[embedding] backend", hint="pip install tokenizers") from error
    part, settings, name = _layout(folder)
    path = part / "tokenizer.json"
    described, tokenizer = read_settings(path), None
    with suppress(Exception):  # tokenizers raises nothing narrower
        tokenizer = Tokenizer.from_file(str(path))
    if tokenizer is None:
        raise DataError("tokenizers cannot read this tokenizer.", where=str(path), hint="Fetch the model again.")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    table, rows, weights = _arrays(part / "model.safetensors", name, tokenizer.get_vocab_size())
    stated = read_settings(settings).get("max_length")
    limit = stated if isinstance(stated, int) and stated > 0 else LIMIT
    return StaticEncoder(tokenizer, table, rows, weights, _unknown(described, tokenizer), limit)


def _unknown(described: dict[str, object], tokenizer: Any) -> int | None:  # noqa: ANN401 - tokenizers is untyped
    """Id of the token that stands for what the vocabulary lacks."""
    model = described.get("model")
    if not isinstance(model, dict):
        return None
    found: int | None = tokenizer.token_to_id(model["unk_token"]) if model.get("unk_token") else model.get("unk_id")
    return found


def _arrays(path: Path, name: str, n_tokens: int) -> tuple[npt.NDArray[Any], Int64 | None, Float64 | None]:
    """The table, the row and the weight of each token."""
    from safetensors.numpy import load_file

    arrays = load_file(str(path))
    table, mapping, weights = arrays.get(name), arrays.get("mapping"), arrays.get("weights")
    hint = "Fetch the model again."
    if table is None or table.ndim != 2:
        raise DataError(f"there is no table {name!r} of token vectors, only {sorted(arrays)}.", where=str(path), hint=hint)
    if not np.isfinite(table).all() or (weights is not None and not np.isfinite(weights).all()):
        raise DataError("a token vector or weight is NaN or infinite.", where=str(path), hint=hint)
    if len(table if mapping is None else mapping) != n_tokens or (weights is not None and len(weights) != n_tokens):
        what = f"there are {len(table if mapping is None else mapping):,} vectors for the {n_tokens:,} tokens of tokenizer.json."
        raise DataError(what, where=str(path), hint=hint)
    if mapping is not None and (mapping.min() < 0 or mapping.max() >= len(table)):
        raise DataError(f"a token points to a row beyond the table's {len(table):,}.", where=str(path), hint=hint)
    rows = None if mapping is None else mapping.astype(np.int64)
    return table, rows, None if weights is None else weights.astype(np.float64)


BACKEND = Backend(
    NAME,
    "A static model of model2vec in a folder",
    check=check,
    open=open_folder,
    packages=("tokenizers", "numpy"),
    texts_a_step=4096,
)
EMBEDDER = model_kind(BACKEND)
