"""What a plug-in must be. A plug-in is a module with one constant of one of these types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

import msgspec

from topics.core.series import TrendCell
from topics.core.themes import Themes

if TYPE_CHECKING:  # the matrix records pull scipy; readers and the command line do without it
    from topics.core.matrices import PreparedCorpus, TopicDistribution
    from topics.core.results import TopicResult

Needs = Literal["counts", "embeddings"]


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


C = TypeVar("C", bound=msgspec.Struct)


@dataclass(frozen=True)
class ModelKind(Generic[C]):
    """A kind of topic model (constant `MODEL`).

    `min_docs` is the number of distinct stories below which a fit would invent topics; the pipeline then says so instead.
    """

    name: str
    title: str
    config: type[C]
    needs: frozenset[Needs]
    min_docs: int
    fit: Callable[[PreparedCorpus, C, Themes, int], TopicModel]
    load: Callable[[Path], TopicModel]


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
    """

    code: str
    name: str
    stop_words: Callable[[], frozenset[str]]
    stop_words_source: str
    score: Callable[[list[str]], float]
    function_words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StatisticValue:
    """What a statistic finds for one series: a value with its interval and p-value, in words where it does not apply."""

    value: float
    low: float
    high: float
    p: float
    decision: str


@dataclass(frozen=True)
class Statistic:
    """A trend statistic (constant `STATISTIC`), computed from the cells of one series alone."""

    name: str
    description: str
    compute: Callable[[tuple[TrendCell, ...]], StatisticValue]


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as a reader found it: text, metadata by column name, and where it stands."""

    file: str
    record: int
    byte_start: int
    byte_end: int
    text: str
    fields: dict[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True)
class Reader:
    """An input format (constant `READER`).

    `read` gets the path, the name to report and the field that holds the text, and yields records and rejections; it raises nothing.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Path, str, str], Iterator[RawRecord | Rejected]]
