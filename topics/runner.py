"""Runs a whole study and publishes everything that it writes."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import msgspec

from topics.artifacts.lock import hold
from topics.artifacts.manifest import FILE_NAME, OWNER_NAME, Provenance, is_passing, list_files, manifest_of, write_manifest
from topics.artifacts.store import check_outside, check_writable, recover, replace_directory, replace_parts, writing
from topics.claims.check import made_with
from topics.claims.make import claim_tables, make_claims, setting_of
from topics.claims.reading import Tables, reads
from topics.claims.records import Claim
from topics.config import StudyFile
from topics.core.errors import UsageError
from topics.engine import Engine
from topics.exchange.package import write_package
from topics.pipeline import Study, check_periods, stale_artifacts
from topics.progress import stage, track
from topics.quarantine import write_quarantine
from topics.report.explorer.page import render_explorer
from topics.report.pages import FILES, write_pages
from topics.report.pdf import check_pdf
from topics.run_tables import run_tables

OURS = {"artifacts", "tables", "figures", *FILES, "explorer.html", "quarantine.jsonl", FILE_NAME, ".new"}


def _check_out(file: StudyFile, out: Path) -> None:
    """Refuse an output folder inside a source, one that holds anything but an earlier run, or one that cannot be written."""
    check_outside(out, [file.base / source.path for source in file.config.sources])
    present = [path.name for path in out.iterdir() if not is_passing(path.name)] if out.is_dir() else []
    if present:
        foreign = sorted(name for name in present if name not in OURS)
        earlier = (out / FILE_NAME).is_file() or any(out.glob(f"artifacts/*/{FILE_NAME}"))
        stopped = (out / OWNER_NAME).is_file() or not any(path.is_file() for path in out.rglob("*"))
        if foreign or not (earlier or stopped):
            what = f"this holds other files ({', '.join(foreign[:3]) or 'no earlier run of a study'})."
            raise UsageError(what, where=str(out), hint="Choose a new or empty folder with --out; nothing was changed.")
    if file.config.report.pdf:
        check_pdf()
    check_writable(out)


def run(file: StudyFile, out: Path | None = None, engine: Engine | None = None, *, finished: Path | None = None) -> Path:
    """Run a study and return the path of its report.

    Args:
        file: the study.
        out: folder to write; None takes `out/<name>` beside the study file.
        engine: where chunk functions run.
        finished: artefacts of the same study elsewhere, which are taken over.

    Raises:
        UsageError: the output folder cannot be used, or another run is writing there.
        MissingPartError: a PDF is asked for that cannot be made here; nothing was computed.
    """
    study = Study(file, out, engine)
    _check_out(file, study.out)
    with writing(study.out), hold(study.out), study.engine:
        for folder in (study.out, study.artifacts):
            recover(folder)
        if finished is not None:
            _take_over(finished, study.artifacts)
        return _write(study)


def _take_over(finished: Path, artifacts: Path) -> None:
    """Copy artefacts that stand elsewhere in the place of what is here; whether they are of use is for each stage to say."""
    for source in sorted(path for path in finished.iterdir() if (path / FILE_NAME).is_file()) if finished.is_dir() else ():
        target = artifacts / source.name
        if source.resolve() != target.resolve():
            aside = artifacts / f".{source.name}.tmp"
            artifacts.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, aside)
            replace_directory(aside, target)


def _write(study: Study) -> Path:
    aside = study.out / ".new"
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, aside, ignore_errors=True)  # whatever happens, no half report stays behind
        if aside.exists():
            shutil.rmtree(aside)
        _fill(study, aside)
        _publish(study, aside)
    return study.out / "index.html"


def _write_tables(study: Study, folder: Path) -> tuple[Tables, tuple[Claim, ...]]:
    """Write every table, those of the claims that can be made from them, and what they all hold."""
    read: dict[str, str] = {}
    tables = tuple(run_tables(study))
    for table in track(tables, "writing tables", len(tables)):
        text = table.csv()
        (folder / table.file).write_text(text, encoding="utf-8", newline="\n")
        if reads(table.name):
            read[table.name] = text
    stage("saying what can be said of the trends")
    claims = make_claims(read, setting_of(study.config))
    for name, text in claim_tables(claims):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    write_package(folder, study.config.study.name, study.config.study.title)
    return Tables(read), claims


def _fill(study: Study, aside: Path) -> None:
    """Write everything but the artefacts into a folder aside."""
    check_periods(study)
    (aside / "tables").mkdir(parents=True)
    tables, claims = _write_tables(study, aside / "tables")
    stage("drawing figures and writing the report")
    write_pages(study, tables, claims, aside)
    (aside / "explorer.html").write_text(render_explorer(study, study.config.report.language), encoding="utf-8", newline="\n")
    write_quarantine(aside / "quarantine.jsonl", study.account)


def _publish(study: Study, aside: Path) -> None:
    """Put the report in the place of an earlier one, and take out the models and pages that it does not know."""
    stale = stale_artifacts(study, study.fitted)
    gone = {path.name for path in stale}
    kept = [item for item in list_files(study.artifacts) if item.path.partition("/")[0] not in gone]
    artifacts = [msgspec.structs.replace(item, path=f"{study.artifacts.name}/{item.path}") for item in kept]
    files = tuple(sorted([*list_files(aside), *artifacts], key=lambda item: item.path))
    inputs = {"corpus": study.corpus.fingerprint, **({"curation": study.file.curation.digest} if study.file.curation.entries else {})}
    origin = Provenance(study.config, study.seed, inputs, made_with())
    write_manifest(aside, manifest_of(files, "report", origin))
    earlier = [study.out / name for name in FILES if (study.out / name).exists() and not (aside / name).exists()]
    replace_parts(aside, study.out, [*stale, *earlier])
