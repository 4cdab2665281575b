"""UMAP's compiled kernels, kept on disk.

UMAP and pynndescent compile most of their kernels anew in every process: 18 seconds for 300 documents that then take less than one.
numba can keep them; the libraries do not ask it to.
"""

from __future__ import annotations

import sys
from functools import cache

from topics.core.jit import CACHE

_PACKAGES = frozenset({"umap", "pynndescent"})


@cache
def keep_compiled() -> int:
    """Let numba keep what it compiles of UMAP and pynndescent. Returns of how many kernels; 0 where nothing may be written."""
    if not CACHE:
        return 0
    import umap  # noqa: F401 - loads the modules whose kernels are meant
    from numba.core.dispatcher import Dispatcher

    modules = [module for name, module in sys.modules.items() if module and name.partition(".")[0] in _PACKAGES]
    kernels = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Dispatcher)}
    n_kept = 0
    for kernel in kernels.values():
        try:
            kernel.enable_caching()
        except (RuntimeError, OSError):
            continue  # a kernel that numba cannot keep is compiled as before
        n_kept += 1
    return n_kept
