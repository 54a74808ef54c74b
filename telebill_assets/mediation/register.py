"""The file register: what became of each file, and which files have been landed before."""

from datetime import date

import polars as pl

from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.reasons import SET_ASIDE_REASONS
from telebill_assets.tables.table import conform

NAME = pl.col("path").str.split("/").list.last()
"""The file's name, without folders."""


def register(report: pl.DataFrame, earlier: pl.DataFrame, sources: pl.DataFrame, day: date) -> pl.DataFrame:
    """Rows of file_register from the landing report.

    A file with the bytes of an earlier one is a duplicate: of the first such file of an earlier landing day, else of
    the first by path on the same day. A file with the name of an earlier one of its source, but other bytes, is held,
    unless the source declares that it uses names again.

    Args:
        report: the files of the day, columns of `landing.REPORT`.
        earlier: file_register of earlier days.
        sources: the reference table.
        day: the landing day.
    """
    landed = earlier.filter(pl.col("status") == "landed").sort("landing_day", "path")
    of_content = landed.group_by("file_id").agg(before_day=pl.first("landing_day"), before_path=pl.first("path"))
    unique_names = sources.filter(pl.col("file_names").fill_null("unique") == "unique").select("source")
    of_name = (
        landed.join(unique_names, on="source", how="semi")
        .group_by("source", name=NAME)
        .agg(named_before=pl.first("path"))
    )
    usable = pl.col("reason").is_null()
    beside_earlier = (
        report.with_columns(name=NAME, first_today=pl.col("path").min().over("file_id", usable))
        .join(of_content, on="file_id", how="left")
        .join(of_name, on=["source", "name"], how="left")
    )
    again = usable & pl.col("before_path").is_not_null()
    again_today = usable & ~again & (pl.col("first_today") != pl.col("path"))
    held = usable & ~again & ~again_today & pl.col("named_before").is_not_null()
    status = (
        pl.when(pl.col("reason").is_in(list(SET_ASIDE_REASONS)))
        .then(pl.lit("set_aside"))
        .when(~usable)
        .then(pl.lit("suspended"))
        .when(again | again_today)
        .then(pl.lit("duplicate"))
        .when(held)
        .then(pl.lit("held"))
        .otherwise(pl.lit("landed"))
    )
    rows = beside_earlier.with_columns(
        landing_day=pl.lit(day),
        status=status,
        reason=pl.when(held).then(pl.lit("same_name")).otherwise("reason"),
        detail=pl.when(held)
        .then(pl.format("another file of this name landed as {}", "named_before"))
        .otherwise("detail"),
        duplicate_of_day=pl.when(again).then("before_day").when(again_today).then(pl.lit(day)),
        duplicate_of_path=pl.when(again).then("before_path").when(again_today).then("first_today"),
    )
    return pl.DataFrame(conform(rows, FileRegister))
