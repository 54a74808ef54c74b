"""The faults that are injected, one a line: what is broken, in which table, how; by the control that must notice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from telebill_assets_tests.integration.audit.healthy_month import DAY, Row

Tamper = Callable[[list[Row]], list[Row]]
Pick = Callable[[Row], bool]


def anything(_: Row) -> bool:
    return True


def drop(pick: Pick = anything) -> Tamper:
    """Lose the first row that is picked."""

    def tamper(rows: list[Row]) -> list[Row]:
        lost = next(i for i, row in enumerate(rows) if pick(row))
        return rows[:lost] + rows[lost + 1 :]

    return tamper


def half(rows: list[Row]) -> list[Row]:
    """Lose half of the rows."""
    return rows[: len(rows) // 2]


def nothing(_: list[Row]) -> list[Row]:
    """Lose all rows."""
    return []


def double(pick: Pick = anything, **changes: Any) -> Tamper:
    """Have the first row that is picked twice, the second time with these changes."""
    return lambda rows: [*rows, next(row for row in rows if pick(row)) | changes]


def add(field: str, amount: Any, pick: Pick = anything) -> Tamper:
    """Add to a field of the first row that is picked."""
    return _change(field, lambda value: value + amount, pick, most=1)


def put(field: str, value: Any, pick: Pick = anything) -> Tamper:
    """Replace a field of the first row that is picked."""
    return _change(field, lambda _: value, pick, most=1)


def each(field: str, to: Callable[[Any], Any], pick: Pick = anything) -> Tamper:
    """Change a field of all rows that are picked."""
    return _change(field, to, pick, most=None)


def put_each(field: str, value: Any, pick: Pick = anything) -> Tamper:
    """Replace a field of all rows that are picked."""
    return _change(field, lambda _: value, pick, most=None)


def _change(field: str, to: Callable[[Any], Any], pick: Pick, most: int | None) -> Tamper:
    def tamper(rows: list[Row]) -> list[Row]:
        chosen = [i for i, row in enumerate(rows) if pick(row)][:most]
        assert chosen
        return [row | {field: to(row[field])} if i in chosen else row for i, row in enumerate(rows)]

    return tamper


def swap(field: str, pick: Pick = anything) -> Tamper:
    """Swap a field between the first row that is picked and the next one that has another value."""

    def tamper(rows: list[Row]) -> list[Row]:
        one = next(i for i, row in enumerate(rows) if pick(row))
        two = next(i for i, row in enumerate(rows) if pick(row) and row[field] != rows[one][field])
        swapped = {one: rows[two][field], two: rows[one][field]}
        return [row | {field: swapped[i]} if i in swapped else row for i, row in enumerate(rows)]

    return tamper


def of(**values: Any) -> Pick:
    return lambda row: all(row[name] == value for name, value in values.items())


def charged(row: Row) -> bool:
    return bool(row["charge"])


def taxed(row: Row) -> bool:
    return bool(row["tax_amount"])


def usage(row: Row) -> bool:
    return row["line_kind"] == "usage" and bool(row["amount"])


def called(row: Row) -> bool:
    return bool(row["caller"])


def long_ago(day: date) -> date:
    return day - timedelta(days=30)


CENT, LEAST, LEAST_TAX = Decimal("0.01"), Decimal("0.0000000001"), Decimal("0.000001")
PRICED = of(stage="daily_aggregates", outcome="priced")
FUTURE = of(stage="validated_usage", reason="future_call")
LANDED = of(status="landed")


@dataclass(frozen=True)
class Fault:
    """One thing that is broken, and where."""

    what: str
    table: str
    tamper: Tamper


# fmt: off
FAULTS: Mapping[str, tuple[Fault, ...]] = {
    "expected_files": (
        Fault("a source sends nothing", "file_register", put_each("source", "sbc-east", of(source="pbx-berlin"))),),
    "file_sequence": (
        Fault("a file of a series is lost", "file_register", drop(of(sequence_nr=2))),),
    "duplicate_files": (
        Fault("most files are sent twice", "file_register", put_each("status", "duplicate", LANDED)),
        Fault("a known name comes with other content", "file_register", put("status", "held")),),
    "trailer_totals": (
        Fault("a trailer declares one more record", "file_register", add("declared_records", 1, LANDED)),
        Fault("a trailer declares other seconds", "file_register", add("declared_s", 1, LANDED)),),
    "duration_plausibility": (
        Fault("a switch never hangs up", "validated_usage", put("talk_s", 80_000)),
        Fault("a switch counts no seconds", "validated_usage", put_each("talk_s", 0)),
        Fault("seconds are taken for tenths", "validated_usage", each("talk_s", lambda s: s * 10)),),
    "late_arrivals": (
        Fault("old calls arrive at once", "validated_usage", each("call_date", long_ago)),),
    "time_plausibility": (
        Fault("a source's clock is wrong", "ledger", each("records", lambda n: n * 100, FUTURE)),),
    "similar_calls": (
        Fault("a call is recorded by two systems", "validated_usage", double(called, record_key="2", path="2")),),
    "rerate_sample": (
        Fault("a call's charge is changed", "priced", add("charge", LEAST, charged)),
        Fault("a call's duration is changed after pricing", "priced", add("talk_s", 600, charged)),
        Fault("a call bills other increments", "priced", add("billed_s", 1, charged)),
        Fault("a call is priced by another plan", "priced", swap("plan_id", charged)),
        Fault("a call without rate is given away", "priced", put("unpriced", None, of(unpriced="no_rate"))),
        Fault("a call is put on an account without a plan", "priced", put("account_id", "NOBODY", charged)),
        Fault("rates are changed after pricing", "rates", each("rate", lambda r: r + CENT)),
        Fault("increments are changed after pricing", "rates", each("increment_s", lambda s: s + 7)),
        Fault("rounding is changed after pricing", "plans", put_each("rounding_decimals", 0)),
        Fault("prefixes lead elsewhere", "destinations", put_each("destination", "elsewhere")),),
    "known_services": (
        Fault("calls are billed to another account", "daily_aggregates", swap("account_id")),
        Fault("services ended before their calls", "services", put_each("valid_to", date(2020, 1, 1))),),
    "plan_overlaps": (
        Fault("an account gets a second plan", "subscriptions", double(of(valid_to=None), valid_from=DAY)),),
    "plan_coverage": (
        Fault("plans of accounts are lost", "subscriptions", half),),
    "rate_coverage": (
        Fault("rates are lost", "rates", half),),
    "zero_rated": (
        Fault("a rate deck becomes free", "daily_aggregates", put_each("charge", Decimal(0))),),
    "volume": (
        Fault("half of the calls are lost", "ledger", each("records", lambda n: n // 2, PRICED)),
        Fault("charges double overnight", "ledger", each("amount", lambda a: a * 2, PRICED)),),
    "suspense_age": (
        Fault("suspense is forgotten", "suspended_usage", each("landing_day", long_ago)),),
    "aggregates_unchanged": (
        Fault("an aggregate is lost", "daily_aggregates", drop()),
        Fault("an aggregate is doubled", "daily_aggregates", double()),
        Fault("an aggregate's seconds are changed", "daily_aggregates", add("talk_s", 1)),
        Fault("an aggregate's charge is changed", "daily_aggregates", add("charge", LEAST)),
        Fault("an aggregate's currency is changed", "daily_aggregates", put("currency", "CHF")),),
    "accounts_balance": (
        Fault("two accounts' usage is swapped", "rated_usage", swap("account_id", usage)),
        Fault("a usage line is lost", "rated_usage", drop(usage)),
        Fault("a usage line charges more", "rated_usage", add("exact_amount", LEAST, usage)),),
    "unused_services": (
        Fault("services fall silent", "daily_aggregates", nothing),),
    "charge_lines_unchanged": (
        Fault("a charge line is lost", "rated_usage", drop(of(line_kind="recurring"))),
        Fault("a charge line is doubled", "rated_usage", double(of(line_kind="one_off"))),
        Fault("a charge line's currency is changed", "rated_usage", put("currency", "CHF")),),
    "tax_coverage": (
        Fault("a line has no tax decision", "taxed_charges", drop(of(status="taxed"))),
        Fault("a taxable line is called exempt", "taxed_charges", put("status", "exempt", of(status="taxed"))),
        Fault("accounts lose their postal code", "accounts", put_each("postal_code", "", of(country="US"))),
        Fault("products lose their tax code", "products", put_each("trans_type", None, of(category="usage"))),),
    "taxed_lines_agree": (
        Fault("two accounts' taxed lines are swapped", "taxed_charges", swap("account_id")),
        Fault("a taxed amount is changed", "taxed_charges", add("amount", CENT)),
        Fault("a taxed line's currency is changed", "taxed_charges", put("currency", "CHF")),),
    "tax_lines_agree": (
        Fault("a tax line is lost", "tax_lines", drop(taxed)),
        Fault("a tax line is doubled", "tax_lines", double(taxed)),
        Fault("a tax is changed", "tax_lines", add("tax_amount", LEAST_TAX)),
        Fault("a tax is put on another account", "tax_lines", swap("account_id", taxed)),),
    "bill_run_complete": (
        Fault("an account is not billed", "invoices", drop()),
        Fault("an account is billed twice", "invoices", double()),
        Fault("an invoice goes to nobody we know", "invoices", put("account_id", "NOBODY")),),
    "invoices_foot": (
        Fault("an invoice line is lost", "invoice_lines", drop(usage)),
        Fault("an invoice's tax is changed", "invoice_taxes", add("amount", CENT)),
        Fault("an invoice asks for more", "invoices", add("payable", CENT)),),
}
"""By the control that must notice. The control looks at the tables that its stage reads and writes."""
# fmt: on


@dataclass(frozen=True)
class PublishedFault:
    """A partition that was published with a fault, the job that runs next, and the check that holds it."""

    fault: Fault
    job: str
    caught_by: str


# fmt: off
PUBLISHED = (
    PublishedFault(Fault("a record is lost", "raw_cdr", drop()), "validated_usage", "records_balance"),
    PublishedFault(Fault("a second more", "validated_usage", add("talk_s", 1)), "daily_aggregates", "calls_balance"),
    PublishedFault(Fault("a call is doubled", "validated_usage", double()), "daily_aggregates", "calls_balance"),
    PublishedFault(Fault("a day is stale", "daily_aggregates", nothing), "rated_usage", "aggregates_unchanged"),
    PublishedFault(Fault("accounts are swapped", "rated_usage", swap("account_id")), "invoices", "taxed_lines_agree"),
    PublishedFault(Fault("a tax line is lost", "tax_lines", drop(taxed)), "invoices", "tax_lines_agree"),
)
"""The next stage runs as a whole, and must publish nothing."""

IN_DATABASE = (
    ("an invoice is put on another account", "UPDATE invoice SET account_id = account_id || 'X'", "invoices_frozen"),
    ("invoices are lost", "DELETE FROM invoice WHERE invoice_number LIKE '%1'", "invoices_frozen"),
    ("lines are changed", "UPDATE invoice_line SET amount = amount + 0.01 WHERE number = 1", "gl_totals"),
    ("lines are lost", "DELETE FROM invoice_line WHERE number = 1", "gl_totals"),
    ("taxes are posted as others", "UPDATE invoice_tax SET tax_type = '999' WHERE number = 1", "gl_totals"),
    ("lines are posted as others", "UPDATE invoice_line SET product = 'other' WHERE number = 1", "gl_totals"),
)
"""What is done to final invoices behind the back of the triggers that freeze them."""
# fmt: on
