"""Running by the clock: the nightly run, its watch, and the entries that start them."""
