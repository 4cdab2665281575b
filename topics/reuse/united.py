"""Two corpora as one: a document of both is held once, and copies of a story in both have one canonical copy."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from topics.core.documents import Body, Corpus, DocumentInfo
from topics.core.errors import DataError
from topics.core.matrices import Int64
from topics.engine import chunked
from topics.ingest.repeated import join_repeated
from topics.ingest.stories.grouping import group
from topics.ingest.stories.members import members_of
from topics.ingest.stories.shingles import sketch
from topics.ingest.stories.sketch_store import SketchStore

CHUNK = 500
Key = tuple[str, str, int]  # content hash and id, by which a corpus is ordered, and the number of the corpus


def _keys(corpus: Corpus, number: int) -> list[Key]:
    return [(info.content_hash, info.id, number) for info in corpus.infos]


@dataclass(frozen=True, eq=False)
class _Texts:
    """The texts of several corpora in the order of one."""

    corpora: tuple[Corpus, ...]

    def __iter__(self) -> Iterator[Body]:
        listed = (zip(_keys(corpus, number), corpus.texts, strict=True) for number, corpus in enumerate(self.corpora))
        last: tuple[str, str] | None = None
        for (content, name, _), body in heapq.merge(*listed, key=lambda item: item[0]):
            if (content, name) != last:
                yield body
            last = (content, name)


@dataclass(frozen=True, eq=False)
class United:
    """A corpus of several.

    Args:
        corpus: each document once.
        origin: (n_docs,) the number of the corpus that a document comes from; the first, where several hold it.
        n_shared: documents that several hold.
    """

    corpus: Corpus
    origin: Int64
    n_shared: int


def unite(corpora: tuple[Corpus, ...]) -> United:
    """Return several corpora as one, its stories found anew.

    Raises:
        DataError: an id names different documents.
    """
    found: dict[tuple[str, str], int] = {}
    for content, name, number in heapq.merge(*(_keys(corpus, number) for number, corpus in enumerate(corpora))):
        found.setdefault((content, name), number)
    names: set[str] = set()
    for _, name in found:
        if name in names:
            hint = "Give the documents of one of the corpora other ids, and fit it again."
            raise DataError(f"the id {name!r} stands for different documents in the two.", where="corpora", hint=hint)
        names.add(name)
    info_of = [{info.id: info for info in corpus.infos} for corpus in corpora]
    infos = [info_of[number][name] for (_, name), number in found.items()]
    repeated = join_repeated(*(corpus.repeated for corpus in corpora))
    corpus = Corpus(tuple(_grouped(Corpus(tuple(infos), _Texts(corpora)))), _Texts(corpora), repeated)
    return United(corpus, np.array(list(found.values()), dtype=np.int64), sum(map(len, corpora)) - len(infos))


def _grouped(corpus: Corpus) -> Iterator[DocumentInfo]:
    """Yield the documents with the stories of all of them, by the rules of reading."""
    infos = corpus.infos
    with TemporaryDirectory(prefix="topics-") as folder:
        sketches = SketchStore(Path(folder) / "sketches")
        for documents in chunked(corpus, CHUNK):
            sketches.append(sketch([document.kept() for document in documents]))
        members = members_of([info.id for info in infos], [info.date for info in infos], [info.n_tokens for info in infos])
        canonical = group(members, sketches.read(), Path(folder)).canonical.tolist()
    for row, (info, chosen) in enumerate(zip(infos, canonical, strict=True)):
        yield replace(info, story=infos[chosen].id, canonical=row == chosen)
