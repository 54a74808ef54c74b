"""Rating: the tariff, the price of a call, and the charge lines of a month."""
