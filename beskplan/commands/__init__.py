"""The commands, one module for each group; `beskplan.cli` puts them together.

Importing them costs nothing: what a command needs it imports when it is called.
"""
