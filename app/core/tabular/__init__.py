"""Tables as files and on a terminal (表の出力): the same columns and rows in every form."""

from app.core.tabular.data import csv_lines, to_csv, to_json
from app.core.tabular.model import Column, Kind, Table
from app.core.tabular.terminal import to_text
from app.core.tabular.workbook import XLSX_TYPE, to_xlsx, write_xlsx

__all__ = [
    "XLSX_TYPE",
    "Column",
    "Kind",
    "Table",
    "csv_lines",
    "to_csv",
    "to_json",
    "to_text",
    "to_xlsx",
    "write_xlsx",
]
