"""In which other looks a claim holds: a dot each, by what was varied."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from topics.viz.style import BLUE, GREY, Chart

COLUMNS = ("source", "weighting", "period", "fit", "value", "agrees")


def variant_chart(rows: Sequence[tuple[str, str, str, str, float, bool]]) -> Chart:
    """Return one row a model and a dot a variant: the value that stands for the direction, filled where it agrees with the claim.

    Args:
        rows: source, weighting, period, fit, value, whether it agrees.
    """
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).dropna(subset=["value"])
    agrees = alt.Scale(domain=[True, False], range=[BLUE, GREY])
    points = alt.Chart(frame).mark_point(size=60, filled=True, opacity=0.8)
    zero = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=GREY, strokeDash=[3, 3]).encode(x="value:Q")
    return alt.layer(
        zero,
        points.encode(
            x=alt.X("value:Q", title="Direction (left: falls, right: rises)"),
            y=alt.Y("source:N", title=None, sort=list(dict.fromkeys(frame["source"]))),
            color=alt.Color("agrees:N", title="Agrees", scale=agrees),
            shape=alt.Shape("weighting:N", title="Votes"),
            tooltip=list(COLUMNS),
        ),
    ).properties(width=480, height=alt.Step(34))
