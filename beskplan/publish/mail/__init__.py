"""Mail to a committee: what was approved and published, to each recipient exactly once."""
