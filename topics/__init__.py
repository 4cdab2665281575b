"""Topic modelling and trend research over dated news in English and Vietnamese.

    import topics
    study = topics.open_study("reports/sample.toml")
    study.topics("lda")

Heavy libraries load when they are first needed, not here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topics.artifacts.verify import verify
    from topics.core.errors import TopicsError
    from topics.core.themes import Theme
    from topics.core.vectors import GivenVectors
    from topics.fitting import fit
    from topics.notebooks import notebook
    from topics.reading import from_frame
    from topics.reuse.artefact import load_artifact
    from topics.study import Study, open_study
    from topics.sweep import sweep_topics

__version__ = "0.1.0"
__all__ = [
    "GivenVectors",
    "Study",
    "Theme",
    "TopicsError",
    "fit",
    "from_frame",
    "load_artifact",
    "notebook",
    "open_study",
    "sweep_topics",
    "verify",
]

_HOMES = {
    "GivenVectors": "topics.core.vectors",
    "Study": "topics.study",
    "Theme": "topics.core.themes",
    "TopicsError": "topics.core.errors",
    "fit": "topics.fitting",
    "from_frame": "topics.reading",
    "load_artifact": "topics.reuse.artefact",
    "notebook": "topics.notebooks",
    "open_study": "topics.study",
    "sweep_topics": "topics.sweep",
    "verify": "topics.artifacts.verify",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'topics' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
