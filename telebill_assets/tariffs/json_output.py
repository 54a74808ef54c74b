"""Results for programs to read."""

import json
import sys
from typing import Any


def print_json(found: dict[str, Any]) -> None:
    """Print JSON; days and amounts are texts, so that no amount becomes a float."""
    sys.stdout.write(json.dumps(found, indent=2, default=str, ensure_ascii=False) + "\n")
