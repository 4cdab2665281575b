"""The seam between two fits of a model: shares by the earlier one and by the new one, and the gap between them as a band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt
import pandas as pd

from topics.core.series import PeriodUnit
from topics.viz.style import BLUE, GREY, ORANGE, Chart
from topics.viz.trend_charts import COLUMNS, time_axis

EARLIER, NEW = "earlier model", "new model"


@dataclass(frozen=True, slots=True)
class SeamPoint:
    """Shares of a topic in the period that begins on a day; None where a model does not know the topic."""

    topic: str
    start: date
    old: float | None
    new: float | None


def seam_multiples(
    points: Sequence[SeamPoint], titles: Mapping[str, str], unit: PeriodUnit, seam: date | None, names: tuple[str, str] = (EARLIER, NEW)
) -> Chart:
    """One small chart a topic: both models' shares as lines, the gap between them as a band.

    Args:
        points: of every topic that has a title, by time.
        titles: of topics, in the order of the charts.
        unit: of the periods.
        seam: first period that the earlier model was not fitted on, drawn as a dashed line; None where it knew all.
        names: what the legend calls the earlier model and the new one.
    """
    rows = [(titles[one.topic], pd.Timestamp(one.start, tz="UTC"), one.old, one.new) for one in points if one.topic in titles]
    frame = pd.DataFrame(rows, columns=["title", "start", "old", "new"]).astype({"old": float, "new": float})
    frame["seam"] = pd.Timestamp(seam, tz="UTC") if seam else pd.NaT
    base = alt.Chart(frame).encode(x=time_axis(unit))
    both = base.transform_filter("isValid(datum.old) && isValid(datum.new)")
    layers = [both.mark_area(color=ORANGE, opacity=0.45).encode(y=_share("old"), y2="new:Q")]
    if seam:
        layers.append(alt.Chart(frame).mark_rule(color=GREY, strokeDash=[4, 3]).encode(x=alt.X("min(seam):T", title=None)))
    colors = alt.Scale(domain=list(names), range=[GREY, BLUE])
    for column, said in zip(("old", "new"), names, strict=True):
        color = alt.Color("model:N", scale=colors, title=None, legend=alt.Legend(orient="top"))
        known = base.transform_filter(f"isValid(datum.{column})").transform_calculate(model=f"'{said}'")
        layers.append(known.mark_line(strokeWidth=1.6, point=alt.OverlayMarkDef(size=16)).encode(y=_share(column), color=color))
    layered = alt.layer(*layers).properties(width=250, height=120)
    return layered.facet(facet=alt.Facet("title:N", sort=list(titles.values()), title=None), columns=COLUMNS).resolve_scale(y="independent")


def _share(column: str) -> alt.Y:
    return alt.Y(f"{column}:Q", title=None, axis=alt.Axis(format="%", tickCount=4), scale=alt.Scale(zero=True))
