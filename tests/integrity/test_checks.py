"""The integrity check (整合性の検証): quiet on what the product wrote, loud on each broken twin."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from app.audit.services import Subject, record
from app.core import clock
from app.extensions import db
from app.files.models import StoredFile, Verdict
from app.integrity.checks import RULES, verify_all
from app.integrity.findings import KEPT_FINDINGS, Rule, Tally
from app.integrity.snapshot import snapshot
from app.jobs.models import JobContact, JobRun
from app.workflow.states import State
from tests.factories import (
    World,
    make_classified,
    make_handoff,
    make_in_state,
    make_world,
)

STATES = (State.DRAFT, State.SUBMITTED, State.PENDING, State.CLOSED, State.MERGED)
FIRST = "(SELECT min(id) FROM proposal WHERE state = 'submitted')"
OF_FIRST = f"proposal_id = {FIRST}"
NO_FILE = '[{"name": "図.pdf", "sha256": "0"}]'

# A row as no act of the product leaves it, and all that is said of it.
BROKEN: dict[str, dict[str, list[str]]] = {
    f"UPDATE proposal SET version = version + 1 WHERE id = {FIRST}": {
        "trails": ["案件の版は3、最後の監査記録の版は2"]
    },
    f"UPDATE proposal SET state = 'accepted' WHERE id = {FIRST}": {
        "trails": ["案件の状態はaccepted、監査記録をたどった状態はsubmitted"],
        "clocks": ["期限の時計が状態に合わない"],
    },
    f"UPDATE proposal SET holder_kind = 'ministry' WHERE id = {FIRST}": {
        "holders": ["控えた持ち主の種類が、担当・時計・送付から決まるものと違う"]
    },
    "UPDATE user_account SET display_name = '別人' WHERE login = 'lead'": {
        "names": ["氏名が、監査記録が指す氏名と違う"]
    },
    "UPDATE round SET last_receipt_sequence = 9": {
        "receipts": ["受付番号 R6-0007 から R6-0009 まで の提案がない"]
    },
    f"UPDATE proposal SET receipt_number = 'R6-0777' WHERE id = {FIRST}": {
        "receipts": ["受付番号が、連番の示す R6-0001 と違う"]
    },
    f"UPDATE proposal_revision SET number = 2 WHERE {OF_FIRST}": {
        "revisions": ["提出版の番号が続いていない（2）"]
    },
    f"DELETE FROM proposal_revision WHERE {OF_FIRST}": {
        "revisions": ["提出した時の文章（提出版）がない"]
    },
    f"UPDATE proposal_revision SET files = '{NO_FILE}' WHERE {OF_FIRST}": {
        "submitted-files": ["提出したファイル「図.pdf」の記録がない"]
    },
    f"UPDATE proposal SET due_on = '2031-01-06' WHERE id = {FIRST}": {
        "clocks": ["案件の期限と、動いている時計の期限が違う"]
    },
    "UPDATE handoff SET due_on = NULL": {"handoffs": ["期限の時計が、送付の状況に合わない"]},
    ("UPDATE outbox_message SET attempts = 3 WHERE id = (SELECT min(id) FROM outbox_message)"): {
        "outbox": ["送信の回数と、送信の記録が合わない"]
    },
    (
        "UPDATE outbox_message SET status = 'sending'"
        " WHERE id = (SELECT min(id) FROM outbox_message)"
    ): {"outbox": ["送信中なのに、引受けの期限がない"]},
    "UPDATE job_run SET failures = 5": {"ledger": ["失敗の回数が、引受けの回数より多い"]},
    "UPDATE job_run SET job = 'gone'": {"ledger": ["製品にない定期処理"]},
    (
        "INSERT INTO posted_form (user_id, key, digest, posted_at, location)"
        " SELECT min(id), 'x', 'y', min(created_at), '' FROM user_account"
    ): {"forms": ["送信キーの形ではない"]},
}
# Those that look at what single acts leave; the others judge every table.
QUICK = [
    rule for rule in RULES if rule.name not in ("engine", "constraints", "references", "index")
]


@pytest.fixture
def world(db_session: Session) -> World:
    """Cases in several states, a hand-off, a tick of a job."""
    world = make_world()
    for state in STATES:
        make_in_state(world, state)
    make_handoff(world, make_classified(world))
    now = clock.now()
    tick = JobRun(job="sweep_files", scheduled_for=now, owner="a:1", started_at=now)
    tick.finished_at, tick.lease_until = now, now + timedelta(minutes=15)
    db_session.add(tick)
    # The trail is sealed with a commit; all of it is rolled back after the test.
    db_session.commit()
    return world


def found(session: Session, rules: Sequence[Rule] = RULES) -> dict[str, list[str]]:
    """What each rule says that is not content, without the place and the advice."""
    session.flush()
    return {
        result.rule.name: [finding.what for finding in result.tally]
        for result in verify_all(session.connection(), rules)
        if result.tally.found
    }


def run(session: Session, statement: str) -> None:
    session.execute(text(statement))


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def let_through(session: Session, table: str, constraint: str) -> None:
    """Let rows in that the database would refuse."""
    if is_sqlite(session):
        run(session, "PRAGMA ignore_check_constraints=ON")
        run(session, "PRAGMA defer_foreign_keys=ON")
    else:
        run(session, f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")


def take_rows_as_usual(session: Session) -> None:
    """What a connection was told outlives the transaction on SQLite alone."""
    if is_sqlite(session):
        run(session, "PRAGMA ignore_check_constraints=OFF")


def test_p03_what_the_product_wrote_is_found_whole(db_session: Session, world: World) -> None:
    results = {result.rule.name: result.tally for result in verify_all(db_session.connection())}

    assert list(results) == [rule.name for rule in RULES]
    assert [str(finding) for tally in results.values() for finding in tally] == []
    # A draft, and one case in each other state; two for the merge.
    assert (results["trails"].examined, results["receipts"].examined) == (7, 6)
    assert (results["handoffs"].examined, results["ledger"].examined) == (1, 1)


def test_p03_broken_row_is_named(db_session: Session, world: World) -> None:
    named = {}
    for statement in BROKEN:
        point = db_session.begin_nested()
        run(db_session, statement)
        named[statement] = found(db_session, QUICK)
        point.rollback()

    assert named == BROKEN


def test_p22_name_that_the_changes_of_entries_do_not_mean_is_named(
    db_session: Session, world: World
) -> None:
    run(db_session, "UPDATE user_account SET display_name = '別人' WHERE login = 'officer1'")

    told = f"利用者 {world['officer1'].id}番の氏名が、記録が指す氏名と違う"
    assert set(found(db_session, QUICK)["people"]) == {told}


def test_p01_case_that_was_submitted_and_is_gone_is_named(
    db_session: Session, world: World
) -> None:
    record("proposal.submit", Subject(type="proposal", id=999999, version=2), actor=None)
    db_session.commit()
    (last,) = db_session.execute(text("SELECT last_seq FROM audit_head")).one()

    assert found(db_session) == {"lost": [f"監査記録 {last}番で提出されたのに、提案がない"]}


def test_p02_file_without_its_content_is_named(db_session: Session, world: World) -> None:
    city = world["city"]
    db_session.add(
        StoredFile(
            public_id="x",
            sha256="0" * 64,
            size_bytes=1,
            media_type="application/pdf",
            name="図.pdf",
            organization_id=city.organization_id,
            uploaded_by_id=city.id,
            uploaded_at=clock.now(),
            verdict=Verdict.WAITING,
        )
    )

    assert found(db_session) == {"contents": ["記録はあるのに、内容が保管先にない"]}


def test_row_that_breaks_a_rule_of_its_table_is_named(db_session: Session, world: World) -> None:
    let_through(db_session, "job_run", "ck_job_run_effects")
    run(db_session, "UPDATE job_run SET effects = -1")

    broken = found(db_session)
    take_rows_as_usual(db_session)

    assert broken == {"constraints": ["制約 ck_job_run_effects に反する"]}


def test_row_that_points_nowhere_is_named(db_session: Session, world: World) -> None:
    let_through(db_session, "job_contact", "fk_job_contact_user_id_user_account")
    db_session.add(JobContact(job="", user_id=999999, created_at=clock.now()))
    # No key of the database watches over this one.
    run(db_session, f"UPDATE proposal SET edited_by_id = 888888 WHERE id = {FIRST}")

    broken = found(db_session)
    take_rows_as_usual(db_session)

    assert broken == {
        "references": [
            "user_id の指す user_account 999999 がない",
            "edited_by_id の指す user_account 888888 がない",
        ]
    }


def test_p22_changed_entry_and_missing_trigger_are_named(db_session: Session, world: World) -> None:
    if is_sqlite(db_session):
        run(db_session, "DROP TRIGGER audit_event_no_update")
    else:
        run(db_session, "ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_change")
    run(db_session, "UPDATE audit_event SET reason = '別の理由' WHERE seq = 3")

    name = "audit_event_no_update" if is_sqlite(db_session) else "audit_event_no_change"
    assert found(db_session) == {
        "schema": [f"変更を拒むトリガー {name} がないか、止められている"],
        "chain": ["内容が記録時と異なります"],
    }


def test_other_version_of_the_tables_ends_the_check(db_session: Session, world: World) -> None:
    run(db_session, "UPDATE alembic_version SET version_num = '0042'")

    results = list(verify_all(db_session.connection()))

    assert [result.rule.name for result in results] == ["schema"]
    assert [finding.where for finding in results[0].tally] == ["表の版"]


def test_damaged_page_of_the_file_is_named(committed_app: Flask) -> None:
    with committed_app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("the files of the other engine belong to its server")
        with db.engine.connect() as connection:
            statement = "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'audit_head'"
            (number,) = connection.execute(text(statement)).one()
            (size,) = connection.execute(text("PRAGMA page_size")).one()
        db.engine.dispose()
        with Path(make_url(str(db.engine.url)).database or "").open("r+b") as file:
            file.seek((number - 1) * size)
            file.write(b"\xff" * 64)

        with snapshot() as connection:
            found = {result.rule.name for result in verify_all(connection) if result.tally.found}

    assert "engine" in found


def test_findings_beyond_the_first_are_counted_only() -> None:
    tally = Tally()

    for number in range(KEPT_FINDINGS + 7):
        tally.add(f"{number}番", "壊れている", "直す")

    assert (tally.found, len(tally.findings)) == (KEPT_FINDINGS + 7, KEPT_FINDINGS)


def test_command_tells_counts_and_fails_on_a_finding(committed_app: Flask) -> None:
    runner = committed_app.test_cli_runner()

    well = runner.invoke(args=["verify"])
    with committed_app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE audit_head SET last_seq = 4"))
    broken = runner.invoke(args=["verify", "--only", "chain"])

    assert (well.exit_code, broken.exit_code) == (0, 1), well.exception
    assert "整合性の検証：異常はありません。" in well.output.splitlines()[-1]
    assert "[chain] 監査記録 1番：末尾の記録が連鎖の先頭と合いません" in broken.output
