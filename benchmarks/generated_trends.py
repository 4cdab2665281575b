"""Many documents without texts, for the cost of trends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np

from topics.core.documents import Corpus, DateEstimate, DocumentInfo
from topics.core.events import Event
from topics.core.registry import discover
from topics.trends.aggregate import Weights, aggregate
from topics.trends.bursts import all_bursts
from topics.trends.change_points import all_change_points
from topics.trends.emergence import all_emergence
from topics.trends.interruptions import all_event_effects
from topics.trends.lead_lag import all_lead_lags
from topics.trends.resonance import resonance
from topics.trends.seasonality import all_seasonal_effects
from topics.trends.table import statistic_table

FIRST, N_DAYS, N_SOURCES = date(2019, 1, 1), 1826, 80


def study(n_docs: int, n_series: int) -> tuple[Corpus, Weights]:
    """Documents of five years in two languages, every third a reprint, with sparse topic weights."""
    generator = np.random.default_rng(0)
    days = [FIRST + timedelta(days=number) for number in range(N_DAYS)]
    dates = [DateEstimate(day, day, day, "day", 1.0, "generated") for day in days]
    when, source = generator.integers(0, N_DAYS, n_docs).tolist(), generator.integers(0, N_SOURCES, n_docs).tolist()
    story = np.minimum(generator.integers(0, n_docs, n_docs), generator.integers(0, n_docs, n_docs)).tolist()
    language = np.where(generator.random(n_docs) < 0.6, "en", "vi").tolist()
    infos = tuple(
        DocumentInfo(
            id=f"{n:08d}",
            content_hash=f"{n:08d}",
            file="generated",
            record=n + 1,
            source=f"source {source[n]}",
            language=language[n],
            date=dates[when[n]],
            story=f"story {story[n]}",
        )
        for n in range(n_docs)
    )
    kinds = generator.dirichlet(np.full(n_series + 1, 0.05), 20_000)
    values = kinds[generator.integers(0, len(kinds), n_docs)][:, :n_series]
    return Corpus(infos, ()), Weights("topic", "generated", tuple(map(str, range(n_series))), values, True)


def million(n_docs: int, n_series: int) -> Iterator[dict[str, str | float]]:
    """Processor and wall seconds of each step: the pass over the documents, then every statistic that works on cells."""
    corpus, weights = study(n_docs, n_series)
    clocks = time.process_time(), time.perf_counter()
    series = aggregate(corpus, weights, "month", as_of=None)
    yield _row("pass over the documents, all languages and each", clocks)
    begin = time.process_time(), time.perf_counter()
    languages = list(dict.fromkeys(cell.language for cell in series.cells))
    masses = {language: np.ones((len(series.names(language)), N_SOURCES)) for language in languages}
    steps: dict[str, Callable[[], object]] = {
        "growth and Mann-Kendall": lambda: statistic_table(series, discover("topics.trends.statistics", "STATISTIC")),
        "change points": lambda: all_change_points(series),
        "bursts": lambda: all_bursts(series),
        "seasons": lambda: all_seasonal_effects(series),
        "novelty": lambda: resonance(series),
        "emergence and its back-test": lambda: all_emergence(series, masses, {language: np.ones(N_SOURCES) for language in languages}),
        "leads between languages": lambda: all_lead_lags(series),
        "one event": lambda: all_event_effects(series, [Event(FIRST + timedelta(days=N_DAYS // 2), "event")]),
    }
    for name, step in steps.items():
        clocks = time.process_time(), time.perf_counter()
        step()
        yield _row(name, clocks)
    yield _row("all statistics", begin)


def _row(step: str, clocks: tuple[float, float]) -> dict[str, str | float]:
    return {"part": "cost", "step": step, "processor": time.process_time() - clocks[0], "wall": time.perf_counter() - clocks[1]}
