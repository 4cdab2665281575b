"""Dates of articles from real papers, which no rule was written for: floors of what was measured, and what the audit sees."""

from __future__ import annotations

import gzip
import hashlib
import json
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from topics.ingest.dates.audit import AuditRow, DateAudit, date_audit
from topics.ingest.dates.config import DatesConfig
from topics.ingest.dates.document import DateContext, estimate_document
from topics.ingest.dates.estimate import read_text
from topics.ingest.dates.founding import FoundingYear

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.is_file():
        pytest.skip(f"no {path.name}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield {**row, "text": unicodedata.normalize("NFC", row["text"])}


@pytest.mark.parametrize(
    ("path", "least_points", "points_right", "least_bounded"),
    [
        ("vn_daily_news/vn_daily_2025H2.jsonl.gz", 400, 0.98, 1500),
        ("unc_dantri/unc_public.jsonl.gz", 10, 0.9, 450),  # fifteen points: one that is wrong is seven in a hundred
    ],
)
def test_days_told_by_texts_alone(data_dir: Path, path: str, least_points: int, points_right: float, least_bounded: int) -> None:
    """Points and intervals of any confidence: few and sure, and wide enough to hold the day."""
    points = right = bounded = held = 0
    for row in _rows(data_dir / path):
        day, estimate = date.fromisoformat(row["date"]), read_text(row["text"])[0]
        if estimate.point:
            points, right = points + 1, right + (abs((estimate.point - day).days) <= 1)
        elif estimate.earliest or estimate.latest:
            bounded += 1
            held += (estimate.earliest or date.min) <= day <= (estimate.latest or date.max)
    assert points >= least_points
    assert right >= points_right * points
    assert bounded >= least_bounded
    assert held >= 0.97 * bounded


FIRST_CRAWL = date(2017, 5, 8)  # took in the articles since February
CRAWL_LAG, FIRST_LAG = 60, 95  # days between an article and its crawl


def _is_held_out(key: str) -> bool:
    """Whether an article is of the half that is not looked at, as in benchmarks/text_dates.py."""
    return hashlib.md5(key.encode(), usedforsecurity=False).digest()[0] % 2 == 1


def test_every_day_lies_shortly_before_the_crawl(data_dir: Path) -> None:
    """The day of the crawl bounds the day of publication from both sides: points of any confidence, and intervals with two ends.

    Counted on the half of the articles (by a hash of the id) that no rule was written for.
    """
    points = right = closed = held = 0
    for row in _rows(data_dir / "baomoi_2017" / "baomoi_12k.jsonl.gz"):
        if not _is_held_out(row["id"]):
            continue
        crawl, estimate = date.fromisoformat(row["date"]), read_text(row["text"], "dmy")[0]
        first = crawl - timedelta(days=FIRST_LAG if crawl == FIRST_CRAWL else CRAWL_LAG)
        if estimate.point:
            points, right = points + 1, right + (first <= estimate.point <= crawl + timedelta(days=1))
        elif estimate.earliest and estimate.latest:
            closed, held = closed + 1, held + (estimate.earliest <= crawl and estimate.latest >= first)
    assert points >= 25
    assert right >= 0.98 * points
    assert closed >= 50
    assert held >= 0.92 * closed


@pytest.fixture(scope="module")
def audit(data_dir: Path) -> DateAudit:
    rows = []
    for row in _rows(data_dir / "vn_daily_news" / "vn_daily_2025H2.jsonl.gz"):
        dated = estimate_document(row["text"], DateContext(HANOI, row["published_raw"], url=row["url"]))
        rows.append(AuditRow(row["source"], row["id"], dated.estimate, dated.notes, dated.moment, dated.lag, dated.url_lag))
    return date_audit(rows)


@pytest.mark.slow
def test_the_audit_sees_what_is_wrong_with_a_feed(audit: DateAudit) -> None:
    """Two papers' clocks are seven hours behind; the third gives the time of fetching, and its addresses know better."""
    found = {(finding.code, finding.source) for finding in audit.findings}
    assert {
        ("shifted_clock", "VnExpress"),
        ("shifted_clock", "Thanh Niên"),
        ("fetch_time", "Tuổi Trẻ"),
        ("field_against_address", "Tuổi Trẻ"),
        ("odd_offset", ""),
    } <= found
    assert not {("shifted_clock", "Tuổi Trẻ"), ("fetch_time", "VnExpress"), ("fetch_time", "Thanh Niên")} & found
    shares = {finding.source: finding.share for finding in audit.findings if finding.code in {"shifted_clock", "field_against_address"}}
    assert all(0.1 < share < 0.25 for share in shares.values()), "14 to 20 % of each have the wrong day"


def test_a_founding_year_dates_the_anniversary(seeds_dir: Path) -> None:
    text = (seeds_dir / "003_0ad313e58527b596.txt").read_text(encoding="utf-8")
    names = ("General Department of Defence Industry", "Tổng cục Công nghiệp Quốc phòng")
    known = DatesConfig(founded=(FoundingYear(names, 1945),))
    assert str(estimate_document(text, DateContext(HANOI, founded=known.founded)).estimate.point) == "2025-09-15"
    alone = estimate_document(text, DateContext(HANOI)).estimate
    assert (alone.point, alone.earliest, alone.latest) == (None, None, None)
