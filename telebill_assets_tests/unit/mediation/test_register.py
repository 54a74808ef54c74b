"""The register: a file is known by its content."""

from datetime import date

import polars as pl
import pytest

from telebill_assets.mediation.landing import REPORT
from telebill_assets.mediation.register import register
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.reference.sources import Sources
from telebill_assets.tables.table import from_rows

DAY, BEFORE = date(2020, 4, 3), date(2020, 4, 2)
SOURCES = ({"source": "s"}, {"source": "rotating", "file_names": "reused"})


@pytest.fixture(scope="module")
def registered():
    """A file of a day before again under another name, a file twice on the day, and a bad file."""
    columns = ("path", "source", "layout", "file_id", "bytes", "records", "reason", "detail")
    rows = [
        ("s/b.csv", "s", "l", "hash-1", 9, 2, None, None),
        ("s/a.csv", "s", "l", "hash-1", 9, 2, None, None),
        ("s/c.csv", "s", "l", "hash-0", 9, 2, None, None),
        ("s/d.csv", "s", None, "hash-2", 9, 0, "empty_file", "the file holds no record"),
        ("s/old.csv", "s", "l", "hash-3", 9, 2, None, None),
        ("rotating/Master.csv", "rotating", "l", "hash-4", 9, 2, None, None),
        ("s/cmr.csv", "s", "cisco_cmr", "hash-5", 9, 2, "quality_records", "the file is of layout cisco_cmr"),
    ]
    report = pl.DataFrame([dict(zip(columns, row, strict=True)) for row in rows], schema=REPORT)
    master = {"landing_day": BEFORE, "path": "rotating/Master.csv", "source": "rotating", "file_id": "hash-9"}
    old = {"landing_day": BEFORE, "path": "s/old.csv", "source": "s", "file_id": "hash-0", "bytes": 9, "records": 2}
    earlier = from_rows([old | {"status": "landed"}, old | master | {"status": "landed"}], FileRegister)
    return register(report, earlier, from_rows(list(SOURCES), Sources), DAY)


def test_a_file_is_known_by_its_content(registered):
    status = {
        row["path"]: (row["status"], row["duplicate_of_day"], row["duplicate_of_path"]) for row in registered.to_dicts()
    }
    assert status == {
        "s/a.csv": ("landed", None, None),
        "s/b.csv": ("duplicate", DAY, "s/a.csv"),
        "s/c.csv": ("duplicate", BEFORE, "s/old.csv"),
        "s/d.csv": ("suspended", None, None),
        "s/old.csv": ("held", None, None),
        "rotating/Master.csv": ("landed", None, None),
        "s/cmr.csv": ("set_aside", None, None),
    }
