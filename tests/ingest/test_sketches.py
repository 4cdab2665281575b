"""Sketches: sets of word triples and figures of a text, and how they are kept on disk."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.errors import DataError
from topics.ingest.stories.grouping import group
from topics.ingest.stories.links import Members
from topics.ingest.stories.shingles import sketch
from topics.ingest.stories.sketch_store import SHINGLES, SIZES, SketchStore

DAY = date(2025, 3, 14).toordinal()

TEXTS = st.lists(st.text(st.sampled_from("ab đĐƯơ1207٣_.,-\n é中𝟙🙂") | st.characters(codec="utf-8"), max_size=60), max_size=6)


def sets_of(text: str) -> tuple[int, int]:
    """How many word triples and figures a text has, by plain sets of strings."""
    words = re.findall(r"\w+", text.lower())
    triples = {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))} if words else set()
    return len(triples), len(
        {re.sub("[.,]", "", figure).lstrip("0") for figure in re.findall(r"\d+(?:(?:,|\.(?=\d{3}(?!\d)))\d+)*", text.lower())}
    )


@settings(max_examples=300, deadline=None)
@given(texts=TEXTS)
def test_sketches_are_sets_of_word_triples_and_figures(texts: list[str]) -> None:
    found = sketch(texts)
    assert found.sizes.tolist() == [list(sets_of(text)) for text in texts]
    for at, text in enumerate(texts):
        alone = sketch([text])
        assert alone.of(0) == found.of(at), "a text reads the same alone and in a chunk"
        assert alone.shingles.tolist() == sorted(found.of(at)[0])


@pytest.mark.parametrize(
    ("text", "n_shingles"), [("", 0), ("...", 0), ("one", 1), ("one two", 1), ("a b c", 1), ("a b c d", 2), ("a b a b a b", 2)]
)
def test_shingles_are_distinct_word_triples(text: str, n_shingles: int) -> None:
    assert sketch([text]).sizes[0, 0] == n_shingles


def test_shingles_ignore_case_punctuation_and_spacing_but_not_marks_or_order() -> None:
    found = sketch(["Hà Nội, hôm nay!", "hà  nội\nHÔM nay", "Ha Noi hom nay", "nay hôm nội Hà"])
    assert found.of(0) == found.of(1)
    assert not found.of(0)[0] & (found.of(2)[0] | found.of(3)[0])


def test_figures_ignore_how_a_number_or_day_is_written() -> None:
    found = sketch(["ngày 9/7, 1.300 tấn", "ngày 09-07: 1,300 tấn", "ngày 8/7"])
    assert found.of(0)[1] == found.of(1)[1] != found.of(2)[1]


def test_a_paragraph_repeated_is_read_once() -> None:
    once, often = sketch(["The dam at Hoa Binh opened two gates. "]), sketch(["The dam at Hoa Binh opened two gates. " * 1000])
    assert once.of(0)[0] < often.of(0)[0]
    assert often.sizes[0, 0] <= once.sizes[0, 0] + 2


def test_sketches_do_not_depend_on_the_process() -> None:
    code = "from topics.ingest.stories.shingles import sketch; s = sketch(['Hà Nội 12/7 hôm nay']); print(*s.shingles, *s.figures)"
    here = sketch(["Hà Nội 12/7 hôm nay"])
    for seed in ("0", "7"):
        told = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}, capture_output=True, check=True
        )
        assert told.stdout.decode().strip() == " ".join(map(str, [*here.shingles, *here.figures]))


def test_sketches_travel_between_processes() -> None:
    made = sketch(["a b c d 12", "e f g"])
    back = pickle.loads(pickle.dumps(made))
    assert [back.of(at) for at in range(2)] == [made.of(at) for at in range(2)]


# Sketches on disk.


def test_sketches_come_back_from_disk(tmp_path: Path) -> None:
    texts = (["a b c d 12", ""], [], ["e f g h i"])
    store, parts = SketchStore(tmp_path / "new"), [sketch(listed) for listed in texts]
    assert len(store.read()) == 0
    for part in parts:
        store.append(part)
    read, whole = SketchStore(tmp_path / "new").read(), sketch([text for listed in texts for text in listed])
    read.let_go()
    assert len(store) == len(read) == 3
    assert [read.of(at) for at in range(3)] == [whole.of(at) for at in range(3)]
    assert not list(tmp_path.glob("**/*.pkl"))


def test_an_interrupted_append_is_cut_off(tmp_path: Path) -> None:
    store = SketchStore(tmp_path)
    store.append(sketch(["a b c d"]))
    for name in (SHINGLES, SIZES):
        with (tmp_path / name).open("ab") as file:
            file.write(b"\x01\x02\x03\x04")
    assert len(store) == len(store.read()) == 1
    store.append(sketch(["e f g h i"]))
    assert [store.read().of(at) for at in range(2)] == [sketch(["a b c d"]).of(0), sketch(["e f g h i"]).of(0)]


def test_a_truncated_store_is_refused(tmp_path: Path) -> None:
    store = SketchStore(tmp_path)
    store.append(sketch(["a b c d"]))
    (tmp_path / SHINGLES).write_bytes(b"")
    with pytest.raises(DataError, match="holds 0 of 2 numbers") as caught:
        store.read()
    assert caught.value.hint


def test_grouping_from_disk_equals_grouping_in_memory(tmp_path: Path) -> None:
    texts = [
        f"The {n // 2}th ship of the fleet left port {n // 2} for the islands with rice, water, fuel and mail on board" for n in range(20)
    ]
    store = SketchStore(tmp_path)
    for text in texts:
        store.append(sketch([text]))
    days = np.array([DAY + n // 2 for n in range(20)], dtype=np.int32)
    members = Members(tuple(f"d{n:02}" for n in range(20)), days, np.ones(20, dtype=np.int32), np.arange(20))
    assert group(members, store.read(), tmp_path).canonical.tolist() == [n // 2 * 2 for n in range(20)]
    assert group(members, sketch(texts), tmp_path).canonical.tolist() == [n // 2 * 2 for n in range(20)]
