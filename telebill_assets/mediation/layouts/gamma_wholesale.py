"""Wholesale call records in the style of Gamma (United Kingdom): header, date and time apart, E.164 numbers.

Columns: the file itself. Call type N is a translated number: its customer is called, not calling. There is no id, so a
record is known by its content.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp

DIRECTION = Choice([({"Call Type": "^N$"}, "inbound")], "outbound")
CUSTOMER, OTHER = Text("Customer Identifier"), Text("Non-Charged Party")

GAMMA_WHOLESALE = Layout(
    name="gamma_wholesale",
    title="Wholesale CSV (Gamma style)",
    header=("Call Type", "Customer Identifier", "Non-Charged Party", "Call Date", "Call Time", "Duration"),
    columns={
        "service_key": CUSTOMER,
        "caller": ByDirection(DIRECTION, inbound=OTHER, otherwise=CUSTOMER),
        "callee": ByDirection(DIRECTION, inbound=CUSTOMER, otherwise=OTHER),
        "start_at": Stamp("Call Time", ("%d/%m/%Y %H:%M:%S",), "Call Date"),
        "talk_s": Seconds("Duration"),
        "direction": DIRECTION,
        "disposition": Choice([({"Duration": "[1-9]"}, "answered")], "unanswered"),
    },
)
