"""The report's figures: what they show, in words and as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from topics.core.series import UNASSIGNED, TrendSeries
from topics.pipeline import Study, curated, curated_result
from topics.quality.measures import exclusivity
from topics.report.summary import MAX_TOPICS
from topics.theming import COMBINED
from topics.trends.aggregate import ALL
from topics.trends.periods import period_of
from topics.viz.style import svg
from topics.viz.topic_charts import concordance_map, term_bars
from topics.viz.trend_charts import documents_per_period, trend_multiples

MIN_PERIODS, MIN_DOCS = 3, 30  # fewer make no curve


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: file name without suffix, caption (also its text for who cannot see it), the table that holds its numbers, and SVG."""

    name: str
    caption: str
    table: str
    svg: str


def _titles(study: Study, name: str) -> dict[tuple[int, int], str]:
    """Titles of the largest topics by (place in the result, number)."""
    shares, labels = curated_result(study, name).documents.weights.mean(axis=0, dtype=float), study.labels(name)
    largest = sorted(curated(study, name).shown, key=lambda item: (-shares[item[0]], item))[:MAX_TOPICS]
    return {(place, topic): _short(f"{topic}: {labels[topic]}") for place, topic in largest}


def _short(text: str, limit: int = 44) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _documents(study: Study) -> Figure | None:
    unit = study.config.trends.period
    pairs = ((period_of(info.date, unit), info.language) for info in study.corpus.infos)
    counts = Counter((label, language) for label, language in pairs if label)
    periods = study.trends(COMBINED).periods
    if not counts or not periods:
        return None
    placed = sum(counts.values())
    caption = f"Dated articles a {unit}, by language: {placed:,} articles in {len(periods):,} {unit}s."
    return Figure("documents", caption, "documents.csv", svg(documents_per_period(counts, periods, unit)))


def _has_curve(series: TrendSeries, language: str = ALL) -> bool:
    """Whether enough articles lie in enough periods for a line to mean something."""
    cells = [cell for cell in series.of(UNASSIGNED, language) if cell.n_docs > 0]
    return len(cells) >= MIN_PERIODS and sum(cell.n_docs for cell in cells) >= MIN_DOCS


def _theme_trends(study: Study) -> Iterator[Figure]:
    unit, series = study.config.trends.period, study.trends(COMBINED)
    titles = {theme.key: _short(theme.name("en")) for theme in study.themes}
    if not titles:
        return
    for language in dict.fromkeys(cell.language for cell in series.cells):
        if _has_curve(series, language):
            whose = "all articles" if language == ALL else f"articles in {language}"
            caption = (
                f"Themes by all scorers together, {whose}: share of each {unit}'s articles that show the theme, with 95 % intervals. "
                f"Hollow points: {unit}s that the data cover only in part. Each chart has its own vertical scale."
            )
            yield Figure(f"themes_{language}", caption, f"trends_{COMBINED}.csv", svg(trend_multiples(series, titles, unit, language)))


def _model_figures(study: Study, name: str) -> Iterator[Figure]:
    result, titles, unit = curated_result(study, name), _titles(study, name), study.config.trends.period
    if not titles:
        return
    bars = term_bars(result, exclusivity(result), {place: title for (place, _), title in titles.items()})
    yield Figure(f"terms_{name}", f"Heaviest terms of the topics of {name}.", f"topics_{name}.csv", svg(bars))
    series = study.trends(name)
    if _has_curve(series):
        named = {str(topic): title for (_, topic), title in titles.items()}
        caption = f"Topics of {name}: share of each {unit}'s articles, with 95 % intervals. Each chart has its own vertical scale."
        yield Figure(f"trends_{name}", caption, f"trends_{name}.csv", svg(trend_multiples(series, named, unit)))


def make_figures(study: Study) -> dict[str, Figure]:
    """Return the figures of a study by name; those that the data cannot carry are not there."""
    figures = [figure for figure in (_documents(study), *_theme_trends(study)) if figure]
    for name in study.fitted:
        figures += list(_model_figures(study, name))
    found = study.concordance
    if found is not None:
        named = (study.labels(name) for name in ("lda", "bertopic"))
        left, right = ({k: _short(f"{k}: {label}", 36) for k, label in enumerate(labels)} for labels in named)
        caption = (
            f"Agreement of LDA and BERTopic: correlation of their document weights; {len(found.matches)} pairs lie above "
            f"{found.threshold:.2f}, the 95th percentile of the best that shuffled documents reach."
        )
        figures.append(Figure("concordance", caption, "concordance.csv", svg(concordance_map(found, left, right))))
    return {figure.name: figure for figure in figures}
