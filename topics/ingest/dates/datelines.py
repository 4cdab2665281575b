"""The dateline that opens an article ("HANOI, March 3 (Annam Wire) - "): its day where it has no year, and the weekday told after it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from topics.ingest.dates.mentions import Mention
from topics.ingest.dates.reading import Reading
from topics.ingest.lines import DATELINE

_LINES = 3  # of a text, a title and a summary among them, of which one can begin with a dateline
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_WEEKDAY = re.compile(
    r"\b(?:(?:on|this) (?P<en>mon|tues|wednes|thurs|fri|satur|sun)day|thứ (?P<vi>hai|ba|tư|năm|sáu|bảy)|chủ nhật)\b", re.IGNORECASE
)
_NAMES = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_VI_NAMES = ("hai", "ba", "tư", "năm", "sáu", "bảy")


class Dateline(NamedTuple):
    """A dateline without a year.

    Args:
        day: its day and month, which the text speaks of as now.
        weekday: that the first sentence after it names (Monday is 0).
    """

    day: Mention
    weekday: int | None


def _weekday(sentence: str) -> int | None:
    found = _WEEKDAY.search(sentence)
    if found is None:
        return None
    if found["en"]:
        return _NAMES.index(found["en"].lower())
    return _VI_NAMES.index(found["vi"].lower()) if found["vi"] else 6


def dateline_of(reading: Reading) -> Dateline | None:
    """Return the dateline with which one of the first lines begins, if it gives a day and month alone."""
    for line in islice(_LINE.finditer(reading.text), _LINES):
        if not (found := DATELINE.match(line[0])):
            continue
        end = line.start() + found.end()
        for mention in reading.mentions:
            if mention.grain == "month_day" and line.start() <= mention.start and mention.end <= end:
                return Dateline(replace(mention, part="now"), _weekday(reading.text[end : reading.sentence(end)[1]]))
    return None
