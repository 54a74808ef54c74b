"""The Spark session: one per process, UTC, ANSI, Parquet stamps that Iceberg understands."""

import os
import shutil
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from telebill_assets.errors import OperatorError
from telebill_assets.settings import Settings

LOOPBACK = "127.0.0.1"
LOGGING = Path(__file__).with_name("log4j2.properties")
COMPILE_ALL = "-XX:-DontCompileHugeMethods"
"""Spark generates long methods; without this the JVM would interpret the longest, several times slower."""

DRIVER_OPTIONS = ("-Duser.timezone=UTC", f"-Dlog4j2.configurationFile={LOGGING.as_uri()}", COMPILE_ALL)


class JavaMissingError(OperatorError):
    """Spark found no Java to run on."""


def spark_session(settings: Settings) -> SparkSession:
    """Return the process's session, starting it on first use."""
    local = settings.spark_master.startswith("local")
    os.environ["PYSPARK_PYTHON"] = sys.executable  # the workers' Python; otherwise plain `python3`
    builder = (
        SparkSession.builder.master(settings.spark_master)
        .appName("telebill")
        .config("spark.driver.memory", settings.spark_memory)
        .config("spark.pyspark.python", sys.executable)
        .config("spark.executorEnv.POLARS_MAX_THREADS", "1")  # Spark runs a task per core; a task needs one thread
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.extraJavaOptions", " ".join([*DRIVER_OPTIONS, settings.spark_java_options]))
        .config("spark.executor.extraJavaOptions", COMPILE_ALL)
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.sql.parquet.compression.codec", "zstd")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "50000")  # calls are priced a batch at a time
        .config("spark.sql.shuffle.partitions", str(settings.shuffle_partitions))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.caseSensitive", "true")
        .config("spark.sql.codegen.cache.maxEntries", "2000")  # a day has more than Spark's hundred
        .config("spark.sql.inMemoryColumnarStorage.compressed", "false")  # trying encodings is half the time of caching
        .config("spark.python.sql.dataFrameDebugging.enabled", "false")  # a fifth of the driver's time on small days
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
