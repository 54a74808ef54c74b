"""The month of an account: a pure function of its usage and its tariff.

Here belongs what makes a charge line out of a month's aggregates, fees and charges: one file per kind of charge, the
registry `kinds` that lists them in order, and `charge_lines` that puts them together. Every function takes whole
accounts, any number of them, so a month can be cut into groups of accounts and made piece by piece; the lines are the
same. The price of a single call is in `rating.call`; taxes and invoices come later and are not here. Nothing here reads
a file or knows where an account's rows come from.
"""
