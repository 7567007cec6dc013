"""From parameters and a notebook to finished pages."""
