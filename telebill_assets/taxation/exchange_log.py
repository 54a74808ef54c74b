"""The exchange log: a request is written before it is sent and its answer as soon as it is there.

The STAN is made from the request's content. So the same content has the same STAN: if its answer is known it is
used again, and if it is not, SureTax itself refuses to process it a second time.
"""

import hashlib
from datetime import date

from telebill_assets.database.server import connect
from telebill_assets.taxation.client import SureTaxClient, verify
from telebill_assets.taxation.wire import Request, Response, logged_text, parse_response

STAN_LENGTH = 16


def stan_of(request: Request) -> str:
    """Sixteen characters, unique for the content, whatever the request's own STAN."""
    content = logged_text(request.model_copy(update={"STAN": ""}))
    return hashlib.sha256(content.encode()).hexdigest()[:STAN_LENGTH].upper()


def exchange(request: Request, month: date, client: SureTaxClient, database_url: str) -> tuple[str, Response]:
    """The STAN of a request and its answer: from the log if it was answered before, else from SureTax.

    Raises:
        SureTaxError: see `SureTaxClient.calculate`.
    """
    stan = stan_of(request)
    stamped = request.model_copy(update={"STAN": stan})
    with connect(database_url) as connection:
        known = connection.execute("SELECT answer FROM suretax_exchange WHERE stan = %s", [stan]).fetchone()
        if known and known[0] is not None:
            response = parse_response(str(known[0]))
            verify(response, [item.LineNumber for item in request.ItemList])
            return stan, response
        connection.execute(
            "INSERT INTO suretax_exchange (stan, billing_month, lines, request) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (stan) DO NOTHING",
            [stan, month, len(request.ItemList), logged_text(stamped)],
        )
    text, response = client.calculate(stamped)
    with connect(database_url) as connection:
        connection.execute(
            "UPDATE suretax_exchange SET answer = %s, answered_at = now() WHERE stan = %s AND answer IS NULL",
            [text, stan],
        )
    return stan, response
