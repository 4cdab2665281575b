"""What a plug-in must be. A plug-in is a module with one constant of one of these types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Generic, Literal, Protocol, TypeVar, runtime_checkable

import msgspec

from topics.core.documents import DateEstimate
from topics.core.series import TrendCell
from topics.core.themes import Themes

if TYPE_CHECKING:  # the matrix records pull scipy; readers and the command line do without it
    from topics.core.hierarchy import TopicNode
    from topics.core.matrices import Float64, Int64, PreparedCorpus, TopicDistribution
    from topics.core.results import TopicResult

Needs = Literal["counts", "embeddings"]
Offers = Literal["hierarchy", "nearest"]
BadBytes = Literal["quarantine", "replace"]


class TopicModel(Protocol):
    """A fitted model; unfitted ones do not exist."""

    @property
    def result(self) -> TopicResult:
        """What the model says about its training corpus."""
        ...

    def transform(self, prepared: PreparedCorpus) -> TopicDistribution:
        """Return the topic weights (n_docs, n_topics) of any prepared documents."""
        ...

    def save(self, directory: Path) -> None:
        """Write the model's arrays and settings into an existing directory."""
        ...


@runtime_checkable
class HasHierarchy(Protocol):
    """A model that offers "hierarchy"."""

    @property
    def nodes(self) -> tuple[TopicNode, ...]:
        """Finer and broader topics, a node after its children; empty where none is known."""
        ...


@runtime_checkable
class HasNearest(Protocol):
    """A model that offers "nearest"."""

    def nearest(self, prepared: PreparedCorpus) -> tuple[Int64, Float64]:
        """Return (n_docs,) the nearest topic of every document, -1 where there is none, and how sure that is, 0 to 1."""
        ...


@dataclass(frozen=True, eq=False)
class MergePart:
    """One of several models that become one.

    Args:
        model: as it was fitted.
        documents: its weights of all documents of the merge.
        rows: of the documents that are counted by it: its own, one copy of each story.
        topics: (n_topics,) the place of each of its topics in the merged model.
    """

    model: TopicModel
    documents: TopicDistribution
    rows: Int64
    topics: Int64


C = TypeVar("C", bound=msgspec.Struct)
Merge = Callable[["PreparedCorpus", tuple[MergePart, ...], int], TopicModel]


@dataclass(frozen=True)
class ModelKind(Generic[C]):
    """A kind of topic model (constant `MODEL`).

    `min_docs` is the number of distinct stories below which a fit would invent topics; the pipeline then says so instead. `offers` names
    what its models know besides topics and documents. `merge` makes one of several models that were fitted on other documents each, from
    all documents and a seed; None where the kind cannot.
    """

    name: str
    title: str
    config: type[C]
    needs: frozenset[Needs]
    min_docs: int
    fit: Callable[[PreparedCorpus, C, Themes, int], TopicModel]
    load: Callable[[Path], TopicModel]
    offers: frozenset[Offers] = frozenset()
    merge: Merge | None = None


@dataclass(frozen=True)
class Language:
    """A language (constant `LANGUAGE`).

    Args:
        code: ISO 639-1.
        name: English name.
        stop_words: terms that carry no topic; loaded when asked.
        stop_words_source: where they come from.
        score: share of a sentence's lower-cased words that speak for this language, 0 to 1.
        function_words: words that never begin or end a phrase; often fewer than the stop words.
        spaced_syllables: the spaces stand between syllables, so that most words hold some.
        plain_score: the same as `score` for this language typed without its diacritics (`<code>-nodia`); None where it has none.
        forms: the surface forms of a word of small letters that count as the word in theme terms, itself among them ("merge": merges,
            merged, merging); letters and apostrophes; None where words have one form.
    """

    code: str
    name: str
    stop_words: Callable[[], frozenset[str]]
    stop_words_source: str
    score: Callable[[list[str]], float]
    function_words: frozenset[str] = frozenset()
    spaced_syllables: bool = False
    plain_score: Callable[[list[str]], float] | None = None
    forms: Callable[[str], Iterable[str]] | None = None


Lexicon = tuple[tuple[tuple[str, ...], float], ...]
"""Learned words: the tokens of each and its cost."""


class Cutter(Protocol):
    """Cuts texts into words."""

    def __call__(self, text: str, tokens: Sequence[str]) -> Sequence[int]:
        """Return for each token how many tokens the word that starts there takes, 0 inside a word.

        Args:
            text: as written.
            tokens: its words or syllables in small letters, an empty string for each break that no word may hold.
        """
        ...


def _nothing(stream: Iterable[Sequence[str]], language: Language, longest: int) -> Lexicon:
    return ()


@dataclass(frozen=True)
class Segmenter:
    """A way to find words in running text (constant `SEGMENTER`).

    Args:
        name: its name in the study file.
        title: what it is, for people.
        cutter: makes the function that cuts, from what was learned; raises `MissingPartError` where a library is missing.
        learn: learns from the tokens of the documents in one language; gets that language, whose function words are part of no longer
            word, and the most tokens that a word may have.
        languages: codes of the languages that it cuts; without any, all.
        phrases: whether phrases are learned over its words; a segmenter that finds phrases itself says no.
        version: names what it depends on besides what was learned; another version may cut otherwise.
    """

    name: str
    title: str
    cutter: Callable[[Lexicon], Cutter]
    learn: Callable[[Iterable[Sequence[str]], Language, int], Lexicon] = _nothing
    languages: frozenset[str] = frozenset()
    phrases: bool = True
    version: Callable[[], str] = str


@dataclass(frozen=True, slots=True)
class StatisticValue:
    """What a statistic finds for one series: a value with its interval and p-value, in words where it does not apply."""

    value: float
    low: float
    high: float
    p: float
    decision: str


Verdict = Callable[[float, float], str]  # of a value and its q-value


@dataclass(frozen=True)
class Statistic:
    """A trend statistic (constant `STATISTIC`), computed from the cells of one series alone.

    `together` gives the same values for many series at once, where that is faster; `verdict` says what a value with its q-value is called,
    for statistics that decide anything.
    """

    name: str
    description: str
    compute: Callable[[tuple[TrendCell, ...]], StatisticValue]
    together: Callable[[Sequence[tuple[TrendCell, ...]]], Sequence[StatisticValue]] | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as a reader found it: text, metadata by column name, where it stands, and codes of what was done to it on the way.

    `date` is for formats that state their date in several places; where it is given, the date column is not asked.
    """

    file: str
    record: int
    byte_start: int
    byte_end: int
    text: str
    fields: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    date: DateEstimate | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read: goes to the quarantine file."""

    file: str
    record: int
    byte_start: int
    byte_end: int
    code: str
    message: str
    hint: str
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What reading depends on besides the bytes.

    Args:
        columns: our name (text, date, id, title, source, url, language) to the column's name in the input.
        encoding: `auto` or the name of an encoding that the user declares.
        bad_bytes: what becomes of a record with bytes that are no text.
        zone: calendar zone of moments with an offset, for readers that give a date; empty keeps the day as it is written.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "auto"
    bad_bytes: BadBytes = "quarantine"
    zone: str = ""

    @property
    def text_column(self) -> str:
        """The column that holds the text."""
        return self.columns.get("text", "text")


@dataclass(frozen=True)
class Reader:
    """An input format (constant `READER`).

    `read` gets the bytes (of a file, of a member of an archive, decompressed), the name to report and the options, and yields
    records and rejections in order. It raises nothing but what reading the stream raises; who opened the stream catches that.
    Suffixes are those of the format alone: `.gz` and archives are opened for every reader alike.
    A reader that must seek says so; a packed file is then held in memory, up to a limit.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[BinaryIO, str, ReadOptions], Iterator[RawRecord | Rejected]]
    seekable: bool = False
