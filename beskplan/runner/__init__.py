"""Which reports are asked for and stale, and making them: notebook, page, proof, records."""
