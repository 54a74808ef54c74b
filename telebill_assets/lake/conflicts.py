"""Two writers at once: the one that came second looks again and redoes its change."""

from pyiceberg.exceptions import CommitFailedException
from sqlalchemy.exc import OperationalError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

GIVE_UP_AFTER_S = 300

retry_conflicts = retry(
    retry=retry_if_exception_type((CommitFailedException, OperationalError)),
    wait=wait_random_exponential(multiplier=0.02, max=2),
    stop=stop_after_delay(GIVE_UP_AFTER_S),
    reraise=True,
)
"""Decorates a function that reads the current state itself, so that calling it again is right.

Conflicts are a commit that another one overtook, and a SQLite catalog that stayed locked.
"""
