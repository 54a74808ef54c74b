"""FreeSWITCH mod_cdr_csv with its default template: no header, 15 quoted fields, local times of the server.

Columns and order: FreeSWITCH's conf/vanilla/autoload_configs/cdr_csv.conf.xml, template `example`. Values are inserted
as they are, so names may hold quotes; other templates put a space before the quote.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, FirstOf, Text
from telebill_assets.mediation.layouts.dialect import Delimited
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import STAMP_LIKE, Layout
from telebill_assets.mediation.layouts.stamps import Stamp

DIRECTION = Choice([({"context": "^public$"}, "inbound")], "outbound")

FREESWITCH = Layout(
    name="freeswitch",
    title="FreeSWITCH mod_cdr_csv",
    positions=(
        "caller_id_name",
        "caller_id_number",
        "destination_number",
        "context",
        "start_stamp",
        "answer_stamp",
        "end_stamp",
        "duration",
        "billsec",
        "hangup_cause",
        "uuid",
        "bleg_uuid",
        "accountcode",
        "read_codec",
        "write_codec",
    ),
    widths=(13, 14, 15),
    looks={"start_stamp": STAMP_LIKE, "hangup_cause": "^ *[A-Z_]+ *$", "uuid": "^ *[0-9a-f]{8}-[0-9a-f-]+ *$"},
    dialect=Delimited(quotes_inside=True),
    columns={
        "call_id": Text("uuid"),
        "call_key": Text("bleg_uuid", ("uuid",)),
        "service_key": FirstOf(
            [
                Text("accountcode"),
                ByDirection(DIRECTION, inbound=Text("destination_number"), otherwise=Text("caller_id_number")),
            ]
        ),
        "caller": Text("caller_id_number"),
        "callee": Text("destination_number"),
        "start_at": Stamp("start_stamp"),
        "answer_at": Stamp("answer_stamp"),
        "end_at": Stamp("end_stamp"),
        "talk_s": Seconds("billsec"),
        "total_s": Seconds("duration"),
        "direction": DIRECTION,
        "disposition": Choice(
            [
                ({"answer_stamp": "[1-9]"}, "answered"),
                ({"hangup_cause": "^USER_BUSY$"}, "busy"),
                ({"hangup_cause": "^(NO_ANSWER|NO_USER_RESPONSE|ORIGINATOR_CANCEL)$"}, "unanswered"),
            ],
            "failed",
        ),
    },
    one_call_per_key=True,
)
