"""The five example articles: everything that a careful reader gets from them (seeds/gold.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, corpus_from, ingest_documents
from topics.config import read_study
from topics.core.documents import Document
from topics.core.themes import ThemeEvidence
from topics.findings import score_terms
from topics.ingest.dates.config import DatesConfig
from topics.ingest.dates.founding import FoundingYear
from topics.ingest.files import SourceConfig
from topics.ingest.ingest import IngestReport

FILES = [
    "000_16aaa8ea95eaca6b.txt",
    "001_0c629e4e178db2db.txt",
    "002_79e0e4d7de9604cb.txt",
    "003_0ad313e58527b596.txt",
    "004_cbd3635d393b6657.txt",
]
every = pytest.mark.parametrize("name", FILES)
Gold = Mapping[str, Any]
Found = Mapping[str, Mapping[str, ThemeEvidence | None]]


@pytest.fixture(scope="module")
def gold(seeds_dir: Path) -> Gold:
    return json.loads((seeds_dir / "gold.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def told(gold: Gold) -> Gold:
    return {entry["file"]: entry for entry in gold["documents"]}


@pytest.fixture(scope="module")
def read(seeds_dir: Path) -> tuple[list[Document], IngestReport]:
    source = SourceConfig(str(seeds_dir))
    return ingest_documents([source], as_of=date(2026, 6, 30))


@pytest.fixture(scope="module")
def documents(read: tuple[list[Document], IngestReport]) -> Mapping[str, Document]:
    return {document.info.file: document for document in read[0]}


@pytest.fixture(scope="module")
def themes(read: tuple[list[Document], IngestReport]) -> Found:
    corpus = corpus_from(read[0])
    scores = score_terms(corpus, read_study(ROOT / "reports" / "sample.toml").config.themes)
    shown = {
        info.file: {key: scores.evidence[row][column] for column, key in enumerate(scores.keys) if scores.present[row, column]}
        for row, info in enumerate(corpus.infos)
    }
    assert set(scores.keys) >= {"digital_transformation", "dual_use_industry", "restructuring"}
    return shown


def test_all_five_are_read_and_nothing_else(read: tuple[list[Document], IngestReport], told: Gold) -> None:
    report = read[1]
    assert (report.seen, report.accepted, report.left_out) == (5, 5, (("gold.json", "excluded by name"),))
    assert {document.info.file for document in read[0]} == set(told) == set(FILES)
    assert len({document.info.story for document in read[0]}) == 5


def test_a_founding_year_fixes_the_anniversary(seeds_dir: Path, told: Gold) -> None:
    entry = next(item for item in told.values() if "with_knowledge" in item)
    (thing, year), (_, day) = entry["with_knowledge"].items()
    table = DatesConfig(founded=(FoundingYear(names=(thing.removesuffix(" founded"),), year=year),))
    documents, _ = ingest_documents([SourceConfig(str(seeds_dir / entry["file"]))], as_of=date(2026, 6, 30), dates=table)
    assert str(documents[0].info.date.point) == day
    without, _ = ingest_documents([SourceConfig(str(seeds_dir / entry["file"]))], as_of=date(2026, 6, 30))
    assert without[0].info.date.point is None


@every
def test_language(name: str, documents: Mapping[str, Document], told: Gold) -> None:
    assert documents[name].info.language == told[name]["language"]


@every
def test_date(name: str, documents: Mapping[str, Document], told: Gold) -> None:
    estimate, entry = documents[name].info.date, told[name]
    earliest, latest = (date.fromisoformat(entry[key]) if entry[key] else None for key in ("earliest", "latest"))
    assert str(estimate.point) == str(entry["date"])
    assert (estimate.earliest is None, estimate.latest is None) == (earliest is None, latest is None)
    assert earliest is None or estimate.earliest is None or earliest <= estimate.earliest
    assert latest is None or estimate.latest is None or estimate.latest <= latest
    assert estimate.evidence
    assert all(documents[name].text[span.start : span.end] == span.text for span in estimate.evidence)


def test_an_interval_is_as_wide_as_the_reader_says(documents: Mapping[str, Document], told: Gold) -> None:
    estimate, entry = documents[FILES[2]].info.date, told[FILES[2]]
    assert (str(estimate.earliest), str(estimate.latest)) == (entry["earliest"], entry["latest"])


def test_a_day_without_a_year_is_kept_as_evidence(documents: Mapping[str, Document], told: Gold) -> None:
    estimate = documents[FILES[3]].info.date
    assert told[FILES[3]]["month_day"] == "09-15"
    assert [span.text for span in estimate.evidence] == ["September 15"]


def test_two_accounts_of_one_event_have_one_day(documents: Mapping[str, Document], gold: Gold) -> None:
    for pair in gold["same_event"]:
        assert len({documents[name].info.date.point for name in pair}) == 1


@every
def test_boilerplate_is_gone_and_no_sentence_is_lost(name: str, documents: Mapping[str, Document], gold: Gold) -> None:
    boilerplate = gold["boilerplate"].get(name, [])
    document = documents[name]
    kept = document.kept()
    assert [string for string in boilerplate if string in kept] == []
    for before, after in zip(document.text.split("\n"), kept.split("\n"), strict=True):
        if not any(string in before for string in boilerplate):
            assert after == before
    assert bool(document.removed) == bool(boilerplate)
    assert len(kept.split()) > 0.85 * len(document.text.split())


@every
def test_the_last_sentence_before_an_end_mark_stays(name: str, documents: Mapping[str, Document]) -> None:
    document = documents[name]
    for span in document.removed:
        if span.reason == "end_mark":
            assert document.kept()[: span.start].endswith("safeguarding the Fatherland")


@every
def test_themes_present_and_absent(name: str, themes: Found, told: Gold) -> None:
    assert set(told[name]["themes"]) <= set(themes[name])
    assert not set(told[name]["not"]) & set(themes[name])


@every
def test_evidence_is_a_sentence_of_the_article(name: str, themes: Found, documents: Mapping[str, Document], told: Gold) -> None:
    document = documents[name]
    for key in told[name]["themes"]:
        shown = themes[name][key]
        assert shown is not None
        assert document.text[shown.start : shown.end] == shown.text
        assert shown.text in document.kept()
        assert shown.text.endswith((".", "!", "?", "”", "Fatherland")), shown.text
        assert "\n" not in shown.text


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        (FILES[0], "digital_transformation", "digital transformation in management"),
        (FILES[0], "restructuring", "streamline, merge and reorganise"),
        (FILES[1], "dual_use_industry", "sản phẩm lưỡng dụng"),
        (FILES[1], "restructuring", "sáp nhập, tổ chức lại cơ quan, đơn vị hậu cần, kỹ thuật theo hướng tinh gọn"),
        (FILES[2], "digital_transformation", "national digital transformation"),
        (FILES[2], "dual_use_industry", "dual-use applications"),
        (FILES[3], "dual_use_industry", "Defence Industry must engage"),
        (FILES[4], "dual_use_industry", "modern, dual-use defense industry"),
        (FILES[4], "restructuring", "adjusting the Army organization"),
    ],
)
def test_the_evidence_says_it(name: str, key: str, words: str, themes: Found) -> None:
    shown = themes[name][key]
    assert shown is not None
    assert words in shown.text
