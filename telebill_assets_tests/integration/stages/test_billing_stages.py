"""taxed_charges and invoices one after the other: a month of a few accounts, on any number of cores."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from pydantic import SecretStr

from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.runner import job_context
from telebill_assets.database.server import connect
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.stages.invoices import job as invoices
from telebill_assets.stages.taxed_charges import job as taxed_charges
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.table import from_rows
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets.taxation.sandbox.server import running_sandbox
from telebill_assets_tests.support.in_process import InProcess

ADDRESS = {"name": "N", "street": "S 1", "city": "Town", "postal_code": "78701", "sales_type": "B", "exemptions": "00"}
USUAL = {"seller_id": "NLT", "locale": "en_US", "language": "en", "time_zone": "UTC", "currency": "USD", **ADDRESS}
ACCOUNTS = [
    {"account_id": f"{country}{number}", "country": country, "state": state, "call_detail": "none", **USUAL}
    for country, state, count in (("DE", None, 4), ("US", "TX", 4), ("XX", None, 1))
    for number in range(count)
]
PRODUCTS = [
    {"product": "service", "name": "S", "category": "one_off", "trans_type": "990101", "regulatory": "99"},
    {"product": "licence", "name": "L", "category": "pass_through", "trans_type": "999999", "regulatory": "99"},
]
SELLER = {"seller_id": "NLT", "invoice_layout": "telecom", "invoice_date": "month_end", "payment_days": 14}
SELLER |= {"name": "N", "street": "S", "city": "C", "postal_code": "1", "country": "US", "phone": "1", "email": "a@b"}


class Cores(InProcess):
    """A cluster of so many cores."""

    def __init__(self, settings: Settings, cores: int) -> None:
        super().__init__(settings)
        self._cores = cores

    @property
    def cores(self) -> int:
        return self._cores


def charge(account: str, number: int, month: date) -> dict:
    amount = Decimal(number * 7 + len(account)) / 4
    kind = ("one_off", "service") if number % 3 else ("pass_through", "licence")
    return {
        "billing_month": month,
        "account_id": account,
        "line_id": f"{account}-{number}",
        "line_kind": kind[0],
        "product": kind[1],
        "description": "Service",
        "quantity": Decimal(1),
        "unit": "pcs",
        "exact_amount": amount,
        "amount": amount,
        "currency": "USD",
        "service_from": month,
        "service_to": month,
    }


@pytest.fixture
def operator(tmp_path, url):
    """Runs a job of a month on so many cores, in a lake of its own."""
    with running_sandbox() as sandbox:
        settings = Settings(home=tmp_path, database_url=SecretStr(url), suretax_url=sandbox, suretax_batch_lines=4)
        yield Operator(settings, Lake.open(settings))


class Operator:
    """Somebody who publishes a month's charge lines and bills them."""

    def __init__(self, settings: Settings, lake: Lake) -> None:
        self.settings, self.lake = settings, lake
        for model, rows in ((Accounts, ACCOUNTS), (Products, PRODUCTS), (Sellers, [SELLER])):
            self.publish(model, from_rows([{"line_fees": False, **row} for row in rows], model))

    def publish(self, model, frame: pl.DataFrame, **partition) -> None:
        self.lake.publish(self.lake.stage_frame(frame, model, "given", **partition), "1")

    def rate(self, month: date, lines: int = 3) -> None:
        rows = [charge(account["account_id"], number, month) for account in ACCOUNTS for number in range(lines)]
        rated = from_rows(rows, RatedUsage)
        self.publish(RatedUsage, rated, billing_month=month)
        counted = rated.group_by("currency", outcome="line_kind").agg(
            records=pl.len(), amount=pl.col("exact_amount").sum()
        )
        self.publish(Ledger, ledger_rows(counted, "rated_usage", month), period=month, stage="rated_usage")

    def run(self, job, month: date, cores: int):
        request = JobRequest(job=job.STAGE, partition=month, run_id=f"{job.STAGE}-{cores}", code_version="1")
        return job.run(job_context(request, self.settings, Cores(self.settings, cores)))

    def taxed(self, month: date) -> tuple[pl.DataFrame, pl.DataFrame]:
        charges, taxes = (self.lake.frame(model, billing_month=month) for model in (TaxedCharges, TaxLines))
        return charges.sort("line_id"), taxes.sort("line_id", "tax_seq")


def checks(report) -> dict[str, bool]:
    return {check.name: check.passed for check in report.checks}


def test_a_month_is_billed_the_same_on_any_number_of_cores(operator, url):
    month = date(2021, 1, 1)
    operator.rate(month)
    alone = operator.run(taxed_charges, month, cores=1)
    assert all(checks(alone).values())
    assert alone.published
    assert alone.figures == {"tax_lines": "24", "held_lines": "3"}
    before = operator.taxed(month)
    assert before[0]["tax_batch"].n_unique() - 1 == len(exchanges(url, month)) == 5  # lines that are not sent have none
    many = operator.run(taxed_charges, month, cores=7)
    assert many.published
    for one, other in zip(before, operator.taxed(month), strict=True):
        assert one.equals(other)
    assert len(exchanges(url, month)) == 5

    first = operator.run(invoices, month, cores=3)
    assert first.published, [check for check in first.checks if not check.passed]
    assert first.figures == {"invoices": "8"}
    complete = next(check for check in first.checks if check.name == "bill_run_complete")
    assert complete.figure == "9 accounts = 8 invoiced + 1 held + 0 without charges"
    again = operator.run(invoices, month, cores=1)
    assert (again.published, again.breakdown) == (True, first.breakdown)
    assert staged(url) == 0


def test_lines_that_changed_since_they_were_taxed_are_not_invoiced(operator, url):
    month = date(2021, 2, 1)
    operator.rate(month)
    assert operator.run(taxed_charges, month, cores=2).published
    operator.rate(month, lines=4)
    report = operator.run(invoices, month, cores=2)
    assert not report.published
    assert not checks(report)["charges_current"]
    assert not checks(report)["taxed_lines_agree"]
    assert "invoices_frozen" not in checks(report)
    assert staged(url) == 0
    with connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM invoice WHERE billing_month = %s", [month]).fetchone() == (0,)


def exchanges(url, month) -> list[tuple]:
    with connect(url) as connection:
        return connection.execute("SELECT stan FROM suretax_exchange WHERE billing_month = %s", [month]).fetchall()


def staged(url) -> int:
    with connect(url) as connection:
        return connection.execute("SELECT count(*) FROM staged_invoice_line").fetchone()[0]
