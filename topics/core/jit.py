"""How compiled kernels run: kept on disk where that is possible, and with threads that wait without spinning."""

from __future__ import annotations

import os
from pathlib import Path

# Threads that wait for each other shall sleep: spinning, two of them take sixty times as long as one on a machine that is busy otherwise.
# Read when the first parallel kernel runs; what the user has set stays.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# numba keeps them beside the modules; where those may not be written, it would stop instead of compiling anew.
CACHE = os.access(Path(__file__).parent, os.W_OK)
