"""StatBank (Danmarks Statistik): the client of its open API."""

from beskplan.sources.statbank.client import ADDRESS, ADDRESS_VARIABLE, StatBank, connect
from beskplan.sources.statbank.queries import Format, Query
from beskplan.sources.statbank.tableinfo import Language, TableInfo

__all__ = [
    "ADDRESS",
    "ADDRESS_VARIABLE",
    "Format",
    "Language",
    "Query",
    "StatBank",
    "TableInfo",
    "connect",
]
