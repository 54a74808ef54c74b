"""Where a rate stands: the lines of rates.csv by rate id."""

import csv
from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

from telebill_assets.rating.call.rate_groups import rate_id_of


def rate_lines(rates: Path, wanted: Collection[str]) -> Mapping[tuple[str, int], int]:
    """Line of every group of the wanted rates, by rate id and first second of the group."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    with rates.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            name = rate_id_of({column: (text or "").strip() for column, text in row.items() if column})
            if name in wanted:
                found[name, int(row["from_s"])] = reader.line_num
    return found
