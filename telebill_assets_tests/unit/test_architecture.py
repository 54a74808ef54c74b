"""Who may import whom: only the orchestration knows Dagster, and stages meet in tables alone."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import telebill_assets

ROOT = Path(telebill_assets.__file__).parent
STAGES = ("mediation", "rating", "taxation", "invoicing")
WITHOUT_DAGSTER = (
    *STAGES,
    "ingestion",
    "suspense",
    "schemas",
    "audit",
    "lake",
    "compute",
    "reference",
    "database",
    "demo",
    "rerating",
    "tariffs",
    "settings",
    "cli",
    "proof",
    "finance",
    "close_report",
)
BLOCKED = """
import importlib, pathlib, sys
sys.modules["dagster"] = None
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules(package: str) -> list[str]:
    files = sorted(ROOT.glob(f"{package}.py")) + sorted((ROOT / package).rglob("*.py"))
    names = [".".join(("telebill_assets", *file.relative_to(ROOT).with_suffix("").parts)) for file in files]
    return [name.removesuffix(".__init__") for name in names if "migrations" not in name]


def test_every_package_but_the_orchestration_imports_without_dagster():
    names = [name for package in WITHOUT_DAGSTER for name in modules(package)]
    assert len(names) > 100
    done = subprocess.run([sys.executable, "-c", BLOCKED, *names], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("stage", STAGES)
def test_stages_never_import_each_other(stage):
    others = tuple(f"telebill_assets.{other}" for other in STAGES if other != stage)
    found = [
        (file.name, node.module)
        for file in (ROOT / stage).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(others)
    ]
    assert found == []
