"""Enrichment: E.164 numbers, the account and service of a record, local times, jurisdiction."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.mediation.numbering import e164, jurisdiction, with_area
from telebill_assets.tables.reference.validity import FOREVER


def enrich(raw: DataFrame, sources: DataFrame, services: DataFrame, accounts: DataFrame) -> DataFrame:
    """Add caller_e164, callee_e164, account_id, service_id, local_start, call_date, jurisdiction and the keys.

    All but the keys (columns of `with_keys`) are null where they cannot be derived. `sources`, `services` and
    `accounts` are the reference tables.
    """
    dialling = sources.select("source", "country_code", "trunk_prefix", "international_prefix")
    plan = (F.col("country_code"), F.col("trunk_prefix"), F.col("international_prefix"))
    numbered = (
        raw.join(F.broadcast(dialling), "source", "left")
        .withColumn("caller_e164", e164(F.col("caller"), *plan))
        .withColumn("callee_e164", e164(F.col("callee"), *plan))
    )
    served = _with_service(with_keys(numbered), service_map(services, sources, accounts))
    areas = with_area(with_area(served, "caller_e164", "calling"), "callee_e164", "called")
    return _with_own_area_where_withheld(areas).withColumn("jurisdiction", jurisdiction())


def with_keys(records: DataFrame) -> DataFrame:
    """Add record_key, one_call (whether rows of one key are legs of one call) and content_hash.

    The record key is the source with the key of the call; else with the record's own id and leg; else with a hash of
    the fields that make a call what it is.
    """
    one_call = F.col("call_key").isNotNull()
    own_id = F.concat_ws(":", "source", "call_id", "leg")
    content = F.concat_ws(
        "|",
        "caller",
        "callee",
        F.unix_micros("start_at"),
        "talk_s",
        "service_key",
        F.nullif("usage_type", F.lit("voice")),
    )
    key = (
        F.when(one_call, F.concat_ws(":", "source", "call_key"))
        .when(F.col("call_id").isNotNull(), own_id)
        .otherwise(F.concat_ws(":", "source", F.sha2(content, 256)))
    )
    said = ("call_id", "leg", "caller", "callee", "start_at", "answer_at", "end_at", "talk_s", "total_s", "disposition")
    return (
        records.withColumn("record_key", key)
        .withColumn("one_call", one_call)
        .withColumn("content_hash", F.xxhash64(*said, "leg_kind"))
    )


def service_map(services: DataFrame, sources: DataFrame, accounts: DataFrame) -> DataFrame:
    """The service map per source: keys of source `*` hold for every source that does not declare the key itself.

    Dates are those of the account's zone; valid_since and valid_until (exclusive) are their instants, so that no call
    is taken to the zone of every service that it might belong to.
    """
    exact = services.where("source != '*'")
    anywhere = services.where("source = '*'").drop("source").crossJoin(sources.select("source"))
    shared = anywhere.join(exact.select("source", "service_key").distinct(), ["source", "service_key"], "left_anti")
    owners = accounts.select(
        "account_id", "time_zone", F.col("country").alias("account_country"), F.col("state").alias("account_state")
    )
    begin = F.to_utc_timestamp(F.col("valid_from").cast("timestamp"), F.col("time_zone"))
    end = F.to_utc_timestamp(F.date_add("valid_to", 1).cast("timestamp"), F.col("time_zone"))
    return (
        exact.unionByName(shared)
        .join(F.broadcast(owners), "account_id")
        .withColumns({"valid_since": begin, "valid_until": F.coalesce(end, F.lit(FOREVER).cast("timestamp"))})
    )


def _with_service(records: DataFrame, services: DataFrame) -> DataFrame:
    mapped = F.broadcast(services.alias("map"))
    valid = (F.col("start_at") >= F.col("map.valid_since")) & (F.col("start_at") < F.col("map.valid_until"))
    same_key = (F.col("cdr.source") == F.col("map.source")) & (F.col("cdr.service_key") == F.col("map.service_key"))
    return (
        records.alias("cdr")
        .join(mapped, same_key & valid, "left")
        .select("cdr.*", "map.account_id", "map.service_id", "map.time_zone", "account_country", "account_state")
        .withColumn("local_start", F.from_utc_timestamp("start_at", F.col("time_zone")).cast("timestamp_ntz"))
        .withColumn("call_date", F.to_date("local_start"))
    )


def _with_own_area_where_withheld(calls: DataFrame) -> DataFrame:
    """A caller that is withheld or an extension stands where the account stands."""
    withheld = F.col("calling_country").isNull()
    own_country = F.when(F.col("country_code") == "1", F.col("account_country")).otherwise(
        F.concat(F.lit("+"), F.col("country_code"))
    )
    return calls.withColumn(
        "calling_state", F.when(withheld, F.col("account_state")).otherwise(F.col("calling_state"))
    ).withColumn("calling_country", F.coalesce("calling_country", own_country))
