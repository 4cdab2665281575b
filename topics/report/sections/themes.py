"""The themes: where they stand, what can be said of their course, who speaks of them, and the sentences that show it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from topics.claims.select import of_theme
from topics.core.registry import discover
from topics.core.series import StatisticRow
from topics.outputs import shown
from topics.report.material import Material
from topics.report.sections.changes import ClaimSummary, claim_summary
from topics.report.sections.values import Grid, Quote, quote
from topics.report.told import told
from topics.themes.selection import choose
from topics.theming import COMBINED
from topics.trends.aggregate import ALL

EVIDENCE = 4
SOURCES = 12


@dataclass(frozen=True, slots=True)
class ThemeSummary:
    """A theme: in how many articles, what can be said of its course or why nothing can, and sentences that show it."""

    key: str
    label: str
    other_label: str
    definition: str
    presence: str
    silence: str
    claims: tuple[ClaimSummary, ...]
    evidence: tuple[Quote, ...]


def theme_summaries(material: Material) -> tuple[ThemeSummary, ...]:
    """Return every theme of the study, also those at no articles."""
    study, say = material.study, material.say
    infos, scores = study.corpus.infos, study.theme_scores
    summaries: list[ThemeSummary] = []
    for column, theme in enumerate(study.themes):
        rows = [row for row in range(len(infos)) if scores.present[row, column]]
        label = theme.name(say.language)
        others = [name for name in dict.fromkeys(theme.label.values()) if name != label]
        presence = say("theme.present", n=len(rows), stories=len({infos[row].story for row in rows}))
        claims = tuple(claim_summary(claim, say) for claim in of_theme(material.claims, theme.key))
        told = (label, " · ".join(others), theme.defined(say.language), presence, silence(material, theme.key))
        summaries.append(ThemeSummary(theme.key, *told, claims, _evidence(material, column)))
    return tuple(summaries)


def silence(material: Material, key: str) -> str:
    """Return why nothing can be said of a theme's course; empty where a claim says something."""
    if not any(cell.n_docs for cell in material.combined.of(key)):
        return material.say("theme.no_dates")
    rows = material.study.statistics(COMBINED).rows
    row = next(row for row in rows if row.series == key and row.statistic == "growth" and row.language == ALL)
    return material.say("theme.untested", decision=told(material.say, row.decision).text) if math.isnan(row.value) else ""


def _evidence(material: Material, column: int) -> tuple[Quote, ...]:
    """Sentences that show a theme, one a story, over languages and dates."""
    study = material.study
    infos, scores = study.corpus.infos, study.theme_scores
    chosen = ((row, scores.evidence[row][column]) for row in choose(infos, scores, column, EVIDENCE))
    return tuple(quote(infos[row], shown(study, seen.text)) for row, seen in chosen if seen)


def statistics_grid(material: Material) -> Grid:
    """Return the themes' statistics over all languages; a new statistic gets its column here by itself."""
    say, names = material.say, sorted(discover("topics.trends.statistics", "STATISTIC"))
    found = {(row.series, row.statistic): row for row in material.study.statistics(COMBINED).rows if row.language == ALL}
    rows = [
        (label, *(_statistic(material, found[key, name]) if (key, name) in found else say("theme.not_tested") for name in names))
        for key, label in material.themes.items()
    ]
    return Grid((say("theme.column"), *(told(say, name.replace("_", " ")).text for name in names)), tuple(rows))


def _statistic(material: Material, row: StatisticRow) -> str:
    say = material.say
    decision = told(say, row.decision).text
    if math.isnan(row.value):
        return decision
    q = "" if math.isnan(row.q) else f", q = {say.decimal(row.q, 3)}"
    return f"{say.figures(row.value)} ({say.figures(row.low)} – {say.figures(row.high)}){q}; {decision}"


def sides_grid(material: Material) -> Grid:
    """Return the share of the articles of each language and of each of the largest sources that show each theme."""
    study, say = material.study, material.say
    infos, present = study.corpus.infos, study.theme_scores.present
    sources = Counter(info.source for info in infos)
    largest = [name for name, _ in sorted(sources.items(), key=lambda item: (-item[1], item[0]))[:SOURCES]]
    groups: dict[str, list[int]] = {say("theme.all"): list(range(len(infos)))}
    for code, _ in sorted(Counter(info.language for info in infos).items(), key=lambda item: (-item[1], item[0])):
        groups[code] = [row for row, info in enumerate(infos) if info.language == code]
    for name in largest:
        groups[f"{name} "] = [row for row, info in enumerate(infos) if info.source == name]  # a source may be called as a language is
    if len(sources) > SOURCES:
        groups[say("theme.others")] = [row for row, info in enumerate(infos) if info.source not in largest]
    rows = [
        (name, say.number(len(listed)), *(say.share(float(value)) for value in present[listed].mean(axis=0)))
        for name, listed in groups.items()
    ]
    return Grid((say("section.sides"), say("sides.n"), *material.themes.values()), tuple(rows))
