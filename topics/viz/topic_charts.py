"""Topics: their words, and how two models agree on them."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from topics.core.alignment import Alignment
from topics.core.matrices import Float64
from topics.core.results import TopicResult
from topics.viz.style import BLUE, Chart

COLUMNS = 3
MAX_CELLS = 40


def term_bars(result: TopicResult, own: Float64, titles: Mapping[int, str], n_terms: int = 8) -> Chart:
    """One small chart a topic.

    Bars of its heaviest terms; darker bars are terms that other topics hardly use (`own`, n_topics x n_terms).
    """
    index = result.topics.vocabulary.index
    rows = [
        (title, term, weight, float(own[topic, index[term]]), rank)
        for topic, title in titles.items()
        for rank, (term, weight) in enumerate(result.top_terms(topic, n_terms))
    ]
    frame = pd.DataFrame(rows, columns=["title", "term", "weight", "exclusivity", "rank"])
    color = alt.Color(
        "exclusivity:Q",
        scale=alt.Scale(domain=[0, 1], range=["#c6dbef", BLUE]),
        legend=alt.Legend(title="Exclusive to the topic", format="%", orient="top", gradientLength=140),
    )
    bars = alt.Chart(frame).mark_bar()
    bars = bars.encode(
        y=alt.Y("term:N", sort=alt.SortField("rank"), title=None, axis=alt.Axis(labelLimit=150)),
        x=alt.X("weight:Q", title=None, axis=alt.Axis(labels=False, ticks=False, grid=False)),
        color=color,
    ).properties(width=150, height=15 * n_terms)
    return bars.facet(facet=alt.Facet("title:N", sort=list(titles.values()), title=None), columns=COLUMNS).resolve_scale(
        y="independent", x="independent"
    )


def term_panel(result: TopicResult, own: Float64, topic: int, title: str, legend: str, n_terms: int = 8) -> Chart:
    """Return bars of a topic's heaviest terms; the darker, the less other topics use the term.

    Args:
        result: the model's topics.
        own: (n_topics, n_terms) how far a term is a topic's alone.
        topic: its place in the result.
        title: above the chart.
        legend: what the shade is called.
        n_terms: bars.
    """
    index = result.topics.vocabulary.index
    rows = [(term, weight, float(own[topic, index[term]]), rank) for rank, (term, weight) in enumerate(result.top_terms(topic, n_terms))]
    frame = pd.DataFrame(rows, columns=["term", "weight", "exclusivity", "rank"])
    shade = alt.Opacity("exclusivity:Q", scale=alt.Scale(domain=[0, 1], range=[0.25, 1]), title=legend, legend=None)
    bars = alt.Chart(frame).mark_bar(color=BLUE)
    return bars.encode(
        y=alt.Y("term:N", sort=alt.SortField("rank"), title=None, axis=alt.Axis(labelLimit=110, minExtent=112, maxExtent=112)),
        x=alt.X("weight:Q", title=None, axis=alt.Axis(labels=False, ticks=False, grid=False)),
        opacity=shade,
    ).properties(width=170, height=15 * n_terms, title=title)


def concordance_map(found: Alignment, left: Mapping[int, str], right: Mapping[int, str], legend: str = "Correlation") -> Chart:
    """Heat map of the correlation of document weights; matched topics first, in order of similarity."""
    matched = sorted(found.matches, key=lambda match: -match.similarity)
    rows_order = [match.left for match in matched] + list(found.unmatched_left)
    columns_order = [match.right for match in matched] + list(found.unmatched_right)
    rows_order, columns_order = rows_order[:MAX_CELLS], columns_order[:MAX_CELLS]
    cells = [(left[i], right[j], float(found.similarity[i, j])) for i in rows_order for j in columns_order]
    frame = pd.DataFrame(cells, columns=["lda", "bertopic", "similarity"])
    size = 18
    chart = alt.Chart(frame).mark_rect(color=BLUE)
    return chart.encode(
        y=alt.Y("lda:N", sort=[left[i] for i in rows_order], title="LDA", axis=alt.Axis(labelLimit=230, grid=False)),
        x=alt.X(
            "bertopic:N",
            sort=[right[j] for j in columns_order],
            title="BERTopic",
            axis=alt.Axis(labelLimit=200, labelAngle=-50, grid=False),
        ),
        opacity=alt.Opacity(
            "similarity:Q",
            scale=alt.Scale(domain=[0, 1], range=[0.03, 1], clamp=True),
            legend=alt.Legend(title=legend, symbolType="square", symbolFillColor=BLUE, symbolStrokeWidth=0, symbolSize=120),
        ),
    ).properties(width=size * len(columns_order), height=size * len(rows_order))
