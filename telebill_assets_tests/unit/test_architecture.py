"""The rules of the house: who may import whom, and who knows Spark and Dagster."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import telebill_assets

NAME = "telebill_assets"
ROOT = Path(telebill_assets.__file__).parent
ORDER = (
    *("errors", "storage", "settings", "tables"),
    *("rating", "audit", "mediation", "audit.controls"),
    *("database", "lake", "reference", "finance", "invoicing", "taxation", "quote"),
    *("spark", "compute", "tariffs", "proof", "close_report", "suspense", "ingestion"),
    *("audit.written", "audit.publication", "stages", "compute.runner", "compute.main", "rerating", "demo"),
    *("partitions", "automation", "assets", "definitions", "operate", "commands"),
)
"""All parts of telebill from the bottom up: each may import those before it, and none after it.

A part is a package, or modules of one that work is spread or published by. The command line is on top of all.
"""
CORE = ("tables", "rating", "mediation", "quote")
"""Packages of pure functions: they know no files, no lake and no database."""
DAGSTER = ("partitions", "automation", "assets", "definitions", "operate")
"""The only parts that know Dagster."""
SPARK = re.compile(r"(spark|lake)(\..*)?|stages\.\w+\.job")
"""The only modules that may know Spark."""
ABSENT = """
import importlib, sys
for name in sys.argv[2:]:
    importlib.import_module(name)
    found = [heavy for heavy in sys.argv[1].split(",") if heavy in sys.modules]
    if found:
        sys.exit(f"{name} imports {found}")
"""


@cache
def modules() -> dict[str, Path]:
    """All modules by their name below telebill_assets."""
    files = [file for file in sorted(ROOT.rglob("*.py")) if "migrations" not in file.parts]
    files.remove(ROOT / "__init__.py")
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


@cache
def imports(module: str) -> frozenset[str]:
    """What a module imports, also within functions, but for types alone: full names."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in _nodes(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset(found)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _nodes(node)


def own_imports(module: str) -> set[str]:
    """The modules of telebill that a module imports."""
    names = [name.removeprefix(f"{NAME}.") for name in imports(module) if name.startswith(f"{NAME}.")]
    return {name if name in modules() else name.rpartition(".")[0] for name in names} - {""}


def part_of(module: str) -> str:
    """The part of ORDER that a module belongs to: the longest name that it begins with."""
    last = module.rpartition(".")[2]
    if last.removesuffix("s").endswith("command") or module in {"cli", "lazy_commands"}:
        return "commands"
    return max((part for part in ORDER if f"{module}.".startswith(f"{part}.")), key=len)


@pytest.mark.parametrize("part", ORDER)
def test_a_part_imports_only_what_is_below_it(part):
    own = [module for module in modules() if part_of(module) == part]
    assert own
    above = ORDER[ORDER.index(part) + 1 :]
    assert [(module, found) for module in own for found in own_imports(module) if part_of(found) in above] == []


def test_no_two_modules_import_each_other():
    """Also not through others: what a module imports is never on the way back to it."""
    below: dict[str, set[str]] = {}

    def reach(module: str, way: tuple[str, ...]) -> set[str]:
        assert module not in way, " imports ".join((*way[way.index(module) :], module))
        if module not in below:
            found = own_imports(module)
            below[module] = found.union(*(reach(each, (*way, module)) for each in found))
        return below[module]

    for module in modules():
        reach(module, ())


@pytest.mark.parametrize("package", CORE)
def test_core_packages_know_neither_files_nor_the_lake_nor_a_database(package):
    own = [module for module in modules() if part_of(module) == package]
    assert own
    for module in own:
        assert {part_of(found) for found in own_imports(module)}.isdisjoint({"lake", "database", "spark", "storage"})


def test_only_the_orchestration_knows_dagster():
    knowing = [module for module in modules() if any(name.split(".")[0] == "dagster" for name in imports(module))]
    assert {part_of(module) for module in knowing} == set(DAGSTER)


def test_spark_is_known_where_work_is_spread_only():
    knowing = [module for module in modules() if any(name.split(".")[0] == "pyspark" for name in imports(module))]
    assert knowing
    assert [module for module in knowing if not SPARK.fullmatch(module)] == []


def test_every_module_but_the_orchestration_imports_without_dagster_spark_and_pandas():
    """Neither Spark nor Dagster is there until a task or a run is started: `telebill --help` needs no second."""
    asked = [module for module in modules() if module != "spark.session"]
    names = [f"{NAME}.{module}" for module in asked if part_of(module) not in DAGSTER]
    assert len(names) > 300
    command = [sys.executable, "-c", ABSENT, "pyspark,dagster,pandas", f"{NAME}.cli", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_command_line_starts_without_heavy_packages():
    command = [sys.executable, "-c", ABSENT, "pyspark,dagster,pandas,polars,pandera,pyiceberg", f"{NAME}.cli"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
