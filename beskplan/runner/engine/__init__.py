"""The engine: a warm process that forks a child for every report, and outputs equal to papermill's.

`forking` (may this process fork?) · `children` (one supervised child) · `streams`, `shell` (a kernel
in this process) · `papermill_engine` (`papermill --engine beskplan`) · `warmth` (what is worth
doing once) · `zygote` (the process that forks) · `pool` (what the build calls).
"""
