"""How a carrier lays out its rate deck: which column is what, and how prices, dates and increments are written."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from telebill_assets.errors import InvalidInputError
from telebill_assets.tariffs.deck_cells import DATE_PARTS, UnreadableCellError, read_interval, read_unit

FIELDS = {
    "prefix": "dial codes; NPA+NXX joins two columns",
    "country_code": "country code that stands before the dial codes",
    "name": "name of the destination",
    "country": "ISO country",
    "group": "destination group",
    "rate": "price; rate.peak is the price in the band peak",
    "first_rate": "price of the first increment, if it is another",
    "interstate": "price of calls between states",
    "intrastate": "price of calls within a state, and of local calls",
    "indeterminate": "price of calls that are neither",
    "connect_fee": "fee of a call",
    "per": "unit of the price: minute, second, or seconds",
    "interval": "first and next increment in one column, such as 30/6",
    "first": "first increment",
    "next": "next increment",
    "effective": "first day of the price",
    "end": "last day of the price",
    "status": "new, changed, blocked, closed ...",
}
ANOTHER = re.compile(rf",\s*(?=(?:{'|'.join(FIELDS)}|rate\.\w+)=)")
"""The comma before another field in the same text."""
PRICES = ("rate", "interstate", "intrastate", "indeterminate")


class LayoutError(InvalidInputError):
    """The layout is not complete, or says something that no layout can say."""


def _interval(text: str) -> str:
    return _readable(text, read_interval)


def _unit(text: str) -> str:
    return _readable(text, read_unit)


def _readable(text: str, reader: Any) -> str:
    try:
        reader(text)
    except UnreadableCellError as error:
        raise ValueError(f"expected {error}") from error
    return text


def _date_pattern(pattern: str) -> str:
    parts = re.sub("|".join(DATE_PARTS), "", pattern)
    if "YY" not in pattern or "DD" not in pattern or "MM" not in pattern or re.search("[A-Za-z%]", parts):
        raise ValueError("expected a pattern such as DD.MM.YYYY")
    return pattern


def _columns(columns: dict[str, str]) -> dict[str, str]:
    unknown = [field for field in columns if field not in FIELDS and not re.fullmatch(r"rate\.\w+", field)]
    if unknown:
        raise ValueError(f"no such field: {', '.join(unknown)}; expected {', '.join(FIELDS)} or rate.<band>")
    if "prefix" not in columns and "country_code" not in columns:
        raise ValueError("expected a column for prefix")
    if not any(field.partition(".")[0] in PRICES for field in columns):
        raise ValueError(f"expected a column for one of {', '.join(PRICES)}")
    if ("first" in columns) != ("next" in columns):
        raise ValueError("expected columns for both first and next")
    return columns


class Layout(BaseModel):
    """A carrier's layout. The same names stand in a mapping file and on the command line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: Annotated[dict[str, str], AfterValidator(_columns)] = Field(description="The deck's column of each field")
    effective: date | None = Field(None, description="First day, where the deck has none")
    interval: Annotated[str, AfterValidator(_interval)] | None = Field(
        None, description="Increments, where the deck has none"
    )
    per: Annotated[str, AfterValidator(_unit)] = Field("minute", description="Unit of the prices")
    decimal: Literal[".", ","] = Field(".", description="Decimal mark")
    thousands: Literal[".", ",", " ", "'"] | None = Field(None, description="Separator of thousands; default: none")
    dates: Annotated[str, AfterValidator(_date_pattern)] = Field("YYYY-MM-DD", description="How dates are written")
    country_code: str = Field("", pattern="^[0-9]{0,4}$", description="Before every dial code, such as 1 for NPANXX")
    country: str | None = Field(None, pattern="^[A-Z0-9]{2,3}$", description="ISO country of all destinations")
    group: str | None = Field(None, description="Destination group of all new destinations")
    direction: Literal["*", "outbound", "inbound"] = Field("*", description="Direction of the calls")
    ranges: bool = Field(default=True, description="4420-4425 is a range; otherwise a dash is punctuation")
    header_line: int | None = Field(None, ge=1, description="Line of the header; default: found by the columns")
    delimiter: str | None = Field(None, min_length=1, max_length=1, description="Default: found by the columns")
    encoding: str = Field("utf-8-sig", description="Character encoding of the file")

    @model_validator(mode="after")
    def _says_when_and_how(self) -> "Layout":
        if self.effective is None and "effective" not in self.columns:
            raise ValueError("effective: expected a column, or one day for the whole deck")
        if self.interval is None and not {"interval", "first"} & {*self.columns}:
            raise ValueError("interval: expected a column (or first and next), or increments for the whole deck")
        return self

    @property
    def prices(self) -> list[str]:
        """The fields of a deck that hold prices."""
        return [field for field in self.columns if field.partition(".")[0] in PRICES]


def layout_of(options: Mapping[str, Any], columns: Iterable[str], file: Path | None = None) -> Layout:
    """The layout of a mapping file, with what the command line says in its place.

    Args:
        options: fields of Layout; None where nothing is said.
        columns: texts such as prefix=Code, or several with commas between.
        file: YAML with fields of Layout.

    Raises:
        LayoutError: with everything that is wrong, in one line each.
    """
    said = {name: _as_text(value) for name, value in _mapping_file(file).items()} if file else {}
    mapped = {name: _as_text(column) for name, column in (said.get("columns") or {}).items()}
    for text in (part for listed in columns for part in ANOTHER.split(listed)):
        field, equals, column = text.partition("=")
        if not (equals and column.strip()):
            raise LayoutError(f"--map is '{text}', expected field=column, such as prefix=Code")
        mapped[field.strip()] = column.strip()
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Layout.model_validate({**said, **given, "columns": mapped})
    except ValidationError as error:
        where = file.name if file else "layout"
        raise LayoutError("\n".join(f"{where}: {_fault(fault)}" for fault in error.errors())) from error


def _mapping_file(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise LayoutError(f"{file} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LayoutError(f"{file.name}: expected YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict) or not isinstance(found.get("columns", {}), dict):
        raise LayoutError(f"{file.name}: expected fields such as columns, interval and decimal")
    return found


def _as_text(value: Any) -> Any:
    """YAML takes 60 for a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _fault(fault: Any) -> str:
    said = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:
        return str(said)
    name = ".".join(map(str, fault["loc"]))
    value = "" if isinstance(fault["input"], dict) else f" is '{fault['input']}'"
    return f"{name}{value}: {said}"
