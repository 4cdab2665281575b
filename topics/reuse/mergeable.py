"""Whether two saved models can be merged: of one kind, over words that were found alike and vectors of one space."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from topics.core.contracts import ModelKind
from topics.core.errors import DataError, UsageError
from topics.preprocessing.prepare import Preparation
from topics.reuse.artefact import Artifact
from topics.theming import projection

REFIT = "or fit on both corpora together and carry ids over with `topics refit --previous`"
BY_SIZE = frozenset({"min_df"})  # follows the size of a corpus where the study says nothing


def check_mergeable(a: Artifact, b: Artifact, kind: ModelKind[Any], where: str) -> None:
    """Raise where two artefacts cannot become one; the message names every setting that differs.

    Args:
        a, b: the artefacts.
        kind: that of a.
        where: both folders, for the message.

    Raises:
        UsageError: the same artefact twice, different kinds, or a kind that cannot be merged.
        DataError: words, vectors, themes or the reading of dates differ.
    """
    if a.manifest.key == b.manifest.key:
        raise UsageError("both names lead to the same artefact.", where=where, hint="Name two that were fitted on different corpora.")
    if a.manifest.kind != b.manifest.kind:
        what = f"one is of kind {a.manifest.kind!r}, the other of kind {b.manifest.kind!r}."
        raise UsageError(what, where=where, hint="Merge models of one kind; `topics compare` matches topics of any two.")
    if kind.merge is None:
        raise UsageError(f"models of kind {kind.name!r} cannot be merged.", where=where, hint=f"Fit again, {REFIT}.")
    differ = [*_words(a.preparation, b.preparation), *_study(a, b)]
    if differ:
        hint = f"Fit one of them again with the settings of the other, {REFIT}."
        raise DataError(f"they were not prepared alike: {'; '.join(differ)}.", where=where, hint=hint)
    _check_vectors(a.preparation, b.preparation, where, needed="embeddings" in kind.needs)


def _words(a: Preparation, b: Preparation) -> Iterator[str]:
    for field in msgspec.structs.fields(a.config):
        one, other = getattr(a.config, field.name), getattr(b.config, field.name)
        if one != other and field.name not in BY_SIZE:
            yield f"preprocessing.{field.name} is {one!r} and {other!r}"
    if (a.words.segmenter, a.words.version) != (b.words.segmenter, b.words.version):
        yield f"words were found by {a.words.segmenter} {a.words.version} and by {b.words.segmenter} {b.words.version}".replace("  ", " ")
    if own_stop_words(a) != own_stop_words(b):
        yield "the lists of stop words differ"


def _study(a: Artifact, b: Artifact) -> Iterator[str]:
    for name in ("timezone", "mask"):
        one, other = getattr(a.study, name), getattr(b.study, name)
        if one != other:
            yield f"study.{name} is {one!r} and {other!r}"
    if a.themes.themes != b.themes.themes:
        yield "the themes differ"


def own_stop_words(preparation: Preparation) -> dict[str, frozenset[str]]:
    """Return the stop words of each language without those that were found in the corpus."""
    words = preparation.words
    found = frozenset(term for listed in words.corpus_stop_words.values() for term in listed)
    return {code: listed - found for code, listed in words.stop_words.items()} if preparation.config.corpus_stop_words else words.stop_words


def check_stop_words(made: Preparation, before: Preparation) -> None:
    """Raise `DataError` where the installed languages drop other words than those that an artefact was made with."""
    if own_stop_words(made) != own_stop_words(before):
        what = "the installed languages have other stop words than those that the artefacts were made with."
        raise DataError(what, where="stop words", hint="Install the release that made the artefacts, or fit both again.")


def _check_vectors(a: Preparation, b: Preparation, where: str, *, needed: bool) -> None:
    learned = [projection(one) is not None for one in (a, b)]
    if needed and any(learned):
        what = "their vectors were learned from the words of each corpus (lsa), which are different spaces."
        hint = f"Fit both with one fixed model in [embedding] (sentence-transformers or model2vec), {REFIT}."
        raise DataError(what, where=where, hint=hint)
    if not all(learned) and a.embedder.fingerprint != b.embedder.fingerprint:
        what = f"their vectors were made by different models: {a.embedder.fingerprint} and {b.embedder.fingerprint}."
        raise DataError(what, where=where, hint=f"Fit both with the same model in [embedding], {REFIT}.")
    if needed and not a.embedder.reads_texts:
        what = "their vectors were made elsewhere and are looked up by ids, in one folder for each corpus."
        raise DataError(what, where=where, hint=f"Fit both with one model in [embedding], {REFIT}.")
