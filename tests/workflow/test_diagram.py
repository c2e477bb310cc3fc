"""The page of the states (状態遷移図) is drawn from the table and never falls behind it."""

from pathlib import Path

import pytest
from flask import Flask

from app.workflow import diagram, table
from app.workflow.states import Action, State
from app.workflow.table import Row


def test_readme_is_drawn_from_the_table() -> None:
    on_disk = diagram.README.read_text(encoding="utf-8")

    assert on_disk == diagram.draw_readme(), (
        "app/workflow/README.md is not what the table says: run "
        "`.venv/bin/flask --app wsgi workflow diagram`"
    )


def test_readme_is_stale_after_a_change_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    new_arrow = Row(Action.WITHDRAW, (State.DRAFT,), State.WITHDRAWN)
    monkeypatch.setattr(diagram, "TABLE", (*table.TABLE, new_arrow))

    drawn = diagram.draw_readme()

    assert drawn != diagram.README.read_text(encoding="utf-8")
    assert "    draft --> withdrawn: 取り下げる\n" in drawn
    assert "| 取り下げる | `withdraw` | 下書き | 取下げ |\n" in drawn


def test_readme_names_the_command_that_draws_it() -> None:
    assert "`flask --app wsgi workflow diagram`" in diagram.draw_readme()


def test_diagram_command_writes_the_page(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "README.md"
    monkeypatch.setattr(diagram, "README", page)

    result = app.test_cli_runner().invoke(args=["workflow", "diagram"])

    assert (result.exit_code, result.output) == (0, "README.md を書き直しました。\n")
    assert page.read_text(encoding="utf-8") == diagram.draw_readme()
