"""The Dagster assets: partitions, dependencies, metadata and a call to a runner. No Spark here."""
