"""Pieces of sentences in English and Vietnamese: numbers as they are written, names of periods and of what has a vote."""

from __future__ import annotations

from topics.claims.reading import number
from topics.claims.records import Language, Words
from topics.core.series import PeriodUnit, Weighting

PERIODS: dict[Language, dict[PeriodUnit, str]] = {
    "en": {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"},
    "vi": {"day": "ngày", "week": "tuần", "month": "tháng", "quarter": "quý", "year": "năm"},
}
VOTES: dict[Language, dict[Weighting, str]] = {
    "en": {"articles": "articles", "stories": "stories"},
    "vi": {"articles": "số bài", "stories": "số tin"},
}
CARE_WORDS = "few periods"  # of every decision that rests on few
FEW = 0.0995  # a share below it is written with a decimal
CARE: dict[Language, str] = {"en": " Few periods: read with care.", "vi": " Ít kỳ: nên đọc thận trọng."}


def decimal(text: str, digits: int, language: Language) -> str:
    """Return the number of a cell with so many decimals; Vietnamese has a comma there."""
    written = f"{number(text):.{digits}f}"
    return written.replace(".", ",") if language == "vi" else written


def chance(text: str, language: Language, digits: int = 3) -> str:
    """Return how a p- or q-value compares: `= 0.012`, or that it is smaller than can be written so."""
    least = 10**-digits
    return f"= {decimal(text, digits, language)}" if number(text) >= least / 2 else f"< {decimal(str(least), digits, language)}"


def percent(text: str, language: Language) -> str:
    """Return a share in per cent, with a decimal below ten: 0.8 % and 1.3 % are not the same."""
    share = number(text)
    written = f"{share:.1%}" if 0 < share < FEW else f"{share:.0%}"
    return written.replace(".", ",") if language == "vi" else written


def points(text: str, language: Language) -> str:
    """Return a difference of shares in points, with its sign."""
    written = f"{round(100 * number(text), 1) + 0.0:+.1f}"  # never "-0.0"
    return written.replace(".", ",") if language == "vi" else written


def span(low: str, high: str, language: Language) -> str:
    """Return a 95 % interval."""
    a, b = decimal(low, 2, language), decimal(high, 2, language)
    return f"95 % interval {a} to {b}" if language == "en" else f"khoảng tin cậy 95 % từ {a} đến {b}"


def whole(words: Words, language: Language) -> str:
    """Return what shares are shares of."""
    return VOTES[language][words.setting.weighting]


def caution(decision: str, language: Language) -> str:
    """Return a remark where a decision says that there are few periods."""
    return few(language) if CARE_WORDS in decision else ""


def few(language: Language) -> str:
    """Return the remark that few periods were tested."""
    return CARE[language]


def counted(n: int, word: str) -> str:
    """Return a number with an English word that takes an s: `1 month`, `2 months`."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def gaps(periods: tuple[int, int], unit: PeriodUnit, language: Language) -> str:
    """Return a remark where periods hold no article; nothing where all do.

    Args:
        periods: how many hold none, of how many.
        unit: what a period is.
        language: of the remark.
    """
    empty, of = periods
    if not empty:
        return ""
    if language == "en":
        return f" No articles in {empty} of {'the ' if of > 1 else ''}{counted(of, unit)}."
    return f" Không có bài trong {empty}/{of} {PERIODS['vi'][unit]}."
