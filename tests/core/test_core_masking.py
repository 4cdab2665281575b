"""Personal data are hidden, dates and figures are not."""

from __future__ import annotations

import pytest

from topics.core.masking import mask


@pytest.mark.parametrize(
    "private", ["lan.anh+news@bao-moi.com.vn", "0912 345 678", "0912.345.678", "+84 24 3825 5555", "(024) 3825 5555", "0912345678"]
)
def test_addresses_and_numbers_become_dots_of_the_same_length(private: str) -> None:
    assert mask(f"Liên hệ {private}.") == f"Liên hệ {'•' * len(private)}."


@pytest.mark.parametrize(
    "public",
    [
        "ngày 14/01/2026",
        "2026-01-14",
        "No.57-NQ/TW",
        "1,250,000 soldiers",
        "0.5 %",
        "in 2024 and 2025",
        "3.500 tỷ đồng",
        "24/7",
        "COVID-19",
    ],
)
def test_dates_and_figures_stay(public: str) -> None:
    assert mask(f"It was {public} then") == f"It was {public} then"
