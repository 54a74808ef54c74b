"""Assembly: charge lines and taxes become one invoice per account, as frames of invoices, lines and taxes."""

from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

MONEY = "decimal(18,2)"
KIND_ORDER = ("usage", "allowance", "tier", "adjustment", "recurring", "one_off", "discount", "minimum", "pass_through")
SELLER = ("name", "street", "city", "state", "postal_code", "country", "phone", "email", "tax_number", "iban", "clerk")
CUSTOMER = ("name", "attention", "street", "city", "state", "postal_code", "country")
TAX_KEYS = ("level", "tax_type", "description", "authority", "region", "rate", "fee_rate")


@dataclass(frozen=True)
class Assembly:
    """A month's invoices, without numbers; `holds` are the accounts that get none, with the reason."""

    invoices: DataFrame
    lines: DataFrame
    taxes: DataFrame
    holds: DataFrame

    def persist(self) -> "Assembly":
        """Keep the frames, which are used several times."""
        return Assembly(self.invoices.persist(), self.lines.persist(), self.taxes.persist(), self.holds.persist())

    def unpersist(self) -> None:
        """Forget them."""
        for frame in (self.invoices, self.lines, self.taxes, self.holds):
            frame.unpersist()


def assemble(
    rated: DataFrame,
    taxed: DataFrame,
    tax_lines: DataFrame,
    accounts: DataFrame,
    sellers: DataFrame,
    *,
    month: date,
) -> Assembly:
    """One invoice per account that has charge lines and none of them held.

    Args:
        rated: rated_usage of the month.
        taxed: taxed_charges of the month.
        tax_lines: tax_lines of the month.
        accounts: the accounts, for the customer block and locale.
        sellers: the sellers, for the seller block and dates.
        month: first day of the billing month.

    Returns:
        Frames of the database's columns. Each tax of an invoice is the sum of its tax lines, rounded half-up once;
        the amount payable is the sum of rounded parts.
    """
    held = taxed.where("status = 'held'").groupBy("account_id").agg(F.min("hold_reason").alias("reason"))
    billed = rated.join(F.broadcast(held), "account_id", "left_anti").withColumn("invoice_id", _invoice_id(month))
    lines = _lines(billed)
    taxes = _taxes(tax_lines.join(F.broadcast(held), "account_id", "left_anti"), month)
    totals = _totals(billed, taxes, month)
    invoices = _with_parties(totals, accounts, sellers, month)
    return Assembly(_with_content_hash(invoices, lines, taxes), lines, taxes, held)


def _invoice_id(month: date) -> Column:
    return F.concat(F.lit(f"{month:%Y-%m}-"), F.col("account_id"))


def _lines(billed: DataFrame) -> DataFrame:
    """Lines in the order of the invoice: by kind, then by what they charge for."""
    kind = F.array_position(F.lit(list(KIND_ORDER)), F.col("line_kind"))
    in_order = Window.partitionBy("invoice_id").orderBy(kind, "product", "line_id")
    return billed.select(
        "invoice_id",
        F.row_number().over(in_order).alias("number"),
        *("line_id", "line_kind", "product", "description", "article_nr", "destination", "jurisdiction"),
        *("calls", "talk_s", "billed_s", "quantity", "unit", "unit_price", "amount", "service_from", "service_to"),
    )


def _taxes(tax_lines: DataFrame, month: date) -> DataFrame:
    named = tax_lines.select(
        _invoice_id(month).alias("invoice_id"),
        F.col("tax_level").alias("level"),
        *("tax_type", "description", "authority", "region"),
        F.col("tax_rate").alias("rate"),
        *("fee_rate", "revenue_base", "tax_amount"),
    )
    summed = named.groupBy("invoice_id", *TAX_KEYS).agg(
        F.round(F.sum("revenue_base"), 2).cast(MONEY).alias("base"),
        F.round(F.sum("tax_amount"), 2).cast(MONEY).alias("amount"),
    )
    in_order = Window.partitionBy("invoice_id").orderBy(
        "tax_type", "description", "region", "rate", "fee_rate", "authority"
    )
    return summed.withColumn("number", F.row_number().over(in_order)).select(
        "invoice_id", "number", *TAX_KEYS, "base", "amount"
    )


def _totals(billed: DataFrame, taxes: DataFrame, month: date) -> DataFrame:
    """Sums per invoice. Its period is that of its own charges; adjustments are of months billed before."""
    own = F.col("line_kind") != "adjustment"
    passed_through = F.col("line_kind") == "pass_through"
    zero = F.lit(0).cast(MONEY)
    charged = billed.groupBy("invoice_id", "account_id", "currency").agg(
        F.sum(F.when(passed_through, zero).otherwise(F.col("amount"))).cast(MONEY).alias("net"),
        F.sum(F.when(passed_through, F.col("amount")).otherwise(zero)).cast(MONEY).alias("pass_through"),
        F.coalesce(F.min(F.when(own, F.col("service_from"))), F.lit(month)).alias("service_from"),
        F.coalesce(F.max(F.when(own, F.col("service_to"))), F.last_day(F.lit(month))).alias("service_to"),
    )
    tax = taxes.groupBy("invoice_id").agg(F.sum("amount").alias("tax"))
    return (
        charged.join(tax, "invoice_id", "left")
        .withColumn("tax", F.coalesce("tax", zero).cast(MONEY))
        .withColumn("payable", (F.col("net") + F.col("tax") + F.col("pass_through")).cast(MONEY))
    )


def _with_parties(totals: DataFrame, accounts: DataFrame, sellers: DataFrame, month: date) -> DataFrame:
    customer = F.to_json(F.struct(*CUSTOMER, F.col("vat_id").alias("tax_number")))
    buyers = accounts.select(
        *("account_id", "seller_id", "locale", "language", "call_detail"), customer.alias("customer")
    )
    issuers = sellers.select(
        *("seller_id", "invoice_date", "payment_days"),
        F.col("invoice_layout").alias("layout"),
        F.to_json(F.struct(*SELLER)).alias("seller"),
    ).withColumnRenamed("invoice_date", "date_rule")
    month_end = F.add_months(F.lit(month), 1)
    issued = F.when(F.col("date_rule") == "last_charge", F.col("service_to")).otherwise(month_end)
    return (
        totals.join(F.broadcast(buyers), "account_id")
        .join(F.broadcast(issuers), "seller_id")
        .withColumn("billing_month", F.lit(month))
        .withColumn("invoice_date", issued)
        .withColumn("due_date", F.date_add("invoice_date", F.col("payment_days")))
        .drop("date_rule", "payment_days")
    )


def _with_content_hash(invoices: DataFrame, lines: DataFrame, taxes: DataFrame) -> DataFrame:
    """SHA-256 of everything the invoice says, so that the same month run again is recognised."""
    parts = [_content(lines, "lines"), _content(taxes, "taxes")]
    whole = reduce(lambda left, right: left.join(right, "invoice_id", "left"), parts, invoices)
    said = F.to_json(F.struct(*sorted(invoices.columns), "lines", "taxes"))
    return whole.withColumn("content_hash", F.sha2(said, 256)).drop("lines", "taxes")


def _content(rows: DataFrame, name: str) -> DataFrame:
    row = F.struct("number", *[column for column in rows.columns if column not in {"invoice_id", "number"}])
    return rows.groupBy("invoice_id").agg(F.array_sort(F.collect_list(row)).alias(name))
