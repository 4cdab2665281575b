"""When two texts count as copies of one another; the kernels of the join follow these rules.

They share at least half of their word triples, and at least eight; a shorter text has copies only word by word, of the same day where
both days are known. They are at most 30 days apart. Unless they are known to be of one day, they are not copies when each has figures
that the other lacks and half of all figures or fewer are common: prices, draws and fixtures come in the same words every day.
"""

from __future__ import annotations

WINDOW_DAYS = 30  # recurring notices of other months are other news
MIN_COMMON = 8  # shared word triples, ten words in a row: below that, a fixed phrase is most of what a text says
LOOSE, CLOSE = 1, 2  # copies; copies that share three quarters of their word triples
UNDATED = 2**31 - 1  # the day of a text without one: sorts last
