"""Finds plug-ins: modules of a package, and entry points of other packages, that hold one named constant."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Any

from topics.core.errors import MissingPartError, UsageError

MOST = 40  # names that a message lists


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a sentence that lists the known names, of many only those that are near, and asks whether the nearest was meant."""
    names = sorted(known)
    close = [other for other in names if other.casefold() == name.casefold()] or difflib.get_close_matches(name, names, n=1)
    listed, more = (
        (names, "") if len(names) <= MOST else (difflib.get_close_matches(name, names, n=8, cutoff=0.4), f" and {len(names)} in all")
    )
    return (f"Did you mean {close[0]!r}? " if close else "") + f"Known: {', '.join(listed) or 'none'}{more}."


def discover(package: str, constant: str) -> dict[str, Any]:
    """Return the plug-ins of a package by name, sorted: each public module's `constant`, then entry points of the same group.

    Args:
        package: dotted package name; also the entry-point group.
        constant: `MODEL`, `LANGUAGE`, `STATISTIC` or `READER`.
    """
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if not module.name.startswith("_"):
            plugin = getattr(importlib.import_module(f"{package}.{module.name}"), constant, None)
            if plugin is not None:
                found[getattr(plugin, "code", None) or plugin.name] = plugin
    for point in entry_points(group=package):
        try:
            found.setdefault(point.name, point.load())
        except ImportError as error:
            raise MissingPartError(
                f"the plug-in {point.name!r} of {point.value!r} cannot be imported: {error}.", where=package, hint="Update or uninstall it."
            ) from error
    return dict(sorted(found.items()))


def get(package: str, constant: str, name: str) -> Any:  # noqa: ANN401 - the caller knows which constant it asks for
    """Return one plug-in.

    Raises:
        UsageError: no plug-in has that name; the message lists those that exist.
    """
    known = discover(package, constant)
    if name not in known:
        raise UsageError(f"there is no {constant.lower()} {name!r}.", where=package, hint=nearest(name, known))
    return known[name]
