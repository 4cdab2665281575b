"""From the tables of a run to its claims, and to their tables. Nothing but the text of tables goes in, so that anyone can check them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import get_args

from topics.claims.looks import own_unit
from topics.claims.phrases import gaps
from topics.claims.reading import KEYS, SCORER, Row, Tables, number, row_key
from topics.claims.records import LANGUAGES, Cell, Claim, ClaimKind, Language, Setting, Statement, Words
from topics.claims.robust import holding, note, title, variants
from topics.claims.select import facts
from topics.config import StudyConfig
from topics.core.hashing import digest
from topics.core.registry import discover
from topics.core.series import HIDDEN, UNASSIGNED, Kind, TrendSeries
from topics.tables import Cell as Value
from topics.tables import Table
from topics.trends.aggregate import ALL
from topics.trends.observations import FLAGGED_PERIODS, usable

CLAIMS = (
    "claim", "statistic", "source", "kind", "series", "language", "start", "end", "sign", "value", "low", "high", "p", "q", "robust",
    "n_variants", "n_agree", "fact", "sentence_en", "sentence_vi",
)  # fmt: skip
CELLS = ("claim", "file", "row", "column", "value")
ROBUSTNESS = ("claim", "source", "series", "weighting", "period", "fit", "value", "agrees")
NO_P = 0.05  # what a statistic without a p-value is sorted by: the level at which it is decided


def kinds() -> dict[str, ClaimKind]:
    """Return the kinds of claims by name."""
    return discover("topics.claims.kinds", "CLAIM")


def setting_of(config: StudyConfig) -> Setting:
    """Return what claims depend on besides the tables."""
    compare = config.trends.compare
    return Setting(config.trends.weighting, config.study.seed, (compare.before, compare.after) if compare else None)


def make_claims(texts: Mapping[str, str], setting: Setting) -> tuple[Claim, ...]:
    """Return what can be said of the themes by all scorers together and of the topics of each model.

    Every finding is said, and of the themes over all languages also that growth shows nothing clear. Robust findings come first, then those
    least likely by chance.

    Args:
        texts: CSV by file name without suffix; those that `reads` asks for.
        setting: weighting, seed, spans.
    """
    tables = Tables(texts)
    claims = [_claim(tables, kind, statement, setting) for kind, statement in statements(tables)]
    ranked = sorted(claims, key=_rank)
    told = facts(ranked, tables.counterparts)
    return tuple(replace(claim, fact=told[claim.name]) for claim in ranked)


def _rank(claim: Claim) -> tuple[bool, bool, float, str]:
    chance = next((value for column in ("q", "p") if not math.isnan(value := number(claim.statement.row.get(column, "")))), NO_P)
    return not claim.statement.sign, not claim.robust, chance, claim.name


def statements(tables: Tables) -> Iterator[tuple[ClaimKind, Statement]]:
    """Yield every claim without its variants."""
    for place in followed(tables):
        yield from ((place[0], statement) for statement in found_in(tables, *place))


def followed(tables: Tables) -> Iterator[tuple[ClaimKind, str, Kind]]:
    """Yield each kind of claim with each source whose series are spoken of: themes by all scorers together, topics by each model."""
    of: list[tuple[str, Kind]] = [(SCORER, "theme"), *((model, "topic") for model in tables.models)]
    yield from ((kind, *source) for kind in kinds().values() for source in of)


def found_in(tables: Tables, kind: ClaimKind, source: str, of: Kind) -> Iterator[Statement]:
    """Yield what the rows of one table say."""
    name, curve = f"{kind.table}_{source}", f"{kind.curve}_{source}"
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables.rows(name):
        if row["kind"] == of and row["series"] not in {UNASSIGNED, HIDDEN}:
            groups[row["series"], row.get("language", ALL)].append(row)
    single = len({language for _, language in groups} - {ALL}) == 1  # what is found in it is what is found over all
    for (series, language), same in groups.items():
        for row in same if language == ALL or not single else ():
            sign = kind.find(row)
            if sign is None or (sign == 0 and (source, language) != (SCORER, ALL)):
                continue
            labels = _tested_periods(tables.trends(curve, of), series, _sides(row))
            cells = (*_own_cells(tables, kind, name, row), *_curve(tables, curve, row))
            yield Statement(kind.name, source, of, series, language, *kind.window(row, same, labels), sign, row, cells)


def _sides(row: Row) -> tuple[str, ...]:
    """The languages or sources that a row is about: both sides of a lead, or one language."""
    return (row["left"], row["right"]) if "left" in row else (row.get("language", ALL),)


def _tested_periods(trends: TrendSeries, series: str, sides: Sequence[str]) -> list[str]:
    """The periods that statistics rest on, in order: complete and with articles, on every side."""
    seen = [{cell.period for cell in usable(trends.of(series, side))} for side in sides]
    return [period.label for period in trends.periods if all(period.label in labels for labels in seen)]


def _own_cells(tables: Tables, kind: ClaimKind, name: str, row: Row) -> Iterator[Cell]:
    columns = KEYS[kind.table]
    yield from (Cell(name, row_key(row, columns), column, row[column]) for column in kind.columns)
    keys, others = kind.beside(row)
    rows = tables.by_key(name)
    yield from (Cell(name, key, column, rows[key][column]) for key in keys for column in others)


def _curve(tables: Tables, name: str, row: Row) -> Iterator[Cell]:
    """The shares of the series in every period, on both sides of a lead."""
    for side in _sides(row):
        for cell in tables.shares(name, row["kind"], row["series"], side):
            yield Cell(name, row_key(cell, KEYS["trends"]), "share", cell["share"])


def _claim(tables: Tables, kind: ClaimKind, statement: Statement, setting: Setting) -> Claim:
    first = statement.cells[0]
    name = f"{statement.statistic}-{digest([first.file, first.key])[:8]}"
    unit = own_unit(tables)
    tested = _tested_periods(tables.trends(f"{kind.curve}_{statement.source}", statement.kind), statement.series, _sides(statement.row))
    scarce = len(tested) <= FLAGGED_PERIODS
    said = {code: kind.say(statement, Words(_label(tables, statement, code), unit, setting, scarce), code) for code in LANGUAGES}
    said = {code: f"{text}{gaps(statement.empty_periods, unit, code)}" for code, text in said.items()}
    if statement.sign == 0:
        return Claim(name, statement, (), None, said)
    found = tuple(variants(tables, kind, statement, setting))
    holds = replace(holding(tables, statement, found, setting), spans=kind.spans)
    return Claim(name, statement, found, holds.robust, {code: f"{text} {note(holds, code)}" for code, text in said.items()})


def _label(tables: Tables, statement: Statement, language: Language) -> str:
    series, among = statement.series, "" if statement.language == ALL else f" [{statement.language}]"
    if statement.kind == "theme":
        named = (tables.labels.get((series, code)) for code in (language, *get_args(Language)))
        other = (label for (theme, _), label in tables.labels.items() if theme == series)
        return next((label for label in (*named, *other) if label), series) + among
    label, model = tables.topic_label(statement.source, series), title(statement.source)
    words = f"Topic {series} of {model}" if language == "en" else f"Chủ đề {series} của {model}"
    return f"{words} ({label}){among}"


def _value(text: str) -> Value:
    """A cell as a table writes it: a negative number is no formula."""
    return float(text) if text.startswith("-") and not math.isnan(number(text)) else text


def claim_rows(claims: Sequence[Claim]) -> Iterator[Sequence[Value]]:
    """Yield one row a claim, the best first."""
    for claim in claims:
        said = claim.statement
        head = (claim.name, said.statistic, said.source, said.kind, said.series, said.language, said.start, said.end)
        numbers = [_value(said.row.get(column, "")) for column in ("value", "low", "high", "p", "q")]
        held = (claim.robust, len(claim.variants), claim.n_agree, claim.fact)
        yield (*head, said.sign, *numbers, *held, *(claim.sentences[code] for code in LANGUAGES))


def cell_rows(claims: Sequence[Claim]) -> Iterator[Sequence[Value]]:
    """Yield every cell of every claim."""
    for claim in claims:
        for cell in claim.statement.cells:
            yield claim.name, f"{cell.file}.csv", cell.key, cell.column, _value(cell.value)


def robustness_rows(claims: Sequence[Claim]) -> Iterator[Sequence[Value]]:
    """Yield every look at every finding."""
    for claim in claims:
        for variant in claim.variants:
            look = variant.look
            yield claim.name, look.source, look.series, look.weighting, look.unit, look.fit, variant.value, variant.agrees


def tables_of(claims: Callable[[], Sequence[Claim]]) -> Iterator[Table]:
    """Yield the claims, their cells, and the looks at each; they are asked for when a table is made."""
    yield Table("claims", CLAIMS, lambda: claim_rows(claims()))
    yield Table("claim_cells", CELLS, lambda: cell_rows(claims()))
    yield Table("robustness", ROBUSTNESS, lambda: robustness_rows(claims()))


def claim_tables(claims: Sequence[Claim]) -> Iterator[tuple[str, str]]:
    """Yield (file name, CSV text)."""
    return ((table.file, table.csv()) for table in tables_of(lambda: claims))
