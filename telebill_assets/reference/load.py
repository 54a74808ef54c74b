"""Loading the reference files: all of them are read and checked before any of them is used."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from telebill_assets.reference.bulk import many_objects
from telebill_assets.reference.consistency import inconsistencies
from telebill_assets.reference.controls_file import ControlsFile
from telebill_assets.reference.doubts import doubts
from telebill_assets.reference.findings import Finding, InvalidReferenceError, in_order
from telebill_assets.reference.plans_file import PlansFile
from telebill_assets.reference.rows import Row, Texts, read_csv, typed
from telebill_assets.reference.tables import Tables
from telebill_assets.tables.reference.controls import Controls
from telebill_assets.tables.registry import PLAN_TABLES, REFERENCE_TABLES
from telebill_assets.tables.table import TableModel, arrow_schema, table_name

PLANS_FILE = "plans.yaml"
CONTROLS_FILE = "controls.yaml"
YAML_TABLES = (*PLAN_TABLES, Controls)


@dataclass(frozen=True)
class Reference:
    """The reference tables by name, and a hash of the files they were read from."""

    tables: Mapping[str, pa.Table]
    version: str


@dataclass(frozen=True)
class Examined:
    """The rows of a folder's files, what is wrong with them, and what may be."""

    tables: Tables
    errors: list[Finding]
    warnings: list[Finding]


def examine(folder: Path, layouts: Iterable[str]) -> Examined:
    """Read every reference file of a folder and find everything that is wrong; so is a missing file.

    Args:
        folder: holds one CSV file per table, plans.yaml, and controls.yaml unless all defaults hold.
        layouts: names of the CDR layouts that a source may have.
    """
    errors: list[Finding] = []
    tables = Tables()
    with many_objects():
        for file, model, texts, wrong in _texts(folder):
            rows = typed(file, model, texts)
            tables.add(table_name(model), rows, read_whole=not wrong)
            errors += [*wrong, *rows.findings]
        errors += inconsistencies(tables, layouts)
        return Examined(tables, in_order(errors), in_order(doubts(tables)))


def load(folder: Path, layouts: Iterable[str]) -> Reference:
    """Read and check every reference file of a folder, see `examine`.

    Raises:
        InvalidReferenceError: with every finding of every file.
    """
    return usable(examine(folder, layouts), folder)


def usable(examined: Examined, folder: Path) -> Reference:
    """The tables of an examined folder.

    Raises:
        InvalidReferenceError: its files have errors.
    """
    if examined.errors:
        raise InvalidReferenceError(examined.errors)
    with many_objects():
        tables = {table_name(model): _arrow(model, examined.tables[table_name(model)]) for model in REFERENCE_TABLES}
    return Reference(tables, _version(folder))


def _arrow(model: TableModel, rows: Sequence[Row]) -> pa.Table:
    """The rows, whose values stand in the order of the model's columns."""
    schema = arrow_schema(model)
    columns = list(zip(*[row.values.values() for row in rows], strict=True)) or [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def files(folder: Path) -> list[Path]:
    """The files that a complete reference folder has."""
    names = [f"{table_name(model)}.csv" for model in REFERENCE_TABLES if model not in YAML_TABLES]
    return [folder / name for name in (*names, PLANS_FILE)]


def _texts(folder: Path) -> Iterable[tuple[str, TableModel, Texts, list[Finding]]]:
    for model in REFERENCE_TABLES:
        if model in YAML_TABLES:
            continue
        path = folder / f"{table_name(model)}.csv"
        rows, wrong = read_csv(path, model) if path.is_file() else (Texts([], {}), [_missing(path)])
        yield path.name, model, rows, wrong
    path = folder / PLANS_FILE
    plans = PlansFile(path) if path.is_file() else None
    wrong = plans.findings if plans else [_missing(path)]
    for model in PLAN_TABLES:
        yield path.name, model, Texts.of(plans.rows[model] if plans else []), wrong
    path = folder / CONTROLS_FILE
    controls = ControlsFile(path) if path.is_file() else None
    yield path.name, Controls, Texts.of(controls.rows if controls else []), controls.findings if controls else []


def _missing(path: Path) -> Finding:
    return Finding(path.name, 1, "file", "missing", f"a file in {path.parent}")


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    optional = folder / CONTROLS_FILE
    for path in [*files(folder), *([optional] if optional.is_file() else [])]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
