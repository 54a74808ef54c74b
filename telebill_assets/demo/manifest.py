"""What the generator put into the landing zone, counted while it was written."""

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, Field


class Manifest(BaseModel):
    """Files and records by the outcome telebill must find."""

    seed: int
    files: int = 0
    records: int = Field(0, description="Records of readable files, those of duplicate files included")
    validated: int = Field(0, description="Records that pass validation, priceable or not")
    duplicates: dict[str, int] = Field(default_factory=dict)
    suspended: dict[str, int] = Field(default_factory=dict)
    files_suspended: dict[str, int] = Field(default_factory=dict)
    non_billable: dict[str, int] = Field(default_factory=dict)

    def count(self, outcomes: Iterable[str]) -> None:
        """Count records by outcomes written as outcome/reason."""
        for outcome, number in Counter(outcomes).items():
            self.records += number
            kind, _, reason = outcome.partition("/")
            if kind == "validated" or reason in {"no_plan", "no_rate"}:
                self.validated += number
            if kind != "validated":
                by_reason = {
                    "duplicate": self.duplicates,
                    "suspended": self.suspended,
                    "non_billable": self.non_billable,
                }
                by_reason[kind][reason] = by_reason[kind].get(reason, 0) + number

    def count_suspended_file(self, reason: str) -> None:
        """Count a file of which nothing can be used."""
        self.files += 1
        self.files_suspended[reason] = self.files_suspended.get(reason, 0) + 1
