"""When a page was published: every voice of the page is heard, and only agreement or a voice of rank makes a point."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from topics.core.documents import DateEstimate, Precision
from topics.ingest.dates.calendar import FLOOR, make_day, month_span
from topics.ingest.dates.html_metadata import Reading, Voice, from_address, from_json_ld, from_meta, from_state
from topics.ingest.dates.html_visible import ARTICLE, OTHER, Seen, seen_on
from topics.ingest.dates.written import is_written

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SURE = 0.8  # confidence from which a day is a point
BELIEVED = 0.3  # weight from which a voice counts as a witness
HTMLDATE = 0.85  # its authors measure a precision of .91 over 1,000 pages; here it is asked only where the page says little
DOUBTED = 0.4  # what it finds where a day can be that of anything: in the text, far from the headline, beside days that the page shows
IN_REACH = 1500  # code points from the headline within which a dated line that it chooses is that of the article
_STATING = frozenset({"microdata", "time_published", "time", "labelled", "dated_line", "stamp"})
FAR_DAY = "2099-12-31"  # htmldate's upper bound: fixed, since its own default is the clock
_FAMILY = {
    "json_ld": "machine",
    "json_ld_page": "machine",
    "meta": "machine",
    "meta_date": "machine",
    "state": "machine",
    "microdata": "machine",
    "url": "address",
    "url_month": "address",
}
_AFTER = {"shown": 300, "stamp": 300, "dated_line": 1000}
_BEFORE = {"shown": 150, "stamp": 150, "dated_line": 300}
_DIRECTLY = 40  # code points above the headline: a date and nothing else between
_FAR_WEIGHT = {"microdata": 0.85, "time_published": 0.8, "time": 0.5, "labelled": 0.85, "dated_line": 0.45, "stamp": 0.25, "shown": 0.2}


def month_first_in(language: str) -> bool | None:
    """Whether 03/04/2025 has the month first in pages of a language: known for en-US and for others than English, else open."""
    code = language.lower().replace("_", "-")
    if code == "en-us":
        return True
    return None if not code or code == "en" else False


def _nearest(seen: Iterable[Seen], stated: list[Voice]) -> list[Voice]:
    """The published voice of each kind that stands nearest to the headline; one far from it counts less, the less when others differ."""
    first = min((voice.latest for voice in stated if voice.role == "published" and voice.weight >= SURE), default=date.max)
    kinds: dict[str, list[tuple[int, Seen]]] = {}
    for item in seen:
        if item.voice.role == "published" and item.region == ARTICLE:
            away = item.distance if item.distance >= 0 else -3 * item.distance
            kinds.setdefault(item.voice.source, []).append((away, item))
    voices: list[Voice] = []
    for source, items in kinds.items():
        _, item = min(items, key=lambda pair: pair[0])
        voice = item.voice
        if item.distance < -_DIRECTLY and source in _AFTER and not item.is_beside:  # many sites show today's day above everything
            voice = voice.weighing(voice.weight * (0.6 if voice.earliest <= first else 0.3))
        near = -_BEFORE.get(source, 600) <= item.distance <= _AFTER.get(source, 1500)
        if not near:
            alone = len({other.voice.earliest for _, other in items}) == 1
            voice = voice.weighing(_FAR_WEIGHT[source] * (1.0 if alone else 0.6))
        voices.append(voice)
    return voices


def _agreement(voice: Voice, day: date) -> float:
    """How far a voice speaks for a day: fully for its own, nearly for the next (zones), half for a day of its interval."""
    if voice.day is not None:
        apart = abs((voice.day - day).days)
        return (1.0, 0.9)[apart] if apart <= 1 else 0.0
    return 0.5 if voice.earliest <= day <= voice.latest else 0.0


def _support(voices: list[Voice], day: date) -> float:
    """Probability that one of the families is right about the day; voices of one family are no independent witnesses."""
    best: dict[str, float] = {}
    for voice in voices:
        family = _FAMILY.get(voice.source, "visible")
        best[family] = max(best.get(family, 0.0), voice.weight * _agreement(voice, day))
    return 1 - math.prod(1 - weight for weight in best.values())


def _best(voices: list[Voice]) -> tuple[Voice, float] | None:
    """The voice of the best supported day and the share of belief that it holds against the best other day."""
    dated = [voice for voice in voices if voice.day is not None]
    if not dated:
        return None
    ranked = sorted(dated, key=lambda voice: (-_support(voices, voice.earliest), -voice.weight, voice.earliest))
    first = ranked[0]
    held = _support(voices, first.earliest)
    others = [_support(voices, voice.earliest) for voice in dated if abs((voice.earliest - first.earliest).days) > 1]
    other = max(others, default=0.0)
    belief = held * (1 - other)
    return first, belief / (belief + other * (1 - held) + (1 - held) * (1 - other))


def _interval(voices: list[Voice], modified: list[Voice]) -> DateEstimate:
    """What is known without a point: the span of what the voices say, or that it was before the last change."""
    believed = [voice for voice in voices if voice.weight >= BELIEVED]
    if believed:
        earliest, latest = min(v.earliest for v in believed), max(v.latest for v in believed)
        method = "html_" + "_or_".join(sorted({voice.source for voice in believed}))
        if earliest == latest:  # one voice, not believed enough: the month around it
            earliest, latest = earliest - timedelta(days=15), latest + timedelta(days=15)
        precision: Precision = "month" if (earliest, latest) == month_span(earliest.year, earliest.month) else "interval"
        return DateEstimate(None, earliest, latest, precision, round(max(v.weight for v in believed) * 0.7, 2), method)
    if modified:
        return DateEstimate(None, FLOOR, max(voice.latest for voice in modified), "interval", 0.5, "html_modified")
    return DateEstimate()


def _htmldate(tree: HtmlElement) -> Voice | None:
    """What htmldate finds; it gives the first of a month or year where it knows no more, and then only that much is believed."""
    from htmldate import find_date
    from lxml.etree import LxmlError, tostring

    try:
        found = find_date(tree, original_date=True, extensive_search=True, max_date=FAR_DAY)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, LxmlError):
        return None  # one voice fewer
    day = date.fromisoformat(found) if found else FLOOR
    if day <= FLOOR:
        return None
    if day.day == 1 and not is_written(day, tostring(tree, encoding="unicode")):
        first, last = (day, date(day.year, 12, 31)) if day.month == 1 else month_span(day.year, day.month)
        return Voice("htmldate_part", "published", first, last, 0.4)
    return Voice("htmldate", "published", day, day, HTMLDATE)


def _is_news(found: Voice, published: list[Voice], modified: list[Voice], seen: list[Seen]) -> bool:
    """Whether htmldate says something of its own: no repeated markup, no change, no other article, no month and day swapped."""
    own = {voice.day for voice in published}
    if found.day not in own and any(voice.earliest <= found.latest and found.earliest <= voice.latest for voice in modified):
        return False
    if found.day is None:
        return True
    markup = {voice.earliest for voice in published if _FAMILY.get(voice.source) == "machine"}
    if found.day in markup and (max(markup) - min(markup)).days <= 1:
        return False
    elsewhere = {item.voice.day for item in seen if item.region != ARTICLE} - {item.voice.day for item in seen if item.region == ARTICLE}
    swapped = make_day(found.day.year, found.day.day, found.day.month)
    return found.day not in elsewhere and (found.day in own or swapped == found.day or swapped not in own)


def _placed(found: Voice, seen: list[Seen]) -> Voice:
    """What htmldate finds, believed as far as its place on the page allows; it reads what the voices read, and is no second witness."""
    if found.day is None:
        return found
    shown = [item for item in seen if item.region == ARTICLE and item.voice.role == "published"]
    places = [item for item in shown if item.voice.earliest <= found.earliest <= item.voice.latest and item.voice.source in _STATING]
    if any(abs(item.distance) <= IN_REACH or item.is_beside for item in places) or not shown:
        return found
    return found.weighing(DOUBTED)


def _with_choice(found: Voice, published: list[Voice]) -> list[Voice]:
    """The voices with what htmldate chose among them: the visible ones that it passed over, and that are no surer, count half."""
    chosen = [voice.weight for voice in published if voice.day == found.day]
    if not chosen or found.weight < SURE:
        return [*published, found]
    sure = max(found.weight, *chosen)

    def is_passed(voice: Voice) -> bool:
        return voice.source not in _FAMILY and voice.weight <= sure and not voice.earliest <= found.earliest <= voice.latest

    return [*(voice.weighing(voice.weight * 0.5) if is_passed(voice) else voice for voice in published), found]


def _doubting(published: list[Voice], modified: list[Voice]) -> list[Voice]:
    """The published voices, with less belief in a day that looks like that of a change.

    Publishing systems put the last change into fields of publication, and more often into those that name no role. Such a day is
    doubted where a better voice gives an earlier one: for a field of publication that is another field of it.
    """
    changes = {voice.day for voice in modified}
    good = [voice for voice in published if voice.weight >= SURE and voice.source != "meta_date"]

    def is_change(voice: Voice) -> bool:
        better = good if voice.source == "meta_date" else [other for other in good if _FAMILY.get(other.source) == "machine"]
        unlabelled = _FAMILY.get(voice.source) == "machine" or voice.source in {"dated_line", "stamp", "shown"}
        suspect = voice.source == "meta_date" or (unlabelled and voice.day in changes)
        return suspect and any((voice.earliest - other.latest).days > 1 for other in better)

    return [voice.weighing(voice.weight * 0.5) if is_change(voice) else voice for voice in published]


def voices_of(tree: HtmlElement, url: str, reading: Reading) -> tuple[list[Voice], list[Voice]]:
    """Return what speaks for the publication of a page and what for its last change."""
    stated = [*from_json_ld(tree, reading), *from_meta(tree, reading), *from_state(tree, reading), *from_address(url)]
    seen = seen_on(tree, reading)
    modified = [voice for voice in stated if voice.role == "modified"]
    modified += [item.voice for item in seen if item.voice.role == "modified" and item.region != OTHER]
    published = _doubting([*(voice for voice in stated if voice.role == "published"), *_nearest(seen, stated)], modified)
    best = _best(published)
    if reading.ask_htmldate and (best is None or best[1] < 0.9):
        found = _htmldate(tree)
        if found and _is_news(found, published, modified, seen):
            published = _with_choice(_placed(found, seen), published)
    return published, modified


def estimate_from_html(tree: HtmlElement, url: str, reading: Reading) -> DateEstimate:
    """Return when a page was published.

    Args:
        tree: the parsed page; it stays as it is.
        url: its address where known.
        reading: the zone of moments and the order of digits.
    """
    published, modified = voices_of(tree, url, reading)
    best = _best(published)
    if best is None or best[1] < SURE:
        return _interval(published, modified)
    voice = _own_day(published, best[0], reading)
    day = voice.earliest
    return DateEstimate(day, day, day, "day", round(min(best[1], 0.99), 2), f"html_{voice.source}")


def _own_day(voices: list[Voice], best: Voice, reading: Reading) -> Voice:
    """Of neighbouring days (moments in UTC cross midnight): the moment's day where the zone is known, else that of most families."""
    near = [voice for voice in voices if voice.day and abs((voice.day - best.earliest).days) <= 1]
    moments = [voice for voice in near if voice.moment and voice.weight >= SURE]
    if reading.zone and moments:
        return max(moments, key=lambda voice: voice.weight)

    def backing(voice: Voice) -> tuple[int, bool, float]:
        families = {_FAMILY.get(other.source, "visible") for other in near if other.day == voice.day and other.weight >= BELIEVED}
        return len(families), voice.moment != "utc", voice.weight

    return max(near, key=backing)
