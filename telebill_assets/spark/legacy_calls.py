"""Pricing of Spark frames, for the jobs that still compute on them."""

from collections.abc import Iterable, Iterator

import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

from telebill_assets.rating.call import price_calls as core
from telebill_assets.rating.tariff import Tariff

PRICED_TYPES = {"billed_s": "long", "charge": "decimal(18,10)"}


def price_calls(calls: DataFrame, tariff: Tariff) -> DataFrame:
    """The calls with the columns of `rating.call.price_calls`, priced by it batch by batch."""
    added = ", ".join(f"{name} {PRICED_TYPES.get(name, 'string')}" for name in core.PRICED)
    schema = StructType([*calls.schema.fields, *StructType.fromDDL(added)])  # type: ignore[misc]

    def price(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            priced = core.price_calls(pl.DataFrame(pl.from_arrow(batch)), tariff).select(core.PRICED)
            table = priced.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
            columns = [_plain(column) for column in table.itercolumns()]
            yield pa.RecordBatch.from_arrays([*batch.columns, *columns], names=schema.names)

    return calls.mapInArrow(price, schema)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole.cast(pa.string()) if pa.types.is_large_string(whole.type) else whole
