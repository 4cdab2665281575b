"""The commands `topics label sample` and `topics label score`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

Json = Annotated[bool, Parameter(negative=(), help="Print exactly one JSON object.")]


def label_app(write: Callable[[str], None], write_json: Callable[[object], None]) -> App:
    """Return the commands of `topics label`; results go to the two writers."""
    label = App(name="label", help="Check themes with few labels: `label sample` writes a sheet to fill, `label score` reads it back.")

    _add_sample(label, write)
    _add_score(label, write, write_json)
    return label


def _add_sample(label: App, write: Callable[[str], None]) -> None:
    @label.command
    def sample(study: Path, *, n: int = 100, out: Path | None = None) -> None:
        """Draw articles to be judged and write them as a CSV sheet, blind to score and date. Prints the path of the sheet.

        Each theme has a column to be filled with 1 (belongs), 0 (does not) or nothing (not judged). Beside the sheet stands its
        design (.design.json), with the probability of each article to be drawn; the reader need not see it, `label score` does.

        Example: topics label sample reports/sample.toml --n 100 --out labels.csv

        Example: topics label sample reports/sample.toml

        Parameters
        ----------
        study
            The study file (TOML).
        n
            Articles to draw.
        out
            The sheet; default `<name>_labels.csv` beside the study file. A file that is there is never replaced.
        """
        from topics.labelling import sample_labels
        from topics.study import open_study

        write(str(sample_labels(open_study(study), n, out)[0]))


def _add_score(label: App, write: Callable[[str], None], write_json: Callable[[object], None]) -> None:
    @label.command
    def score(
        study: Path, sheet: Path, *, second: Path | None = None, fpr: float = 0.05, out: Path | None = None, json: Json = False
    ) -> None:
        """Measure the themes of a study by a filled sheet: precision, recall, F1, PR-AUC, drift, thresholds, terms.

        Example: topics label score reports/sample.toml labels.csv --second labels_of_another.csv --out checked

        Example: topics label score reports/sample.toml labels.csv --fpr 0.01 --json

        Parameters
        ----------
        study
            The study file (TOML); themes and terms may have changed since the sheet was drawn, its sources may not.
        sheet
            The filled sheet, with its design beside it.
        second
            The same sheet filled by another reader, for Cohen's kappa.
        fpr
            False-positive rate to which the second proposed threshold keeps.
        out
            Folder for labels.json and the tables.
        """
        from topics.artifacts.store import check_outside
        from topics.labelling import score_labels
        from topics.report.labels import label_text, write_labels
        from topics.study import open_study

        opened = open_study(study)
        if out is not None:
            check_outside(out, [opened.file.base / source.path for source in opened.config.sources])
        found = score_labels(opened, sheet, second=second, max_fpr=fpr)
        if out is not None:
            write_labels(found, out)
        write_json(found.report) if json else write(label_text(found.report))
