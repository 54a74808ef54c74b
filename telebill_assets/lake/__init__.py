"""The lake: Iceberg tables that are read, staged, published and rolled back."""
