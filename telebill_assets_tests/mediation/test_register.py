"""The register: a file is known by its content."""

from datetime import date

import pytest

from telebill_assets.mediation.register import register
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.reference.sources import Sources
from telebill_assets_tests.frames import frame

DAY, BEFORE = date(2020, 4, 3), date(2020, 4, 2)
REPORT = (
    "path string, source string, layout string, file_id string, bytes long, records long, reason string, detail string"
)
UNKNOWN = ("declared_records", "declared_s", "series", "sequence_nr")
SOURCES = ({"source": "s"}, {"source": "rotating", "file_names": "reused"})


@pytest.fixture(scope="module")
def registered(spark):
    """A file of a day before again under another name, a file twice on the day, and a bad file."""
    report = spark.createDataFrame(
        [
            ("s/b.csv", "s", "l", "hash-1", 9, 2, None, None),
            ("s/a.csv", "s", "l", "hash-1", 9, 2, None, None),
            ("s/c.csv", "s", "l", "hash-0", 9, 2, None, None),
            ("s/d.csv", "s", None, "hash-2", 9, 0, "empty_file", "the file holds no record"),
            ("s/old.csv", "s", "l", "hash-3", 9, 2, None, None),
            ("rotating/Master.csv", "rotating", "l", "hash-4", 9, 2, None, None),
            ("s/cmr.csv", "s", "cisco_cmr", "hash-5", 9, 2, "quality_records", "the file is of layout cisco_cmr"),
        ],
        REPORT,
    ).selectExpr("*", *[f"NULL AS {name}" for name in UNKNOWN])
    master = {"landing_day": BEFORE, "path": "rotating/Master.csv", "source": "rotating", "file_id": "hash-9"}
    old = {"landing_day": BEFORE, "path": "s/old.csv", "source": "s", "file_id": "hash-0", "bytes": 9, "records": 2}
    earlier = frame(spark, FileRegister, old | {"status": "landed"}, old | master | {"status": "landed"})
    return register(report, earlier, frame(spark, Sources, *SOURCES), DAY).persist()


def test_a_file_is_known_by_its_content(registered):
    status = {
        row["path"]: (row["status"], row["duplicate_of_day"], row["duplicate_of_path"]) for row in registered.collect()
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
