"""The evidence of a month, on one page and as JSON.

Here belongs collecting and writing it. The recount is `proof`, the page itself `close_report`.
"""
