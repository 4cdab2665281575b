"""The report's figures: what they show as SVG, in words, and as numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from topics.carried import seam_rows
from topics.core.series import UNASSIGNED, TrendCell, TrendSeries, is_finding
from topics.pipeline import curated_result
from topics.quality.measures import exclusivity
from topics.report.material import MAX_TOPICS, Material, shorten
from topics.report.wording import Wording
from topics.tables import Cell, render_csv
from topics.theming import COMBINED
from topics.trends.aggregate import ALL
from topics.trends.periods import period_of
from topics.viz.panels import Marks, growth_dots, heat_map, trend_panel
from topics.viz.seam_chart import SeamPoint, seam_multiples
from topics.viz.style import Chart, sheet, svg
from topics.viz.topic_charts import concordance_map, term_panel
from topics.viz.trend_charts import documents_per_period

MIN_PERIODS, MIN_DOCS = 3, 30  # fewer make no curve
MAX_LANGUAGES = 4  # that one chart can hold
MAX_CELLS = 3000  # of numbers below a figure; more stand in its table alone


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a figure draws: head and rows as a page shows them, and as a table."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @property
    def shown(self) -> bool:
        """Whether a page has room for them."""
        return len(self.head) * len(self.rows) <= MAX_CELLS

    def csv(self) -> str:
        """Return them as a table."""
        return render_csv(self.columns, self.cells)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one chart or several.

    Args:
        name: of its files.
        caption: below it.
        table: that holds its numbers among others.
        panels: (what it shows in words, SVG) of each chart.
        numbers: what is drawn.
        columns: charts side by side, where there is room.
    """

    name: str
    caption: str
    table: str
    panels: tuple[tuple[str, str], ...]
    numbers: Numbers
    columns: int = 1

    @property
    def svg(self) -> str:
        """All charts as one image."""
        return self.panels[0][1] if len(self.panels) == 1 else sheet([drawn for _, drawn in self.panels], self.columns)


def _drawn(material: Material, chart: Chart) -> str:
    """A chart with the decimal mark of the page."""
    return svg(chart, material.say.decimal_mark)


def _documents(material: Material) -> Figure | None:
    say, unit, periods = material.say, material.unit, material.combined.periods
    pairs = ((period_of(info.date, unit), info.language) for info in material.study.corpus.infos)
    counts = Counter((label, language) for label, language in pairs if label)
    if not counts or not periods:
        return None
    caption = say("figure.documents", unit=material.unit_word, n=sum(counts.values()), periods=len(periods))
    drawn = _drawn(material, documents_per_period(counts, periods, unit, (say("figure.articles"), say("figure.language"))))
    languages = sorted({language for _, language in counts})
    rows = tuple((period.label, *(say.number(counts[period.label, code]) for code in languages)) for period in periods)
    cells = tuple((period.label, code, counts[period.label, code]) for period in periods for code in languages)
    numbers = Numbers((material.unit_word, *languages), rows, ("period", "language", "n_docs"), cells)
    return Figure("documents", caption, "documents.csv", ((caption, drawn),), numbers)


def _has_curve(series: TrendSeries, language: str = ALL) -> bool:
    """Whether enough articles lie in enough periods for a line to mean something."""
    cells = [cell for cell in series.of(UNASSIGNED, language) if cell.n_docs > 0]
    return len(cells) >= MIN_PERIODS and sum(cell.n_docs for cell in cells) >= MIN_DOCS


def _summary(say: Wording, title: str, cells: Sequence[TrendCell]) -> str:
    held = [cell for cell in cells if cell.n_docs]
    if not held:
        return say("figure.empty", title=title)
    first, last, peak = held[0], held[-1], max(held, key=lambda cell: cell.share)
    shares = {name: say.percent(cell.share, 1) for name, cell in (("first", first), ("last", last), ("most", peak))}
    return say("figure.summary", title=title, start=first.period, end=last.period, peak=peak.period, **shares)


def _trend_numbers(material: Material, series: TrendSeries, titles: Mapping[str, str], languages: Mapping[str, str]) -> Numbers:
    say, curves = material.say, [(name, code) for name in titles for code in languages]
    found = {curve: series.of(*curve) for curve in curves}
    head = tuple(f"{titles[name]} ({languages[code]})" if len(languages) > 1 else titles[name] for name, code in curves)
    rows = tuple((period.label, *(_interval(say, found[curve][place]) for curve in curves)) for place, period in enumerate(series.periods))
    cells = tuple(
        (name, titles[name], code, cell.period, cell.n_docs, cell.share, cell.low, cell.high, cell.complete)
        for (name, code), listed in found.items()
        for cell in listed
    )
    columns = ("series", "title", "language", "period", "n_docs", "share", "low", "high", "complete")
    return Numbers((material.unit_word, *head), rows, columns, cells)


def _interval(say: Wording, cell: TrendCell) -> str:
    if math.isnan(cell.share):
        return "–"
    return f"{say.percent(cell.share, 1)} ({say.percent(cell.low)} – {say.percent(cell.high)})"


def _marks(material: Material, source: str, kind: str, name: str) -> Marks:
    """Changes of level of a series that are findings, and the study's events."""
    starts = {period.label: period.start for period in material.combined.periods}
    said = (claim.statement for claim in material.claims)
    own = [
        one for one in said if (one.statistic, one.source, one.kind, one.series, one.language) == ("change_point", source, kind, name, ALL)
    ]
    steps = [(starts[one.row["period"]], starts[one.row["earliest"]], starts[one.row["latest"]]) for one in own]
    events = tuple((event.day, event.name) for event in material.study.file.events)
    return Marks(tuple(steps), tuple((day, text) for day, text in events if _inside(material, day)))


def _inside(material: Material, day: date) -> bool:
    periods = material.combined.periods
    return bool(periods) and periods[0].start <= day <= periods[-1].end


def _trends(material: Material, source: str, titles: Mapping[str, str], name: str, caption: str, languages: Mapping[str, str]) -> Figure:
    series, say = material.study.trends(source), material.say
    panels: list[tuple[str, str]] = []
    marked: list[Marks] = []
    for key, title in titles.items():
        marks = _marks(material, source, series.kind, key)
        told = " ".join(
            _summary(say, title if code == ALL else f"{title} ({shown})", series.of(key, code)) for code, shown in languages.items()
        )
        panels.append((told, _drawn(material, trend_panel(series, key, title, material.unit, languages, marks))))
        marked.append(marks)
    unit = material.unit_word
    parts = [caption, say("figure.how", unit=unit)]
    parts += [say("figure.marks")] if any(marks.steps for marks in marked) else []
    parts += [say("figure.events")] if any(marks.events for marks in marked) else []
    numbers = _trend_numbers(material, series, titles, languages)
    return Figure(name, " ".join(parts), f"trends_{source}.csv", tuple(panels), numbers, columns=3)


def _theme_trends(material: Material) -> Iterator[Figure]:
    say, series = material.say, material.combined
    titles = {key: shorten(name) for key, name in material.themes.items()}
    if not titles or not _has_curve(series):
        return
    unit = material.unit_word
    caption = say("figure.themes", whose=say("figure.all_articles"), unit=unit)
    yield _trends(material, COMBINED, titles, "themes_all", caption, {ALL: say("figure.all_articles")})
    codes = [code for code in dict.fromkeys(cell.language for cell in series.cells) if code != ALL and _has_curve(series, code)]
    if len(codes) > 1:
        caption = say("figure.themes", whose=say("figure.by_language"), unit=unit)
        yield _trends(material, COMBINED, titles, "themes_languages", caption, {code: code for code in codes[:MAX_LANGUAGES]})


def _growth(material: Material, source: str, titles: Mapping[str, str]) -> Figure | None:
    say, rows = material.say, material.study.statistics(source).rows
    found = {row.series: row for row in rows if (row.statistic, row.language) == ("growth", ALL) and not math.isnan(row.value)}
    listed = sorted((found[key] for key in titles if key in found), key=lambda row: -row.value)
    if not listed:
        return None
    drawn = _drawn(
        material,
        growth_dots([(titles[row.series], row.value, row.low, row.high, is_finding(row.q)) for row in listed], say("figure.growth_axis")),
    )
    shown = tuple(
        (titles[row.series], say.decimal(row.value), f"{say.decimal(row.low)} – {say.decimal(row.high)}", say.decimal(row.q, 3))
        for row in listed
    )
    cells = tuple((row.series, titles[row.series], row.value, row.low, row.high, row.q) for row in listed)
    head = (say("parts.column_series"), say("figure.growth_axis"), say("parts.column_interval"), "q")
    numbers = Numbers(head, shown, ("series", "title", "odds_ratio", "low", "high", "q"), cells)
    caption = say("figure.growth")
    told = "; ".join(f"{row[0]} {row[1]} ({row[2]}), q {row[3]}" for row in shown)
    return Figure(f"growth_{source}", caption, f"statistics_{source}.csv", ((told, drawn),), numbers)


def _terms(material: Material, name: str) -> Figure:
    result, say, labels = curated_result(material.study, name), material.say, material.topic_titles(name)
    own, index = exclusivity(result), result.topics.vocabulary.index
    panels: list[tuple[str, str]] = []
    cells: list[tuple[int, str, str, float, float]] = []
    for place, number, _ in material.largest(name):
        title, terms = labels[str(number)], result.top_terms(place, 8)
        panels.append(
            (
                f"{title}: {', '.join(term for term, _ in terms)}",
                _drawn(material, term_panel(result, own, place, title, say("figure.terms_legend"))),
            )
        )
        cells += [(number, title, term, weight, float(own[place, index[term]])) for term, weight in terms]
    shown = tuple((title, term, say.decimal(weight, 4), say.decimal(alone)) for _, title, term, weight, alone in cells)
    head = (say("model.topic"), "term", "weight", say("figure.terms_legend"))
    numbers = Numbers(head, shown, ("topic", "title", "term", "weight", "exclusivity"), tuple(cells))
    return Figure(f"terms_{name}", say("figure.terms", model=material.title(name)), f"topics_{name}.csv", tuple(panels), numbers, columns=3)


def _model_figures(material: Material, name: str) -> Iterator[Figure]:
    titles, say, series = material.topic_titles(name), material.say, material.study.trends(name)
    if not titles:
        return
    yield _terms(material, name)
    if not _has_curve(series):
        return
    model, unit, everyone = material.title(name), material.unit_word, {ALL: say("figure.all_articles")}
    numbers = _trend_numbers(material, series, titles, everyone)
    told = " ".join(_summary(say, title, series.of(key)) for key, title in titles.items())
    caption = say("figure.heat", model=model, unit=unit)
    yield Figure(
        f"heat_{name}",
        caption,
        f"trends_{name}.csv",
        ((told, _drawn(material, heat_map(series, titles, material.unit, say("figure.heat_share")))),),
        numbers,
    )
    yield _trends(material, name, titles, f"trends_{name}", say("figure.topics", model=model, unit=unit), everyone)
    growth = _growth(material, name, titles)
    if growth:
        yield growth


def _concordance(material: Material) -> Figure | None:
    found, say = material.study.concordance, material.say
    if found is None:
        return None
    labels = [material.study.labels(name) for name in ("lda", "bertopic")]
    left, right = ({k: shorten(f"{k}: {label}", 36) for k, label in enumerate(listed)} for listed in labels)
    caption = say("figure.concordance", n=len(found.matches), threshold=say.decimal(found.threshold))
    drawn = _drawn(material, concordance_map(found, left, right, say("figure.correlation")))
    rows = tuple(
        (left[match.left], right[match.right], say.decimal(match.similarity), say.percent(match.document_agreement))
        for match in found.matches
    )
    cells = tuple((match.left, match.right, match.similarity, match.document_agreement) for match in found.matches)
    head = ("LDA", "BERTopic", say("agreement.correlation"), say("agreement.shared"))
    numbers = Numbers(head, rows, ("lda_topic", "bertopic_topic", "similarity", "document_agreement"), cells)
    return Figure("concordance", caption, "concordance.csv", ((caption, drawn),), numbers)


def _seam(material: Material, name: str) -> Figure | None:
    """Both models' shares of the largest topics, where a model follows an earlier one."""
    study, say = material.study, material.say
    rows = [row for row in seam_rows(study, name) if row["language"] == ALL]
    starts = {period.label: period.start for period in study.trends(name).periods}
    if len({row["period"] for row in rows}) < MIN_PERIODS:
        return None
    points = [SeamPoint(row["topic"], starts[row["period"]], _number(row["old_share"]), _number(row["new_share"])) for row in rows]
    mass: dict[str, float] = {}
    for point, row in zip(points, rows, strict=True):
        mass[point.topic] = mass.get(point.topic, 0.0) + int(row["n_docs"]) * max(point.old or 0.0, point.new or 0.0)
    names = {row["topic"]: shorten(f"{row['topic']}: {row['name']}") for row in rows}
    titles = {topic: names[topic] for topic in sorted(mass, key=lambda topic: (-mass[topic], int(topic)))[:MAX_TOPICS]}
    last = max((row["period"] for row in rows if int(row["n_known"])), default="")
    after = min((starts[row["period"]] for row in rows if row["period"] > last), default=None) if last else None
    called = say("figure.earlier"), say("figure.new")
    panels = tuple(
        (title, _drawn(material, seam_multiples(points, {topic: title}, material.unit, after, called))) for topic, title in titles.items()
    )
    cells = tuple(
        (row["topic"], row["period"], _number(row["old_share"]), _number(row["new_share"])) for row in rows if row["topic"] in titles
    )
    shown = tuple(
        (titles[topic], period, *("–" if value is None else say.percent(value, 1) for value in pair)) for topic, period, *pair in cells
    )
    numbers = Numbers((say("model.topic"), material.unit_word, *called), shown, ("topic", "period", "old_share", "new_share"), cells)
    caption = say("figure.seam", model=material.title(name), unit=material.unit_word)
    return Figure(f"seam_{name}", caption, f"topic_seam_{name}.csv", panels, numbers, columns=3)


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def make_figures(material: Material) -> dict[str, Figure]:
    """Return the figures of a study by name; those that the data cannot carry are not there."""
    figures = [figure for figure in (_documents(material), *_theme_trends(material)) if figure]
    growth = _growth(material, COMBINED, {key: shorten(name) for key, name in material.themes.items()})
    figures += [growth] if growth else []
    for name in material.study.fitted:
        seam = _seam(material, name)
        figures += [*_model_figures(material, name), *([seam] if seam else [])]
    found = _concordance(material)
    figures += [found] if found else []
    return {figure.name: figure for figure in figures}
