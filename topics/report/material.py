"""What every part of the report is made of: the finished study, its tables as they were written, its claims, and a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from topics.claims.reading import Tables
from topics.claims.records import Claim
from topics.core.registry import discover
from topics.core.series import PeriodUnit, TrendSeries
from topics.pipeline import Study, curated, curated_result
from topics.report.wording import Wording
from topics.theming import COMBINED

MAX_TOPICS = 24


@dataclass(frozen=True)
class Material:
    """A finished study, and how it is told.

    Args:
        study: the study.
        tables: its tables of trends, statistics and labels.
        claims: made from these tables.
        say: the words of a language.
    """

    study: Study
    tables: Tables
    claims: Sequence[Claim]
    say: Wording

    @property
    def unit(self) -> PeriodUnit:
        """Of the periods of trends."""
        return self.study.config.trends.period

    @property
    def unit_word(self) -> str:
        """The unit in words."""
        return self.say(f"unit.{self.unit}")

    @cached_property
    def themes(self) -> dict[str, str]:
        """Names of the themes by key."""
        return {theme.key: theme.name(self.say.language) for theme in self.study.themes}

    @cached_property
    def combined(self) -> TrendSeries:
        """Trends of the themes by all scorers together."""
        return self.study.trends(COMBINED)

    def title(self, model: str) -> str:
        """Return what a model is called."""
        return str(discover("topics.models", "MODEL")[model].title)

    def largest(self, model: str) -> list[tuple[int, int, float]]:
        """Return (place in the result, number, share of all weight) of the topics that are shown, the largest first, at most 24."""
        shares = curated_result(self.study, model).documents.weights.mean(axis=0, dtype=float)
        shown = sorted(curated(self.study, model).shown, key=lambda item: (-shares[item[0]], item))
        return [(place, number, float(shares[place])) for place, number in shown[:MAX_TOPICS]]

    def topic_titles(self, model: str, limit: int = 40) -> dict[str, str]:
        """Return number to `number: label` of the largest topics."""
        labels = self.study.labels(model)
        return {str(number): shorten(f"{number}: {labels[number]}", limit) for _, number, _ in self.largest(model)}


def shorten(text: str, limit: int = 44) -> str:
    """Return text that fits above a small chart."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
