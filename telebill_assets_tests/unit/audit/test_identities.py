"""The ledger's identities hold per file, so errors of the same size in two files do not hide each other."""

from datetime import date
from decimal import Decimal

from telebill_assets.audit.identities import CALLS, CHARGES, RECORDS, differing, identity_balance, identity_check
from telebill_assets.audit.ledger import count
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.table import from_rows

DAY = date(2020, 4, 1)


def ledger_of(*rows):
    return from_rows(rows, Ledger)


def row(stage, outcome, records, talk_s, path="a.csv", **more):
    return {
        "period": DAY,
        "stage": stage,
        "outcome": outcome,
        "records": records,
        "talk_s": talk_s,
        "path": path,
    } | more


def test_two_files_whose_errors_cancel_out_are_both_named():
    ledger = ledger_of(
        row("raw_cdr", "received", 10, 600),
        row("raw_cdr", "received", 10, 600, "b.csv"),
        row("validated_usage", "validated", 9, 600),
        row("validated_usage", "validated", 11, 600, "b.csv"),
    )
    assert identity_balance(count(ledger), RECORDS).passed
    check = identity_check(ledger, RECORDS, "every_file_settled", "each file")
    assert not check.passed
    assert check.failures == {"records": 2}
    assert check.samples == [
        "2020-04-01, a.csv: records: received 10, validated + suspended + duplicate + non_billable 9",
        "2020-04-01, b.csv: records: received 10, validated + suspended + duplicate + non_billable 11",
    ]


def test_seconds_must_agree_as_records_do():
    ledger = ledger_of(
        row("validated_usage", "validated", 3, 61),
        row("daily_aggregates", "priced", 2, 60, currency="EUR"),
        row("daily_aggregates", "suspended", 1, 0, reason="no_rate"),
    )
    check = identity_check(ledger, CALLS, "every_file_priced", "each file")
    assert check.samples == ["2020-04-01, a.csv: talk_s: validated 61, priced + suspended 60"]


def test_an_amount_is_compared_to_the_last_decimal_in_its_currency():
    amounts = {"EUR": ("0.10", "0.1000000001"), "USD": ("7", "7")}
    ledger = ledger_of(
        *(
            row(stage, outcome, 1, 60, path, currency=currency, billed_s=60, amount=Decimal(amount))
            for currency, pair in amounts.items()
            for amount, (stage, outcome, path) in zip(
                pair, (("daily_aggregates", "priced", "a.csv"), ("rated_usage", "usage", None)), strict=True
            )
        ),
    )
    assert [found["currency"] for found in differing(ledger, CHARGES).iter_rows(named=True)] == ["EUR"]
