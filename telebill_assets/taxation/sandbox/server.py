"""Running the sandbox: in a thread of this process, or in the foreground."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from telebill_assets.errors import OperatorError
from telebill_assets.taxation.sandbox.app import sandbox_app

LOOPBACK = "127.0.0.1"


class PortInUseError(OperatorError):
    """Something else listens on the port."""


@contextmanager
def running_sandbox(port: int = 0) -> Iterator[str]:
    """The URL of a sandbox that runs while the block does, on a port of the loopback; 0 takes a free one.

    Raises:
        PortInUseError: something else listens there.
    """
    with _bound(LOOPBACK, port) as bound:
        server = _server()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()  # the socket listens already, so requests wait until the server accepts them
        try:
            yield f"http://{LOOPBACK}:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def serve(host: str, port: int) -> None:
    """Serve until interrupted.

    Raises:
        PortInUseError: something else listens there.
    """
    with _bound(host, port) as bound:
        _server().run(sockets=[bound])


def _server() -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(sandbox_app(), log_level="warning", lifespan="off"))


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise PortInUseError(f"Port {port} of {host} cannot be used: {error.strerror}. Choose another one.") from None
    return bound
