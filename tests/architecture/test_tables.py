"""The checker of tables finds a row that lacks a cell, and counts spans."""

import pytest

from tests.architecture.tables import uneven_tables


@pytest.mark.parametrize(
    ("rows", "uneven"),
    [
        ("<tr><th>a<th>b</tr><tr><td>1<td>2</tr>", []),
        ("<tr><th>a<th>b</tr><tr><td>1</tr>", [[2, 1]]),
        ("<tr><th>a<th>b</tr><tr><td colspan=2>1</tr>", []),
        ("<tr><th rowspan=2>a<th>b</tr><tr><td>1</tr><tr><td>2<td>3</tr>", []),
        ("<tr><th rowspan=2>a<th>b</tr><tr><td>1<td>2</tr>", [[2, 3]]),
    ],
)
def test_rows_are_counted_with_their_spans(rows: str, uneven: list[list[int]]) -> None:
    assert uneven_tables(f"<table>{rows}</table>") == uneven
