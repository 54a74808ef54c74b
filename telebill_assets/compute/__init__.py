"""Compute: the Spark session, jobs, and the runners that execute them."""
