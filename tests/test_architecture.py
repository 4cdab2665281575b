"""The shape of the package, read from its source: who imports whom, how long things are, what never occurs."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "topics").rglob("*.py"))
STAGES = ("ingest", "preprocessing", "models", "themes", "quality", "trends", "artifacts", "viz")
SHARED = ("topics.core", "topics.engine", "topics.progress")
MAX_MODULE, MAX_FUNCTION, MAX_CLASS, MAX_PARAMETERS = 350, 50, 150, 6
KERNELS = frozenset({"_cosines"})  # numba kernels, which cannot take a record

NETWORK = frozenset(
    "socket ssl http urllib.request urllib3 requests httpx aiohttp ftplib smtplib telnetlib xmlrpc websockets socketserver".split()
)
PICKLES = frozenset("pickle cPickle dill joblib shelve marshal cloudpickle".split())
CLOCKS = frozenset("now today utcnow".split())
FOR_PEOPLE = frozenset("UsageError DataError MissingPartError".split())
TIME_FUNCTIONS = frozenset("time time_ns localtime gmtime ctime".split())

Finding = Iterator[tuple[int, str]]
Rule = Callable[[ast.Module], Finding]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(tree: ast.Module, module: str, *, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Yield (line, full dotted name) of everything imported, also inside functions and under TYPE_CHECKING."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".")
            parents = parts[: len(parts) - node.level + is_package] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def foreign(path: Path, allowed: tuple[str, ...]) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = imports(tree, dotted(path), is_package=path.name == "__init__.py")
    return [f"{path.name}:{line} {name}" for line, name in found if within(name, "topics") and not within(name, *allowed)]


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def n_parameters(node: Function) -> int:
    listed = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    names = [item.arg for item in listed if item]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def long_functions(tree: ast.Module) -> Finding:
    return ((node.lineno, f"{node.name}: {length(node)} lines") for node in functions(tree) if length(node) > MAX_FUNCTION)


def long_classes(tree: ast.Module) -> Finding:
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return ((node.lineno, f"{node.name}: {length(node)} lines") for node in classes if length(node) > MAX_CLASS)


def many_parameters(tree: ast.Module) -> Finding:
    for node in functions(tree):
        is_kernel = node.name in KERNELS and any("njit" in ast.unparse(decorator) for decorator in node.decorator_list)
        if n_parameters(node) > MAX_PARAMETERS and not is_kernel:
            yield node.lineno, f"{node.name}: {n_parameters(node)} parameters"


def prints(tree: ast.Module) -> Finding:
    return ((node.lineno, "print") for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "print")


def pickles(tree: ast.Module) -> Finding:
    yield from ((line, name) for line, name in imports(tree, "topics.x") if within(name, *PICKLES))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            yield node.value.lineno, "allow_pickle"
        elif isinstance(node, ast.Attribute) and "pickle" in node.attr:
            yield node.lineno, node.attr


def network(tree: ast.Module) -> Finding:
    return ((line, name) for line, name in imports(tree, "topics.x") if within(name, *NETWORK))


def wide_excepts(tree: ast.Module) -> Finding:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(kind is None or ast.unparse(kind).split(".")[-1] in {"Exception", "BaseException"} for kind in caught):
                yield node.lineno, "except too wide"


def clocks(tree: ast.Module) -> Finding:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            of_time = isinstance(node.value, ast.Name) and node.value.id == "time" and node.attr in TIME_FUNCTIONS
            if of_time or node.attr in CLOCKS:
                yield node.lineno, ast.unparse(node)
    yield from ((line, name) for line, name in imports(tree, "topics.x") if name in {f"time.{item}" for item in TIME_FUNCTIONS})


def bare_errors(tree: ast.Module) -> Finding:
    """An error for people says where, and what to do."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FOR_PEOPLE:
            given = {word.arg for word in node.keywords if not (isinstance(word.value, ast.Constant) and not word.value.value)}
            if not {"where", "hint"} <= given:
                yield node.lineno, ast.unparse(node)


RULES: list[tuple[Rule, tuple[str, ...]]] = [
    (long_functions, ("def f():\n" + "    x = 1\n" * 50, "class A:\n    async def f(self):\n" + "        x = 1\n" * 50)),
    (long_classes, ("class A:\n" + "    x = 1\n" * 150,)),
    (
        many_parameters,
        ("def f(a, b, c, /, d, e, *, g, h): ...", "def f(a, b, c, d, e, *rest, **more): ...", "class A:\n def f(x, a, b, c, d, e, f): ..."),
    ),
    (prints, ("print(1)", "def f():\n    map(print, [])")),
    (pickles, ("import pickle", "def f():\n    from joblib import dump", "np.load(p, allow_pickle=True)", "frame.to_pickle(p)")),
    (network, ("import socket", "def f():\n    from urllib.request import urlopen", "from urllib import request", "import http.client")),
    (
        wide_excepts,
        (
            "try: x\nexcept Exception: y",
            "try: x\nexcept: y",
            "try: x\nexcept (OSError, BaseException): y",
            "try: x\nexcept builtins.Exception: y",
        ),
    ),
    (
        clocks,
        (
            "datetime.now(zone)",
            "date.today()",
            "datetime.datetime.utcnow()",
            "time.time()",
            "from time import time",
            "pd.Timestamp.today()",
        ),
    ),
    (bare_errors, ("raise UsageError('what')", "DataError('what', where=path)", "MissingPartError('what', where=path, hint='')")),
]
RULE_IDS = [rule.__name__ for rule, _ in RULES]


@pytest.mark.parametrize(("rule", "planted"), RULES, ids=RULE_IDS)
def test_each_rule_finds_what_is_planted(rule: Rule, planted: tuple[str, ...]) -> None:
    assert all(list(rule(ast.parse(source))) for source in planted)


LEGAL = """
import time
import urllib.parse

class A:
    def method(self, a, b, c, d, e, *, f):
        try:
            return time.monotonic(), self.printed
        except (OSError, ValueError) as error:
            raise DataError("what", where=a, hint=f"do {b}") from error
"""


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES], ids=RULE_IDS)
def test_no_rule_finds_fault_with_plain_code(rule: Rule) -> None:
    assert list(rule(ast.parse(LEGAL))) == []


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES], ids=RULE_IDS)
def test_the_package_keeps_the_rule(rule: Rule) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {what}" for path in MODULES for line, what in rule(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_no_module_is_too_long() -> None:
    assert len(MODULES) > 50
    lengths = {dotted(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: n for name, n in lengths.items() if n > MAX_MODULE} == {}


@pytest.mark.parametrize(
    ("source", "is_package", "names"),
    [
        ("import topics.ingest.store", False, ["topics.ingest.store"]),
        ("from topics import pipeline", False, ["topics.pipeline"]),
        ("def f():\n    from topics.models.lda import fit", False, ["topics.models.lda.fit"]),
        ("from ..models import lda", False, ["topics.models.lda"]),
        ("from . import store", False, ["topics.ingest.store"]),
        ("from ..models import lda", True, ["topics.models.lda"]),
    ],
)
def test_imports_are_read_in_every_spelling(source: str, is_package: bool, names: list[str]) -> None:
    module = "topics.ingest" if is_package else "topics.ingest.files"
    assert [name for _, name in imports(ast.parse(source), module, is_package=is_package)] == names


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_the_hub_and_itself_only(stage: str) -> None:
    paths = [path for path in MODULES if within(dotted(path), f"topics.{stage}")]
    assert paths
    assert [item for path in paths for item in foreign(path, (*SHARED, f"topics.{stage}"))] == []


@pytest.mark.parametrize("module", ["core", "engine", "engines", "progress"])
def test_the_hub_imports_no_stage(module: str) -> None:
    paths = [path for path in MODULES if within(dotted(path), f"topics.{module}")]
    assert paths
    allowed = ("topics.core", "topics.engines") if module.startswith("engine") else ("topics.core",)
    assert [item for path in paths for item in foreign(path, allowed)] == []


def test_threads_wait_without_spinning_unless_the_user_says_otherwise() -> None:
    """Two spinning threads take sixty times as long as one where other programs run."""
    program = "import os, topics.core.jit; print(os.environ['OMP_WAIT_POLICY'])"
    plain = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    for given, expected in (({}, "passive"), ({"OMP_WAIT_POLICY": "active"}, "active")):
        done = subprocess.run([sys.executable, "-c", program], env=plain | given, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == expected
