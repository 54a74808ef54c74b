"""The one place where job reports become Dagster events and table models become catalogue metadata."""

from collections.abc import Collection, Iterator
from typing import Any

import dagster as dg

from telebill_assets.audit.check import CheckResult
from telebill_assets.compute.holds import Hold
from telebill_assets.compute.request import JobReport, Release
from telebill_assets.lake.iceberg_schema import iceberg_types
from telebill_assets.tables.table import TableModel, column_descriptions, nullable_columns, table_name


def table_metadata(model: TableModel, uri: str) -> dict[str, Any]:
    """Definition metadata of a table: name, place, columns with their meaning."""
    descriptions, nullable = column_descriptions(model), nullable_columns(model)
    columns = [
        dg.TableColumn(
            name,
            type=str(kind),
            description=descriptions[name],
            constraints=dg.TableColumnConstraints(nullable=name in nullable),
        )
        for name, kind in iceberg_types(model).items()
    ]
    return {
        "dagster/table_name": f"telebill.{table_name(model)}",
        "dagster/uri": uri,
        "dagster/column_schema": dg.TableSchema(columns=columns),
    }


def published_events(report: JobReport, declared: Collection[str]) -> dg.MaterializeResult[Any]:
    """The materialisation of a published partition, with the verdict of every declared check.

    If a person released what the audit had held back, the failed blocking checks are shown as waived: they let what
    depends on the partition run, and say that they failed, who waived them and why.
    """
    metadata = {**_release_metadata(report.release), **_metadata(report)}
    return dg.MaterializeResult(metadata=metadata, check_results=list(_check_results(report, declared)))


def held_events(report: JobReport, declared: Collection[str]) -> Iterator[dg.AssetCheckResult]:
    """The verdicts of a partition that the audit held back; it is not materialised."""
    yield from _check_results(report, declared)


def discarded_event(found: Hold) -> dg.AssetObservation:
    """That the files of a held partition were deleted, by whom and why."""
    return dg.AssetObservation(
        dg.AssetKey(found.asset),
        description=f"Held by the audit, discarded by {found.decided_by}: {found.decision_reason}",
        metadata={
            "discarded by": str(found.decided_by),
            "reason": str(found.decision_reason),
            "discarded at": str(found.decided_at),
            "run": found.run,
        },
        partition=found.period.isoformat(),
    )


def _check_results(report: JobReport, declared: Collection[str]) -> Iterator[dg.AssetCheckResult]:
    found = {check.name: check for check in report.checks}
    unknown = found.keys() - set(declared)
    if unknown:
        msg = f"{report.job} reported checks that its asset does not declare: {sorted(unknown)}"
        raise dg.Failure(msg, allow_retries=False)
    for name in declared:
        yield _check_result(found[name], report.release) if name in found else _not_reported(name)


def _check_metadata(check: CheckResult) -> dict[str, Any]:
    metadata: dict[str, Any] = {"figure": check.figure, "meaning": check.description}
    if check.threshold:
        metadata["threshold"] = check.threshold
    if check.breakdown:
        metadata["breakdown"] = dg.MetadataValue.table(
            [dg.TableRecord({"by": name, "figure": figure}) for name, figure in check.breakdown.items()]
        )
    if check.failures:
        metadata["failures"] = dg.MetadataValue.table(
            [dg.TableRecord({"rule": rule, "failures": count}) for rule, count in sorted(check.failures.items())]
        )
    if check.samples:
        metadata["samples"] = dg.MetadataValue.md("\n".join(f"- `{sample}`" for sample in check.samples))
    return metadata


def _check_result(check: CheckResult, release: Release | None) -> dg.AssetCheckResult:
    waived = release if check.blocking and not check.passed else None
    verdict = {"verdict": "failed, and waived", **_release_metadata(waived)} if waived else {}
    return dg.AssetCheckResult(
        check_name=check.name,
        passed=check.passed or waived is not None,
        severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
        metadata={**verdict, **_check_metadata(check)},
        description=f"Failed, and waived by {waived.by}: {waived.reason}" if waived else check.description,
    )


def _release_metadata(release: Release | None) -> dict[str, str]:
    return {"released by": release.by, "reason": release.reason, "released at": str(release.at)} if release else {}


def _not_reported(name: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(check_name=name, passed=False, metadata={"figure": "the job did not report this check"})


def _metadata(report: JobReport) -> dict[str, Any]:
    own = report.tables[0] if report.tables else None
    metadata: dict[str, Any] = {name: _number(value) for name, value in report.figures.items()}
    if own:
        metadata["dagster/partition_row_count"] = dg.MetadataValue.int(own.rows)
        metadata["dagster/uri"] = own.location
        metadata["tables"] = dg.MetadataValue.table(
            [
                dg.TableRecord({"table": table.table, "rows": table.rows, "snapshot": str(table.snapshot_id)})
                for table in report.tables
            ]
        )
    for title, figures in report.breakdown.items():
        if figures:
            records = [dg.TableRecord({"by": name, title: value}) for name, value in figures.items()]
            metadata[f"{title} by"] = dg.MetadataValue.table(records)
    for title, rows in report.records.items():
        if rows:
            metadata[title] = dg.MetadataValue.table([dg.TableRecord(_typed(row)) for row in rows])
    metadata["checks"] = dg.MetadataValue.table([_check_record(check) for check in report.checks])
    return metadata


def _check_record(check: CheckResult) -> dg.TableRecord:
    """The verdict beside the partition's figures; the check's own page has all about it."""
    return dg.TableRecord(
        {"check": check.name, "verdict": "passed" if check.passed else "failed", "figure": check.figure}
    )


def _typed(row: dict[str, str]) -> dict[str, str | int]:
    return {column: int(value) if value.isdigit() else value for column, value in row.items()}


def _number(value: str) -> Any:
    return dg.MetadataValue.int(int(value)) if value.isdigit() else dg.MetadataValue.text(value)
