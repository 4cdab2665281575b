"""One look for all charts, and the way to static SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import altair as alt

from topics.core.labels import is_text, only_text

# Okabe and Ito's palette: told apart by all common kinds of colour vision.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#666666"
LANGUAGE_COLORS = (BLUE, ORANGE, GREEN, PURPLE, SKY, GREY)
FONT = "Helvetica, Arial, 'Noto Sans', sans-serif"

_TAG, _ARIA = re.compile(r"<[a-z][^<>]*>"), re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')  # what is left of roles has no names
_SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"')
Chart = Any  # Altair's chart classes share no useful base type


def styled(chart: Chart) -> Chart:
    """Return the chart with the project's fonts and quiet axes."""
    return (
        chart.configure(font=FONT, background="white", aria=False)  # pages say in words and tables what a chart shows
        .configure_axis(
            grid=True, gridColor="#eeeeee", domainColor="#999999", tickColor="#999999", labelColor="#333333", titleColor="#333333"
        )
        .configure_view(stroke=None)
        .configure_header(labelFontSize=12, labelFontWeight="bold", labelColor="#222222", title=None)
        .configure_title(fontSize=12, anchor="start", color="#222222", limit=300)
    )


def svg(chart: Chart, decimal: Literal[".", ","] = ".") -> str:
    """Return static SVG: no script, no network, the same bytes each time; numbers of axes with that decimal mark."""
    marks = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", ""]}
    buffer = io.StringIO()
    with alt.data_transformers.enable("default", max_rows=None):
        _with_text_alone(styled(chart)).save(buffer, format="svg", embed_options={"formatLocale": marks} if decimal == "," else None)
    return _own_ids(_TAG.sub(lambda tag: _ARIA.sub("", tag[0]), buffer.getvalue()))


def _with_text_alone(chart: Chart) -> Chart:
    """The chart without control characters, over which the drawing library aborts the whole process."""
    spec = chart.to_dict()
    return chart if is_text(spec) else alt.Chart.from_dict({key: only_text(item) for key, item in spec.items()}, validate=False)


def png(drawn: str) -> bytes:
    """Return SVG as pixels, twice as large; the same bytes each time."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(drawn, scale=2))


def sheet(drawn: Sequence[str], columns: int = 3) -> str:
    """Return SVG images of one size or several as one image, row by row."""
    sizes = [_size(one) for one in drawn]
    width, height = max(size[0] for size in sizes), max(size[1] for size in sizes)
    columns = min(columns, len(drawn))
    rows = -(-len(drawn) // columns)
    placed = (
        one.replace("<svg ", f'<svg x="{number % columns * width:g}" y="{number // columns * height:g}" ', 1)
        for number, one in enumerate(drawn)
    )
    size = f'width="{columns * width:g}" height="{rows * height:g}" viewBox="0 0 {columns * width:g} {rows * height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" {size}>{"".join(_numbered(placed))}</svg>'


def _size(drawn: str) -> tuple[float, float]:
    found = _SIZE.search(drawn)
    if found is None:
        raise ValueError("SVG without a size")
    return float(found[1]), float(found[2])


def _numbered(drawn: Iterable[str]) -> Iterator[str]:
    """Ids of images that come together, each set apart by the number of its image."""
    for number, one in enumerate(drawn):
        yield re.sub(r"""(\bid="|url\(#|href="#)""", rf"\g<1>image{number}-", one)


def _own_ids(drawn: str) -> str:
    """Number the ids from 0: the renderer counts on over all charts of a process."""
    for number, name in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', drawn))):
        drawn = re.sub(rf'(\bid="|url\(#|href="#){re.escape(name)}(?=["\)])', rf"\g<1>part{number}", drawn)
    return drawn
