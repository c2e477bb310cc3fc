"""Acts on threads (事前相談の操作): who, when, what is left behind."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.consultations.models import Consultation, ConsultationState
from app.consultations.services.settling import (
    LONGEST_DETAIL,
    End,
    MakeDraft,
    TakeUp,
    end,
    make_draft,
    take_up,
)
from app.consultations.services.writing import (
    FILES_AT_ONCE,
    Upload,
    Write,
    add_question,
    answer,
    receive_files,
)
from app.core import clock
from app.core.errors import (
    DomainError,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    StaleVersion,
)
from app.extensions import db
from app.files.models import StoredFile
from app.notifications.models import OutboxMessage
from app.proposals.models import Proposal
from app.proposals.services.drafts import discard_draft
from tests.consultations.threads import (
    ANSWER,
    QUESTION,
    SUBJECT,
    make_answered,
    make_consultation,
    make_converted,
    make_ended,
)
from tests.factories import World, declare_conflict, make_world

NOW = clock.jst(2024, 8, 20, 10)
CSV = b"a,b\r\n1,2\r\n"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def letters(session: Session) -> list[tuple[str, str]]:
    """Who was told, and under which subject."""
    session.flush()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.recipient.login, row.subject) for row in rows]


def verbs(session: Session) -> list[str]:
    session.commit()
    found = select(AuditEvent.verb).where(AuditEvent.subject_type == "consultation")
    return list(session.scalars(found.order_by(AuditEvent.seq)))


# --- Asking and answering -------------------------------------------------------------------------


def test_ask_opens_a_thread_that_waits_for_the_secretariat(world: World) -> None:
    consultation = make_consultation(world)

    assert consultation.state is ConsultationState.OPEN
    assert consultation.number == f"{world['city'].organization.code}-001"
    assert [row.body for row in consultation.messages] == [QUESTION]
    assert consultation.waiting_since == NOW


def test_ask_counts_the_threads_of_each_body_alone(world: World) -> None:
    numbers = [make_consultation(world, by).number for by in ("city", "other", "city-mgr")]

    codes = [world[login].organization.code for login in ("city", "other")]
    assert numbers == [f"{codes[0]}-001", f"{codes[1]}-001", f"{codes[0]}-002"]


def test_ask_needs_a_subject_and_a_text(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_consultation(world, subject="　", body="\n")

    assert list(refused.value.errors) == ["subject", "body"]


@pytest.mark.parametrize("login", ["officer1", "lead", "auditor", "admin", "ministry", "observer"])
def test_ask_is_for_bodies(world: World, login: str) -> None:
    with pytest.raises(NotAllowed):
        make_consultation(world, login)


def test_ask_tells_the_secretariat_without_a_word_of_it(world: World, db_session: Session) -> None:
    declare_conflict(world["officer3"], body=world["city"].organization)

    make_consultation(world)

    subject = "【共通化提案】【要回答】甲子市から事前相談がありました（{}）"
    number = f"{world['city'].organization.code}-001"
    assert letters(db_session) == [
        (login, subject.format(number)) for login in ("officer1", "officer2", "lead")
    ]
    bodies = db_session.scalars(select(OutboxMessage.body)).all()
    assert [text for text in bodies if SUBJECT in text or QUESTION in text] == []


def test_answer_gives_the_move_to_the_body_and_tells_it(world: World, db_session: Session) -> None:
    consultation = make_consultation(world)
    later = NOW + timedelta(days=2)

    with clock.at(later):
        answer(
            consultation, Write(version=consultation.version, body=ANSWER), actor=world["officer1"]
        )

    assert consultation.state is ConsultationState.ANSWERED
    assert consultation.waiting_since == later
    told = [login for login, subject in letters(db_session) if "回答がありました" in subject]
    assert told == ["city", "city-mgr"]


def test_question_after_an_answer_waits_anew(world: World) -> None:
    consultation = make_answered(world)
    later = NOW + timedelta(days=1)

    with clock.at(later):
        add_question(
            consultation, Write(version=consultation.version, body="では"), actor=world["city-mgr"]
        )

    assert consultation.state is ConsultationState.OPEN
    assert consultation.waiting_since == later


def test_question_before_the_answer_keeps_its_place(world: World) -> None:
    consultation = make_consultation(world)

    with clock.at(NOW + timedelta(days=1)):
        add_question(
            consultation, Write(version=consultation.version, body="加えて"), actor=world["city"]
        )

    assert consultation.waiting_since == NOW


def test_answer_to_an_older_state_of_the_thread_is_refused(world: World) -> None:
    consultation = make_consultation(world)
    seen = consultation.version
    add_question(consultation, Write(version=seen, body="加えて"), actor=world["city"])

    with pytest.raises(StaleVersion):
        answer(consultation, Write(version=seen, body=ANSWER), actor=world["officer1"])


@pytest.mark.parametrize("login", ["city", "auditor", "admin", "ministry"])
def test_answer_is_for_officers(world: World, login: str) -> None:
    consultation = make_consultation(world)

    with pytest.raises(NotAllowed):
        answer(consultation, Write(version=consultation.version, body=ANSWER), actor=world[login])


@pytest.mark.parametrize("login", ["other", "officer1", "observer"])
def test_question_is_for_the_body_itself(world: World, login: str) -> None:
    consultation = make_consultation(world)

    with pytest.raises(NotAllowed):
        add_question(
            consultation, Write(version=consultation.version, body="?"), actor=world[login]
        )


def test_every_act_leaves_one_entry_without_texts(world: World, db_session: Session) -> None:
    make_converted(world)

    assert verbs(db_session) == [
        "consultation.ask",
        "consultation.answer",
        "consultation.make_draft",
    ]
    kept = db_session.scalars(
        select(AuditEvent.changes).where(AuditEvent.subject_type == "consultation")
    ).all()
    assert [row["messages"] for row in kept] == [1, 2, 2]
    assert [row for row in kept if QUESTION in str(row) or SUBJECT in str(row)] == []


# --- Practice -------------------------------------------------------------------------------------


def test_practice_thread_sends_no_mail(world: World, db_session: Session) -> None:
    world.round.is_practice = True
    db_session.flush()

    make_answered(world)

    assert letters(db_session) == []


# --- Files ----------------------------------------------------------------------------------------


def test_files_of_a_message_stay_with_it(world: World) -> None:
    files = receive_files([Upload("見積.csv", io.BytesIO(CSV)), Upload("表.csv", io.BytesIO(CSV))])

    consultation = make_consultation(world, files=files)

    assert [row.file.name for row in consultation.messages[0].files] == ["見積.csv", "表.csv"]


def test_one_bad_file_keeps_all_out_and_is_named(world: World, db_session: Session) -> None:
    uploads = [Upload("見積.csv", io.BytesIO(CSV)), Upload("急ぎ.exe", io.BytesIO(b"MZ"))]

    with pytest.raises(InvalidInput) as refused:
        receive_files(uploads)

    assert [said.startswith("「急ぎ.exe」：") for said in refused.value.errors["files"]] == [True]
    assert db_session.scalars(select(StoredFile)).all() == []


def test_too_many_files_are_refused(world: World) -> None:
    uploads = [Upload("a.csv", io.BytesIO(CSV))] * (FILES_AT_ONCE + 1)

    with pytest.raises(InvalidInput, match="入力内容"):
        receive_files(uploads)


# --- A draft out of it ----------------------------------------------------------------------------


def test_make_draft_takes_over_what_the_body_wrote(world: World) -> None:
    consultation = make_answered(world)
    add_question(
        consultation, Write(version=consultation.version, body="二つ目の文"), actor=world["city"]
    )

    draft = make_draft(
        consultation,
        MakeDraft(version=consultation.version, round=world.round),
        actor=world["city-mgr"],
    )

    assert (draft.title, draft.detail) == (SUBJECT, f"{QUESTION}\n\n二つ目の文")
    assert consultation.proposal is draft
    assert consultation.round is world.round
    assert consultation.state is ConsultationState.CONVERTED


def test_make_draft_of_a_very_long_thread_can_be_saved(world: World) -> None:
    consultation = make_answered(world, body="あ" * 19_000)
    add_question(
        consultation, Write(version=consultation.version, body="い" * 19_000), actor=world["city"]
    )

    command = MakeDraft(version=consultation.version, round=world.round)
    draft = make_draft(consultation, command, actor=world["city"])

    assert len(draft.detail) == LONGEST_DETAIL
    assert draft.detail.endswith("続きは事前相談にあります。）")


def test_make_draft_needs_an_open_round(world: World) -> None:
    consultation = make_answered(world)

    with (
        clock.at(world.round.closes_at + timedelta(seconds=1)),
        pytest.raises(InvalidInput) as refused,
    ):
        make_draft(
            consultation,
            MakeDraft(version=consultation.version, round=world.round),
            actor=world["city"],
        )

    assert list(refused.value.errors) == ["round"]


@pytest.mark.parametrize("login", ["other", "officer1", "admin"])
def test_make_draft_is_for_the_body_itself(world: World, login: str) -> None:
    consultation = make_answered(world)
    command = MakeDraft(version=consultation.version, round=world.round)

    with pytest.raises(NotAllowed):
        make_draft(consultation, command, actor=world[login])


def test_thread_makes_one_draft_only(world: World, db_session: Session) -> None:
    consultation, _draft = make_converted(world)
    command = MakeDraft(version=consultation.version, round=world.round)

    with pytest.raises(IllegalTransition):
        make_draft(consultation, command, actor=world["city"])

    assert len(db_session.scalars(select(Proposal)).all()) == 1


def test_deleted_draft_lets_the_thread_go_on(world: World, db_session: Session) -> None:
    consultation, draft = make_converted(world)
    db_session.commit()

    discard_draft(draft, version=draft.version, actor=world["city"])
    db_session.commit()

    assert consultation.state is ConsultationState.ANSWERED
    answer(consultation, Write(version=consultation.version, body="続き"), actor=world["officer1"])


# --- The end --------------------------------------------------------------------------------------


def test_end_keeps_the_reason_for_the_body(world: World) -> None:
    consultation = make_ended(world)

    assert consultation.state is ConsultationState.CLOSED
    assert consultation.close_reason == "制度の対象外のため"


def test_end_needs_a_reason(world: World) -> None:
    consultation = make_consultation(world)

    with pytest.raises(InvalidInput) as refused:
        end(consultation, End(version=consultation.version, reason=" "), actor=world["lead"])

    assert list(refused.value.errors) == ["reason"]


def test_take_up_lets_an_ended_thread_go_on(world: World) -> None:
    consultation = make_ended(world)

    take_up(consultation, TakeUp(version=consultation.version), actor=world["lead"])

    assert consultation.state is ConsultationState.OPEN
    assert consultation.close_reason == ""


def test_take_up_of_a_running_thread_is_refused(world: World) -> None:
    consultation = make_consultation(world)

    with pytest.raises(IllegalTransition):
        take_up(consultation, TakeUp(version=consultation.version), actor=world["lead"])


def write_as(login: str) -> Callable[[World, Consultation], None]:
    act = answer if login == "officer1" else add_question
    return lambda world, row: act(row, Write(version=row.version, body="?"), actor=world[login])


ACTS: dict[str, Callable[[World, Consultation], None]] = {
    "question": write_as("city"),
    "answer": write_as("officer1"),
    "draft": lambda world, row: (
        make_draft(row, MakeDraft(version=row.version, round=world.round), actor=world["city"])
        and None
    ),
    "end": lambda world, row: end(
        row, End(version=row.version, reason="?"), actor=world["officer1"]
    ),
}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("is_converted", [True, False])
def test_thread_that_is_over_takes_nothing_more(
    world: World, name: str, is_converted: bool
) -> None:
    consultation = make_converted(world)[0] if is_converted else make_ended(world)
    before = len(consultation.messages)

    with pytest.raises(DomainError) as refused:
        ACTS[name](world, consultation)

    assert refused.type is IllegalTransition
    assert len(consultation.messages) == before


def test_two_questions_of_one_body_get_two_numbers(world: World) -> None:
    first, second = make_consultation(world), make_consultation(world, "city-mgr")

    assert (first.sequence, second.sequence) == (1, 2)
    assert db.session.scalar(select(Consultation.id).where(Consultation.sequence == 3)) is None
