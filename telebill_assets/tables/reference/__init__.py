"""The models of the reference tables: one for each CSV file, several for plans.yaml, one for controls.yaml.

Here belongs what one row or one column must be. What several files must agree on is checked in `reference`.
"""
