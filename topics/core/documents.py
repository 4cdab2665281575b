"""Documents, their dates, and the corpus that holds them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import islice, pairwise
from typing import Literal, Protocol, runtime_checkable

from topics.core.display import card, clip, grid
from topics.core.errors import require
from topics.core.hashing import digest

Precision = Literal["day", "month", "quarter", "year", "interval", "none"]
Reason = Literal["header", "caption", "credit", "agency_tail", "byline", "dateline", "end_mark", "table_debris", "repeated_line"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a document's text (code points, end exclusive) and what it shows."""

    start: int
    end: int
    text: str
    role: str

    def __post_init__(self) -> None:
        require(0 <= self.start < self.end and self.end - self.start == len(self.text), "span and text differ in length", where="Evidence")


@dataclass(frozen=True, slots=True)
class DateEstimate:
    """When a document was published, as far as it can be known. Never derived from the clock.

    Args:
        point: the day, where one is known.
        earliest: first possible day, None when unbounded.
        latest: last possible day, None when unbounded.
        precision: `day` exactly when there is a point.
        confidence: 0 to 1.
        method: the rule that gave the estimate.
        evidence: the spans it rests on.
    """

    point: date | None = None
    earliest: date | None = None
    latest: date | None = None
    precision: Precision = "none"
    confidence: float = 0.0
    method: str = "none"
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        where = "DateEstimate"
        require(0.0 <= self.confidence <= 1.0, f"confidence {self.confidence} is outside 0 to 1", where=where)
        require((self.point is not None) == (self.precision == "day"), f"precision {self.precision} with point {self.point}", where=where)
        if self.earliest and self.latest:
            require(self.earliest <= self.latest, f"earliest {self.earliest} is after latest {self.latest}", where=where)
        if self.point:
            require(self.earliest is not None and self.latest is not None, "a point needs both bounds", where=where)
            require((self.earliest or self.point) <= self.point <= (self.latest or self.point), "point outside its bounds", where=where)


@dataclass(frozen=True, slots=True)
class Removed:
    """A span (code points, end exclusive) that is not part of the article proper, and why."""

    start: int
    end: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """Everything about a document but its text.

    Args:
        id: unique; content-based unless the input gives one.
        content_hash: sha256 of text, source and date; the corpus is ordered by it.
        file: input file relative to its source, with `/`.
        record: 1-based line of the record in that file; 1 for a file that is one document.
        language: main language code, `<code>-nodia` (typed without diacritics), `other` (not installed), `mixed` or `und`.
        language_shares: (code, share of words), largest first.
        story: id shared by near-identical copies.
        canonical: True for the one copy of a story that models are trained on.
        n_tokens: tokens of the kept text before stop words are dropped.
        notes: sorted codes of what reading did to it or found suspicious.
    """

    id: str
    content_hash: str
    file: str
    record: int
    title: str = ""
    source: str = ""
    url: str = ""
    language: str = "und"
    language_shares: tuple[tuple[str, float], ...] = ()
    date: DateEstimate = field(default_factory=DateEstimate)
    story: str = ""
    canonical: bool = True
    n_tokens: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(bool(self.id) and bool(self.content_hash), "id and content hash must not be empty", where="DocumentInfo")
        names = (self.id, self.file, self.title, self.source)
        require(all(unicodedata.is_normalized("NFC", name) for name in names), "not NFC", where=f"document {self.id}")


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its metadata, its text as read (decoded, NFC, LF line ends) and the spans that are not article text."""

    info: DocumentInfo
    text: str
    removed: tuple[Removed, ...] = ()

    def __post_init__(self) -> None:
        require(unicodedata.is_normalized("NFC", self.text), "text is not NFC", where=f"document {self.info.id}")
        last = 0
        for span in self.removed:
            require(last <= span.start < span.end <= len(self.text), "removed spans overlap", where=f"document {self.info.id}")
            last = span.end

    def __repr__(self) -> str:
        info = self.info
        return f"Document({info.id!r}, {clip(info.title or self.text, 60)!r}, {info.language}, {info.date.point or 'no day'})"

    def _repr_html_(self) -> str:
        info = self.info
        line = ", ".join(part for part in (info.source, info.language, str(info.date.point or "no day")) if part)
        return card(clip(info.title or self.text), line, clip(self.kept(), 300))

    def kept(self) -> str:
        """Return the text with every removed span blanked; offsets stay those of `text`."""
        if not self.removed:
            return self.text
        pieces: list[str] = []
        last = 0
        for span in self.removed:
            pieces.append(self.text[last : span.start])
            pieces.append("".join("\n" if char == "\n" else " " for char in self.text[span.start : span.end]))
            last = span.end
        return "".join([*pieces, self.text[last:]])


@dataclass(frozen=True, slots=True)
class Body:
    """What a document holds that grows with its text: the text, the spans that are not article text, the evidence of its date."""

    text: str
    removed: tuple[Removed, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class TextSource(Protocol):
    """Where texts come from; in corpus order, as often as asked."""

    def __iter__(self) -> Iterator[Body]:
        """Yield the body of every document."""
        ...


@runtime_checkable
class DividedTexts(TextSource, Protocol):
    """Texts of which any part can be read by itself, also in another process."""

    def part(self, start: int, stop: int) -> TextSource:
        """Return the texts of the rows from `start` to before `stop`."""
        ...


@dataclass(frozen=True)
class _Some:
    """The texts of some rows."""

    texts: TextSource
    rows: frozenset[int]

    def __iter__(self) -> Iterator[Body]:
        return (body for row, body in enumerate(self.texts) if row in self.rows)


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents in content-hash order: metadata in memory, texts and what points into them streamed.

    The order depends on content alone, so neither file names nor reading order can change a result. The dates of `infos` come
    without their evidence; iterating gives whole documents. `repeated` has by source the keys of the lines that it prints everywhere.
    """

    infos: tuple[DocumentInfo, ...]
    texts: TextSource
    repeated: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = ((info.content_hash, info.id) for info in self.infos)
        require(all(a <= b for a, b in pairwise(keys)), "documents are not in content-hash order", where="Corpus")
        require(len({info.id for info in self.infos}) == len(self.infos), "document ids are not unique", where="Corpus")

    def __len__(self) -> int:
        return len(self.infos)

    def __iter__(self) -> Iterator[Document]:
        for info, body in zip(self.infos, self.texts, strict=True):
            whole = replace(info, date=replace(info.date, evidence=body.evidence)) if body.evidence else info
            yield Document(whole, body.text, body.removed)

    def __repr__(self) -> str:
        languages = ", ".join(f"{code} {n:,}" for code, n in Counter(info.language for info in self.infos).most_common())
        days = sorted(info.date.point for info in self.infos if info.date.point)
        span = f"{days[0]} to {days[-1]}" if days else "no day is known"
        return f"Corpus({len(self):,} documents: {languages or 'none'}; {span})"

    def _repr_html_(self) -> str:
        rows = ((clip(info.title or info.id), info.source, info.language, info.date.point or "") for info in self.infos)
        return grid(repr(self), ("title", "source", "language", "day"), rows)

    def some(self, rows: Iterable[int]) -> Corpus:
        """Return the documents of these rows, in the order of the corpus."""
        chosen = frozenset(rows)
        return Corpus(tuple(info for row, info in enumerate(self.infos) if row in chosen), _Some(self.texts, chosen), self.repeated)

    def parts(self, size: int, *, apart: bool = False) -> Iterator[Corpus]:
        """Yield the documents in consecutive corpora of `size`, the last of fewer.

        Args:
            size: documents of a part.
            apart: True where a part is read elsewhere: then, if the texts can be divided, whoever goes through it reads it from disk.
        """
        texts = None if apart and isinstance(self.texts, DividedTexts) else iter(self.texts)
        for start in range(0, len(self), size):
            infos = self.infos[start : start + size]
            if texts is None:
                divided: DividedTexts = self.texts  # type: ignore[assignment]
                yield Corpus(infos, divided.part(start, start + len(infos)))
            else:
                yield Corpus(infos, tuple(islice(texts, len(infos))))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Document ids, in corpus order."""
        return tuple(info.id for info in self.infos)

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 over ids, content hashes, languages, dates and stories; names the corpus."""
        parts: list[str] = []
        for info in self.infos:
            dates = (info.date.point, info.date.earliest, info.date.latest)
            parts += [info.id, info.content_hash, info.language, info.source, *map(str, dates), info.story, str(info.canonical)]
        return digest(parts)
