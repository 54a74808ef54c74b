"""A second method for the price of a call: it is lived through increment by increment, as a prepaid switch would.

Written from the rules of docs/tariffs.md in plain Python; it shares no code with telebill.
"""

import math
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

DAY = 24 * 60 * 60


def clock(text):
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def band_at(bands, local):
    """The band that holds at a local time: the heaviest, of equals the first."""
    second = local.hour * 3600 + local.minute * 60 + local.second
    best = None
    for band in bands:
        start, end = clock(band["start"]) % DAY, clock(band["end"])
        if end > start:
            began = local.date() if start <= second < end else None
        elif second >= start:
            began = local.date()
        else:
            began = local.date() - timedelta(days=1) if second < end else None
        if began is None or (band["days"] and began.isoweekday() not in band["days"]):
            continue
        if band["dates"] and f"--{began:%m-%d}" not in band["dates"] and began.isoformat() not in band["dates"]:
            continue
        if best is None or band["weight"] > best["weight"]:
            best = band
    return best


def rounded(exact, rounding):
    if rounding is None:
        return exact
    unit = Fraction(1, 10 ** rounding["decimals"])
    steps = abs(exact) / unit
    whole = {
        "down": math.floor(steps),
        "up": math.ceil(steps),
        "half_up": math.floor(steps + Fraction(1, 2)),
    }[rounding["method"]]
    return (whole if exact >= 0 else -whole) * unit


def price(case):
    """Exact or rounded charge and billed seconds of a case; None where neither a band nor the case has rates."""
    start = datetime.fromisoformat(case["start"]).replace(tzinfo=ZoneInfo(case["time_zone"])).astimezone(UTC)
    zone = ZoneInfo(case["time_zone"])
    charge, bought_until, first = Fraction(0), 0, True
    while bought_until < case["duration_s"]:
        at = bought_until if case["band_policy"] == "split" else 0
        groups = case["rates"]
        if case["bands"]:
            band = band_at(case["bands"], (start + timedelta(seconds=at)).astimezone(zone))
            groups = (band and band["rates"]) or groups
            if groups is None:
                return None
        group = max((g for g in groups if g["from_s"] <= bought_until), key=lambda g: g["from_s"])
        if first:
            charge, first = charge + Fraction(group["connect_fee"]), False
        bought_until += group["increment_s"]
        charge += Fraction(group["rate"]) * group["increment_s"] / group["unit_s"]
    if bought_until:
        if case["min_charge"] is not None:
            charge = max(charge, Fraction(case["min_charge"]))
        if case["max_charge"] is not None:
            charge = min(charge, Fraction(case["max_charge"]))
    return rounded(charge, case["rounding"]), bought_until
