"""`[dates]` of a study: what a user knows about dates that no article says."""

from __future__ import annotations

from typing import Annotated

import msgspec

from topics.ingest.dates.founding import FoundingYear


class DatesConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[dates]`.

    Args:
        founded: when things were founded; turns "the 80th anniversary" near such a name into a year.
        min_confidence: a point below it is not believed to the day: it becomes the days on which the article can have appeared.
    """

    founded: tuple[FoundingYear, ...] = ()
    min_confidence: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.0
