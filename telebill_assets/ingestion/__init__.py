"""Ingestion: senders' files are copied into the landing zone whole, verified and once.

Here belongs `telebill ingest`: what is to be copied, the verified copy, gaps in numbered files. A file's content is not
looked at: reading it is `mediation`, and registering what landed is the stage `raw_cdr`.
"""
