"""The lake: Iceberg tables whose partitions are read, staged, published and rolled back as a whole.

Here belongs all that knows Iceberg or Parquet: the catalog, data files and their names, commits and their conflicts,
history, vacuum. What a table means is its model in `tables`; whether it may be published is decided by `audit`.
"""
