"""A fit has the same bytes in the process that compiles its kernels and in those that find them compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import hashlib
import numpy as np
from scipy import sparse
from topics.models._cvb0_settings import Settings
from topics.models._fold_in import fold_in
from topics.models._inference import fit_lda

generator = np.random.default_rng(0)
shares = generator.dirichlet(np.full(50, 0.1), 300) @ generator.dirichlet(np.full(900, 0.05), 50)
counts = sparse.csr_array(np.stack([generator.multinomial(80, row / row.sum()) for row in shares]).astype(np.int32))
matrix = generator.choice([0.0, 0.05], (50, 900), p=[0.3, 0.7]) + np.eye(50, 900) * 1e-3 + 1e-9
plain = {"n_topics": 50, "passes": 12, "tolerance": 0.0003, "alpha": None, "eta": 0.03, "seed": 3}
for change in ({}, {"eta": None}, {"samples": 3}, {"max_stored": 0, "eta": None}, {"eta": matrix}, {"start": "nmf"}):
    fitted = fit_lda(counts, Settings(**{**plain, **change}))
    topics = fitted.topic_counts / fitted.topic_counts.sum(axis=1, keepdims=True)
    parts = (fitted.topic_counts, fitted.alpha, fold_in(counts, topics, fitted.alpha))
    print(sorted(change), hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


@pytest.mark.slow
def test_the_process_that_compiles_has_the_bytes_of_those_that_do_not(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "compiled"), "PYTHONPATH": str(ROOT)}

    def told() -> str:
        done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    compiling = told()
    assert len(compiling.splitlines()) == 6
    assert told() == compiling
