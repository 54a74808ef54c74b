"""Calls as the lines of each source's layout, the way the systems themselves write them."""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.demo.calls import NEVER, Columns
from telebill_assets.mediation.layouts.telebill_csv import TELEBILL_CSV

Lines = list[str]

CUCM_NAMES = (
    "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,origLegCallIdentifier,dateTimeOrigination,"
    "origNodeId,origSpan,origIpAddr,callingPartyNumber,origCause_location,origCause_value,originalCalledPartyNumber,"
    "finalCalledPartyNumber,destCause_location,destCause_value,dateTimeConnect,dateTimeDisconnect,lastRedirectDn,pkid,"
    "callingPartyNumberPartition,finalCalledPartyNumberPartition,duration,origDeviceName,destDeviceName,"
    "globalCallId_ClusterID"
)
CUCM_TYPES = (
    "INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),INTEGER,INTEGER,VARCHAR(50),"
    "VARCHAR(50),INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),UNIQUEIDENTIFIER,VARCHAR(50),VARCHAR(50),INTEGER,"
    "VARCHAR(129),VARCHAR(129),VARCHAR(50)"
)


def telebill_csv(calls: Columns) -> tuple[Lines, Lines]:
    """Header and records of telebill's own CSV."""
    stamps = {name: _stamps(calls[name], "UTC", "%Y-%m-%dT%H:%M:%SZ") for name in ("start", "answer", "end")}
    columns = (
        calls["id"],
        "1",
        calls["service_key"],
        calls["direction"],
        calls["caller"],
        calls["callee"],
        stamps["start"],
        stamps["answer"],
        stamps["end"],
        _numbers(calls["talk"]),
        calls["disposition"],
    )
    return [",".join(TELEBILL_CSV.header)], _joined(columns)


def asterisk_master(zone: str, national: Callable[[str], str]) -> Callable[[Columns], tuple[Lines, Lines]]:
    """Records of Asterisk's Master.csv with 18 columns; no header."""

    def write(calls: Columns) -> tuple[Lines, Lines]:
        stamps = {name: _stamps(calls[name], zone, "%Y-%m-%d %H:%M:%S") for name in ("start", "answer", "end")}
        caller = np.array([national(number) for number in calls["caller"]], object)
        callee = np.array([national(number) for number in calls["callee"]], object)
        inbound = calls["direction"] == "inbound"
        columns = (
            calls["service_key"],
            caller,
            callee,
            np.where(inbound, "from-pstn", "from-internal").astype(object),
            _quoted_caller_id(caller),
            '"PJSIP/agent-00000001"',
            '"PJSIP/trunk-00000002"',
            '"Dial"',
            '"PJSIP/trunk"',
            stamps["start"],
            stamps["answer"],
            stamps["end"],
            _numbers(calls["end"] - calls["start"]),
            _numbers(calls["talk"]),
            np.where(calls["disposition"] == "answered", "ANSWERED", "NO ANSWER").astype(object),
            "DOCUMENTATION",
            calls["id"],
            '""',
        )
        return [], _joined(columns)

    return write


def cisco_cucm(calls: Columns) -> tuple[Lines, Lines]:
    """Two header lines and records of a CUCM flat file."""
    caller, callee = (
        np.array([number.removeprefix("+") for number in calls[name]], object) for name in ("caller", "callee")
    )
    dialled = np.array([number if number.startswith("1") else f"011{number}" for number in callee], object)
    internal = calls["direction"] == "internal"
    columns = (
        "1,1",
        np.array(["".join(call_id.split("-")[-3:]) for call_id in calls["id"]], object),
        "0",
        _numbers(calls["start"]),
        "1,1,0",
        caller,
        "0,16",
        dialled,
        dialled,
        "0,16",
        _numbers(calls["answer"]),
        _numbers(calls["end"]),
        '""',
        calls["id"],
        '"internal","pstn"',
        _numbers(calls["talk"]),
        calls["service_key"],
        np.where(internal, "SEP0099887766FF", "SIP-TRUNK-1").astype(object),
        "StandAloneCluster",
    )
    return [CUCM_NAMES, CUCM_TYPES], _joined(columns)


def american(number: str) -> str:
    """As dialled in the United States: 1 and ten digits, 011 and the international number."""
    digits = number.removeprefix("+")
    return digits if not number.startswith("+") or number.startswith("+1") else f"011{digits}"


def german(number: str) -> str:
    """As dialled in Germany: 0 and the national number, 00 and the international number."""
    if not number.startswith("+"):
        return number
    return f"0{number[3:]}" if number.startswith("+49") else f"00{number[1:]}"


WRITERS: Mapping[str, Callable[[Columns], tuple[Lines, Lines]]] = {
    "sbc-east": telebill_csv,
    "pbx-austin": asterisk_master("America/Chicago", american),
    "pbx-berlin": asterisk_master("Europe/Berlin", german),
    "cucm-chicago": cisco_cucm,
}
"""Source to writer: header lines and record lines of its files."""


def _stamps(seconds: np.ndarray, zone: str, format: str) -> pa.Array:  # noqa: A002
    utc = pa.array(seconds.astype(np.int64), pa.timestamp("s", "UTC"))
    text = pc.strftime(pc.local_timestamp(utc.cast(pa.timestamp("s", zone))), format=format)
    return pc.if_else(pa.array(seconds == NEVER), "", text)


def _numbers(values: np.ndarray) -> pa.Array:
    return pa.array(values.astype(np.int64)).cast(pa.string())


def _quoted_caller_id(callers: np.ndarray) -> pa.Array:
    return pa.array([f'"""Agent"" <{caller}>"' for caller in callers], pa.string())


def _joined(columns: tuple[object, ...]) -> Lines:
    texts = [column if isinstance(column, str | pa.Array) else pa.array(column, pa.string()) for column in columns]
    lines: Lines = pc.binary_join_element_wise(*texts, ",").to_pylist()
    return lines
