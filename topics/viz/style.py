"""One look for all charts, and the way to static SVG."""

from __future__ import annotations

import io
import re
from typing import Any

import altair as alt

# Okabe and Ito's palette: told apart by all common kinds of colour vision.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#666666"
LANGUAGE_COLORS = (BLUE, ORANGE, GREEN, PURPLE, SKY, GREY)
FONT = "Helvetica, Arial, 'Noto Sans', sans-serif"

Chart = Any  # Altair's chart classes share no useful base type


def styled(chart: Chart) -> Chart:
    """Return the chart with the project's fonts and quiet axes."""
    return (
        chart.configure(font=FONT, background="white")
        .configure_axis(
            grid=True, gridColor="#eeeeee", domainColor="#999999", tickColor="#999999", labelColor="#333333", titleColor="#333333"
        )
        .configure_view(stroke=None)
        .configure_header(labelFontSize=12, labelFontWeight="bold", labelColor="#222222", title=None)
    )


def svg(chart: Chart) -> str:
    """Return static SVG: no script, no network, the same bytes each time."""
    buffer = io.StringIO()
    with alt.data_transformers.enable("default", max_rows=None):
        styled(chart).save(buffer, format="svg")
    return _own_ids(buffer.getvalue())


def _own_ids(drawn: str) -> str:
    """Number the ids from 0: the renderer counts on over all charts of a process."""
    for number, name in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', drawn))):
        drawn = re.sub(rf'(\bid="|url\(#|href="#){re.escape(name)}(?=["\)])', rf"\g<1>part{number}", drawn)
    return drawn
