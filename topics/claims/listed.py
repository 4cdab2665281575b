"""The claims of a study as a list that shows itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, overload

from topics.claims.make import tables_of
from topics.claims.records import LANGUAGES, Claim, Language
from topics.core.errors import UsageError
from topics.core.registry import nearest
from topics.exchange.frames import frame_of

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20


@dataclass(frozen=True, eq=False, repr=False)
class Claims(Sequence[Claim]):
    """Claims, the best first."""

    items: tuple[Claim, ...]

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, place: int) -> Claim: ...
    @overload
    def __getitem__(self, place: slice) -> Claims: ...
    def __getitem__(self, place: int | slice) -> Claim | Claims:
        return Claims(self.items[place]) if isinstance(place, slice) else self.items[place]

    def about(self, series: str | int) -> Claims:
        """Return the claims on a theme, by its key, or on topics of that number."""
        return Claims(tuple(claim for claim in self.items if claim.statement.series == str(series)))

    def frame(self) -> pd.DataFrame:
        """Return a row a claim, as `claims.csv` has them."""
        return frame_of(next(tables_of(lambda: self.items)))

    def cells(self) -> pd.DataFrame:
        """Return every cell that the claims are made of: file, row, column, value."""
        return frame_of(next(table for table in tables_of(lambda: self.items) if table.name == "claim_cells"))

    def looks(self) -> pd.DataFrame:
        """Return every other way of looking at the claims, and whether they hold there."""
        return frame_of(next(table for table in tables_of(lambda: self.items) if table.name == "robustness"))

    def plot(self) -> Any:  # noqa: ANN401 - Altair's chart classes share no useful base type
        """Return a dot for each look, by model, as an Altair chart: filled where the claim holds there."""
        from topics.viz.claim_chart import variant_chart
        from topics.viz.style import styled

        looks = ((item.look, item.value, item.agrees) for claim in self.items for item in claim.variants)
        return styled(variant_chart([(at.source, at.weighting, at.unit, at.fit, value, agrees) for at, value, agrees in looks]))

    def sentences(self, language: Language = "en") -> list[str]:
        """Return the claims in words.

        Raises:
            UsageError: nothing is said in that language.
        """
        if language not in LANGUAGES:
            raise UsageError(f"claims are not said in {language!r}.", where="claims", hint=nearest(language, LANGUAGES))
        return [claim.sentences[language] for claim in self.items]

    def __repr__(self) -> str:
        robust = sum(bool(claim.robust) for claim in self.items)
        return f"Claims({len(self)}, {robust} of them robust)"

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>{escape(claim.sentences['en'])} <em>({escape(claim.held)})</em></li>" for claim in self.items[:SHOWN])
        more = f"<div>and {len(self) - SHOWN:,} more</div>" if len(self) > SHOWN else ""
        return f'<ol style="line-height:1.5;max-width:60em">{rows}</ol>{more}'
