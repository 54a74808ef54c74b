"""Every landed record is settled: validated, suspended, a duplicate, or not billable.

Here belongs bringing rows of one record key together over files and days. The rules by which a record is judged are in
`mediation`.
"""
