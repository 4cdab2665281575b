"""Stories: all copies found and nothing else, whatever the order, in one go or bit by bit."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.errors import ContractError
from topics.ingest.stories import links as links_module
from topics.ingest.stories.grouping import Stories, group
from topics.ingest.stories.links import Members
from topics.ingest.stories.rules import MIN_COMMON, UNDATED, WINDOW_DAYS
from topics.ingest.stories.shingles import Sketches, sketch

DAY = date(2025, 3, 14).toordinal()


@dataclass(frozen=True)
class Copy:
    """A document as the grouping sees it."""

    id: str
    day: int
    n_tokens: int
    shingles: tuple[int, ...]
    figures: tuple[int, ...] = ()


def sketches_of(copies: Sequence[Copy]) -> Sketches:
    def flat(sets: list[tuple[int, ...]]) -> np.ndarray:
        return np.array([value for values in sets for value in sorted(values)], dtype=np.uint32)

    sizes = np.array([(len(copy.shingles), len(copy.figures)) for copy in copies], dtype=np.uint32).reshape(-1, 2)
    return Sketches(flat([copy.shingles for copy in copies]), flat([copy.figures for copy in copies]), sizes)


def members_of(copies: Sequence[Copy], rows: Sequence[int] | None = None) -> Members:
    days, tokens = (np.array([getattr(copy, name) for copy in copies], dtype=np.int32) for name in ("day", "n_tokens"))
    return Members(
        tuple(copy.id for copy in copies), days, tokens, np.array(rows if rows is not None else range(len(copies)), dtype=np.int64)
    )


def named(copies: Sequence[Copy], stories: Stories) -> dict[str, str]:
    return {copy.id: copies[at].id for copy, at in zip(copies, stories.canonical.tolist(), strict=True)}


def grouped(copies: Sequence[Copy], scratch: Path) -> dict[str, str]:
    return named(copies, group(members_of(copies), sketches_of(copies), scratch))


def are_copies(
    shingles: tuple[frozenset[int], frozenset[int]], figures: tuple[frozenset[int], frozenset[int]], days: tuple[int, int]
) -> bool:
    """The rules of `topics.ingest.stories.rules`, by plain sets: what the kernels are compared with."""
    common, either = len(shingles[0] & shingles[1]), len(shingles[0] | shingles[1])
    dated = UNDATED not in days
    if common == 0 or 2 * common < either or (dated and abs(days[0] - days[1]) > WINDOW_DAYS):
        return False
    same_day = dated and days[0] == days[1]
    if common < MIN_COMMON and not (shingles[0] == shingles[1] and (same_day or not dated)):
        return False
    shared = figures[0] & figures[1]
    differ = shared != figures[0] and shared != figures[1] and 2 * len(shared) <= len(figures[0] | figures[1])
    return same_day or not differ


def alike(a: Copy, b: Copy) -> float:
    """The similarity of two copies by plain sets, 0 where they are none."""
    if not are_copies((frozenset(a.shingles), frozenset(b.shingles)), (frozenset(a.figures), frozenset(b.figures)), (a.day, b.day)):
        return 0.0
    return len({*a.shingles} & {*b.shingles}) / len({*a.shingles} | {*b.shingles})


def chains(copies: Sequence[Copy]) -> dict[str, set[str]]:
    """The group of every document by comparing every pair and joining what touches."""
    groups = {copy.id: {copy.id} for copy in copies}
    for a, b in itertools.combinations(copies, 2):
        if alike(a, b):
            joined = groups[a.id] | groups[b.id]
            groups.update(dict.fromkeys(joined, joined))
    return groups


def by_comparing_all(copies: Sequence[Copy]) -> dict[str, str]:
    """What `group` must answer, the slow way."""
    dated = [copy for copy in copies if copy.day != UNDATED]
    undated = [copy for copy in copies if copy.day == UNDATED]
    groups, loose = chains(dated), chains(undated)
    held = {
        copy.id: min((alike(other, copy) < 0.75, other.day, other.id) for other in dated if alike(other, copy))
        for copy in undated
        if any(alike(other, copy) for other in dated)
    }
    story = {identifier: min(members) for identifier, members in groups.items()}
    for copy in undated:
        ways = [held[copy.id]] if copy.id in held else sorted(held[other] for other in loose[copy.id] if other in held)
        story[copy.id] = story[ways[0][2]] if ways else "undated " + min(loose[copy.id])
    answer: dict[str, str] = {}
    for copy in copies:
        members = [other for other in copies if story[other.id] == story[copy.id]]
        answer[copy.id] = min(members, key=lambda other: (other.day, -other.n_tokens, other.id)).id
    return answer


DAYS = st.just(UNDATED) | st.integers(0, 80).map(lambda n: DAY + n)
SETS = st.frozensets(st.integers(0, 13), max_size=13) | st.integers(0, 40).map(lambda n: frozenset(range(n, n + 14)))
ITEMS = st.tuples(DAYS, st.integers(1, 9), SETS, st.frozensets(st.integers(0, 3), max_size=3))
COPIES = st.lists(ITEMS, max_size=12).map(lambda items: [Copy(f"d{n}", d, t, tuple(s), tuple(f)) for n, (d, t, s, f) in enumerate(items)])


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@settings(max_examples=400, deadline=None)
@given(copies=COPIES)
def test_grouping_equals_comparing_all_pairs(copies: list[Copy], scratch: Path) -> None:
    assert grouped(copies, scratch) == by_comparing_all(copies)


@settings(max_examples=200, deadline=None)
@given(pair=COPIES.flatmap(lambda copies: st.tuples(st.just(copies), st.permutations(copies))))
def test_order_does_not_matter(pair: tuple[list[Copy], list[Copy]], scratch: Path) -> None:
    assert grouped(pair[0], scratch) == grouped(pair[1], scratch)


def story_copies(n_docs: int, seed: int = 1) -> list[Copy]:
    """Documents of 200 shingles, a third of them copies with a tenth of them changed."""
    draw = random.Random(seed)
    copies: list[Copy] = []
    for n in range(n_docs):
        kept = draw.sample(draw.choice(copies).shingles, 190) if n % 3 == 2 else draw.sample(range(2**32), 190)
        fresh = draw.sample(range(2**32), 10)
        copies.append(Copy(f"d{n}", draw.choice([UNDATED, DAY, DAY + 20]), n, tuple({*kept, *fresh})))
    return copies


def test_many_parts_on_disk_give_the_same(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = story_copies(200)
    whole = grouped(copies, scratch)
    assert len(set(whole.values())) < len(whole)
    for name, value in (("_BLOCK", 500), ("_SLICE", 7), ("_PART", 1000), ("_CELL_BITS", 10)):
        monkeypatch.setattr(links_module, name, value)
    assert grouped(copies, scratch) == whole == by_comparing_all(copies)
    assert list(scratch.iterdir()) == [], "temporary files are gone"


# The rules.

LONG = tuple(range(40))


@pytest.mark.parametrize(("gap", "together"), [(0, True), (WINDOW_DAYS, True), (WINDOW_DAYS + 1, False)])
def test_the_same_words_in_another_month_are_other_news(gap: int, together: bool, scratch: Path) -> None:
    stories = grouped([Copy("a", DAY, 5, LONG), Copy("b", DAY + gap, 5, LONG)], scratch)
    assert (stories["b"] == "a") is together


@pytest.mark.parametrize(("common", "together"), [(26, False), (27, True)])
def test_the_threshold_is_half(common: int, together: bool, scratch: Path) -> None:
    a, b = Copy("a", DAY, 1, LONG), Copy("b", DAY, 1, tuple(range(40 - common, 80 - common)))
    assert (common / (80 - common) >= 0.5) is together
    assert (grouped([a, b], scratch)["b"] == "a") is together


@pytest.mark.parametrize(
    ("n_words", "days", "changed", "together"),
    [
        pytest.param(MIN_COMMON, (0, 1), 1, True, id="enough in common"),
        pytest.param(MIN_COMMON - 1, (0, 0), 1, False, id="a fixed phrase and another name"),
        pytest.param(MIN_COMMON - 1, (0, 0), 0, True, id="the same headline on the same day"),
        pytest.param(MIN_COMMON - 1, (0, 1), 0, False, id="the same headline on another day"),
        pytest.param(MIN_COMMON - 1, (0, None), 0, True, id="the same headline of no day"),
    ],
)
def test_short_texts(n_words: int, days: tuple[int, int | None], changed: int, together: bool, scratch: Path) -> None:
    first, second = (UNDATED if day is None else DAY + day for day in days)
    copies = [Copy("a", first, 1, tuple(range(n_words))), Copy("b", second, 1, tuple(range(n_words + changed)))]
    assert (grouped(copies, scratch)["b"] == "a") is together


NOTICE = (
    "Gold prices at the close of {}: rings were bought at {} and sold at {} million dong a tael, the bank said in its daily notice. "
    "Traders in the old quarter of the capital expect the market to stay calm until the end of the week, when new rules come into force."
)


@pytest.mark.parametrize(
    ("days", "figures", "together"),
    [
        pytest.param((0, 1), (("3 June", "71.5", "73.2"), ("4 June", "72.4", "74.1")), False, id="prices of two days"),
        pytest.param((0, 0), (("3 June", "71.5", "73.2"), ("3 June", "72.4", "74.1")), True, id="two papers, one day"),
        pytest.param((0, None), (("3 June", "71.5", "73.2"), ("4 June", "72.4", "74.1")), False, id="perhaps another day"),
        pytest.param((0, 1), (("3 June", "71.5", "73.2"), ("3 June", "71.5", "73.2")), True, id="printed a day later"),
        pytest.param((0, 1), (("3 June", "71.5", "73.2"), ("03-06", "71.5", "73.2")), True, id="written another way"),
        pytest.param((0, 1), (("3 June", "71.5", "73.2"), ("the session", "a little", "more")), True, id="figures on one side only"),
    ],
)
def test_recurring_notices_are_no_copies(
    days: tuple[int, int | None], figures: tuple[tuple[str, ...], tuple[str, ...]], together: bool, scratch: Path
) -> None:
    texts = [NOTICE.format(*values) for values in figures]
    first, second = (UNDATED if day is None else DAY + day for day in days)
    members = Members(("a", "b"), np.array([first, second], dtype=np.int32), np.ones(2, dtype=np.int32), np.arange(2))
    assert (group(members, sketch(texts), scratch).canonical.tolist() == [0, 0]) is together


def test_an_undated_copy_joins_a_story_but_connects_none(scratch: Path) -> None:
    march, may = Copy("march", DAY, 5, tuple(range(40))), Copy("may", DAY + 60, 5, tuple(range(2, 42)))
    middle = Copy("a", UNDATED, 9, tuple(range(1, 41)))
    assert alike(march, middle) > 0.5 and alike(middle, may) > 0.5
    assert grouped([march, middle, may], scratch) == {"march": "march", "may": "may", "a": "march"}
    closer = replace(middle, shingles=tuple(range(7, 47)))
    assert 0.5 < alike(march, closer) < 0.75 < alike(closer, may), "a close copy before an earlier loose one"
    assert grouped([march, closer, may], scratch)["a"] == "may"


def test_undated_copies_follow_the_one_that_is_like_a_dated_text(scratch: Path) -> None:
    dated, near, far = (
        Copy("d", DAY, 1, tuple(range(40))),
        Copy("n", UNDATED, 1, tuple(range(10, 50))),
        Copy("f", UNDATED, 1, tuple(range(20, 60))),
    )
    assert not alike(dated, far)
    assert grouped([far, near, dated], scratch) == {"d": "d", "n": "d", "f": "d"}
    assert grouped([far, near], scratch) == {"n": "f", "f": "f"}


@pytest.mark.parametrize(
    ("first", "second", "canonical"),
    [
        pytest.param(Copy("b", DAY, 1, LONG), Copy("a", DAY + 1, 9, LONG), "b", id="earliest day"),
        pytest.param(Copy("b", DAY, 1, LONG), Copy("a", UNDATED, 9, LONG), "b", id="a day before none"),
        pytest.param(Copy("b", DAY, 9, LONG), Copy("a", DAY, 1, LONG), "b", id="longest"),
        pytest.param(Copy("b", DAY, 5, LONG), Copy("a", DAY, 5, LONG), "a", id="smallest id"),
    ],
)
def test_the_canonical_copy(first: Copy, second: Copy, canonical: str, scratch: Path) -> None:
    assert set(grouped([first, second], scratch).values()) == {canonical}


def test_copies_that_touch_through_a_dated_third_are_one_story(scratch: Path) -> None:
    chain = [Copy(name, DAY, 1, tuple(range(start, start + 40))) for name, start in (("a", 0), ("b", 12), ("c", 24))]
    assert not alike(chain[0], chain[2])
    assert set(grouped(chain, scratch).values()) == {"a"}


def test_texts_without_words_are_nobodys_copy(scratch: Path) -> None:
    assert grouped([Copy("a", UNDATED, 0, ()), Copy("b", UNDATED, 0, ())], scratch) == {"a": "a", "b": "b"}
    assert grouped([], scratch) == {}


def test_a_thousand_copies_of_one_text_cost_no_million_comparisons(scratch: Path) -> None:
    copies = [Copy(f"d{n:04}", DAY + n % 9, 1, tuple(range(200))) for n in range(1000)]
    stories = group(members_of(copies), sketches_of(copies), scratch)
    assert set(stories.canonical.tolist()) == {0}
    assert stories.links.n_compared < 2000


def test_members_must_be_distinct() -> None:
    with pytest.raises(ContractError, match="not distinct"):
        members_of([Copy("a", DAY, 1, ()), Copy("a", DAY, 1, ())])
