"""Made-up documents that a saved model answers as it did when it was saved; else its answers are no longer the ones it was kept for.

They are the heaviest words of topics, so that no article's text travels with a model, and go the whole way: words, counts, vectors, topics,
themes. Another version of a library, of Unicode or of a segmenter that changes any of it is found before it changes a trend.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from topics.core.codecs import read_arrays, read_json, write_arrays, write_json
from topics.core.contracts import TopicModel
from topics.core.documents import Body, Corpus, DocumentInfo
from topics.core.errors import DataError
from topics.core.hashing import digest
from topics.core.matrices import Float32
from topics.core.registry import discover
from topics.core.results import TopicResult
from topics.preprocessing.prepare import Preparation
from topics.theming import COMBINED, ThemeModel, projection, theme_documents

NAME, ARRAYS = "reference.json", "reference.safetensors"
N_DOCS, N_TERMS, REPEATS = 10, 30, 6  # as long as an article: short ones are decided by the terms of themes alone
TOLERANCE = 1e-4  # of a weight or a score; other processors may round the last digits otherwise


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A made-up document."""

    language: str
    text: str


def needs_vectors(model: str, preparation: Preparation, themes: ThemeModel) -> bool:
    """Return whether documents need vectors for a model's topics, or have them for nearly nothing and its themes look at them."""
    asked = "embeddings" in discover("topics.models", "MODEL")[model].needs
    return asked or (bool(themes.directions) and projection(preparation) is not None)


def make_references(result: TopicResult) -> tuple[Reference, ...]:
    """Return up to ten documents of the heaviest terms of topics, of one language each, the topics evenly spread."""
    vocabulary = result.topics.vocabulary
    chosen = sorted({round(at) for at in np.linspace(0, result.n_topics - 1, N_DOCS).tolist()}) if result.n_topics else []
    found: list[Reference] = []
    for topic in chosen:
        order = np.argsort(-result.topics.weights[topic], kind="stable")
        language = vocabulary.languages[order[0]]
        terms = [vocabulary.terms[column] for column in order if vocabulary.languages[column] == language][:N_TERMS]
        found.append(Reference(language, ". ".join([", ".join(terms)] * REPEATS)))
    return tuple(dict.fromkeys(found))


def _answers(
    kind: str, model: TopicModel, preparation: Preparation, themes: ThemeModel, references: tuple[Reference, ...]
) -> tuple[Float32, Float32]:
    """(n_docs, n_topics) weights and (n_docs, n_themes) scores of made-up documents, in their order."""
    if not references:
        return np.zeros((0, model.result.n_topics), np.float32), np.zeros((0, len(themes.themes)), np.float32)
    hashes = [digest([item.language, item.text]) for item in references]
    order = sorted(range(len(references)), key=hashes.__getitem__)
    infos = tuple(DocumentInfo(hashes[n], hashes[n], NAME, n + 1, language=references[n].language) for n in order)
    corpus = Corpus(infos, tuple(Body(references[n].text) for n in order))
    prepared = preparation.apply(corpus, embed=needs_vectors(kind, preparation, themes))
    weights = model.transform(prepared).weights
    scores = themes.score(theme_documents(corpus, themes.themes, prepared))[COMBINED][0]
    back = np.argsort(order)
    return weights[back], scores[back].astype(np.float32)


def write_reference(directory: Path, kind: str, model: TopicModel, preparation: Preparation, themes: ThemeModel) -> None:
    """Write made-up documents and a model's answers into an existing directory; none where vectors are made elsewhere.

    Args:
        directory: of the artefact.
        kind: name of the model.
        model: fitted.
        preparation: that it was fitted on.
        themes: fitted scorers of themes.
    """
    can_embed = preparation.embedder.reads_texts or "embeddings" not in discover("topics.models", "MODEL")[kind].needs
    references = make_references(model.result) if can_embed else ()
    write_json(directory / NAME, references)
    topics, scores = _answers(kind, model, preparation, themes, references)
    write_arrays(directory / ARRAYS, {"topics": topics, "themes": scores})


def check_reference(directory: Path, kind: str, model: TopicModel, preparation: Preparation, themes: ThemeModel) -> None:
    """Answer the made-up documents of an artefact again.

    Raises:
        DataError: an answer differs from the stored one by more than rounding, or the file is damaged.
    """
    references = read_json(directory / NAME, tuple[Reference, ...], "made-up documents")
    stored = read_arrays(directory / ARRAYS, ("themes", "topics"))
    found = dict(zip(("topics", "themes"), _answers(kind, model, preparation, themes, references), strict=True))
    for name, values in found.items():
        before = stored[name]
        if before.shape != values.shape:
            what = f"holds answers of another size: {before.shape} {name}, {values.shape} here."
            raise DataError(what, where=str(directory / ARRAYS), hint="Fetch or fit it again.")
        _check_same(name, before, values, directory)


def _check_same(name: str, before: npt.NDArray[np.floating], now: Float32, directory: Path) -> None:
    apart = np.abs(before - now)
    if apart.size and apart.max() > TOLERANCE:
        row, column = np.unravel_index(int(apart.argmax()), apart.shape)
        was, is_now = float(before[row, column]), float(now[row, column])
        which = f"made-up document {row + 1}, {name[:-1]} {column}: {is_now:.4f}, was {was:.4f}"
        what = f"the model answers otherwise than when it was saved ({which})."
        hint = "Other versions are installed than those in manifest.json, or the model was changed. Install those, or fit again."
        raise DataError(what, where=str(directory), hint=hint)
