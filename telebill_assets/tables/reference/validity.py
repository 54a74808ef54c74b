"""The validity of reference rows."""

FOREVER = "9999-12-31"
"""Stands for an empty valid_to where dates are compared."""
