"""UMAP's compiled kernels, kept on disk.

UMAP and pynndescent compile most of their kernels anew in every process: 18 seconds for 300 documents that then take less than one.
numba can keep them; the libraries do not ask it to.
"""

from __future__ import annotations

import atexit
import inspect
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from topics.core.jit import CACHE
from topics.progress import stage

_PACKAGES = frozenset({"umap", "pynndescent"})
# Parameters that are functions. Their type is another in each process, so what is kept of such a kernel is never found again.
_FUNCTIONS = frozenset({"dist", "metric", "ground_metric"})


@cache
def import_umap() -> None:
    """Import UMAP, also where nothing may be written to its folder or the user's cache.

    It asks numba to keep some kernels as it is imported, and numba stops where it finds no place. It gets a passing folder then, for this
    process and its workers.

    Raises:
        ImportError: it is not installed.
    """
    try:
        import umap
    except RuntimeError as error:
        if "no locator available" not in str(error):
            raise
        from numba import config

        folder = mkdtemp(prefix="topics-numba-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["NUMBA_CACHE_DIR"] = config.CACHE_DIR = folder
        import umap  # noqa: F401 - what was imported of it at the first attempt is imported again


@cache
def keep_compiled() -> int:
    """Let numba keep what it compiles of UMAP and pynndescent, and say where a wait is ahead.

    Returns of how many kernels; 0 where nothing may be written.

    Kernels that take a distance function are left alone; with 4,096 documents or more they are compiled in every process.
    """
    if not CACHE:
        stage("compiling, in every process since nothing can be kept beside the package: about a minute")
        return 0
    from numba.core.dispatcher import Dispatcher
    from umap.umap_ import smooth_knn_dist

    modules = [module for name, module in sys.modules.items() if module and name.partition(".")[0] in _PACKAGES]
    kernels = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Dispatcher)}
    n_kept = 0
    for kernel in kernels.values():
        if _FUNCTIONS & inspect.signature(kernel.py_func).parameters.keys():
            continue
        try:
            kernel.enable_caching()
        except (RuntimeError, OSError):
            continue  # a kernel that numba cannot keep is compiled as before
        n_kept += 1
    if not _is_kept(smooth_knn_dist):  # every fit needs it
        stage("compiling, once on this machine: about a minute")
    return n_kept


def _is_kept(kernel: Any) -> bool:  # noqa: ANN401 - numba is untyped
    """Whether an earlier process left a compiled version; one for another processor passes for it, since only numba can tell."""
    return any(Path(kernel.stats.cache_path).glob(f"*.{kernel.__name__}-*.nbi"))
