"""What a reader says of a model's topics after its fit: another name, out of sight, one with another, a note. Nothing is fitted again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
import numpy as np

from topics.core.errors import UsageError
from topics.core.matrices import Float64, Int64, TopicDistribution, TopicTermMatrix
from topics.core.registry import nearest
from topics.core.results import TopicResult
from topics.core.series import HIDDEN

SHORTEST = 12  # letters by which a fit is told from others
ALL_HIDDEN = -1  # stands for all hidden topics where a column holds numbers
Number = Annotated[int, msgspec.Meta(ge=0)]
COLUMNS = ("model", "topic", "shown_as", "name", "note")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[topics]]`: what is said of one topic of a model.

    Args:
        model: its name in the study.
        topic: its number.
        rename: another name; empty keeps its own.
        hide: whether its weight goes to the series `hidden` and it is listed nowhere else.
        merge: number of the topic of the same model whose weight its own is added to.
        note: a sentence for the report.
    """

    model: str
    topic: Number
    rename: str = ""
    hide: bool = False
    merge: Number | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not (self.rename or self.hide or self.merge is not None or self.note):
            raise ValueError(f"topic {self.topic} of {self.model!r} is named without rename, hide, merge or note")
        if self.merge is not None and (self.hide or self.rename):
            raise ValueError(f"topic {self.topic} of {self.model!r} is merged: rename or hide the topic that it goes to")
        if self.merge == self.topic:
            raise ValueError(f"topic {self.topic} of {self.model!r} is merged with itself")


class CurationFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A curation file.

    Args:
        topics: what is said of each.
        fits: the fit that the numbers of a model belong to: the beginning of `fit` in its manifest.
    """

    topics: Annotated[tuple[Entry, ...], msgspec.Meta(min_length=1)]
    fits: dict[str, Annotated[str, msgspec.Meta(min_length=SHORTEST)]] = {}


@dataclass(frozen=True)
class Curation:
    """A read curation file: its place and hash, and what it says; nothing without one."""

    where: str = ""
    digest: str = ""
    entries: tuple[Entry, ...] = ()
    fits: Mapping[str, str] = field(default_factory=dict)

    def check_fit(self, model: str, fit: str) -> None:
        """Raise `UsageError` where the numbers of a model belong to another fit than the one that is there."""
        if not fit.startswith(self.fits.get(model, "")):
            now = f"the study now has the fit {fit[:SHORTEST]!r} of {model}, whose topics have other numbers"
            what = f"fits.{model} = {self.fits[model]!r}, but {now}."
            hint = f'Look whether each name still goes with its topic, then write fits.{model} = "{fit[:SHORTEST]}".'
            raise UsageError(what, where=self.where, hint=hint)

    def of(self, model: str, n_topics: int) -> Curated:
        """Return what is said of a model with so many topics.

        Raises:
            UsageError: a topic that the model does not have, or one that is merged with a topic that is itself merged.
        """
        entries = {entry.topic: entry for entry in self.entries if entry.model == model}
        known = [str(topic) for topic in range(n_topics)]
        for entry in entries.values():
            for key, topic in (("topic", entry.topic), ("merge", entry.merge)):
                if topic is not None and topic >= n_topics:
                    what = f"{key} = {topic}: {model} has no topic {topic}."
                    raise UsageError(what, where=self.where, hint=nearest(str(topic), known))
            if entry.merge in entries and entries[entry.merge].merge is not None:
                what = f"merge = {entry.merge}: topic {entry.merge} of {model} is itself merged."
                raise UsageError(what, where=self.where, hint=f"Write merge = {entries[entry.merge].merge} for topic {entry.topic}.")
        return Curated(model, n_topics, entries)


NO_CURATION = Curation()


@dataclass(frozen=True, eq=False)
class Curated:
    """The topics of a model as a report shows them.

    Args:
        model: its name.
        n_topics: that were fitted.
        entries: what is said of them, by number.
    """

    model: str
    n_topics: int
    entries: dict[int, Entry]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The topics that are not merged into another, in order; a curated result has these alone."""
        return tuple(topic for topic in range(self.n_topics) if self._merged_into(topic) is None)

    @property
    def shown(self) -> tuple[tuple[int, int], ...]:
        """(place in the curated result, number) of each topic that is shown."""
        return tuple((place, topic) for place, topic in enumerate(self.numbers) if not self._is_hidden(topic))

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the series that trends follow: topics by number, and `hidden` where a topic is."""
        return (*(str(topic) for _, topic in self.shown), *((HIDDEN,) if len(self.shown) < len(self.numbers) else ()))

    @property
    def series_numbers(self) -> tuple[int, ...]:
        """Numbers of these series in tables of documents: those of the topics, `ALL_HIDDEN` for `hidden`."""
        return (*(topic for _, topic in self.shown), *((ALL_HIDDEN,) if len(self.shown) < len(self.numbers) else ()))

    def names(self, labels: Sequence[str]) -> tuple[str, ...]:
        """Return the name of every fitted topic, by number."""
        return tuple((topic in self.entries and self.entries[topic].rename) or label for topic, label in enumerate(labels))

    def shown_as(self, topic: int) -> int | str:
        """Return the number under which a fitted topic is shown, or `hidden`."""
        into = self._merged_into(topic)
        number = topic if into is None else into
        return HIDDEN if self._is_hidden(number) else number

    def number_of(self, topic: int) -> int:
        """Return the number under which a fitted topic is shown in tables of documents; `ALL_HIDDEN` for one that is hidden."""
        found = self.shown_as(topic)
        return found if isinstance(found, int) else ALL_HIDDEN

    def followed(self, values: Float64) -> Float64:
        """Return (n_docs, n_series) weights of the series from (n_docs, n_topics) weights of the fitted topics."""
        if not self.entries:
            return values
        found = np.zeros((len(values), len(self.series)))
        place = {name: number for number, name in enumerate(self.series)}
        for topic in range(self.n_topics):
            found[:, place[str(self.shown_as(topic))]] += values[:, topic]
        return found

    def result(self, fitted: TopicResult) -> TopicResult:
        """Return the result with merged topics as one: their weights added, their terms by how much of the documents each holds."""
        if len(self.numbers) == self.n_topics:
            return fitted
        target = self._targets()
        own, mass = fitted.documents.weights.astype(np.float64), fitted.documents.weights.sum(axis=0, dtype=np.float64)
        documents, terms = np.zeros((len(own), len(self.numbers))), np.zeros((len(self.numbers), fitted.topics.weights.shape[1]))
        for topic, place in enumerate(target.tolist()):
            documents[:, place] += own[:, topic]
            terms[place] += (mass[topic] + np.finfo(float).tiny) * fitted.topics.weights[topic]
        terms /= terms.sum(axis=1, keepdims=True)
        topics = TopicTermMatrix(terms, fitted.topics.vocabulary, fitted.topics.scale)
        return TopicResult(topics, TopicDistribution(documents.astype(np.float32), fitted.documents.doc_ids), fitted.card)

    def sentences(self, labels: Sequence[str]) -> tuple[str, ...]:
        """Return what was decided, for the report."""
        return tuple(self._sentence(entry, labels) for _, entry in sorted(self.entries.items()))

    def rows(self, labels: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
        """Yield a row a topic of which something is said (see `COLUMNS`)."""
        for topic, entry in sorted(self.entries.items()):
            shown = self.shown_as(topic)
            yield self.model, topic, shown, self.names(labels)[shown if isinstance(shown, int) else topic], entry.note

    def _sentence(self, entry: Entry, labels: Sequence[str]) -> str:
        said = f"Topic {entry.topic} ({labels[entry.topic]})"
        said += f" is named {entry.rename!r} by its reader" if entry.rename else ""
        said += f" is counted with topic {entry.merge}" if entry.merge is not None else ""
        said += f"{' and' if entry.rename else ''} is not shown; its weight stands under {HIDDEN!r}" if entry.hide else ""
        return f"{said}: {entry.note}" if entry.note else f"{said}."

    def _merged_into(self, topic: int) -> int | None:
        return self.entries[topic].merge if topic in self.entries else None

    def _is_hidden(self, topic: int) -> bool:
        return topic in self.entries and self.entries[topic].hide

    def _targets(self) -> Int64:
        place = {topic: number for number, topic in enumerate(self.numbers)}
        into = [self._merged_into(topic) for topic in range(self.n_topics)]
        return np.array([place[topic if other is None else other] for topic, other in enumerate(into)], dtype=np.int64)
