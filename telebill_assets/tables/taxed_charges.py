"""taxed_charges and tax_lines: the month's charge lines with what SureTax answered."""

import pandera.polars as pa
import polars as pl

from telebill_assets.tables.currency import CURRENCY
from telebill_assets.tables.table import Table, row_check
from telebill_assets.tables.types import Money, Rate, TaxAmount

TAX_STATUSES = ("taxed", "exempt", "held")
TAX_LEVELS = ("federal", "state", "county", "city", "local", "reporting_agency")


class TaxedCharges(Table):
    """One row per charge line: whether it was taxed, and the sum of its tax lines."""

    billing_month: pl.Date = pa.Field(description="First day of the billing month")
    line_id: pl.String = pa.Field(description="Charge line in rated_usage")
    account_id: pl.String = pa.Field(description="Billed account")
    amount: Money = pa.Field(description="Net amount of the charge line")
    currency: pl.String = pa.Field(**CURRENCY, description="ISO 4217 code")
    status: pl.String = pa.Field(
        isin=TAX_STATUSES, description="taxed; exempt (bears no tax); held (SureTax refused a line of the invoice)"
    )
    hold_reason: pl.String = pa.Field(nullable=True, description="Message of SureTax, on held lines")
    tax_amount: TaxAmount = pa.Field(description="Sum of the line's tax lines as returned")
    tax_batch: pl.String = pa.Field(nullable=True, description="Batch in the exchange log")

    held_with_reason = row_check(
        "held_with_reason", "(status = 'held') = (hold_reason IS NOT NULL)", "held lines, and only they, say why"
    )

    named_by_its_first_day = row_check(
        "named_by_its_first_day", pl.col("billing_month").dt.day() == 1, "the month is its first day"
    )
    only_taxed_lines_bear_tax = row_check(
        "only_taxed_lines_bear_tax", "status = 'taxed' OR tax_amount = 0", "exempt and held lines bear no tax"
    )
    taxed_in_a_batch = row_check(
        "taxed_in_a_batch", "status != 'taxed' OR tax_batch IS NOT NULL", "taxed lines name their batch"
    )

    class Config:
        name = "taxed_charges"
        unique = ["line_id"]
        metadata = {"partition_by": ["billing_month"]}


class TaxLines(Table):
    """Every tax of every charge line, stored as SureTax returned it."""

    billing_month: pl.Date = pa.Field(description="First day of the billing month")
    line_id: pl.String = pa.Field(description="Charge line in rated_usage")
    account_id: pl.String = pa.Field(description="Billed account")
    tax_seq: pl.Int32 = pa.Field(ge=0, description="Position in the answer for the line")
    tax_type: pl.String = pa.Field(str_length={"min_value": 1}, description="TaxTypeCode: level digit and type")
    tax_level: pl.String = pa.Field(isin=TAX_LEVELS, description="Level named by the first digit")
    description: pl.String = pa.Field(description="TaxTypeDesc")
    authority: pl.String = pa.Field(nullable=True, description="TaxAuthorityName")
    region: pl.String = pa.Field(nullable=True, description="StateCode of the group (country for VAT)")
    revenue: TaxAmount = pa.Field(description="Revenue of the item")
    revenue_base: TaxAmount = pa.Field(description="RevenueBase")
    tax_rate: Rate = pa.Field(ge=0, description="TaxRate as a fraction; 0 for fees")
    fee_rate: Rate = pa.Field(ge=0, description="FeeRate per unit; 0 for rates")
    percent_taxable: Rate = pa.Field(ge=0, le=1, description="PercentTaxable as a fraction")
    tax_amount: TaxAmount = pa.Field(description="TaxAmount, six decimals (ResponseType D6)")
    tax_on_tax: TaxAmount = pa.Field(description="TaxOnTax, part of TaxAmount")

    named_by_its_first_day = row_check(
        "named_by_its_first_day", pl.col("billing_month").dt.day() == 1, "the month is its first day"
    )
    tax_on_tax_is_a_part = row_check(
        "tax_on_tax_is_a_part", "abs(tax_on_tax) <= abs(tax_amount)", "tax on tax is a part of the tax"
    )

    class Config:
        name = "tax_lines"
        unique = ["line_id", "tax_seq"]
        metadata = {"partition_by": ["billing_month"]}
