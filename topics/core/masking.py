"""Hides personal data in what is shown: e-mail addresses and telephone numbers."""

from __future__ import annotations

import re

_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_PHONE = r"(?<![\w.,/-])(?:\+\d{1,3}|\(?0\d{1,3}\)?)(?:[ .-]?\(?\d{2,4}\)?){2,4}(?![\w/-])"
_PERSONAL = re.compile(f"{_EMAIL}|{_PHONE}")
_SIGN = "•"


def mask(text: str) -> str:
    """Return the text with each e-mail address and telephone number replaced by dots; its length stays."""
    return _PERSONAL.sub(lambda found: _SIGN * len(found[0]), text)
