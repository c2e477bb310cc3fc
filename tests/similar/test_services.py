"""Similar cases a body may know of, and notes on them (類似の提案・違い)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleVersion
from app.proposals.models import JoiningWindow, OpenedProposal, Proposal
from app.proposals.services.drafts import discard_draft, start_draft
from app.proposals.services.submission import Submit, submit
from app.similar.models import SimilarNote
from app.similar.presentation import Outcome, note_lines, similar_cases
from app.similar.queries import notes_of
from app.similar.services.differences import NO_NOTE, NoteDifference, note_difference
from tests.factories import World, make_closed, make_draft, make_submitted, make_world

NOW = clock.jst(2024, 8, 20, 10)
TITLE = "公共施設の鍵を貸し出す業務"
CANARY = "暗証番号カナリア"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def submitted_by_other(world: World, **changes: str) -> Proposal:
    content = replace(world.content(), **changes)
    draft = start_draft(world.round, content, actor=world["other"])
    submit(draft, Submit(version=draft.version), actor=world["other-mgr"])
    return draft


def open_to_bodies(session: Session, world: World, proposal: Proposal) -> None:
    session.add(
        JoiningWindow(
            round_id=world.round.id,
            opens_at=NOW - timedelta(days=1),
            closes_at=NOW + timedelta(days=9),
            note="",
            opened_by_id=world["lead"].id,
            created_at=NOW,
            opened=[OpenedProposal(proposal_id=proposal.id)],
        )
    )
    session.flush()


def note(proposal: Proposal, similar: Proposal, difference: str, version: int = NO_NOTE) -> None:
    command = NoteDifference(similar_proposal_id=similar.id, difference=difference, version=version)
    note_difference(proposal, command, actor=proposal.created_by)


# --- Finding --------------------------------------------------------------------------------------


def test_own_case_is_found_with_its_number(world: World) -> None:
    own = make_submitted(world)

    cases = similar_cases(world["city"], TITLE)

    assert [(case.number, case.place, case.body) for case in cases] == [
        (own.receipt_number, "case", "自団体")
    ]


def test_proposal_is_not_similar_to_itself(world: World) -> None:
    own = make_draft(world)

    assert similar_cases(world["city"], TITLE, proposal=own) == []


def test_case_of_another_body_is_never_found(world: World) -> None:
    submitted_by_other(world, title=f"{TITLE}{CANARY}")

    assert similar_cases(world["city"], f"{TITLE}{CANARY}") == []


def test_opened_case_of_another_body_is_found_with_its_text_alone(
    world: World, db_session: Session
) -> None:
    foreign = submitted_by_other(world)
    open_to_bodies(db_session, world, foreign)

    cases = similar_cases(world["city"], TITLE)

    assert [(case.number, case.place, case.badge, case.outcome) for case in cases] == [
        (foreign.receipt_number, "opened", None, None)
    ]


def test_class_and_answer_stand_with_a_closed_case_alone(world: World) -> None:
    closed = make_closed(world)

    cases = similar_cases(world["city"], TITLE)

    assert [case.outcome for case in cases] == [Outcome("F-5", "F-5", closed.outcome_text)]


def test_practice_cases_are_never_found(world: World, db_session: Session) -> None:
    make_submitted(world)
    world.round.is_practice = True
    db_session.flush()

    assert similar_cases(world["city"], TITLE) == []


def test_k04_hidden_cases_change_neither_order_nor_words(world: World) -> None:
    for title in ("公民館の鍵の貸出", "体育館の鍵の貸出と予約", "鍵の管理台帳"):
        make_submitted(world, title=title)
    asked = "体育館と公民館の鍵の貸出"
    before = similar_cases(world["city"], asked)

    for number in range(5):
        submitted_by_other(world, title=f"体育館の鍵{number}", detail="公民館" * 40)

    assert similar_cases(world["city"], asked) == before


def test_at_most_five_are_shown(world: World) -> None:
    for _ in range(7):
        make_submitted(world)

    assert len(similar_cases(world["city"], TITLE)) == 5


# --- The difference -------------------------------------------------------------------------------


def test_difference_is_kept_and_read_by_the_body_and_the_secretariat(world: World) -> None:
    similar, draft = make_submitted(world), make_draft(world)

    note(draft, similar, "学校を含む。")

    for login in ("city-mgr", "officer1"):
        lines = note_lines(draft, world[login])
        assert [(line.number, line.note.difference) for line in lines] == [
            (similar.receipt_number, "学校を含む。")
        ]


def test_difference_leaves_an_entry_without_its_text(world: World, db_session: Session) -> None:
    similar, draft = make_submitted(world), make_draft(world)

    note(draft, similar, CANARY)
    db_session.commit()

    found = select(AuditEvent.changes).where(AuditEvent.verb == "proposal.note_difference")
    assert db_session.scalars(found).all() == [{"similar_proposal_id": similar.id}]


def test_difference_from_a_case_one_may_not_know_of_is_not_found(world: World) -> None:
    foreign, draft = submitted_by_other(world), make_draft(world)

    for similar_id in (foreign.id, 9999, draft.id):
        command = NoteDifference(similar_proposal_id=similar_id, difference="x", version=NO_NOTE)
        with pytest.raises(NotFound):
            note_difference(draft, command, actor=world["city"])


@pytest.mark.parametrize("login", ["other", "officer1", "admin"])
def test_difference_is_noted_by_the_body_alone(world: World, login: str) -> None:
    similar, draft = make_submitted(world), make_draft(world)
    command = NoteDifference(similar_proposal_id=similar.id, difference="x", version=NO_NOTE)

    with pytest.raises(NotAllowed):
        note_difference(draft, command, actor=world[login])


def test_difference_of_a_submitted_proposal_is_fixed(world: World) -> None:
    similar, submitted = make_submitted(world), make_submitted(world)

    with pytest.raises(IllegalTransition):
        note(submitted, similar, "x")


def test_second_writer_is_told_of_the_first(world: World) -> None:
    similar, draft = make_submitted(world), make_draft(world)
    note(draft, similar, "一つ目")

    with pytest.raises(StaleVersion):
        note(draft, similar, "二つ目")

    assert [row.difference for row in notes_of(draft)] == ["一つ目"]


def test_blank_difference_takes_the_note_back(world: World) -> None:
    similar, draft = make_submitted(world), make_draft(world)
    note(draft, similar, "一つ目")

    note(draft, similar, "　", version=notes_of(draft)[0].version)

    assert notes_of(draft) == []


def test_blank_difference_without_a_note_is_refused(world: World) -> None:
    similar, draft = make_submitted(world), make_draft(world)

    with pytest.raises(InvalidInput):
        note(draft, similar, "")


def test_note_on_a_case_that_is_hidden_again_names_it_no_more(
    world: World, db_session: Session
) -> None:
    foreign, draft = submitted_by_other(world, title=f"{TITLE}{CANARY}"), make_draft(world)
    open_to_bodies(db_session, world, foreign)
    note(draft, foreign, "学校を含む。")

    with clock.at(NOW - timedelta(days=2)):
        lines = note_lines(draft, world["city"])

    assert [(line.number, line.title) for line in lines] == [("", "")]


def test_deleted_draft_takes_its_notes_along(world: World, db_session: Session) -> None:
    similar, draft = make_submitted(world), make_draft(world)
    note(draft, similar, "x")
    db_session.commit()

    discard_draft(draft, version=draft.version, actor=world["city"])
    db_session.commit()

    assert db_session.scalars(select(SimilarNote)).all() == []


def test_deleted_draft_takes_the_notes_about_it_along(world: World, db_session: Session) -> None:
    other_draft, draft = make_draft(world), make_draft(world)
    note(draft, other_draft, "x")
    db_session.commit()

    discard_draft(other_draft, version=other_draft.version, actor=world["city"])
    db_session.commit()

    assert notes_of(draft) == []
