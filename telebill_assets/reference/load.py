"""Loading the reference files: all of them are read and checked before any of them is used."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from telebill_assets.lake.iceberg_schema import arrow_schema
from telebill_assets.reference.consistency import inconsistencies
from telebill_assets.reference.controls_file import ControlsFile
from telebill_assets.reference.findings import Finding, InvalidReferenceError
from telebill_assets.reference.plans_file import PlansFile
from telebill_assets.reference.rows import Row, TextRow, read_csv, typed
from telebill_assets.schemas.reference.controls import Controls
from telebill_assets.schemas.reference.month_rules import (
    PlanAllowances,
    PlanDiscounts,
    PlanFees,
    PlanMinimums,
    PlanTiers,
)
from telebill_assets.schemas.reference.plans import PlanBands, PlanDecks, Plans
from telebill_assets.schemas.registry import REFERENCE_TABLES
from telebill_assets.schemas.table import TableModel, table_name

PLANS_FILE = "plans.yaml"
CONTROLS_FILE = "controls.yaml"
PLAN_TABLES: tuple[TableModel, ...] = (
    Plans,
    PlanDecks,
    PlanBands,
    PlanAllowances,
    PlanTiers,
    PlanFees,
    PlanDiscounts,
    PlanMinimums,
)
YAML_TABLES = (*PLAN_TABLES, Controls)


@dataclass(frozen=True)
class Reference:
    """The reference tables by name, and a hash of the files they were read from."""

    tables: Mapping[str, pa.Table]
    version: str


def load(folder: Path, layouts: Iterable[str]) -> Reference:
    """Read and check every reference file of a folder.

    Args:
        folder: holds one CSV file per table, plans.yaml, and controls.yaml unless all defaults hold.
        layouts: names of the CDR layouts that a source may have.

    Raises:
        InvalidReferenceError: with every finding of every file.
    """
    findings: list[Finding] = []
    tables: dict[str, list[Row]] = {}
    for file, model, texts, wrong in _texts(folder):
        tables[table_name(model)], more = typed(file, model, texts)
        findings += [*wrong, *more]
    if not findings:  # without all rows, references would seem to lead nowhere
        findings += inconsistencies(tables, layouts)
    if findings:
        raise InvalidReferenceError(findings)
    models = {table_name(model): model for model in REFERENCE_TABLES}
    return Reference(
        {
            name: pa.Table.from_pylist([dict(row.values) for row in rows], arrow_schema(models[name]))
            for name, rows in tables.items()
        },
        _version(folder),
    )


def files(folder: Path) -> list[Path]:
    """The files that a complete reference folder has."""
    names = [f"{table_name(model)}.csv" for model in REFERENCE_TABLES if model not in YAML_TABLES]
    return [folder / name for name in (*names, PLANS_FILE)]


def _texts(folder: Path) -> Iterable[tuple[str, TableModel, list[TextRow], list[Finding]]]:
    for model in REFERENCE_TABLES:
        if model in YAML_TABLES:
            continue
        path = folder / f"{table_name(model)}.csv"
        rows, wrong = read_csv(path, model) if path.is_file() else ([], [_missing(path)])
        yield path.name, model, rows, wrong
    path = folder / PLANS_FILE
    plans = PlansFile(path) if path.is_file() else None
    for i, model in enumerate(PLAN_TABLES):
        wrong = plans.findings if plans else [_missing(path)]
        yield path.name, model, plans.rows[model] if plans else [], wrong if i == 0 else []
    path = folder / CONTROLS_FILE
    controls = ControlsFile(path) if path.is_file() else None
    yield path.name, Controls, controls.rows if controls else [], controls.findings if controls else []


def _missing(path: Path) -> Finding:
    return Finding(path.name, 1, "file", "missing", f"a file in {path.parent}")


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    optional = folder / CONTROLS_FILE
    for path in [*files(folder), *([optional] if optional.is_file() else [])]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
