"""What became of each file, kept with the corpus so that an unchanged file need not be read again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from topics.core.contracts import Rejected
from topics.ingest.layout import FILE_NAME, FILES_NAME


@dataclass(slots=True)
class FileAccount:
    """Records met in a file, those rejected, and the columns that its records have."""

    seen: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)


def write_accounts(directory: Path, accounts: dict[str, FileAccount]) -> None:
    """Write the accounts by file key."""
    (directory / FILES_NAME).write_bytes(msgspec.json.encode(accounts, order="sorted") + b"\n")


def read_accounts(directory: Path) -> dict[str, FileAccount]:
    """Return the accounts of an earlier store; none where there is no whole one."""
    try:
        if not (directory / FILE_NAME).is_file():
            return {}
        return msgspec.json.decode((directory / FILES_NAME).read_bytes(), type=dict[str, FileAccount])
    except (OSError, msgspec.DecodeError):
        return {}
