"""A small operator whose days and months are run by the real jobs, on calls and rates of the test."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.compute.runner import job_context
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.stages.road import STAGES
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.destinations import Destinations
from telebill_assets.tables.reference.plans import PlanBands, Plans
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.reference.rates import Rates
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.reference.subscriptions import Subscriptions
from telebill_assets.tables.registry import REFERENCE_TABLES
from telebill_assets.tables.table import TableModel, from_rows
from telebill_assets.tables.validated_usage import ValidatedUsage
from telebill_assets_tests.support.in_process import InProcess

US, UK, SATELLITE = "+15125550100", "+442079460000", "+870773111000"
CHARGED = ("account_id", "destination", "charge")
LONG_AGO = date(2019, 1, 1)
ADDRESS = {"street": "Way 1", "city": "Town", "postal_code": "10115", "country": "DE"}
ACCOUNT = {
    "seller_id": "NLT",
    "name": "Customer",
    "locale": "en_US",
    "language": "en",
    "time_zone": "UTC",
    "currency": "EUR",
    "sales_type": "B",
    "exemptions": "00",
    "call_detail": "none",
    **ADDRESS,
}
SELLER = {
    "seller_id": "NLT",
    "name": "Seller",
    "phone": "1",
    "email": "a@example.org",
    "invoice_layout": "telecom",
    "invoice_date": "month_end",
    "payment_days": 14,
    **ADDRESS,
}
PLAN = {"plan_id": "P", "name": "P", "currency": "EUR", "rate_deck": "D", "rounding_method": "half_up"}
PLAN |= {"rounding_decimals": 4, "rounding_point": "call"}
BAND = {"plan_id": "P", "band": "any", "days": "1234567", "start_s": 0, "end_s": 86_400, "weight": 0}


@dataclass(frozen=True)
class Call:
    """A call of the account's only service."""

    account: str
    callee: str
    talk_s: int


@dataclass
class TestOperator:
    """Days are landed with validated calls; the published tariff is a price a minute by destination."""

    __test__ = False

    settings: Settings
    runs: int = field(default=0, init=False)

    @property
    def cluster(self) -> InProcess:
        return InProcess(self.settings)

    @property
    def lake(self) -> Lake:
        return Lake.open(self.settings)

    def publish(self, model: TableModel, *rows: dict[str, Any], **partition: Any) -> None:
        self.runs += 1
        staged = self.lake.stage_frame(from_rows(rows, model), model, f"test-{self.runs}", **partition)
        self.lake.publish(staged, "1.0")

    def publish_reference(self, **minute_prices: str) -> None:
        """Accounts A and B on one plan; destinations without a price have no rate."""
        for model in REFERENCE_TABLES:
            self.publish(model, *REFERENCE.get(model, ()))
        self.publish_rates(**minute_prices)

    def publish_rates(self, **minute_prices: str) -> None:
        """Make these prices a minute the published ones."""
        self.publish(Rates, *[_rate(destination, price) for destination, price in minute_prices.items()])

    def validate(self, day: date, *calls: Call) -> None:
        """Publish a day's validated calls, as validated_usage does."""
        path = f"switch/{day}/one.csv"
        place = {"landing_day": day, "path": path, "file_id": "f" * 64, "source": "switch"}
        lines = list(enumerate(calls, start=1))
        raw = [{**place, "line": line, "layout": "l", "raw": "text", "leg_kind": "call"} for line, _ in lines]
        self.publish(RawCdr, *raw, landing_day=day)
        usable = [{**place, "line": line, **_validated(day, line, call)} for line, call in lines]
        self.publish(ValidatedUsage, *usable, landing_day=day)
        counts = {"period": day, "path": path, "source": "switch", "records": len(calls)}
        counts["talk_s"] = sum(call.talk_s for call in calls)
        for stage, outcome in (("raw_cdr", "received"), ("validated_usage", "validated")):
            self.publish(Ledger, {**counts, "stage": stage, "outcome": outcome}, period=day, stage=stage)

    def land(self, day: date, *calls: Call) -> None:
        """Publish a day's validated calls and its aggregates."""
        self.validate(day, *calls)
        report = self.run("daily_aggregates", day)
        assert report.published, report.checks

    def fill(self, month: date) -> None:
        """The other days of the month have no calls."""
        landed = {partition["landing_day"] for partition in self.lake.published_partitions(DailyAggregates)}
        for day in days_of_month(month):
            if day not in landed:
                self.publish(DailyAggregates, landing_day=day)

    def bill(self, month: date) -> list[JobReport]:
        """Rate, tax and invoice a month."""
        return [self.run(job, month) for job in ("rated_usage", "taxed_charges", "invoices")]

    def run(self, job: str, partition: date) -> JobReport:
        self.runs += 1
        request = JobRequest(job=job, partition=partition, run_id=f"run-{self.runs}", code_version="1.0")
        return STAGES[job].run(job_context(request, self.settings, self.cluster))

    def charges(self, day: date) -> dict[tuple[str, str], Decimal]:
        """Published charge of a day by account and destination."""
        rows = self.lake.frame(DailyAggregates, landing_day=day)
        return {(account, destination): charge for account, destination, charge in rows.select(CHARGED).iter_rows()}

    def ledger(self, day: date) -> dict[tuple[str, str | None], tuple[int, Decimal]]:
        """Records and amount of a day's pricing by outcome and reason."""
        found: dict[tuple[str, str | None], tuple[int, Decimal]] = {}
        for row in self.lake.frame(Ledger, period=day, stage="daily_aggregates").iter_rows(named=True):
            records, amount = found.get((row["outcome"], row["reason"]), (0, Decimal(0)))
            key = (row["outcome"], row["reason"])
            found[key] = (records + row["records"], amount + (row["amount"] or 0))
        return found


REFERENCE: dict[TableModel, list[dict[str, Any]]] = {
    Accounts: [{"account_id": account, **ACCOUNT} for account in "AB"],
    Sellers: [SELLER],
    Plans: [PLAN],
    PlanBands: [BAND],
    Subscriptions: [
        {"account_id": account, "plan_id": "P", "quantity": Decimal(1), "valid_from": LONG_AGO} for account in "AB"
    ],
    Destinations: [
        {"prefix": prefix, "destination": name, "name": name.upper(), "country": "GB", "destination_group": "all"}
        for prefix, name in (("1", "us"), ("44", "uk"), ("870", "sat"))
    ],
    Services: [
        {"source": "*", "service_key": account, "account_id": account, "service_id": "S", "valid_from": LONG_AGO}
        for account in "AB"
    ],
    Products: [
        {"product": "usage_international", "name": "Calls", "category": "usage"}
        | {"trans_type": "990101", "regulatory": "99", "line_fees": False}
    ],
}


def _rate(destination: str, price: str) -> dict[str, Any]:
    wild = dict.fromkeys(("jurisdiction", "direction", "band"), "*")
    group = {"from_s": 0, "connect_fee": Decimal(0), "rate": Decimal(price), "unit_s": 60, "increment_s": 60}
    return {"rate_deck": "D", "destination": destination, **wild, "valid_from": LONG_AGO, **group}


def _validated(day: date, line: int, call: Call) -> dict[str, Any]:
    start = datetime.combine(day, time(10), UTC)
    end = start + timedelta(seconds=call.talk_s)
    return {
        "record_key": f"{day}-{line}",
        "account_id": call.account,
        "service_id": "S",
        "direction": "outbound",
        "callee": call.callee,
        "start_at": start,
        "answer_at": start,
        "end_at": end,
        "local_start": start.replace(tzinfo=None),
        "call_date": day,
        "talk_s": call.talk_s,
        "jurisdiction": "international",
        "usage_type": "voice",
        "units": 1,
    }
