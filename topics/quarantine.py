"""What could not be read, kept with its place and reason."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec

from topics.ingest.ingest import IngestReport


class QuarantineLine(msgspec.Struct, frozen=True):
    """One line of quarantine.jsonl."""

    file: str
    record: int
    byte_start: int
    byte_end: int
    code: str
    message: str
    hint: str
    action: str
    raw_b64: str


def write_quarantine(path: Path, account: IngestReport) -> None:
    """Write one JSON line a rejected record; an empty file says that there was none."""
    lines = [
        QuarantineLine(
            r.file, r.record, r.byte_start, r.byte_end, r.code, r.message, r.hint, "left out", base64.b64encode(r.raw).decode("ascii")
        )
        for r in account.quarantined
    ]
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
