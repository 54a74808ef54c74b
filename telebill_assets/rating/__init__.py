"""Rating: the tariff, the price of a call (call/), and the charge lines of a month (month/).

Here belongs what turns usage into charges by a tariff, as pure functions over frames and arrays. How rates come into
the tables belongs in `reference` and `tariffs`; how work is spread, in the stages.
"""
