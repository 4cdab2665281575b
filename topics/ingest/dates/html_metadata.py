"""What a page's markup states about its dates for machines: JSON-LD, meta elements, microdata, times, the address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from typing import TYPE_CHECKING, Literal

from topics.ingest.dates.calendar import make_day, month_span
from topics.ingest.dates.written import Moment, WrittenDay, parse_value

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

PUBLISHED = frozenset(
    "article:published_time article:published article:published_date article:publicationdate article:post_date article.published"
    " og:article:published_time og:article:published og:published_time og:publish_date og:pubdate og:datepublished"
    " parsely-pub-date sailthru.date citation_publication_date citation_date citation_online_date bt:pubdate rbpubdate"
    " cxenseparse:recs:publishtime cxenseparse:publishtime vr:published_time shareaholic:article_published_time"
    " dc.date.issued dcterms.issued dc.issued dc.date.publication dc.date.created dcterms.created dc.created prism.publicationdate"
    " datepublished date_published published_date published-date published_time publisheddate publishdate publish_date publish-date"
    " publish_time"
    " publication_date publication-date pubdate pub_date pubdate_iso originalpublicationdate article_date_original"
    " analyticsattributes.articledate"
    " dcsext.articlefirstpublished article.created article:created release_date rnews:datepublished mediator_published_time"
    " twt-published-at dateposted firstpublished first_published displaydate article:firstpublished".split()
)
GENERAL = frozenset(
    "date dc.date dcterms.date dc:date dcterms:date created date_created datecreated creation_date doc_date pdate ptime gentime".split()
)
MODIFIED = frozenset(
    "article:modified_time article:modified article:modified_date og:article:modified_time og:modified_time og:updated_time"
    " lastmod last-modified lastmodified modified modified_time datemodified date_modified dc.date.modified dcterms.modified dc.modified"
    " bt:moddate revision_date updated_time moddate updated".split()
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


def from_meta(tree: HtmlElement, reading: Reading) -> Iterator[Voice]:
    """Yield what meta elements say, by their name, property or http-equiv."""
    for element in tree.iterfind(".//meta"):
        name = (element.get("name") or element.get("property") or element.get("http-equiv") or "").strip().lower()
        content = element.get("content") or ""
        if not name or not content:
            continue
        if name in PUBLISHED:
            voice = reading.voice("meta", "published", content, 0.96)
        elif name in GENERAL:
            voice = reading.voice("meta_date", "published", content, 0.88)
        elif name in MODIFIED:
            voice = reading.voice("meta", "modified", content, 0.95)
        else:
            continue
        if voice:
            yield voice


_PATH = re.compile(r"(?<=[/=_-])(?P<year>(?:19|20)\d\d)(?P<sep>[/_-]?)(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
_PATH_MONTH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>0[1-9]|1[0-2])(?=/)")
_REVERSED = re.compile(r"(?<=[/_-])(?P<day>0[1-9]|[12]\d|3[01])[._-](?P<month>0[1-9]|1[0-2])[._-](?P<year>20\d\d)(?!\d)")


def from_address(url: str) -> Iterator[Voice]:
    """Yield the day or month that an address holds, such as /2025/03/14/ or /2025/03/."""
    path = url[:1000].split("?", 1)[0].split("#", 1)[0]
    for pattern in (_PATH, _REVERSED):
        if found := pattern.search(path):
            day = make_day(int(found["year"]), int(found["month"]), int(found["day"]))
            if day:
                yield Voice("url", "published", day, day, 0.95 if found.groupdict().get("sep") else 0.85)
                return
    if found := _PATH_MONTH.search(path):
        yield Voice("url_month", "published", *month_span(int(found["year"]), int(found["month"])), 0.9)
