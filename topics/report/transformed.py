"""New documents through a saved model, as files or one JSON object."""

from __future__ import annotations

from pathlib import Path

import msgspec

from topics.core.results import TopicResult
from topics.outputs import THEMES, document_topic_rows, theme_rows
from topics.quarantine import write_quarantine
from topics.reuse import COLUMNS, Artifact, Transformed
from topics.tables import Cell, render_csv


class TransformSummary(msgspec.Struct, frozen=True):
    """The answer of `topics transform --json`."""

    model: str
    artifact: str
    seen: int
    accepted: int
    quarantined: int
    duplicates: int
    documents: list[dict[str, Cell]]


def transform_json(artifact: Artifact, found: Transformed) -> TransformSummary:
    """Return counts and one record a document."""

    def record(row: tuple[Cell, ...]) -> dict[str, Cell]:
        return dict(zip(COLUMNS, row, strict=True))

    account = found.account
    numbers = (account.seen, account.accepted, len(account.quarantined), account.duplicates)
    return TransformSummary(artifact.manifest.kind, artifact.manifest.key, *numbers, [record(row) for row in artifact.rows(found)])


def write_transformed(artifact: Artifact, found: Transformed, out: Path) -> None:
    """Write transform.csv, document_topics.csv, document_themes.csv and quarantine.jsonl into an existing folder."""
    result = TopicResult(artifact.model.result.topics, found.documents, artifact.model.result.card)
    (out / "transform.csv").write_text(render_csv(COLUMNS, artifact.rows(found)), encoding="utf-8", newline="\n")
    topics = render_csv(("id", "topic", "weight"), document_topic_rows(result))
    (out / "document_topics.csv").write_text(topics, encoding="utf-8", newline="\n")
    themes = render_csv(THEMES, theme_rows([found.themes], masked=artifact.study.mask))
    (out / "document_themes.csv").write_text(themes, encoding="utf-8", newline="\n")
    write_quarantine(out / "quarantine.jsonl", found.account)
