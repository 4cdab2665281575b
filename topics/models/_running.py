"""How a fit runs: on no more threads than it has work for, and stopped by an interrupt only between two sweeps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numba
import numpy as np

LEAST_WORK = 250_000  # numbers that a thread must get between two meetings, or waiting for each other takes longer than the work


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """Keep an interrupt until the sweep is done."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    previous = signal.signal(signal.SIGINT, lambda *_: asked.set())
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def threads(work: int) -> Iterator[None]:
    """Use no more threads than there is work for."""
    before = numba.get_num_threads()
    numba.set_num_threads(int(np.clip(work // LEAST_WORK, 1, before)))
    try:
        yield
    finally:
        numba.set_num_threads(before)
