"""The plan check: what in a plan contradicts itself, its own tables, or the data."""
