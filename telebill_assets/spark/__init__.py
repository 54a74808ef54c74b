"""How work is spread: the Spark session and the few ways of distributing tasks.

Here belongs what knows Spark and nothing of telecom. What the tasks do is core code, in the other packages.
"""
