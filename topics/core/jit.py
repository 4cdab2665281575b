"""Whether compiled kernels can be kept on disk."""

from __future__ import annotations

import os
from pathlib import Path

# numba keeps them beside the modules; where those may not be written, it would stop instead of compiling anew.
CACHE = os.access(Path(__file__).parent, os.W_OK)
