"""When two texts count as copies of one another. The kernels of the join follow these rules; this is how they read."""

from __future__ import annotations

from topics.core.errors import require

THRESHOLD = 0.5
WINDOW_DAYS = 30  # recurring notices of other months are other news
MIN_COMMON = 8  # shared word triples, ten words in a row: below that, a fixed phrase is most of what a text says
LOOSE, CLOSE = 1, 2  # copies; copies that share three quarters of their word triples
UNDATED = 2**31 - 1  # the day of a text without one: sorts last


def are_copies(
    shingles: tuple[frozenset[int], frozenset[int]], figures: tuple[frozenset[int], frozenset[int]], days: tuple[int, int]
) -> bool:
    """Return whether two texts are copies.

    They share at least half of their word triples, and at least eight; a shorter text has copies only word by word, of the same day
    where both days are known. They are at most 30 days apart. Unless they are known to be of one day, they are not copies when each
    has figures that the other lacks and half of all figures or fewer are common: prices, draws and fixtures come in the same words
    every day.

    Args:
        shingles: sets of word triples.
        figures: sets of numbers.
        days: ordinals; `UNDATED` where there is none.
    """
    require(all(day >= 0 for day in days), f"days {days} are no ordinals", where="are_copies")
    common, either = len(shingles[0] & shingles[1]), len(shingles[0] | shingles[1])
    dated = UNDATED not in days
    if common == 0 or common < THRESHOLD * either or (dated and abs(days[0] - days[1]) > WINDOW_DAYS):
        return False
    same_day = dated and days[0] == days[1]
    if common < MIN_COMMON and not (shingles[0] == shingles[1] and (same_day or not dated)):
        return False
    shared = figures[0] & figures[1]
    differ = shared != figures[0] and shared != figures[1] and 2 * len(shared) <= len(figures[0] | figures[1])
    return same_day or not differ
