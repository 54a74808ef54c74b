"""The sandbox over HTTP: the JSON dialect of Communications V01. It forgets used STANs when it stops."""

import json
import re
from decimal import Decimal
from itertools import count

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse
from starlette.routing import Route

from telebill_assets.taxation.sandbox.engine import calculate, failure, header_error
from telebill_assets.taxation.wire import CALCULATE, STAN_PROCESSED, Request, Response

FIRST_TRANS_ID = 700_000_001
NUMBERS = ("TaxRate", "PercentTaxable", "FeeRate")


def sandbox_app() -> Starlette:
    """A new sandbox with an empty memory."""
    used_stans: set[tuple[str, str]] = set()
    trans_ids = count(FIRST_TRANS_ID)

    def answer(text: str) -> Response:
        try:
            request = Request.model_validate(json.loads(text, parse_float=Decimal))
        except (ValueError, ValidationError):
            return failure("1101", "Invalid Request Format")
        if error := header_error(request):
            return failure(*error)
        stan = (request.ClientNumber, request.STAN)
        if request.STAN and stan in used_stans:
            return failure(STAN_PROCESSED, "STAN already processed")
        used_stans.add(stan)
        return calculate(request, next(trans_ids))

    async def post_request(http: HttpRequest) -> JSONResponse:
        try:
            text = str((await http.json())["request"])
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"d": wire_text(failure("1101", "Invalid Request Format"))})
        return JSONResponse({"d": wire_text(answer(text))})

    async def health(_: HttpRequest) -> JSONResponse:
        return JSONResponse({"sandbox": "ready"})

    return Starlette(routes=[Route(CALCULATE, post_request, methods=["POST"]), Route("/health", health)])


def wire_text(response: Response) -> str:
    """The answer's JSON text: amounts as strings, rates as bare numbers, as the vendor writes them."""
    text = response.model_dump_json()
    for name in NUMBERS:
        text = re.sub(rf'"{name}":"([0-9.Ee+-]+)"', rf'"{name}":\1', text)
    return text
