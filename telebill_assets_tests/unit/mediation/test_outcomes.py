"""A day's outcomes: every record has exactly one, however its files are spread over tasks."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from telebill_assets.audit.controls.plausibility import add_counts, call_counts, time_counts
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.mediation import outcomes
from telebill_assets.mediation.duplicates import key_hashes, known_calls, old_call_dates, repeated, surplus_rows
from telebill_assets.mediation.record_keys import key_hash
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reasons import NON_BILLABLE_REASONS, SUSPENSE_REASONS
from telebill_assets.tables.table import from_rows
from telebill_assets.tables.validated_usage import ValidatedUsage
from telebill_assets_tests.unit.mediation.test_validate import DAY, LIMITS, REFERENCE, SANE, at

BEFORE = DAY - timedelta(days=1)
NIGHT = {
    "start_at": at("2020-04-02 23:00:00"),
    "answer_at": at("2020-04-02 23:00:05"),
    "end_at": at("2020-04-02 23:10:05"),
}
LEG = {"call_key": "call-1", "call_id": None}
FILES = [
    {"path": "a", "status": "landed"},
    {"path": "b", "status": "landed"},
    {"path": "c", "status": "landed"},
    {"path": "d", "status": "duplicate", "duplicate_of_day": DAY, "duplicate_of_path": "a"},
    {"path": "e", "status": "held"},
]
REGISTER = from_rows(FILES, FileRegister)
PATHS = [file["path"] for file in FILES]
KINDS = [
    SANE,
    SANE | {"call_id": "r2"},
    SANE | {"call_id": None},
    SANE | {"call_id": None, "caller": "Anonymous", "source": "elsewhere"},
    SANE | NIGHT,
    SANE | LEG,
    SANE | LEG | {"talk_s": 59},
    SANE | LEG | {"disposition": "busy", "answer_at": None, "talk_s": 0},
    SANE | LEG | {"leg_kind": "accompanying"},
    SANE | LEG | NIGHT,
    SANE | LEG | NIGHT | {"talk_s": 600, "service_key": "trunk-9"},
    SANE | {"leg_kind": "not_voice"},
    SANE | {"direction": "internal"},
    SANE | {"talk_s": None},
    SANE | {"fault": "expected 11 fields", "fault_field": "line", "start_at": None},
    SANE | {"callee": "011493023125001", "usage_type": "sms", "units": 2},
]
KNOWN = from_rows(
    [
        {"record_key": key, "landing_day": BEFORE, "path": "z", "line": n, "start_at": NIGHT["start_at"], "talk_s": 60}
        for n, key in enumerate(["sbc:r1", "sbc:call-1"])
    ],
    ValidatedUsage,
).lazy()


def day_of(kinds: Sequence[int]) -> pl.DataFrame:
    """Records of these kinds in turn in the files of the day."""
    rows = [KINDS[kind] | {"path": PATHS[n % len(PATHS)], "line": n + 1, "units": 1} for n, kind in enumerate(kinds)]
    return from_rows([{"usage_type": "voice"} | row for row in rows], RawCdr)


ALONE = [
    outcomes.judge_records(day_of([kind]), REGISTER, REFERENCE, LIMITS).drop("path", "line")
    for kind in range(len(KINDS))
]
"""Every kind of record judged by itself, in a landed file."""


def test_a_record_is_judged_without_regard_to_others():
    whole = outcomes.judge_records(
        day_of(range(len(KINDS))).with_columns(path=pl.lit("a")), REGISTER, REFERENCE, LIMITS
    ).sort("line")
    assert_frame_equal(whole.drop("path", "line"), pl.concat(ALONE))


def judged(raw: pl.DataFrame, kinds: Sequence[int]) -> pl.DataFrame:
    """The judged records of a task, from `ALONE`: judging costs more than the rest of the test."""
    rows = [ALONE[kind] for kind in kinds]
    alone = pl.concat([raw.select("path", "line"), pl.concat(rows)], how="horizontal").join(
        REGISTER.select("path", "status"), on="path", how="left", maintain_order="left"
    )
    stopped = {"duplicate": ("duplicate", "duplicate_file"), "held": ("suspended", "held_file")}
    for status, (outcome, reason) in stopped.items():
        of_file = pl.col("status") == status
        alone = alone.with_columns(
            outcome=pl.when(of_file).then(pl.lit(outcome)).otherwise("outcome"),
            reason=pl.when(of_file).then(pl.lit(reason)).otherwise("reason"),
        )
    return alone.drop("status")


def settled(kinds: Sequence[int], task_of: Sequence[int], places: int) -> pl.DataFrame:
    """The day settled by tasks that hold some files each; contested rows come to some places by their key."""
    raw, chosen = day_of(kinds), pl.Series(kinds)
    mine = pl.Series([task_of[n % len(PATHS)] for n in range(len(kinds))])
    tasks = [(raw.filter(mine == task), chosen.filter(mine == task)) for task in sorted(set(mine))]
    hashes = pl.concat([key_hashes(part, REGISTER, LIMITS) for part, _ in tasks])
    dates = old_call_dates(hashes)
    known = known_calls(KNOWN, dates, hashes["key_hash"]).collect()
    wanted = pl.concat([repeated(hashes["key_hash"]), known.select(key_hash()).to_series()])
    clear, sent = [], []
    for part, of_kind in tasks:
        rows = judged(part, of_kind)
        contested = outcomes.contested(rows, wanted)
        clear.append(outcomes.settle(rows.filter(~contested), REGISTER))
        sent.append(rows.filter(contested))
    for place in range(places):
        rows = pl.concat(sent).filter(pl.col("key_hash") % places == place)
        clear.append(outcomes.settle(rows, REGISTER, surplus_rows(rows, known, dates)))
    counts = outcomes.sum_counts([outcomes.ledger_counts(part) for part in clear])
    whole = pl.concat(clear)
    assert_frame_equal(counts, outcomes.ledger_counts(whole), check_row_order=False)
    return whole.sort("path", "line")


@settings(deadline=None)
@given(
    st.lists(st.integers(0, len(KINDS) - 1), min_size=1, max_size=20),
    st.lists(st.integers(0, 2), min_size=len(PATHS), max_size=len(PATHS)),
    st.integers(1, 3),
)
def test_tasks_and_places_change_nothing_and_every_record_has_one_outcome(kinds, task_of, places):
    whole = settled(kinds, [0] * len(PATHS), 1)
    assert_frame_equal(settled(kinds, task_of, places), whole)
    raw = day_of(kinds).with_columns(raw=pl.format("text {}", "line"))
    written = [
        outcomes.validated_usage(whole).select("path", "line"),
        outcomes.suspended_usage(whole, raw).select("path", "line"),
        outcomes.excluded_usage(whole).select("path", "line"),
    ]
    assert sorted(pl.concat(written).rows()) == sorted(raw.select("path", "line").rows())
    reasons = {"validated": {None}, "suspended": {*SUSPENSE_REASONS}, "non_billable": {*NON_BILLABLE_REASONS}}
    reasons["duplicate"] = {"duplicate_file", "duplicate_record"}
    assert all(reason in reasons[outcome] for outcome, reason in whole.select("outcome", "reason").rows())
    calls = outcomes.validated_usage(whole)
    assert calls["record_key"].is_unique().all()


def test_suspended_records_keep_their_text():
    whole = settled([14, 10], [0] * len(PATHS), 1)
    raw = day_of([14, 10]).with_columns(raw=pl.format("text {}", "line"))
    rows = (
        outcomes.suspended_usage(whole, raw)
        .sort("line")
        .select("reason", "field", "detail", "record_key", "raw")
        .rows()
    )
    unknown = ("unknown_service", "service_key", "expected a key of services.csv valid on the call's date")
    assert rows == [
        ("malformed", "line", "expected 11 fields", None, "text 1"),
        (*unknown, "sbc:call-1", "text 2"),
    ]


def test_seconds_that_no_record_has_are_unknown_and_not_zero():
    rows = [("a", "sbc", "suspended", "missing_field", None), ("b", "sbc", "validated", None, 60)]
    counts = outcomes.ledger_counts(pl.DataFrame(rows, [*outcomes.COUNTED, "talk_s"], orient="row"))
    assert counts.sort("path")["talk_s"].to_list() == [None, 60]
    twice = outcomes.sum_counts([counts, counts]).sort("path")
    assert twice.select("records", "talk_s").rows() == [(2, None), (2, 120)]


def test_counts_of_parts_add_up():
    row = {"usage_type": "voice", "answer_at": datetime(2020, 4, 3, 12, tzinfo=UTC)}
    ends = {seconds: row["answer_at"] + timedelta(seconds=seconds) for seconds in (0, 58, 14_400)}
    rows = [
        row | {"talk_s": 14_400, "end_at": ends[14_400], "call_date": DAY},
        row | {"talk_s": 0, "end_at": ends[0], "call_date": date(2020, 4, 4)},  # a zone ahead of the operator's
        row | {"talk_s": 0, "end_at": ends[0], "call_date": date(2020, 4, 2), "usage_type": "sms"},
        row | {"talk_s": 60, "end_at": ends[58], "call_date": date(2020, 3, 1)},
    ]
    calls = from_rows(rows, ValidatedUsage)
    whole = call_counts(calls, DAY, Thresholds())
    kinds = {"calls": 4, "long": 1, "empty": 1, "beyond": 1, "late": 1}
    ages = {"0 days": 2, "1 day": 1, "2 to 7 days": 0, "8 to 30 days": 0, "over 30 days": 1}
    assert whole == kinds | ages
    assert add_counts(call_counts(calls[n : n + 1], DAY, Thresholds()) for n in range(4)) == whole


def test_wrong_times_are_counted_by_source():
    rows = [("a", None, 7), ("a", "too_old", 2), ("a", "future_call", 1), ("b", None, 3)]
    assert time_counts(pl.DataFrame(rows, ["source", "reason", "records"], orient="row")) == (
        {"a": 10, "b": 3},
        {"a": 3},
    )
