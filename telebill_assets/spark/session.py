"""The Spark session: one per process. Spark schedules tasks, moves blobs between them, and tries lost ones again."""

import os
import shutil
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from telebill_assets.errors import OperatorError
from telebill_assets.settings import Settings

LOOPBACK = "127.0.0.1"
LOGGING = Path(__file__).with_name("log4j2.properties")
FEW_THREADS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""The JVM only schedules and moves blobs: to compile that well, and to collect its garbage on all cores, costs more
processor time than it saves (3 of 7 seconds of a stage of 3 million records).
"""
DRIVER_OPTIONS = ("-Duser.timezone=UTC", f"-Dlog4j2.configurationFile={LOGGING.as_uri()}", FEW_THREADS)


class JavaMissingError(OperatorError):
    """Spark found no Java to run on."""


def spark_session(settings: Settings) -> SparkSession:
    """Return the process's session, starting it on first use.

    Raises:
        JavaMissingError: there is no Java.
    """
    local = settings.spark_master.startswith("local")
    os.environ["PYSPARK_PYTHON"] = sys.executable  # the workers' Python; otherwise plain `python3`
    builder = (
        SparkSession.builder.master(settings.spark_master)
        .appName("telebill")
        .config("spark.driver.memory", settings.spark_memory)
        .config("spark.pyspark.python", sys.executable)
        .config("spark.executorEnv.POLARS_MAX_THREADS", "1")  # Spark runs a task per core; a task needs one thread
        .config("spark.driver.extraJavaOptions", " ".join([*DRIVER_OPTIONS, settings.spark_java_options]))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
    )
    if local:
        builder = builder.config("spark.driver.host", LOOPBACK).config("spark.driver.bindAddress", LOOPBACK)
    if SparkSession.getActiveSession() is None:
        _require_java()
    return builder.getOrCreate()


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        where = f"in JAVA_HOME={home}" if home else "on the PATH"
        raise JavaMissingError(f"There is no java {where}: install a Java 17 runtime, or set JAVA_HOME to one.")
