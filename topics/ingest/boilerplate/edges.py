"""What stands above and below an article: dates, bylines, the agency it came from."""

from __future__ import annotations

import re
from typing import NamedTuple

from topics.core.documents import Reason
from topics.ingest.boilerplate.line import Line, Prose
from topics.ingest.boilerplate.names import (
    are_outlets,
    is_acronym,
    is_initials,
    is_name,
    is_outlet,
    is_person,
    is_proper,
    people,
    says_outlet,
)
from topics.ingest.lines import LABELLED, UPPER

DEPTH = 3  # lines at either end
MAX_LENGTH = 160
_S = r"[^\S\n]{0,4}"
_STAMP = re.compile(r"\d{4}|\d:\d\d|^(?:Pub|Post|Upd|Last|Date|Ngày|Đăng|Cập|Xuất)", re.IGNORECASE)
_SOURCE = re.compile(rf"(?:Source|Sources|Nguồn|Nguồn tin|Theo){_S}[:：]{_S}(?P<name>[^\n]{{2,80}})")
_FROM = re.compile(r"(?P<word>According to|Via|From|Theo) (?P<name>[^\n]{2,80})")
_BY = re.compile(r"(?:By|BY) (?P<names>[^,|\n]{3,70})(?:,? (?:in|IN) [^,|\n]{2,30})?(?:[,|][^\S\n]{0,3}(?P<role>[^.!?\n]{2,70}))?")
_ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|staff|writer|columnist|analyst|bureau|desk|news|agency|press|times|post|contributor)\b",
    re.IGNORECASE,
)
_CREDITED = re.compile(
    r"\(?(?:Additional reporting|Reporting|Editing|Writing|Compiled|Written|Edited|Translated)(?: and (?:writing|editing|reporting))? by "
    rf"(?=[{UPPER}])"
)
_DONE = "Tin|Bài viết|Bài|Ảnh|Clip|Video|Đồ họa|Đồ hoạ|Thiết kế|Trình bày|Dịch"
_OFFICE = "Editors?|Reporters?|Author|Translator|Biên tập(?: viên)?"
_MADE = re.compile(
    rf"(?:{_OFFICE}|(?:{_DONE})(?:{_S}(?:,|và|-|–|&|/){_S}(?:{_DONE})){{0,3}}|Thực hiện|Tác giả|Phóng viên|PV|CTV){_S}[:：]{_S}"
    r"(?P<names>[^\n:]{2,80})",
    re.IGNORECASE,
)
_HOW = r"Tổng hợp|t/h|T\.H|lược dịch|biên dịch|dịch|ghi|thực hiện"
_COMPILED = re.compile(rf"\(?(?:{_HOW})\)?", re.IGNORECASE)
_COMPILED_BY = re.compile(rf"(?P<names>[^\n()]{{3,60}}?)[^\S\n]{{0,2}}(?:\((?:{_HOW}|theo [^\n()]{{2,40}})\)|Tổng hợp)", re.IGNORECASE)
_AND_SOURCE = re.compile(r"(?P<names>[^\n()]{2,40}?)(?:[^\S\n]{0,2}[-–—,])?[^\S\n]{0,2}\(?Theo (?P<name>[^\n()]{2,60})\)?")


class Neighbours(NamedTuple):
    """The kept lines around a line at an edge.

    Args:
        above: the line before it.
        below: the words of the line after it; "" for the last.
        n_below: kept lines after it.
    """

    above: Line
    below: str
    n_below: int


def is_header(text: str) -> bool:
    """Whether a line is a date that a label, a year or a clock makes the article's own; "Saturday, 8 March" alone may be a fixture."""
    return bool(LABELLED.match(text) and _STAMP.search(text))


def top_reason(text: str, *, is_first: bool) -> Reason | None:
    """Return why one of the first lines is not the article; of the very first, which is mostly the title, only dates are judged."""
    if len(text) > MAX_LENGTH:
        return None
    if is_header(text):
        return "header"
    if is_first:
        return None
    if _is_sourced(text):
        return "agency_tail"
    return "byline" if _is_labelled_byline(text) else None


def only_reason(text: str) -> Reason | None:
    """Return why the one line that is left of a text is not the article: a label says whose it is, and there is nothing else."""
    if len(text) > MAX_LENGTH:
        return None
    return "agency_tail" if _is_sourced(text) else "byline" if _is_labelled_byline(text) else None


def bottom_reason(text: str, near: Neighbours, prose: Prose) -> tuple[Reason, bool] | None:
    """Return why one of the last lines is not the article, and whether a label says so."""
    if len(text) > MAX_LENGTH and not _CREDITED.match(text):
        return None
    if is_header(text):
        return "header", True
    if _is_sourced(text) or _is_agency(text, near):
        return "agency_tail", True
    if _is_labelled_byline(text):
        return "byline", True
    return ("byline", False) if near.n_below <= 1 and _is_bare_byline(text, near, prose) else None


def _is_sourced(text: str) -> bool:
    """Whether a line says where an article came from, by a label or in brackets."""
    bare = text.rstrip(" .")
    in_brackets = bare.startswith(("(", "[")) and bare.endswith((")", "]"))
    inner = bare[1:-1].strip() if in_brackets else bare
    if inner.count(" ") > 12:
        return False
    if label := _SOURCE.fullmatch(inner):
        return is_name(label["name"])
    said = _FROM.fullmatch(inner) if in_brackets else None
    return bool(said) and is_name(said["name"].strip()) if said else False


def _is_agency(text: str, near: Neighbours) -> bool:
    """Whether a last line names an agency without a label: "Theo Reuters, AFP", "— VNS", "PV/VOV.VN"."""
    bare = text.strip(" .")
    dash = bare.lstrip("–— ")
    if dash != bare and is_acronym(dash):
        return True
    if are_outlets(bare.lstrip("-–— ")):
        return dash != bare or (near.above.ends_sentence and not _is_bare_name(near.below))
    said = _FROM.fullmatch(bare)
    if not said or text.count(" ") > 8 or text.endswith(("?", "!")):
        return False
    name = said["name"].strip()
    if said["word"] == "Theo":
        return all(is_proper(part.strip()) or is_outlet(part) for part in name.split(",")) or (name.count(" ") <= 3 and is_name(name))
    return says_outlet(name)


def _is_labelled_byline(text: str) -> bool:
    bare = text.strip(" .")
    if by := _BY.fullmatch(bare):
        return bool(people(by["names"])) and _is_role(by["role"] or "")
    if _CREDITED.match(bare):
        words = [word for word in bare.replace("(", "").split() if word not in ("by", "and", "in", "reporting", "writing", "editing")]
        return len(words) <= 40 and 2 * sum(word[0].isupper() for word in words) >= len(words)
    if made := _MADE.fullmatch(bare):
        return bool(people(made["names"])) or is_proper(made["names"])
    return False


def _is_role(role: str) -> bool:
    bare = role.strip()
    return not bare or bool(_ROLE.search(bare)) or bool(LABELLED.match(bare)) or is_outlet(bare) or bare.replace(" ", "").isdigit()


def _is_bare_byline(text: str, near: Neighbours, prose: Prose) -> bool:
    """Whether a line under the last sentence is a name that nobody labelled.

    It must stand alone, for lists of names are article text, and the article must speak neither of that person nor use its words as words.
    """
    if not near.above.ends_sentence or _is_bare_name(near.above.text) or _is_bare_name(near.below):
        return False
    if _COMPILED.fullmatch(text):
        return True
    compiled = _COMPILED_BY.fullmatch(text) or _AND_SOURCE.fullmatch(text)
    names = people(compiled["names"] if compiled else text)
    if text.isascii() and text.isupper() and not all(map(is_initials, names)):
        return False
    return bool(names) and not any(prose.speaks_of(name) or (name.isascii() and prose.uses(name.split())) for name in names)


def _is_bare_name(text: str) -> bool:
    return text.count(" ") <= 4 and (bool(people(text)) or is_person(text) or is_proper(text)) and not text.endswith((".", "!", "?"))
