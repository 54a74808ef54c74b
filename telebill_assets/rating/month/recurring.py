"""Recurring fees: of plans per subscribed unit, and of single accounts, prorated by the day, in arrears or in advance.

What is billed in advance is billed with the month before. If days of a month were not (a start in its middle), or
were but are no longer due (an end in its middle), the month itself has a line for the difference.
"""

from hashlib import sha256

import polars as pl

from telebill_assets.rating.month.charge_kind import ChargeKind
from telebill_assets.rating.month.exact import CHARGE, amount_of
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.month_before import ADVANCE, in_advance
from telebill_assets.rating.tariff import Tariff

KINDS = ("recurring", "recurring_advance")
CHARGED = (
    *("account_id", "plan_id", "currency", "line_id", "in_advance", "product", "article_nr", "description"),
    *("quantity", "unit", "unit_price", "valid_from", "valid_to"),
)


def recurring_lines(tariff: Tariff, month: Month, billed_before: pl.DataFrame | None) -> pl.DataFrame:
    """Charge lines of the recurring fees and charges of a month, prorated by active days.

    Args:
        tariff: the published tariff.
        month: the billing month.
        billed_before: rated_usage of the month before; null if nothing was billed then.

    Returns:
        One line per fee or charge that is active in the month, and per one that is active in the next month and
        billed in advance; a credit for days billed in advance that are not due any more.
    """
    charged = pl.concat([_fees(tariff), _charges(tariff)])
    arrears, advance = charged.filter(~pl.col("in_advance")), charged.filter("in_advance")
    following = _prorated(advance, month.next).with_columns(pl.col("line_id") + ADVANCE)
    due = _prorated(advance, month)
    if billed_before is not None:
        due = _not_billed_yet(due, billed_before, month)
    return pl.concat([_prorated(arrears, month), due, following])


def account_currencies(tariff: Tariff) -> pl.DataFrame:
    """The currency of every account: columns account_id and currency."""
    return tariff.frame("accounts").select("account_id", "currency")


def _fees(tariff: Tariff) -> pl.DataFrame:
    """Every subscription and fee of its plan, in the columns CHARGED."""
    plans = tariff.frame("plans").select("plan_id", "currency")
    fees = tariff.frame("plan_fees").with_columns(fee=pl.Series(_fee_keys(tariff), dtype=pl.String))
    since = pl.col("valid_from").dt.strftime("%Y%m%d")
    return (
        tariff.frame("subscriptions")
        .join(fees, on="plan_id")
        .join(plans, on="plan_id")
        .with_columns(
            article_nr=pl.lit(None, pl.String),
            in_advance=pl.col("billed") == "advance",
            line_id=_line_id("product", "fee", since),
        )
        .select(CHARGED)
    )


def _fee_keys(tariff: Tariff) -> list[str]:
    """What tells the fees of a plan apart, by their texts."""
    rows = tariff.tables["plan_fees"].to_pylist()
    return [sha256(f"{row['plan_id']}|{row['description']}".encode()).hexdigest()[:8] for row in rows]


def _charges(tariff: Tariff) -> pl.DataFrame:
    """Recurring charges of charges.csv, in the columns CHARGED."""
    return (
        tariff.frame("charges")
        .filter(pl.col("kind").is_in(KINDS))
        .join(account_currencies(tariff), on="account_id")
        .with_columns(
            plan_id=pl.lit(None, pl.String),
            in_advance=pl.col("kind") == "recurring_advance",
            line_id=_line_id("charge_id"),
        )
        .select(CHARGED)
    )


def _line_id(*what: str | pl.Expr) -> pl.Expr:
    return pl.concat_str("account_id", pl.lit("recurring"), *what, separator="-")


def _prorated(charged: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Quantity x unit price x active days / days of the month, to ten decimals."""
    valid_from, valid_to = pl.col("valid_from"), pl.col("valid_to")
    days = month.active_days(valid_from, valid_to).cast(pl.Int128)
    return charged.filter(month.overlaps(valid_from, valid_to)).select(
        *("account_id", "plan_id", "currency", "line_id"),
        pl.lit("recurring").alias("line_kind"),
        *("product", "article_nr", "description", "quantity", "unit", "unit_price"),
        amount_of(pl.col("quantity"), pl.col("unit_price"), days, month.days).alias("exact_amount"),
        month.active_from(valid_from).alias("service_from"),
        month.active_to(valid_to).alias("service_to"),
    )


def _not_billed_yet(due: pl.DataFrame, billed_before: pl.DataFrame, month: Month) -> pl.DataFrame:
    """What is due of a month less what was billed for it in advance."""
    before = (
        billed_before.filter(in_advance()).select(due.columns).with_columns(pl.col("line_id").str.strip_suffix(ADVANCE))
    )
    names = [name for name in due.columns if name != "line_id"]
    both = due.join(before, on="line_id", how="full", coalesce=True, suffix="_before")
    difference = pl.col("exact_amount").fill_null(0) - pl.col("exact_amount_before").fill_null(0)
    first_unused = pl.coalesce(pl.col("service_to").dt.offset_by("1d"), "service_from_before")
    credited = pl.col("difference") < 0
    words = pl.when(credited).then(pl.lit(", credit for days billed in advance")).otherwise(pl.lit(""))
    known = {
        "description": pl.coalesce("description", "description_before") + words,
        "exact_amount": pl.col("difference").cast(CHARGE),
        "service_from": pl.when(credited)
        .then(pl.min_horizontal(first_unused, "service_to_before"))
        .otherwise("service_from"),
        "service_to": pl.when(credited).then(pl.lit(month.last)).otherwise("service_to"),
    }
    rest = {name: pl.coalesce(name, f"{name}_before") for name in names}
    return (
        both.with_columns(difference=difference)
        .filter(pl.col("difference") != 0)
        .with_columns(**{**rest, **known})
        .select(due.columns)
    )


RECURRING = ChargeKind(
    line_kinds=("recurring",),
    lines=lambda given: recurring_lines(given.tariff, given.month, given.before.lines if given.before else None),
    product="the one that the fee or the charge names",
    reads=("plan_fees", "charges", "subscriptions", "plans", "accounts"),
)
