"""A few of the kills of benchmarks/kills.py; TOPICS_KILLS says how many."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor SIGKILL")
def test_runs_that_are_killed_leave_what_an_undisturbed_run_leaves(tmp_path: Path) -> None:
    kills, found = int(os.environ.get("TOPICS_KILLS", "6")), tmp_path / "found.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "kills.py"), "--kills", str(kills), "--sources", "delta-herald", "truong-son"]
    done = subprocess.run([*command, "--json", str(found)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(found.read_text(encoding="utf-8"))
    assert (counts["kills"], counts["faults"]) == (kills, [])
    assert counts["ends"] >= 1
