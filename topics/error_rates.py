"""What a study's label sheet says of the errors of a scorer of themes, for shares that are to be corrected by it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from topics.config import StudyFile
from topics.core.documents import Corpus
from topics.core.themes import ThemeScores
from topics.themes.evaluation import Rates, bootstrap, generator_for, rates
from topics.themes.labelled import label_theme, read_labels


def error_rates(file: StudyFile, corpus: Corpus, scores: ThemeScores) -> Iterator[tuple[tuple[str, str], Rates]]:
    """Yield ((theme, language), rates of the scorer's decisions), `all` among the languages; nothing where the study names no sheet.

    They are pooled over time, and those of `topics label score` where the scorer is that of the report.
    """
    if file.labels is None:
        return
    labels = read_labels(file.labels, corpus, scores.keys, masked=file.config.study.mask)
    for theme in labels.sheet.labels:
        column = scores.keys.index(theme)
        found = scores.scores[:, column].astype(np.float64), scores.present[:, column]
        labelled = label_theme(labels.design, labels.sheet, theme, scores.doc_ids, found)
        for language, rows in labelled.groups():
            judged = labelled.judged.only(rows)
            yield (theme, language), rates(judged, bootstrap(judged, generator_for(file.config.study.seed, theme, language)))
