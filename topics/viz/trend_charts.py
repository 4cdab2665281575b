"""Shares over time: small multiples with their intervals, and how many documents stand behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import altair as alt
import pandas as pd

from topics.core.series import Period, PeriodUnit, TrendSeries
from topics.viz.style import BLUE, GREY, LANGUAGE_COLORS, Chart

COLUMNS = 3
_FORMAT = {"day": "%Y-%m-%d", "week": "%Y-%m-%d", "month": "%Y-%m", "quarter": "%Y-%m", "year": "%Y"}


def time_axis(unit: PeriodUnit, *, labels: bool = True) -> alt.X:
    """Return the time axis; in UTC, so that the zone of the machine moves no label; dates as ISO 8601 writes them, in every language."""
    axis = alt.Axis(title=None, format=_FORMAT[unit], labelAngle=0, labelOverlap=True, tickCount=4, labels=labels, ticks=labels)
    return alt.X("start:T", axis=axis, scale=alt.Scale(type="utc"))


def trend_frame(series: TrendSeries, titles: Mapping[str, str], language: str = "all") -> pd.DataFrame:
    """Return one row a cell of the named series: title, start, share, low, high, n_docs, complete.

    Periods without documents have no share, so lines and bands break there.
    """
    starts = {period.label: period.start for period in series.periods}
    rows = [
        (titles[name], pd.Timestamp(starts[cell.period], tz="UTC"), cell.share, cell.low, cell.high, cell.n_docs, cell.complete)
        for name in titles
        for cell in series.of(name, language)
    ]
    return pd.DataFrame(rows, columns=["title", "start", "share", "low", "high", "n_docs", "complete"])


def trend_multiples(series: TrendSeries, titles: Mapping[str, str], unit: PeriodUnit, language: str = "all") -> Chart:
    """One small chart a series: the share of the period's articles as a line with points, its 95 % interval as a band.

    Hollow points are periods that the data do not cover wholly. The vertical axes differ between series.
    """
    frame = trend_frame(series, titles, language)
    base = alt.Chart(frame).encode(x=time_axis(unit))
    share = alt.Y("share:Q", title=None, axis=alt.Axis(format="%", tickCount=4), scale=alt.Scale(zero=True))
    band = base.mark_area(color=BLUE, opacity=0.18).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
    line = base.mark_line(color=BLUE, strokeWidth=1.6).encode(y=share)
    fill = alt.condition("datum.complete", alt.value(BLUE), alt.value("white"))
    points = base.mark_point(size=22, filled=True, stroke=BLUE, strokeWidth=1.2, opacity=1).encode(y=share, fill=fill)
    order = list(titles.values())
    layered = alt.layer(band, line, points).properties(width=250, height=120)
    return layered.facet(facet=alt.Facet("title:N", sort=order, title=None), columns=COLUMNS).resolve_scale(y="independent")


def documents_per_period(
    counts: Mapping[tuple[str, str], int], periods: tuple[Period, ...], unit: PeriodUnit, titles: tuple[str, str] = ("Articles", "Language")
) -> Chart:
    """Bars of dated articles a period, stacked by language; `counts` maps (period label, language) to a number.

    Args:
        counts: of articles.
        periods: all of them.
        unit: of the periods.
        titles: of the vertical axis and of the legend.
    """
    starts = {period.label: pd.Timestamp(period.start, tz="UTC") for period in periods}
    rows = [(starts[label], language, n) for (label, language), n in sorted(counts.items())]
    frame = pd.DataFrame(rows, columns=["start", "language", "n"])
    totals: Counter[str] = Counter()
    for (_, language), n in sorted(counts.items()):
        totals[language] += n
    languages = [language for language, _ in totals.most_common()]
    color = alt.Color(
        "language:N", sort=languages, scale=alt.Scale(domain=languages, range=list(LANGUAGE_COLORS) + [GREY] * 9), title=titles[1]
    )
    width = max(2.0, min(15.0, 520 / max(1, len(periods))))
    bars = alt.Chart(frame).mark_bar(size=width)
    return bars.encode(x=time_axis(unit), y=alt.Y("n:Q", title=titles[0]), color=color).properties(width=600, height=120)
