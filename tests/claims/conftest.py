from __future__ import annotations

import pytest

from tests.claims.planted import SETTING, planted
from topics.claims.make import make_claims
from topics.claims.records import Claim


@pytest.fixture(scope="session")
def tables() -> dict[str, str]:
    """The tables of the planted study."""
    return planted()


@pytest.fixture(scope="session")
def claims(tables: dict[str, str]) -> tuple[Claim, ...]:
    """What can be said of them."""
    return make_claims(tables, SETTING)
