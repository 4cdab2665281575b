"""Column maps of common exports: `preset = "media_cloud"` on a source stands for its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from topics.core.registry import nearest

TITLE_ONLY = "title_only"


@dataclass(frozen=True, slots=True)
class Preset:
    """An export: what it is called, and our name to the export's column.

    Exports without article text map text and title to the same column; their documents carry the note `title_only`.
    """

    title: str
    columns: Mapping[str, str]


PRESETS: Mapping[str, Preset] = {
    # Story list of search.mediacloud.org and of the API client (mediacloud.api.SearchApi.story_list), since 2023.
    "media_cloud": Preset(
        "Media Cloud, story list",
        {
            "text": "title",
            "title": "title",
            "id": "id",
            "date": "publish_date",
            "source": "media_name",
            "url": "url",
            "language": "language",
        },
    ),
    # Stories of the API before 2023 (github.com/mediacloud/backend, doc/api_2_0_spec: stories_id, publish_date, media_name).
    "media_cloud_v2": Preset(
        "Media Cloud before 2023, story list",
        {
            "text": "title",
            "title": "title",
            "id": "stories_id",
            "date": "publish_date",
            "source": "media_name",
            "url": "url",
            "language": "language",
        },
    ),
    # GDELT DOC 2.0 API, article list as JSON and as frames of the client gdeltdoc (its README): url, title, seendate, domain, language.
    "gdelt": Preset(
        "GDELT DOC 2.0, article list",
        {"text": "title", "title": "title", "date": "seendate", "source": "domain", "url": "url", "language": "language"},
    ),
    # The same list as CSV: URL, MobileURL, Date, Title. The Global Knowledge Graph holds neither title nor text in a column of its own.
    "gdelt_csv": Preset("GDELT DOC 2.0, article list as CSV", {"text": "Title", "title": "Title", "date": "Date", "url": "URL"}),
    # Factiva exports RTF, HTML or XML; tables made of them are named by its field codes: HD headline, TD text, PD date, SN source,
    # LA language, AN accession number.
    "factiva": Preset(
        "Factiva, by field codes",
        {"text": "TD", "title": "HD", "id": "AN", "date": "PD", "source": "SN", "language": "LA"},
    ),
    # LexisNexis and Nexis Uni export documents; the R package LexisNexisTools (lnt_read, then lnt_convert) turns them into this table.
    "lexisnexis": Preset(
        "LexisNexis, by LexisNexisTools",
        {"text": "Article", "title": "Headline", "id": "ID", "date": "Date", "source": "Newspaper"},
    ),
    # JSON of the crawler news-please (its README): maintext, title, date_publish, source_domain, url, language.
    "news_please": Preset(
        "news-please",
        {"text": "maintext", "title": "title", "date": "date_publish", "source": "source_domain", "url": "url", "language": "language"},
    ),
}


def preset_columns(name: str) -> Mapping[str, str]:
    """Return the columns of a preset.

    Raises:
        ValueError: no preset has that name; the message lists those that exist.
    """
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}. {nearest(name, PRESETS)}")
    return PRESETS[name].columns


def misfit(name: str, there: set[str]) -> str:
    """Return what to say of a preset that names none of the columns that are there; empty where it fits.

    Args:
        name: the preset; empty for none.
        there: columns of the records that were read, empty where none could be.
    """
    if not name or not set(PRESETS[name].columns.values()).isdisjoint(there):
        return ""
    expected = ", ".join(sorted(set(PRESETS[name].columns.values())))
    found = f"there are {', '.join(sorted(there))}" if there else "no record could be read by it; the quarantine lists the columns"
    return f"the preset {name!r} ({PRESETS[name].title}) fits none of the columns: it expects {expected}; {found}"
