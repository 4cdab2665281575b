"""What a notebook sets once: charts that show without a network, and tables with whole sentences and short numbers."""

from __future__ import annotations

from topics.progress import show_bars


def notebook() -> None:
    """Show charts as static SVG, which needs no network, long cells whole, numbers short, and bars for what takes longer.

    Call it once, in the first cell.
    """
    import altair as alt
    import pandas as pd

    alt.renderers.enable("svg")
    alt.data_transformers.enable("default", max_rows=None)
    pd.set_option("display.max_colwidth", None)
    pd.set_option("display.precision", 3)
    show_bars()
