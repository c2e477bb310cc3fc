"""`flask audit verify` (監査証跡の検証): words, exit codes, and a byte changed on the disk."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import db
from tests.audit.test_services import rewrite
from tests.audit.trail import LENGTH, lift_protection, write_trail


def audit_verify(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    return result.exit_code, result.output


def test_verify_tells_the_number_of_entries(app: Flask, db_session: Session) -> None:
    write_trail(db_session)

    assert audit_verify(app) == (0, "監査記録 6件：異常はありません。\n")


def test_verify_names_the_first_broken_entry(app: Flask, db_session: Session) -> None:
    write_trail(db_session)
    lift_protection(db_session)
    rewrite(db_session, 5, reason="別の理由")
    rewrite(db_session, 3, reason="別の理由")
    db_session.commit()

    assert audit_verify(app) == (
        1,
        "Error: 監査記録 3 番：内容が記録時と異なります。\n",
    )


def test_p21_byte_changed_in_the_file_is_found(committed_app: Flask) -> None:
    with committed_app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("a PostgreSQL server keeps its files to itself")
        write_trail(db.session)
        file = Path(db.engine.url.database or "")
    close_connections(committed_app)
    before = audit_verify(committed_app)
    close_connections(committed_app)

    content = file.read_bytes()
    place = content.index(b"reason number 4")
    assert content.count(b"reason number 4") == 1
    file.write_bytes(content[:place] + b"s" + content[place + 1 :])

    assert before == (0, f"監査記録 {LENGTH}件：異常はありません。\n")
    assert audit_verify(committed_app) == (
        1,
        "Error: 監査記録 4 番：内容が記録時と異なります。\n",
    )


def close_connections(app: Flask) -> None:
    """Let the last connection write the log back into the file."""
    with app.app_context():
        db.session.close()
        db.engine.dispose()
