"""What is counted of assembled invoices; the counts of all parts of a month are added up."""

import polars as pl

from telebill_assets.audit.balance import Totals
from telebill_assets.audit.tally import total
from telebill_assets.invoicing.assembly import Assembly
from telebill_assets.tables.line_kinds import bears_tax

RECORDS = pl.len().cast(pl.Int64).alias("records")
AMOUNT = pl.col("amount").sum()
SHOWN = {"invoice": "payable", "net": "net", "pass_through": "pass_through", "payable": "payable"}
"""Outcomes of the ledger and the columns of an invoice that they sum."""
COLUMNS = ("currency", "outcome", "reason", "records", "talk_s", "billed_s", "amount")


def outcomes(assembly: Assembly, rated: pl.DataFrame) -> pl.DataFrame:
    """Invoices, their taxes by level, and charge lines by kind, as the ledger counts them."""
    currencies = assembly.invoices.select("invoice_id", "currency")
    totals = [
        assembly.invoices.group_by("currency", outcome=pl.lit(outcome)).agg(RECORDS, amount=pl.col(name).sum())
        for outcome, name in SHOWN.items()
    ]
    taxes = assembly.taxes.join(currencies, on="invoice_id")
    by_level = taxes.group_by("currency", outcome=pl.lit("tax"), reason="level").agg(RECORDS, AMOUNT)
    held = rated.join(assembly.holds, on="account_id", how="semi")
    by_kind = [_by_kind(assembly.lines.join(currencies, on="invoice_id"), "line"), _by_kind(held, "held")]
    return pl.concat([*totals, by_level, *by_kind], how="diagonal_relaxed").select(COLUMNS)


def _by_kind(charges: pl.DataFrame, outcome: str) -> pl.DataFrame:
    """Lines by kind; `reason` is the kind."""
    by = charges.group_by("currency", outcome=pl.lit(outcome), reason="line_kind")
    return by.agg(RECORDS, total("talk_s"), total("billed_s"), AMOUNT)


def posted(assembly: Assembly) -> pl.DataFrame:
    """Amounts by currency and what they are posted as, in the words of `control_totals.final_totals`."""
    currencies = assembly.invoices.select("invoice_id", "currency")
    passed_through = ~bears_tax(pl.col("line_kind"))
    charges = assembly.lines.join(currencies, on="invoice_id").select(
        "currency",
        "amount",
        name=pl.format("product {}", "product"),
        part=pl.when(passed_through).then(pl.lit("pass-through")).otherwise(pl.lit("net")),
    )
    taxes = assembly.taxes.join(currencies, on="invoice_id").select(
        "currency", "amount", name=pl.format("tax {} {}", "level", "tax_type"), part=pl.lit("tax")
    )
    both = pl.concat([charges, taxes])
    parts = [both.select("currency", "amount", name=name) for name in ("name", "part")]
    wholes = [both.select("currency", "amount", name=pl.lit(name)) for name in ("payable", "journal")]
    return pl.concat([*parts, *wholes]).group_by(name=pl.format("{} {}", "currency", "name")).agg(AMOUNT)


def lines(assembly: Assembly, rated: pl.DataFrame) -> dict[str, Totals]:
    """Lines and amounts of all charge lines, of those on invoices, and of those held."""
    held = rated.join(assembly.holds, on="account_id", how="semi")
    return {"charge lines": _sum(rated), "on invoices": _sum(assembly.lines), "held": _sum(held)}


def accounts(assembly: Assembly, rated: pl.DataFrame) -> dict[str, Totals]:
    """Accounts with charges, with an invoice, and held."""
    counts = {
        "with charges": rated["account_id"].n_unique(),
        "invoiced": assembly.invoices.height,
        "held": assembly.holds.height,
    }
    return {name: {"accounts": count} for name, count in counts.items()}


def as_lines(charges: pl.DataFrame) -> pl.DataFrame:
    """Charge lines as they are compared one by one: each is one line with its amount."""
    return charges.select("line_id", "account_id", "currency", "amount", lines=pl.lit(1))


def _sum(charges: pl.DataFrame) -> Totals:
    return charges.select(lines=pl.len(), amount=AMOUNT).row(0, named=True)
