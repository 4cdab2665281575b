"""What a worker computes with: another version of it may give other bytes."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from topics.core.errors import UsageError

PACKAGES = ("topics-trends", "numpy", "scipy", "numba", "gensim", "scikit-learn", "duckdb", "msgspec", "trafilatura", "htmldate", "lxml")
Versions = dict[str, str]


@cache
def _here() -> tuple[tuple[str, str], ...]:
    found = {"python": ".".join(platform.python_version_tuple()[:2]), "machine": platform.machine()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return tuple(found.items())


def versions_here() -> Versions:
    """Return name to version of everything that the bytes of a result depend on."""
    return dict(_here())


def check_versions(wanted: Versions, where: str) -> None:
    """Raise `UsageError` where this process has other versions than those; the message names the first and both versions.

    Args:
        wanted: those of the machine that asks.
        where: the address of this worker.
    """
    mine = versions_here()
    for name, theirs in wanted.items():
        if mine[name] != theirs:
            what = f"this worker has {name} {mine[name]}, the study runs with {theirs}: its results could differ."
            raise UsageError(what, where=where, hint="Install the same requirements.lock on every machine, and start the worker again.")
