"""The billing database: where it is, and the migrations that make its tables.

Here belongs starting the embedded PostgreSQL, connecting to the operator's, and bringing either to the newest schema.
What is read from its tables and written to them belongs to the packages that know what it means, such as `invoicing`.
"""
