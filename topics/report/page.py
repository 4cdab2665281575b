"""What every page of a report is made with: templates that escape, files of this package, and the hash that lets a block in."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

import jinja2


def resource(name: str) -> str:
    """Return a text file of `topics/report`."""
    return files("topics.report").joinpath(name).read_text(encoding="utf-8")


def environment() -> jinja2.Environment:
    """Return the templates: every value is escaped, an undefined name is an error."""
    loader = jinja2.PackageLoader("topics.report", "templates")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def csp_hash(content: str) -> str:
    """Return the source expression that allows one inline block."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"
