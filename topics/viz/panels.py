"""Small charts of one series each, that a page may place side by side or below each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import altair as alt
import numpy as np
import pandas as pd

from topics.core.series import PeriodUnit, TrendSeries
from topics.viz.style import BLUE, GREY, LANGUAGE_COLORS, ORANGE, Chart
from topics.viz.trend_charts import time_axis, trend_frame

WIDTH, HEIGHT, STRIP = 250, 105, 18
DASHES = ([1, 0], [5, 2], [1, 2], [6, 2, 1, 2])  # so that lines are told apart without their colours


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked on a time axis: (first day, earliest, latest) of changes of level, and (day, name) of events."""

    steps: tuple[tuple[date, date, date], ...] = ()
    events: tuple[tuple[date, str], ...] = ()


def trend_panel(series: TrendSeries, name: str, title: str, unit: PeriodUnit, languages: Mapping[str, str], marks: Marks) -> Chart:
    """Return one series: shares as points on a line with 95 % bands, the articles of each period as a strip below.

    Args:
        series: where the cells are.
        name: of the series.
        title: above the chart.
        unit: of the periods.
        languages: code to what the legend calls it; without a legend where there is one only.
        marks: changes of level as a line with a shade, events as dashed lines.
    """
    frames = [trend_frame(series, {name: shown}, code) for code, shown in languages.items()]
    frame = pd.concat(frames, ignore_index=True).rename(columns={"title": "whose"})
    frame["alone"] = _alone(frame)
    several, names = len(languages) > 1, list(languages.values())
    ceiling = _ceiling(frame)
    base = alt.Chart(frame).encode(x=time_axis(unit, labels=False))
    scale = alt.Scale(domain=[0, ceiling], nice=False)
    share = alt.Y("share:Q", title=None, axis=alt.Axis(format="%", tickCount=4, minExtent=34, maxExtent=34), scale=scale)
    color = alt.Color(
        "whose:N", sort=names, scale=alt.Scale(domain=names, range=list(LANGUAGE_COLORS[: len(names)])), legend=_legend(several)
    )
    dash = alt.StrokeDash("whose:N", sort=names, scale=alt.Scale(domain=names, range=list(DASHES[: len(names)])), legend=_legend(several))
    band = base.mark_area(opacity=0.1 if several else 0.18, clip=True).encode(
        y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q", color=color
    )
    bar = base.transform_filter("datum.alone").mark_rule(opacity=0.35, strokeWidth=3, clip=True)
    bar = bar.encode(y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q", color=color)
    line = base.mark_line(strokeWidth=1.6, clip=True).encode(y=share, color=color, strokeDash=dash)
    whole = base.transform_filter("datum.complete").mark_point(size=16, filled=True, opacity=1).encode(y=share, color=color)
    part = base.transform_filter("!datum.complete").mark_point(size=20, filled=True, fill="white", strokeWidth=1.2, opacity=1)
    layers = [band, bar, *_marks(marks), line, whole, part.encode(y=share, stroke=color)]
    main = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)
    both = alt.vconcat(
        main, _strip(frame, unit, len(series.periods)), spacing=2, title=title
    )  # a title of `main` would stand below its legend
    return both.resolve_scale(x="shared")


def _alone(frame: pd.DataFrame) -> pd.Series[bool]:
    """Which shares have no neighbour that a band could reach: their intervals are bars."""
    told = frame["share"].notna()
    beside = [told.groupby(frame["whose"]).shift(step, fill_value=False) for step in (1, -1)]
    return told & ~beside[0] & ~beside[1]


def _legend(several: bool) -> alt.Legend | None:
    return (
        alt.Legend(title=None, orient="top", symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=2, padding=0, offset=2)
        if several
        else None
    )


def _ceiling(frame: pd.DataFrame) -> float:
    """Top of the vertical axis: all shares stand below it, and most intervals; a few wide ones would flatten the curve."""
    shares, highs = frame["share"].dropna(), frame["high"].dropna()
    if shares.empty:
        return 1.0
    return min(1.0, max(1.08 * float(shares.max()), float(np.quantile(highs, 0.5)), 1e-4))


def _strip(frame: pd.DataFrame, unit: PeriodUnit, n_periods: int) -> Chart:
    totals = frame.groupby("start", as_index=False)["n_docs"].sum()
    bars = alt.Chart(totals).mark_bar(color=GREY, opacity=0.55, size=max(1.0, min(12.0, 0.7 * WIDTH / max(1, n_periods))))
    most = int(totals["n_docs"].max()) if len(totals) else 0
    axis = alt.Axis(values=[most], minExtent=34, maxExtent=34, grid=False, format="d")
    return bars.encode(x=time_axis(unit), y=alt.Y("n_docs:Q", title=None, axis=axis)).properties(width=WIDTH, height=STRIP)


def _day(day: date) -> pd.Timestamp:
    return pd.Timestamp(day, tz="UTC")


def _marks(marks: Marks) -> list[Chart]:
    layers: list[Chart] = []
    if marks.steps:
        rows = [(_day(at), _day(low), _day(high)) for at, low, high in marks.steps]
        steps = alt.Chart(pd.DataFrame(rows, columns=["start", "earliest", "latest"]))
        layers.append(steps.mark_rect(color=ORANGE, opacity=0.16, clip=True).encode(x=alt.X("earliest:T"), x2="latest:T"))
        layers.append(steps.mark_rule(color=ORANGE, strokeWidth=2, clip=True).encode(x="start:T"))
    if marks.events:
        events = alt.Chart(pd.DataFrame([(_day(at), name) for at, name in marks.events], columns=["start", "name"]))
        layers.append(events.mark_rule(color=GREY, strokeDash=[4, 3], clip=True).encode(x="start:T"))
        text = events.mark_text(align="left", baseline="top", dx=3, fontSize=9, color=GREY, limit=90, clip=True)
        layers.append(text.encode(x="start:T", y=alt.value(0), text="name:N"))
    return layers


def heat_map(series: TrendSeries, titles: Mapping[str, str], unit: PeriodUnit, legend: str) -> Chart:
    """Return series by period: the darker, the larger the share; in the order in which the series peak; blank without articles."""
    frame = trend_frame(series, titles)
    ends = {_day(period.start): _day(period.end + timedelta(days=1)) for period in series.periods}
    frame["end"] = frame["start"].map(ends)
    held = frame.dropna(subset=["share"])
    peaks = held.sort_values("share", ascending=False, kind="stable").drop_duplicates("title").set_index("title")["start"]
    order = sorted(titles.values(), key=lambda title: (peaks.get(title, pd.Timestamp.max.tz_localize("UTC")), title))
    rects = alt.Chart(held).mark_rect(color=BLUE)
    return rects.encode(
        x=time_axis(unit),
        x2="end:T",
        y=alt.Y("title:N", sort=order, title=None, axis=alt.Axis(labelLimit=230, grid=False)),
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, float(held["share"].max())], range=[0.03, 1]), legend=_shade(legend)),
    ).properties(width=520, height=20 * len(titles))


def _shade(title: str) -> alt.Legend:
    return alt.Legend(title=title, format="%", orient="top", symbolType="square", symbolFillColor=BLUE, symbolStrokeWidth=0, symbolSize=120)


def growth_dots(rows: Sequence[tuple[str, float, float, float, bool]], title: str) -> Chart:
    """Return a dot and its interval a series, on a logarithmic axis with a line at 1.

    Args:
        rows: (series, odds ratio a year, lower and upper bound, whether it is a finding); the order is kept.
        title: of the axis.
    """
    frame = pd.DataFrame(rows, columns=["title", "value", "low", "high", "found"])
    low, high = max(0.04, 0.9 * float(frame["low"].min())), min(25.0, 1.1 * float(frame["high"].max()))
    order = [row[0] for row in rows]
    base = alt.Chart(frame).encode(y=alt.Y("title:N", sort=order, title=None, axis=alt.Axis(labelLimit=230, grid=False)))
    scale = alt.Scale(type="log", domain=[min(low, 0.8), max(high, 1.25)], nice=False)
    axis = alt.Axis(values=[0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20], format="~g")
    line = base.mark_rule(color=BLUE, strokeWidth=1.6, clip=True).encode(x=alt.X("low:Q", title=title, scale=scale, axis=axis), x2="high:Q")
    found = base.transform_filter("datum.found").mark_point(filled=True, size=60, color=BLUE, opacity=1, clip=True)
    rest = base.transform_filter("!datum.found").mark_point(
        filled=True, size=50, fill="white", stroke=BLUE, strokeWidth=1.4, opacity=1, clip=True
    )
    one = alt.Chart(pd.DataFrame({"one": [1.0]})).mark_rule(color=GREY, strokeDash=[3, 3]).encode(x=alt.X("one:Q", scale=scale))
    return alt.layer(one, line, rest.encode(x="value:Q"), found.encode(x="value:Q")).properties(width=460, height=22 * len(rows))
