"""Re-rating days of an open month, against amounts worked out by hand. Every call is charged by whole minutes."""

from datetime import date
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from telebill_assets.errors import InvalidInputError
from telebill_assets.lake.lake import Lake
from telebill_assets.rerating.approve import ApprovalRefusedError, approve
from telebill_assets.rerating.commands import app
from telebill_assets.rerating.proposal import find
from telebill_assets.rerating.propose import RerateHeldError, propose
from telebill_assets.rerating.scope import Scope
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rerate_differences import RerateDifferences
from telebill_assets.tables.rerate_register import PUBLISHED
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets_tests.integration.rerating.operator import SATELLITE, UK, US, Call

DAY = date(2021, 1, 4)
CALLS = (Call("A", US, 60), Call("A", UK, 61), Call("B", US, 120), Call("B", SATELLITE, 30))
"""At 0.10 and 0.30 a minute: 0.10, 0.60, 0.20; no rate for the satellite."""
UK_ROW = "2021-01 A uk 1 120 0.60 1.00 0.40 0.40 EUR"
BEFORE = {("A", "us"): Decimal("0.10"), ("A", "uk"): Decimal("0.60"), ("B", "us"): Decimal("0.20")}


@pytest.fixture
def landed(operator):
    operator.land(DAY, *CALLS)
    assert operator.charges(DAY) == BEFORE
    return operator


def rerate(operator, **filters):
    found = propose(operator.settings, operator.cluster, Scope(DAY, DAY, **filters))
    differences = {
        (row["account_id"], row["destination"]): (
            *(row["calls_before"], row["calls_after"]),
            *(row[name].normalize() for name in ("charge_before", "charge_after", "lines_before", "lines_after")),
        )
        for row in operator.lake.frame(RerateDifferences, proposal=found.proposal).to_dicts()
    }
    return found, differences


def command(operator, monkeypatch, *arguments: str) -> list[str]:
    """Lines that `telebill rerate` prints, run on the operator's home."""
    monkeypatch.setenv("TELEBILL_HOME", str(operator.settings.home))
    monkeypatch.setenv("TELEBILL_DATABASE_URL", operator.settings.database_url.get_secret_value())
    done = CliRunner().invoke(app, ["--days", f"{DAY}", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout.splitlines()


def decimals(*texts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(text) for text in texts)


def test_a_rate_change_is_shown_and_published_once_on_approval(landed):
    landed.publish_rates(us="0.10", uk="0.25")
    found, differences = rerate(landed)
    assert differences == {("A", "uk"): (1, 1, *decimals("0.6", "0.5", "0.6", "0.5"))}
    assert landed.charges(DAY) == BEFORE
    published, _ = approve(landed.settings, found.proposal, "Ann", "deck of January")
    assert landed.charges(DAY) == BEFORE | {("A", "uk"): Decimal("0.50")}
    assert landed.ledger(DAY) == {("priced", None): (3, Decimal("0.80")), ("suspended", "no_rate"): (1, Decimal(0))}
    kept = find(landed.lake, found.proposal)
    assert (kept.status, kept.approved_by, kept.reason) == (PUBLISHED, "Ann", "deck of January")
    assert kept == published
    with pytest.raises(ApprovalRefusedError, match="was approved by Ann"):
        approve(landed.settings, found.proposal, "Bob", "again")
    again, differences = rerate(landed)
    assert (differences, again.details.parts) == ({}, ())
    with pytest.raises(ApprovalRefusedError, match="changes nothing"):
        approve(landed.settings, again.proposal, "Ann", "none")


def test_only_the_account_or_the_destination_changes(landed, monkeypatch):
    """UK at 0.50 is 1.00 for two minutes; then B's two minutes to the US at 0.20 are 0.40, and A's stay at 0.10."""
    from telebill_assets.assets.rated_usage import unready_days  # Dagster takes seconds to import

    from telebill_assets.operate import instance_of

    landed.publish_rates(us="0.20", uk="0.50")
    said = command(landed, monkeypatch, "--destination", "uk", "--approve", "Ann", "--reason", "UK's price")
    assert UK_ROW in [" ".join(line.replace("│", " ").split()) for line in said]
    assert said[-1].endswith("approved by Ann: UK's price")
    with instance_of(landed.settings) as instance:
        assert unready_days(instance, [f"{DAY}"]) == {}
    expected = BEFORE | {("A", "uk"): Decimal("1.00")}
    assert landed.charges(DAY) == expected
    assert landed.ledger(DAY)["priced", None] == (3, Decimal("1.30"))
    command(landed, monkeypatch, "--account", "B", "--approve", "Ann", "--reason", "B's price")
    assert landed.charges(DAY) == expected | {("B", "us"): Decimal("0.40")}
    assert landed.ledger(DAY)["priced", None] == (3, Decimal("1.50"))


def test_calls_leave_and_enter_suspense_with_their_rate(landed):
    """The satellite call gets a rate (filtered by account); then the call to the UK loses its own (by destination)."""
    landed.publish_rates(us="0.10", uk="0.30", sat="2.00")
    found, differences = rerate(landed, account="B")
    assert differences == {("B", "sat"): (0, 1, *decimals("0", "2", "0", "2"))}
    approve(landed.settings, found.proposal, "Ann", "satellite rate")
    assert landed.charges(DAY) == BEFORE | {("B", "sat"): Decimal("2.00")}
    assert landed.lake.frame(SuspendedUsage, landing_day=DAY).is_empty()
    assert landed.ledger(DAY) == {("priced", None): (4, Decimal("2.90"))}
    landed.publish_rates(us="0.10", sat="2.00")
    found, differences = rerate(landed, destination="uk")
    assert differences == {("A", "uk"): (1, 0, *decimals("0.6", "0", "0.6", "0"))}
    approve(landed.settings, found.proposal, "Ann", "no UK contract")
    suspended = landed.lake.frame(SuspendedUsage, landing_day=DAY).to_dicts()
    assert [(row["line"], row["reason"], row["raw"]) for row in suspended] == [(2, "no_rate", "text")]
    assert landed.ledger(DAY) == {("priced", None): (3, Decimal("2.30")), ("suspended", "no_rate"): (1, Decimal(0))}
    by_file = landed.lake.frame(Ledger, period=DAY, stage="daily_aggregates").to_dicts()
    assert {row["outcome"]: row["records"] for row in by_file if row["path"]} == {"priced": 3, "suspended": 1}


def test_what_was_computed_from_other_inputs_is_refused(landed):
    landed.publish_rates(us="0.10", uk="0.25")
    found, _ = rerate(landed)
    landed.publish_rates(us="0.10", uk="0.20")
    landed.validate(DAY, *CALLS[:2])
    with pytest.raises(ApprovalRefusedError, match=f"validated_usage landing_day={DAY}, rates"):
        approve(landed.settings, found.proposal, "Ann", "too late")
    assert landed.charges(DAY) == BEFORE
    with pytest.raises(RerateHeldError, match="calls_balance failed: records: validated 2 ≠ priced 3"):
        rerate(landed, destination="uk")  # two calls of the day are not validated any more


def test_an_interrupted_approval_is_finished_by_approving_again(landed, monkeypatch):
    landed.publish_rates(us="0.10", uk="0.25")
    found, _ = rerate(landed)
    publish = Lake.publish

    def stop_after_the_aggregates(lake, staged, code_version):
        if staged.model is SuspendedUsage:
            raise KeyboardInterrupt
        return publish(lake, staged, code_version)

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "publish", stop_after_the_aggregates)
        with pytest.raises(KeyboardInterrupt):
            approve(landed.settings, found.proposal, "Ann", "deck of January")
    assert landed.charges(DAY)["A", "uk"] == Decimal("0.50")
    finished, _ = approve(landed.settings, found.proposal, "Bob", "finish it")
    assert (finished.status, finished.approved_by) == (PUBLISHED, "Ann")
    assert landed.ledger(DAY)["priced", None] == (3, Decimal("0.80"))


def test_days_that_are_not_published_and_unknown_filters_are_named_at_once(operator):
    with pytest.raises(InvalidInputError) as caught:
        propose(operator.settings, operator.cluster, Scope(DAY, DAY, "Z", "mars"))
    assert str(caught.value).splitlines() == [
        "--days: daily_aggregates of 2021-01-04 is not published",
        "--account is 'Z': not among the published account_ids",
        "--destination is 'mars': not among the published destinations",
    ]
