"""Millions of calls through price_calls, beside a DuckDB query doing the same.

    make bench-pricing        5,000,000 calls against 100,000 prefixes

Both read the same Parquet file on two cores, find the longest prefix, the plan and the rate of every call, bill 60/6,
30/6 or seconds in groups, round every charge by its plan and sum calls, seconds and charge by plan and destination.
Their results must be equal, to the last decimal. Telebill prices by band, direction, jurisdiction and date as well,
which the query need not.
"""

import argparse
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from telebill_assets.rating.call.call_arrays import arrays_of
from telebill_assets.rating.call.charging import charge_calls
from telebill_assets.rating.call.price_calls import BATCH, price_calls
from telebill_assets.rating.tariff import Tariff
from telebill_assets.settings import Settings
from telebill_assets.spark.distribute import Cluster
from telebill_assets.tables.registry import REFERENCE_TABLES
from telebill_assets.tables.table import from_rows, table_name

CORES = 2
SEED = 2020
RUNS = 3
ENGINE_CALLS = 1_000_000
SINCE, DAY = date(2020, 1, 1), date(2020, 4, 3)
NOON = datetime(2020, 4, 3, 12, tzinfo=UTC)
ACCOUNTS, DESTINATIONS = 1_000, 20_000
PLANS = {  # groups of (from_s, connect_fee, increment_s), rounding
    "60/6": ([(0, "0", 60), (60, "0", 6)], ("half_up", 4)),
    "30/6": ([(0, "0.02", 30), (30, "0", 6)], ("up", 4)),
    "1/1": ([(0, "0.01", 1)], ("down", 5)),
}
Rows = dict[str, list[dict[str, Any]]]


def reference(prefixes: int, rng: np.random.Generator) -> Rows:
    """The rows of the reference tables: every plan has a rate for every destination."""
    codes = np.unique(np.concatenate([np.arange(1, 1000), rng.integers(1_000, 99_999_999, prefixes)]))[:prefixes]
    prices = [f"0.{n:04}" for n in rng.integers(1, 5_000, DESTINATIONS)]
    rows: Rows = {"destinations": [], "plans": [], "plan_bands": [], "subscriptions": [], "rates": []}
    for i, code in enumerate(codes.tolist()):
        name = f"d{i % DESTINATIONS}"
        rows["destinations"].append(
            {"prefix": str(code), "destination": name, "name": name, "destination_group": "all"}
        )
    for plan, (groups, (method, decimals)) in PLANS.items():
        rounding = {"rounding_method": method, "rounding_decimals": decimals, "rounding_point": "call"}
        rows["plans"].append({"plan_id": plan, "currency": "USD", "rate_deck": plan, **rounding})
        rows["plan_bands"].append({"plan_id": plan, "band": "any", "start_s": 0, "end_s": 86_400, "weight": 0})
        any_call = {"rate_deck": plan, "jurisdiction": "*", "direction": "*", "band": "*", "valid_from": SINCE}
        for nr, price in enumerate(prices):
            for from_s, fee, increment in groups:
                amounts = {"connect_fee": Decimal(fee), "rate": Decimal(price), "unit_s": 60, "increment_s": increment}
                rows["rates"].append({**any_call, "destination": f"d{nr}", "from_s": from_s, **amounts})
    for nr in range(ACCOUNTS):
        plan = list(PLANS)[nr % len(PLANS)]
        rows["subscriptions"].append({"account_id": f"A-{nr}", "plan_id": plan, "valid_from": SINCE})
    return rows


def tables(rows: Rows) -> dict[str, pl.DataFrame]:
    """The rows as reference tables."""
    return {table_name(model): from_rows(rows.get(table_name(model), []), model) for model in REFERENCE_TABLES}


def write_calls(path: Path, count: int, rng: np.random.Generator) -> None:
    """Random numbers of eleven digits, durations around two minutes, one in ten not answered."""
    numbers = pa.array(rng.integers(10**10, 10**11, count)).cast(pa.string())
    talk = np.where(rng.random(count) < 0.1, 0, rng.exponential(120, count)).astype(np.int64)
    accounts = pa.array(rng.integers(0, ACCOUNTS, count)).cast(pa.string())
    same = {"caller": "+13125550100", "direction": "outbound", "jurisdiction": "interstate"}
    columns = {name: pa.repeat(pa.scalar(value), count) for name, value in same.items()} | {
        "account_id": pc.binary_join_element_wise("A", accounts, "-"),
        "callee": pc.binary_join_element_wise("+", numbers, ""),
        "talk_s": pa.array(talk),
        "call_date": pa.repeat(pa.scalar(DAY), count),
        "start_at": pa.repeat(pa.scalar(NOON), count).cast(pa.timestamp("us", "UTC")),
    }
    pq.write_table(pa.table(columns), path, compression="zstd", row_group_size=count // 8)


def by_telebill(cluster: Cluster, calls: Path, tariff: Tariff) -> pl.DataFrame:
    """Calls, billed seconds and charge by plan and destination: priced in tasks of a row group each."""
    pieces = [(str(calls), group) for group in range(pq.ParquetFile(calls).num_row_groups)]
    return summed(cluster.each(pieces, price_row_group, tariff))


def price_row_group(piece: tuple[str, int], tariff: Tariff) -> pl.DataFrame:
    """Price the calls of a row group and sum them."""
    path, group = piece
    calls = pl.DataFrame(pq.ParquetFile(path).read_row_group(group))
    priced = price_calls(calls, tariff).with_columns(pl.lit(1, pl.Int64).alias("calls"))
    return summed([priced])


def summed(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Sum parts by plan and destination."""
    return pl.concat(parts).group_by("plan_id", "destination").agg(pl.col("calls", "billed_s", "charge").sum())


def without_spark(calls: Path, tariff: Tariff) -> tuple[float, float]:
    """Calls a second of one thread: all of price_calls, and the charging alone of calls that are arrays already."""
    frame = pl.read_parquet(calls, n_rows=ENGINE_CALLS)
    started = time.perf_counter()
    price_calls(frame, tariff)
    whole = time.perf_counter() - started
    batches = list(arrays_of(frame, tariff).parts(BATCH))
    started = time.perf_counter()
    for batch in batches:
        charge_calls(tariff.price_list, batch)
    return len(frame) / whole, len(frame) / (time.perf_counter() - started)


def by_duckdb(calls: Path, reference_tables: dict[str, pl.DataFrame]) -> tuple[float, pa.Table]:
    """The same in SQL: a hash join per length of prefix, the longest first. Seconds of the query, and its result."""
    db = duckdb.connect(config={"threads": CORES})
    for name in ("destinations", "plans", "subscriptions", "rates"):
        db.register(f"{name}_arrow", reference_tables[name].to_arrow())
        db.execute(f"CREATE TABLE {name} AS FROM {name}_arrow")
    lengths = [
        row[0] for row in db.execute("SELECT DISTINCT length(prefix) FROM destinations ORDER BY 1 DESC").fetchall()
    ]
    joins = " ".join(
        f"LEFT JOIN destinations AS d{n} ON length(d{n}.prefix) = {n} AND d{n}.prefix = substr(callee, 2, {n})"
        for n in lengths
    )
    longest = ", ".join(f"d{n}.destination" for n in lengths)
    query = f"""
        CREATE TABLE found AS
        WITH rate AS (
            SELECT rate_deck, destination, first(connect_fee) FILTER (from_s = 0) AS fee, first(rate) AS rate,
                first(increment_s) FILTER (from_s = 0) AS one, max(from_s) AS edge,
                last(increment_s ORDER BY from_s) AS two
            FROM rates GROUP BY ALL
        ), call AS (
            SELECT account_id, talk_s, coalesce({longest}) AS destination FROM '{calls}' {joins}
        ), billed AS (
            SELECT plan_id, destination, rounding_method, rounding_decimals, talk_s, fee, rate,
                CASE WHEN talk_s = 0 THEN 0
                     WHEN edge = 0 OR talk_s <= edge THEN (talk_s + one - 1) // one * one
                     ELSE edge + (talk_s - edge + two - 1) // two * two END AS billed_s
            FROM call JOIN subscriptions USING (account_id) JOIN plans USING (plan_id)
            JOIN rate USING (rate_deck, destination)
        ), priced AS (
            SELECT *, ((rate * 100000000)::BIGINT * billed_s
                + CASE WHEN talk_s > 0 THEN (fee * 100000000)::BIGINT * 60 ELSE 0 END)::BIGINT AS numerator,
                CASE rounding_decimals WHEN 4 THEN 600000 WHEN 5 THEN 60000 END::BIGINT AS step
            FROM billed
        )
        SELECT plan_id, destination, count(*) AS calls, sum(billed_s)::BIGINT AS billed_s,
            sum(CASE rounding_method WHEN 'down' THEN numerator // step WHEN 'up' THEN (numerator + step - 1) // step
                ELSE (2 * numerator + step) // (2 * step) END
                * CASE rounding_decimals WHEN 4 THEN 1000000 ELSE 100000 END)::HUGEINT AS charge_e10
        FROM priced GROUP BY ALL
    """
    started = time.perf_counter()
    db.execute(query)
    seconds = time.perf_counter() - started
    return seconds, db.sql("FROM found ORDER BY plan_id, destination").to_arrow_table()


def difference(ours: pl.DataFrame, theirs: pa.Table) -> str | None:
    """What differs, if anything."""
    mine = [
        (row["plan_id"], row["destination"], row["calls"], row["billed_s"], int(row["charge"].scaleb(10)))
        for row in ours.sort("plan_id", "destination").to_dicts()
    ]
    other = [(*list(row.values())[:4], int(row["charge_e10"])) for row in theirs.to_pylist()]
    wrong = [pair for pair in zip(mine, other, strict=False) if pair[0] != pair[1]]
    if len(mine) != len(other) or wrong:
        return f"{len(mine):,} and {len(other):,} rows, {len(wrong):,} differ, such as {wrong[:1]}"
    return None


def main() -> None:
    """Make the calls, run both sides, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=5_000_000)
    parser.add_argument("--prefixes", type=int, default=100_000)
    parser.add_argument("--home", type=Path, default=Path(".telebill/benchmark"))
    options = parser.parse_args()
    home: Path = options.home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    rng, path = np.random.default_rng(SEED), home / "calls.parquet"
    known = tables(reference(options.prefixes, rng))
    write_calls(path, options.calls, rng)

    peer_seconds, peer = by_duckdb(path, known)
    settings = Settings(home=home, spark_master=f"local[{CORES}]", spark_memory="1g")
    cluster = Cluster(settings)
    _ = cluster.session
    started = time.perf_counter()
    tariff = Tariff.build(known).prepared()
    built = time.perf_counter() - started
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        found = by_telebill(cluster, path, tariff)
        seconds.append(time.perf_counter() - started)

    alone, charging = without_spark(path, tariff)
    table = Table(title=f"{options.calls:,} calls, {options.prefixes:,} prefixes, {CORES} cores")
    for column in ("", "seconds", "calls/s"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("telebill, building the price list", f"{built:,.1f}", "")
    for name, took in (
        ("telebill, first run", seconds[0]),
        ("telebill, best run", min(seconds)),
        ("DuckDB", peer_seconds),
    ):
        table.add_row(name, f"{took:,.1f}", f"{options.calls / took:,.0f}")
    table.add_row("telebill, one thread without Spark", "", f"{alone:,.0f}")
    table.add_row("telebill, charging alone", "", f"{charging:,.0f}")
    Console().print(table)
    wrong = difference(found, peer)
    if wrong:
        sys.exit(f"The results differ: {wrong}")
    Console().print("The results are equal, to the last decimal.")


if __name__ == "__main__":
    main()
