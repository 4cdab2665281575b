"""The card that every fit writes."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import msgspec

from topics.core.errors import DataError
from topics.core.hashing import canonical_json
from topics.core.matrices import PreparedCorpus
from topics.core.results import ModelCard


def versions_of(*packages: str) -> tuple[tuple[str, str], ...]:
    """Return (package, installed version), sorted; a package that is not there has the version `missing`."""
    found: dict[str, str] = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "missing"
    return tuple(sorted(found.items()))


def check_prepared(prepared: PreparedCorpus, card: ModelCard) -> None:
    """Raise `DataError` where documents were prepared otherwise than the model's training documents."""
    if prepared.key != card.prepared_key:
        hint = "Apply the preparation that is saved with the model."
        raise DataError("the documents were prepared with another vocabulary or other vectors.", where=card.kind, hint=hint)


def make_card(
    kind: str, config: msgspec.Struct, seed: int, prepared: PreparedCorpus, *, packages: tuple[str, ...], notes: tuple[str, ...] = ()
) -> ModelCard:
    """Return the card of a fit."""
    return ModelCard(
        kind=kind,
        config=canonical_json(config).decode(),
        seed=seed,
        versions=versions_of("numpy", "scipy", *packages),
        prepared_key=prepared.key,
        corpus_fingerprint=prepared.corpus.fingerprint,
        notes=notes,
    )
