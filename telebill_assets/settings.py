"""The one place that reads the environment. Every part gets its values from a `Settings` passed to it.

Variables are named `TELEBILL_<FIELD>`, for example `TELEBILL_SPARK_MASTER=spark://host:7077`.
"""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from telebill_assets import __version__
from telebill_assets.errors import InvalidInputError


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        msg = "not an IANA time zone such as Europe/Berlin"
        raise ValueError(msg)
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class Settings(BaseSettings):
    """All of telebill's configuration, frozen, validated as a whole when it is built."""

    model_config = SettingsConfigDict(env_prefix="TELEBILL_", frozen=True, extra="ignore")

    home: Path = Field(Path(".telebill"), description="Folder of everything telebill keeps on this machine")
    landing: str | None = Field(
        None, description="Landing zone, a folder or a URI such as s3://bucket/landing; default <home>/landing"
    )
    reference: Path | None = Field(None, description="Folder of the reference files; default <home>/reference")
    lake: Path | None = Field(None, description="Folder of the lake tables; default <home>/lake")
    documents: Path | None = Field(None, description="Folder of rendered invoices; default <home>/documents")

    billing_zone: TimeZone = Field("UTC", description="Time zone of the landing days and billing months")
    first_day: date = Field(date(2020, 4, 1), description="First landing day; must be the first of a month")
    max_call_age_days: int = Field(90, ge=1, le=400, description="Older calls are suspended as too_old")
    max_call_s: int = Field(86_400, ge=60, description="Longer calls are suspended as absurd_duration")

    spark_master: str = Field("local[*]", description="Spark master URL")
    spark_memory: str = Field("1g", pattern=r"^\d+[gm]$", description="Memory of the Spark driver")
    spark_java_options: str = Field("", description="More options of the JVM of the Spark driver")

    database_url: SecretStr | None = Field(None, description="PostgreSQL DSN; default: embedded, in <home>/postgres")

    suretax_url: str = Field("http://127.0.0.1:8917", description="Base URL of SureTax; default: the sandbox server")
    suretax_client_number: str = Field("000000000", max_length=10, description="SureTax ClientNumber")
    suretax_validation_key: SecretStr = Field(
        SecretStr("00000000-0000-0000-0000-000000000000"), description="SureTax ValidationKey"
    )
    suretax_business_unit: str = Field("", max_length=20, description="SureTax BusinessUnit")
    suretax_batch_lines: int = Field(500, ge=1, le=10_000, description="Lines in a request; whole invoices only")

    code_version: str = Field(__version__, description="Stamped on every snapshot and invoice; a commit id in CI")

    @cached_property
    def landing_zone(self) -> str:
        """Absolute path or URI of the landing zone."""
        return self.landing if self.landing and "://" in self.landing else str(self.landing_dir)

    @cached_property
    def landing_dir(self) -> Path:
        """The landing zone as a folder of this machine.

        Raises:
            InvalidInputError: it is elsewhere; to look there would find no files, as if none had come.
        """
        if self.landing and "://" in self.landing:
            raise InvalidInputError(f"TELEBILL_LANDING is {self.landing}: this needs a folder of this machine")
        return Path(self.landing or self.home / "landing").absolute()

    @cached_property
    def reference_dir(self) -> Path:
        return (self.reference or self.home / "reference").absolute()

    @cached_property
    def lake_dir(self) -> Path:
        return (self.lake or self.home / "lake").absolute()

    @cached_property
    def documents_dir(self) -> Path:
        return (self.documents or self.home / "documents").absolute()

    @cached_property
    def export_dir(self) -> Path:
        return (self.home / "export").absolute()

    @cached_property
    def close_dir(self) -> Path:
        return (self.home / "close").absolute()

    @cached_property
    def reports_dir(self) -> Path:
        return (self.home / "reports").absolute()

    @cached_property
    def dagster_dir(self) -> Path:
        return (self.home / "dagster").absolute()

    @cached_property
    def postgres_dir(self) -> Path:
        return (self.home / "postgres").absolute()
