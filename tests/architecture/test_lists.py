"""Lists are read from their place, not by passing over rows (キーセット)."""

import ast
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
MAY_PASS_OVER = {
    # Understands an address that names a number alone; its own links carry the place.
    "core/numbered_pages.py",
    # Looks for the last of a fixed few, whatever the round holds.
    "reports/backlog/present_sql.py",
}


def test_no_list_passes_over_rows() -> None:
    found = {
        path.relative_to(APP).as_posix()
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "offset"
    }

    assert found == MAY_PASS_OVER
