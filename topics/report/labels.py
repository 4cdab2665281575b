"""What a label sheet says, as lines to read and as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from topics.artifacts.store import check_writable
from topics.core.codecs import write_json
from topics.labelling import ERRORS, LabelReport, Scored
from topics.tables import Cell, render_csv
from topics.themes.evaluation import Estimate
from topics.themes.labelled import ALL

MEASURED = ("precision", "recall", "f1", "fpr", "pr_auc", "prevalence")
MEASURES = ("theme", "language", "measure", "value", "low", "high", "n_judged", "n_positive", "n_present")
DRIFT = ("theme", "language", "rate", "half", "value", "low", "high", "moved")
THRESHOLDS = ("theme", "best", "low", "high", "f1", "fpr", "max_fpr", "limited", "recall")
TERMS = ("theme", "language", "term", "n_found", "n_lost", "n_theme", "f1", "f1_without", "hangs")
AGREEMENT = ("theme", "n_both", "n_equal", "kappa", "low", "high")


def _shown(found: Estimate) -> str:
    return "unknown" if math.isnan(found.value) else f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _number(value: float) -> str:
    return "unknown" if math.isnan(value) else f"{value:.2f}"


def label_text(report: LabelReport) -> str:
    """Return the report as lines to read; every pair of brackets holds a 95 % interval."""
    lines = [f"{report.sheet}: {report.n_judged} of {report.n_drawn} drawn articles judged, for {report.n_stories:,} stories"]
    for item in report.measures:
        counts = f"{item.n_judged} judged, {item.n_positive} belong, {item.n_present} taken"
        head = f"{item.theme} [{item.language}]: {counts}"
        lines.append(f"{head}; " + ", ".join(f"{name} {_shown(getattr(item, name))}" for name in MEASURED))
    lines += [f"drift: {item.theme} [{item.language}]: {item.sentence}" for item in report.drift if item.language == ALL or item.moved]
    for one in report.thresholds:
        at = f"{one.best:.4g} ({one.low:.4g} to {one.high:.4g})"
        best = f"best F1 {_number(one.f1)} at {at}, where the false-positive rate is {_number(one.fpr)}"
        limited = f"a false-positive rate of at most {one.max_fpr:g} from {one.limited:.4g} on, recall {_number(one.recall)}"
        if not math.isnan(one.best):
            caveat = "chosen on these few labels, so it flatters"
            lines.append(f"threshold: {one.theme}: {best}; {limited if not math.isnan(one.limited) else 'none keeps the rate'}; {caveat}")
    for term in (term for term in report.terms if term.hangs):
        f1 = "" if math.isnan(term.f1) else f"; F1 {term.f1:.2f}, without it {_number(term.f1_without)}"
        lines.append(
            f"hangs on one term: {term.theme} [{term.language}]: {term.term!r} alone holds {term.n_lost} of {term.n_theme} stories{f1}"
        )
    lines += [f"kappa: {item.theme}: {_shown(item.kappa)}, {item.n_equal} of {item.n_both} judged alike" for item in report.agreement]
    return "\n".join([*lines, *(f"warning: {sentence}" for sentence in report.warnings)])


def _drift_rows(report: LabelReport) -> Iterator[tuple[Cell, ...]]:
    for item in report.drift:
        for rate in ("tpr", "fpr"):
            for half in ("first", "second"):
                found: Estimate = getattr(item, f"{rate}_{half}")
                yield item.theme, item.language, rate, half, found.value, found.low, found.high, item.moved


def label_tables(scored: Scored) -> Iterator[tuple[str, str]]:
    """Yield (file name, CSV text)."""
    report = scored.report
    measures: list[tuple[Cell, ...]] = []
    for item in report.measures:
        for name in MEASURED:
            found: Estimate = getattr(item, name)
            counts = (item.n_judged, item.n_positive, item.n_present)
            measures.append((item.theme, item.language, name, found.value, found.low, found.high, *counts))
    yield "label_measures.csv", render_csv(MEASURES, measures)
    yield "label_drift.csv", render_csv(DRIFT, _drift_rows(report))
    yield "label_thresholds.csv", render_csv(THRESHOLDS, ([getattr(one, name) for name in THRESHOLDS] for one in report.thresholds))
    yield "label_terms.csv", render_csv(TERMS, ([getattr(one, name) for name in TERMS] for one in report.terms))
    kappas = ((one.theme, one.n_both, one.n_equal, one.kappa.value, one.kappa.low, one.kappa.high) for one in report.agreement)
    yield "label_agreement.csv", render_csv(AGREEMENT, kappas)
    yield "label_errors.csv", render_csv(ERRORS, scored.errors)


def write_labels(scored: Scored, out: Path) -> None:
    """Write labels.json and the tables into a folder; files of these names are replaced, others stay."""
    check_writable(out)
    for name, text in label_tables(scored):
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    write_json(out / "labels.json", scored.report)
