"""The tables of what trends show beside their direction: names and columns are a contract with those who read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial

from topics import patterns
from topics.core.series import Kind, TrendSeries
from topics.pipeline import SCORERS, Study
from topics.tables import Cell, Table
from topics.theming import COMBINED
from topics.trend_tables import TRENDS, trend_rows
from topics.trends.bursts import all_bursts
from topics.trends.changed_words import ChangedWord
from topics.trends.emergence import BackTest, Emergence
from topics.trends.interruptions import all_event_effects
from topics.trends.lead_lag import all_lead_lags
from topics.trends.once import once
from topics.trends.resonance import resonance
from topics.trends.seasonality import all_seasonal_effects

Rows = Iterable[Sequence[Cell]]
Kinds = Callable[[], Sequence[Kind]]
WORDS_SHOWN = 30  # of a series and language, the clearest first; all that changed stand there

BURSTS = ("kind", "series", "language", "start", "end", "weight", "share", "usual", "p", "q", "decision")
SEASONS = ("kind", "series", "language", "effect", "part", "value", "low", "high", "p", "q", "decision")
NOVELTY = ("kind", "language", "period", "novelty", "transience", "resonance", "novelty_p", "resonance_p", "decision")
EMERGENCE = (
    "kind", "series", "language", "since", "share", "growth", "low", "high", "probability", "sources", "novelty", "score", "q", "decision",
)  # fmt: skip
BACK_TESTS = ("kind", "language", "n_forecasts", "n_calls", "n_held", "base_rate", "brier", "brier_of_base", "decision")
LEADS = ("kind", "series", "left", "right", "lag", "low", "high", "correlation", "p", "q", "decision")
EFFECTS = (
    "kind", "date", "event", "series", "language", "effect", "value", "low", "high", "p", "q", "placebo_p", "n_placebos", "decision",
)  # fmt: skip
PARTS = ("kind", "series", "part", "value", "low", "high", "before", "after", "p", "q", "decision")
CHANGED = ("kind", "series", "language", "rank", "term", "before", "after", "log_odds", "z", "p", "q", "n_stories", "decision")


def burst_rows(study: Study, source: str, kind: Kind) -> Iterator[Sequence[Cell]]:
    """Yield every burst, those that chance gives too."""
    series = study.trends(source, kind)
    for item in once(series, ("bursts", study.seed), lambda: all_bursts(series, study.seed)):
        numbers = (item.weight, item.share, item.usual, item.p, item.q, item.decision)
        yield kind, item.series, item.language, item.start, item.end, *numbers


def season_rows(study: Study, source: str, kind: Kind) -> Iterator[Sequence[Cell]]:
    """Yield the season, its parts and Tết of every series, or why they cannot be told."""
    series = study.trends(source, kind)
    for item in once(series, "seasons", lambda: all_seasonal_effects(series)):
        numbers = (item.value, item.low, item.high, item.p, item.q, item.decision)
        yield kind, item.series, item.language, item.effect, item.part, *numbers


def novelty_rows(study: Study, source: str, kind: Kind) -> Iterator[Sequence[Cell]]:
    """Yield how new the mix of topics of each period is."""
    series = study.trends(source, kind)
    for item in once(series, ("novelty", study.seed), lambda: resonance(series, study.seed)):
        numbers = (item.novelty, item.transience, item.resonance, item.novelty_p, item.resonance_p, item.decision)
        yield kind, item.language, item.period, *numbers


def effect_rows(study: Study, source: str, kind: Kind) -> Iterator[Sequence[Cell]]:
    """Yield what each event of the user changed."""
    series, events = study.trends(source, kind), study.file.events
    for item in once(series, ("effects", events), lambda: all_event_effects(series, events)):
        head = (kind, item.event.day, item.event.name, item.series, item.language, item.effect)
        yield *head, item.value, item.low, item.high, item.p, item.q, item.placebo_p, item.n_placebos, item.decision


def part_rows(study: Study, source: str, kind: Kind) -> Iterator[Sequence[Cell]]:
    """Yield the parts of the change between the two spans of the study."""
    for item in patterns.changes(study, source, kind):
        yield kind, item.series, item.part, item.value, item.low, item.high, item.before, item.after, item.p, item.q, item.decision


def word_rows(study: Study, source: str, kind: Kind) -> Iterator[Sequence[Cell]]:
    """Yield the words that changed between the two spans, and others up to thirty of a series and language."""
    last, rank = ("", ""), 0
    for item in patterns.words(study, source, kind):
        rank = rank + 1 if (item.series, item.language) == last else 1
        last = (item.series, item.language)
        if rank <= WORDS_SHOWN or item.decision != "no clear change":
            yield kind, item.series, item.language, rank, item.term, *_numbers(item)


def _numbers(item: ChangedWord) -> tuple[Cell, ...]:
    return item.before, item.after, item.log_odds, item.z, item.p, item.q, item.n_stories, item.decision


def _side_tables(study: Study, source: str, kinds: Kinds) -> Iterator[Table]:
    """How each pair of sides goes together, and the trends of the sides that this is found in."""

    @cache
    def found() -> dict[Kind, TrendSeries]:
        return {kind: patterns.sided_trends(study, source, kind) for kind in kinds()}

    def leads() -> Rows:
        for kind, series in found().items():
            for item in all_lead_lags(series, study.seed):
                numbers = (item.lag, item.low, item.high, item.correlation, item.p, item.q, item.decision)
                yield kind, item.series, item.left, item.right, *numbers

    yield Table(f"lead_lag_{source}", LEADS, leads)
    yield Table(f"side_trends_{source}", TRENDS, lambda: (row for series in found().values() for row in trend_rows(series)))


def _emergence_tables(study: Study, source: str, kinds: Kinds) -> Iterator[Table]:
    @cache
    def found(kind: Kind) -> tuple[tuple[Emergence, ...], tuple[BackTest, ...]]:
        return patterns.emerging(study, source, kind)

    def emerging() -> Rows:
        for kind in kinds():
            for item in found(kind)[0]:
                level = (item.since, item.share, item.growth, item.low, item.high)
                weighed = (item.probability, item.sources, item.novelty, item.score, item.q, item.decision)
                yield kind, item.series, item.language, *level, *weighed

    def back_tests() -> Rows:
        for kind in kinds():
            for test in found(kind)[1]:
                numbers = (test.n_forecasts, test.n_calls, test.n_held, test.base_rate, test.brier, test.brier_of_base)
                yield kind, test.language, *numbers, test.decision

    yield Table(f"emergence_{source}", EMERGENCE, emerging)
    yield Table(f"back_tests_{source}", BACK_TESTS, back_tests)


TABLES: tuple[tuple[str, tuple[str, ...], Callable[[Study, str, Kind], Rows]], ...] = (
    ("bursts", BURSTS, burst_rows),
    ("seasons", SEASONS, season_rows),
    ("novelty", NOVELTY, novelty_rows),
    ("event_effects", EFFECTS, effect_rows),
    ("change_parts", PARTS, part_rows),
    ("changed_words", CHANGED, word_rows),
)


def pattern_tables(study: Study) -> Iterator[Table]:
    """Yield a table of each kind for all scorers of themes together and for every model; without rows for one that could not be fitted."""
    for source in (COMBINED, *study.file.models):
        kinds = partial(kinds_of, study, source)
        for name, columns, rows in TABLES:
            yield Table(f"{name}_{source}", columns, partial(_of_kinds, rows, study, source, kinds))
        yield from _emergence_tables(study, source, kinds)
        yield from _side_tables(study, source, kinds)


def kinds_of(study: Study, source: str) -> tuple[Kind, ...]:
    """Return what is followed of a scorer or a model: nothing of one that this corpus cannot carry."""
    if source in SCORERS:
        return ("theme",) if source in study.themed.results else ()
    return ("topic", "theme") if source in study.fitted else ()


def _of_kinds(rows: Callable[[Study, str, Kind], Rows], study: Study, source: str, kinds: Kinds) -> Rows:
    return (row for kind in kinds() for row in rows(study, source, kind))
