"""Alembic's migrations of the billing database: env.py runs them, `versions` holds them."""
