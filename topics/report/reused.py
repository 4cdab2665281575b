"""What new documents are beside those of training, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from topics.core.masking import mask
from topics.quality.novelty import EDGES
from topics.reuse.mix import MIN_MONTHS
from topics.reuse.report import ReuseReport

CHANGES_SHOWN, TERMS_SHOWN = 30, 20
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>|#"})


def verdict(report: ReuseReport) -> str:
    """Return one line: whether to fit again, and why."""
    return f"{'refit advised' if report.refit_advised else 'no refit advised'}: {' '.join(report.reasons)}"


def reuse_markdown(report: ReuseReport, *, masked: bool) -> str:
    """Return the report.

    Args:
        report: what was found.
        masked: whether titles hide addresses and numbers.
    """
    parts = [_fit(report), _changes(report), _novel(report, masked), _shifts(report)] if report.n_stories else []
    return "\n".join([*_opening(report), *(line for part in parts for line in part)]) + "\n"


def _opening(report: ReuseReport) -> Iterator[str]:
    yield f"# {'Refit advised' if report.refit_advised else 'No refit advised'}\n"
    yield from (f"- {_plain(reason)}" for reason in report.reasons)
    known = f" {report.n_known:,} others are documents that the model was fitted on; nothing below counts them." if report.n_known else ""
    yield f"\n{report.n_docs - report.n_known:,} new documents tell {report.n_stories:,} stories.{known}"
    if not report.left_out:
        yield "The training documents were too few to leave some out: novelty is measured on documents that the model saw, and is too high."


def _fit(report: ReuseReport) -> Iterator[str]:
    yield "\n## What fits\n"
    head = ("language", "stories", "novel", "chance of so many", "fit", "before", "unknown words", "before")
    rows = (
        (
            one.language if one.known else f"{one.language} (not fitted on)", f"{one.n_stories:,}", f"{one.novel:.1%}", f"{one.p:.2g}",
            f"{one.fit:.3f}", f"{one.fit_before:.3f}", f"{one.unknown:.1%}", f"{one.unknown_before:.1%}",
        )
        for one in report.languages
    )  # fmt: skip
    yield from _table(head, rows)


def _changes(report: ReuseReport) -> Iterator[str]:
    months = f"The training documents cover {report.n_months} month{'' if report.n_months == 1 else 's'} with enough documents"
    known = "a change is one beyond what those months differed by" if report.n_months >= MIN_MONTHS else "too few to know how months differ"
    yield f"\n{months}: {known}."
    for title, up in (("What grew", True), ("What shrank", False)):
        rows = [one for one in report.changes if (one.after > one.before) == up]
        yield f"\n## {title}\n"
        if not rows:
            yield "Nothing by more than chance."
            continue
        head = ("series", "label", "language", "before", "now", "deviations", "q")
        cells = (
            (f"{one.kind} {one.number}", one.label, one.language, f"{one.before:.2%}", f"{one.after:.2%}", f"{one.z:+.1f}", f"{one.q:.2g}")
            for one in rows[:CHANGES_SHOWN]
        )
        yield from _table(head, cells)
        if len(rows) > CHANGES_SHOWN:
            yield f"\n{len(rows) - CHANGES_SHOWN} more are in the JSON summary."


def _novel(report: ReuseReport, masked: bool) -> Iterator[str]:
    yield "\n## What does not fit\n"
    if not report.unknown_terms:
        yield "No novel story holds a word that the model does not know."
        return
    listed = (f"{_plain(term)} ({n})" for term, n in report.unknown_terms[:TERMS_SHOWN])
    yield f"Unknown words of novel stories: {', '.join(listed)}."
    for group in report.groups:
        yield f"\n**{_plain(', '.join(group.terms))}**: {group.n_docs} novel stories\n"
        for identifier, title in zip(group.ids, group.titles, strict=True):
            yield f"- {_plain(mask(title) if masked else title)} ({_plain(identifier)})"


def _shifts(report: ReuseReport) -> Iterator[str]:
    if report.shifts:
        yield "\n## What shifted\n"
        named = ((one, _length(one.name) if one.what == "length" else one.name) for one in report.shifts)
        rows = ((one.what, name, f"{one.before:.1%}", f"{one.after:.1%}") for one, name in named)
        yield from _table(("of", "name", "before", "now"), rows)


def _length(number: str) -> str:
    edges = (0, *EDGES)
    least = edges[int(number)]
    return f"{least} words or more" if int(number) == len(EDGES) else f"{least} to {edges[int(number) + 1] - 1} words"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(map(_plain, row))} |"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return " ".join(text.split()).translate(_SPECIAL)
