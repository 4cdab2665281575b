"""New documents through a saved model, part by part into files, a table or one JSON object; none waits in memory for the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TextIO

import msgspec

from topics.ingest.ingest import IngestReport
from topics.outputs import THEMES, WEIGHTS, document_topic_rows, theme_rows
from topics.progress import stage
from topics.quarantine import write_quarantine
from topics.reading import Reading
from topics.report.reused import reuse_markdown, verdict
from topics.reuse.artefact import COLUMNS, Artifact, Transformed
from topics.reuse.report import ReuseReport, Tally
from topics.tables import header_line, row_lines

Write = Callable[[str], object]
FILES = {"transform.csv": COLUMNS, "document_topics.csv": WEIGHTS, "document_themes.csv": THEMES}


class Sink(Protocol):
    """Where parts of the answer go."""

    def add(self, found: Transformed) -> None:
        """Take the next part."""
        ...


class Table:
    """One CSV table with a row a document."""

    def __init__(self, artifact: Artifact, write: Write) -> None:
        self._artifact, self._write = artifact, write
        write(header_line(COLUMNS))

    def add(self, found: Transformed) -> None:
        """Write its rows."""
        _write_all(self._write, row_lines(self._artifact.rows(found)))


class JsonObject:
    """One JSON object; the documents stand in the middle of it."""

    def __init__(self, artifact: Artifact, account: IngestReport, write: Write) -> None:
        self._artifact, self._write, self._comma = artifact, write, "\n"
        self._rest = {"duplicates": account.duplicates, "model": artifact.manifest.kind, "quarantined": len(account.quarantined)}
        self._rest |= {"seen": account.seen}
        write(f'{{\n"accepted": {account.accepted},\n"artifact": {_json(artifact.manifest.key)},\n"documents": [')

    def add(self, found: Transformed) -> None:
        """Write a record for each document."""
        for row in self._artifact.rows(found):
            self._write(self._comma + _json(dict(zip(COLUMNS, row, strict=True))))
            self._comma = ",\n"

    def close(self, report: ReuseReport) -> None:
        """Write what follows the documents."""
        rest = sorted({**self._rest, "reuse": report}.items())
        self._write("\n]" + "".join(f",\n{_json(name)}: {_json(value)}" for name, value in rest) + "\n}\n")


class Folder:
    """transform.csv, document_topics.csv, document_themes.csv, reuse.md and quarantine.jsonl, all of them or none."""

    def __init__(self, artifact: Artifact, out: Path, stack: ExitStack) -> None:
        self._artifact, self._out = artifact, out
        self._aside = Path(stack.enter_context(TemporaryDirectory(dir=out, prefix=".transform-")))
        self._files: dict[str, TextIO] = {}
        for name, columns in FILES.items():
            self._files[name] = stack.enter_context((self._aside / name).open("w", encoding="utf-8", newline="\n"))
            self._files[name].write(header_line(columns))

    def add(self, found: Transformed) -> None:
        """Write its rows into each table."""
        documents, masked = range(len(found.corpus)), self._artifact.study.mask
        themes = theme_rows([found.themes], documents, masked=masked)
        rows = (self._artifact.rows(found), document_topic_rows(found.documents, documents, self._artifact.known.ids), themes)
        for handle, listed in zip(self._files.values(), rows, strict=True):
            _write_all(handle.write, row_lines(listed))

    def close(self, account: IngestReport, report: ReuseReport) -> None:
        """Put the finished files in their place."""
        text = reuse_markdown(report, masked=self._artifact.study.mask)
        (self._aside / "reuse.md").write_text(text, encoding="utf-8", newline="\n")
        for handle in self._files.values():
            handle.close()
        write_quarantine(self._aside / "quarantine.jsonl", account)
        for path in sorted(self._aside.iterdir()):
            path.replace(self._out / path.name)


def write_answers(artifact: Artifact, new: Reading, out: Path | None, write: Write, *, json: bool) -> None:
    """Send new documents through a model.

    Args:
        artifact: the model.
        new: the documents.
        out: existing folder for tables, or None.
        write: takes the JSON object where that is asked for; else the table, where there is no folder for it.
        json: whether it is asked for.
    """
    with ExitStack() as stack:
        folder = Folder(artifact, out, stack) if out is not None else None
        said = JsonObject(artifact, new.account, write) if json else None
        table = Table(artifact, write) if not folder and not said else None
        sinks: list[Sink] = [sink for sink in (folder, said, table) if sink is not None]
        tally = Tally(artifact)
        for found in map(artifact.transform, new.batches()):
            for sink in (*sinks, tally):
                sink.add(found)
        report = tally.report()
        if folder:
            folder.close(new.account, report)
        if said:
            said.close(report)
        stage("%s", verdict(report))


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _write_all(write: Write, lines: Iterable[str]) -> None:
    for line in lines:
        write(line)
