"""Taxing charge lines: whole invoices are exchanged with SureTax in batches, and its answers become tables."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import polars as pl
from pydantic import SecretStr

from telebill_assets.settings import Settings
from telebill_assets.tables.line_kinds import bears_tax
from telebill_assets.tables.table import conform
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets.taxation.batches import batches, sent
from telebill_assets.taxation.client import SureTaxClient
from telebill_assets.taxation.exchange_log import exchange
from telebill_assets.taxation.mapping import ANSWERS, answers, items, request


@dataclass(frozen=True)
class SureTax:
    """Which SureTax, as whom, and how many lines at a time."""

    url: str
    client_number: str
    validation_key: SecretStr
    business_unit: str
    batch_lines: int

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The engine that is configured."""
        return cls(
            settings.suretax_url,
            settings.suretax_client_number,
            settings.suretax_validation_key,
            settings.suretax_business_unit,
            settings.suretax_batch_lines,
        )


def tax_charges(
    lines: pl.DataFrame,
    accounts: pl.DataFrame,
    products: pl.DataFrame,
    *,
    month: date,
    engine: SureTax,
    database_url: str,
    lines_before: int = 0,
) -> pl.DataFrame:
    """Ask SureTax about all lines but pass-through items, batch by batch.

    Args:
        lines: rated_usage of the month, of whole accounts.
        accounts: the accounts, for address and exemptions.
        products: the products, for tax codes.
        month: first day of the billing month.
        engine: where to ask.
        database_url: where the exchange log is.
        lines_before: lines of the month that are sent for accounts before these.

    Returns:
        Columns of mapping.ANSWERS.
    """
    asked = sent(lines.lazy(), accounts, products).collect()
    numbered = batches(asked.lazy(), engine.batch_lines, lines_before)
    wanted = items(asked, accounts, products, month).join(numbered, on="account_id", maintain_order="left")
    with SureTaxClient(engine.url) as client:
        answered = [
            _exchanged(batch.drop("lines", "batch"), month, engine, client, database_url)
            for batch in wanted.partition_by("batch", maintain_order=True)
        ]
    return pl.concat([pl.DataFrame(schema=ANSWERS), *answered])


def _exchanged(
    batch: pl.DataFrame, month: date, engine: SureTax, client: SureTaxClient, database_url: str
) -> pl.DataFrame:
    asked = request(
        batch,
        month,
        client_number=engine.client_number,
        business_unit=engine.business_unit,
        validation_key=engine.validation_key,
    )
    stan, response = exchange(asked, month, client, database_url)
    return answers(batch, response, stan)


def taxed_charges(answered: pl.DataFrame, lines: pl.DataFrame, month: date) -> pl.DataFrame:
    """Rows of taxed_charges: every charge line once. One refused line holds all lines of its invoice.

    Args:
        answered: what SureTax answered, as `tax_charges` returns it.
        lines: rated_usage of the month, of the same accounts.
        month: first day of the billing month.
    """
    per_line = answered.group_by("line_id").agg(pl.col("tax_batch").first(), pl.col("tax_amount").sum())
    joined = lines.join(per_line, on="line_id", how="left").join(_holds(answered), on="account_id", how="left")
    held = pl.col("hold_reason").is_not_null()
    status = (
        pl.when(held)
        .then(pl.lit("held"))
        .when(~bears_tax(pl.col("line_kind")))
        .then(pl.lit("exempt"))
        .when(pl.col("tax_batch").is_not_null())
        .then(pl.lit("taxed"))
    )
    amount = pl.when(held).then(0).otherwise(pl.col("tax_amount").fill_null(0))
    rows = joined.with_columns(billing_month=pl.lit(month), status=status, tax_amount=amount)
    return conform(rows, TaxedCharges)


def tax_lines(answered: pl.DataFrame, month: date) -> pl.DataFrame:
    """Rows of tax_lines, as SureTax returned them; invoices that are held have none."""
    taxes = answered.filter(pl.col("tax_seq").is_not_null()).join(_holds(answered), on="account_id", how="anti")
    return conform(taxes.with_columns(billing_month=pl.lit(month)), TaxLines)


def _holds(answered: pl.DataFrame) -> pl.DataFrame:
    """Accounts of which SureTax refused a line, with the first of its messages."""
    refused = answered.filter(pl.col("error").is_not_null())
    return refused.group_by("account_id").agg(pl.col("error").min().alias("hold_reason"))
