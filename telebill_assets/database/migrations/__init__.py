"""Alembic's migrations of the billing database."""
