"""Taxation: charge lines become requests to SureTax, and its answers tax lines.

Here belong the wire format, the mapping of lines and accounts, batches, the client, and the exchange log by which no
batch is taxed twice. Taxes are never computed or rounded here; summing them per invoice is `invoicing`.
"""
