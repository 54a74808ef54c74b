"""Charge lines as SureTax's items, and its answers as rows: one batch at a time."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
from pydantic import SecretStr

from telebill_assets.taxation.wire import (
    LEVELS,
    SITUS_POSTAL_CODE,
    SITUS_VAT_DESTINATION,
    Group,
    Request,
    Response,
)

POSTAL_CODE_COUNTRIES = ("US", "CA")
MAX_UNITS = 99_999
FEE_KINDS = ("recurring", "one_off")

MONEY, RATE = pl.Decimal(18, 6), pl.Decimal(18, 8)
ANSWERS = pl.Schema(
    {
        "account_id": pl.String(),
        "line_id": pl.String(),
        "tax_batch": pl.String(),
        "error": pl.String(),
        "tax_seq": pl.Int32(),
        "tax_type": pl.String(),
        "tax_level": pl.String(),
        "description": pl.String(),
        "authority": pl.String(),
        "region": pl.String(),
        "revenue": MONEY,
        "revenue_base": MONEY,
        "tax_rate": RATE,
        "fee_rate": RATE,
        "percent_taxable": RATE,
        "tax_amount": MONEY,
        "tax_on_tax": MONEY,
    }
)
"""One row per tax; one with a null tax_seq for a line without tax, or with an error instead of taxes."""


def items(lines: pl.DataFrame, accounts: pl.DataFrame, products: pl.DataFrame, month: date) -> pl.DataFrame:
    """Lines as SureTax wants them, in order of account and line, with the names of the wire.

    Calls and services of North America are taxed by postal code, others by country (VAT). account_id and line_id are
    kept beside the columns of `wire.Item`.
    """
    known = lines.join(products.select("product", "trans_type", "regulatory", "line_fees"), on="product").join(
        accounts.select("account_id", "city", "state", "postal_code", "country", "sales_type", "exemptions"),
        on="account_id",
    )
    by_postal_code = pl.col("country").is_in(list(POSTAL_CODE_COUNTRIES))
    plain_account = pl.col("account_id").str.replace_all("-", "", literal=True)
    return known.sort("account_id", "line_id").select(
        "account_id",
        "line_id",
        InvoiceNumber=plain_account + f"{month:%Y%m}",
        CustomerNumber=plain_account,
        TransDate=pl.col("service_to").dt.strftime("%Y-%m-%dT00:00:00"),
        Revenue="amount",
        Units=_units(),
        Seconds=pl.when(pl.col("billed_s") > 0).then("billed_s").otherwise(1).clip(upper_bound=MAX_UNITS),
        TaxSitusRule=pl.when(by_postal_code).then(pl.lit(SITUS_POSTAL_CODE)).otherwise(pl.lit(SITUS_VAT_DESTINATION)),
        TransTypeCode="trans_type",
        SalesTypeCode="sales_type",
        RegulatoryCode="regulatory",
        TaxExemptionCodeList=pl.col("exemptions").str.split(" "),
        CurrencyCode="currency",
        OriginCountryCode="country",
        DestCountryCode="country",
        Address=pl.struct(
            City="city", State=pl.col("state").fill_null(""), PostalCode="postal_code", Country="country"
        ),
    )


def _units() -> pl.Expr:
    """Units that bear per-line fees such as 911: lines that are charged, not discounts and credits on them."""
    bears_fees = pl.col("line_fees") & pl.col("line_kind").is_in(list(FEE_KINDS)) & (pl.col("amount") >= 0)
    units = pl.col("quantity").cast(pl.Int64).clip(upper_bound=MAX_UNITS)
    return pl.when(bears_fees).then(units).otherwise(0)


def request(
    batch: pl.DataFrame, month: date, *, client_number: str, business_unit: str, validation_key: SecretStr
) -> Request:
    """The request for a batch of items, whose lines are numbered from 1. The month picks SureTax's rate tables."""
    numbered = batch.drop("account_id", "line_id").with_columns(
        LineNumber=pl.int_range(1, pl.len() + 1).cast(pl.String)
    )
    return Request.model_validate(
        {
            "ClientNumber": client_number,
            "BusinessUnit": business_unit,
            "ValidationKey": validation_key,
            "DataYear": f"{month:%Y}",
            "DataMonth": f"{month:%m}",
            "CmplDataYear": f"{month:%Y}",
            "CmplDataMonth": f"{month:%m}",
            "TotalRevenue": batch["Revenue"].sum(),
            "ClientTracking": f"{month:%Y-%m}",
            "ItemList": numbered.to_dicts(),
        }
    )


def answers(batch: pl.DataFrame, response: Response, stan: str) -> pl.DataFrame:
    """The rows of ANSWERS for a batch that was answered.

    Raises:
        ValueError: a figure has more decimals than are kept; figures are stored as they were returned, never rounded.
    """
    per_tax = _as_returned([tax for group in response.GroupList for tax in _taxes(group)])
    errors = {int(item.LineNumber): f"{item.ResponseCode} {item.Message}" for item in response.ItemMessages}
    per_error = pl.DataFrame({"number": list(errors), "error": list(errors.values())}, ERRORS)
    numbered = batch.select("account_id", "line_id", number=pl.int_range(1, pl.len() + 1).cast(pl.Int64))
    level = pl.col("tax_type").str.head(1).replace_strict(LEVELS, return_dtype=pl.String)
    return (
        numbered.join(per_tax, on="number", how="left")
        .join(per_error, on="number", how="left")
        .with_columns(tax_batch=pl.lit(stan), tax_level=level)
        .select(ANSWERS.names())
    )


NOT_RETURNED = ("account_id", "line_id", "tax_batch", "error", "tax_level")
TAXES = pl.Schema({"number": pl.Int64()} | {name: kind for name, kind in ANSWERS.items() if name not in NOT_RETURNED})
ERRORS = pl.Schema({"number": pl.Int64(), "error": pl.String()})
MORE_DECIMALS = pl.Decimal(38, 16)


def _as_returned(taxes: list[tuple[Any, ...]]) -> pl.DataFrame:
    figures = [name for name, kind in TAXES.items() if kind in {MONEY, RATE}]
    wide = pl.DataFrame(taxes, pl.Schema(TAXES | dict.fromkeys(figures, MORE_DECIMALS)), orient="row")
    kept = wide.cast(TAXES)
    if not kept.select(pl.all_horizontal((pl.col(name) == wide[name]).all() for name in figures)).item():
        raise ValueError("SureTax returned a figure with more decimals than the tables keep")
    return kept


def _taxes(group: Group) -> Iterator[tuple[Any, ...]]:
    number, region = int(group.LineNumber), group.StateCode or None
    for seq, tax in enumerate(group.TaxList):
        yield (
            number,
            seq,
            tax.TaxTypeCode,
            tax.TaxTypeDesc,
            tax.TaxAuthorityName or None,
            region,
            tax.Revenue,
            tax.RevenueBase,
            tax.TaxRate,
            tax.FeeRate,
            tax.PercentTaxable,
            tax.TaxAmount,
            tax.TaxOnTax,
        )
