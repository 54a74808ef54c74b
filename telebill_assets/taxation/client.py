"""The SureTax client: sends a request until it is answered, and refuses answers that do not add up."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, Self

import httpx
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from telebill_assets.errors import OperatorError
from telebill_assets.taxation.wire import (
    CALCULATE,
    STAN_PROCESSED,
    SUCCESS,
    SUCCESS_WITH_ITEM_ERRORS,
    Request,
    Response,
    decode_answer,
    encode_request,
    parse_response,
)

TIMEOUT = httpx.Timeout(60, connect=5)
ATTEMPTS = 4
TRANSIENT_STATUS = frozenset({429, 500, 502, 503, 504})


class SureTaxError(OperatorError):
    """SureTax did not do what was asked."""


class SureTaxUnreachableError(SureTaxError):
    """No answer; the request may be sent again with the same STAN."""


class SureTaxRefusedError(SureTaxError):
    """The whole request was declined."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"SureTax declined the request: {code} {message}")
        self.code = code


class StanProcessedError(SureTaxRefusedError):
    """The STAN was processed before, but its answer was lost; it must be reconciled with SureTax."""


class SureTaxAnswerError(SureTaxError):
    """The answer contradicts itself or the request."""


class Answer(NamedTuple):
    """An answer as it came, and what it says."""

    text: str
    response: Response


class SureTaxClient:
    """A connection to SureTax or to the sandbox server."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._http = httpx.Client(timeout=TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def calculate(self, request: Request) -> Answer:
        """Send a request; returns the answer after checking it.

        Raises:
            SureTaxUnreachableError: no answer after several attempts.
            StanProcessedError: the STAN has been used.
            SureTaxRefusedError: another header error.
            SureTaxAnswerError: the answer does not add up, or leaves a line out.
        """
        body = encode_request(request)
        try:
            for attempt in Retrying(
                retry=retry_if_exception(_transient),
                stop=stop_after_attempt(ATTEMPTS),
                wait=wait_random_exponential(multiplier=0.2, max=5),
                reraise=True,
            ):
                with attempt:
                    answer = self._http.post(self._url + CALCULATE, json=body)
                    answer.raise_for_status()
        except httpx.HTTPError as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise SureTaxUnreachableError(
                f"SureTax at {self._url} cannot be reached: {reason}. `telebill sandbox` starts the sandbox server."
            ) from None
        try:
            text = decode_answer(answer.text)
            response = parse_response(text)
        except ValueError as error:
            raise SureTaxAnswerError("SureTax sent an answer that cannot be read") from error
        verify(response, [item.LineNumber for item in request.ItemList])
        return Answer(text, response)


def verify(response: Response, sent: Iterable[str]) -> None:
    """Check an answer against the lines that were sent.

    Raises:
        StanProcessedError: code 1000.
        SureTaxRefusedError: any other header error.
        SureTaxAnswerError: a line is not answered, an unknown one is, or the total is not the sum of the taxes.
    """
    if response.ResponseCode == STAN_PROCESSED:
        raise StanProcessedError(response.ResponseCode, response.HeaderMessage)
    if response.ResponseCode not in {SUCCESS, SUCCESS_WITH_ITEM_ERRORS}:
        raise SureTaxRefusedError(response.ResponseCode, response.HeaderMessage)
    answered = {group.LineNumber for group in response.GroupList} | {m.LineNumber for m in response.ItemMessages}
    expected = set(sent)
    if answered != expected:
        wrong = ", ".join(sorted(answered ^ expected)[:5])
        raise SureTaxAnswerError(f"SureTax answered other lines than were sent: {wrong}")
    total = sum((tax.TaxAmount for group in response.GroupList for tax in group.TaxList), start=Decimal(0))
    if response.TotalTax is None or response.TotalTax != total:
        raise SureTaxAnswerError(f"SureTax's total tax {response.TotalTax} is not the sum of its taxes, {total}")


def _transient(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in TRANSIENT_STATUS
    return isinstance(error, httpx.TransportError)
