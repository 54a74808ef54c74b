"""Allowances: who uses how much of which, in the order of the events alone.

Production months and `telebill quote` both draw on allowances by `use_allowances`.
"""

from typing import NamedTuple

import polars as pl

OFFER_COLUMNS = ("owner", "grant", "turn", "units", "per_service", "service", "destinations", "since", "until")
EVENT = "event"
LOOKED_AT = ("service_id", "destination_group", "call_date", "units")
"""What of an event decides which allowances it uses, and how much of them."""


class Used(NamedTuple):
    """What allowances cover of some events, and what is over: 50 s over if a 600 s allowance meets 650 s of calls."""

    events: pl.DataFrame
    """The events with `over`, the units that nothing covers."""

    uses: pl.DataFrame
    """One row per event and allowance that it used: the event's columns, `grant`, `before` (units of the event that
    were covered already) and `used`.
    """


def use_allowances(events: pl.DataFrame, allowances: pl.DataFrame) -> Used:
    """Let events use allowances: in order of their turn, and each by the events in their order.

    An allowance is used up before the next one is touched, and an event that finds too little of one takes the rest
    from the next. Who uses what depends on the order of the events and on nothing else.

    Args:
        events: owner, service_id, destination_group, call_date, units (a whole number or decimal), and columns to keep;
            of an owner, the first event uses allowances first.
        allowances: columns of OFFER_COLUMNS. `grant` identifies the allowance in the result; an owner has at most one
            allowance per turn and service. `per_service`: each service has `units` of its own. A null service,
            destinations (a list), since or until (exclusive) restricts nothing.
    """
    numbered = events.with_row_index(EVENT)
    waiting = numbered.join(allowances, on="owner", how="semi", maintain_order="left").select(
        EVENT, "owner", *LOOKED_AT, over="units"
    )
    uses = [_use(waiting.clear(), allowances.clear())]
    for (_turn,), offers in allowances.sort("turn").group_by("turn", maintain_order=True):
        uses.append(_use(waiting, offers))
        waiting = _left(waiting, uses[-1])
    taken = pl.concat(uses)
    over = _left(numbered.with_columns(over="units"), taken).drop(EVENT)
    return Used(over, taken.join(numbered, on=EVENT, maintain_order="left").drop(EVENT))


def _use(waiting: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """What waiting events, in their order, use of the allowances of one turn: event, grant, before and used."""
    offered = offers.select([pl.col(name).alias(f"offer_{name}") for name in OFFER_COLUMNS]).with_row_index("offer")
    eligible = [
        pl.col("offer_service").is_null() | (pl.col("offer_service") == pl.col("service_id")),
        pl.col("offer_destinations").is_null()
        | pl.col("destination_group").is_in(pl.col("offer_destinations")).fill_null(value=False),
        pl.col("offer_since").is_null() | (pl.col("call_date") >= pl.col("offer_since")),
        pl.col("offer_until").is_null() | (pl.col("call_date") < pl.col("offer_until")),
    ]
    wanting = (
        waiting.filter(pl.col("over") > 0)
        .join(offered, left_on="owner", right_on="offer_owner", maintain_order="left")
        .filter(eligible)
    )
    service = pl.when("offer_per_service").then("service_id")
    wanted_before = pl.col("over").cum_sum().over("offer", service) - pl.col("over")
    used = pl.min_horizontal("over", pl.col("offer_units") - wanted_before)
    return wanting.select(
        EVENT,
        pl.col("offer_grant").alias("grant"),
        (pl.col("units") - pl.col("over")).cast(waiting.schema["over"]).alias("before"),
        used.cast(waiting.schema["over"]).alias("used"),
    ).filter(pl.col("used") > 0)


def _left(events: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """Events with what is over after these uses."""
    sums = used.group_by(EVENT).agg(pl.col("used").sum())
    over = (pl.col("over") - pl.col("used").fill_null(0)).cast(events.schema["over"])
    return events.join(sums, on=EVENT, how="left", maintain_order="left").with_columns(over.alias("over")).drop("used")
