"""What a test expects of a file, in the figures that `telebill source check` shows."""

from dataclasses import dataclass, field

from telebill_assets.mediation.check import FileCheck


@dataclass(frozen=True)
class Expected:
    layout: str | None
    rows: int
    calls: int = 0
    seconds: int = 0
    non_billable: int = 0
    suspended: dict[str, int] = field(default_factory=dict)
    status: str = "read"
    reason: str | None = None

    @classmethod
    def of(cls, found: FileCheck) -> "Expected":
        """The figures that were found."""
        return cls(
            found.layout,
            found.rows,
            found.calls,
            found.billable_seconds,
            found.non_billable,
            dict(found.suspended),
            found.status,
            found.reason,
        )
