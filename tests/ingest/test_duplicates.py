"""Stories: all pairs above the threshold, found exactly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.ingest.duplicates import THRESHOLD, WINDOW_DAYS, Copy, Shingler, group_stories, jaccard

DAY = date(2025, 3, 14)


def brute_force(copies: Sequence[Copy]) -> set[frozenset[str]]:
    """Groups by comparing every pair of sets and joining what touches."""
    groups = [{copy.id} for copy in copies]
    for a, b in combinations(copies, 2):
        either = set(a.shingles) | set(b.shingles)
        near_days = not (a.day and b.day) or abs((a.day - b.day).days) <= WINDOW_DAYS
        if near_days and either and len(set(a.shingles) & set(b.shingles)) / len(either) >= THRESHOLD:
            joined = [group for group in groups if group & {a.id, b.id}]
            groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    return {frozenset(group) for group in groups}


def groups_of(stories: dict[str, tuple[str, bool]]) -> set[frozenset[str]]:
    names = {story for story, _ in stories.values()}
    return {frozenset(key for key, (story, _) in stories.items() if story == name) for name in names}


DAYS = st.none() | st.integers(0, 80).map(lambda n: DAY + timedelta(days=n))
ITEMS = st.tuples(DAYS, st.integers(1, 9), st.frozensets(st.integers(0, 9), max_size=8).map(lambda s: tuple(sorted(s))))
COPIES = st.lists(ITEMS, max_size=9).map(lambda items: [Copy(f"d{n}", *item) for n, item in enumerate(items)])


@settings(max_examples=300)
@given(COPIES)
def test_grouping_equals_comparing_all_pairs(copies: list[Copy]) -> None:
    assert groups_of(group_stories(copies)) == brute_force(copies)


@given(COPIES.flatmap(lambda copies: st.tuples(st.just(copies), st.permutations(copies))))
def test_order_does_not_matter(pair: tuple[list[Copy], list[Copy]]) -> None:
    assert group_stories(pair[0]) == group_stories(pair[1])


@given(COPIES)
def test_each_story_has_one_canonical_copy_that_names_it(copies: list[Copy]) -> None:
    stories = group_stories(copies)
    assert set(stories) == {copy.id for copy in copies}
    for identifier, (story, canonical) in stories.items():
        assert canonical == (identifier == story)
        assert stories[story] == (story, True)


@pytest.mark.parametrize(("gap", "together"), [(0, True), (WINDOW_DAYS, True), (WINDOW_DAYS + 1, False)])
def test_recurring_notices_of_other_months_are_other_news(gap: int, together: bool) -> None:
    stories = group_stories([Copy("a", DAY, 5, (1, 2)), Copy("b", DAY + timedelta(days=gap), 5, (1, 2))])
    assert (stories["a"][0] == stories["b"][0]) is together


def test_an_undated_copy_joins_a_dated_one() -> None:
    assert group_stories([Copy("a", None, 5, (1, 2)), Copy("b", DAY, 5, (1, 2))]) == {"a": ("b", False), "b": ("b", True)}


@pytest.mark.parametrize(("common", "together"), [(1, False), (2, True)])
def test_the_threshold_is_half(common: int, together: bool) -> None:
    a, b = Copy("a", None, 1, (1, 2, 3)), Copy("b", None, 1, tuple(sorted((*range(1, common + 1), *range(10, 13 - common)))))
    assert (jaccard(a.shingles, b.shingles) >= 0.5) is together
    assert (len(groups_of(group_stories([a, b]))) == 1) is together


@pytest.mark.parametrize(
    ("first", "second", "canonical"),
    [
        pytest.param(Copy("b", DAY, 1, (1,)), Copy("a", DAY + timedelta(days=1), 9, (1,)), "b", id="earliest day"),
        pytest.param(Copy("b", DAY, 1, (1,)), Copy("a", None, 9, (1,)), "b", id="a day before none"),
        pytest.param(Copy("b", DAY, 9, (1,)), Copy("a", DAY, 1, (1,)), "b", id="longest"),
        pytest.param(Copy("b", DAY, 5, (1,)), Copy("a", DAY, 5, (1,)), "a", id="smallest id"),
    ],
)
def test_the_canonical_copy(first: Copy, second: Copy, canonical: str) -> None:
    assert group_stories([first, second])[first.id][0] == canonical


def test_copies_that_touch_through_a_third_are_one_story() -> None:
    chain = [Copy("a", DAY, 1, (1, 2, 3)), Copy("b", DAY, 1, (2, 3, 4)), Copy("c", DAY, 1, (3, 4, 5))]
    assert jaccard(chain[0].shingles, chain[2].shingles) < THRESHOLD
    assert {story for story, _ in group_stories(chain).values()} == {"a"}


def test_texts_without_words_are_nobodys_copy() -> None:
    assert groups_of(group_stories([Copy("a", None, 0, ()), Copy("b", None, 0, ())])) == {frozenset("a"), frozenset("b")}
    assert group_stories([]) == {}


@pytest.mark.parametrize(
    ("text", "n_shingles"), [("", 0), ("...", 0), ("one", 1), ("one two", 1), ("a b c", 1), ("a b c d", 2), ("a b a b a b", 2)]
)
def test_shingles_are_distinct_word_triples(text: str, n_shingles: int) -> None:
    assert len(Shingler()(text)) == n_shingles


def test_shingles_ignore_case_punctuation_and_spacing_but_not_marks() -> None:
    shingle = Shingler()
    assert shingle("Hà Nội, hôm nay!") == shingle("hà  nội\nHÔM nay")
    assert shingle("Hà Nội hôm nay") != shingle("Ha Noi hom nay")


@pytest.mark.parametrize(("a", "b", "expected"), [((1, 2), (2, 3), 1 / 3), ((1,), (1,), 1.0), ((), (), 0.0), ((1,), (), 0.0)])
def test_jaccard(a: tuple[int, ...], b: tuple[int, ...], expected: float) -> None:
    assert jaccard(a, b) == pytest.approx(expected)
