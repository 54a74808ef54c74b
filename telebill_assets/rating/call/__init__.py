"""The price of a call: destination, plan, band, rate, increments, bounds, rounding; then the sums of priced calls.

Here belongs what decides the price of one call, or adds up priced calls. Whatever looks at the usage of a whole
month (allowances, tiers, fees, discounts) belongs in `rating/month`; the tariff that both read is `rating/tariff.py`.
"""
