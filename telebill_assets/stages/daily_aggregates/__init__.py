"""Every validated call is priced, then summed per account, service, call date and rate.

Here belongs writing the sums so that a month can read whole accounts. The price itself is `rating.call`.
"""
