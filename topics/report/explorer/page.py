"""The explorer as one HTML file: plain JavaScript allowed by hash, data as JSON that no text can leave."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Literal

from markupsafe import Markup

from topics.core.hashing import canonical_json
from topics.pipeline import Study
from topics.report.explorer.data import ExplorerData
from topics.report.page import csp_hash, environment, resource

MAX_TITLES = 50_000
MAX_BYTES = 5_000_000
SHRINK = 0.97  # a new try aims a little lower, so that it need not be the last but one
PARTS = "columns texts state store filter edits dom list trend detail map mapview compare curate main"
Language = Literal["en", "vi", "both"]


@cache
def texts() -> dict[str, dict[str, str]]:
    """Return what the page itself says: text by language, by key."""
    return tomllib.loads(resource("explorer/texts.toml"))


def render_explorer(study: Study, language: Language = "en", max_bytes: int = MAX_BYTES) -> str:
    """Return the explorer of a study as one file.

    Args:
        study: a finished study.
        language: of the page itself; `both` has a switch, and starts in English.
        max_bytes: the size that the file may have; where the articles do not fit, it holds a sample of them and says so.
    """
    data = ExplorerData(study)
    title = study.config.study.title or study.config.study.name
    n_titles = min(MAX_TITLES, len(study.corpus))
    while True:
        page = render_page(data.blocks(n_titles), title, language)
        size = len(page.encode())
        if size <= max_bytes or not n_titles:
            return page
        empty = len(render_page(data.blocks(0), title, language).encode())
        n_titles = max(0, min(n_titles - 1, int(SHRINK * n_titles * (max_bytes - empty) / (size - empty))))


def render_page(blocks: Mapping[str, object], title: str, language: Language = "en") -> str:
    """Return the page around its data, the `blocks` of `ExplorerData`."""
    style = resource("explorer/explorer.css").strip()
    script = "\n".join(resource(f"explorer/{name}.js").strip() for name in PARTS.split())
    codes = ("en", "vi") if language == "both" else (language,)
    return (
        environment()
        .get_template("explorer.html.j2")
        .render(
            title=title,
            csp=f"default-src 'none'; script-src {csp_hash(script)}; style-src {csp_hash(style)}; base-uri 'none'; form-action 'none'",
            style=Markup(style),  # noqa: S704 - a file of this package
            script=Markup(script),  # noqa: S704 - files of this package
            data=_json(blocks),
            texts=_json({code: {key: said[code] for key, said in texts().items()} for code in codes}),
            codes=codes,
            text={key: said[codes[0]] for key, said in texts().items()},
            no_script={code: texts()["no_script"][code] for code in codes},
            tables=blocks["tables"],
        )
    )


def _json(value: object) -> Markup:
    """JSON in which nothing can end the block that holds it."""
    text = canonical_json(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped above
