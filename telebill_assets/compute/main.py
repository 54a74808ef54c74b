"""The entry point on a cluster: runs one job request and writes its report.

    spark-submit main.py --request s3://bucket/run/request.json --report s3://bucket/run/report.json

Exit code 0: the report is written; it says whether the partition was published or held back by the audit.
"""

from typing import Annotated

import typer

from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.compute.runner import LocalRunner
from telebill_assets.settings import Settings
from telebill_assets.storage import filesystem


def main(
    request: Annotated[str, typer.Option(help="JSON of the job request: a path or a URI")],
    report: Annotated[str, typer.Option(help="Where to write the JSON of the report: a path or a URI")],
) -> None:
    """Run one job request with the settings of the environment."""
    found = LocalRunner(Settings()).run(JobRequest.model_validate_json(_read(request)))
    _write(report, found)


def _read(place: str) -> bytes:
    files, path = filesystem(place)
    with files.open_input_stream(path, compression=None) as stream:
        return bytes(stream.read())


def _write(place: str, report: JobReport) -> None:
    files, path = filesystem(place)
    with files.open_output_stream(path, compression=None) as stream:
        stream.write(report.model_dump_json(indent=2).encode())


if __name__ == "__main__":
    typer.run(main)
