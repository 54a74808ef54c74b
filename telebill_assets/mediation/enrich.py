"""Enrichment: E.164 numbers, the account and service of a record, local times, jurisdiction."""

import polars as pl

from telebill_assets.mediation.numbering import area_of, e164, jurisdiction
from telebill_assets.mediation.service_map import Reference, local_times, with_service


def enrich(raw: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Add caller_e164, callee_e164, account_id, service_id, local_start, call_date and jurisdiction.

    They are null where they cannot be derived. Records of one source stay in their order, sources do not.
    """
    if raw.is_empty():
        return _of_source(raw, "", reference)
    of_sources = raw.partition_by("source", maintain_order=True) if raw["source"].n_unique() > 1 else [raw]
    return pl.concat([_of_source(records, records["source"][0], reference) for records in of_sources])


def _of_source(records: pl.DataFrame, source: str, reference: Reference) -> pl.DataFrame:
    """Within one source, prefixes and codes are plain values and services are found by their key alone."""
    plan = reference.dial_plan(source)
    served = with_service(records, reference.services_of(source))
    caller, callee = (e164(records[name], plan).alias(f"{name}_e164") for name in ("caller", "callee"))
    areas = served.select("account_country", "account_state").hstack(
        pl.concat([area_of(caller, "calling"), area_of(callee, "called")], how="horizontal").get_columns()
    )
    called_from = _with_own_area_where_withheld(areas, plan.country_code)
    local_start = local_times(served["start_at"], served["time_zone"]).alias("local_start")
    return served.drop("time_zone", "account_country", "account_state").with_columns(
        caller,
        callee,
        local_start,
        local_start.dt.date().alias("call_date"),
        called_from.select(jurisdiction().alias("jurisdiction")).to_series(),
    )


def _with_own_area_where_withheld(calls: pl.DataFrame, country_code: str | None) -> pl.DataFrame:
    """A caller that is withheld or an extension stands where the account stands."""
    withheld = pl.col("calling_country").is_null()
    own = pl.col("account_country") if country_code == "1" else pl.lit(country_code and f"+{country_code}", pl.String)
    return calls.with_columns(
        calling_state=pl.when(withheld).then("account_state").otherwise("calling_state"),
        calling_country=pl.when(withheld).then(own).otherwise("calling_country"),
    )
