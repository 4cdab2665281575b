"""What a page shows its readers about its date: times and dated lines near the headline, labels such as "Ngày đăng"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from topics.ingest.dates.html_metadata import Reading, Role, Voice
from topics.ingest.dates.written import WrittenDay, find_days

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BLOCKS = frozenset(
    "address article aside blockquote body br center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li"
    " main nav"
    " ol p pre section table tbody td tfoot th thead title tr ul time".split()
)
_MAIN_SHARE = 0.5  # of the page's text; an element with more is the article, whatever "sidebar" its layout class names
_SILENT = frozenset("script style noscript template select option textarea svg iframe head button".split())
_MARGIN_TAGS = frozenset("nav footer aside".split())
_OTHER = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|respond|replies|related|recommend\w*|teaser\w*|popular|most-?read|trending|latest|recent\w*|"
    r"prev(?:ious)?|next|pagination|archive-list|calendar|events?|ticker|more-?news|see-?also|kommentare?|binh-?luan|lien-?quan)(?:$|[\s_-])",
    re.IGNORECASE,
)  # other articles, and what readers wrote; a quotation is another work too
_MARGIN = re.compile(
    r"(?:^|[\s_-])(?:(?<!has-)(?<!with-)(?<!no-)(?<!left-)(?<!right-)sidebar(?!-(?:left|right|none|no|on|yes)\b)|secondary|widget\w*|"
    r"(?<!post-)(?<!entry-)(?<!article-)(?<!asset-)footer|newsletter|breadcrumb\w*|promo\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?<![a-z])(?:date(?:time|line|stamp|info)?|datum|time(?:data|line|stamp)?|pubdate|published|publish|posted|post-?meta|entry-?meta|article-?meta|metas?|meta-?data|byline|ngay|thoi-?gian|fecha|submitted|"
    r"created)(?![a-z])|(?:Date|Time|date|time)$|datum",
)
_PART = re.compile(
    r"^article\b|(?:^|[\s_-])(?:article|post|posts|hentry|entry|news|story|blog|item|detail)(?:$|[\s_-])", re.IGNORECASE
)  # what holds an article and its headline, not the whole page with the site's head
_PUBLISHED_LABEL = re.compile(
    r"(?<!\w)(?:published|posted|publication date|date of publication|first published|written on|submitted|added|created|"
    r"released|release date|filed|"
    r"veröffentlicht|erstellt|geschrieben|gepostet|eingestellt|verfasst|publiziert|erschienen|veröffentlichung|beitrag vom|artikel vom|"
    r"publié|mis en ligne|paru|rédigé|publicado|pubblicato|gepubliceerd|geplaatst|ngày đăng|đăng lúc|đăng ngày|xuất bản|ngày xuất bản|đăng)"
    r"[^.!?\n]{0,40}$",
    re.IGNORECASE,
)
_MODIFIED_LABEL = re.compile(
    r"(?<!\w)(?:updated?|modified|edited|last changed?|revised|aktualisiert|aktualisierung|geändert|änderung|bearbeitet|stand|mis à jour|"
    r"mise à jour|modifié|"
    r"actualizado|aggiornato|bijgewerkt|cập nhật|sửa đổi|accessed|abgerufen|retrieved)[^.!?\n]{0,25}$",
    re.IGNORECASE,
)
_LABEL_AFTER = re.compile(
    r"^[^.!?\n]{0,40}\b(?:(?P<published>veröffentlicht|geschrieben|gepostet|verfasst|erstellt|published|posted|publié)"
    r"|(?P<modified>geändert|aktualisiert|bearbeitet|updated|modified|edited|modifié))\b",
    re.IGNORECASE,
)  # "am 3. Dezember 2011 veröffentlicht"
_LISTS = re.compile(
    r"\W*(?:related|recommended|read (?:more|next|also)|more (?:news|stories|articles|from|on|in)|see also|also (?:read|in)|latest"
    r"|most (?:read|popular)|popular|trending|recent|you (?:may|might)|(?:\d+ )?(?:comments?|replies|responses)|leave a"
    r"|tin (?:liên quan|khác|mới|cùng)|bài (?:liên quan|viết khác|cùng)|có thể bạn|xem (?:thêm|nhiều)|đọc (?:thêm|nhiều)"
    r"|cùng chuyên mục|bình luận|ähnliche|weitere|verwandte|mehr zu[mr]?|(?:\d+ )?kommentare?|lire aussi|à lire)\b",
    re.IGNORECASE,
)  # headings of lists of other articles, and of comments
ARTICLE, MARGIN, OTHER = 0, 1, 2  # parts of a page
_HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
_WORD = re.compile(r"\w+")
MIN_REGION = 60  # code points; less, with a class that names a date too, is the line that dates an article and counts its comments
_STAMP_WORDS = re.compile(
    r"(?:date|datum|ngày|on|at|am|um|vom|le|à|uhr|h|gmt|utc|cet|cest|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|thứ|hai|ba|tư|năm|sáu"
    r"|bảy|chủ|nhật|lúc|by|von|par|por)$",
    re.IGNORECASE,
)
_STAMP_LABEL = re.compile(r"^\W*(?:(?:date|datum|ngày)\s*)?$", re.IGNORECASE)
_SIGNED = re.compile(r"\W*(?:by|von|par|por|bởi)\s+[^\W\d_]", re.IGNORECASE)
MAX_STAMP = 60  # code points of a line that stamps an article with its day
MAX_STAMP_LETTERS = 10  # besides the day, time and weekday: a rubric, an agency
MAX_BLOCK = 400  # code points of a line of text in which a date is looked for
MAX_LABELLED = 200  # code points of a line that says when the page was published; longer ones tell what happened
MAX_LABEL = 60  # unless it begins with that
NEAR = 1000  # code points of visible text below the headline


@dataclass(slots=True)
class _Line:
    """A line of visible text: where it begins, the markup around it, and which part of the page it belongs to."""

    start: int
    hints: list[str]
    region: int
    is_headline: bool = False
    is_beside: bool = False  # in the container of the article that holds the headline too
    pieces: list[str] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)  # (name of the markup, machine-readable value)


def _hint(element: HtmlElement) -> str:
    return " ".join(filter(None, (element.get("class"), element.get("id"), element.get("itemprop"), element.get("property"))))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def headline_of(tree: HtmlElement) -> HtmlElement | None:
    """Return the heading that shares most words with the page's title; the first h1 where none does."""
    titles = [element.get("content") or "" for element in tree.iterfind(".//meta") if element.get("property") == "og:title"]
    head = tree.find(".//title")
    title = _words(" ".join([*titles, "".join(head.itertext()) if head is not None else ""]))
    best, best_score = None, 0.0
    for tag, bonus in (("h1", 0.3), ("h2", 0.1), ("h3", 0.0)):
        for number, element in enumerate(tree.iterfind(f".//{tag}")):
            words = _words("".join(element.itertext()))
            share = len(words & title) / len(words) if words else 0.0
            score = share * min(len(words), 5) / 5 + bonus if words else 0.0
            if score > best_score and number < 60 and (tag == "h1" or share > 0.6):
                best, best_score = element, score
    return best


def _visible_length(element: HtmlElement) -> int:
    hidden = sum(len(inner.text or "") for inner in element.iter("script", "style"))
    return sum(map(len, element.itertext())) - hidden


class _Walker:
    """Turns a tree into lines, in document order."""

    def __init__(self, headline: HtmlElement | None, n_visible: int) -> None:
        self.n_visible = n_visible
        self.headline = headline
        self.around = set() if headline is None else {headline, *headline.iterancestors()}
        self.lines: list[_Line] = []
        self.length = 0
        self.headline_at: int | None = None
        self.open: list[tuple[str, int, HtmlElement]] = []  # hints, region and element of what is around
        self.silent = 0
        self.listed: int | None = None  # how deep the heading of a list of other works stands

    def _new_line(self) -> None:
        if self.lines and not (self.lines[-1].pieces or self.lines[-1].values):
            self.lines.pop()
        region = self.open[-1][1] if self.open else ARTICLE
        shared = [(hint, element) for hint, _, element in self.open if element in self.around]
        is_headline = any(element is self.headline for _, element in shared)
        hints = [] if is_headline else [hint for hint, _, _ in self.open[-4:]]
        is_beside = bool(shared) and shared[-1][1].tag not in {"body", "html"} and bool(_PART.search(shared[-1][0]))
        self.lines.append(_Line(self.length, hints, region, is_headline, is_beside))

    def start(self, element: HtmlElement) -> None:
        tag = element.tag
        if self.silent or tag in _SILENT:
            self.silent += 1
            return
        hint = _hint(element)
        parent = self.open[-1][1] if self.open else ARTICLE
        region = parent or self._region(element, hint)
        if tag in _HEADINGS and region == ARTICLE and element not in self.around:
            self.listed = len(self.open) if _LISTS.match("".join(element.itertext())) else None
        if self.listed is not None and element not in self.around:
            region = region or OTHER
        self.open.append((f"{tag} {hint}", region, element))
        if tag in _BLOCKS or not self.lines:
            self._new_line()
        if element is self.headline:
            self.headline_at = self.length
        line = self.lines[-1]
        line.hints.append(f"{tag} {hint}")
        self._machine_values(element, hint, line)
        self.text(element.text)

    def _region(self, element: HtmlElement, hint: str) -> int:
        """Which part of the page an element begins: the article, its margin (footer, sidebar, navigation), or another work."""
        if element in self.around or element.tag in {"body", "html", "main", "article"}:
            return ARTICLE
        region = OTHER if element.tag == "blockquote" or (hint and _OTHER.search(hint)) else ARTICLE
        if region == ARTICLE and (element.tag in _MARGIN_TAGS or (hint and _MARGIN.search(hint))):
            near = self.headline_at is not None and self.length - self.headline_at <= NEAR
            region = ARTICLE if near else MARGIN  # what stands under the headline is the article's own, whatever its class
        if region == ARTICLE:
            return ARTICLE
        length = _visible_length(element)
        if length < MIN_REGION and _DATED.search(hint):
            return ARTICLE
        return region if length <= _MAIN_SHARE * self.n_visible else ARTICLE

    def _machine_values(self, element: HtmlElement, hint: str, line: _Line) -> None:
        prop = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower()
        value = element.get("datetime") or element.get("content") or (element.get("title") if element.tag in {"abbr", "span"} else "") or ""
        if "datepublished" in prop or "datecreated" in prop or "dcterms:created" in prop or "dc:date" in prop:
            line.values.append(("microdata", value or "".join(element.itertext())[:80]))
        elif "datemodified" in prop:
            line.values.append(("modified", value))
        elif value and (element.tag == "time" or (element.get("datetime") and element.tag not in {"ins", "del"})):
            tokens = set(hint.lower().split())
            published = element.get("pubdate") is not None or not tokens.isdisjoint(
                {"published", "entry-date", "dt-published", "post-date", "entry-time"}
            )
            updated = "updated" in tokens and not published
            line.values.append(("modified" if updated else "time_published" if published else "time", value))
        elif element.tag == "abbr" and value and "published" in hint:
            line.values.append(("time_published", value))

    def text(self, text: str | None) -> None:
        if text and not self.silent and (text := " ".join(text.split())):
            if not self.lines:
                self._new_line()
            self.lines[-1].pieces.append(text)
            self.length += len(text) + 1

    def end(self, element: HtmlElement) -> None:
        if self.silent:
            self.silent -= 1
        else:
            self.open.pop()
            if self.listed is not None and len(self.open) < self.listed:
                self.listed = None
            if element.tag in _BLOCKS:
                self._new_line()
        self.text(element.tail)


def _walk(body: HtmlElement, headline: HtmlElement | None) -> _Walker:
    from lxml.etree import iterwalk

    walker = _Walker(headline, _visible_length(body))
    for event, element in iterwalk(body, events=("start", "end")):
        if isinstance(element.tag, str):
            walker.start(element) if event == "start" else walker.end(element)
        elif event == "end":
            walker.text(element.tail)
    return walker


@dataclass(frozen=True, slots=True)
class Seen:
    """A voice and how far from the headline it stands, in code points; negative is before."""

    voice: Voice
    distance: int
    region: int
    is_beside: bool = False


_WEIGHTS = {
    "microdata": 0.95,
    "time_published": 0.94,
    "time": 0.88,
    "labelled": 0.92,
    "dated_line": 0.85,
    "stamp": 0.85,
    "shown": 0.6,
    "in_headline": 0.2,
}


def _of_values(line: _Line, reading: Reading) -> Iterator[tuple[str, Role, Voice]]:
    for name, value in line.values:
        role: Role = "modified" if name == "modified" else "published"
        source = "time" if name == "modified" else name
        if voice := reading.voice(source, role, value, _WEIGHTS[source]):
            yield source, role, voice


def _of_text(line: _Line, before: str, reading: Reading) -> Iterator[Voice]:
    text = unicodedata.normalize("NFC", " ".join(line.pieces))[:MAX_BLOCK]
    if not any(char.isdigit() for char in text):
        return
    of_change = any(name == "modified" for name, _ in line.values)
    for found in find_days(text, zone=None, month_first=reading.month_first):
        role = _labelled(text, found, before) if len(text) < MAX_LABELLED or found.start < MAX_LABEL else None
        if of_change or role == "modified":
            yield Voice("labelled", "modified", found.earliest, found.latest, 0.9)
        elif role == "published":
            yield Voice("labelled", "published", found.earliest, found.latest, _WEIGHTS["labelled"])
        elif line.is_headline and not any(_DATED.search(hint) for hint in line.hints):
            yield Voice("shown", "published", found.earliest, found.latest, _WEIGHTS["in_headline"])
        elif any(_DATED.search(hint) for hint in line.hints) and len(text) < MAX_LABELLED:
            yield Voice("dated_line", "published", found.earliest, found.latest, _WEIGHTS["dated_line"])
        elif _is_stamp(text, found):
            yield Voice("stamp", "published", found.earliest, found.latest, _WEIGHTS["stamp"])
        else:
            alone = len(text) - (found.end - found.start) < 40
            yield Voice("shown", "published", found.earliest, found.latest, _WEIGHTS["shown"] if alone else 0.4)


def _is_stamp(text: str, found: WrittenDay) -> bool:
    """Whether a short line holds a day and besides it only a time, a weekday, a name or a rubric, and no label of something else."""
    before, after = text[: found.start], text[found.end :]
    if before == "(" and after.startswith(")"):  # "(14.03.2025) The farmers of ...": a dateline
        return True
    head, colon, _ = before.rpartition(":")
    if len(text) > MAX_STAMP or (colon and not _STAMP_LABEL.search(head)) or text.rstrip().endswith((".", "!", "?")):
        return False
    words = [word for word in _WORD.findall(f"{before} {after}") if not word[0].isdigit() and not _STAMP_WORDS.match(word)]
    return sum(map(len, words)) <= MAX_STAMP_LETTERS or bool(_SIGNED.match(before))


def _labelled(text: str, found: WrittenDay, before: str) -> Role | None:
    """What a label says that stands before the day, on the line above it, or after it."""
    lead = text[max(0, found.start - 60) : found.start]
    lead = lead if len(lead.strip()) > 2 else f"{before} {lead}"
    if _MODIFIED_LABEL.search(lead):
        return "modified"
    if _PUBLISHED_LABEL.search(lead):
        return "published"
    after = _LABEL_AFTER.match(text[found.end : found.end + 60])
    if after is None:
        return None
    return "modified" if after["modified"] else "published"


def seen_on(tree: HtmlElement, reading: Reading) -> list[Seen]:
    """Return every dated place of the visible page."""
    body = tree.find(".//body")
    walker = _walk(tree if body is None else body, headline_of(tree))
    at = walker.headline_at if walker.headline_at is not None else 0
    found: list[Seen] = []
    before = ""
    for line in walker.lines:
        distance = line.start - at
        for _, _, voice in _of_values(line, reading):
            found.append(Seen(voice, distance, line.region, line.is_beside))
        for voice in _of_text(line, before, reading):
            found.append(Seen(voice, distance, line.region, line.is_beside))
        if line.pieces:
            before = " ".join(line.pieces)[-40:]
    return found
