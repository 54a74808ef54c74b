"""Avaya Communication Manager, fixed columns (TELESEER): no date on the record, durations in tenths of a minute.

Columns and condition codes: Avaya's administration guide; no real file was at hand. The time is that of the call's end,
on the day on which the file landed; date records are passed over. A call of ten hours and more has a record per
ten hours (code 4) and a last one, and each is billed for its own time.
"""

from decimal import Decimal

from telebill_assets.mediation.layouts.columns import Choice, Text
from telebill_assets.mediation.layouts.dialect import FixedColumns
from telebill_assets.mediation.layouts.durations import Seconds, Sum
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import TimeOfDay

DIRECTION = Choice([({"condition": "^9$"}, "inbound"), ({"condition": "^0$"}, "internal")], "outbound")

AVAYA_CM = Layout(
    name="avaya_cm",
    title="Avaya Communication Manager (fixed columns)",
    positions=(
        "time",
        "hours",
        "minutes",
        "tenths",
        "condition",
        "dialled tac",
        "used tac",
        "dialled",
        "calling",
        "account",
    ),
    widths=(10,),
    looks={
        "time": "^([01][0-9]|2[0-3])[0-5][0-9]$",
        "hours": "^[ 0-9]$",
        "minutes": "^[ 0-5][0-9]$",
        "tenths": "^[0-9]$",
        "condition": "^[0-9A-I]$",
    },
    dialect=FixedColumns(
        {
            "time": (4, 7),
            "hours": (8, 8),
            "minutes": (9, 10),
            "tenths": (11, 11),
            "condition": (12, 12),
            "dialled tac": (13, 15),
            "used tac": (16, 18),
            "dialled": (19, 33),
            "calling": (34, 38),
            "account": (39, 53),
        },
        shortest=33,
    ),
    skip=r"^[\s\x00]*(\d{2}[ /]?\d{2})?\s*$",
    columns={
        "service_key": Text("account", ("calling",)),
        "caller": Text("calling"),
        "callee": Text("dialled"),
        "end_at": TimeOfDay("time"),
        "talk_s": Sum(
            [Seconds("hours", Decimal(3600)), Seconds("minutes", Decimal(60)), Seconds("tenths", Decimal(6))]
        ),
        "direction": DIRECTION,
        "disposition": Choice([({"condition": "^[EHI]$"}, "unanswered")], "answered"),
        "leg_kind": Choice([({"condition": "^[6GHI]$"}, "accompanying")], "call"),
    },
)
