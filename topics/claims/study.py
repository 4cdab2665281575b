"""What the claims of an open study are made from, without a run."""

from __future__ import annotations

from pathlib import Path

from topics.claims.reading import reads
from topics.outputs import all_tables
from topics.pipeline import Study


def claim_texts(study: Study) -> dict[str, str]:
    """Return the tables that claims are made from, as a run writes them: CSV by name without suffix."""
    return {Path(name).stem: text for name, text in all_tables(study) if reads(Path(name).stem)}
