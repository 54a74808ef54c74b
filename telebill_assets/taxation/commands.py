"""`telebill sandbox`."""

from typing import Annotated

import typer
from rich import print as show

from telebill_assets.taxation.sandbox.server import serve


def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on")] = 8917,
) -> None:
    """Serve SureTax's protocol with illustrative rates, until interrupted."""
    show(f"The SureTax sandbox listens on http://{host}:{port} (illustrative rates; Ctrl-C stops it)")
    serve(host, port)
