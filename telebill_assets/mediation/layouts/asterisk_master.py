"""Asterisk cdr_csv `Master.csv`: no header, 16 to 21 columns, local times of the server.

Columns and order: Asterisk's cdr/cdr_csv.c. The number of columns depends on the switch's options.
"""

from telebill_assets.mediation.layouts.layout import Choice, Layout, Seconds, Stamp, Text

ASTERISK_MASTER = Layout(
    name="asterisk_master",
    title="Asterisk Master.csv",
    names=(
        "accountcode",
        "src",
        "dst",
        "dcontext",
        "clid",
        "channel",
        "dstchannel",
        "lastapp",
        "lastdata",
        "start",
        "answer",
        "end",
        "duration",
        "billsec",
        "disposition",
        "amaflags",
        "uniqueid",
        "userfield",
        "peeraccount",
        "linkedid",
        "sequence",
    ),
    widths=(16, 17, 18, 19, 20, 21),
    columns={
        "call_id": Text("uniqueid"),
        "leg": Text("sequence"),
        "service_key": Text("accountcode"),
        "caller": Text("src"),
        "callee": Text("dst"),
        "start_at": Stamp("start"),
        "answer_at": Stamp("answer"),
        "end_at": Stamp("end"),
        "talk_s": Seconds("billsec"),
        "direction": Choice(
            [
                ({"dcontext": "^from-(pstn|trunk|did)"}, "inbound"),
                ({"dcontext": "^from-internal", "dst": "^[0-9]{2,5}$"}, "internal"),
            ],
            "outbound",
        ),
        "disposition": Choice(
            [
                ({"disposition": "^ANSWERED$"}, "answered"),
                ({"disposition": "^BUSY$"}, "busy"),
                ({"disposition": "^(FAILED|CONGESTION)$"}, "failed"),
            ],
            "unanswered",
        ),
        "leg_kind": Choice([], "call"),
    },
)
