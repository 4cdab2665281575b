"""Values to one HTML file: escaped by Jinja, no script, no network, its own style allowed by hash."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from topics.report.figures import Figure
from topics.report.material import Material
from topics.report.page import csp_hash, environment, resource
from topics.report.sections.changes import changes, parts_grid, robustness_grid, signals_grid, topics_tested
from topics.report.sections.corpus import corpus_facts, date_facts, note_facts, removed_facts
from topics.report.sections.methods import methods, provenance
from topics.report.sections.models import alone, model_summary
from topics.report.sections.overview import banners, lead, limits
from topics.report.sections.themes import sides_grid, statistics_grid, theme_summaries

QUARANTINE_SHOWN = 50
_SVG_ID = re.compile(r"""(\bid="|url\(#|href="#)([^")]+)""")
_SVG_SIZE = re.compile(r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"')


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
    style, config = resource("templates/report.css").strip(), material.study.config
    page = environment().get_template("report.html.j2")
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
        "topics_tested": topics_tested(material),
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
