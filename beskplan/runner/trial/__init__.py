"""Trial runs: every notebook for the areas that strain it, from params that are made for the trial.

A plan is written for one municipality, and its notebooks are read there. Whether they also hold for an
island whose numbers are withheld, for the largest city or for a joint jobcentre is found out here,
before somebody else's plan depends on it (`beskplan check --areas`).
"""
