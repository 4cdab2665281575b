"""A filled label sheet beside the scores of themes: what was judged, and the score from which a theme is there by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from topics.core.codecs import read_json
from topics.core.documents import Corpus
from topics.core.errors import DataError
from topics.core.masking import mask
from topics.core.matrices import Float64
from topics.themes.evaluation import Judged, bootstrap, curve, decision_measures, generator_for
from topics.themes.labels import Design, shown_text, text_hash
from topics.themes.sheets import Sheet, read_sheet

ALL = "all"
SURE = 0.9  # share of bootstrap draws, and of cuts into folds, in which a threshold from labels must be better
FOLDS, REPEATS = 5, 20
MIN_LABELS = 10  # articles judged to belong to a theme, and as many not to: fewer say too little of where its threshold lies


def design_path(sheet: Path) -> Path:
    """Return where the design of a sheet lies: beside it."""
    return sheet.with_suffix(".design.json")


@dataclass(frozen=True, eq=False)
class Labels:
    """A filled sheet and how it was drawn."""

    design: Design
    sheet: Sheet


def shown_texts(corpus: Corpus, design: Design, *, masked: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Return title and text of each drawn article as a reader sees them."""
    wanted = {item.id: item.text_hash for item in design.documents}
    titles, texts = {}, {}
    for document in corpus:
        if wanted.get(document.info.id) == text_hash(document):
            title, text = document.info.title, shown_text(document)
            titles[document.info.id], texts[document.info.id] = (mask(title), mask(text)) if masked else (title, text)
    return titles, texts


def read_design(sheet: Path, corpus: Corpus) -> Design:
    """Return how a sheet was drawn.

    Raises:
        DataError: sheet or design is missing, or it was drawn from another corpus.
    """
    path = design_path(sheet)
    if not sheet.is_file():
        raise DataError("there is no such file.", where=str(sheet), hint="Name the filled sheet.")
    if not path.is_file():
        hint = f"Put {path.name}, which was written with the sheet, beside it: it holds the inclusion probabilities."
        raise DataError("the design of this sheet is missing.", where=str(sheet), hint=hint)
    design = read_json(path, Design, "the design of a label sheet")
    if design.corpus != corpus.fingerprint:
        what = f"the sheet was drawn from another corpus (study {design.study!r}, {design.n_stories:,} stories)."
        hint = "Its inclusion probabilities do not hold for this one. Score it with the sources that it was drawn from, or draw a new one."
        raise DataError(what, where=str(path), hint=hint)
    return design


def read_labels(path: Path, corpus: Corpus, keys: Sequence[str], *, masked: bool) -> Labels:
    """Read a filled sheet with its design beside it.

    Args:
        path: of the sheet.
        corpus: that it was drawn from.
        keys: of the themes that it may judge.
        masked: whether addresses and numbers are hidden in its texts.

    Raises:
        DataError: missing, damaged, or of another corpus; the message names file, row and column.
    """
    design = read_design(path, corpus)
    return Labels(design, read_sheet(path, design, shown_texts(corpus, design, masked=masked)[1], keys))


@dataclass(frozen=True, eq=False)
class Labelled:
    """One theme's labels: ids in order, and what belongs to each."""

    ids: tuple[str, ...]
    judged: Judged
    languages: npt.NDArray[np.str_]
    halves: npt.NDArray[np.str_]

    def groups(self) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
        """Yield `all` and each language with its rows."""
        yield ALL, np.ones(len(self.ids), dtype=np.bool_)
        for language in sorted(set(self.languages.tolist())):
            yield language, self.languages == language


def label_theme(design: Design, sheet: Sheet, theme: str, ids: Sequence[str], found: tuple[Float64, npt.NDArray[np.bool_]]) -> Labelled:
    """Return one theme's labels in order of ids, so that the order of the rows of a sheet means nothing.

    Args:
        design: of the sheet.
        sheet: what was judged.
        theme: its key.
        ids: of the rows of what was found.
        found: (n_docs,) scores of the theme, and whether it is there.
    """
    drawn = {item.id: item for item in design.documents}
    judged = tuple(sorted(sheet.labels.get(theme, {})))
    place = {identifier: row for row, identifier in enumerate(ids)}
    rows = np.array([place[identifier] for identifier in judged], dtype=np.int64)
    truth = np.array([sheet.labels[theme][identifier] for identifier in judged], dtype=np.bool_)
    weights = np.array([1 / drawn[identifier].probability for identifier in judged], dtype=np.float64)
    languages = np.array([drawn[identifier].language for identifier in judged], dtype=np.str_)
    halves = np.array([drawn[identifier].half for identifier in judged], dtype=np.str_)
    return Labelled(judged, Judged(truth, found[1][rows], found[0][rows].astype(np.float64), weights), languages, halves)


def label_thresholds(
    labels: Labels, keys: Sequence[str], ids: Sequence[str], found: tuple[Float64, npt.NDArray[np.bool_]], seed: int
) -> tuple[float | None, ...]:
    """Return for each theme the score from which labels say that it is there, None where they do not show that it is better.

    It lies in the middle of the gap below the score with the best F1, since the lowest score that happened to be drawn is no border. It is
    taken where the theme has ten labels of either kind and F1 is higher with it than with the decisions as they are in nine of ten
    bootstrap draws and, chosen on four fifths of the labels and used on the fifth, in nine of ten cuts: a hundred labels rarely say that of
    a threshold that is nearly right.

    Args:
        labels: a filled sheet.
        keys: of the themes.
        ids: of the rows of what was found.
        found: (n_docs, n_themes) scores, and decisions as they are, of judged documents at least.
        seed: of the study.
    """
    thresholds: list[float | None] = []
    for column, key in enumerate(keys):
        judged = label_theme(labels.design, labels.sheet, key, ids, (found[0][:, column], found[1][:, column])).judged
        enough = min(int(judged.truth.sum()), int((~judged.truth).sum())) >= MIN_LABELS
        thresholds.append(_better(judged, generator_for(seed, key, "threshold")) if enough else None)
    return tuple(thresholds)


def _better(judged: Judged, generator: np.random.Generator) -> float | None:
    """A threshold that is better than the decisions as they are, also on labels that did not choose it; None where it is not surely so."""
    now = judged.present
    held_out = [_held_out(judged, generator) for _ in range(REPEATS)]
    gains = np.mean([_f1(judged, then, judged.weights[None])[0] > _f1(judged, now, judged.weights[None])[0] for then in held_out])
    cut, draws = best_cut(judged), bootstrap(judged, generator)
    then = draws.judged.scores >= cut
    surer = np.mean(_f1(draws.judged, then, draws.weights) > _f1(draws.judged, draws.judged.present, draws.weights))
    return cut if min(gains, surer) >= SURE else None


def _held_out(judged: Judged, generator: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Decisions on each of five parts by the threshold of the four others."""
    part = generator.permutation(len(judged)) % FOLDS
    found = np.zeros(len(judged), dtype=np.bool_)
    for number in range(FOLDS):
        taught = part != number
        found[~taught] = judged.scores[~taught] >= best_cut(judged.only(taught))
    return found


def _f1(judged: Judged, present: npt.NDArray[np.bool_], weights: Float64) -> Float64:
    return np.nan_to_num(decision_measures(replace(judged, present=present), weights)["f1"])


def best_cut(judged: Judged) -> float:
    """Return the middle, on the scale of log-odds, of the gap below the score with the best F1; some label must say yes."""
    found = curve(judged, judged.weights[None])
    best = float(found.thresholds[int(np.argmax(np.nan_to_num(found.f1[0])))])
    below = judged.scores[judged.scores < best]
    return float(expit((logit(_inside(best)) + logit(_inside(float(below.max())))) / 2)) if below.size else best


def _inside(score: float) -> float:
    return min(max(score, 1e-6), 1 - 1e-6)
