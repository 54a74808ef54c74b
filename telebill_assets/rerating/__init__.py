"""Re-rating: days are priced again with the tariff published now, shown as a proposal, and published on approval.

Here belongs `telebill rerate`: scope, proposal, comparison, approval, and adjustments of closed months. The prices come
from `rating.call`, and how adjustments are billed is the stage `rated_usage`.
"""
