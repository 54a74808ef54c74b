"""Record keys that come more than once in a month, found in bounded memory."""

import polars as pl

from telebill_assets.audit.unique_keys import key_hash, repeated

HASHES_AT_ONCE = 50_000_000
"""Hashes of 64 bits that are compared together: 400 MB."""


def with_repeated_keys(keys: pl.LazyFrame, at_once: int = HASHES_AT_ONCE) -> pl.LazyFrame:
    """The rows whose hash of `record_key` repeats; only these need be compared in full.

    The keys are read in as many passes as their hashes need to fit; 90 million keys take two.

    Args:
        keys: a frame with `record_key`.
        at_once: most hashes held in memory, about.
    """
    hashed = key_hash(["record_key"]).alias("hash")
    passes = keys.select(pl.len()).collect().item() // at_once + 1
    hashes = keys.select(hashed)
    parts = [hashes.filter(pl.col("hash") % passes == part) for part in range(passes)]
    found = pl.concat([repeated([part.collect().to_series()]) for part in parts])
    return keys.filter(hashed.is_in(found.implode())) if found.len() else keys.clear()
