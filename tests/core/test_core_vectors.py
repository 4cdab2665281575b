"""Vectors that a user made: what is refused names the first document, what is taken has unit length."""

from __future__ import annotations

import numpy as np
import pytest

from topics.core.errors import DataError
from topics.core.vectors import GivenVectors

IDS = ("a", "b", "c")
ROWS = np.array([[3.0, 4.0], [0.0, 2.0], [-1.0, 0.0]])


def refusal(rows: object, **options: object) -> str:
    with pytest.raises(DataError) as caught:
        GivenVectors(rows, "m").of(IDS, **options)  # type: ignore[arg-type]
    assert caught.value.where == "vectors"
    assert caught.value.hint
    return caught.value.what


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32])
def test_rows_become_unit_vectors_in_the_order_of_the_documents(dtype: type) -> None:
    found = GivenVectors(ROWS.astype(dtype), "m").of(IDS)
    assert found.vectors.dtype == np.float32
    assert found.vectors.tolist() == pytest.approx(np.array([[0.6, 0.8], [0, 1], [-1, 0]]))
    assert found.doc_ids == IDS


def test_a_mapping_is_read_by_id_and_may_hold_more() -> None:
    rows = {"c": ROWS[2], "other": ROWS[0], "a": ROWS[0], "b": ROWS[1]}
    assert np.array_equal(GivenVectors(rows, "m").of(IDS).vectors, GivenVectors(ROWS, "m").of(IDS).vectors)


def test_the_name_and_the_length_name_the_vectors() -> None:
    names = {GivenVectors(rows, name).of(IDS).embedder for rows in (ROWS, ROWS[:, :1] + 9) for name in ("m", "n")}
    assert len(names) == 4
    assert GivenVectors(ROWS * 2, "m").of(IDS).embedder in names


def test_only_the_user_says_that_languages_can_be_compared() -> None:
    assert not GivenVectors(ROWS, "m").of(IDS).aligned
    assert GivenVectors(ROWS, "m", aligned=True).of(IDS).aligned


def test_a_document_that_takes_no_part_needs_no_vector() -> None:
    part = np.array([True, False, True])
    rows = ROWS.copy()
    rows[1] = np.nan
    assert GivenVectors(rows, "m").of(IDS, part).vectors[1].tolist() == [0, 0]
    assert GivenVectors({"a": ROWS[0], "c": ROWS[2]}, "m").of(IDS, part).vectors[1].tolist() == [0, 0]
    assert "first 'b'" in refusal({"a": ROWS[0], "c": ROWS[2]})


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_tiny_and_huge_rows_have_unit_length_too(scale: float) -> None:
    assert GivenVectors(ROWS * scale, "m").of(IDS).vectors[0].tolist() == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_names_its_document(value: float) -> None:
    rows = ROWS.copy()
    rows[1, 0] = value
    assert "'b' (row 1 counted from 0, the first of 1) holds NaN or infinity" in refusal(rows)


def test_a_row_of_zeros_names_its_document() -> None:
    rows = ROWS.copy()
    rows[1:] = 0
    assert "'b' (row 1 counted from 0, the first of 2) is zero" in refusal(rows)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ROWS[:2], "2 vectors for 3 documents"),
        (np.vstack([ROWS, ROWS]), "6 vectors for 3 documents"),
        (ROWS[:, 0], r"shape (3,)"),
        (ROWS[:, :0], r"shape (3, 0)"),
        (np.array([["x"] * 2] * 3), "not real numbers"),
        (ROWS.astype(complex), "not real numbers"),
        ({"a": ROWS[0], "b": ROWS[1][:1], "c": ROWS[2]}, "'b' has 1 dimensions, that of 'a' has 2"),
        ({"a": ROWS, "b": ROWS[1], "c": ROWS[2]}, "'a' has the shape (3, 2)"),
        ({}, "3 of 3 documents have no vector, first 'a'"),
    ],
)
def test_other_shapes_are_refused(rows: object, said: str) -> None:
    assert said in refusal(rows)


def test_no_documents_are_no_error() -> None:
    assert GivenVectors(np.zeros((0, 4)), "m").of(()).vectors.shape == (0, 4)
    assert len(GivenVectors({}, "m").of(()).vectors) == 0
