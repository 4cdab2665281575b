"""Typed summary to one HTML file: escaped by Jinja, no script, no network, its own style allowed by hash."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import jinja2
from markupsafe import Markup

from topics.core.contracts import HasNearest
from topics.core.hashing import canonical_json
from topics.core.series import HIDDEN
from topics.pipeline import Study, curated, curated_result, shown_documents
from topics.report.figures import Figure
from topics.report.material import Material
from topics.report.sections.changes import changes, parts_grid, robustness_grid, signals_grid
from topics.report.sections.corpus import corpus_facts, date_facts, note_facts, removed_facts
from topics.report.sections.methods import methods, provenance
from topics.report.sections.models import alone, model_summary
from topics.report.sections.overview import banners, lead, limits
from topics.report.sections.themes import sides_grid, statistics_grid, theme_summaries
from topics.report.sections.values import date_text
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


def inline_svg(drawn: str, name: str, label: str) -> Markup:
    """Return SVG for a page: with a text for who cannot see it, ids that are its own, width by the page."""
    body = _SVG_ID.sub(lambda found: f"{found[1]}{name}-{found[2]}", drawn)
    body = _SVG_SIZE.sub(r"<svg \1", body, count=1)
    return Markup(body.replace("<svg ", f'<svg role="img" aria-label="{Markup.escape(label)}" ', 1))  # noqa: S704 - our own renderer's output, label escaped


def _panels(figure: Figure) -> list[Markup]:
    return [inline_svg(drawn, f"{figure.name}-{number}", label) for number, (label, drawn) in enumerate(figure.panels)]


@dataclass(frozen=True)
class Place:
    """Where a page stands among the files of a report.

    Args:
        folder: of its figures.
        tables: names of all tables.
        other_page: the same in another language; empty without one.
        pdf: the same for printing; empty without one.
    """

    folder: str
    tables: Sequence[str]
    other_page: str = ""
    pdf: str = ""


def render_report(material: Material, figures: Mapping[str, Figure], place: Place) -> str:
    """Return the report of a study in a language."""
    style, config = _resource("templates/report.css").strip(), material.study.config
    page = _environment().get_template("report.html.j2")
    return page.render(
        title=config.study.title or config.study.name,
        csp=f"default-src 'none'; img-src data:; style-src {csp_hash(style)}",
        style=Markup(style),  # noqa: S704 - a file of this package
        say=material.say,
        figures=figures,
        svg={name: _panels(figure) for name, figure in figures.items()},
        folder=place.folder,
        table_names=place.tables,
        other_page=place.other_page,
        pdf=place.pdf,
        workbook=config.report.workbook,
        glossary=material.say.glossary(),
        **_opening(material),
        **_themes(material),
        **_models(material),
        **_corpus(material),
    )


def _opening(material: Material) -> dict[str, object]:
    return {
        "lead": lead(material),
        "banners": banners(material),
        "changes": changes(material),
        "limits": limits(material),
        "robustness": robustness_grid(material),
    }


def _themes(material: Material) -> dict[str, object]:
    compared = material.study.config.trends.compare
    spans = (compared.before, compared.after) if compared else ()
    return {
        "themes": theme_summaries(material),
        "statistics": statistics_grid(material),
        "sides": sides_grid(material),
        "parts": parts_grid(material),
        "spans": [" – ".join(map(str, span)) for span in spans],
    }


def _models(material: Material) -> dict[str, object]:
    signals, n_signals = signals_grid(material)
    return {
        "models": [model_summary(material, name) for name in material.study.file.models],
        "n_models": len(material.study.fitted),
        "alone": alone(material),
        "signals": signals,
        "n_signals": n_signals,
    }


def _corpus(material: Material) -> dict[str, object]:
    quarantined = material.study.account.quarantined
    return {
        "corpus": corpus_facts(material),
        "dates": date_facts(material),
        "removed": removed_facts(material),
        "notes": note_facts(material),
        "quarantined": quarantined[:QUARANTINE_SHOWN],
        "n_quarantined": len(quarantined),
        "methods": methods(material),
        "provenance": provenance(material),
    }


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
