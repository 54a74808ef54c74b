"""Models of the reference tables: one CSV or YAML file each, validated whole before anything runs."""
