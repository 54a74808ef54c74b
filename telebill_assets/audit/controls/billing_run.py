"""Controls of the billing run: every account is billed once, and the database holds what was assembled."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
import polars_hash as plh

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.figures import figure, signed_figure
from telebill_assets.audit.tally import Tally, first

COMPLETE = Control(
    "bill_run_complete", "Every account is billed once, or there is a stated reason for no bill", blocking=True
)
FROZEN = Control(
    "invoices_frozen", "The final invoices in the database are the assembled ones, account by account", blocking=True
)
LEDGER_TOTALS = Control(
    "gl_totals", "Invoice totals by product and tax are the sums of lines and taxes to be posted", blocking=True
)

Amounts = Mapping[str, Decimal]
"""Amounts by what is posted: 'EUR product voice', 'EUR tax state', 'EUR net' ..."""


ACCEPTED = ("invoiced", "held", "without charges")


def billing_states(accounts: pl.DataFrame, rated: pl.DataFrame, invoices: pl.DataFrame, holds: pl.DataFrame) -> Tally:
    """Give every account its state, and count them: invoiced, held with a reason, without charges, or a wrong one.

    Args:
        accounts: all accounts, or those of a part of the month.
        rated: charge lines of the month, of the same accounts.
        invoices: one row per invoice of these accounts.
        holds: accounts of these that get no invoice, with reason.
    """
    charged = rated.select("account_id").unique().with_columns(charged=True)
    invoiced = invoices.group_by("account_id").agg(invoices=pl.len())
    held = holds.group_by("account_id").agg(pl.col("reason").min())
    stated = accounts.select("account_id").with_columns(known=True)
    for frame in (charged, invoiced, held):
        stated = stated.join(frame, on="account_id", how="full", coalesce=True)
    states = stated.select("account_id", state=_state())
    wrong = states.filter(~pl.col("state").is_in(list(ACCEPTED)))
    return Tally(
        dict(states.group_by("state").len().iter_rows()),
        first(wrong.select(pl.format("{}: {}", "account_id", "state")).to_series()),
    )


def _state() -> pl.Expr:
    is_invoiced, is_held, is_charged = (pl.col(name).is_not_null() for name in ("invoices", "reason", "charged"))
    return (
        pl.when(pl.col("known").is_null())
        .then(pl.lit("unknown account"))
        .when(pl.col("invoices") > 1)
        .then(pl.lit("invoiced twice"))
        .when(is_invoiced & is_held)
        .then(pl.lit("invoiced and held"))
        .when(is_invoiced & ~is_charged)
        .then(pl.lit("invoiced without charges"))
        .when(is_invoiced)
        .then(pl.lit("invoiced"))
        .when(is_held)
        .then(pl.lit("held"))
        .when(is_charged)
        .then(pl.lit("charged but not invoiced"))
        .otherwise(pl.lit("without charges"))
    )


def bill_run_complete(states: Tally) -> CheckResult:
    """The verdict on the states of all accounts; any but invoiced, held and without charges fails."""
    counts = states.counts
    wrong = {name: count for name, count in sorted(counts.items()) if name not in ACCEPTED}
    return COMPLETE.result(
        passed=not wrong,
        figure=f"{sum(counts.values()):,} accounts = "
        + " + ".join(f"{counts.get(name, 0):,} {name}" for name in (*ACCEPTED, *wrong)),
        threshold="0 in any other state",
        failures=wrong,
        samples=states.samples,
        breakdown={name: f"{counts.get(name, 0):,}" for name in (*ACCEPTED, *wrong)},
    )


@dataclass(frozen=True)
class Fingerprint:
    """Invoices in one line: how many, how much, and a sum over hashes of account, currency and payable."""

    invoices: int
    payable: Decimal
    checksum: int

    def __add__(self, other: "Fingerprint") -> "Fingerprint":
        return Fingerprint(self.invoices + other.invoices, self.payable + other.payable, self.checksum + other.checksum)


NO_INVOICES = Fingerprint(0, Decimal(0), 0)


def fingerprint(invoices: pl.DataFrame) -> Fingerprint:
    """Of assembled invoices. The checksum does not depend on order, and the database can compute it too."""
    said = invoices.select(
        said=pl.concat_str(
            "account_id", "currency", pl.col("payable").cast(pl.Decimal(18, 2)).cast(pl.String), separator="|"
        )
    )
    hashes = said.select(hash=plh.col("said").nchash.md5()).to_series()
    parts = hashes.str.head(8).str.to_integer(base=16, dtype=pl.Int64)
    return Fingerprint(invoices.height, Decimal(invoices["payable"].sum()), int(parts.sum()))


def invoices_frozen(assembled: Fingerprint, stored: Fingerprint) -> CheckResult:
    """Compare what was assembled with the month's final invoices in the database."""
    pairs = {
        "invoices": (assembled.invoices, stored.invoices),
        "payable": (assembled.payable, stored.payable),
        "accounts and amounts": (assembled.checksum, stored.checksum),
    }
    wrong = [name for name, (left, right) in pairs.items() if left != right]
    return FROZEN.result(
        passed=not wrong,
        figure=f"assembled {assembled.invoices:,} invoices of {figure(assembled.payable)}, "
        f"in the database {stored.invoices:,} of {figure(stored.payable)}"
        + ("; accounts and amounts differ" if wrong == ["accounts and amounts"] else ""),
        threshold="0 differences",
        failures=dict.fromkeys(wrong, 1),
    )


def gl_totals(invoiced: Amounts, to_post: Amounts) -> CheckResult:
    """Compare amounts by what they are posted as: invoice totals against the sums of their lines and taxes.

    Args:
        invoiced: from the final invoices in the database, and the journal they make.
        to_post: from the assembled charge lines and taxes.
    """
    names = sorted(invoiced.keys() | to_post.keys())
    zero = Decimal(0)
    wrong = {name: invoiced.get(name, zero) - to_post.get(name, zero) for name in names}
    wrong = {name: difference for name, difference in wrong.items() if difference}
    return LEDGER_TOTALS.result(
        passed=not wrong,
        figure=f"{len(wrong)} of {len(names)} totals differ",
        threshold="0 differ, to the cent",
        failures=dict.fromkeys(wrong, 1),
        samples=[f"{name}: differs by {signed_figure(difference)}" for name, difference in wrong.items()],
        breakdown={name: figure(invoiced.get(name, zero)) for name in names},
    )
