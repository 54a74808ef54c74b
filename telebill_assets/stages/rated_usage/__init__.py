"""The aggregates and charges of a month become charge lines, account group by account group.

Here belongs handing each task the files of its accounts. What a line charges is `rating.month`.
"""
