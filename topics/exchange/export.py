"""Writes a model or the tables of a run for another tool, as an artefact of its own with a manifest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from topics.artifacts.manifest import Provenance
from topics.artifacts.store import check_outside, publish
from topics.artifacts.verify import verify
from topics.core.errors import UsageError
from topics.exchange.frames import write_parquet
from topics.exchange.matrix_market import write_counts
from topics.exchange.opened import Opened, open_model
from topics.exchange.pyldavis import usable, write_pyldavis
from topics.exchange.topicwizard import write_topic_data
from topics.progress import stage

ModelFormat = Literal["gensim", "pyldavis", "topicwizard"]
Format = Literal["gensim", "pyldavis", "topicwizard", "parquet"]
KIND = "export"
WRITERS: dict[ModelFormat, Callable[[Path, Opened], None]] = {
    "gensim": lambda folder, opened: write_counts(folder, opened.prepared.dtm),
    "pyldavis": lambda folder, opened: write_pyldavis(folder, opened.artifact.model.result, opened.prepared.dtm),
    "topicwizard": write_topic_data,
}


def export_model(artefact: Path, to: ModelFormat, out: Path, corpus: Path | None = None) -> None:
    """Write a saved model, with the counts of its corpus, in the form of another tool; the same bytes from the same artefacts.

    Args:
        artefact: folder of the model.
        to: whose form.
        out: a new or empty folder, or an earlier export, which is replaced.
        corpus: folder of the corpus artefact; None looks beside the model.

    Raises:
        DataError: an artefact is missing, damaged or of another corpus.
        UsageError: the folder cannot be used.
    """
    check_outside(out, [artefact, *([corpus] if corpus else [])])
    opened = open_model(artefact, corpus)
    result, dtm = opened.artifact.model.result, opened.prepared.dtm
    stage("writing %d documents and %d topics for %s", len(dtm.doc_ids), result.n_topics, to)
    shown = len(usable(result, dtm)) if to == "pyldavis" else len(dtm.doc_ids)
    config = {"to": to, "scale": result.topics.scale, "n_docs": len(dtm.doc_ids), "n_docs_shown": shown}
    manifest = opened.artifact.manifest
    inputs = {"model": manifest.key, "corpus": result.card.corpus_fingerprint}
    publish(out, lambda folder: WRITERS[to](folder, opened), KIND, Provenance(config, manifest.seed, inputs, manifest.versions))


def export_tables(report: Path, out: Path) -> None:
    """Write every table of a run as Parquet with the types of its `datapackage.json`.

    Args:
        report: output folder of a study.
        out: a new or empty folder, or an earlier export, which is replaced.

    Raises:
        DataError: the run is damaged, or is no run.
        UsageError: the folder cannot be used.
    """
    check_outside(out, [report])
    manifest = verify(report)
    tables = sorted((report / "tables").glob("*.csv"))
    if manifest.kind != "report" or not tables:
        hint = "Name the output folder of a study; a model goes to " + ", ".join(get_args(ModelFormat)) + "."
        raise UsageError(f"is an artefact of kind {manifest.kind!r} without tables.", where=str(report), hint=hint)
    stage("writing %d tables as Parquet", len(tables))

    def write(folder: Path) -> None:
        for path in tables:
            write_parquet(path, folder / f"{path.stem}.parquet")

    publish(out, write, KIND, Provenance({"to": "parquet"}, manifest.seed, {"report": manifest.key}, manifest.versions))
