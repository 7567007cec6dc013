"""Dated registers: areas, benefits, groups, indicators, breaks in the series, sources."""
