"""Publishing the reference data: every table is replaced as a whole."""

from telebill_assets.lake.lake import Lake
from telebill_assets.reference.load import Reference
from telebill_assets.tables.registry import TABLES


def publish(reference: Reference, lake: Lake, run_id: str, code_version: str) -> dict[str, int]:
    """Write all tables, then publish them; the snapshot id of each by name."""
    staged = {name: lake.stage_frame(frame, TABLES[name], run_id) for name, frame in reference.tables.items()}
    return {name: lake.publish(files, code_version) for name, files in staged.items()}
