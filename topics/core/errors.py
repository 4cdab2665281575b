"""The project's errors. Each says what, where and what to do, and carries the exit code of the command line."""

from __future__ import annotations


class TopicsError(Exception):
    """Base of every error that a user can mend.

    Args:
        what: what is wrong, in one sentence.
        where: file, record, line or parameter; empty where there is none.
        hint: what to do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(" ".join(part for part in (f"{where}:" if where else "", what, hint) if part))


class UsageError(TopicsError):
    """Wrong arguments or a wrong study file."""

    exit_code = 2


class DataError(TopicsError):
    """Input or an artefact is refused."""

    exit_code = 3


class MissingPartError(TopicsError):
    """An optional part is not installed; the hint holds the line that installs it."""

    exit_code = 4


class QualityGateError(TopicsError):
    """A quality gate failed."""

    exit_code = 5


class ContractError(TopicsError):
    """A record was made with values that break its contract: a bug of the caller."""


def require(condition: bool, what: str, *, where: str) -> None:
    """Raise `ContractError` unless the condition holds."""
    if not condition:
        raise ContractError(what, where=where)
