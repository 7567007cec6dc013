"""beskplan: reports for Danish municipal employment plans."""

__version__ = "0.1.0"
