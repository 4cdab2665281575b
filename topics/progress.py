"""Says on stderr what is being done; silent unless the command line switches it on."""

from __future__ import annotations

import logging
import sys

LOG = logging.getLogger("topics")
LOG.addHandler(logging.NullHandler())


def show_progress(level: int = logging.INFO) -> None:
    """Send the package's log to stderr, one plain line each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("topics: %(message)s"))
    LOG.handlers = [handler]
    LOG.setLevel(level)
    LOG.propagate = False


def stage(message: str, *values: object) -> None:
    """Announce a stage."""
    LOG.info(message, *values)
