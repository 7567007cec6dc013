"""The engine: a process that has imported everything forks a child for every report.

`pool` is what the build calls · `processes` starts, watches and ends children · `preload` is what the
process that forks them imports · `papermill_engine` runs a notebook's cells in the process that it is
called in, or in a child (`papermill --engine beskplan`).
"""
