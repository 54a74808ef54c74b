"""Which tables a user of the lake may read and write.

Commands may use all of them. A job is given a lake that refuses every table that its stage does not declare: Dagster's
dependencies are derived from the declarations, so a read that is not declared would be missing in the lineage.
"""

from collections.abc import Collection
from dataclasses import dataclass

from telebill_assets.tables.registry import AUDIT_TABLES
from telebill_assets.tables.table import TableModel, table_name


class UndeclaredTableError(Exception):
    """A stage uses a table that its job does not declare. It is the code that must be mended, so no operator can."""


class Access:
    """Access to every table."""

    def require_read(self, model: TableModel) -> None:
        """Do nothing if the table may be read."""

    def require_write(self, model: TableModel) -> None:
        """Do nothing if the table may be written."""


ALL_TABLES = Access()


@dataclass(frozen=True)
class DeclaredAccess(Access):
    """Access of one stage to the tables that its job declares, and to those that the audit itself keeps.

    A table that the stage writes may be read back only if it is declared as read too: daily_aggregates writes a part
    of the ledger, but that it also reads the part of validated_usage is said by READS alone.
    """

    stage: str
    reads: Collection[TableModel]
    writes: Collection[TableModel]

    def require_read(self, model: TableModel) -> None:
        """Do nothing if the stage declares that it reads the table.

        Raises:
            UndeclaredTableError: it does not; the message says what to add where.
        """
        self._require(model, self.reads, "reads", "READS")

    def require_write(self, model: TableModel) -> None:
        """Do nothing if the stage declares that it writes the table.

        Raises:
            UndeclaredTableError: it does not; the message says what to add where.
        """
        self._require(model, self.writes, "writes", "WRITES")

    def _require(self, model: TableModel, declared: Collection[TableModel], verb: str, declaration: str) -> None:
        if model not in (*declared, *AUDIT_TABLES):
            raise UndeclaredTableError(
                f"{self.stage} {verb} the table {table_name(model)}, which it does not declare: "
                f"add {model.__name__} to {declaration} in telebill_assets/stages/{self.stage}/job.py"
            )
