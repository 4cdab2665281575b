"""What this installation is made of."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from ctypes.util import find_library
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from topics import __version__
from topics.core.registry import discover

REQUIRED = ("numpy", "scipy", "pandas", "scikit-learn", "numba", "gensim", "umap-learn", "hdbscan", "duckdb", "altair", "vl-convert-python")
OPTIONAL = {
    "bertopic": "pip install --require-hashes --no-deps -r requirements.lock",
    "distributed": 'pip install "topics-trends[cluster]"',
    "underthesea": 'pip install "topics-trends[vi]"',
    "pyvi": 'pip install "topics-trends[vi]"',
    "tokenizers": "pip install tokenizers",
    "sentence-transformers": 'pip install "topics-trends[embed]"',
    "jupyterlab": 'pip install "topics-trends[notebook]"',
    "weasyprint": 'pip install "topics-trends[pdf]"',
    "playwright": 'pip install "topics-trends[dev]"',
}
THREADS = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0"
PARTS = (
    ("topics.ingest.readers", "READER"),
    ("topics.preprocessing.languages", "LANGUAGE"),
    ("topics.preprocessing.segmenters", "SEGMENTER"),
    ("topics.preprocessing.embedders", "EMBEDDER"),
    ("topics.models", "MODEL"),
    ("topics.trends.statistics", "STATISTIC"),
    ("topics.claims.kinds", "CLAIM"),
)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def examine() -> dict[str, str]:
    """Return what is installed, by name, in a fixed order."""
    found = {"topics-trends": __version__, "python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    found |= _threads() | _folders()
    found |= {package: _version(package) or "MISSING: set up with python3 run.py" for package in REQUIRED}
    found |= {f"{package} (optional)": _version(package) or f"not installed: {hint}" for package, hint in OPTIONAL.items()}
    found |= _system()
    for package, constant in PARTS:
        found[package] = ", ".join(discover(package, constant))
    return found


def _threads() -> dict[str, str]:
    """Cores that this process may use, and the limits that are set; results depend on none of them."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found = {"cores": f"{usable} usable of {os.cpu_count()}"}
    return found | {f"threads ({name})": os.environ.get(name, "not set") for name in THREADS}


def _folders() -> dict[str, str]:
    """Whether the folders that are written to can be; compiled functions are kept beside the package."""
    folders = {"working folder": Path.cwd(), "temporary folder": Path(tempfile.gettempdir()), "package folder": Path(__file__).parent}
    hints = {"working folder": "name another with --out", "temporary folder": "set TMPDIR", "package folder": "each process compiles anew"}
    return {
        name: f"{path} ({'can be written' if os.access(path, os.W_OK) else f'cannot be written: {hints[name]}'})"
        for name, path in folders.items()
    }


def _system() -> dict[str, str]:
    """What the system adds: fonts and pango for PDF, a browser for tests of pages."""
    pango = find_library("pango-1.0")
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return {
        "fonts (PDF)": _fonts(),
        "pango (PDF)": pango or f"not found: {PANGO}",
        "chromium (tests of pages)": browser or "not found: apt-get install chromium",
    }


def _fonts() -> str:
    """How many font families have Vietnamese letters; figures bring their own."""
    tool = shutil.which("fc-list")
    if tool is None:
        return "not known: fontconfig is not installed (apt-get install fontconfig)"
    listed = subprocess.run([tool, ":lang=vi", "family"], capture_output=True, text=True, check=False, encoding="utf-8").stdout
    families = len(set(listed.splitlines()))
    return f"{families} families with Vietnamese letters" if families else "none with Vietnamese letters: apt-get install fonts-noto-core"
