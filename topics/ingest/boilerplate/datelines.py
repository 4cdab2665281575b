"""Datelines: the place, day and agency, or the paper alone, before a dash at the head of a lead."""

from __future__ import annotations

import re

from topics.ingest.boilerplate.names import is_acronym, is_domain, is_name, is_outlet, is_proper
from topics.ingest.lines import DATELINE

_BRACKET = re.compile(r"\((?P<name>[^()\n]{2,40})\)[^\S\n]{0,4}[-–—]{1,3}\s{1,4}")
_BARE = re.compile(r"(?P<name>[^\s()–—-][^()–—\n]{1,30}?)[^\S\n]{1,4}[-–—]{1,3}\s{1,4}")
_CODES = frozenset("tpo tto plo nlđo nlđ sggpo sggp hnmo qđnd ttxvn vov vtv vns vna vgp bnews vietnamnet vnexpress infonet".split())
_NAMES = frozenset(("dân trí", "vtc news", "vgp news", "tuổi trẻ online", "thanh niên online", "qđnd online"))
_HONORIFICS = frozenset("ông bà anh chị em cô chú bác mr mrs ms dr gs ts pgs".split())
WINDOW = 200


def dateline_end(text: str, *, is_lead: bool) -> int:
    """Return how far the datelines at the head of a line go; 0 if there is none.

    A sentence of its own follows: "Vinh (Apec Group) - a builder" is no dateline.

    Args:
        text: the line.
        is_lead: whether it is prose; the name of a paper without place and day counts only there, for titles may begin so.
    """
    end = 0
    while (step := _one(text[end : end + WINDOW], is_lead=is_lead)) and not text[end + step : end + step + 1].islower():
        end += step
    return end


def _one(text: str, *, is_lead: bool) -> int:
    if hit := DATELINE.match(text):
        return hit.end() if any(map(str.isdigit, hit[0])) or _is_place(hit[0].partition("(")[0]) else 0
    if not is_lead:
        return 0
    if (hit := _BRACKET.match(text)) and (is_outlet(hit["name"]) or is_acronym(hit["name"]) or is_name(hit["name"])):
        return hit.end()
    if (hit := _BARE.match(text)) and _is_paper(hit["name"].lower()):
        return hit.end()
    return 0


def _is_place(name: str) -> bool:
    """Whether words before an agency in brackets can be a place: capitalised, and nobody's title and name."""
    words = name.replace(",", " ").split()
    return is_proper(name.replace(",", " ")) and words[0].lower().strip(".") not in _HONORIFICS


def _is_paper(name: str) -> bool:
    return name in _CODES or name in _NAMES or is_domain(name)
