"""A saved model and new articles: how it answers, what it knows of its training documents, and what the new ones say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topics.reuse.artefact import Artifact, Transformed, load_artifact

__all__ = ["Artifact", "Transformed", "load_artifact"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'topics.reuse' has no attribute {name!r}")
    from topics.reuse import artefact  # when it is asked for: the stages that it loads write parts of this package

    return getattr(artefact, name)
