"""The charge lines of a month are taxed by SureTax, whole invoices at a time.

Here belongs giving each task a range of accounts. Requests, answers and their log are `taxation`.
"""
