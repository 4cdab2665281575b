"""A part that stands for all: every month, source and language has its share of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from topics.core.documents import DateEstimate, DocumentInfo
from topics.core.sampling import said_sample, stratified

RNG = np.random.default_rng(5)


def info(number: int, month: int, source: str, language: str) -> DocumentInfo:
    day = date(2024, month, 1 + number % 28)
    when = DateEstimate(day, day, day, "day", 1.0, "field")
    return DocumentInfo(f"d{number}", f"{number:06d}", "f", 1, source=source, language=language, date=when)


INFOS = [
    info(number, int(RNG.integers(1, 13)), f"s{RNG.integers(0, 3)}", ("en", "vi", "vi")[int(RNG.integers(0, 3))]) for number in range(5000)
]


def stratum(found: DocumentInfo) -> tuple[int, str, str]:
    assert found.date.point is not None
    return found.date.point.month, found.source, found.language


def test_everything_is_taken_where_there_is_room() -> None:
    assert stratified(INFOS, 5000).tolist() == list(range(5000))
    assert stratified([], 7).tolist() == []


@pytest.mark.parametrize("most", [1, 333, 1000, 4999])
def test_each_stratum_has_its_share_to_within_one(most: int) -> None:
    rows = stratified(INFOS, most)
    assert len(rows) == most == len(set(rows.tolist()))
    assert (np.diff(rows) > 0).all()
    whole, part = Counter(map(stratum, INFOS)), Counter(stratum(INFOS[row]) for row in rows.tolist())
    for key, n in whole.items():
        assert abs(part[key] - n * most / 5000) < 1


def test_months_of_vague_dates_are_strata_and_undated_ones_are_their_own() -> None:
    vague = [replace(one, date=DateEstimate(None, one.date.earliest, None, "interval", 0.5, "bound")) for one in INFOS[:500]]
    undated = [replace(one, date=DateEstimate()) for one in INFOS[500:1000]]
    rows = stratified(vague + undated, 100)
    assert abs(sum(row < 500 for row in rows.tolist()) - 50) <= 1


def test_the_sentence_says_what_is_lost() -> None:
    assert said_sample(500, 500, 10) == ()
    (said,) = said_sample(1000, 20_000, 15)
    assert "1,000 of 20,000 distinct articles" in said
    assert "fewer than about 300 articles" in said
    deviation = np.std(RNG.hypergeometric(200, 19_800, 1000, size=20_000) / 10)  # of 1 % of the articles
    low, high = (float(said.split("holds")[-1].split()[place]) for place in (0, 2))
    assert (low, high) == pytest.approx((1 - 1.96 * deviation, 1 + 1.96 * deviation), abs=0.02)
