"""The billing database: PostgreSQL, embedded or by DSN, and its migrations."""
