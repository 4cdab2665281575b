"""Stories of real news: pairs that others computed are found, daily notices stay apart."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from topics.ingest.encodings import normalise
from topics.ingest.stories.grouping import group
from topics.ingest.stories.links import Members
from topics.ingest.stories.rules import UNDATED
from topics.ingest.stories.shingles import sketch

Records = list[dict[str, str]]


def records(path: Path) -> Records:
    if not path.is_file():
        pytest.skip(f"no {path.name}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def stories_of(found: Records, days: np.ndarray, scratch: Path) -> list[int]:
    members = Members(tuple(record["id"] for record in found), days, np.ones(len(found), dtype=np.int32), np.arange(len(found)))
    return group(members, sketch([normalise(record["text"]).text for record in found]), scratch).canonical.tolist()


@pytest.mark.parametrize(("day", "recall"), [(738000, 1.0), (UNDATED, 0.97)], ids=["of one day", "of no day"])
def test_pairs_that_share_half_of_their_word_quintuples_are_one_story(day: int, recall: float, data_dir: Path, tmp_path: Path) -> None:
    """The set's own days are those of the crawl, up to three months apart for one text; so they are left out."""
    found = records(data_dir / "baomoi_2017" / "baomoi_12k.jsonl.gz")
    row = {record["id"]: number for number, record in enumerate(found)}
    with gzip.open(data_dir / "near_dup_silver" / "baomoi_pairs_k5.csv.gz", "rt", encoding="utf-8") as lines:
        pairs = [(row[p["id_a"]], row[p["id_b"]]) for p in csv.DictReader(lines) if float(p["jaccard_word_shingles"]) >= 0.5]
    story = stories_of(found, np.full(len(found), day, dtype=np.int32), tmp_path)
    assert len(pairs) > 300
    assert sum(story[a] == story[b] for a, b in pairs) >= recall * len(pairs)


@pytest.mark.parametrize(("rubric", "n_joined"), [("Xổ số miền Nam ngày", 0), ("Bản tin sức khỏe", 1)])
def test_daily_notices_of_real_papers_stay_apart(rubric: str, n_joined: int, data_dir: Path, tmp_path: Path) -> None:
    """The one that is joined names the day of the notice before it: the paper's slip."""
    found = [r for r in records(data_dir / "vn_daily_news" / "vn_daily_2025H2.jsonl.gz") if normalise(r["text"]).text.startswith(rubric)]
    days = np.array([date.fromisoformat(record["date"]).toordinal() for record in found], dtype=np.int32)
    story = stories_of(found, days, tmp_path)
    assert len(set(days.tolist())) > 25
    across = [number for number, first in enumerate(story) if days[number] != days[first]]
    assert len(across) == n_joined, [found[number]["text"][:60] for number in across]
