"""The claims of an open study, without a run."""

from __future__ import annotations

from topics.claims.make import make_claims, setting_of
from topics.claims.reading import reads
from topics.claims.records import Claim
from topics.pipeline import Study
from topics.run_tables import run_tables


def claim_texts(study: Study) -> dict[str, str]:
    """Return the tables that claims are made from, as a run writes them: CSV by name without suffix."""
    return {table.name: table.csv() for table in run_tables(study) if reads(table.name)}


def claims_of(study: Study) -> tuple[Claim, ...]:
    """Return what can be said of a study's trends, the best first."""
    return make_claims(claim_texts(study), setting_of(study.config))
