"""What the sandbox answers: a pure function from a request to an answer, by SureTax's published arithmetic."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from telebill_assets.taxation.sandbox.exemptions import is_exempt
from telebill_assets.taxation.sandbox.rates import NO_TAX, DemoRate, service_of, taxes_of
from telebill_assets.taxation.wire import (
    SUCCESS,
    SUCCESS_WITH_ITEM_ERRORS,
    Group,
    Item,
    ItemMessage,
    Request,
    Response,
    Tax,
)

UNKNOWN_PLACE = "9399"
"""Placeholder: the vendor's own code for an address that cannot be resolved is not public."""


def header_error(request: Request) -> tuple[str, str] | None:
    """The first error that declines the whole request, in the order of the vendor's list."""
    checks = (
        ("1110", "Data Month Required", request.DataMonth),
        ("1120", "Data Year Required", request.DataYear),
        ("1130", "Client Number Required", request.ClientNumber),
        ("1150", "Validation Key Required", request.ValidationKey.get_secret_value()),
        ("1190", "Response Group Required", request.ResponseGroup),
        ("1200", "Response Type Required", request.ResponseType),
        ("1210", "Return File Code Required", request.ReturnFileCode),
        ("1220", "Item List Required", request.ItemList),
    )
    for code, message, value in checks:
        if not value:
            return code, message
    if request.ResponseType[0] not in "DS":
        return "1201", "Invalid Response Type"
    if request.ReturnFileCode not in {"0", "Q"}:
        return "1211", "Invalid Return File Code"
    return None


def failure(code: str, message: str) -> Response:
    """The answer that declines a whole request."""
    return Response(Successful="N", ResponseCode=code, HeaderMessage=f"Failure - {message}")


def calculate(request: Request, trans_id: int) -> Response:
    """Tax every item; items with errors are reported and do not stop the others."""
    decimals = int(request.ResponseType[1:] or 2)
    groups, messages = [], []
    for number, item in enumerate(request.ItemList, start=1):
        line = item.LineNumber or str(number)
        error = _item_error(item)
        if error:
            messages.append(ItemMessage(LineNumber=line, ResponseCode=error[0], Message=error[1]))
        else:
            groups.append(_group(line, item, decimals))
    total = sum((tax.TaxAmount for group in groups for tax in group.TaxList), start=Decimal(0))
    return Response(
        Successful="Y",
        ResponseCode=SUCCESS_WITH_ITEM_ERRORS if messages else SUCCESS,
        HeaderMessage="Success with Item errors" if messages else "Success",
        ItemMessages=messages,
        ClientTracking=request.ClientTracking or None,
        TotalTax=_rounded(total, decimals),
        TransId=trans_id,
        STAN=request.STAN,
        GroupList=groups,
    )


def _item_error(item: Item) -> tuple[str, str] | None:
    if not item.InvoiceNumber.replace("-", "").isalnum() and item.InvoiceNumber:
        return "9100", "Invalid Invoice Number - Must be alphanumeric"
    if len(item.InvoiceNumber) > 40:
        return "9101", "Invalid Invoice Number - Too long"
    if item.UnitType != "00":
        return "9220", "Invalid Unit Type - Must be 00"
    if taxes_of(item.Address.Country, _state(item), service_of(item.TransTypeCode)) is None:
        return UNKNOWN_PLACE, "Address cannot be resolved to a taxing place of the sandbox"
    return None


def _state(item: Item) -> str:
    return item.Address.State if item.Address.Country in {"US", "CA"} else ""


def _group(line: str, item: Item, decimals: int) -> Group:
    return Group(
        LineNumber=line,
        StateCode=_state(item) or item.Address.Country,
        InvoiceNumber=item.InvoiceNumber,
        CustomerNumber=item.CustomerNumber,
        TaxList=list(_taxes(item, decimals)),
    )


def _taxes(item: Item, decimals: int) -> Iterator[Tax]:
    service = service_of(item.TransTypeCode)
    if service == NO_TAX:
        return
    for rate in taxes_of(item.Address.Country, _state(item), service) or ():
        amount = _rounded(_exact(item, rate), decimals)
        if amount and not is_exempt(item.TaxExemptionCodeList, rate.tax_type, is_fee=rate.fee_rate > 0):
            yield _tax(item, rate, amount, decimals)


def _exact(item: Item, rate: DemoRate) -> Decimal:
    if rate.fee_rate:
        return item.Units * rate.fee_rate
    return item.Revenue * rate.percent_taxable * rate.rate


def _tax(item: Item, rate: DemoRate, amount: Decimal, decimals: int) -> Tax:
    """RevenueBase is computed back from the amount, as the vendor does; a fee's base is the revenue."""
    base = item.Revenue if rate.fee_rate else _rounded(amount / rate.rate, decimals)
    return Tax(
        TaxTypeCode=rate.tax_type,
        TaxTypeDesc=rate.description,
        TaxAmount=amount,
        Revenue=item.Revenue,
        RevenueBase=base,
        TaxRate=rate.rate,
        PercentTaxable=rate.percent_taxable,
        FeeRate=rate.fee_rate,
        CityName=item.Address.City.upper(),
        TaxAuthorityName=rate.authority,
    )


def _rounded(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
