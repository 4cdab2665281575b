"""Shared fixtures: real data by one setting, hand-made corpora, and one finished run of the sample study."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from topics.core.documents import Corpus, DateEstimate, Document, DocumentInfo
from topics.core.hashing import digest
from topics.ingest.store import corpus_from

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
