"""Grandstream UCM: header with 26 named columns, a row for each step of a call, local times of the appliance.

Columns: the downloaded file and Grandstream's CDR guide. Rows of one call share the session; queues, menus and
forwards have rows of their own, and the longest talk is the call.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, FirstOf, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp

DIRECTION = Choice(
    [
        ({"Log Userfield": "(?i)^inbound"}, "inbound"),
        ({"Call Type": "(?i)^inbound"}, "inbound"),
        ({"Log Userfield": "(?i)^internal"}, "internal"),
        ({"Call Type": "(?i)^internal"}, "internal"),
    ],
    "outbound",
)
STAMPS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S")


def _status(pattern: str, value: str) -> list[tuple[dict[str, str], str]]:
    return [({"Disposition": pattern}, value), ({"Call Status": pattern}, value)]


GRANDSTREAM_UCM = Layout(
    name="grandstream_ucm",
    title="Grandstream UCM",
    header=("Session", "Start Time", "Talk Time", "Unique ID"),
    columns={
        "call_id": Text("Unique ID"),
        "call_key": Text("Session", ("Unique ID",)),
        "service_key": FirstOf(
            [
                Text("Account Code"),
                ByDirection(
                    DIRECTION,
                    inbound=Text("Source Trunk Name", ("Callee Number",)),
                    otherwise=Text("Caller Number"),
                ),
            ]
        ),
        "caller": Text("Caller Number"),
        "callee": Text("Callee Number"),
        "start_at": Stamp("Start Time", STAMPS),
        "answer_at": Stamp("Answer Time", STAMPS),
        "end_at": Stamp("End Time", STAMPS),
        "talk_s": Seconds("Talk Time"),
        "total_s": Seconds("Call Time"),
        "direction": DIRECTION,
        "disposition": Choice(
            [
                *_status("(?i)^answered", "answered"),
                *_status("(?i)^busy", "busy"),
                *_status("(?i)^(failed|congestion)", "failed"),
            ],
            "unanswered",
        ),
    },
    one_call_per_key=True,
)
