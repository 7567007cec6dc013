"""Proof of identity."""
from __future__ import annotations
def prove(job, place, work): pass
