"""Says on stderr what is being done, and how long it will take; silent unless the command line or a notebook switches it on."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

LOG = logging.getLogger("topics")
LOG.addHandler(logging.NullHandler())
SOON = 1  # seconds: what takes less gets no bar
Item = TypeVar("Item")


class _Bars:
    """Whether bars are drawn; off until a person watches."""

    on = False


class _Lines(logging.Handler):
    """Writes each message as a line, above a bar where one is drawn."""

    def emit(self, record: logging.LogRecord) -> None:
        if not _Bars.on:
            sys.stderr.write(self.format(record) + "\n")
            return
        from tqdm import tqdm

        tqdm.write(self.format(record), file=sys.stderr)


def show_progress(level: int = logging.INFO) -> None:
    """Send the package's log to stderr, one plain line each, and draw bars where a person reads it."""
    handler = _Lines()
    handler.setFormatter(logging.Formatter("topics: %(message)s"))
    LOG.handlers = [handler]
    LOG.setLevel(level)
    LOG.propagate = False
    show_bars(sys.stderr.isatty())


def show_bars(on: bool = True) -> None:
    """Draw a bar on stderr for what takes longer, or none."""
    _Bars.on = on


def stage(message: str, *values: object) -> None:
    """Announce a stage."""
    LOG.info(message, *values)


def track(items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
    """Yield the items; where bars are drawn, one says how many are done and how long the rest will take.

    Args:
        items: what is gone through.
        what: is done with them, in a word or two.
        total: how many there are.
    """
    if not _Bars.on:
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, desc=f"topics: {what}", total=total, file=sys.stderr, leave=False, dynamic_ncols=True, delay=SOON)
