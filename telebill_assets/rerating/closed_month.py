"""Days of a closed month priced again: the difference to what has been billed becomes adjustments of an open month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.rerate import merge_samples, rerate
from telebill_assets.audit.ledger import count
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.written import Written, write_examined
from telebill_assets.compute.closed import Aggregates
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.month_before import files_before
from telebill_assets.lake.stored_files import cut
from telebill_assets.rating.account_groups import AccountGroup, groups_for
from telebill_assets.rating.adjustments import changes, with_changes
from telebill_assets.rating.call.aggregates import merge_aggregates, merge_outcomes
from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rerating.effects import Effect, MonthChange, effects
from telebill_assets.rerating.pricing import (
    PLACE,
    Piece,
    PricedAgain,
    Rerating,
    Sums,
    price_again,
    published_sums,
    rows_of,
)
from telebill_assets.rerating.proposal import Part, StagedFiles
from telebill_assets.rerating.scope import Scope
from telebill_assets.stages.daily_aggregates import checks
from telebill_assets.stages.daily_aggregates.job import STAGE, Day
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel, conform, polars_schema
from telebill_assets.tables.usage_adjustments import UsageAdjustments
from telebill_assets.tables.validated_usage import ValidatedUsage

JOB = "rerate"
NOBODY = pl.Series(dtype=pl.String)
"""A closed month keeps the calls that its invoices itemise; adjustments have none."""
MEASURES = {"records": "calls", "talk_s": "talk_s", "billed_s": "billed_s", "amount": "charge"}
"""What the ledger calls a measure, and what aggregates do."""


@dataclass(frozen=True)
class AdjustedMonth:
    """A closed month's adjustments: their new files, and what they change for accounts and lines."""

    part: Part
    found: list[Effect]


@dataclass(frozen=True)
class _Month:
    """What every pricing task of the month needs."""

    pricing: Day
    scope: Scope
    days: Sequence[date]
    proposal: str
    suspended: Sequence[str]
    accounts: pl.DataFrame


def rerate_closed_month(context: JobContext, work: Rerating, billing_month: date) -> AdjustedMonth:
    """Price the scope's calls of the context's month, and set the changes aside for `billing_month`."""
    month, publication, lake = context.partition, Publication(context), context.lake
    scope, proposal = work.scope, work.proposal
    days = scope.days_in(month)
    billed = Aggregates.billed(lake, days)
    parts, written = _priced(context, publication, work)
    publication.adopt(UsageAdjustments, written, closed_month=month, proposal=proposal)
    adjustments = publication.rows_of(UsageAdjustments)
    publication.check(
        _calls_balance(context, days, _sums(billed.scan(), adjustments), parts),
        _charges_balance(billed.scan().filter(scope.covers()), adjustments, parts),
        _no_call_twice(context, scope, work.tariff, adjustments),
        _second_prices(context, parts),
    )
    before = Aggregates.billed(lake, days_of_month(month))
    new = [file.path for file in publication.files_of(UsageAdjustments)]
    change = MonthChange(
        month=month,
        proposal=proposal,
        tariff=work.tariff,
        before=before,
        after=Aggregates(before.days, before.files, [*before.changes, *new]),
        left=files_before(context, month),
        folder=work.folder,
        billing_month=billing_month,
        lines_folder=publication.folder(AdjustmentLines, billing_month=billing_month, proposal=proposal),
    )
    found = effects(context, change)
    lines = [each.lines for each in found if each.lines]
    publication.adopt(AdjustmentLines, lines, billing_month=billing_month, proposal=proposal)
    publication.check(_lines_balance(adjustments, publication.rows_of(AdjustmentLines)))
    report, staged = publication.set_aside({"adjustment_lines": str(publication.rows(AdjustmentLines))})
    return AdjustedMonth(Part(report=report, staged=tuple(map(StagedFiles.of, staged))), found)


def _priced(context: JobContext, publication: Publication, work: Rerating) -> tuple[list[PricedAgain], list[Written]]:
    lake, month, days = context.lake, context.partition, work.scope.days_in(context.partition)
    calls = lake.files(ValidatedUsage, landing_day=days)
    folder = publication.folder(UsageAdjustments, closed_month=month, proposal=work.proposal)
    shared = _Month(
        Day(
            tariff=work.tariff.prepared(),
            groups=groups_for(sum(file.rows for file in calls)),
            sample=context.thresholds.rerate_sample,
            itemising=NOBODY,
            folder=folder,
            calls_folder=folder,
            unpriced_folder=folder,
        ),
        work.scope,
        days,
        work.proposal,
        lake.paths(SuspendedUsage, landing_day=days, stage=STAGE),
        context.reference(Accounts),
    )
    found: list[tuple[TableModel, dict[str, Any]]] = [
        (ValidatedUsage, {"landing_day": days}),
        (DailyAggregates, {"landing_day": days}),
        (UsageAdjustments, {"closed_month": month}),
    ]
    pieces = [Piece(model, files) for model, which in found for files in cut(lake.files(model, **which))]
    parts, written = context.cluster.by_key(pieces, split_piece, merge_changes, shared)
    return [part for part in parts if part], written


def split_piece(piece: Piece, month: _Month) -> tuple[PricedAgain | None, Mapping[int, Sums]]:
    """Price calls, or read what is billed, and hand over sums by group of accounts."""
    if piece.model is not ValidatedUsage:
        return None, published_sums(piece, month.pricing.groups)
    return price_again(piece, month.scope, month.pricing, month.suspended, month.accounts)


def merge_changes(group: int, parts: list[Sums], month: _Month) -> Written:
    """Write what makes the sums of a group of accounts as they are priced now out of those that are billed."""
    columns = polars_schema(DailyAggregates)
    empty = pl.DataFrame(schema=columns)
    billed = [rows.select(columns.names()) for rows in rows_of(parts, published=True)]
    inside = pl.col("landing_day").is_in(list(month.days)) & month.scope.covers()
    before = with_changes(pl.concat([empty, *billed]).filter(inside), empty)
    after = merge_aggregates([empty, *rows_of(parts, published=False)])
    known = {"closed_month": pl.lit(month.days[0].replace(day=1)), "proposal": pl.lit(month.proposal)}
    adjustments = conform(changes(before, after).with_columns(**known), UsageAdjustments)
    prefix = AccountGroup(group, month.pricing.groups).file_prefix
    return write_examined(adjustments, UsageAdjustments, month.pricing.folder, prefix)


def _calls_balance(
    context: JobContext, days: Sequence[date], billed: Totals, parts: Sequence[PricedAgain]
) -> CheckResult:
    """Every validated call of the days is billed, by now or by these adjustments, or is suspended."""
    validated = count(context.lake.scan(Ledger, period=list(days), stage="validated_usage")).of("validated")
    listed = context.lake.scan(SuspendedUsage, landing_day=list(days), stage=STAGE).select(*PLACE, "talk_s").collect()
    for part in parts:
        listed = listed.join(part.places, on=PLACE, how="anti")
    again = _outcome(parts, "suspended")
    return balance(
        "calls_balance",
        checks.GATES["calls_balance"],
        ("validated", {"records": validated["records"], "talk_s": validated["talk_s"]}),
        {
            "priced": {"records": billed["records"], "talk_s": billed["talk_s"]},
            "suspended": {
                "records": listed.height + again["records"],
                "talk_s": int(listed["talk_s"].sum()) + again["talk_s"],
            },
        },
    )


def _charges_balance(inside: pl.LazyFrame, adjustments: pl.LazyFrame, parts: Sequence[PricedAgain]) -> CheckResult:
    return balance(
        "charges_balance",
        "What was billed and the adjustments together are every call, second and charge as priced now",
        ("priced now", _outcome(parts, "priced")),
        {"billed": _sums(inside), "adjustments": _sums(adjustments)},
    )


def _no_call_twice(context: JobContext, scope: Scope, tariff: Tariff, adjustments: pl.LazyFrame) -> CheckResult:
    """A call released on a closed day may have been taken for new, and billed, on a later one.

    Only accounts whose number of calls changes can have one.
    """
    lake, days = context.lake, scope.days_in(context.partition)
    accounts = adjustments.filter(pl.col("calls") != 0).select("account_id").unique().collect()
    twice = 0
    if not accounts.is_empty():
        last = context.settings.max_call_age_days + (days[-1] - days[0]).days
        later = [day for day in (days[0] + timedelta(days=n) for n in range(1, last + 1)) if day not in days]
        landed = scope.of_account(lake.scan(ValidatedUsage, landing_day=days))
        calls = landed.join(accounts.lazy(), on="account_id", how="semi")
        keys = calls.select("record_key")
        again = (
            lake.scan(ValidatedUsage, landing_day=later).select("record_key").join(keys, on="record_key", how="semi")
        )
        suspects = calls.join(again.unique(), on="record_key", how="semi").collect()
        priced = price_calls(suspects, tariff)
        twice = priced.filter(pl.col("unpriced").is_null(), scope.covers()).height
    return CheckResult(
        name="no_call_twice",
        description="No call that is billed now was validated on a later landing day too",
        passed=twice == 0,
        figure=f"{twice:,} record keys on a later day",
        failures={"record_key": twice} if twice else {},
    )


def _second_prices(context: JobContext, parts: Sequence[PricedAgain]) -> CheckResult:
    samples = [part.priced.sample for part in parts]
    sample = merge_samples(samples, context.thresholds.rerate_sample).to_dicts() if samples else []
    return rerate(sample, checks.reference_rows(context))


def _lines_balance(adjustments: pl.LazyFrame, lines: pl.LazyFrame) -> CheckResult:
    usage = lines.filter(pl.col("corrected_kind") == "usage").select(pl.col("exact_amount").sum())
    return balance(
        "adjustment_lines_balance",
        "The adjustments of usage lines are the changes of the calls' charges, to the last decimal",
        ("calls", {"amount": _sums(adjustments)["amount"]}),
        {"usage lines": {"amount": usage.collect().item()}},
    )


def _outcome(parts: Sequence[PricedAgain], outcome: str) -> dict[str, Any]:
    """The ledger's measures of an outcome of the calls priced again."""
    outcomes = merge_outcomes([part.priced.outcomes for part in parts])
    found = outcomes.filter(pl.col("outcome") == outcome)
    return found.select(pl.col(name).sum() for name in MEASURES).row(0, named=True)


def _sums(*aggregates: pl.LazyFrame) -> dict[str, Any]:
    """The ledger's measures of aggregates and changes to them."""
    parts = [
        rows.select(pl.col(column).sum().alias(name) for name, column in MEASURES.items()).collect()
        for rows in aggregates
    ]
    return pl.concat(parts).sum().row(0, named=True)
