"""Re-rating: days priced again with the tariff that is published now, shown as a proposal, published on approval."""
