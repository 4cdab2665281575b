"""The commands about what was made before: `topics compare`, `topics verify`, `topics export`, `topics merge`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

Json = Annotated[bool, Parameter(negative=(), help="Print exactly one JSON object.")]


def add_artefacts(app: App, write: Callable[[str], None], write_json: Callable[[object], None]) -> None:
    """Add the commands; what they find goes to the two writers."""
    _add_checks(app, write, write_json)
    _add_export(app, write)
    _add_merge(app, write)


def _add_checks(app: App, write: Callable[[str], None], write_json: Callable[[object], None]) -> None:
    @app.command
    def compare(a: Path, b: Path, *, json: Json = False) -> None:
        """Match the topics of two artefacts over the documents that both know.

        Example: topics compare reports/out/sample/artifacts/lda reports/out/sample/artifacts/bertopic

        Example: topics compare models/lda_2024 models/lda_2025 --json

        Parameters
        ----------
        a
            Folder of a model artefact.
        b
            Folder of another.
        """
        from topics.report.compared import COLUMNS, compare_artifacts
        from topics.tables import render_csv

        found = compare_artifacts(a, b)
        write_json(found) if json else write(render_csv(COLUMNS, found.rows()))

    @app.command
    def verify(directory: Path) -> None:
        """Recompute every hash of an artefact or a report, and every claim of a report from its cells.

        Exit 3 names the file that differs; or the claim, the cell and both values.

        Example: topics verify reports/out/sample

        Example: topics verify models/lda

        Parameters
        ----------
        directory
            The folder with manifest.json.
        """
        from topics.claims.check import verify_report

        manifest = verify_report(directory)
        write(f"ok: {manifest.kind}, {len(manifest.files)} files, key {manifest.key}")


def _add_export(app: App, write: Callable[[str], None]) -> None:
    @app.command
    def export(source: Path, *, to: Literal["gensim", "pyldavis", "topicwizard", "parquet"], out: Path, corpus: Path | None = None) -> None:
        """Write a saved model, or the tables of a run, in the form of another tool. Prints the folder.

        Example: topics export reports/out/sample/artifacts/lda --to pyldavis --out exported

        Example: topics export reports/out/sample --to parquet --out parquet

        Parameters
        ----------
        source
            Folder of a model artefact; for parquet the output folder of a study. Every hash is recomputed first.
        to
            gensim: counts as Matrix Market, with vocabulary; pyldavis: what `pyLDAvis.prepare` takes; topicwizard: its `TopicData`;
            parquet: all tables with their types.
        out
            Folder to write: new, empty, or an earlier export, which is replaced.
        corpus
            Folder of the corpus that the model was fitted on, where it does not stand beside the model.
        """
        from topics.artifacts.store import writing
        from topics.core.errors import UsageError
        from topics.exchange.export import export_model, export_tables

        if to == "parquet" and corpus is not None:
            raise UsageError("tables need no corpus.", where="--corpus", hint="Leave it out.")
        with writing(out):
            if to == "parquet":
                export_tables(source, out.resolve())
            else:
                export_model(source, to, out.resolve(), corpus)
        write(str(out))


def _add_merge(app: App, write: Callable[[str], None]) -> None:
    @app.command
    def merge(
        a: Path, b: Path, *, into: Path, corpus_a: Path | None = None, corpus_b: Path | None = None, embedding_folder: Path | None = None
    ) -> None:
        """Make one artefact of two that were fitted on two corpora: matched topics become one, words come from the counts of both.

        Example: topics merge north/artifacts/lda south/artifacts/lda --into models/both

        Example: topics merge models/lda_2024 models/lda_2025 --into models/both --corpus-a corpora/2024 --corpus-b corpora/2025

        Parameters
        ----------
        a
            Folder of a model artefact; matched topics keep its ids and names.
        b
            Folder of another of the same kind, prepared alike.
        into
            Folder of the new artefact, with topic_ids.json and topic_merge_MODEL.csv; its corpus goes beside it, as corpus_*.
        corpus_a
            Folder of the corpus that the first was fitted on, where it does not stand beside the model.
        corpus_b
            Folder of the corpus that the second was fitted on, where it does not stand beside the model.
        embedding_folder
            Folder of the model that makes the vectors of both, where it is no longer found as the study names it.
        """
        from topics.artifacts.store import writing
        from topics.reuse.merge import Place, check_places
        from topics.reuse.merge import merge as merge_artifacts

        sides = Place(a, corpus_a), Place(b, corpus_b)
        check_places(*sides, into)
        with writing(into):
            merge_artifacts(*sides, into.resolve(), embedding_folder)
        write(str(into))
