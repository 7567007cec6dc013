"""Files that a person has: CSV and Excel from Jobindsats, StatBank or the municipality's own systems.

A mapping (`mapping`) says what the columns mean; encoding, separator, header row and decimal sign are
found where it does not give them. What can be read in two ways is refused with both readings.
"""

from beskplan.sources.exports.draft import draft_mapping
from beskplan.sources.exports.mapping import Mapping, load_mapping, mappings, save_mapping
from beskplan.sources.exports.reading import fits, read_export

__all__ = [
    "Mapping",
    "draft_mapping",
    "fits",
    "load_mapping",
    "mappings",
    "read_export",
    "save_mapping",
]
