"""The catalog: which tables exist, and where the current state of each is written."""

from contextlib import suppress
from pathlib import Path

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NamespaceAlreadyExistsError, NoSuchTableError
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata, new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER
from sqlalchemy import URL
from sqlalchemy.exc import IntegrityError

from telebill_assets.lake.conflicts import retry_conflicts
from telebill_assets.lake.error import LakeError
from telebill_assets.lake.iceberg_schema import iceberg_schema, partition_spec, table_properties
from telebill_assets.tables.table import TableModel, table_name

NAMESPACE = "telebill"
LOCK_WAIT_S = 60


@retry_conflicts
def open_catalog(folder: Path) -> Catalog:
    """Open the SQLite catalog of a lake folder, making both on first use. Safe for threads and processes."""
    folder.mkdir(parents=True, exist_ok=True)
    uri = URL.create("sqlite", database=str(folder / "catalog.db"), query={"timeout": str(LOCK_WAIT_S)})
    catalog = SqlCatalog(NAMESPACE, uri=uri.render_as_string(), warehouse=str(folder))
    if not catalog.namespace_exists(NAMESPACE):
        with suppress(NamespaceAlreadyExistsError, IntegrityError):  # another process was first
            catalog.create_namespace(NAMESPACE)
    return catalog


def find_table(catalog: Catalog, model: TableModel) -> Table | None:
    """The table as it is now, or None if nothing was ever published to it."""
    try:
        return catalog.load_table((NAMESPACE, table_name(model)))
    except NoSuchTableError:
        return None


def model_metadata(model: TableModel, location: Path) -> TableMetadata:
    """What a table made from the model would be, without making it; new files are checked against it."""
    return new_table_metadata(
        iceberg_schema(model), partition_spec(model), UNSORTED_SORT_ORDER, str(location), table_properties(model)
    )


def ensure_table(catalog: Catalog, model: TableModel, location: Path) -> Table:
    """The table, made on first use, with every column of its model.

    Raises:
        LakeError: a column of the lake's table cannot become what the model says.
    """
    table = find_table(catalog, model) or catalog.create_table_if_not_exists(
        (NAMESPACE, table_name(model)),
        iceberg_schema(model),
        location=str(location),
        partition_spec=partition_spec(model),
        properties=table_properties(model),
    )
    if _differing(table, model):
        _evolve(table, model)
    return table


def _differing(table: Table, model: TableModel) -> list[str]:
    present = {field.name: field.field_type for field in table.schema().fields}
    return [field.name for field in iceberg_schema(model).fields if present.get(field.name) != field.field_type]


def _evolve(table: Table, model: TableModel) -> None:
    try:
        with table.update_schema() as update:
            update.union_by_name(iceberg_schema(model))
    except (ValueError, TypeError) as error:
        raise LakeError(
            f"{table_name(model)}: the table in the lake cannot take the model's columns: {error}"
        ) from error
    if columns := _differing(table, model):
        raise LakeError(f"{table_name(model)}: in the lake these columns have another type: {', '.join(columns)}")
