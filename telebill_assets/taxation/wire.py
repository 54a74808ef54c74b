"""SureTax's records on the wire: Communications V01, JSON dialect, with the field names of the vendor.

Requests and answers are JSON texts inside a JSON object ({"request": "..."} and {"d": "..."}).
Source: developer.taxrating.net, Communications request and response pages.
"""

import json
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, SecretStr, SerializationInfo, field_serializer

CALCULATE = "/Services/Communications/V01/SureTax.asmx/PostRequest"
SUCCESS, SUCCESS_WITH_ITEM_ERRORS, STAN_PROCESSED = "9999", "9001", "1000"
FINALISED = "0"
ONE_GROUP_PER_LINE = "00"
DETAIL_SIX_DECIMALS = "D6"
SITUS_POSTAL_CODE, SITUS_VAT_DESTINATION = "04", "15"
LEVELS = {"0": "federal", "1": "state", "2": "county", "3": "city", "4": "local", "5": "reporting_agency"}
"""First digit of TaxTypeCode."""

WITH_KEY = "with key"
"""Serialisation context in which a request shows its validation key."""

Amount = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Address(_Record):
    """Billing address of an item."""

    PrimaryAddressLine: str = ""
    SecondaryAddressLine: str = ""
    County: str = ""
    City: str = ""
    State: str = ""
    PostalCode: str = ""
    Plus4: str = ""
    Country: str = ""
    Geocode: str = ""
    VerifyAddress: str = "0"


class Item(_Record):
    """A charge line as the request of SureTax names it."""

    LineNumber: str
    InvoiceNumber: str = ""
    CustomerNumber: str = ""
    OrigNumber: str = ""
    TermNumber: str = ""
    BillToNumber: str = ""
    TransDate: str
    Revenue: Amount
    Units: int = 1
    UnitType: str = "00"
    Seconds: int = 1
    TaxIncludedCode: str = "0"
    TaxSitusRule: str
    TransTypeCode: str
    SalesTypeCode: str
    RegulatoryCode: str
    TaxExemptionCodeList: list[str] = Field(default_factory=lambda: ["00"])
    ExemptReasonCode: str = ""
    UDF: str = ""
    UDF2: str = ""
    CurrencyCode: str = ""
    OriginCountryCode: str = ""
    DestCountryCode: str = ""
    Address: "Address"


class Request(_Record):
    """A calculation request for whole invoices."""

    ClientNumber: str
    BusinessUnit: str = ""
    ValidationKey: SecretStr
    DataYear: str
    DataMonth: str
    CmplDataYear: str
    CmplDataMonth: str
    TotalRevenue: Amount
    ReturnFileCode: str = FINALISED
    ClientTracking: str = ""
    ResponseGroup: str = ONE_GROUP_PER_LINE
    ResponseType: str = DETAIL_SIX_DECIMALS
    STAN: str = ""
    ItemList: list[Item]

    @field_serializer("ValidationKey", when_used="json")
    def _key(self, key: SecretStr, info: SerializationInfo) -> str:
        return key.get_secret_value() if info.context == WITH_KEY else str(key)


class Tax(_Record):
    """One tax on one charge line, as the answer of SureTax names it."""

    TaxTypeCode: str
    TaxTypeDesc: str
    TaxAmount: Decimal
    Revenue: Decimal
    RevenueBase: Decimal
    TaxOnTax: Decimal = Decimal(0)
    TaxRate: Decimal
    PercentTaxable: Decimal = Decimal(1)
    FeeRate: Decimal
    CountyName: str | None = ""
    CityName: str | None = ""
    TaxAuthorityID: str | None = ""
    TaxAuthorityName: str | None = ""
    Juriscode: str | None = ""


class Group(_Record):
    """The taxes on one charge line, as the answer of SureTax groups them."""

    LineNumber: str
    StateCode: str | None = ""
    InvoiceNumber: str | None = ""
    CustomerNumber: str | None = ""
    TaxList: list[Tax]


class ItemMessage(_Record):
    """Why an item was not taxed."""

    LineNumber: str
    ResponseCode: str
    Message: str


class _Envelope(_Record):
    d: str


class Response(_Record):
    """The answer to a request."""

    Successful: str
    ResponseCode: str
    HeaderMessage: str
    ItemMessages: list[ItemMessage] = Field(default_factory=list)
    ClientTracking: str | None = None
    TotalTax: Decimal | None = None
    TransId: int = 0
    STAN: str | None = ""
    GroupList: list[Group] = Field(default_factory=list)


def encode_request(request: Request) -> dict[str, str]:
    """The body to post, validation key included."""
    return {"request": request.model_dump_json(context=WITH_KEY)}


def logged_text(request: Request) -> str:
    """The request as the exchange log keeps it: without the validation key."""
    return request.model_dump_json(exclude={"ValidationKey"})


def decode_answer(body: str) -> str:
    """The JSON text inside the answer's `d`.

    Raises:
        ValueError: the body is not such an object.
    """
    return _Envelope.model_validate_json(body).d


def parse_response(text: str) -> Response:
    """Read an answer; numbers become Decimal, never float."""
    return Response.model_validate(json.loads(text, parse_float=Decimal))
