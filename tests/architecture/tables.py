"""Whether the tables of a page have as many cells in each row as in the first (表の列)."""

from html.parser import HTMLParser

RowSpans = dict[int, int]


class TableReader(HTMLParser):
    """Reads how wide each row of each table is, spans counted; tables do not nest here."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[int]] = []
        self._below: list[int] = []
        self._width = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
            self._below = []
        elif tag == "tr" and self.tables:
            # Cells of earlier rows that reach down into this one.
            self._width = len(self._below)
            self._below = [rows - 1 for rows in self._below if rows > 1]
        elif tag in ("td", "th") and self.tables:
            spans = dict(attrs)
            columns = int(spans.get("colspan") or 1)
            self._width += columns
            rows = int(spans.get("rowspan") or 1)
            self._below += [rows - 1] * columns if rows > 1 else []

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self.tables:
            self.tables[-1].append(self._width)


def uneven_tables(html: str) -> list[list[int]]:
    """Widths of the rows of every table whose rows differ."""
    reader = TableReader()
    reader.feed(html)
    return [widths for widths in reader.tables if len(set(widths)) > 1]
