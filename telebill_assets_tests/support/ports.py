"""Ports of the loopback for servers that tests start as processes of their own."""

import socket
import time

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


def wait_for(port: int, seconds: float = 90) -> None:
    """Return as soon as something listens on the port."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, f"nothing listens on port {port} after {seconds} s"
            time.sleep(0.2)
        else:
            return
