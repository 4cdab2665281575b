"""Pieces of long texts: nothing is lost, nothing is over the limit, borders are those of sentences where they can be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.preprocessing.embedders._chunks import pieces


def by_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def by_letters(texts: Sequence[str]) -> list[int]:
    """Every letter a token, and two more where there is a space: the whole has more tokens than its parts."""
    return [sum(not char.isspace() for char in text) + 2 * (" " in text.strip()) for text in texts]


def test_a_text_that_fits_is_one_piece() -> None:
    assert pieces("One two. Three.", 3, by_words) == [("One two. Three.", 3)]


def test_sentences_stay_together_while_they_fit() -> None:
    text = "One two. Three four five! Six?\nSeven “eight.” Nine ten."
    assert pieces(text, 5, by_words) == [("One two. Three four five!", 5), ("Six?\nSeven “eight.” Nine ten.", 5)]


def test_a_line_ends_a_sentence_and_a_number_does_not() -> None:
    assert [piece for piece, _ in pieces("Heading here\nIt rose by 3.5 percent", 5, by_words)] == ["Heading here", "It rose by 3.5 percent"]


def test_a_long_sentence_is_cut_between_words() -> None:
    assert [piece for piece, _ in pieces("a b c d e f g", 3, by_words)] == ["a b c", "d e f", "g"]


def test_a_long_word_is_cut_anywhere() -> None:
    found = pieces("x" * 10, 3, by_letters)
    assert "".join(piece for piece, _ in found) == "x" * 10
    assert max(n for _, n in found) <= 3


def test_nothing_to_read_has_no_piece() -> None:
    assert pieces("", 3, by_words) == []
    assert pieces(" \n ", 3, by_words) == []


@pytest.mark.parametrize("count", [by_words, by_letters])
@given(text=st.text(alphabet=st.sampled_from("ab ởđ.!?…\n”) "), max_size=120), limit=st.integers(3, 12))
def test_no_letter_is_lost_and_no_piece_is_over_the_limit(count: object, text: str, limit: int) -> None:
    found = pieces(text, limit, count)  # type: ignore[arg-type]
    assert "".join("".join(piece for piece, _ in found).split()) == "".join(text.split())
    assert all(n <= limit and count([piece]) == [n] for piece, n in found)  # type: ignore[operator]
