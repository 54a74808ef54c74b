"""Ageing of suspense: how many days something has waited since it landed, in the buckets that auditors ask for."""

from datetime import date

BUCKETS = (("0-1", 1), ("2-7", 7), ("8-30", 30), ("31-60", 60))
OLDEST = ">60"
AGES = (*(name for name, _ in BUCKETS), OLDEST)
"""Names of the buckets in days, youngest first."""


def bucket_of(age_days: int) -> str:
    """The bucket of an age in days: 0 and 1 fall into `0-1`, 30 into `8-30`, and 61 into `>60`."""
    return next((name for name, last in BUCKETS if age_days <= last), OLDEST)


def age_bucket(landing_day: date, today: date) -> str:
    """The bucket of what landed on a day, seen from `today` in the billing zone: of yesterday it is `0-1`."""
    return bucket_of((today - landing_day).days)
