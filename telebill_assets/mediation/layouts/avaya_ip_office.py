"""Avaya IP Office SMDR: CSV without header, 15 to 40 fields, local times of the system.

Columns: Avaya's SMDR output fields; no real file was at hand. A call has one record per segment; all but the last say
that more follow, and the last one is the call.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, FirstOf, Joined, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp

DIRECTION = Choice([({"Is Internal": "^1$"}, "internal"), ({"Direction": "^I$"}, "inbound")], "outbound")

AVAYA_IP_OFFICE = Layout(
    name="avaya_ip_office",
    title="Avaya IP Office SMDR",
    positions=(
        "Call Start",
        "Connected Time",
        "Ring Time",
        "Caller",
        "Direction",
        "Called Number",
        "Dialled Number",
        "Account",
        "Is Internal",
        "Call ID",
        "Continuation",
        "Party1Device",
        "Party1Name",
        "Party2Device",
        "Party2Name",
        "Hold Time",
        "Park Time",
    ),
    widths=range(15, 41),
    looks={
        "Call Start": r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d$",
        "Connected Time": r"^\d\d:\d\d:\d\d$",
        "Direction": "^[IO]$",
        "Continuation": "^[01]$",
    },
    columns={
        "call_id": Joined(("Call ID", "Call Start", "Continuation", "Party1Device", "Party2Device")),
        "service_key": FirstOf(
            [Text("Account"), ByDirection(DIRECTION, inbound=Text("Dialled Number"), otherwise=Text("Caller"))]
        ),
        "caller": Text("Caller"),
        "callee": Text("Called Number", ("Dialled Number",)),
        "start_at": Stamp("Call Start", ("%Y/%m/%d %H:%M:%S",)),
        "talk_s": Seconds("Connected Time"),
        "direction": DIRECTION,
        "disposition": Choice([({"Connected Time": "[1-9]"}, "answered")], "unanswered"),
        "leg_kind": Choice([({"Continuation": "^1$"}, "accompanying")], "call"),
    },
)
