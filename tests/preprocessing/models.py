"""Small models made on the spot: a fake one, and folders in the format of model2vec."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import numpy as np

from topics.core.matrices import Float32
from topics.preprocessing.embedders._model import Backend
from topics.preprocessing.embedders._probes import MINIMAL, PARALLEL

WORDS = "frigate sonar monsoon levee database portal rifle drill harbour orchard canyon meadow".split()


@dataclass
class FakeEncoder:
    """A word is a token; a vector is the mean of vectors drawn by the words' checksums. `asked` lists what was encoded."""

    limit: int = 8
    dimensions: int = 6
    unknown: int | None = None
    asked: list[str] = field(default_factory=list)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [[crc32(word.encode()) for word in text.split()] for text in texts]

    def encode(self, texts: Sequence[str]) -> Float32:
        self.asked += texts
        rows = [[np.random.default_rng(token).normal(size=self.dimensions) for token in ids] for ids in self.tokens(texts)]
        return np.array([np.mean(row, axis=0) for row in rows], dtype=np.float32).reshape(len(texts), self.dimensions)


@dataclass
class Translator(FakeEncoder):
    """Knows which probe sentence translates which."""

    def encode(self, texts: Sequence[str]) -> Float32:
        known = {side: at for at, pair in enumerate(PARALLEL) for side in pair}
        return np.array([np.eye(len(PARALLEL), dtype=np.float32)[known[text]] for text in texts])


def fake_backend(encoder: FakeEncoder, *, texts_a_step: int = 4) -> Backend:
    return Backend("fake", "A fake", check=lambda folder: None, open=lambda folder: encoder, packages=("numpy",), texts_a_step=texts_a_step)


def fake_folder(folder: Path, content: str = "weights") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.safetensors").write_text(content, encoding="utf-8")
    return folder


def static_folder(folder: Path, *, strips: bool = False, dims: int = 5, **config: object) -> Path:
    """Write a model2vec folder; `strips` drops diacritics, as tokenizers of English models do."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    listed = sorted({*WORDS, *(word for group in MINIMAL["vi"] for word in group), *"cứu hộ xã của và".split()})
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(["[UNK]", *listed])}, unk_token="[UNK]"))
    steps = [normalizers.Lowercase(), *([normalizers.NFD(), normalizers.StripAccents()] if strips else [normalizers.NFC()])]
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    table = np.random.default_rng(1).normal(size=(len(listed) + 1, dims)).astype(np.float32)
    save_file({"embeddings": table}, str(folder / "model.safetensors"))
    (folder / "config.json").write_text(json.dumps({"model_type": "model2vec", **config}), encoding="utf-8")
    return folder
