"""The tariff inside a case: its rates, bands, rounding and bounds become rows of the reference tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from telebill_assets.quote.fields import Case, decimal, objects, one_of, second_of_day, whole, wrong
from telebill_assets.rating.call.bands import EVERY_DAY, is_date
from telebill_assets.rating.call.rate_groups import ANY
from telebill_assets.tables.reference.plans import BAND_POLICIES, MAX_POLICIES, ROUNDING_METHODS

MOST_DECIMALS = 30
MOST_S = 10**9
Group = tuple[int, Decimal, Decimal, int, int]
"""from_s, connect_fee, rate, unit_s, increment_s."""
GROUP_COLUMNS = ("from_s", "connect_fee", "rate", "unit_s", "increment_s")


@dataclass(frozen=True)
class CaseBand:
    """A band of a case; `key` numbers what has the same name and the same rates."""

    key: str
    name: str
    days: str
    dates: str | None
    start_s: int
    end_s: int
    weight: int
    rates: tuple[Group, ...] | None


@dataclass(frozen=True)
class CaseTerms:
    """What a case says beside the call itself."""

    rates: tuple[Group, ...] | None
    bands: tuple[CaseBand, ...]
    split: bool
    rounding: tuple[str, int] | None
    min_charge: Decimal | None
    max_charge: Decimal | None
    max_policy: str

    @property
    def rounds(self) -> bool:
        return self.rounding is not None

    def name_of(self, key: str | None) -> str | None:
        """The name of a band by its key; a case without bands has no names."""
        return next((band.name for band in self.bands if band.key == key), None)

    def plan_row(self, plan: str) -> dict[str, Any]:
        """The case as a row of plans."""
        method, decimals = self.rounding or ("half_up", 0)
        return {
            "plan_id": plan,
            "currency": "XXX",
            "rate_deck": plan,
            "rounding_method": method,
            "rounding_decimals": decimals,
            "rounding_point": "call" if self.rounds else "line",
            "band_policy": "split" if self.split else "start",
            "min_charge": self.min_charge,
            "min_on_free": True,
            "max_charge": self.max_charge,
            "max_policy": self.max_policy,
        }

    def band_rows(self, plan: str) -> list[dict[str, Any]]:
        """The bands as rows of plan_bands; rates beside bands hold where no band does, in a band without name."""
        always = CaseBand("base", "", EVERY_DAY, None, 0, 86_400, -1, None)
        columns = ("days", "dates", "start_s", "end_s", "weight")
        return [
            {"plan_id": plan, "band": band.key} | {name: getattr(band, name) for name in columns}
            for band in (*self.bands, *([always] if self.rates else []))
        ]

    def rate_rows(self, deck: str) -> Iterator[dict[str, Any]]:
        """The rates as rows of rates."""
        by_band = {band.key: band.rates for band in self.bands if band.rates}
        for band, groups in {ANY: self.rates or (), **by_band}.items():
            key = {"rate_deck": deck, "usage_type": ANY, "jurisdiction": ANY, "direction": ANY, "band": band}
            for group in groups:
                yield key | dict(zip(GROUP_COLUMNS, group, strict=True))


def read_terms(case: Case) -> CaseTerms:
    """Read and check everything but the call.

    Raises:
        WrongCaseError: a field is not what it must be.
    """
    rates = _groups(case, "rates")
    listed = objects(case, "bands", "bands") or ()
    if rates is None and not any(band.get("rates") for band in listed):
        raise wrong("rates", None, "rates, or bands with rates")
    low, high = (_bound(case, name) for name in ("min_charge", "max_charge"))
    if low is not None and high is not None and low > high:
        raise wrong("max_charge", high, f"no less than min_charge {low}")
    return CaseTerms(
        rates=rates,
        bands=_bands(listed),
        split=one_of(case, "band_policy", BAND_POLICIES, "start") == "split",
        rounding=_rounding(case),
        min_charge=low,
        max_charge=high,
        max_policy=one_of(case, "max_policy", MAX_POLICIES, "cap"),
    )


def _groups(owner: Case, name: str) -> tuple[Group, ...] | None:
    listed = objects(owner, "rates", name)
    if listed is None:
        return None
    groups = sorted((_group(item, f"{name}[{i}]") for i, item in enumerate(listed)), key=lambda group: group[0])
    starts = [group[0] for group in groups]
    if starts[0] != 0:
        raise wrong(f"{name}: from_s of the first group", starts[0], "0, so that every second has a rate")
    if len(set(starts)) < len(starts):
        raise wrong(f"{name}: from_s", starts, "a different second in every group")
    return tuple(groups)


def _group(item: Case, name: str) -> Group:
    from_s = 0 if item.get("from_s") is None else whole(item, "from_s", f"{name}.from_s", 0, MOST_S)
    rate = decimal(item, "rate", f"{name}.rate")
    if rate is None:
        raise wrong(f"{name}.rate", None, "a price of unit_s seconds")
    fee = decimal(item, "connect_fee", f"{name}.connect_fee") or Decimal(0)
    unit_s, increment_s = (whole(item, field, f"{name}.{field}", 1, MOST_S) for field in ("unit_s", "increment_s"))
    return from_s, fee, rate, unit_s, increment_s


def _bands(listed: Sequence[Case]) -> tuple[CaseBand, ...]:
    weights = [decimal(band, "weight", f"bands[{i}].weight") or Decimal(0) for i, band in enumerate(listed)]
    order = sorted(set(weights))
    keys: dict[tuple[str, tuple[Group, ...] | None], str] = {}
    found = []
    for i, band in enumerate(listed):
        name = f"bands[{i}]"
        if not isinstance(band.get("name"), str):
            raise wrong(f"{name}.name", band.get("name"), "the name of the band")
        rates = _groups(band, f"{name}.rates")
        found.append(
            CaseBand(
                key=keys.setdefault((band["name"], rates), str(len(keys))),
                name=band["name"],
                days=_days(band, f"{name}.days"),
                dates=_dates(band, f"{name}.dates"),
                start_s=second_of_day(_given(band, "start", "00:00:00"), f"{name}.start") % 86_400,
                end_s=second_of_day(_given(band, "end", "24:00:00"), f"{name}.end"),
                weight=order.index(weights[i]),
                rates=rates,
            )
        )
    return tuple(found)


def _given(band: Mapping[str, Any], field: str, otherwise: str) -> Any:
    return otherwise if band.get(field) is None else band[field]


def _days(band: Case, name: str) -> str:
    """ISO weekdays as a list or a text; null or empty is every day."""
    value = band.get("days")
    if value is None or value in ([], ""):
        return EVERY_DAY
    days = [str(day) for day in value] if isinstance(value, list) else list(str(value))
    if any(day not in EVERY_DAY or len(day) != 1 for day in days):
        raise wrong(name, value, "ISO weekdays from 1 (Monday) to 7, or null for all")
    return "".join(sorted(set(days)))


def _dates(band: Case, name: str) -> str | None:
    value = band.get("dates")
    if value is None or value in ([], ""):
        return None
    dates = value if isinstance(value, list) else [value]
    for text in dates:
        if not isinstance(text, str) or not is_date(text):
            raise wrong(name, text, "a date: --MM-DD for every year, or YYYY-MM-DD")
    return " ".join(dates)


def _rounding(case: Case) -> tuple[str, int] | None:
    rounding = case.get("rounding")
    if rounding is None:
        return None
    if not isinstance(rounding, Mapping):
        raise wrong("rounding", rounding, "an object with method and decimals, or null for exact")
    method = rounding.get("method")
    if method not in ROUNDING_METHODS:
        raise wrong("rounding.method", method, f"one of {', '.join(ROUNDING_METHODS)}")
    return str(method), whole(rounding, "decimals", "rounding.decimals", 0, MOST_DECIMALS)


def _bound(case: Case, name: str) -> Decimal | None:
    found = decimal(case, name, name)
    if found is not None and found < 0:
        raise wrong(name, found, "0 or more, or null")
    return found
