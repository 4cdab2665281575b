"""What encodings are called: our five, and every text codec of Python."""

from __future__ import annotations

import codecs

from topics.ingest.encodings.charsets import CHARSETS

AUTO = "auto"
_OURS = {
    "tcvn3": "tcvn3", "tcvn": "tcvn3", "abc": "tcvn3", "tcvn5712": "tcvn3", "tcvn57121": "tcvn3", "tcvn3abc": "tcvn3",
    "viscii": "viscii", "viscii111": "viscii", "rfc1456": "viscii",
    "vni": "vni", "vniwindows": "vni", "vniwin": "vni",
    "windows1258": "windows-1258", "cp1258": "windows-1258",
    "windows1252": "windows-1252", "cp1252": "windows-1252", "latin1": "windows-1252", "iso88591": "windows-1252",
}  # fmt: skip
_NO_FILE = frozenset("idna punycode unicode_escape raw_unicode_escape unicode-escape raw-unicode-escape undefined mbcs oem".split())


def canonical(name: str) -> str | None:
    """Return the one name of a declared encoding, None where there is no such encoding for files.

    Latin-1 is read as windows-1252, as browsers do: files called so have its quotes.
    """
    wanted = name.strip().lower()
    if wanted == AUTO:
        return AUTO
    ours = _OURS.get("".join(char for char in wanted if char.isalnum()))
    if ours:
        return ours
    try:
        found = codecs.lookup(wanted).name
        b"a".decode(found)
    except (LookupError, ValueError) as problem:
        if not isinstance(problem, UnicodeDecodeError):  # one byte is no text in UTF-16
            return None
    return None if found in _NO_FILE else {"utf-8-sig": "utf-8"}.get(found, found)


def known_names() -> tuple[str, ...]:
    """Return the names that messages offer."""
    return (AUTO, "utf-8", "utf-16", *CHARSETS)
