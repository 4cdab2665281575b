#!/usr/bin/env python3
"""Set everything up with nothing but Python and pip, then run a command.

    python3 run.py report [STUDY.toml] [options of `topics run`]
    python3 run.py test [pytest arguments]
    python3 run.py notebooks [JupyterLab arguments]

The first run makes `.venv` from `requirements.lock`; later runs start at once.
Offline: put wheels into `wheelhouse/` beside this file, or set PIP_FIND_LINKS and PIP_NO_INDEX.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "topics-stamp"
WHEELS = ROOT / "wheelhouse"
BIN = "Scripts" if os.name == "nt" else "bin"
PYTHON = VENV / BIN / ("python.exe" if os.name == "nt" else "python")
SUPPORTED = ((3, 11), (3, 13))


def say(text: str) -> None:
    sys.stderr.write(f"run.py: {text}\n")
    sys.stderr.flush()


def stop(text: str, code: int) -> None:
    say(text)
    raise SystemExit(code)


def fingerprint() -> str:
    """What the installed environment depends on; a change of any of it rebuilds `.venv`."""
    parts = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed() -> list[str]:
    """Names at the top of site-packages: a package that was there and is gone makes the environment broken."""
    folders = [VENV / "Lib" / "site-packages"] if os.name == "nt" else sorted((VENV / "lib").glob("python*/site-packages"))
    return sorted(path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if path.name != "__pycache__")


def is_ready() -> bool:
    if not (PYTHON.exists() and STAMP.exists()):
        return False
    first, *names = STAMP.read_bytes().decode("utf-8", "replace").splitlines() or [""]
    return first == fingerprint() and set(names) <= set(installed())


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold an operating-system lock, which vanishes with its process, so no stale lock can remain."""
    with (ROOT / ".venv.lock").open("a+b") as handle:
        waited = False
        while not _try_lock(handle.fileno()):
            if not waited:
                say("another run.py is setting up here; waiting for it ...")
                waited = True
            time.sleep(0.5)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def check_tools() -> None:
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        stop(f"needs Python 3.11 to 3.13, this is {sys.version.split()[0]}. Start it with one of those, e.g. python3.11 run.py", 2)
    probe = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        stop(f"pip is missing for {sys.executable}. Install it (Debian: apt install python3-pip), then run this again.", 4)
    major, minor = (int(part) for part in probe.stdout.split()[1].split(".")[:2])
    if (major, minor) < (22, 3):
        stop(f"needs pip 22.3 or newer, found {major}.{minor}. Upgrade it with: {sys.executable} -m pip install -U pip", 4)


def pip_install(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "-qq", "--no-deps", "--disable-pip-version-check"]
    if WHEELS.is_dir():
        command += ["--no-index", "--find-links", str(WHEELS)]
    result = subprocess.run([*command, *arguments], stdout=sys.stderr, check=False)
    if result.returncode != 0:
        stop("the installation stopped (see the lines above). Nothing is lost: the same command starts it afresh.", 4)


def set_up() -> None:
    check_tools()
    started = time.monotonic()
    say(f"first run here: making {VENV.name} from {LOCK.name} (a minute or two, about 1.7 GB of disk) ...")
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], check=True)
    say("installing the locked packages ...")
    pip_install("--no-compile", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK))
    say("installing topics itself ...")
    pip_install("--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text("\n".join([fingerprint(), *installed()]), encoding="utf-8")  # last: a broken installation is never taken for whole
    say(f"ready after {time.monotonic() - started:.0f} s")


def command_line(arguments: list[str]) -> list[str]:
    name, rest = arguments[0], arguments[1:]
    if name == "report":
        study = rest if rest and not rest[0].startswith("-") else [str(ROOT / "reports" / "sample.toml"), *rest]
        return [str(PYTHON), "-m", "topics", "run", *study]
    if name == "test":
        return [str(PYTHON), "-m", "pytest", "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *rest]
    return [str(PYTHON), "-m", "jupyterlab", "--notebook-dir", str(ROOT / "notebooks"), *rest]


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in {"report", "test", "notebooks"}:
        sys.stderr.write(__doc__ or "")
        return 0 if arguments and arguments[0] in {"-h", "--help"} else 2
    if not is_ready():
        with only_one():
            if not is_ready():
                set_up()
    if arguments[0] == "test":
        os.chdir(ROOT)
    command = command_line(arguments)
    if os.name == "nt":
        return subprocess.run(command, check=False).returncode
    return os.execv(command[0], command)


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        stop("interrupted; the same command goes on.", 130)
