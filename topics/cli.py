"""The command line. stdout carries the result alone, progress and errors go to stderr, exit codes say what happened."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from topics import __version__
from topics.cli_artefacts import add_artefacts
from topics.cli_label import label_app
from topics.cli_machine import add_machine
from topics.core.errors import TopicsError
from topics.engine import EngineName

QUIET = "--quiet"
DryRun = Annotated[bool, Parameter(negative=())]
Json = Annotated[bool, Parameter(negative=(), help="Print exactly one JSON object.")]

app = App(
    name="topics",
    suppress_keyboard_interrupt=False,
    version=__version__,
    help="Topics, themes and trends of dated news in English and Vietnamese.\n\nExample: topics run reports/sample.toml\n\n"
    "Every command says on stderr what it does; with --quiet, errors alone.",
)


def _print(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _print_json(value: object) -> None:
    import msgspec

    _print(msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2).decode())


@app.command
def run(study: Path, *, out: Path | None = None, engine: EngineName = "local", scheduler: str = "", dry_run: DryRun = False) -> None:
    """Run a whole study; only what is not done yet is computed. Prints the path of the report.

    Example: topics run reports/sample.toml --out /tmp/sample

    Example: topics run reports/sample.toml --dry-run

    Keys of a study file: [study] name, title, seed, as_of, timezone, mask, theme_files, labels. [[sources]] path, format, columns,
    preset, language, encoding, bad_bytes, repair, day_first, date_numbers,
    clashing_ids, exclude. [dates] founded, min_confidence.
    [preprocessing] min_df, max_df, max_terms, phrases, segmenter, lexicon, stop_words, corpus_stop_words, leave_out.
    [embedding] backend, folder, dimensions, aligned.
    [models.NAME] the model's own. [[themes]] key, label, terms, exclude,
    definition, examples, counterexamples. [trends] period, weighting,
    events, compare, lead_lag, refits. [report] curation.

    Parameters
    ----------
    study
        The study file (TOML).
    out
        Folder for everything that is written; default `out/<name>` beside the study file.
    engine
        Where documents are read: in this process, a pool of processes, or a Dask cluster.
    scheduler
        Address of a running Dask scheduler; without one a cluster of this machine is made.
    dry_run
        Say of each stage whether it is kept or would be computed, and why; nothing is computed or written.
    """
    from topics.progress import stage

    stage("opening %s", study)  # loading the libraries takes seconds
    from topics.config import read_study
    from topics.engine import Engine

    if dry_run:
        from topics.pipeline import Study
        from topics.plan import plan, plan_text

        _print(plan_text(plan(Study(read_study(study), out))))
        return
    from topics.runner import run as run_study

    _print(str(run_study(read_study(study), out, Engine(engine, scheduler))))


@app.command
def check(*paths: Path, as_of: date | None = None, json: Json = False) -> None:
    """Read inputs and fit nothing: counts, languages, dates, copies, quarantine.

    Example: topics check corpus/sample --json

    Example: topics check reports/sample.toml

    Parameters
    ----------
    paths
        Files and folders; or one study file (TOML), whose sources are read with their columns, encodings and dates.
    as_of
        Last day that a publication date can have; a study file states its own.
    """
    from topics.config import DEFAULT_ZONE, read_study
    from topics.core.errors import UsageError
    from topics.ingest.stories.proposals import propose_events
    from topics.reading import read_paths, read_sources
    from topics.report.check import check_summary, check_text
    from topics.stages import plugins

    if not paths:
        raise UsageError("name at least one file or folder.", where="topics check", hint="For example: topics check corpus/sample")
    studies = [path for path in paths if path.suffix.lower() == ".toml"]
    if studies and (len(paths) > 1 or as_of):
        hint = "Set as_of in the study file." if as_of else "Check the other paths by a call of their own."
        raise UsageError("a study file is checked by itself, without other paths or --as-of.", where=str(studies[0]), hint=hint)
    corpus, account = read_sources(read_study(studies[0])) if studies else read_paths(paths, zone=DEFAULT_ZONE, as_of=as_of)
    summary = check_summary(corpus, account, propose_events(corpus, plugins()[1]))
    _print_json(summary) if json else _print(check_text(summary))


@app.command
def themes(study: Path, *, out: Path | None = None, json: Json = False) -> None:
    """Show what the terms of a study's themes find: by term, language, source and period; terms to drop, terms to add.

    No model is fitted; the corpus is kept in the study's own output folder.

    Example: topics themes reports/sample.toml

    Example: topics themes reports/sample.toml --out themes

    Parameters
    ----------
    study
        The study file (TOML).
    out
        Folder for theme_coverage.csv and theme_candidates.csv.
    """
    from topics.artifacts.store import check_outside, check_writable, writing
    from topics.report.coverage import coverage_summary, coverage_text, study_coverage, write_coverage
    from topics.study import open_study

    opened = open_study(study)
    if out:
        check_outside(out, [opened.file.base / source.path for source in opened.config.sources])
        check_writable(out)
    coverage = study_coverage(opened)
    if out:
        with writing(out):
            write_coverage(coverage, out)
    summary = coverage_summary(coverage)
    _print_json(summary) if json else _print(coverage_text(summary))


@app.command
def fit(model: str, study: Path, *, out: Path, topics: str = "", seeds: int = 5, resamples: int = 5) -> None:
    """Fit one model of a study and keep it as an artefact; or compare several numbers of topics and propose one.

    Prints the artefact's folder, or the proposal and the folder of its table and figure.

    Example: topics fit lda reports/sample.toml --out models/lda

    Example: topics fit lda reports/sample.toml --topics 10:60:10 --out models/lda_sweep

    Parameters
    ----------
    model
        lda, bertopic, or any installed model; settings come from the study.
    study
        The study file (TOML).
    out
        Folder of the artefact, or of table and figure; the corpus is kept in the study's own output folder.
    topics
        Number of topics in place of the study's; or several (first:last:step, or 10,20,40), which are compared and not kept.
    seeds
        Fits from other seeds at each of several numbers.
    resamples
        Parts that the articles are cut into; at each of several numbers, each part is once left out and predicted.
    """
    from topics.artifacts.lock import hold
    from topics.artifacts.store import check_outside, check_replaceable, check_writable, writing
    from topics.study import open_study

    opened = open_study(study)
    opened.check_model(model)
    numbers: tuple[int, ...] = ()
    if topics:
        from topics.sweep import make_plan, parse_numbers, sweep_topics, with_topics  # with the libraries that draw, which take seconds

        numbers, plan = parse_numbers(topics), make_plan(seeds, resamples, opened.seed)
    check_outside(out, [opened.file.base / source.path for source in opened.config.sources])
    check_replaceable(out)
    check_writable(out.resolve().parent)
    check_writable(opened.out)
    with writing(out), hold(opened.out):
        if len(numbers) > 1:
            found = sweep_topics(opened, numbers, model=model, plan=plan, out=out.resolve())
            _print("\n".join([*found.proposal.sentences, str(out)]))
            return
        (with_topics(opened, model, numbers[0]) if numbers else opened).fit(model, out.resolve())
    _print(str(out))


@app.command
def refit(study: Path, *, previous: Path, out: Path, embedding_folder: Path | None = None) -> None:
    """Fit a model anew on a study's grown corpus; topics that came back keep the ids and names of an earlier artefact.

    Example: topics refit reports/sample.toml --previous models/lda_2024 --out models/lda_2025

    Example: topics refit study.toml --previous models/bertopic_2024 --out models/bertopic_2025 --embedding-folder models/e5

    Parameters
    ----------
    study
        The study file (TOML), with a model of the earlier artefact's kind.
    previous
        Folder of the earlier artefact, which stays as it is.
    out
        Folder of the new one, with topic_ids.json, topic_events_MODEL.csv and topic_seam_MODEL.csv.
    embedding_folder
        Folder of the model that makes the vectors of the earlier artefact, where it moved.
    """
    from topics.artifacts.lock import hold
    from topics.artifacts.store import writing
    from topics.reuse.refit import check_place
    from topics.reuse.refit import refit as fit_again
    from topics.study import open_study

    opened = open_study(study)
    check_place(opened, previous, out)
    with writing(out), hold(opened.out):
        fit_again(opened, previous, out.resolve(), embedding_folder)
    _print(str(out))


@app.command
def transform(artefact: Path, *paths: Path, out: Path | None = None, embedding_folder: Path | None = None, json: Json = False) -> None:
    """Send new documents through a saved model: topics, themes, fit, novelty, unknown words.

    Documents are read, sent and written part by part; rows stand in the order of the documents' content.

    Example: topics transform reports/out/sample/artifacts/lda new_articles/ --out new_results

    Example: topics transform reports/out/sample/artifacts/lda new.toml --json

    Parameters
    ----------
    artefact
        Folder of a model artefact; every hash of it is recomputed first.
    paths
        Files and folders with the new documents; or one study file (TOML), whose sources are read with their columns, encodings and dates.
    out
        Folder for transform.csv, document_topics.csv, document_themes.csv and quarantine.jsonl; without it the table goes to stdout.
    embedding_folder
        Folder of the model that makes the vectors, where it is no longer found as the study names it; where the study's vectors were
        made elsewhere, the folder with those of the new documents.
    """
    from topics.artifacts.store import check_outside, check_writable, writing
    from topics.core.errors import UsageError
    from topics.reading import check_not_in_artefact, places, read_new
    from topics.report.transformed import write_answers
    from topics.reuse.artefact import load_artifact

    if not paths:
        raise UsageError(
            "name at least one file or folder with documents.", where="topics transform", hint="For example: topics transform ARTEFACT new/"
        )
    loaded = load_artifact(artefact, embedding_folder)
    if out is not None:
        check_outside(out, places(paths))
        check_not_in_artefact(out, artefact)
    new = read_new(paths, zone=loaded.study.timezone, repeated=loaded.repeated)
    if out is not None:
        check_writable(out)
    with writing(out) if out is not None else nullcontext():
        write_answers(loaded, new, out, sys.stdout.write, json=json)


add_machine(app, _print, _print_json)
add_artefacts(app, _print, _print_json)
app.command(label_app(_print, _print_json))


def main(arguments: list[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    from topics.progress import show_progress

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else arguments
    if QUIET not in given:
        show_progress()
    _stop_as_interrupted()
    try:
        app([argument for argument in given if argument != QUIET], exit_on_error=False, print_error=False)
    except TopicsError as error:
        _fail(str(error), error.exit_code)
    except CycloptsError as error:
        _fail(f"{error} `topics --help` lists the commands.", 2)
    except MemoryError:
        _fail("memory ran out; free some, or give less at a time; finished stages stay, and the same command goes on from them.", 2)
    except KeyboardInterrupt:
        _fail("interrupted; the same command goes on from the last finished stage.", 130)
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None


def _stop_as_interrupted() -> None:
    """Let a polite kill end a command as Ctrl-C does: with a message, and nothing half-written."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _fail(message: str, code: int) -> None:
    printable = "".join(char if char.isprintable() or char == "\n" else repr(char)[1:-1] for char in message)
    sys.stderr.write(f"topics: error: {printable}\n")
    raise SystemExit(code)
