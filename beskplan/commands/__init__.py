"""The commands, one module for each group; `app` puts them together.

Importing them costs nothing but typer: what a command needs it imports when it is called.
"""
