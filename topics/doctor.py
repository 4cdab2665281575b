"""What this installation is made of."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

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
}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def examine() -> dict[str, str]:
    """Return what is installed, by name, in a fixed order."""
    found = {"topics-trends": __version__, "python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    found["cores"] = str(os.cpu_count())
    found["threads (OMP_NUM_THREADS)"] = os.environ.get("OMP_NUM_THREADS", "not set")
    found |= {package: _version(package) or "MISSING: set up with python3 run.py" for package in REQUIRED}
    found |= {f"{package} (optional)": _version(package) or f"not installed: {hint}" for package, hint in OPTIONAL.items()}
    for package, constant in (
        ("topics.ingest.readers", "READER"),
        ("topics.preprocessing.languages", "LANGUAGE"),
        ("topics.preprocessing.segmenters", "SEGMENTER"),
        ("topics.preprocessing.embedders", "EMBEDDER"),
        ("topics.models", "MODEL"),
        ("topics.trends.statistics", "STATISTIC"),
        ("topics.claims.kinds", "CLAIM"),
    ):
        found[package] = ", ".join(discover(package, constant))
    return found
