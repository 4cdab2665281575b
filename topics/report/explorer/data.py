"""What the explorer holds, as plain values: topics, themes and trends as they are, articles in columns."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from topics.artifacts.manifest import read_manifest
from topics.artifacts.store import FIT
from topics.core.codecs import read_json
from topics.core.contracts import HasNearest
from topics.core.documents import DocumentInfo
from topics.core.matrices import Float32, Float64, Int64
from topics.core.registry import discover
from topics.core.series import HIDDEN, UNASSIGNED
from topics.curation import SHORTEST
from topics.pipeline import Study, curated, curated_result, shown_documents
from topics.quality.descriptions import frex, ranked
from topics.report.explorer.columns import PLACE, gaps, packed, shortened, worded
from topics.report.explorer.layout import Layout, lay_out
from topics.report.explorer.sample import systematic
from topics.report.explorer.trends import trend_data
from topics.report.sections.values import date_text
from topics.stages import LABELS
from topics.theming import COMBINED
from topics.trends.periods import period_of

TERMS, SPECIAL = 20, 10
TURNS = 87  # directions that one letter tells apart


@dataclass(frozen=True, eq=False)
class ModelView:
    """A model as it is shown: its series by place, and for each article the nearest of them, how much of it that is, and where it stands.

    Args:
        name: of the model.
        series: numbers of its topics, `hidden` last where some are not shown.
        near: (n_docs,) place of the nearest series, -1 for none.
        held: (n_docs,) whether the article counts as one of it, and not as one of no topic.
        share: (n_docs,) its part of the article, 0 to 1.
        layout: the map.
    """

    name: str
    series: tuple[str, ...]
    near: Int64
    held: np.ndarray[Any, np.dtype[np.bool_]]
    share: Float64
    layout: Layout


def model_view(study: Study, name: str) -> ModelView:
    """Return a model of a study as it is shown."""
    told, documents = curated(study, name), shown_documents(study, name)
    weights, labels = documents.weights, documents.labels()
    near = _nearest(study, name, weights)
    near = np.where(labels >= 0, labels, near)
    rows = np.arange(len(near))
    share = np.where(near >= 0, weights[rows, near], 0.0).astype(np.float64) if weights.shape[1] else np.zeros(len(near))
    result = curated_result(study, name)
    terms = np.zeros((len(told.series), result.topics.weights.shape[1]))
    for row, (place, _) in enumerate(told.shown):
        terms[row] = result.topics.weights[place]
    return ModelView(name, told.series, near, labels >= 0, share, lay_out(terms, weights, near))


def _nearest(study: Study, name: str, weights: Float32) -> Int64:
    """(n_docs,) place of the series nearest to each article: as the model says, or the heaviest."""
    model, told = study.model(name), curated(study, name)
    if isinstance(model, HasNearest):
        places = [told.series.index(str(told.shown_as(topic))) for topic in range(told.n_topics)]
        return np.array([*places, -1], dtype=np.int64)[model.nearest(study.prepared)[0]]
    if weights.shape[1] == 0:
        return np.full(len(weights), -1, dtype=np.int64)
    return np.where(weights.max(axis=1) > 0, weights.argmax(axis=1), -1).astype(np.int64)


def link_of(info: DocumentInfo) -> str:
    """Return the address of an article where it is one of the web, else nothing."""
    try:
        parts = urlsplit(info.url)
    except ValueError:
        return ""
    plain = not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"} for letter in info.url)
    return info.url if parts.scheme in {"http", "https"} and parts.netloc and plain else ""


def _day(info: DocumentInfo) -> date | None:
    return info.date.point or info.date.earliest or info.date.latest


class ExplorerData:
    """Everything that the page shows of a study, with as many articles as are asked for."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.views = [model_view(study, name) for name in study.fitted]
        infos, unit = study.corpus.infos, study.config.trends.period
        self.period_of = [period_of(info.date, unit) or "" for info in infos]
        keys = [((day := _day(info)) is None, -day.toordinal() if day else 0, date_text(info), info.title, info.id) for info in infos]
        self.newest_first = sorted(range(len(infos)), key=keys.__getitem__)

    def blocks(self, n_titles: int) -> dict[str, object]:
        """Return the data of the page with at most `n_titles` articles."""
        rows = self._sample(n_titles)
        return {
            **self._fixed,
            "shown": len(rows),
            "documents": self._documents(rows),
            "places": {view.name: _places(view, rows) for view in self.views},
            "theme_rows": {key: gaps(np.flatnonzero(self._present[rows, column]).tolist()) for column, key in enumerate(self._keys)},
        }

    def _sample(self, n: int) -> list[int]:
        """Rows that the page holds, the newest first: spread over topics, languages, periods and sources."""
        infos, near = self.study.corpus.infos, self.views[0].near.tolist() if self.views else [0] * len(self.newest_first)
        strata = [(near[row], infos[row].language, self.period_of[row], infos[row].source) for row in self.newest_first]
        return [self.newest_first[place] for place in systematic(strata, n)]

    @property
    def _keys(self) -> tuple[str, ...]:
        return self.study.theme_scores.keys

    @property
    def _present(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return self.study.theme_scores.present

    @cached_property
    def _fixed(self) -> dict[str, object]:
        """What does not depend on the number of articles."""
        study = self.study
        periods = study.trends(COMBINED).periods
        return {
            "name": study.config.study.name,
            "study_file": study.file.path.name,
            "curation_file": study.config.report.curation,
            "unit": study.config.trends.period,
            "weighting": study.config.trends.weighting,
            "total": len(study.corpus),
            "periods": [[period.label, period.complete] for period in periods],
            "models": [_model(study, view) for view in self.views],
            "themes": [
                {"key": theme.key, "label": theme.label, "definition": theme.definition, "terms": theme.terms, "n": int(n)}
                for theme, n in zip(study.themes, self._present.sum(axis=0), strict=True)
            ],
            "theme_trends": trend_data(study.trends(COMBINED), self._keys),
            "concordance": _concordance(study),
            "tables": ["documents.csv", "document_themes.csv", "trends_combined.csv", *_tables(study), "concordance.csv", "curation.csv"],
        }

    def _documents(self, rows: Sequence[int]) -> dict[str, object]:
        """Columns of the articles, the newest first."""
        infos = [self.study.corpus.infos[row] for row in rows]
        labels = {period.label: place for place, period in enumerate(self.study.trends(COMBINED).periods)}
        dates = [(date_text(info), labels.get(self.period_of[row], -1)) for info, row in zip(infos, rows, strict=True)]
        links = [link if PLACE not in (link := link_of(info)) else "" for info in infos]
        titles = [info.title for info in infos]
        return {
            "dates": [[text, period, sum(1 for _ in found)] for (text, period), found in groupby(dates)],
            "titles": worded(titles),
            "links": worded([shortened(link, title) for link, title in zip(links, titles, strict=True)]),
            "sources": _named([info.source for info in infos]),
            "languages": _named([info.language for info in infos]),
        }


def _named(values: Sequence[str]) -> dict[str, object]:
    """The distinct values in order, and of each article the place of its own."""
    names = sorted(set(values))
    place = {name: number for number, name in enumerate(names)}
    return {"names": names, "codes": packed([place[value] for value in values], len(names))}


def _places(view: ModelView, rows: Sequence[int]) -> dict[str, object]:
    near, share, turns = view.near[rows], view.share[rows], view.layout.turns[rows]
    return {
        "near": packed(near.tolist(), len(view.series)),
        "outside": gaps(np.flatnonzero(~view.held[rows]).tolist()),
        "share": packed(np.round(100 * np.clip(share, 0, 1)).astype(int).tolist(), 100),
        "turns": packed(np.minimum(turns * TURNS, TURNS - 1).astype(int).tolist(), TURNS - 1),
    }


def _model(study: Study, view: ModelView) -> dict[str, object]:
    name = view.name
    result, told, labels = curated_result(study, name), curated(study, name), study.labels(name)
    special = ranked(frex(result.topics.weights), SPECIAL)
    place_of = {HIDDEN: [], **{str(topic): [place] for place, topic in told.shown}}
    counts = Counter(view.near[view.held].tolist())
    vocabulary = result.topics.vocabulary.terms
    topics = [
        {
            "id": series,
            "label": labels[int(series)] if series != HIDDEN else "",
            "terms": [[term, float(f"{weight:.3g}")] for at in place_of[series] for term, weight in result.top_terms(at, TERMS)],
            "frex": [vocabulary[column] for at in place_of[series] for column in special[at]],
            "n": counts[place],
        }
        for place, series in enumerate(view.series)
    ]
    return {
        "name": name,
        "title": discover("topics.models", "MODEL")[name].title,
        "scale": result.topics.scale,
        "fit": read_manifest(study.artifacts / name).inputs[FIT][:SHORTEST],
        "fitted": read_json(study.artifacts / name / LABELS, tuple[str, ...]),
        "curation": [
            {"topic": topic, "rename": entry.rename, "hide": entry.hide, "merge": entry.merge, "note": entry.note}
            for topic, entry in sorted(told.entries.items())
        ],
        "topics": topics,
        "n_outside": int((~view.held).sum()),
        "map": {"discs": view.layout.discs.tolist(), "width": view.layout.width, "height": view.layout.height},
        "trends": trend_data(study.trends(name), (*view.series, UNASSIGNED)),
    }


def _tables(study: Study) -> list[str]:
    """Files that hold the numbers of the models, for who reads without JavaScript."""
    return [f"{kind}_{name}.csv" for name in study.fitted for kind in ("topics", "document_topics", "trends")]


def _concordance(study: Study) -> dict[str, object] | None:
    found = study.concordance
    if found is None:
        return None
    matches = sorted(found.matches, key=lambda match: (-match.similarity, match.left))
    return {
        "left": "lda",
        "right": "bertopic",
        "threshold": round(found.threshold, 3),
        "matches": [[match.left, match.right, round(match.similarity, 3), round(match.document_agreement, 4)] for match in matches],
        "alone": [list(found.unmatched_left), list(found.unmatched_right)],
    }
