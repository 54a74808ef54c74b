"""The client against the sandbox over HTTP."""

import pytest

from telebill_assets.taxation.client import StanProcessedError, SureTaxClient, SureTaxUnreachableError
from telebill_assets.taxation.sandbox.server import PortInUseError, running_sandbox
from telebill_assets.taxation.wire import logged_text
from telebill_assets_tests.unit.taxation.test_engine import KEY, item, request


def test_a_request_is_answered_over_http():
    with running_sandbox() as url, SureTaxClient(url) as client:
        response = client.calculate(request(item(revenue="1.20"), STAN="S1")).response
    assert str(response.TotalTax) == "0.411600"
    assert response.STAN == "S1"


def test_a_stan_is_processed_once():
    with running_sandbox() as url, SureTaxClient(url) as client:
        client.calculate(request(item(), STAN="S1"))
        with pytest.raises(StanProcessedError):
            client.calculate(request(item(), STAN="S1"))


def test_an_unreachable_server_is_one_clear_line():
    with running_sandbox() as url:
        pass
    with SureTaxClient(url) as client, pytest.raises(SureTaxUnreachableError) as caught:
        client.calculate(request(item()))
    assert "telebill sandbox" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_port_in_use_is_one_clear_line():
    with (
        running_sandbox() as url,
        pytest.raises(PortInUseError, match="cannot be used"),
        running_sandbox(int(url.rsplit(":", 1)[1])),
    ):
        pass


def test_the_exchange_log_never_holds_the_validation_key():
    assert KEY not in logged_text(request(item()))
