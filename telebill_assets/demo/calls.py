"""Random calls of one landing file, as columns: sane, unique and priceable, until faults are injected."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np
import numpy.typing as npt

from telebill_assets.demo.customers import Customer, Service

Columns = dict[str, npt.NDArray[np.object_]]
NEVER = 0
"""Stamp of an answer that did not happen."""

LATEST_START_S = 79_200
LATE_SHARE, UNANSWERED_SHARE, INTERNAL_SHARE, ACCOMPANYING_SHARE, ZERO_SHARE = 0.01, 0.08, 0.02, 0.01, 0.005
EXTENSION = "1001"

NORTH_AMERICAN_AREAS = (
    "512",
    "212",
    "213",
    "305",
    "312",
    "206",
    "303",
    "404",
    "617",
    "602",
    "907",
    "808",
    "416",
    "604",
)
FAR_NUMBERS = (
    "+442079460",
    "+441134960",
    "+447700900",
    "+493023125",
    "+494066969",
    "+33199001",
    "+33639980",
    "+61491570",
    "+124255501",
    "+187655501",
)
"""Starts of numbers set aside for fiction, to which three digits (or two after 555-01) are added."""
SATELLITE = "+870773555010"
TOLL_FREE = "+18005550100"


@dataclass(frozen=True)
class Origin:
    """A CDR source and the services whose calls it records."""

    source: str
    services: tuple[Service, ...]


def origins(known: list[Customer]) -> list[Origin]:
    """The sources with their services; customers without a plan make no calls."""
    services = [service for customer in known for service in customer.services]
    names = sorted({service.source for service in services})
    return [Origin(name, tuple(service for service in services if service.source == name)) for name in names]


def random_calls(rng: np.random.Generator, origin: Origin, day: date, count: int, file_tag: str) -> Columns:
    """Calls that landed on a day. Stamps are UTC epoch seconds; `expected` says what telebill must make of each."""
    midnight = int(datetime.combine(day, time(), UTC).timestamp())
    days_late = np.where(rng.random(count) < LATE_SHARE, rng.integers(1, 6, count), 0)
    start = midnight + rng.integers(0, LATEST_START_S, count) - days_late * 86_400
    ring = rng.integers(1, 25, count)
    talk = 1 + rng.exponential(150, count).astype(np.int64).clip(0, 3_000)
    talk[rng.random(count) < ZERO_SHARE] = 0
    unanswered = rng.random(count) < UNANSWERED_SHARE
    talk[unanswered] = 0
    service = rng.integers(0, len(origin.services), count)
    own = np.array([each.number for each in origin.services], object)[service]
    far = _far_numbers(rng, count, own)
    inbound = (rng.random(count) < 0.25) & (origin.source != "cucm-chicago")
    columns: Columns = {
        "id": np.array([f"{file_tag}-{i:06d}" for i in range(count)], object),
        "service_key": np.array([each.service_key for each in origin.services], object)[service],
        "caller": np.where(inbound, far, own),
        "callee": np.where(inbound, own, far),
        "direction": np.where(inbound, "inbound", "outbound").astype(object),
        "disposition": np.where(unanswered, "unanswered", "answered").astype(object),
        "start": start.astype(object),
        "answer": np.where(unanswered, NEVER, start + ring).astype(object),
        "end": (start + ring + talk).astype(object),
        "talk": talk.astype(object),
        "leg_kind": np.full(count, "call", object),
        "expected": np.where(unanswered, "non_billable/unanswered", "validated").astype(object),
    }
    _inbound_to_toll_free(rng, columns)
    _not_calls(rng, columns, origin.source)
    return columns


def _far_numbers(rng: np.random.Generator, count: int, own: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Four of five calls stay on the continent of the caller; the others go around the world."""
    tails = rng.integers(0, 100, count)
    areas = np.array([f"+1{area}55501" for area in NORTH_AMERICAN_AREAS], object)[
        rng.integers(0, len(NORTH_AMERICAN_AREAS), count)
    ]
    home = np.array(["+1" if number.startswith("+1") else number[:9] for number in own], object)
    near = np.where(home == "+1", areas + np.array([f"{tail:02d}" for tail in tails], object), "")
    abroad = ~np.array([number.startswith("+1") for number in own])
    near = np.where(abroad, _local_numbers(own, tails), near)
    far = np.array(FAR_NUMBERS, object)[rng.integers(0, len(FAR_NUMBERS), count)]
    width = np.array([2 if number.startswith("+1") else 3 for number in far])
    far = far + np.array([f"1{tail:02d}"[-w:] for tail, w in zip(tails, width, strict=True)], object)
    return np.where(rng.random(count) < 0.8, near, far)


def _local_numbers(own: npt.NDArray[np.object_], tails: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    return np.array([f"{number[:-2]}{tail:02d}" for number, tail in zip(own, tails, strict=True)], object)


def _inbound_to_toll_free(rng: np.random.Generator, columns: Columns) -> None:
    """Some North American inbound calls are to the toll-free number."""
    american = np.array([number.startswith("+1") for number in columns["callee"]])
    from_america = np.array(
        [number.startswith("+1") and number[2:5] not in ("242", "876") for number in columns["caller"]]
    )
    chosen = (columns["direction"] == "inbound") & american & from_america & (rng.random(len(american)) < 0.5)
    columns["callee"][chosen] = TOLL_FREE


def _not_calls(rng: np.random.Generator, columns: Columns, source: str) -> None:
    """Internal calls of switches, and the rows with which CUCM accompanies conferences."""
    count = len(columns["id"])
    answered = columns["expected"] == "validated"
    if source != "sbc-east":
        internal = answered & (rng.random(count) < INTERNAL_SHARE)
        columns["callee"][internal] = EXTENSION
        columns["direction"][internal] = "internal"
        columns["expected"][internal] = "non_billable/internal"
    if source == "cucm-chicago":
        accompanying = (columns["expected"] == "validated") & (rng.random(count) < ACCOMPANYING_SHARE)
        columns["caller"][accompanying] = "b00123456"
        columns["leg_kind"][accompanying] = "accompanying"
        columns["expected"][accompanying] = "non_billable/accompanying_row"
