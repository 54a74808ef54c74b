"""Reports about agents and queues. They name no numbers, so they are no call records. Recognised and set aside."""

from telebill_assets.mediation.layouts.layout import Layout

AGENT_REPORT = Layout(
    name="agent_report",
    title="Call-centre report by agent",
    header=("Date", "Time Received", "Agent", "Talk Time"),
    set_aside="report",
)
QUEUE_REPORT = Layout(
    name="queue_report",
    title="Call-centre report of abandoned calls",
    header=("Date", "Time", "Wait Time", "Result"),
    set_aside="report",
)
