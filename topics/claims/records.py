"""What a claim is: a statement about one series, the cells that it is made of, and in which other ways of looking it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from topics.claims.reading import Row, Tables
from topics.core.display import card
from topics.core.series import Kind, PeriodUnit, TrendCell, Weighting

Language = Literal["en", "vi"]
LANGUAGES: tuple[Language, ...] = ("en", "vi")
Sign = Literal[-1, 0, 1]
Recomputed = tuple[str, Mapping[str, float | str]]  # what names a row, and its cells by column


@dataclass(frozen=True)
class Setting:
    """What claims depend on besides the tables: whose share `share` is, the study's seed, and its spans to compare."""

    weighting: Weighting = "articles"
    seed: int = 13
    spans: tuple[tuple[date, date], tuple[date, date]] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that a claim rests on: file without suffix, what names the row, column, and the value as it is written there."""

    file: str
    key: str
    column: str
    value: str


@dataclass(frozen=True, eq=False)
class Statement:
    """A finding of one row of a statistic's table.

    Args:
        statistic: name of the kind of claim.
        source: the scorer of themes or the model that the row is of.
        kind: topic or theme.
        series: name of the topic or theme.
        language: of the articles; `all`, or a pair of sides for a lead.
        start: first period that it speaks of.
        end: last one.
        sign: 1 where the share rises or stands higher, -1 where it falls; 0 where nothing is found.
        row: its cells.
        cells: those that it carries: of its own row, of rows beside it, and the shares of the series.
    """

    statistic: str
    source: str
    kind: Kind
    series: str
    language: str
    start: str
    end: str
    sign: Sign
    row: Row
    cells: tuple[Cell, ...]

    def value(self, column: str, key: str = "") -> str:
        """Return the value of a cell of its own row, or of the row with this key."""
        return next(cell.value for cell in self.cells if cell.column == column and key in ("", cell.key))

    @property
    def empty_periods(self) -> tuple[int, int]:
        """How many periods of its curve, from start to end, hold no article (of a lead: on either side), and how many these are."""
        held: dict[str, bool] = {}
        for cell in self.cells:
            if cell.column == "share" and cell.file.startswith(("trends", "side_trends")):
                label = cell.key.rsplit("|", 1)[-1]
                held[label] = held.get(label, True) and bool(cell.value)
        inside = [there for label, there in held.items() if self.start <= label <= self.end]
        return sum(not there for there in inside), len(inside)


@dataclass(frozen=True)
class Words:
    """What a sentence needs besides its cells: name of the series, of a period, whose shares they are; whether periods are few."""

    label: str
    unit: PeriodUnit
    setting: Setting
    few: bool = False


@dataclass(frozen=True)
class Look:
    """One way of looking at a series: the source of its weights, its name there, votes, periods, and the number of the fit.

    `weighting` may be `fixed_mix`: votes as the study has them, sources and languages with the same part in every period.
    """

    source: str
    series: str
    weighting: Weighting | Literal["fixed_mix"]
    unit: PeriodUnit
    fit: str = ""


@dataclass(frozen=True)
class ClaimKind:
    """A kind of claim (constant `CLAIM`).

    Args:
        name: of the kind.
        table: first part of the name of the table whose rows are claimed.
        columns: cells that the sentence is made of.
        find: the direction of what a row says, None where it makes no claim.
        window: first and last period that a row speaks of, by the rows of the same series and the labels of all periods.
        beside: keys of further rows of the same table that the sentence needs, and the columns of these.
        say: the sentence in a language.
        measure: what stands for the direction in another look at the series, nan where it cannot be told there; gets the claim, the
            cells of the series and the setting. None: only models differ, and the same table says what they find (`size`).
        again: cells computed again from the trends of a source, or from other cells of the table.
        curve: name of the table that holds its trends.
        size: what stands for the direction in a row of the table, where there is no `measure`.
        spans: whether it compares two spans alone, which no other votes, periods or fits look at; then it is never robust.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    find: Callable[[Row], Sign | None]
    window: Callable[[Row, Sequence[Row], Sequence[str]], tuple[str, str]]
    say: Callable[[Statement, Words, Language], str]
    measure: Callable[[Statement, tuple[TrendCell, ...], Setting], float] | None
    again: Callable[[Tables, str, Kind, Setting], Iterable[Recomputed]]
    beside: Callable[[Row], tuple[tuple[str, ...], tuple[str, ...]]] = lambda row: ((), ())
    curve: str = "trends"
    size: Callable[[Row], float] | None = None
    spans: bool = False


@dataclass(frozen=True)
class Variant:
    """A look, and the value that stands for the direction there."""

    look: Look
    value: float
    agrees: bool


def goes_with_mix(variants: Iterable[Variant]) -> bool:
    """Return whether a look that agrees no longer does where every source and language keeps its part.

    The first look by a model in a period is by the study's votes; a model that does not agree by these says nothing of sources.
    """
    plain: dict[tuple[str, str], bool] = {}
    for variant in variants:
        agrees = plain.setdefault((variant.look.source, variant.look.unit), variant.agrees)
        if variant.look.weighting == "fixed_mix" and agrees and not variant.agrees:
            return True
    return False


@dataclass(frozen=True, eq=False)
class Claim:
    """A statement with its name, how it holds in other looks, and its sentences.

    Args:
        name: of the claim, the same as long as the row that it states is.
        statement: what is claimed.
        variants: other looks at the same.
        robust: whether it holds in every model and in nine of ten looks; None where nothing is found that could hold.
        sentences: by language.
        fact: name of the strongest claim that tells the same: its own, where none is stronger.
    """

    name: str
    statement: Statement
    variants: tuple[Variant, ...]
    robust: bool | None
    sentences: Mapping[Language, str]
    fact: str = ""

    def __repr__(self) -> str:
        return f"Claim({self.name}, {self.held}: {self.sentences['en']!r})"

    def _repr_html_(self) -> str:
        return card(self.sentences["en"], self.sentences["vi"], f"{self.name}, {self.held}")

    @property
    def held(self) -> str:
        """Whether it holds in other looks, in words."""
        words = {True: "robust", False: "not robust", None: "nothing found"}
        return words[self.robust] + (f": {self.n_agree} of {len(self.variants)} looks agree" if self.variants else "")

    @property
    def n_agree(self) -> int:
        """Looks in which it holds."""
        return sum(variant.agrees for variant in self.variants)

    @property
    def mixed(self) -> bool:
        """Whether it is gone somewhere where every source and language keeps its part, so that a change of these would look the same."""
        return goes_with_mix(self.variants)
