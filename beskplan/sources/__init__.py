"""The only code that knows each outside format."""
