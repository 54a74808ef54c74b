"""Ingestion: senders' files come into the landing zone whole, verified and once."""
