"""Where the cells of a table stand (表の升目), those that cover several places laid out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.document import Align, Cell, Shade, TableBlock

# Characters up to which a row stays on one page; a longer one may go on overleaf.
LONGEST_UNBROKEN = 400


@dataclass(frozen=True, kw_only=True)
class Place:
    """A cell and the place of its upper left corner (升目), counted from 0."""

    row: int
    column: int
    cell: Cell

    @property
    def align(self) -> Align:
        """Where its text stands (配置)."""
        return self.cell.align or Align.LEFT

    @property
    def may_break(self) -> bool:
        """Whether it may begin on one page and end on the next (行の途中での改ページ)."""
        return self.cell.rows > 1 or len(self.cell.text) > LONGEST_UNBROKEN


def header_places(table: TableBlock) -> list[list[Place]]:
    """Return the header rows: bold, on the ground of a header, centred (見出し行)."""
    return _places(
        [[_as_header(cell) for cell in row] for row in table.header], (), len(table.widths)
    )


def row_places(table: TableBlock) -> list[list[Place]]:
    """Return the rows; a cell without its own alignment takes that of its column (表の行)."""
    return _places(table.rows, table.aligns, len(table.widths))


def _as_header(cell: str | Cell) -> Cell:
    cell = _as_cell(cell)
    shade = Shade.HEAD if cell.shade is Shade.NONE else cell.shade
    return replace(cell, shade=shade, is_bold=True, align=cell.align or Align.CENTER)


def _as_cell(cell: str | Cell) -> Cell:
    return Cell(text=cell) if isinstance(cell, str) else cell


def _places(
    rows: Sequence[Sequence[str | Cell]], aligns: Sequence[Align], width: int
) -> list[list[Place]]:
    # Rows that a cell above still reaches into, by column.
    reach = [0] * width
    placed = []
    for number, row in enumerate(rows):
        cells = iter([_as_cell(cell) for cell in row])
        line: list[Place] = []
        column = 0
        while column < width:
            if reach[column]:
                reach[column] -= 1
                column += 1
                continue
            # A row that is too short is filled: a ragged table would shift what follows.
            cell = next(cells, Cell(text=""))
            if cell.align is None and column < len(aligns):
                cell = replace(cell, align=aligns[column])
            cell = replace(
                cell,
                columns=min(cell.columns, width - column),
                rows=min(cell.rows, len(rows) - number),
            )
            line.append(Place(row=number, column=column, cell=cell))
            for covered in range(column, column + cell.columns):
                reach[covered] = cell.rows - 1
            column += cell.columns
        placed.append(line)
    return placed
