"""requirements.lock: exact, hashed, free of host names and of torch, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\Z")
HEAVY = re.compile(r"(torch.*|triton|sentence-transformers|transformers|nvidia-.*|cuda-.*)\Z")
OUTSIDE = {"vi", "embed", "peers"}  # other tools, to choose or to compare with: not set up for everybody


def entries(text: str) -> list[tuple[str, list[str]]]:
    """Return (requirement, hashes) of each logical line; comments and blank lines are dropped."""
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(line.split("--hash")[0].strip(), [word for word in line.split() if word.startswith("--hash")]) for line in lines]


def pinned(text: str) -> dict[str, Version]:
    found: dict[str, Version] = {}
    for line, _ in entries(text):
        requirement = Requirement(line)
        found[canonicalize_name(requirement.name)] = Version(str(requirement.specifier).removeprefix("=="))
    return found


def faults(text: str) -> list[str]:
    found = ["a host name"] if "://" in text else []
    for line, hashes in entries(text):
        if line.startswith("-"):
            found.append(f"an option: {line}")
            continue
        requirement = Requirement(line)
        if not re.fullmatch(r"==[^*,]+", str(requirement.specifier)) or requirement.url:
            found.append(f"not exact: {line}")
        if not hashes or not all(HASH.match(item) for item in hashes):
            found.append(f"not hashed: {line}")
        if HEAVY.match(canonicalize_name(requirement.name)):
            found.append(f"too heavy: {line}")
    return found


GOOD = f"# comment\na==1.0 ; sys_platform == 'darwin' \\\n    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{'1' * 64}\n"
HASHED = f" --hash=sha256:{'0' * 64}\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("--index-url https://packages.example/simple\n" + GOOD, "a host name"),
        ("--find-links wheels\n" + GOOD, "an option"),
        (GOOD + "b==1.0\n", "not hashed"),
        (GOOD + "b==1.0 --hash=sha256:abc\n", "not hashed"),
        (GOOD + f"b==1.0 --hash=md5:{'0' * 64}\n", "not hashed"),
        (GOOD + "b>=1.0" + HASHED, "not exact"),
        (GOOD + "b==1.*" + HASHED, "not exact"),
        (GOOD + "b @ file:b.whl" + HASHED, "not exact"),
        *((f"{GOOD}{name}==1.0{HASHED}", "too heavy") for name in ("torch", "Sentence_Transformers", "nvidia-cublas-cu12", "triton")),
    ],
)
def test_a_fault_is_found(text: str, fault: str) -> None:
    assert faults(GOOD) == []
    assert any(item.startswith(fault) for item in faults(text))


def test_the_lock_is_exact_hashed_and_light() -> None:
    assert len(entries(LOCK)) > 50
    assert faults(LOCK) == []


@pytest.mark.parametrize(
    "wanted",
    [
        *PROJECT["dependencies"],
        *(item for name, extra in PROJECT["optional-dependencies"].items() if name not in OUTSIDE for item in extra),
    ],
)
def test_the_lock_holds_each_dependency_inside_its_bound(wanted: str) -> None:
    requirement, versions = Requirement(wanted), pinned(LOCK)
    name = canonicalize_name(requirement.name)
    assert name in versions, f"{name} is not in the lock"
    assert requirement.specifier.contains(versions[name], prereleases=True), f"the lock has {name} {versions[name]}"


def test_bertopic_is_locked_with_what_it_needs_besides_torch() -> None:
    assert {"bertopic", "hdbscan", "umap-learn", "packaging", "hatchling"} <= pinned(LOCK).keys()


def test_static_models_are_read_from_the_lock_alone() -> None:
    wanted = next(Requirement(item) for item in PROJECT["optional-dependencies"]["embed"] if item.startswith("tokenizers"))
    assert wanted.specifier.contains(pinned(LOCK)["tokenizers"])
