"""What a page's markup states about its dates for machines: JSON-LD, meta elements, microdata, times, the address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from typing import TYPE_CHECKING, Literal

from topics.ingest.dates.calendar import make_day, month_span
from topics.ingest.dates.written import Moment, WrittenDay, month_named, parse_value

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Role = Literal["published", "modified"]
MAX_SCRIPT = 2_000_000  # code points of JSON-LD in one script

# Article types of schema.org; a type that ends in one of the words counts too (LiveBlogPosting, ReportageNewsArticle).
_ARTICLE = ("Article", "Posting", "Report", "BlogPost")
_PAGE = ("WebPage", "ItemPage", "AboutPage", "FAQPage", "QAPage", "MedicalWebPage", "CreativeWork", "WebContent")
# Objects below these keys are other works than the page itself.
_OTHER_WORKS = frozenset(
    "comment comments review reviews itemListElement hasPart mentions citation isBasedOn video image associatedMedia relatedLink"
    " author publisher workExample blogPost blogPosts subjectOf suggestedAnswer acceptedAnswer about offers isPartOf".split()
)


def _key(name: str) -> str:
    """A name without case and separators: dcterms:created, DCTERMS.created and dcterms_created are one."""
    return re.sub(r"[^a-z]", "", name.lower())


# Open Graph, Dublin Core, PRISM, schema.org, Highwire Press, bepress, Parse.ly, Sailthru, Cxense, Weibo, and common publishing systems.
PUBLISHED = frozenset(
    map(
        _key,
        "article:published_time article:published article:published_date article:published_at article:publicationdate article:post_date"
        " article:firstpublished article.created article_date_original og:article:published_time og:article:published"
        " og:published_time og:publish_date og:pubdate og:datepublished og:release_date video:release_date og:video:release_date"
        " dc.date.issued dcterms.issued dc.issued dc.date.publication dc.date.created dcterms.created dc.created dcterms.available"
        " dc.date.available prism.publicationdate schema:datepublished datepublished datecreated uploaddate rnews:datepublished"
        " citation_publication_date citation_date citation_online_date bepress_citation_date bepress_citation_online_date"
        " parsely-pub-date sailthru.date cxenseparse:recs:publishtime cxenseparse:publishtime weibo:article:create_at bt:pubdate rbpubdate"
        " vr:published_time shareaholic:article_published_time date_published published published_date published_time published_at"
        " publisheddate publishdate publish_date publish_time publication_date pubdate pub_date pubdate_iso originalpublicationdate"
        " analyticsattributes.articledate dcsext.articlefirstpublished release_date mediator_published_time twt-published-at dateposted"
        " firstpublished first_published displaydate".split(),
    )
)
GENERAL = (
    frozenset(map(_key, "date dc.date dcterms.date created date_created creation_date doc_date pdate ptime gentime".split())) - PUBLISHED
)
MODIFIED = frozenset(
    map(
        _key,
        "article:modified_time article:modified article:modified_date og:article:modified_time og:modified_time og:updated_time"
        " lastmod last-modified modified modified_time datemodified dateupdated dc.date.modified dcterms.modified dc.modified"
        " schema:datemodified weibo:article:update_at bt:moddate revision_date updated_time moddate updated".split(),
    )
)


@dataclass(frozen=True, slots=True)
class Voice:
    """One statement about the page's date: who makes it, of what, its first and last possible day, how often such a
    voice is right, and whether it is the day of a moment with an offset.
    """

    source: str
    role: Role
    earliest: date
    latest: date
    weight: float
    moment: Moment = ""

    def weighing(self, weight: float) -> Voice:
        """Return the same statement, believed differently."""
        return replace(self, weight=weight)

    @property
    def day(self) -> date | None:
        """The day, where it is fixed."""
        return self.earliest if self.earliest == self.latest else None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a page is read.

    Args:
        zone: calendar zone that moments are moved to; None keeps the day as the page writes it.
        month_first: whether 03/04/2025 has the month first; None keeps both readings.
        ask_htmldate: whether htmldate is heard where the page's own voices are not sure.
    """

    zone: tzinfo | None = None
    month_first: bool | None = None
    ask_htmldate: bool = True

    def voice(self, source: str, role: Role, value: str, weight: float) -> Voice | None:
        """Return the voice of a metadata value, or None where it is no day."""
        found: WrittenDay | None = parse_value(value, zone=self.zone, month_first=self.month_first) if value else None
        return Voice(source, role, found.earliest, found.latest, weight, found.moment) if found else None


def _types(item: dict[str, object]) -> tuple[str, ...]:
    kinds = item.get("@type", ())
    names = kinds if isinstance(kinds, list) else [kinds]
    return tuple(str(name).rsplit("/", 1)[-1] for name in names)


def _objects(root: object) -> Iterator[dict[str, object]]:
    """Yield the objects of a JSON-LD graph that can be the page itself, outermost first."""
    queue = [root]
    for item in queue:  # grows while it is read
        if isinstance(item, dict):
            yield item
            queue += [value for key, value in item.items() if key not in _OTHER_WORKS and isinstance(value, dict | list)]
        elif isinstance(item, list):
            queue += item


def _graphs(tree: HtmlElement) -> Iterator[object]:
    for script in tree.iterfind(".//script"):
        text = script.text or ""
        if "ld+json" not in script.get("type", "") or len(text) > MAX_SCRIPT:
            continue
        try:
            yield json.loads(text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):  # cut or hand-made: the key is still a statement where it stands once
            values = set(re.findall(r'"datePublished"\s*:\s*"([^"]{8,40})"', text))
            yield {"@type": "WebPage", "datePublished": values.pop()} if len(values) == 1 else None


def from_json_ld(tree: HtmlElement, reading: Reading) -> Iterator[Voice]:
    """Yield what JSON-LD says: of articles first, of the page where there is no article."""
    articles: list[dict[str, object]] = []
    pages: list[dict[str, object]] = []
    for graph in _graphs(tree):
        for item in _objects(graph):
            types = _types(item)
            if any(name.endswith(_ARTICLE) for name in types):
                articles.append(item)
            elif not set(_PAGE).isdisjoint(types) or (not item.get("@type") and "datePublished" in item):
                pages.append(item)
    for items, source, weight in ((articles, "json_ld", 0.97), (pages, "json_ld_page", 0.93)):
        stated = {key: _stated(items, key) for key in ("datePublished", "dateCreated", "dateModified")}
        first = stated["datePublished"] or stated["dateCreated"]
        several = 0.5 if len(set(first)) > 1 else 1.0  # a list of articles
        for value in first[:1]:
            voice = reading.voice(source, "published", value, weight * several)
            yield from (voice,) if voice else ()
        for value in stated["dateModified"][:1]:
            voice = reading.voice(source, "modified", value, weight * several)
            yield from (voice,) if voice else ()
        if first:
            return


def _stated(items: list[dict[str, object]], key: str) -> list[str]:
    values = [value[0] if isinstance(value, list) and value else value for item in items if (value := item.get(key))]
    return [value for value in values if isinstance(value, str)]


def _meta_names(element: HtmlElement, *, in_head: bool) -> set[str]:
    """The keys of a meta element; microdata only of the head, since that of the body may belong to another work."""
    attributes = ("name", "property", "http-equiv", *(("itemprop",) if in_head else ()))
    return {_key(name) for attribute in attributes for name in (element.get(attribute) or "").split()}


def from_meta(tree: HtmlElement, reading: Reading) -> Iterator[Voice]:
    """Yield what meta elements say, by their name, property, http-equiv or itemprop."""
    head = set(tree.iterfind(".//head//meta"))
    for element in tree.iterfind(".//meta"):
        names, content = _meta_names(element, in_head=element in head), element.get("content") or ""
        voice: Voice | None = None
        if not names.isdisjoint(PUBLISHED):
            voice = reading.voice("meta", "published", content, 0.96)
        elif not names.isdisjoint(GENERAL):
            voice = reading.voice("meta_date", "published", content, 0.88)
        elif not names.isdisjoint(MODIFIED):
            voice = reading.voice("meta", "modified", content, 0.95)
        if voice:
            yield voice


_STATE = re.compile(
    r"""["'](?:date_?published|published_?(?:at|on|date|time)|first_?published_?(?:at|date)|publish_?(?:date|time)|pub_?date"""
    r"""|publication_?date)\\?["']\s*:\s*\\?["']?([^"'\\,}]{8,40})""",
    re.IGNORECASE,
)


def from_state(tree: HtmlElement, reading: Reading) -> Iterator[Voice]:
    """Yield the one day that the data of scripts (data layers, states of applications) state as that of publication."""
    days: set[Voice] = set()
    for script in tree.iterfind(".//script"):
        text = script.text or ""
        if "ld+json" in script.get("type", "") or len(text) > MAX_SCRIPT:
            continue
        values = dict.fromkeys(found[1] for found in _STATE.finditer(text))
        days |= {voice for value in values if (voice := reading.voice("state", "published", value, 0.85))}
    if len({(voice.earliest, voice.latest) for voice in days}) == 1:  # others are lists of articles
        yield min(days, key=lambda voice: voice.moment)


_PATH = re.compile(r"(?<=[/=_-])(?P<year>(?:19|20)\d\d)(?P<sep>[/_-]?)(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
_PATH_MONTH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>0[1-9]|1[0-2])(?=/)")
_FOLDERS = re.compile(r"/(?P<year>(?:19|20)\d\d)/(?P<month>0?[1-9]|1[0-2]|[^\W\d_]{3,9})/(?P<day>0?[1-9]|[12]\d|3[01])/", re.IGNORECASE)
_REVERSED = re.compile(r"(?<=[/_-])(?P<day>0[1-9]|[12]\d|3[01])[._-](?P<month>0[1-9]|1[0-2])[._-](?P<year>20\d\d)(?!\d)")


def from_address(url: str) -> Iterator[Voice]:
    """Yield the day or month that an address holds, such as /2025/03/14/, /2025/mar/14/ or /2025/03/."""
    path = url[:1000].split("?", 1)[0].split("#", 1)[0]
    for pattern in (_PATH, _FOLDERS, _REVERSED):
        if found := pattern.search(path):
            month = int(found["month"]) if found["month"].isdigit() else month_named(found["month"])
            day = make_day(int(found["year"]), month, int(found["day"]))
            if day:
                yield Voice("url", "published", day, day, 0.85 if found.groupdict().get("sep") == "" else 0.95)
                return
    if found := _PATH_MONTH.search(path):
        yield Voice("url_month", "published", *month_span(int(found["year"]), int(found["month"])), 0.9)
