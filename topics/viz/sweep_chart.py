"""Measures over the number of topics, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import altair as alt
import pandas as pd

from topics.viz.style import BLUE, GREY, ORANGE, Chart

COLUMNS = 3


@dataclass(frozen=True)
class Panel:
    """One measure: number of topics to one value a run, to the mean of the null where there is one, and to the runs of a consensus."""

    title: str
    values: Mapping[int, Sequence[float]]
    null: Mapping[int, float] = field(default_factory=dict)
    consensus: Mapping[int, Sequence[float]] = field(default_factory=dict)


def sweep_chart(panels: Sequence[Panel], proposed: int | None) -> Chart:
    """One small chart a measure: dots are runs, the line their mean, the dashed line what shuffled documents reach.

    The upright line marks the proposed number of topics, a diamond the mean of a consensus of several fits, small ones its runs. The
    vertical axes differ between measures.
    """
    charts = [_panel(panel, proposed) for panel in panels]
    return alt.concat(*charts, columns=COLUMNS)


def _frame(values: Mapping[int, Sequence[float]]) -> pd.DataFrame:
    return pd.DataFrame([(number, value) for number, runs in values.items() for value in runs], columns=["topics", "value"])


def _panel(panel: Panel, proposed: int | None) -> Chart:
    runs = _frame(panel.values)
    means = runs.groupby("topics", as_index=False).mean()
    numbers = sorted(panel.values)
    x = alt.X("topics:Q", title="Topics", axis=alt.Axis(values=numbers, format="d", grid=False), scale=alt.Scale(zero=False, padding=12))
    y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5, minExtent=32), scale=alt.Scale(zero=False, padding=6))
    layers = [
        alt.Chart(runs).mark_point(color=GREY, opacity=0.45, size=14, filled=True).encode(x=x, y=y),
        alt.Chart(means).mark_line(color=BLUE, strokeWidth=1.6, point=alt.OverlayMarkDef(color=BLUE, size=30)).encode(x=x, y=y),
    ]
    if panel.null:
        null = pd.DataFrame(sorted(panel.null.items()), columns=["topics", "value"])
        layers.append(alt.Chart(null).mark_line(color=GREY, strokeDash=[4, 3]).encode(x=x, y=y))
    if panel.consensus:
        several = _frame(panel.consensus)
        mean = several.groupby("topics", as_index=False).mean()
        layers.append(alt.Chart(several).mark_point(color=ORANGE, opacity=0.6, size=14, shape="diamond").encode(x=x, y=y))
        layers.append(alt.Chart(mean).mark_point(color=ORANGE, opacity=1, size=60, shape="diamond", filled=True).encode(x=x, y=y))
    if proposed is not None:
        layers.append(alt.Chart(pd.DataFrame({"topics": [proposed]})).mark_rule(color=ORANGE, strokeWidth=1.5).encode(x=x))
    return alt.layer(*layers).properties(width=230, height=130, title=alt.TitleParams(panel.title, fontSize=12, anchor="start"))
