"""Which sentences to show of a theme: strong ones that differ, one of each story, over languages and dates; and what just failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from topics.core.documents import DocumentInfo
from topics.core.themes import ThemeScores

POOL = 200  # best documents of a language that are looked at


def choose(infos: Sequence[DocumentInfo], scores: ThemeScores, column: int, n: int) -> list[int]:
    """Return up to `n` rows whose evidence is shown for a theme, the first most worth it.

    Each next one has the highest score after it was lowered for words shared with a sentence that is shown already (Jaccard), and divided
    among those shown of its language and of its quarter.
    """
    left = _pool(infos, scores, column)
    words = {row: _words(scores, row, column) for row in left}
    chosen: list[int] = []
    languages: Counter[str] = Counter()
    quarters: Counter[str] = Counter()

    def worth(row: int) -> tuple[float, str]:
        like = max((_overlap(words[row], words[other]) for other in chosen), default=0.0)
        crowd = (1 + languages[infos[row].language]) * (1 + quarters[_quarter(infos[row])])
        return -float(scores.scores[row, column]) * (1.0 - like) / crowd, infos[row].id

    while left and len(chosen) < n:
        best = min(left, key=worth)
        left.remove(best)
        chosen.append(best)
        languages[infos[best].language] += 1
        quarters[_quarter(infos[best])] += 1
    return chosen


def _pool(infos: Sequence[DocumentInfo], scores: ThemeScores, column: int) -> list[int]:
    by_language: dict[str, list[int]] = {}
    for row, info in enumerate(infos):
        if info.canonical and scores.present[row, column] and scores.evidence[row][column]:
            by_language.setdefault(info.language, []).append(row)
    best = (sorted(rows, key=lambda row: (-float(scores.scores[row, column]), infos[row].id))[:POOL] for rows in by_language.values())
    return [row for rows in best for row in rows]


def just_failed(infos: Sequence[DocumentInfo], scores: ThemeScores, column: int) -> list[int]:
    """Return for each language, in order, the story that comes nearest to a theme without having it; none where all scores are 0."""
    best: dict[str, int] = {}
    for row, info in enumerate(infos):
        score = float(scores.scores[row, column])
        if not info.canonical or scores.present[row, column] or score <= 0:
            continue
        before = best.get(info.language)
        if before is None or (-score, info.id) < (-float(scores.scores[before, column]), infos[before].id):
            best[info.language] = row
    return [row for _, row in sorted(best.items())]


def _words(scores: ThemeScores, row: int, column: int) -> frozenset[str]:
    seen = scores.evidence[row][column]
    return frozenset(seen.text.lower().split()) if seen else frozenset()


def _overlap(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / max(len(first | second), 1)


def _quarter(info: DocumentInfo) -> str:
    day = info.date.point or info.date.earliest or info.date.latest
    return f"{day.year}-{(day.month + 2) // 3}" if day else ""
