"""What starting costs: CPU seconds of `import topics`, `topics --help`, opening a finished study and its first table.

    python benchmarks/startup.py reports/sample.toml [--json OUT]

Each is measured in processes of its own, five times; the least counts, since other programs can only add. Run the study before.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TIMES = 5
CLOCK = "import resource, sys; sys.stderr.write(str(sum(resource.getrusage(resource.RUSAGE_SELF)[:2])))"
PROGRAMS = {
    "python alone": "pass",
    "import topics": "import topics",
    "topics --help": "import sys; from topics.cli import app; app(['--help'], result_action='return_value')",
    "open_study": "import topics; topics.open_study({study!r})",
    "open_study, topics('lda')": "import topics; topics.open_study({study!r}).topics('lda')",
}
TARGETS = {"import topics": 0.15, "topics --help": 0.3, "open_study": 1.0}


def seconds(program: str) -> float:
    """CPU seconds of one process."""
    done = subprocess.run([sys.executable, "-c", f"{program}\n{CLOCK}"], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stderr.splitlines()[-1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    found = {name: min(seconds(text.format(study=str(args.study.resolve()))) for _ in range(TIMES)) for name, text in PROGRAMS.items()}
    bare = found.pop("python alone")
    print(f"{'what':<28} {'CPU seconds':>12} {'wanted below':>13}   (Python alone: {bare:.3f}, taken off)")
    for name, value in found.items():
        print(f"{name:<28} {value - bare:>12.3f} {TARGETS.get(name, float('nan')):>13.2f}")
    if args.json:
        args.json.write_text(json.dumps({name: round(value - bare, 4) for name, value in found.items()}, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
