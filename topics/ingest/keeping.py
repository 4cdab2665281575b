"""A corpus that was made of others, written as reading writes one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from topics.core.documents import Corpus
from topics.ingest.documents import Made, Origin
from topics.ingest.layout import system_errors
from topics.ingest.repeated import write_repeated
from topics.ingest.spool import Spool
from topics.ingest.store import Final


def write_corpus(directory: Path, corpus: Corpus) -> None:
    """Write a corpus into an existing directory; `store.load` gives it back.

    No record of a file is kept, so that reading cannot take over documents of it: where theirs came from, their own corpora know.

    Args:
        directory: of the store.
        corpus: its documents, settled; none of them is changed.

    Raises:
        OSError: the disk is full or fails.
    """
    with TemporaryDirectory(dir=directory, prefix="spool") as scratch, system_errors(directory):
        spool = Spool(Path(scratch))
        try:
            for document in corpus:
                bare = replace(document, info=replace(document.info, date=replace(document.info.date, evidence=())))
                spool.add(Made(bare, Origin("", document.info.source, 0, 0, {}, ready=True), b""))
            spool.settle(_finals(corpus))
            spool.write(directory)
        finally:
            spool.close()
    write_repeated(directory, corpus.repeated)


def _finals(corpus: Corpus) -> Iterator[tuple[int, Final]]:
    """What is settled for every document, by the number that it got as it came."""
    for number, document in enumerate(corpus, start=1):
        info = document.info
        yield number, Final(info.id, info.date, info.story, info.canonical, info.notes)
