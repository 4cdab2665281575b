"""A study whose documents, themes and topics are made by hand, so that what its trends say is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.conftest import corpus_from, make_document
from topics import pattern_tables
from topics.claims.records import Setting
from topics.config import CompareConfig, TrendsConfig
from topics.core.documents import Corpus
from topics.core.events import Event
from topics.core.matrices import Float64
from topics.core.series import Kind
from topics.pipeline import Study
from topics.run_tables import _source_tables
from topics.tables import render_csv
from topics.trends.aggregate import Weights

THEMES = ("water", "fire", "split", "tide", "spark")
MONTHS, PER_MONTH, TURN = 40, 60, 20
BEFORE, AFTER = (date(2021, 1, 1), date(2021, 12, 31)), (date(2023, 5, 1), date(2024, 4, 30))
SETTING = Setting("articles", 7, (BEFORE, AFTER))


def first_of(month: int) -> date:
    return date(2021 + month // 12, month % 12 + 1, 1)


def _chances(month: int, tide: Float64) -> list[float]:
    """Of water (grows), fire (another level from month 20 on), split (grows), tide (waves), spark (new at the end), nothing."""
    late = month / (MONTHS - 1)
    fire, spark = 0.18 if month >= TURN else 0.03, 0.1 if month >= MONTHS - 6 else 0.01
    found = [0.03 + 0.17 * late, fire, 0.02 + 0.12 * late, float(tide[month]), spark]
    return [*found, 1 - sum(found)]


def documents(seed: int = 3) -> tuple[Corpus, list[int]]:
    """Articles in two languages from six sources, each of one theme or of none; the tide of the Vietnamese ones comes two months later."""
    rng = np.random.default_rng(seed)
    tide = 0.13 + 0.12 * rng.choice([-1.0, 1.0], MONTHS + 2)
    made = []
    themes: dict[str, int] = {}
    for month in range(MONTHS):
        for number in range(PER_MONTH):
            code = ("en", "vi")[number % 2]
            chances = _chances(month, tide[2:] if code == "en" else tide)
            day = first_of(month) + timedelta(days=int(rng.integers(28)))
            document = make_document(f"{month} {number}", day=day, language=code, source=f"S{number % 6}")
            themes[document.info.id] = int(rng.choice(len(chances), p=chances))
            made.append(document)
    corpus = corpus_from(made)
    return corpus, [themes[identifier] for identifier in corpus.ids]


class Planted(Study):
    """A study that has its weights already."""

    def __init__(self, corpus: Corpus, weights: dict[tuple[str, Kind], Weights], trends: TrendsConfig) -> None:
        config: Any = SimpleNamespace(trends=trends, study=SimpleNamespace(seed=7), themes=())
        events = (Event(first_of(TURN), "Storm, the great"),)
        self.file: Any = SimpleNamespace(models={"lda": None, "bertopic": None}, events=events, labels=None)
        self.config, self._planted, self._corpus, self._trends = config, weights, corpus, {}
        self.refitted = {"lda": (), "bertopic": ()}
        self.seed, self.themes = 7, ()
        self.__dict__ |= {"same_events": (), "refused": {}, "themed": SimpleNamespace(results={"combined": None}, of=lambda name: None)}

    @property
    def corpus(self) -> Corpus:
        return self._corpus

    @property
    def as_of(self) -> date | None:
        return None

    def weights(self, source: str, kind: Kind) -> Weights:
        return self._planted[source, "theme" if source == "combined" else kind]


def _weights(corpus: Corpus, themes: list[int]) -> dict[tuple[str, Kind], Weights]:
    shown = np.eye(len(THEMES) + 1)[themes][:, :-1]
    months = np.array([info.date.point.year * 12 + info.date.point.month for info in corpus.infos if info.date.point])
    other = shown * 0.6
    other[:, 2] = np.where(months < np.median(months), 0.3, 0.05)  # BERTopic sees split fall
    found: dict[tuple[str, Kind], Weights] = {
        ("combined", "theme"): Weights("theme", "combined", THEMES, shown, partition=False),
        ("lda", "theme"): Weights("theme", "lda", THEMES, shown * 0.9, partition=True),
        ("bertopic", "theme"): Weights("theme", "bertopic", THEMES, other, partition=True),
        ("lda", "topic"): Weights("topic", "lda", ("0", "1"), shown[:, :2] * 0.9, partition=True),
        ("bertopic", "topic"): Weights("topic", "bertopic", ("0", "1"), shown[:, [2, 0]] * 0.8, partition=True),
    }
    return found


def planted(seed: int = 3, trends: TrendsConfig | None = None) -> dict[str, str]:
    """Return the tables of such a study, by name without suffix."""
    corpus, themes = documents(seed)
    given = trends or TrendsConfig(compare=CompareConfig(BEFORE, AFTER))
    study = Planted(corpus, _weights(corpus, themes), given)
    made: dict[str, str] = {}
    for source in ("combined", "lda", "bertopic"):
        kinds: tuple[Kind, ...] = ("theme",) if source == "combined" else ("topic", "theme")
        made |= {table.file: table.csv() for table in _source_tables(study, source)}
        for name, columns, rows in pattern_tables.TABLES:
            if name != "changed_words":
                made[f"{name}_{source}.csv"] = render_csv(columns, (row for kind in kinds for row in rows(study, source, kind)))
        for tables in (pattern_tables._emergence_tables, pattern_tables._side_tables):
            made |= {table.file: table.csv() for table in tables(study, source, lambda kinds=kinds: kinds)}
    labels = [(theme, code, f"{theme.title()} {code}") for theme in THEMES for code in ("en", "vi")]
    made["themes.csv"] = render_csv(("theme", "language", "label"), labels)
    made["concordance.csv"] = render_csv(("lda_topic", "bertopic_topic"), [(0, 1), (1, None), (None, 0)])
    for model in ("lda", "bertopic"):
        made[f"topics_{model}.csv"] = render_csv(("topic", "label"), [(0, "first words"), (1, "second words")])
    return {name.removesuffix(".csv"): text for name, text in made.items()}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def text_of(rows: Iterable[dict[str, str]]) -> str:
    listed = list(rows)
    return render_csv(tuple(listed[0]), [tuple(row.values()) for row in listed])


def changed(texts: dict[str, str], name: str, where: dict[str, str], **values: str) -> dict[str, str]:
    """Return the tables with other cells in the rows that hold certain values."""
    rows = rows_of(texts[name])
    hit = [row for row in rows if all(row[column] == value for column, value in where.items())]
    assert hit
    for row in hit:
        row.update(values)
    return {**texts, name: text_of(rows)}


def by_stories(setting: Setting) -> Setting:
    return replace(setting, weighting="stories")
