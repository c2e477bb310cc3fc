"""Saving an import (取込みの実行): as a whole or not at all, and once."""

import multiprocessing
import os
import signal
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, NotAllowed, NotFound, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.exchange.models import ImportFile, ImportRun, ImportStage
from app.exchange.queries import get_import, latest_imports
from app.exchange.result import result_of
from app.exchange.services import imports
from app.exchange.services.imports import (
    HAS_ERRORS,
    NOTHING_TO_DO,
    Outcome,
    ask_commit,
)
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.services.drafts import edit_proposal
from app.workflow.states import State
from tests.conftest import close_connections, make_app
from tests.exchange.tables import complete, kinds, sent, started, titles, trail_length
from tests.factories import World, interrupted, make_draft, make_returned, make_world


def rows_of(count: int) -> list[dict[str, str]]:
    return [complete(提案概要=f"題{number}") for number in range(count)]


def committed(run_id: int, actor: User) -> Outcome:
    """Press the button, as the route does."""
    with unit_of_work():
        return ask_commit(db.session.get_one(ImportRun, run_id), actor=actor)


def test_import_makes_drafts_of_the_body_by_the_person(world: World, db_session: Session) -> None:
    run = started(world, sent(*rows_of(2)))

    outcome = ask_commit(run, actor=world["city"])

    drafts = db_session.scalars(select(Proposal).order_by(Proposal.id)).all()
    assert outcome is Outcome.DONE
    assert [(row.title, row.state) for row in drafts] == [
        ("題0", State.DRAFT),
        ("題1", State.DRAFT),
    ]
    assert {(row.organization_id, row.created_by_id) for row in drafts} == {
        (world["city"].organization_id, world["city"].id)
    }


def test_import_changes_what_the_rows_change(world: World, db_session: Session) -> None:
    draft, returned = make_draft(world), make_returned(world)
    rows = [
        {"受付番号": "", "下書きID": str(draft.id), "提案概要": "下書きの題"},
        {"受付番号": returned.receipt_number or "", "下書きID": "", "提案概要": "差戻しの題"},
    ]

    ask_commit(started(world, sent(*rows)), actor=world["city"])

    assert titles(db_session) == ["下書きの題", "差戻しの題"]


def test_import_leaves_one_entry_for_itself_and_one_for_each_act(
    world: World, db_session: Session
) -> None:
    draft, same = make_draft(world), make_draft(world)
    db_session.commit()
    rows = [
        {"下書きID": str(draft.id), "提案概要": "後の題"},
        {"下書きID": str(same.id), "提案概要": same.title},
        {"下書きID": "", "提案概要": "新しい題"},
    ]
    run = started(world, sent(*rows))
    db_session.commit()
    before = trail_length(db_session)

    ask_commit(run, actor=world["city"])
    db_session.commit()

    latest = db_session.scalars(
        select(AuditEvent).where(AuditEvent.seq > before).order_by(AuditEvent.seq)
    ).all()
    assert [(event.verb, event.subject_id) for event in latest][:1] == [("proposal.edit", draft.id)]
    assert [event.verb for event in latest] == ["proposal.edit", "proposal.draft", "import.commit"]
    assert latest[-1].changes == {
        "round": "R6",
        "new": 1,
        "changed": 1,
        "unchanged": 1,
        "faulty": 0,
    }


def test_result_names_the_drafts_that_were_made(world: World, db_session: Session) -> None:
    run = started(world, sent(*rows_of(1)))

    ask_commit(run, actor=world["city"])

    (line,) = result_of(run.findings).lines
    (draft,) = db_session.scalars(select(Proposal)).all()
    assert (line.proposal_id, line.reference) == (draft.id, f"下書き{draft.id}")


def test_content_of_the_files_is_forgotten_once_saved(world: World, db_session: Session) -> None:
    run = started(world, sent(*rows_of(1)))

    ask_commit(run, actor=world["city"])

    (file,) = db_session.scalars(select(ImportFile)).all()
    assert (file.content, len(file.sha256)) == (None, 64)


def test_p34_pressed_twice_it_saves_once(world: World, db_session: Session) -> None:
    run = started(world, sent(*rows_of(3)))

    outcomes = [ask_commit(run, actor=world[login]) for login in ("city", "city-mgr")]

    assert outcomes == [Outcome.DONE, Outcome.ALREADY_DONE]
    assert titles(db_session) == ["題0", "題1", "題2"]


def test_same_file_again_is_told(world: World) -> None:
    ask_commit(started(world, sent(*rows_of(1))), actor=world["city"])

    again = started(world, sent(*rows_of(1)))

    assert result_of(again.findings).notices[0] == (
        "同じ内容のファイルは、令和6年8月20日（火）10時00分に取り込み済みです。"
    )


def test_p34_interrupted_import_saves_nothing(world: World, db_session: Session) -> None:
    run_id = started(world, sent(*rows_of(5))).id
    db_session.commit()
    before = trail_length(db_session)

    with pytest.raises(RuntimeError, match="power cut"):
        interrupted(lambda: ask_commit(db.session.get_one(ImportRun, run_id), actor=world["city"]))

    assert titles(db_session) == []
    assert trail_length(db_session) == before
    assert db_session.get_one(ImportRun, run_id).stage is ImportStage.CHECKED


def test_p34_row_that_fails_at_the_last_moment_takes_all_with_it(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [make_draft(world, title=f"題{number}") for number in range(3)]
    rows = [{"下書きID": str(row.id), "提案概要": "後の題"} for row in drafts]
    run_id, last_id = started(world, sent(*rows)).id, drafts[-1].id
    db_session.commit()

    def fail_at_the_last(proposal: Proposal, *args: Any, **kwargs: Any) -> list[str]:
        if proposal.id == last_id:
            raise StaleVersion
        return edit_proposal(proposal, *args, **kwargs)

    monkeypatch.setattr(imports, "edit_proposal", fail_at_the_last)
    with pytest.raises(StaleVersion):
        committed(run_id, world["city"])

    assert titles(db_session) == ["題0", "題1", "題2"]


def save_and_be_killed_at_the_last_row(url: str, run_id: int, user_id: int) -> None:
    """Save an import of five rows in a process of one's own, which ends as the last one is made."""
    start, made = imports.start_drafts, []

    def start_or_die(*args: Any, **kwargs: Any) -> Any:
        made.append(start(*args, **kwargs))
        if len(made) == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return made[-1]

    imports.start_drafts = start_or_die  # type: ignore[assignment]  # in this process alone
    imports.DRAFTS_AT_ONCE = 1
    with make_app(url).app_context():
        committed(run_id, db.session.get_one(User, user_id))


def test_p34_process_that_is_killed_at_the_last_row_saves_nothing(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        run_id, user_id = started(world, sent(*rows_of(5))).id, world["city"].id
        url = db.engine.url.render_as_string(hide_password=False)
    close_connections(committed_app)
    # Forked: it has all the modules already, and opens connections of its own.
    killed = multiprocessing.get_context("fork").Process(
        target=save_and_be_killed_at_the_last_row, args=(url, run_id, user_id)
    )

    killed.start()
    killed.join()
    with committed_app.app_context():
        after_the_kill = titles(db.session)
    with committed_app.app_context():
        committed(run_id, db.session.get_one(User, user_id))

    with committed_app.app_context():
        after_all = titles(db.session)
    assert (killed.exitcode, after_the_kill) == (-signal.SIGKILL, [])
    assert len(after_all) == 5


def test_import_with_errors_is_not_saved(world: World, db_session: Session) -> None:
    run = started(world, sent(*rows_of(2), complete(視点="大事")))

    with pytest.raises(IllegalTransition, match=HAS_ERRORS):
        ask_commit(run, actor=world["city"])

    assert titles(db_session) == []


def test_import_without_changes_is_not_saved(world: World) -> None:
    draft = make_draft(world)
    run = started(world, sent({"下書きID": str(draft.id), "提案概要": draft.title}))

    with pytest.raises(IllegalTransition, match=NOTHING_TO_DO):
        ask_commit(run, actor=world["city"])


def test_p05_proposal_that_changed_since_is_shown_before_it_is_saved(
    world: World, db_session: Session
) -> None:
    draft = make_draft(world, title="前の題")
    run = started(world, sent({"下書きID": str(draft.id), "提案概要": "後の題"}))
    content = world.content(title="ほかの人の題")
    edit_proposal(draft, content, version=draft.version, actor=world["city-mgr"])

    first = ask_commit(run, actor=world["city"])
    shown = result_of(run.findings)
    second = ask_commit(run, actor=world["city"])

    assert (first, second) == (Outcome.CHANGED_SINCE, Outcome.DONE)
    assert shown.lines[0].changes[0].before == "ほかの人の題"
    assert titles(db_session) == ["後の題"]


def test_another_body_may_neither_see_nor_save_it(world: World) -> None:
    run = started(world, sent(*rows_of(1)))

    with pytest.raises(NotFound):
        get_import(world["other-mgr"], run.id)
    with pytest.raises(NotAllowed):
        ask_commit(run, actor=world["other-mgr"])
    assert latest_imports(world["other-mgr"]) == []
    assert latest_imports(world["city-mgr"]) == [run]


@pytest.mark.parametrize("login", ["officer1", "lead", "admin", "observer", "ministry"])
def test_only_proposers_may_import(world: World, login: str) -> None:
    with pytest.raises(NotAllowed):
        started(world, sent(*rows_of(1)), by=login)


def test_p34_232_rows_are_checked_and_saved_well_under_30_seconds(
    world: World, db_session: Session
) -> None:
    begun = time.perf_counter()

    run = started(world, sent(*rows_of(232)))
    ask_commit(run, actor=world["city"])

    seconds = time.perf_counter() - begun
    assert len(titles(db_session)) == 232
    assert seconds < 30, f"232 rows took {seconds:.1f} s"


def test_p34_commits_at_the_same_moment_save_once(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        world = make_world()
        run_id = started(world, sent(*rows_of(5))).id
        user_id = world["city"].id
    outcomes: list[str] = []
    barrier = threading.Barrier(4)

    def press() -> None:
        with committed_app.app_context():
            barrier.wait()
            outcomes.append(committed(run_id, db.session.get_one(User, user_id)).name)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with committed_app.app_context():
        made = titles(db.session)
    assert sorted(outcomes) == ["ALREADY_DONE"] * 3 + ["DONE"]
    assert made == [f"題{number}" for number in range(5)]


def test_outdated_imports_are_found_after_two_weeks(world: World) -> None:
    run = started(world, sent(*rows_of(1)))

    with clock.at(clock.now() + timedelta(days=15)):
        assert kinds(result_of(run.findings)) == ["new"]
        assert [row.id for row in latest_imports(world["city"])] == [run.id]
