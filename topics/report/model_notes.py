"""What the report says below a model, besides what its card does: how good its topics are, and which of them no theme covers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from topics.pipeline import Study
from topics.quality.measures import diversity
from topics.themes.mapping import topic_themes

LISTED = 20  # topics in a sentence


def model_notes(study: Study, name: str) -> Iterator[str]:
    """Yield the notes of a fitted model."""
    yield _quality_note(study, name)
    yield from _theme_note(study, name)


def _quality_note(study: Study, name: str) -> str:
    """How well the words of a topic belong together, and how far topics differ, in numbers that other tools give too."""
    coherence = round(float(np.mean(study.coherence(name))), 2) + 0.0  # never "-0.00"
    different = diversity(study.model(name).result)
    return (
        f"Coherence of the ten heaviest words (NPMI over whole articles, -1 to 1): {coherence:.2f}; "
        f"share of different words among the first 25 of all topics: {different:.2f}. Each topic's value is in tables/quality.csv."
    )


def _theme_note(study: Study, name: str) -> tuple[str, ...]:
    """Which topics the study's themes leave out: what the analyst did not ask for."""
    held = topic_themes(study.model(name).result, study.theme_scores, study.training_rows).carried
    beyond = [str(topic) for topic in np.flatnonzero(held < 0)]
    if not study.themes or not beyond:
        return ()
    listed = ", ".join(beyond[:LISTED]) + (" …" if len(beyond) > LISTED else "")
    which = "how far each does is in" if len(beyond) <= LISTED else "all of them are in"
    return (f"{len(beyond)} of {len(held)} topics carry none of the study's themes ({listed}); {which} tables/topic_themes_{name}.csv.",)
