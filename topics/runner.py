"""Runs a whole study and publishes everything that it writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from topics.artifacts.manifest import FILE_NAME, Provenance, make_manifest, write_manifest
from topics.artifacts.store import check_writable, flush, replace_directory
from topics.config import StudyFile
from topics.core.errors import UsageError
from topics.engine import Engine
from topics.outputs import all_tables, write_quarantine
from topics.pipeline import Study
from topics.progress import stage
from topics.report.figures import Figure, make_figures
from topics.report.render import render_explorer, render_report


def _check_out(file: StudyFile, out: Path) -> None:
    for source in file.config.sources:
        folder = (file.base / source.path).resolve()
        if out == folder or folder in out.parents:
            hint = "Choose another folder with --out: a later run would read its own output."
            raise UsageError(f"the output folder lies inside the source {source.path!r}.", where=str(out), hint=hint)
    check_writable(out)


def run(file: StudyFile, out: Path | None = None, engine: Engine | None = None) -> Path:
    """Run a study and return the path of its report.

    Raises:
        UsageError: the output folder cannot be used, or another run is writing there.
    """
    study = Study(file, out, engine)
    _check_out(file, study.out)
    lock = FileLock(study.out.with_name(f".{study.out.name}.lock"))
    try:
        with lock.acquire(timeout=0):
            return _write(study)
    except Timeout as error:
        raise UsageError(
            "another run is writing here.", where=str(study.out), hint="Wait for it, or choose another folder with --out."
        ) from error


def _write(study: Study) -> Path:
    aside = study.out / ".new"
    if aside.exists():
        shutil.rmtree(aside)
    (aside / "tables").mkdir(parents=True)
    (aside / "figures").mkdir()
    for name, text in all_tables(study):
        (aside / "tables" / name).write_text(text, encoding="utf-8", newline="\n")
    stage("drawing figures and writing the report")
    figures: dict[str, Figure] = make_figures(study)
    for figure in figures.values():
        (aside / "figures" / f"{figure.name}.svg").write_text(figure.svg + "\n", encoding="utf-8", newline="\n")
    pages: dict[str, Callable[[], str]] = {
        "index.html": lambda: render_report(study, figures),
        "explorer.html": lambda: render_explorer(study),
    }
    for page, render in pages.items():
        (aside / page).write_text(render(), encoding="utf-8", newline="\n")
    write_quarantine(aside / "quarantine.jsonl", study.account)
    _publish(study, aside)
    return study.out / "index.html"


def _publish(study: Study, aside: Path) -> None:
    flush(aside)
    for part in sorted(aside.iterdir()):
        if part.is_dir():
            replace_directory(part, study.out / part.name)
        else:
            part.replace(study.out / part.name)
    aside.rmdir()
    (study.out / FILE_NAME).unlink(missing_ok=True)
    origin = Provenance(study.config.study, study.seed, {"corpus": study.corpus.fingerprint})
    manifest = make_manifest(study.out, "report", origin)
    write_manifest(study.out, manifest)
