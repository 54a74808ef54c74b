"""The month of `benchmarks.month` in DuckDB SQL: charge lines, taxes and invoices from the same files.

It shares no code with telebill. It knows only the kinds of charges that the month has, looks taxes up in a table
instead of asking a server, logs and audits nothing, and writes Parquet files instead of numbered invoices.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

MONTH_SQL = """
CREATE VIEW usage AS
SELECT account_id, plan_id, currency, direction, destination, jurisdiction, usage_type,
    sum(calls)::BIGINT AS calls, sum(talk_s)::BIGINT AS talk_s, sum(billed_s)::BIGINT AS billed_s,
    sum(charge) AS exact_amount
FROM aggregates GROUP BY ALL;

CREATE TABLE lines AS
SELECT account_id, 'usage' AS line_kind, 'usage_' || jurisdiction AS product, destination, calls, talk_s, billed_s,
    0 AS units, round(exact_amount, 2)::DECIMAL(18, 2) AS amount
FROM usage
UNION ALL
SELECT account_id, 'recurring', fee.product, NULL, NULL, NULL, NULL, quantity::INTEGER,
    round(quantity * unit_price, 2)::DECIMAL(18, 2)
FROM subscriptions JOIN plan_fees AS fee USING (plan_id)
UNION ALL
SELECT account_id, kind, product, NULL, NULL, NULL, NULL, quantity::INTEGER,
    round(quantity * unit_price, 2)::DECIMAL(18, 2)
FROM charges WHERE valid_from BETWEEN $month AND last_day($month);

CREATE TABLE taxes AS
SELECT account_id, tax_type, rates.description, authority, region, rate, fee_rate, round(sum(tax), 2) AS amount
FROM (
    SELECT account_id, taxes.*, coalesce(accounts.state, accounts.country) AS region, round(CASE
        WHEN fee_rate > 0 THEN fee_rate * CASE WHEN products.line_fees THEN units ELSE 0 END
        ELSE lines.amount * percent_taxable * rate END, 6) AS tax
    FROM lines JOIN accounts USING (account_id) JOIN products USING (product)
    JOIN service_of USING (trans_type)
    JOIN tax_rates AS taxes ON taxes.country = accounts.country AND taxes.service = service_of.service
        AND (taxes.state IS NULL OR taxes.state = accounts.state)
) AS rates WHERE tax <> 0 GROUP BY ALL;

COPY (
    SELECT account_id, any_value(net) AS net, coalesce(sum(taxes.amount), 0)::DECIMAL(18, 2) AS tax,
        any_value(usage_lines) AS usage_lines, any_value(lines) AS lines,
        (any_value(net) + coalesce(sum(taxes.amount), 0))::DECIMAL(18, 2) AS payable
    FROM (
        SELECT account_id, sum(amount)::DECIMAL(18, 2) AS net, count(*) AS lines,
            count(*) FILTER (line_kind = 'usage') AS usage_lines
        FROM lines GROUP BY account_id
    ) AS charged LEFT JOIN taxes USING (account_id) GROUP BY account_id
) TO '{out}/invoices.parquet' (COMPRESSION zstd);
COPY lines TO '{out}/lines.parquet' (COMPRESSION zstd);
"""

SERVICES = """
CREATE TABLE service_of AS SELECT trans_type, CASE
    WHEN trans_type IN ('050158', '050258', '010153', '010156') THEN 'interstate'
    WHEN trans_type IN ('050101', '050110', '050112', '050113', '050115', '050116', '050201', '050212', '050215')
        THEN 'line'
    WHEN trans_type = '990101' THEN 'general' ELSE 'usage' END AS service
FROM (SELECT DISTINCT trans_type FROM products);
CREATE TABLE tax_rates AS
SELECT country, state, kind AS service, tax_type, description, authority, rate, fee_rate, percent_taxable
FROM (
    SELECT *, unnest(CASE services WHEN 'any' THEN ['interstate', 'line', 'general', 'usage']
        ELSE string_split(services, ' ') END) AS kind
    FROM read_csv('{rates}', comment = '#', header = true, types = {{'tax_type': 'VARCHAR', 'state': 'VARCHAR',
        'rate': 'DECIMAL(9, 6)', 'fee_rate': 'DECIMAL(9, 6)', 'percent_taxable': 'DECIMAL(9, 6)'}})
);
"""


def month_in_duckdb(tables: Mapping[str, Sequence[str]], rates: Path, month: date, out: Path, cores: int) -> None:
    """Bill the month, and write `lines.parquet` and `invoices.parquet`.

    Args:
        tables: data files of `aggregates` (daily_aggregates of the month) and of reference tables, by name.
        rates: the sandbox's table of taxes.
        month: first day of the billing month.
        out: folder of the results.
        cores: threads.
    """
    db = duckdb.connect(config={"threads": cores})
    for name, paths in tables.items():
        files = ", ".join(f"'{path}'" for path in paths)
        db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{files}])")
    db.execute(SERVICES.format(rates=rates))
    out.mkdir(parents=True)
    db.execute(f"SET VARIABLE month = DATE '{month}'")
    db.execute(MONTH_SQL.format(out=out).replace("$month", "getvariable('month')"))
