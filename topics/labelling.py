"""Checking themes with few labels: a sheet for a reader, and what the filled sheet says of the themes' scores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from topics.artifacts.store import check_outside, check_writable
from topics.core.documents import Corpus
from topics.core.errors import UsageError
from topics.pipeline import Study
from topics.progress import stage
from topics.tables import Cell, render_csv
from topics.themes.evaluation import Measures, Rates, bootstrap, generator_for, measure, rates
from topics.themes.judging import Agreement, Drift, Threshold, agreement, drift, propose_threshold
from topics.themes.labelled import ALL, Labelled, design_path, label_theme, read_design, shown_texts
from topics.themes.labels import Design, draw_sample
from topics.themes.reliance import TermHits, TermReliance, rely, term_hits
from topics.themes.sheets import FIXED, Sheet, read_sheet

ERRORS = ("theme", "id", "language", "label", "present", "score", "weight", "title")


class LabelReport(msgspec.Struct, frozen=True):
    """What a filled sheet says.

    Args:
        sheet: name of the file.
        n_stories: one copy a story: what was sampled from.
        n_drawn: articles drawn.
        n_judged: articles with a judgement for at least one theme.
        measures: a row for each theme and language, `all` first.
        warnings: what a reader of the measures should know.
    """

    study: str
    sheet: str
    n_stories: int
    n_drawn: int
    n_judged: int
    measures: tuple[Measures, ...]
    drift: tuple[Drift, ...]
    thresholds: tuple[Threshold, ...]
    terms: tuple[TermReliance, ...]
    agreement: tuple[Agreement, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Scored:
    """What a sheet says.

    Args:
        report: to be shown.
        rates: of each (theme, language), `all` among the languages; for `adjusted_share`.
        errors: the articles where label and decision differ, in the columns of `ERRORS`.
    """

    report: LabelReport
    rates: dict[tuple[str, str], Rates]
    errors: tuple[tuple[Cell, ...], ...]


def _write(path: Path, data: bytes) -> None:
    """Write a file whole."""
    aside = path.with_name(f".{path.name}.tmp")
    with aside.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    aside.replace(path)


def sample_labels(study: Study, n: int, out: Path | None = None) -> tuple[Path, Design]:
    """Draw articles and write the sheet to be filled, and its design beside it.

    Args:
        study: an open study with themes.
        n: articles to draw.
        out: the sheet; None is `<name>_labels.csv` beside the study file.

    Returns:
        The path of the sheet, and the design.

    Raises:
        UsageError: no themes, n below 1, a file is there already, or it would lie inside a source.
    """
    path = (out or study.file.base / f"{study.config.study.name}_labels.csv").resolve()
    if path.suffix.lower() != ".csv":
        raise UsageError(
            "the sheet is written as a CSV table, and this name says otherwise.", where=str(path), hint="Give it a name that ends in .csv."
        )
    check_outside(path, [study.file.base / source.path for source in study.config.sources])
    check_writable(path.parent)
    design = draw_sample(study.corpus, study.theme_scores, n, study=study.config.study.name, seed=study.seed)
    titles, texts = shown_texts(study.corpus, design, masked=study.config.study.mask)
    blank = [None] * len(design.themes)
    rows = ((item.id, titles[item.id], texts[item.id], item.text_hash, *blank) for item in design.documents)
    sheet = render_csv((*FIXED, *design.themes), rows).encode()
    plan = msgspec.json.format(msgspec.json.encode(design, order="sorted"), indent=1) + b"\n"
    files = ((design_path(path), plan), (path, sheet))
    for target, data in files:
        if target.exists() and target.read_bytes() != data:
            raise UsageError("this file is there already and may hold labels.", where=str(target), hint="Name another one with --out.")
    for target, data in files:
        _write(target, data)
    return path, design


def _errors(corpus: Corpus, theme: str, found: Labelled) -> Iterator[tuple[Cell, ...]]:
    titles = {info.id: info.title for info in corpus.infos}
    judged = found.judged
    for row in np.flatnonzero(judged.truth != judged.present):
        numbers = (bool(judged.truth[row]), bool(judged.present[row]), float(judged.scores[row]), float(judged.weights[row]))
        yield theme, found.ids[row], str(found.languages[row]), *numbers, titles[found.ids[row]]


def _agreement(design: Design, first: Sheet, second: Sheet, seed: int) -> Iterator[Agreement]:
    probability = {item.id: item.probability for item in design.documents}
    for theme in (theme for theme in design.themes if theme in first.labels and theme in second.labels):
        one, other = first.labels[theme], second.labels[theme]
        ids = sorted(one.keys() & other.keys())
        a, b = (np.array([labels[identifier] for identifier in ids], dtype=np.bool_) for labels in (one, other))
        weights = np.array([1 / probability[identifier] for identifier in ids], dtype=np.float64)
        yield agreement(a, b, weights, generator_for(seed, theme, "kappa"), theme=theme)


def _warnings(study: Study, design: Design, path: Path, sheet: Sheet, measures: list[Measures]) -> Iterator[str]:
    if study.file.labels == path.resolve():
        yield "thresholds of this study come from this very sheet, so what it says of decisions flatters; a second sheet would not"
    if not any(sheet.labels.values()):
        yield "no article was judged: fill the columns of the themes with 1 or 0"
    if sheet.n_rows < len(design.documents):
        yield f"{len(design.documents) - sheet.n_rows} of {len(design.documents)} drawn articles are not in the sheet: taken as not judged"
    for theme in study.theme_scores.keys:
        labels = sheet.labels.get(theme)
        if labels is None:
            yield f"theme {theme!r} has no column in the sheet, so nothing is known of it"
        elif len(labels) < sheet.n_rows:
            blank = sheet.n_rows - len(labels)
            yield f"theme {theme!r}: {blank} articles are blank; what is said holds if those were left out by chance, as the last rows are"
    for item in measures:
        if item.language == ALL and item.n_judged and not item.n_positive:
            yield f"theme {item.theme!r}: no judged article belongs to it, so recall, F1 and threshold are unknown"


def _measured(study: Study, theme: str, found: Labelled) -> Iterator[tuple[Measures, Rates, Drift]]:
    for language, rows in found.groups():
        judged = found.judged.only(rows)
        generator = generator_for(study.seed, theme, language)
        draws = bootstrap(judged, generator)
        moved = drift(judged, found.halves[rows], generator, theme=theme, language=language)
        yield measure(judged, theme, language, draws), rates(judged, draws), moved


def _terms(study: Study, found: dict[str, Labelled]) -> Iterator[TermReliance]:
    hits: dict[str, TermHits] = {item.theme: item for item in term_hits(study.corpus, study.themes)}
    for theme in study.themes:
        groups = list(found[theme.key].groups()) if theme.key in found else []
        judged = {language: found[theme.key].judged.only(rows) for language, rows in groups}
        ids = {language: tuple(np.array(found[theme.key].ids, dtype=object)[rows].tolist()) for language, rows in groups}
        yield from rely(theme, hits[theme.key], judged, ids)


def score_labels(study: Study, path: Path, *, second: Path | None = None, max_fpr: float = 0.05) -> Scored:
    """Read a filled sheet and measure the study's theme scores by it.

    The scores are those of the study as it is now: a sheet stays good when themes, terms or the scorer change, not when the corpus does.

    Args:
        study: whose corpus the sheet was drawn from.
        path: the sheet; its design lies beside it.
        second: the same sheet filled by another reader.
        max_fpr: false-positive rate to which the second proposed threshold keeps.

    Raises:
        DataError: the sheet or its design is missing, damaged or of another corpus; the message names file, row and column.
        UsageError: a false-positive rate outside 0 to 1.
    """
    if not 0 <= max_fpr <= 1:
        raise UsageError(f"this is {max_fpr}, allowed is 0 to 1.", where="--fpr", hint="For example 0.05.")
    design, scores = read_design(path, study.corpus), study.theme_scores
    texts = shown_texts(study.corpus, design, masked=study.config.study.mask)[1]
    sheet = read_sheet(path, design, texts, scores.keys)
    other = read_sheet(second, design, texts, scores.keys) if second else None
    stage("measuring %d theme(s) by %d articles", len(sheet.labels), sheet.n_rows)
    columns = {theme: scores.keys.index(theme) for theme in sheet.labels}
    found = {
        theme: label_theme(design, sheet, theme, scores.doc_ids, (scores.scores[:, column].astype(np.float64), scores.present[:, column]))
        for theme, column in columns.items()
    }
    rows = [(theme, *item) for theme, one in found.items() for item in _measured(study, theme, one)]
    measures = [item for _, item, _, _ in rows]
    report = LabelReport(
        study=study.config.study.name,
        sheet=path.name,
        n_stories=design.n_stories,
        n_drawn=len(design.documents),
        n_judged=len({identifier for labels in sheet.labels.values() for identifier in labels}),
        measures=tuple(measures),
        drift=tuple(moved for _, _, _, moved in rows),
        thresholds=tuple(
            propose_threshold(one.judged, generator_for(study.seed, theme, "threshold"), theme=theme, max_fpr=max_fpr)
            for theme, one in found.items()
        ),
        terms=tuple(_terms(study, found)),
        agreement=tuple(_agreement(design, sheet, other, study.seed)) if other else (),
        warnings=tuple(_warnings(study, design, path, sheet, measures)),
    )
    errors = tuple(row for theme, one in found.items() for row in _errors(study.corpus, theme, one))
    return Scored(report, {(theme, item.language): rate for theme, item, rate, _ in rows}, errors)
