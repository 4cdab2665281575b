"""One series over time, large: its share with interval, raw points, change points."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from topics.core.series import ChangePoint, PeriodUnit, TrendSeries
from topics.viz.style import BLUE, ORANGE, Chart
from topics.viz.trend_charts import trend_frame

WIDTH, HEIGHT = 640, 240


def one_trend(
    series: TrendSeries, named: tuple[str, str], unit: PeriodUnit, language: str = "all", points: Sequence[ChangePoint] = ()
) -> Chart:
    """Return the share of each period's articles as a line with points, its 95 % interval as a band, change points as upright lines.

    Hollow points are periods that the data do not cover wholly; the pale span around a change point is where it can lie.

    Args:
        series: with the cells.
        named: the series, and its title.
        unit: length of a period.
        language: a code, or `all`.
        points: its change points.
    """
    name, title = named
    frame = trend_frame(series, {name: title}, language)
    time = alt.X("start:T", axis=alt.Axis(title=None, labelOverlap=True), scale=alt.Scale(type="utc"))
    share = alt.Y("share:Q", title=f"share of each {unit}'s articles", axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(zero=True))
    tip = [alt.Tooltip("utcyearmonthdate(start):T", title="from"), alt.Tooltip("share:Q", format=".1%"), "n_docs:Q"]
    base = alt.Chart(frame).encode(x=time)
    band = base.mark_area(color=BLUE, opacity=0.18).encode(y=alt.Y("low:Q"), y2="high:Q")
    line = base.mark_line(color=BLUE, strokeWidth=1.8).encode(y=share)
    fill = alt.condition("datum.complete", alt.value(BLUE), alt.value("white"))
    dots = base.mark_point(size=34, filled=True, stroke=BLUE, strokeWidth=1.2, opacity=1).encode(y=share, fill=fill, tooltip=tip)
    layers = [*_jumps(series, points), band, line, dots]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT, title=alt.TitleParams(title, anchor="start"))


def _jumps(series: TrendSeries, points: Sequence[ChangePoint]) -> list[Chart]:
    starts = {period.label: pd.Timestamp(period.start, tz="UTC") for period in series.periods}
    rows = [(starts[point.period], starts[point.earliest], starts[point.latest]) for point in points]
    if not rows:
        return []
    base = alt.Chart(pd.DataFrame(rows, columns=["at", "earliest", "latest"]))
    spans = base.mark_rect(color=ORANGE, opacity=0.15).encode(x="earliest:T", x2="latest:T")
    return [spans, base.mark_rule(color=ORANGE, strokeWidth=1.5).encode(x="at:T")]
