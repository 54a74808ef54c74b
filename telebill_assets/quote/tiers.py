"""Published cases of tiers, answered by the function that prices a month's tiers."""

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from telebill_assets.quote.fields import WrongCaseError, objects, one_of, wrong
from telebill_assets.quote.values import number, plain, required
from telebill_assets.rating.month.tiers import (
    GRADUATED,
    PACKAGE,
    QUANTITY,
    VOLUME,
    Schedule,
    beyond_the_last_tier,
    tier_charges,
    tiers_frame,
)

MODELS = (GRADUATED, VOLUME, PACKAGE)
SIZE_OF = {"up_to": (10, 8), "unit_price": (8, 10), "flat": (8, 10), "increment": (10, 8)}
"""Digits before and after the point."""
MOST = 10**17
"""What a case costs at most."""


def answer(cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Answer cases {"id", "model", "tiers": [{"up_to", "unit_price", "flat", "increment"}], "quantity"}.

    Returns:
        {"id", "charge"}, or {"id", "error"} for a wrong case, in the order of the cases. All are priced at once.
    """
    schedules: dict[str, Schedule] = {}
    quantities: list[tuple[str, Decimal]] = []
    answers: list[dict[str, Any]] = []
    for nr, case in enumerate(cases):
        answers.append({"id": case.get("id")})
        try:
            schedule, quantity = _read(case)
        except WrongCaseError as error:
            answers[nr]["error"] = str(error)
        else:
            schedules[str(nr)] = schedule
            quantities.append((str(nr), quantity))
    asked = pl.DataFrame(quantities, {"schedule": pl.String, "quantity": QUANTITY}, orient="row")
    charged = tier_charges(asked, tiers_frame(schedules))
    for nr, charge in charged.group_by("schedule").agg((pl.col("metered") + pl.col("flat")).sum()).iter_rows():
        answers[int(nr)]["charge"] = plain(charge)
    return answers


def _read(case: Mapping[str, Any]) -> tuple[Schedule, Decimal]:
    model = one_of(case, "model", MODELS, "")
    tiers = [
        {field: number(tier, field, digits, decimals) for field, (digits, decimals) in SIZE_OF.items()}
        for tier in objects(case, "tiers", "tiers") or ()
    ]
    if not tiers:
        raise wrong("tiers", None, "at least one tier")
    quantity = required(number(case, "quantity", 10, 8), "quantity")
    ends = [tier["up_to"] for tier in tiers]
    if None in ends[:-1]:
        raise wrong("up_to", None, "a number in every tier but the last")
    if ends[0] is not None and ends[0] < 0:
        raise wrong("up_to", plain(ends[0]), "0 or more")
    for before, after in itertools.pairwise(ends):
        if before is not None and after is not None and after <= before:
            raise wrong("up_to", plain(after), f"more than {plain(before)}")
    for tier in tiers:
        increment, price = tier["increment"], tier["unit_price"] or Decimal(0)
        if increment is not None and increment <= 0:
            raise wrong("increment", plain(increment), "more than 0")
        if increment is not None and abs(quantity / increment * price) >= MOST:
            raise wrong("increment", plain(increment), f"increments that cost less than {MOST} in all")
    if beyond_the_last_tier(quantity, ends):
        last = plain(max(end for end in ends if end is not None))
        raise wrong("quantity", plain(quantity), f"at most {last}, the end of the last tier")
    return (model, 1, tiers), quantity
