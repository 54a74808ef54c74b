"""One landing day of the demo operator's sources in DuckDB SQL: the peer that telebill's day is measured against.

It reads the same files and reference files, obeys the same rules in the same order, and writes the same records,
calls and sums as Parquet. It shares no code with telebill, so that equal results mean something. It does less:
no original text is kept, no file is registered, nothing is audited, and nothing is published as a transaction.
"""

import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import yaml

ASTERISK = [
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "uniqueid",
    "userfield",
]
TELEBILL = [
    "record_id",
    "leg",
    "service_key",
    "direction",
    "caller",
    "callee",
    "start_time",
    "answer_time",
    "end_time",
    "billable_seconds",
    "disposition",
]
MAX_CALL_AGE_DAYS, MAX_CALL_S = 90, 86_400

LAYOUTS = {
    "telebill_csv": """
        record_id AS call_id, leg, service_key, caller, callee,
        try_strptime(start_time, '%Y-%m-%dT%H:%M:%SZ') AS start_at,
        try_strptime(answer_time, '%Y-%m-%dT%H:%M:%SZ') AS answer_at,
        try_strptime(end_time, '%Y-%m-%dT%H:%M:%SZ') AS end_at,
        try_cast(billable_seconds AS BIGINT) AS talk_s,
        CASE direction WHEN 'inbound' THEN 'inbound' WHEN 'internal' THEN 'internal' ELSE 'outbound' END AS direction,
        disposition = 'answered' AS answered, 'call' AS leg_kind
    """,
    "asterisk_master": """
        uniqueid AS call_id, NULL AS leg,
        coalesce(accountcode, CASE WHEN regexp_matches(dcontext, '^from-(pstn|trunk|did)') THEN dst ELSE src END)
            AS service_key,
        src AS caller, dst AS callee,
        timezone('UTC', timezone('{zone}', try_strptime("start", '%Y-%m-%d %H:%M:%S'))) AS start_at,
        timezone('UTC', timezone('{zone}', try_strptime(answer, '%Y-%m-%d %H:%M:%S'))) AS answer_at,
        timezone('UTC', timezone('{zone}', try_strptime("end", '%Y-%m-%d %H:%M:%S'))) AS end_at,
        try_cast(billsec AS BIGINT) AS talk_s,
        CASE WHEN regexp_matches(dcontext, '^from-(pstn|trunk|did)') THEN 'inbound'
             WHEN starts_with(dcontext, 'from-internal') AND regexp_full_match(dst, '[0-9]{{2,5}}') THEN 'internal'
             ELSE 'outbound' END AS direction,
        disposition = 'ANSWERED' AS answered, 'call' AS leg_kind
    """,
    "cisco_cucm": """
        pkid AS call_id, NULL AS leg, origDeviceName AS service_key, callingPartyNumber AS caller,
        finalCalledPartyNumber AS callee,
        make_timestamp(nullif(try_cast(dateTimeOrigination AS BIGINT), 0) * 1000000) AS start_at,
        make_timestamp(nullif(try_cast(dateTimeConnect AS BIGINT), 0) * 1000000) AS answer_at,
        make_timestamp(nullif(try_cast(dateTimeDisconnect AS BIGINT), 0) * 1000000) AS end_at,
        try_cast(duration AS BIGINT) AS talk_s,
        CASE WHEN starts_with(origDeviceName, 'SEP') AND starts_with(destDeviceName, 'SEP') THEN 'internal'
             WHEN starts_with(origDeviceName, 'SEP') THEN 'outbound'
             WHEN starts_with(destDeviceName, 'SEP') THEN 'inbound' ELSE 'outbound' END AS direction,
        NOT regexp_full_match(coalesce(dateTimeConnect, ''), '0*') AS answered,
        CASE WHEN regexp_full_match(callingPartyNumber, 'b00[0-9]+') THEN 'accompanying' ELSE 'call' END AS leg_kind
    """,
}
"""The unified columns of each layout; `{zone}` is the source's time zone."""

MACROS = """
CREATE MACRO plus_form(d, cc, tp, ip) AS CASE
    WHEN starts_with(d, '+') THEN d
    WHEN starts_with(d, ip) THEN '+' || substr(d, length(ip) + 1)
    WHEN regexp_full_match(d, '[2-9]11|988|112|110|118|999|000') THEN '+' || cc || d
    WHEN cc = '1' AND length(d) = 10 THEN '+1' || d
    WHEN starts_with(d, tp) THEN '+' || cc || substr(d, length(tp) + 1) END;
CREATE MACRO e164(number, cc, tp, ip) AS CASE WHEN regexp_full_match(
    plus_form(regexp_replace(number, '[ ().\\-/]', '', 'g'), cc, tp, ip),
    '\\+1([2-9][0-9]{2}[2-9][0-9]{6}|[2-9]11|988)|\\+[2-9][0-9]{3,14}')
    THEN plus_form(regexp_replace(number, '[ ().\\-/]', '', 'g'), cc, tp, ip) END;
CREATE MACRO calling_code(n) AS CASE
    WHEN n[2] IN ('1', '7') THEN n[2]
    WHEN regexp_matches(n, '^\\+(20|27|3[0-4]|36|39|4[01]|4[3-9]|5[1-8]|6[0-6]|8[1246]|9[0-5]|98)') THEN n[2:3]
    ELSE n[2:4] END;
CREATE MACRO up(a, b) AS (a + b - 1) // b;
"""

FILES = """
CREATE TABLE file AS
SELECT filename, split_part(filename, '/', -3) AS source,
    row_number() OVER (PARTITION BY sha256(content) ORDER BY filename) > 1 AS duplicate
FROM read_blob('{zone}/*/{day}/*')
"""

JUDGED = """
CREATE TABLE judged AS
WITH service_key AS (
    SELECT s.source, s.service_key, account_id, service_id, valid_from, valid_to FROM services AS s WHERE source != '*'
    UNION ALL
    SELECT sources.source, s.service_key, account_id, service_id, valid_from, valid_to
    FROM services AS s, sources
    WHERE s.source = '*' AND NOT EXISTS (
        FROM services AS own WHERE own.source = sources.source AND own.service_key = s.service_key)
), service_map AS (
    SELECT m.*, time_zone, country AS account_country, state AS account_state
    FROM service_key AS m JOIN accounts USING (account_id)
), numbered AS (
    SELECT cdr.*, file.duplicate, country_code, concat_ws(':', cdr.source, call_id, leg) AS record_key,
        e164(caller, country_code, trunk_prefix, international_prefix) AS caller_e164,
        e164(callee, country_code, trunk_prefix, international_prefix) AS callee_e164
    FROM cdr JOIN file USING (filename) JOIN sources ON sources.source = cdr.source
), served AS (
    SELECT n.*, account_id, service_id, account_country, account_state,
        timezone(m.time_zone, n.start_at::TIMESTAMPTZ) AS local_start
    FROM numbered AS n LEFT JOIN service_map AS m
        ON n.source = m.source AND n.service_key = m.service_key
        AND timezone(m.time_zone, n.start_at::TIMESTAMPTZ)::DATE
            BETWEEN m.valid_from AND coalesce(m.valid_to, DATE '9999-12-31')
), placed AS (
    SELECT served.*,
        CASE WHEN calling_code(caller_e164) = '1' THEN caller_e164[3:5] END AS calling_npa,
        CASE WHEN calling_code(callee_e164) = '1' THEN callee_e164[3:5] END AS called_npa,
        CASE WHEN caller_e164 IS NULL THEN CASE country_code WHEN '1' THEN account_country ELSE '+' || country_code END
             ELSE coalesce(calling.country, '+' || calling_code(caller_e164)) END AS calling_country,
        CASE WHEN caller_e164 IS NULL THEN account_state ELSE calling.state END AS calling_state,
        coalesce(called.country, '+' || calling_code(callee_e164)) AS called_country, called.state AS called_state
    FROM served
    LEFT JOIN area AS calling ON calling_code(caller_e164) = '1' AND caller_e164[3:5] = calling.npa
    LEFT JOIN area AS called ON calling_code(callee_e164) = '1' AND callee_e164[3:5] = called.npa
), ruled AS (
    SELECT *, local_start::DATE AS call_date,
        CASE WHEN '001' IN (calling_country, called_country) THEN 'toll_free'
             WHEN calling_country = 'US' AND called_country = 'US' THEN
                CASE WHEN calling_npa = called_npa THEN 'local'
                     WHEN calling_state = called_state THEN 'intrastate' ELSE 'interstate' END
             WHEN calling_country = called_country THEN 'national' ELSE 'international' END AS jurisdiction,
        coalesce(answered, FALSE) AS was_answered,
        CASE
            WHEN duplicate THEN 'duplicate/duplicate_file'
            WHEN leg_kind = 'accompanying' THEN 'non_billable/accompanying_row'
            WHEN start_at IS NULL THEN 'suspended/missing_field'
            WHEN was_answered AND (callee IS NULL OR answer_at IS NULL OR end_at IS NULL
                OR talk_s IS NULL) THEN 'suspended/missing_field'
            WHEN talk_s < 0 THEN 'suspended/negative_duration'
            WHEN NOT was_answered AND talk_s > 0 THEN 'suspended/contradictory'
            WHEN end_at < start_at OR answer_at < start_at OR end_at < answer_at THEN 'suspended/end_before_start'
            WHEN talk_s > {max_call_s} OR was_answered AND talk_s > epoch(end_at) - epoch(answer_at) + 1
                THEN 'suspended/absurd_duration'
            WHEN start_at >= DATE '{day}' + 1 THEN 'suspended/future_call'
            WHEN start_at < DATE '{day}' - {max_age} THEN 'suspended/too_old'
            WHEN direction = 'internal' THEN 'non_billable/internal'
            WHEN NOT was_answered THEN 'non_billable/unanswered'
            WHEN service_key IS NULL THEN 'suspended/missing_field'
            WHEN callee_e164 IS NULL THEN 'suspended/bad_number'
            WHEN account_id IS NULL THEN 'suspended/unknown_service'
        END AS verdict
    FROM placed
), counted AS (
    SELECT *, row_number() OVER (PARTITION BY record_key, kind = 3 ORDER BY kind, filename) AS copy FROM (
        SELECT *, CASE WHEN verdict IS NULL THEN 0
                       WHEN verdict IN ('non_billable/internal', 'non_billable/unanswered') THEN 1
                       WHEN verdict = 'non_billable/accompanying_row' THEN 2 ELSE 3 END AS kind FROM ruled)
)
SELECT filename, source, record_key, account_id, service_id, direction, caller_e164 AS caller, callee_e164 AS callee,
    start_at, answer_at, end_at, local_start, call_date, talk_s, jurisdiction,
    CASE WHEN copy > 1 AND kind < 3 THEN 'duplicate/duplicate_record' ELSE coalesce(verdict, 'validated') END AS outcome
FROM counted
"""

PRICED = """
CREATE TABLE priced AS
WITH call AS (
    SELECT *, substr(CASE WHEN direction = 'inbound' AND jurisdiction = 'toll_free' THEN coalesce(caller, callee)
                          ELSE callee END, 2) AS digits
    FROM judged WHERE outcome = 'validated'
), number_destination AS (
    SELECT digits, arg_max(destination, length(prefix)) AS destination
    FROM (SELECT DISTINCT digits FROM call), (SELECT DISTINCT length(prefix) AS n FROM destinations)
    JOIN destinations ON prefix = substr(digits, 1, n) AND length(prefix) = n
    GROUP BY digits
), edge AS (
    SELECT DISTINCT plan_id, isodow, unnest([start_s, end_s]) AS start_s FROM band
), week AS (
    SELECT edge.plan_id, edge.isodow, edge.start_s, next_s AS end_s, arg_max(band, weight * 1000 - listed) AS band
    FROM (SELECT *, lead(start_s) OVER (PARTITION BY plan_id, isodow ORDER BY start_s) AS next_s FROM edge) AS edge
    JOIN band ON band.plan_id = edge.plan_id AND band.isodow = edge.isodow
        AND band.start_s <= edge.start_s AND edge.next_s <= band.end_s
    GROUP BY ALL
), planned AS (
    SELECT call.* EXCLUDE digits, destination, plan.* EXCLUDE plan_id, subscribed.plan_id, week.band
    FROM call LEFT JOIN number_destination USING (digits)
    LEFT JOIN subscriptions AS subscribed ON call.account_id = subscribed.account_id
        AND call.call_date BETWEEN subscribed.valid_from AND coalesce(subscribed.valid_to, DATE '9999-12-31')
    LEFT JOIN plan ON plan.plan_id = subscribed.plan_id
    LEFT JOIN week ON week.plan_id = subscribed.plan_id AND week.isodow = isodow(local_start)
        AND epoch(local_start::TIME) >= week.start_s AND epoch(local_start::TIME) < week.end_s
), wanted AS (
    SELECT DISTINCT rate_deck, destination, jurisdiction, direction, band, call_date FROM planned
), chosen AS (
    SELECT wanted.*, rate_id, groups, denominator
    FROM wanted JOIN rate ON wanted.rate_deck = rate.rate_deck AND wanted.destination = rate.destination
        AND rate.jurisdiction IN (wanted.jurisdiction, '*') AND rate.direction IN (wanted.direction, '*')
        AND rate.band IN (wanted.band, '*')
        AND wanted.call_date BETWEEN rate.valid_from AND coalesce(rate.valid_to, DATE '9999-12-31')
    QUALIFY row_number() OVER (
        PARTITION BY wanted.rate_deck, wanted.destination, wanted.jurisdiction, wanted.direction, wanted.band, call_date
        ORDER BY rate.jurisdiction = '*', rate.direction = '*', rate.band = '*') = 1
), rated AS (
    SELECT planned.*, rate_id, groups, denominator
    FROM planned LEFT JOIN chosen USING (rate_deck, destination, jurisdiction, direction, band, call_date)
), billed AS ({billed})
SELECT * EXCLUDE (groups, denominator, numerator),
    CASE WHEN plan_id IS NULL THEN 'no_plan' WHEN rate_id IS NULL THEN 'no_rate' END AS unpriced,
    (CASE method
        WHEN 'down' THEN numerator * power // unit
        WHEN 'up' THEN up(numerator * power, unit)
        ELSE (2 * numerator * power + unit) // (2 * unit) END) * (10000000000 // power) AS charge_e10
FROM (
    SELECT * EXCLUDE (rounding_method, rounding_decimals, rounding_point),
        (denominator * 100000000)::HUGEINT AS unit,
        CASE rounding_point WHEN 'call' THEN rounding_method ELSE 'half_up' END AS method,
        pow(10, CASE rounding_point WHEN 'call' THEN rounding_decimals ELSE 10 END)::HUGEINT AS power
    FROM billed)
"""

AGGREGATES = """
CREATE TABLE daily_aggregates AS
SELECT call_date, account_id, service_id, direction, plan_id, rate_id, destination, jurisdiction, band, currency,
    count(*) AS calls, sum(talk_s)::BIGINT AS talk_s, sum(billed_s)::BIGINT AS billed_s,
    sum(charge_e10)::DECIMAL(28, 0) * 0.0000000001::DECIMAL(10, 10) AS charge
FROM priced WHERE unpriced IS NULL GROUP BY ALL
"""

OUTPUTS = {
    "raw_cdr": "FROM cdr",
    "validated_usage": "FROM judged WHERE outcome = 'validated'",
    "suspended_usage": "FROM judged WHERE starts_with(outcome, 'suspended')",
    "excluded_usage": "FROM judged WHERE starts_with(outcome, 'duplicate') OR starts_with(outcome, 'non_billable')",
    "daily_aggregates": "FROM daily_aggregates",
}


def day_in_duckdb(zone: Path, reference: Path, day: date, out: Path, threads: int = 2) -> dict[str, int]:
    """Read, judge, price and sum a landing day; write the tables to `out` as Parquet; records by outcome/reason."""
    db = duckdb.connect(config={"threads": threads})
    db.execute("SET TimeZone = 'UTC'")
    _reference(db, reference)
    db.execute(MACROS)
    db.execute(FILES.format(zone=zone, day=day))
    malformed, malformed_again = _read(db)
    db.execute(JUDGED.format(day=day, max_age=MAX_CALL_AGE_DAYS, max_call_s=MAX_CALL_S))
    groups = db.execute("SELECT max(len(groups)) FROM rate").fetchone()
    db.execute(PRICED.format(billed=_billed(groups[0] if groups else 1)))
    db.execute(AGGREGATES)
    out.mkdir(parents=True, exist_ok=True)
    for name, query in OUTPUTS.items():
        db.execute(f"COPY ({query}) TO '{out}/{name}.parquet' (COMPRESSION zstd)")
    counted = "SELECT outcome, count(*) FROM judged GROUP BY outcome"
    unpriced = "SELECT 'suspended/' || unpriced, count(*) FROM priced WHERE unpriced IS NOT NULL GROUP BY 1"
    outcomes = Counter(dict(db.execute(f"{counted} UNION ALL {unpriced}").fetchall()))
    outcomes += Counter({"suspended/malformed": malformed, "duplicate/duplicate_file": malformed_again})
    return dict(outcomes)


def _reference(db: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for name in ("accounts", "services", "sources", "destinations", "subscriptions"):
        dates = ", types={'valid_from': 'DATE', 'valid_to': 'DATE'}" if name in {"services", "subscriptions"} else ""
        db.execute(f"CREATE TABLE {name} AS FROM read_csv('{folder}/{name}.csv', header=true, all_varchar=true{dates})")
    area_codes = Path(__file__).parents[1] / "telebill_assets" / "mediation" / "data" / "npa.csv"
    db.execute(f"CREATE TABLE area AS FROM read_csv('{area_codes}', header=true, all_varchar=true)")
    _plans(db, yaml.safe_load((folder / "plans.yaml").read_text(encoding="utf-8")))
    db.execute(f"""
        CREATE TABLE rate AS
        SELECT rate_deck, destination, jurisdiction, direction, band, valid_from, valid_to,
            concat_ws('/', rate_deck, destination, jurisdiction, direction, band, valid_from) AS rate_id,
            list({{'from_s': from_s, 'increment_s': increment_s, 'unit_s': unit_s,
                   'fee': (connect_fee * 100000000)::BIGINT, 'rate': (rate * 100000000)::BIGINT}} ORDER BY from_s)
                AS groups,
            list_reduce(list(unit_s), lambda a, b: lcm(a, b)) AS denominator
        FROM read_csv('{folder}/rates.csv', header=true, types={{'valid_from': 'DATE', 'valid_to': 'DATE',
            'from_s': 'BIGINT', 'increment_s': 'BIGINT', 'unit_s': 'BIGINT', 'connect_fee': 'DECIMAL(14,8)',
            'rate': 'DECIMAL(14,8)'}})
        GROUP BY ALL
    """)


def _plans(db: duckdb.DuckDBPyConnection, file: dict) -> None:
    db.execute(
        "CREATE TABLE plan (plan_id VARCHAR, currency VARCHAR, rate_deck VARCHAR, rounding_method VARCHAR, "
        "rounding_decimals BIGINT, rounding_point VARCHAR)"
    )
    db.execute(
        "CREATE TABLE band (plan_id VARCHAR, band VARCHAR, isodow BIGINT, start_s BIGINT, end_s BIGINT, "
        "weight BIGINT, listed BIGINT)"
    )
    for plan in file["plans"]:
        rounding = plan["rounding"]
        db.execute(
            "INSERT INTO plan VALUES (?, ?, ?, ?, ?, ?)",
            [
                plan["plan"],
                plan["currency"],
                plan["rate_deck"],
                *(rounding[k] for k in ("method", "decimals", "point")),
            ],
        )
        for listed, band in enumerate(plan["bands"]):
            for day in str(band["days"]):
                row = [plan["plan"], band["band"], int(day), _second(band["from"]), _second(band["to"])]
                db.execute("INSERT INTO band VALUES (?, ?, ?, ?, ?, ?, ?)", [*row, band["weight"], listed])


def _second(clock: str) -> int:
    """Second of the day."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _read(db: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Make the table cdr of all readable records; return the number of malformed ones, of new and of known files."""
    parts, rejects = [], []
    for source, layout, zone in db.execute("SELECT source, layout, time_zone FROM sources").fetchall():
        paths = [row[0] for row in db.execute("SELECT filename FROM file WHERE source = ?", [source]).fetchall()]
        if not paths:
            continue
        names, skip = _names(paths[0], layout)
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        rejects.append(f"rejects_{len(parts)}")
        parts.append(f"""
            SELECT filename, '{source}' AS source, {LAYOUTS[layout].format(zone=zone)}
            FROM read_csv({paths}, auto_detect=false, columns={{{columns}}}, delim=',', quote='"', escape='"',
                header=false, skip={skip}, filename=true, store_rejects=true, rejects_limit=0,
                rejects_table='{rejects[-1]}', rejects_scan='{rejects[-1]}_scan')
        """)
    db.execute("CREATE TABLE cdr AS " + " UNION ALL ".join(parts))
    lines = " UNION ALL ".join(
        f"SELECT DISTINCT file_path, line, duplicate FROM {name} JOIN {name}_scan USING (scan_id, file_id) "
        "JOIN file ON file.filename = file_path"
        for name in rejects
    )
    counted = f"SELECT count_if(NOT duplicate), count_if(duplicate) FROM ({lines})"
    return db.execute(counted).fetchall()[0]


def _names(path: str, layout: str) -> tuple[list[str], int]:
    """Columns of a layout's files, and lines before their records."""
    if layout == "telebill_csv":
        return TELEBILL, 1
    if layout == "asterisk_master":
        return ASTERISK, 0
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8-sig") as file:
        return file.readline().strip().split(","), 2


def _billed(most_groups: int) -> str:
    """Group after group: seconds bought in whole increments, where they end, and what they cost."""
    query = (
        "SELECT *, 0::BIGINT AS reached, 0::BIGINT AS billed_s, "
        "CASE WHEN talk_s > 0 THEN groups[1].fee ELSE 0 END::HUGEINT * denominator AS numerator FROM rated"
    )
    for i in range(1, most_groups + 1):
        start = f"greatest(reached, groups[{i}].from_s)"
        until = f"coalesce(groups[{i + 1}].from_s, 2000000000)"
        seconds = f"greatest(least(talk_s, {until}) - {start}, 0)"
        bought = f"coalesce(up({seconds}, groups[{i}].increment_s) * groups[{i}].increment_s, 0)"
        query = f"""
            SELECT * EXCLUDE bought REPLACE (
                CASE WHEN bought > 0 THEN {start} + bought ELSE reached END AS reached,
                billed_s + bought AS billed_s,
                numerator + coalesce(bought * groups[{i}].rate * (denominator // groups[{i}].unit_s), 0) AS numerator
            ) FROM (SELECT *, {bought} AS bought FROM ({query}))
        """
    return query
