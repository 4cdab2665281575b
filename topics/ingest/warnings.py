"""What the corpus as a whole makes doubtful, in sentences for the reader of a trend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from topics.core.documents import DocumentInfo

MIN_DOCUMENTS = 20
ONE_SOURCE = 0.95
COPIES_A_DAY = 0.20


def corpus_warnings(infos: Sequence[DocumentInfo]) -> tuple[str, ...]:
    """Return one sentence for each doubt: one source for nearly all, one story for all, days that consist of copies."""
    if len(infos) < MIN_DOCUMENTS:
        return ()
    found: list[str] = []
    stories = {info.story for info in infos}
    if len(stories) == 1:
        found.append(f"All {len(infos):,} documents are copies of one story: topics and trends say nothing.")
    source, n = Counter(info.source for info in infos).most_common(1)[0]
    if n >= ONE_SOURCE * len(infos):
        found.append(f"{n / len(infos):.0%} of the documents come from one source, {source!r}: trends are those of this source.")
    found += _copied_days(infos)
    return tuple(found)


def _copied_days(infos: Sequence[DocumentInfo]) -> list[str]:
    """The days on which one story makes up over a fifth of all documents, and at least 20 of them."""
    by_day = Counter((info.date.point, info.story) for info in infos if info.date.point)
    total = Counter(info.date.point for info in infos if info.date.point)
    days = sorted({str(day) for (day, _), n in by_day.items() if n >= MIN_DOCUMENTS and n > COPIES_A_DAY * total[day]})
    if not days:
        return []
    shown = ", ".join(days[:5]) + (" …" if len(days) > 5 else "")
    return [f"On {len(days)} day(s) one story makes up over {COPIES_A_DAY:.0%} of all articles ({shown}): weigh by stories, not articles."]
