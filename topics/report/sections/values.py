"""Small values that several sections are made of."""

from __future__ import annotations

from dataclasses import dataclass

from topics.core.documents import DocumentInfo


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value; `foreign` where the value is English on a page of another language."""

    label: str
    value: str
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of a document with where it comes from; `url` is empty or an http(s) address."""

    text: str
    id: str
    source: str
    date: str
    language: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text; the first cell of each row names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def date_text(info: DocumentInfo) -> str:
    """Return the day, else the interval, else a dash."""
    when = info.date
    if when.point:
        return when.point.isoformat()
    if when.earliest or when.latest:
        return f"{when.earliest or '…'} – {when.latest or '…'}"
    return "–"


def link(url: str) -> str:
    """Return an address that a page may link to: http or https alone, else nothing."""
    return url if url.lower().startswith(("http://", "https://")) else ""


def quote(info: DocumentInfo, text: str) -> Quote:
    """Return a quote of a document."""
    return Quote(text, info.id, info.source, date_text(info), info.language, link(info.url))
