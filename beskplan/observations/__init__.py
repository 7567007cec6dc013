"""Observations: the contract, the snapshot store, suppression of small counts.

A source hands over a `Delivery`, `store` makes a new snapshot of it that continues the newest one,
`choose` finds the one that a plan asks for. Nothing that is stored is ever edited.
"""
