"""`telebill` as a person runs it, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

TELEBILL = Path(sys.executable).with_name("telebill")


def telebill(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a home, with more variables of the environment."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("TELEBILL_")}
    return subprocess.run(
        [TELEBILL, *arguments],
        env=known | {"TELEBILL_HOME": str(home), "COLUMNS": "200"} | environment,
        check=False,
        capture_output=True,
        text=True,
    )
