"""Vectors by a sentence-transformers model from a folder: on the processor, one piece at a time, without network or foreign code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from topics.core.errors import DataError, MissingPartError
from topics.core.matrices import Float32
from topics.preprocessing.embedders._folder import check_weights, read_modules, read_settings, refuse_remote_code
from topics.preprocessing.embedders._model import Backend, model_kind

NAME = "sentence-transformers"
OURS = "sentence_transformers."
MODULES = frozenset({"Transformer", "Pooling", "Dense", "Normalize", "LayerNorm", "Dropout", "WeightedLayerPooling"})
ACTIVATIONS = frozenset(
    {
        "torch.nn.modules.linear.Identity",
        *(
            f"torch.nn.modules.activation.{name}"
            for name in (
                "CELU",
                "ELU",
                "GELU",
                "Hardshrink",
                "Hardsigmoid",
                "Hardswish",
                "Hardtanh",
                "LeakyReLU",
                "LogSigmoid",
                "Mish",
                "ReLU",
                "ReLU6",
                "SELU",
                "Sigmoid",
                "SiLU",
                "Softmax",
                "Softplus",
                "Softshrink",
                "Softsign",
                "Tanh",
                "Tanhshrink",
            )
        ),
    }
)
SETTINGS = ("config.json", "tokenizer_config.json", "adapter_config.json", "processor_config.json", "preprocessor_config.json")
OTHER = "Choose a model made of the modules of sentence-transformers alone."
LONGEST = 512  # tokens, where neither model nor tokenizer says


def check(folder: Path) -> None:
    """Refuse a folder that is no sentence-transformers model, holds pickles, or wants to run code of its own.

    Raises:
        DataError: names the file and what to do.
    """
    listed = folder / "modules.json"
    if not listed.is_file():
        what = "there is no modules.json, so this is no sentence-transformers model."
        static = (folder / "tokenizer.json").is_file() and not (folder / "tokenizer_config.json").is_file()
        hint = 'It may be one for backend = "model2vec".' if static else "Name the folder that holds modules.json."
        raise DataError(what, where=str(folder), hint=hint)
    parts = [folder.resolve(), *(_part(folder.resolve(), module, first=not at) for at, module in enumerate(read_modules(listed)))]
    check_weights(folder.resolve(), parts)
    refuse_remote_code(part / name for part in parts for name in SETTINGS)
    for path in {part / "config.json" for part in parts}:
        activation = str(read_settings(path).get("activation_function", "")) if path.is_file() else ""
        if "." in activation and activation not in ACTIVATIONS:
            what = f"the settings name {activation!r}, which is none of the activations of torch; no other code is run."
            raise DataError(what, where=str(path), hint=OTHER)


def _part(folder: Path, module: dict[str, object], *, first: bool) -> Path:
    """The folder of one module, which must be one of the library's own."""
    kind, path, where = str(module.get("type", "")), str(module.get("path", "")), str(folder / "modules.json")
    name = kind.rpartition(".")[2]
    if not kind.startswith(OURS):
        raise DataError(f"the module {kind!r} is code that comes with the model; none is run.", where=where, hint=OTHER)
    if name == "StaticEmbedding":
        raise DataError("this is a static model.", where=where, hint='Set backend = "model2vec".')
    if name not in MODULES or first != (name == "Transformer"):
        what = f"the module {kind!r} is not read here, or not at this place."
        raise DataError(what, where=where, hint=f"Models are read that begin with Transformer and go on with {', '.join(sorted(MODULES))}.")
    part = (folder / path).resolve()
    if not part.is_relative_to(folder):
        raise DataError(f"the module's path {path!r} leads out of the folder.", where=where, hint="Fetch the model again.")
    return part


@dataclass(frozen=True, eq=False)
class TransformerEncoder:
    """An opened SentenceTransformer.

    Sums in another order have other last bits, and torch orders them by the size of a batch, its padding and the number of threads. So
    each piece goes through the model alone, by one thread; several pieces go through it beside each other.
    """

    model: Any
    prompt: str
    limit: int
    dimensions: int
    unknown: int | None
    lowers: bool

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, without marks around it and not cut."""
        if not texts:
            return []
        read = [text.lower() if self.lowers else text for text in texts]
        found = self.model.tokenizer(read, add_special_tokens=False, truncation=False, padding=False, verbose=False)
        return [list(ids) for ids in found["input_ids"]]

    def encode(self, texts: Sequence[str]) -> Float32:
        """Return the vectors (n, n_dims) of texts that fit."""
        from torch import get_num_threads

        workers = get_num_threads()
        with _one_thread_each(), ThreadPoolExecutor(workers) as pool:
            # Tokenized here: the tokenizers of transformers are not made for several threads.
            found = pool.map(self._forward, (self.model.preprocess([text], prompt=self.prompt or None) for text in texts))
            rows = list(found)
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimensions)

    def _forward(self, features: Any) -> Float32:  # noqa: ANN401 - a dictionary of tensors
        from torch import inference_mode

        with inference_mode():
            out: Float32 = self.model.forward(features)["sentence_embedding"][0].float().numpy()
        return out


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Hold torch to one thread within an operation."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def open_folder(folder: Path) -> TransformerEncoder:
    """Load a checked folder.

    Raises:
        DataError: it cannot be loaded.
        MissingPartError: sentence-transformers is not installed.
    """
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        hint = 'pip install "topics-trends[embed]" (brings torch)'
        raise MissingPartError(f"sentence-transformers cannot be imported: {error}.", where="[embedding] backend", hint=hint) from error
    try:
        with _quiet():
            model = SentenceTransformer(
                str(folder.resolve()),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            ).float()
        model.eval()
        return _encoder(model, torch)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError, IndexError) as error:
        what = f"sentence-transformers cannot load this model: {str(error).splitlines()[0] if str(error) else type(error).__name__}."
        raise DataError(what, where=str(folder), hint="Fetch the model again; `topics doctor` shows the library's version.") from error


def _encoder(model: Any, torch: Any) -> TransformerEncoder:  # noqa: ANN401 - both are untyped here
    tokenizer = model.tokenizer
    prompt = model.prompts.get(model.default_prompt_name) or "" if model.default_prompt_name else ""
    around = tokenizer.num_special_tokens_to_add(pair=False)
    whole = int(min(model.max_seq_length or LONGEST, tokenizer.model_max_length or LONGEST))
    inside = len(tokenizer(prompt, add_special_tokens=False)["input_ids"]) if prompt else 0
    with torch.inference_mode():
        width = int(model.forward(model.preprocess(["a"], prompt=prompt or None))["sentence_embedding"].shape[1])
    lowers = bool(getattr(model[0], "do_lower_case", False))
    return TransformerEncoder(model, prompt, whole - around - inside, width, tokenizer.unk_token_id, lowers)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the bar of transformers away; our own progress goes to the log."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


BACKEND = Backend(
    NAME,
    "A sentence-transformers model in a folder",
    check=check,
    open=open_folder,
    packages=("torch", "transformers", "tokenizers", "sentence-transformers", "numpy"),
    texts_a_step=64,
)
EMBEDDER = model_kind(BACKEND)
