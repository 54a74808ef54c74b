"""The stages and reference tables as Dagster assets: partitions, dependencies, checks, metadata.

Here belongs what turns a stage into an asset and a job report into Dagster's events. What a stage computes and checks
belongs in `stages`; when assets run, in `automation.py`. Nothing here starts a task: an asset asks a runner.
"""
