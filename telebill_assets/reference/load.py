"""Loading the reference files: all of them are read and checked before any of them is used."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from telebill_assets.reference.consistency import inconsistencies
from telebill_assets.reference.controls_file import ControlsFile
from telebill_assets.reference.doubts import doubts
from telebill_assets.reference.findings import Finding, InvalidReferenceError, in_order
from telebill_assets.reference.plans_file import PlansFile
from telebill_assets.reference.rows import checked
from telebill_assets.reference.tables import Tables
from telebill_assets.reference.texts import Texts, read_csv
from telebill_assets.tables.reference.controls import Controls
from telebill_assets.tables.registry import PLAN_TABLES, REFERENCE_TABLES
from telebill_assets.tables.table import TableModel, table_name

PLANS_FILE = "plans.yaml"
CONTROLS_FILE = "controls.yaml"
YAML_TABLES = (*PLAN_TABLES, Controls)


@dataclass(frozen=True)
class Reference:
    """The reference tables by name, and a hash of the files they were read from."""

    tables: Mapping[str, pl.DataFrame]
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
    for model, texts, wrong in _texts(folder):
        rows = checked(model, texts)
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
    names = [table_name(model) for model in REFERENCE_TABLES]
    return Reference({name: examined.tables[name].table() for name in names}, _version(folder))


def files(folder: Path) -> list[Path]:
    """The files that a complete reference folder has."""
    names = [f"{table_name(model)}.csv" for model in REFERENCE_TABLES if model not in YAML_TABLES]
    return [folder / name for name in (*names, PLANS_FILE)]


def _texts(folder: Path) -> Iterable[tuple[TableModel, Texts, list[Finding]]]:
    """The rows of every table as they stand in its file, and what is wrong with the file."""
    for model in REFERENCE_TABLES:
        if model in YAML_TABLES:
            continue
        path = folder / f"{table_name(model)}.csv"
        texts, wrong = read_csv(path, model) if path.is_file() else (Texts(path.name, [], {}), [_missing(path)])
        yield model, texts, wrong
    path = folder / PLANS_FILE
    plans = PlansFile(path) if path.is_file() else None
    wrong = plans.findings if plans else [_missing(path)]
    for model in PLAN_TABLES:
        yield model, Texts.of(path.name, plans.rows[model] if plans else []), wrong
    path = folder / CONTROLS_FILE
    controls = ControlsFile(path) if path.is_file() else None
    yield Controls, Texts.of(path.name, controls.rows if controls else []), controls.findings if controls else []


def _missing(path: Path) -> Finding:
    return Finding(path.name, 1, "file", "missing", f"a file in {path.parent}")


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    optional = folder / CONTROLS_FILE
    for path in [*files(folder), *([optional] if optional.is_file() else [])]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
