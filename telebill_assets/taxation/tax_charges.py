"""Taxing charge lines: batches of whole invoices are exchanged with SureTax inside Spark tasks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

import pyarrow as pa
from pydantic import SecretStr
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.settings import Settings
from telebill_assets.spark.legacy import spark_schema
from telebill_assets.tables.table import TableModel
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets.taxation.batches import with_batch
from telebill_assets.taxation.client import SureTaxClient
from telebill_assets.taxation.exchange_log import exchange
from telebill_assets.taxation.wire import (
    LEVELS,
    SITUS_POSTAL_CODE,
    SITUS_VAT_DESTINATION,
    Address,
    Group,
    Item,
    Request,
    parse_response,
)

POSTAL_CODE_COUNTRIES = ("US", "CA")
MAX_UNITS = 99_999
SENT = ("account_id", "line_id", "line_kind", "product", "amount", "quantity", "billed_s", "service_to", "currency")
FEE_KINDS = ("recurring", "one_off")

MONEY, RATE = pa.decimal128(18, 6), pa.decimal128(18, 8)
ANSWER = pa.schema(
    [
        ("account_id", pa.string()),
        ("line_id", pa.string()),
        ("tax_batch", pa.string()),
        ("error", pa.string()),
        ("tax_seq", pa.int32()),
        ("tax_type", pa.string()),
        ("tax_level", pa.string()),
        ("description", pa.string()),
        ("authority", pa.string()),
        ("region", pa.string()),
        ("revenue", MONEY),
        ("revenue_base", MONEY),
        ("tax_rate", RATE),
        ("fee_rate", RATE),
        ("percent_taxable", RATE),
        ("tax_amount", MONEY),
        ("tax_on_tax", MONEY),
    ]
)
ANSWER_DDL = ", ".join(
    f"{field.name} {'int' if pa.types.is_int32(field.type) else str(field.type).replace('128', '')}" for field in ANSWER
)


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
    lines: DataFrame, accounts: DataFrame, products: DataFrame, *, month: date, engine: SureTax, database_url: str
) -> DataFrame:
    """Ask SureTax about all lines but pass-through items.

    Args:
        lines: rated_usage of the month.
        accounts: the accounts, for address and exemptions.
        products: the products, for tax codes.
        month: first day of the billing month, which picks SureTax's rate tables.
        engine: where to ask.
        database_url: where the exchange log is.

    Returns:
        Columns of ANSWER: one row per tax, one with a null tax_seq for a line without tax or with an error.
        Evaluate it once: save or persist it.
    """
    codes = products.select("product", "trans_type", "regulatory", "line_fees")
    places = accounts.select(
        "account_id",
        "city",
        "state",
        "postal_code",
        "country",
        "sales_type",
        F.split("exemptions", " ").alias("exempt"),
    )
    sent = (
        lines.where("line_kind != 'pass_through'")
        .select(*SENT)
        .join(F.broadcast(codes), "product")
        .join(F.broadcast(places), "account_id")
    )
    batched = with_batch(sent, engine.batch_lines)
    return batched.groupBy("batch").applyInArrow(_taxed_batch(month, engine, database_url), ANSWER_DDL)


def _taxed_batch(month: date, engine: SureTax, database_url: str) -> Callable[[pa.Table], pa.Table]:
    def run(lines: pa.Table) -> pa.Table:
        rows = lines.sort_by([("account_id", "ascending"), ("line_id", "ascending")]).to_pylist()
        with SureTaxClient(engine.url) as client:
            batch, text = exchange(_request(rows, month, engine), month, client, database_url)
        response = parse_response(text)
        groups = {group.LineNumber: group for group in response.GroupList}
        errors = {message.LineNumber: message for message in response.ItemMessages}
        answers: list[dict[str, Any]] = []
        for number, row in enumerate(rows, start=1):
            line = {"account_id": row["account_id"], "line_id": row["line_id"], "tax_batch": batch}
            if (error := errors.get(str(number))) is not None:
                answers.append(line | {"error": f"{error.ResponseCode} {error.Message}"})
            else:
                answers += _taxes(line, groups[str(number)])
        return pa.Table.from_pylist(answers, ANSWER)

    return run


def _taxes(line: dict[str, Any], group: Group) -> Iterator[dict[str, Any]]:
    if not group.TaxList:
        yield line
    for seq, tax in enumerate(group.TaxList):
        yield line | {
            "tax_seq": seq,
            "tax_type": tax.TaxTypeCode,
            "tax_level": LEVELS[tax.TaxTypeCode[0]],
            "description": tax.TaxTypeDesc,
            "authority": tax.TaxAuthorityName or None,
            "region": group.StateCode or None,
            "revenue": tax.Revenue,
            "revenue_base": tax.RevenueBase,
            "tax_rate": tax.TaxRate,
            "fee_rate": tax.FeeRate,
            "percent_taxable": tax.PercentTaxable,
            "tax_amount": tax.TaxAmount,
            "tax_on_tax": tax.TaxOnTax,
        }


def _request(rows: list[dict[str, Any]], month: date, engine: SureTax) -> Request:
    return Request(
        ClientNumber=engine.client_number,
        BusinessUnit=engine.business_unit,
        ValidationKey=engine.validation_key,
        DataYear=f"{month:%Y}",
        DataMonth=f"{month:%m}",
        CmplDataYear=f"{month:%Y}",
        CmplDataMonth=f"{month:%m}",
        TotalRevenue=sum((row["amount"] for row in rows), start=Decimal(0)),
        ClientTracking=f"{month:%Y-%m}",
        ItemList=[_item(number, row, month) for number, row in enumerate(rows, start=1)],
    )


def _item(number: int, row: Mapping[str, Any], month: date) -> Item:
    """A line as SureTax wants it: calls and services of North America by postal code, others by country (VAT)."""
    by_postal_code = row["country"] in POSTAL_CODE_COUNTRIES
    return Item(
        LineNumber=str(number),
        InvoiceNumber=f"{row['account_id']}{month:%Y%m}".replace("-", ""),
        CustomerNumber=row["account_id"].replace("-", ""),
        TransDate=f"{row['service_to']:%Y-%m-%d}T00:00:00",
        Revenue=row["amount"],
        Units=_units(row),
        Seconds=min(row["billed_s"] or 1, MAX_UNITS),
        TaxSitusRule=SITUS_POSTAL_CODE if by_postal_code else SITUS_VAT_DESTINATION,
        TransTypeCode=row["trans_type"],
        SalesTypeCode=row["sales_type"],
        RegulatoryCode=row["regulatory"],
        TaxExemptionCodeList=list(row["exempt"]),
        CurrencyCode=row["currency"],
        OriginCountryCode=row["country"],
        DestCountryCode=row["country"],
        Address=Address(
            City=row["city"], State=row["state"] or "", PostalCode=row["postal_code"], Country=row["country"]
        ),
    )


def _units(row: Mapping[str, Any]) -> int:
    """Units that bear per-line fees such as 911: lines that are charged, not discounts and credits on them."""
    bears_fees = row["line_fees"] and row["line_kind"] in FEE_KINDS and row["amount"] >= 0
    return min(int(row["quantity"]), MAX_UNITS) if bears_fees else 0


def taxed_charges(answers: DataFrame, lines: DataFrame, month: date) -> DataFrame:
    """Rows of taxed_charges: every charge line once. One refused line holds all lines of its invoice."""
    per_line = answers.groupBy("line_id").agg(
        F.max("error").alias("error"), F.max("tax_batch").alias("tax_batch"), F.sum("tax_amount").alias("tax_amount")
    )
    holds = answers.where("error IS NOT NULL").groupBy("account_id").agg(F.min("error").alias("hold_reason"))
    joined = lines.join(per_line, "line_id", "left").join(F.broadcast(holds), "account_id", "left")
    status = (
        F.when(F.col("hold_reason").isNotNull(), "held")
        .when(F.col("line_kind") == "pass_through", "exempt")
        .when(F.col("tax_batch").isNotNull(), "taxed")
    )
    derived = {
        "billing_month": F.lit(month),
        "status": status,
        "tax_amount": F.when(status == "held", 0).otherwise(F.coalesce("tax_amount", F.lit(0))),
    }
    return _as(joined.select(*_columns(TaxedCharges, derived)), TaxedCharges)


def tax_lines(answers: DataFrame, month: date) -> DataFrame:
    """Rows of tax_lines, as SureTax returned them; invoices that are held have none."""
    held = answers.where("error IS NOT NULL").select("account_id").distinct()
    taxes = answers.where("tax_seq IS NOT NULL").join(F.broadcast(held), "account_id", "left_anti")
    return _as(taxes.select(*_columns(TaxLines, {"billing_month": F.lit(month)})), TaxLines)


def _columns(model: TableModel, derived: Mapping[str, Any]) -> list[Any]:
    return [derived.get(name, F.col(name)).alias(name) for name in spark_schema(model).names]


def _as(frame: DataFrame, model: TableModel) -> DataFrame:
    return frame.select(*[F.col(field.name).cast(field.dataType).alias(field.name) for field in spark_schema(model)])
