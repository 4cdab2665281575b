"""Shared fixtures: real data by one setting, hand-made corpora, and one finished run of the sample study."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from topics.core.documents import Body, Corpus, DateEstimate, Document, DocumentInfo
from topics.core.hashing import digest
from topics.engine import Engine
from topics.ingest.dates.config import DatesConfig
from topics.ingest.documents import Made, Origin
from topics.ingest.files import SourceConfig
from topics.ingest.ingest import IngestReport, ingest
from topics.ingest.inputs import list_inputs
from topics.ingest.spool import Spool
from topics.ingest.store import Final, load
from topics.stages import read_context

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "corpus" / "sample"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data (TOPICS_DATA, default ../shared/data); skips where it is missing."""
    folder = Path(os.environ.get("TOPICS_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set TOPICS_DATA")
    return folder


@pytest.fixture(scope="session")
def seeds_dir(data_dir: Path) -> Path:
    """The five seed articles, beside the data; skips where they are missing."""
    folder = data_dir.parent / "seeds"
    if not folder.is_dir():
        pytest.skip(f"no seed articles at {folder}")
    return folder


def make_document(text: str, *, day: date | None = None, language: str = "en", source: str = "s", **values: object) -> Document:
    """Return a document with a content-based id; `values` overrides fields of its info."""
    estimate = DateEstimate(day, day, day, "day", 1.0, "test") if day else DateEstimate()
    content = digest([text, source, str(day)])
    fields: dict[str, object] = {
        "id": content[:16],
        "content_hash": content,
        "file": "f.txt",
        "record": 1,
        "source": source,
        "language": language,
        "date": estimate,
        "story": content[:16],
        "n_tokens": len(text.split()),
    }
    return Document(DocumentInfo(**{**fields, **values}), text)  # type: ignore[arg-type]


@dataclass(frozen=True)
class MemoryTexts:
    """Texts of a small corpus, held in memory."""

    items: tuple[Body, ...]

    def __iter__(self) -> Iterator[Body]:
        return iter(self.items)


def corpus_from(documents: Iterable[Document]) -> Corpus:
    """Return a corpus held in memory, in content-hash order."""
    ordered = sorted(documents, key=lambda document: (document.info.content_hash, document.info.id))
    bodies = tuple(Body(document.text, document.removed, document.info.date.evidence) for document in ordered)
    infos = tuple(replace(document.info, date=replace(document.info.date, evidence=())) for document in ordered)
    return Corpus(infos, MemoryTexts(bodies))


def ingest_documents(
    sources: Sequence[SourceConfig],
    base: Path = Path("/"),
    *,
    as_of: date | None = None,
    engine: Engine | None = None,
    dates: DatesConfig | None = None,
) -> tuple[list[Document], IngestReport]:
    """Read sources with everything installed; the documents in corpus order, in memory."""
    context, readers, code = read_context("Asia/Ho_Chi_Minh", as_of, dates)
    with TemporaryDirectory() as folder:
        report = ingest(list_inputs(sources, base, readers, code), context, Path(folder), engine=engine or Engine())
        return list(load(Path(folder))), report


def write_store(documents: Sequence[Document], folder: Path) -> None:
    """Store documents as they are."""
    spool = Spool(folder)
    for document in documents:
        info = document.info
        spool.add(Made(document, Origin("key", info.source, 0, 0, {}), b""))
    spool.drop_repeats()
    ordered = sorted(documents, key=lambda document: document.info.content_hash)
    finals = [Final(doc.info.id, doc.info.date, doc.info.story, doc.info.canonical, doc.info.notes) for doc in ordered]
    spool.settle(zip((n for n, _, _ in spool.candidates()), finals, strict=True))
    spool.write(folder)
    spool.close()
    (folder / "spool.duckdb").unlink()


@pytest.fixture
def corpus_of() -> Callable[[Sequence[Document]], Corpus]:
    """Make a corpus of documents."""
    return corpus_from


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of one whole run of reports/sample.toml, made once a session."""
    from topics.config import read_study
    from topics.runner import run

    out = tmp_path_factory.mktemp("run") / "sample"
    run(read_study(ROOT / "reports" / "sample.toml"), out)
    return out
