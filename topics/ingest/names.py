"""Names of files and archive members: as they are shown, and which of them are not to be trusted."""

from __future__ import annotations

import re
import unicodedata

# Control characters, line separators and marks that turn the direction of what follows: they could forge a line of a report.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_DRIVE = re.compile(r"[A-Za-z]:")
_SEPARATORS = re.compile(r"[/\\]")


def printable(name: str) -> str:
    """Return a file name as text on one line: bytes that are no UTF-8 and invisible characters are spelled out.

    Two names that differ stay different; a backslash is doubled for that.
    """
    shown = name.replace("\\", "\\\\").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), shown)


def member_name(archive: str, member: str) -> str:
    """Return the reported name of an archive's member."""
    return unicodedata.normalize("NFC", f"{archive}/{printable(member)}")


def unsafe(member: str) -> str:
    """Return why a member's name points out of its archive; empty if it does not."""
    if member.startswith(("/", "\\")) or _DRIVE.match(member):
        return "has an absolute path"
    if ".." in _SEPARATORS.split(member):
        return "has a path with '..'"
    return ""


def parts(member: str) -> list[str]:
    """Return the folders and the name of a member, whichever way its slashes lean."""
    return [part for part in _SEPARATORS.split(member) if part not in {"", "."}]
