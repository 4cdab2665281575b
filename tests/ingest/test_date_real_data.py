"""Dates of articles from real papers, which no rule was written for: floors of what was measured, and what the audit sees."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Iterator
from datetime import date
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


def test_no_day_long_after_the_crawl(data_dir: Path) -> None:
    """The day of the crawl bounds the day of publication from above."""
    points = late = 0
    for number, row in enumerate(_rows(data_dir / "baomoi_2017" / "baomoi_12k.jsonl.gz")):
        estimate = read_text(row["text"])[0] if number < 3000 else None
        if estimate and estimate.point and estimate.confidence >= 0.8:
            points += 1
            late += (estimate.point - date.fromisoformat(row["date"])).days > 1
    assert points >= 20
    assert late <= 0.05 * points


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
