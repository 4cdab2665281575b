"""The command `topics export`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from cyclopts import App


def add_export(app: App, write: Callable[[str], None]) -> None:
    """Add the command; the folder that it wrote goes to the writer."""

    @app.command
    def export(source: Path, *, to: Literal["gensim", "pyldavis", "topicwizard", "parquet"], out: Path, corpus: Path | None = None) -> None:
        """Write a saved model, or the tables of a run, in the form of another tool. Prints the folder.

        Example: topics export reports/out/sample/artifacts/lda --to pyldavis --out exported

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
