"""The engine: a process that has imported everything forks a child for every report.

`papermill_engine` runs a notebook's cells in the process that it is called in, or in a child
(`papermill --engine beskplan`) · `children` starts, watches and ends processes · `warm` is the process
that forks them, as a program and as its owner sees it · `pool` is what the build calls.
"""
