"""What the terms of a study's themes find, for a person, a program or as tables."""

from __future__ import annotations

from pathlib import Path

import msgspec

from topics.core.registry import discover
from topics.outputs import coverage_tables, covered
from topics.pipeline import Study
from topics.themes.candidates import Candidate, candidates
from topics.themes.coverage import WHOLE, ThemeCoverage, warnings

SHOWN = 10  # candidates of a theme and language in the text; all stand in JSON and in the table


class TermSummary(msgspec.Struct, frozen=True):
    """A term: documents, occurrences, and documents that would not show the theme without it."""

    language: str
    term: str
    n_docs: int
    n_occurrences: int
    n_only: int


class PlaceSummary(msgspec.Struct, frozen=True):
    """Documents that show a theme, by language, source or period."""

    by: str
    value: str
    n_docs: int
    n_occurrences: int


class CandidateSummary(msgspec.Struct, frozen=True):
    """A term for the analyst to accept."""

    language: str
    term: str
    z: float
    n_docs: int
    n_docs_elsewhere: int


class ThemeSummary(msgspec.Struct, frozen=True):
    """A theme: what its terms find, and where."""

    key: str
    n_docs: int
    n_occurrences: int
    terms: list[TermSummary]
    places: list[PlaceSummary]
    silent: list[str]
    candidates: list[CandidateSummary]


class CoverageSummary(msgspec.Struct, frozen=True):
    """The answer of `topics themes`."""

    n_docs: int
    themes: list[ThemeSummary]
    warnings: list[str]


class StudyCoverage(msgspec.Struct, frozen=True):
    """What the terms of a study's themes find, the terms that keep their company, and what to look at."""

    n_docs: int
    themes: tuple[ThemeCoverage, ...]
    candidates: tuple[Candidate, ...]
    warnings: tuple[str, ...]


def study_coverage(study: Study) -> StudyCoverage:
    """Return the coverage of a study's themes; corpus and preparation are read or made, no model is fitted."""
    corpus, found = study.corpus, covered(study)
    said = warnings(found, study.themes, corpus, list(discover("topics.preprocessing.languages", "LANGUAGE")))
    prepared = study.preparation.apply(corpus, embed=False)
    return StudyCoverage(len(corpus), found, candidates(prepared, study.themes, found, study.training_rows), tuple(said))


def write_coverage(coverage: StudyCoverage, out: Path) -> None:
    """Write theme_coverage.csv and theme_candidates.csv into a folder, which is made."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in coverage_tables(coverage.themes, coverage.candidates):
        (out / name).write_text(text, encoding="utf-8", newline="\n")


def coverage_summary(coverage: StudyCoverage) -> CoverageSummary:
    """Return the coverage as one object."""
    return CoverageSummary(coverage.n_docs, [_theme(item, coverage.candidates) for item in coverage.themes], list(coverage.warnings))


def _theme(found: ThemeCoverage, listed: tuple[Candidate, ...]) -> ThemeSummary:
    whole = found.total()
    return ThemeSummary(
        key=found.key,
        n_docs=whole.n_docs,
        n_occurrences=whole.n_occurrences,
        terms=[TermSummary(term.language, term.text, *found.total(term)) for term in found.terms],
        places=[
            PlaceSummary(place.by, place.value, count.n_docs, count.n_occurrences)
            for (place, term), count in found.counts.items()
            if term == WHOLE and place.by != "all"
        ],
        silent=[term.text for term in found.silent],
        candidates=[
            CandidateSummary(item.language, item.term, round(item.z, 2), item.n_docs, item.n_docs_elsewhere)
            for item in listed
            if item.theme == found.key
        ],
    )


def coverage_text(summary: CoverageSummary) -> str:
    """Return the coverage as lines to read."""
    lines = [line for theme in summary.themes for line in _lines(theme, summary.n_docs)]
    return "\n".join([*lines, *(f"warning: {_plain(sentence)}" for sentence in summary.warnings)]) or "the study names no themes"


def _lines(theme: ThemeSummary, n_docs: int) -> list[str]:
    lines = [f"{theme.key}: {theme.n_docs:,} of {n_docs:,} documents, {theme.n_occurrences:,} occurrences"]
    for by in ("language", "source", "period"):
        places = [f"{place.value or 'none'} {place.n_docs:,}" for place in theme.places if place.by == by]
        lines += [f"  by {by}: {_plain(', '.join(places))}"] if places else []
    for term in sorted(theme.terms, key=lambda term: (term.language, -term.n_docs, term.term)):
        if term.n_docs:
            alone = f", {term.n_only:,} by it alone" if term.n_only else ""
            lines.append(f"  {term.language} {term.term}: {term.n_docs:,} documents, {term.n_occurrences:,} occurrences{alone}")
    lines += [f"  found nowhere: {', '.join(theme.silent)}"] if theme.silent else []
    for language in sorted({item.language for item in theme.candidates}):
        listed = [item for item in theme.candidates if item.language == language]
        shown = ", ".join(f"{item.term} (z {item.z:.1f}, {item.n_docs:,} + {item.n_docs_elsewhere:,})" for item in listed[:SHOWN])
        more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
        lines.append(f"  candidates in {language} (documents of the theme + others): {shown}{more}")
    return lines


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
