"""The road: one folder per asset, in order; `job.py` computes the asset and `checks.py` says what must hold of it.

A job reads published tables, hands work to core functions (`mediation`, `rating`, `taxation`, `invoicing`), in tasks
where there is much of it, and publishes what passed its checks. What a record or a charge means is decided in the core,
not here. `road.py` lists the stages; Dagster's side of them is in `assets`.
"""
