"""Disks that fail: the k-th call that writes, or every one from the k-th on, ends in an error of the system."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import safetensors.numpy
from safetensors import SafetensorError

CALLS = ("fsync", "rename", "replace", "mkdir", "write_bytes", "write_text", "save_file")


@dataclass
class Disk:
    """Counts the calls that write, and lets some fail.

    Args:
        at: number of the first call that fails, from 1; 0 lets none fail.
        stays: whether all later calls fail too.
        code: the system's number of the error.
        only: the calls that are counted.
    """

    at: int = 0
    stays: bool = False
    code: int = errno.ENOSPC
    only: tuple[str, ...] = CALLS
    made: list[str] = field(default_factory=list)

    def fails(self, name: str) -> bool:
        """Count a call and say whether it fails."""
        if name not in self.only:
            return False
        self.made.append(name)
        return bool(self.at) and (len(self.made) >= self.at if self.stays else len(self.made) == self.at)

    def error(self, path: object) -> BaseException:
        return OSError(self.code, os.strerror(self.code), *([] if isinstance(path, int) else [str(path)]))

    def install(self, monkeypatch: pytest.MonkeyPatch) -> Disk:
        for name in ("fsync", "rename", "replace", "mkdir"):
            monkeypatch.setattr(os, name, self._failing(name, getattr(os, name)))
        for name in ("write_bytes", "write_text"):
            monkeypatch.setattr(Path, name, self._half(name, getattr(Path, name)))
        real = safetensors.numpy.save_file

        def save_file(arrays: object, path: str, *rest: Any, **more: Any) -> None:
            if self.fails("save_file"):
                raise SafetensorError(f"Error while serializing: I/O error: {os.strerror(self.code)} (os error {self.code})")
            real(arrays, path, *rest, **more)

        monkeypatch.setattr(safetensors.numpy, "save_file", save_file)
        return self

    def _failing(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *rest: Any, **more: Any) -> Any:
            asked_again = name == "mkdir" and Path(path).is_dir()  # of what is there already, nobody minds
            if not asked_again and self.fails(name):
                raise self.error(path)
            return real(path, *rest, **more)

        return call

    def _half(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        """A write that fails leaves half of what it should have written."""

        def call(path: Path, data: Any, *rest: Any, **more: Any) -> Any:
            if self.fails(name):
                with suppress(OSError):
                    real(path, data[: len(data) // 2], *rest, **more)
                raise self.error(path)
            return real(path, data, *rest, **more)

        return call


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path inside."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
