"""Typed summary to one HTML file: escaped by Jinja, no script, no network, its own style allowed by hash."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files

import jinja2
from markupsafe import Markup

from topics.artifacts.manifest import read_manifest
from topics.claims.records import Claim
from topics.core.contracts import HasNearest
from topics.core.hashing import canonical_json
from topics.core.registry import discover
from topics.core.series import HIDDEN
from topics.ingest.warnings import corpus_warnings
from topics.pipeline import Study, curated, curated_result, shown_documents
from topics.report.figures import Figure
from topics.report.sentences import headlines, limits, methods
from topics.report.summary import (
    claim_summaries,
    concordance_summary,
    corpus_facts,
    date_facts,
    date_text,
    model_summary,
    note_facts,
    removed_facts,
    statistic_summaries,
    theme_summaries,
)
from topics.theming import COMBINED

MAX_TITLES = 50_000
QUARANTINE_SHOWN = 50
_SVG_ID = re.compile(r"""(\bid="|url\(#|href="#)([^")]+)""")
_SVG_SIZE = re.compile(r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"')


def _resource(name: str) -> str:
    return files("topics.report").joinpath(name).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("topics.report", "templates")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def csp_hash(content: str) -> str:
    """Return the source expression that allows one inline block."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"


def inline_svg(figure: Figure) -> Markup:
    """Return a figure's SVG for a page: with a text for who cannot see it, ids that are its own, width by the page."""
    body = _SVG_ID.sub(lambda found: f"{found[1]}{figure.name}-{found[2]}", figure.svg)
    body = _SVG_SIZE.sub(r"<svg \1", body, count=1)
    label = Markup.escape(figure.caption)
    return Markup(body.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))  # noqa: S704 - our own renderer's output, caption escaped


def render_report(study: Study, figures: dict[str, Figure], claims: Sequence[Claim]) -> str:
    """Return the report of a study with its claims."""
    style = _resource("templates/report.css").strip()
    kinds = discover("topics.models", "MODEL")
    page = _environment().get_template("report.html.j2")
    return page.render(
        title=study.config.study.title or study.config.study.name,
        csp=f"default-src 'none'; img-src data:; style-src {csp_hash(style)}",
        style=Markup(style),  # noqa: S704 - a file of this package
        headlines=headlines(study),
        claims=claim_summaries(claims),
        n_findings=sum(bool(claim.statement.sign) for claim in claims),
        n_mixed=sum(claim.mixed for claim in claims),
        limits=[*study.account.warnings, *corpus_warnings(study.corpus.infos), *limits(study)],
        methods=methods(study),
        corpus=corpus_facts(study),
        dates=date_facts(study),
        removed=removed_facts(study),
        notes=note_facts(study),
        quarantined=study.account.quarantined[:QUARANTINE_SHOWN],
        n_quarantined=len(study.account.quarantined),
        themes=theme_summaries(study, claims),
        statistics=discover("topics.trends.statistics", "STATISTIC"),
        theme_statistics=statistic_summaries(study),
        models=[model_summary(study, name, kinds[name].title) for name in study.file.models],
        concordance=concordance_summary(study),
        figures=figures,
        svg={name: inline_svg(figure) for name, figure in figures.items()},
        fingerprint=study.corpus.fingerprint,
        preparation=study.preparation.key if study.fitted else "",
        artifacts=[(name, read_manifest(study.artifacts / name).key) for name in study.fitted],
        study_file=study.file.path.name,
    )


def _nearest(study: Study, name: str, listed: Sequence[int]) -> list[tuple[int, float]]:
    """Nearest topic of each article, by its place in the explorer, and how sure that is; empty for a model that does not say."""
    model = study.model(name)
    if not isinstance(model, HasNearest):
        return []
    topics, sure = model.nearest(study.prepared)
    return [(listed[topic], round(value, 2)) for topic, value in zip(topics[:MAX_TITLES].tolist(), sure[:MAX_TITLES].tolist(), strict=True)]


def _explorer_data(study: Study) -> dict[str, object]:
    infos = study.corpus.infos[:MAX_TITLES]
    models: dict[str, object] = {}
    for name in study.fitted:
        result, names, told = curated_result(study, name), study.labels(name), curated(study, name)
        series, terms = study.trends(name), {str(topic): result.top_terms(place, 12) for place, topic in told.shown}
        topics = [
            {
                "number": shown,
                "label": names[int(shown)] if shown != HIDDEN else "topics that are not shown",
                "terms": [term for term, _ in terms.get(shown, ())],
                "trend": [None if cell.n_docs == 0 else round(cell.share, 4) for cell in series.of(shown)],
            }
            for shown in told.series
        ]
        listed = [*(told.series.index(str(told.shown_as(topic))) for topic in range(told.n_topics)), -1]  # -1: none
        labels = shown_documents(study, name).labels()[: len(infos)].tolist()
        models[name] = {"topics": topics, "labels": labels, "nearest": _nearest(study, name, listed)}
    present = study.theme_scores.present
    return {
        "periods": [period.label for period in study.trends(COMBINED).periods],
        "documents": [[info.title, info.source, info.language, date_text(info)] for info in infos],
        "shown": len(infos),
        "total": len(study.corpus),
        "models": models,
        "themes": [
            {"label": theme.name("en"), "documents": [row for row in range(len(infos)) if present[row, column]]}
            for column, theme in enumerate(study.themes)
        ],
    }


def render_explorer(study: Study) -> str:
    """Return the explorer: one file, plain JavaScript allowed by hash, data as JSON that no text can leave."""
    style, script = _resource("templates/report.css").strip(), _resource("explorer/explorer.js").strip()
    data = canonical_json(_explorer_data(study)).decode()
    for character in "<>&\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return (
        _environment()
        .get_template("explorer.html.j2")
        .render(
            title=study.config.study.title or study.config.study.name,
            csp=f"default-src 'none'; script-src {csp_hash(script)}; style-src {csp_hash(style)}",
            style=Markup(style),  # noqa: S704 - a file of this package
            script=Markup(script),  # noqa: S704 - a file of this package
            data=Markup(data),  # noqa: S704 - escaped above
        )
    )
