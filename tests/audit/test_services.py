"""The trail (監査証跡): written with the act, bound to it, and any tampering is found and named."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.chain import SEALED_FIELDS, entry_hash
from app.audit.models import AuditEvent, AuditHead
from app.audit.services import Subject, record
from app.audit.verification import TAIL_PROBLEM, Verification, verify
from app.core import clock
from app.core.unit_of_work import unit_of_work
from tests.audit.trail import LENGTH, lift_protection, write_trail
from tests.factories import interrupted, make_world

ALTERED = "内容が記録時と異なります"
UNCHAINED = "前の記録とつながっていません"
MISSING = "記録が抜けています"


def entry(session: Session, seq: int) -> AuditEvent:
    return session.scalars(
        select(AuditEvent).where(AuditEvent.seq == seq).execution_options(populate_existing=True)
    ).one()


def rewrite(session: Session, seq: int, /, **values: Any) -> None:
    session.execute(update(AuditEvent).where(AuditEvent.seq == seq).values(**values))


# --- Writing ------------------------------------------------------------------------------------


def test_entry_holds_who_when_what_and_why(db_session: Session) -> None:
    world = make_world()
    moment = clock.jst(2024, 8, 27, 10)

    with clock.at(moment):
        record(
            "round.test",
            Subject(type="round", id=5, version=2),
            actor=world["lead"],
            from_state="draft",
            to_state="submitted",
            reason="理由",
            changes={"due_on": "2024-08-30"},
        )
    db_session.commit()

    found = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "round.test")).one()
    assert {name: getattr(found, name) for name in SEALED_FIELDS if name != "seq"} == {
        "occurred_at": moment,
        "verb": "round.test",
        "actor_id": world["lead"].id,
        "actor_label": world["lead"].sealed_label,
        "subject_type": "round",
        "subject_id": 5,
        "subject_version": 2,
        "from_state": "draft",
        "to_state": "submitted",
        "reason": "理由",
        "changes": {"due_on": "2024-08-30"},
        "request_id": "",
    }


def test_entry_without_a_person_names_the_system(db_session: Session) -> None:
    write_trail(db_session, 1)

    assert (entry(db_session, 1).actor_id, entry(db_session, 1).actor_label) == (None, "システム")


def test_entries_are_numbered_without_gaps(db_session: Session) -> None:
    write_trail(db_session)

    seqs = db_session.scalars(select(AuditEvent.seq).order_by(AuditEvent.seq)).all()
    assert list(seqs) == [1, 2, 3, 4, 5, 6]


def test_entry_of_a_failed_unit_of_work_is_not_written_later(db_session: Session) -> None:
    write_trail(db_session, 1)

    with pytest.raises(RuntimeError, match="power cut"):
        interrupted(lambda: record("round.failed", Subject(type="round", id=1), actor=None))
    with unit_of_work():
        record("round.done", Subject(type="round", id=1), actor=None)

    verbs = db_session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq)).all()
    assert list(verbs) == ["round.test", "round.done"]


def test_unit_of_work_is_entered_once(db_session: Session) -> None:
    with (
        unit_of_work(),
        pytest.raises(RuntimeError, match="entered once"),
        unit_of_work(),
    ):
        pass


# --- An intact trail ----------------------------------------------------------------------------


def test_empty_trail_is_intact(db_session: Session) -> None:
    assert verify(db_session) == Verification(entries=0)


def test_trail_is_intact(db_session: Session) -> None:
    write_trail(db_session)

    assert verify(db_session) == Verification(entries=LENGTH)


def test_trail_is_read_in_batches(db_session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.audit.verification.VERIFY_BATCH", 2)
    write_trail(db_session, 5)

    assert verify(db_session) == Verification(entries=5)


# --- Refused by the database --------------------------------------------------------------------


@pytest.mark.parametrize("name", [*SEALED_FIELDS, "previous_hash", "entry_hash"])
def test_p21_database_refuses_to_change_an_entry(db_session: Session, name: str) -> None:
    write_trail(db_session, 2)

    with pytest.raises(DBAPIError, match="audit entries are never changed"):
        db_session.execute(text(f"UPDATE audit_event SET {name} = {name} WHERE seq = 2"))


def test_p21_database_refuses_to_delete_an_entry(db_session: Session) -> None:
    write_trail(db_session, 2)

    with pytest.raises(DBAPIError, match="audit entries are never changed"):
        db_session.execute(delete(AuditEvent).where(AuditEvent.seq == 2))


def test_p21_postgresql_refuses_to_empty_the_trail(db_session: Session) -> None:
    if db_session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    write_trail(db_session, 2)

    with pytest.raises(DBAPIError, match="audit entries are never changed"):
        db_session.execute(text("TRUNCATE audit_event"))


# --- Tampering ----------------------------------------------------------------------------------

OTHER_VALUES: dict[str, Any] = {
    "seq": 99,
    "occurred_at": clock.jst(2024, 1, 1),
    "verb": "round.other",
    "actor_id": None,
    "actor_label": "別の人",
    "subject_type": "proposal",
    "subject_id": 98,
    "subject_version": 97,
    "from_state": "returned",
    "to_state": None,
    "reason": "別の理由",
    "changes": {"number": 96},
    "request_id": "別の要求",
}
EDITED = [name for name in SEALED_FIELDS if name not in ("seq", "actor_id")]


@pytest.mark.parametrize("name", EDITED)
def test_p21_edited_field_is_found(db_session: Session, name: str) -> None:
    write_trail(db_session)
    lift_protection(db_session)

    rewrite(db_session, 3, **{name: OTHER_VALUES[name]})

    assert verify(db_session) == Verification(entries=2, broken_seq=3, problem=ALTERED)


def test_p21_edited_actor_is_found(db_session: Session) -> None:
    world = make_world()
    db_session.commit()
    record("round.test", Subject(type="round", id=1), actor=world["lead"])
    db_session.commit()
    last = verify(db_session).entries
    lift_protection(db_session)

    rewrite(db_session, last, actor_id=world["officer1"].id)

    assert verify(db_session) == Verification(entries=last - 1, broken_seq=last, problem=ALTERED)


def remove_first(session: Session) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.seq == 1))


def remove_middle(session: Session) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.seq == 3))


def remove_and_close_ranks(session: Session) -> None:
    remove_middle(session)
    for seq in (4, 5, 6):
        rewrite(session, seq, seq=seq - 1)


def cut_tail(session: Session) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.seq > 4))


def remove_all(session: Session) -> None:
    session.execute(delete(AuditEvent))


def cut_tail_and_set_back_the_number(session: Session) -> None:
    cut_tail(session)
    session.execute(update(AuditHead).values(last_seq=4))


def swap(session: Session) -> None:
    rewrite(session, 3, seq=100)
    rewrite(session, 4, seq=3)
    rewrite(session, 100, seq=4)


def renumber(session: Session) -> None:
    rewrite(session, 3, seq=99)


def rehash_one(session: Session) -> None:
    rewrite(session, 3, reason="別の理由")
    forged = entry(session, 3)
    values = {name: getattr(forged, name) for name in SEALED_FIELDS}
    rewrite(session, 3, entry_hash=entry_hash(values, forged.previous_hash))


def rehash_last(session: Session) -> None:
    rewrite(session, 6, reason="別の理由")
    forged = entry(session, 6)
    values = {name: getattr(forged, name) for name in SEALED_FIELDS}
    rewrite(session, 6, entry_hash=entry_hash(values, forged.previous_hash))


def relink(session: Session) -> None:
    rewrite(session, 3, previous_hash="0" * 64)


def append_forged(session: Session) -> None:
    last = entry(session, 6)
    values = {name: getattr(last, name) for name in SEALED_FIELDS} | {"seq": 7}
    digest = entry_hash(values, last.entry_hash)
    session.add(AuditEvent(**values, previous_hash=last.entry_hash, entry_hash=digest))
    session.flush()


def lose_head(session: Session) -> None:
    session.execute(delete(AuditHead))


@pytest.mark.parametrize(
    ("tamper", "broken_seq", "problem"),
    [
        (remove_first, 1, MISSING),
        (remove_middle, 3, MISSING),
        (remove_and_close_ranks, 3, UNCHAINED),
        (cut_tail, 5, TAIL_PROBLEM),
        (remove_all, 1, TAIL_PROBLEM),
        (cut_tail_and_set_back_the_number, 5, TAIL_PROBLEM),
        (swap, 3, UNCHAINED),
        (renumber, 3, MISSING),
        (rehash_one, 4, UNCHAINED),
        (rehash_last, 7, TAIL_PROBLEM),
        (relink, 3, UNCHAINED),
        (append_forged, 8, TAIL_PROBLEM),
        (lose_head, 7, TAIL_PROBLEM),
    ],
)
def test_p21_tampering_is_found_and_its_place_named(
    db_session: Session,
    tamper: Callable[[Session], None],
    broken_seq: int,
    problem: str,
) -> None:
    write_trail(db_session)
    lift_protection(db_session)

    tamper(db_session)

    assert verify(db_session) == Verification(
        entries=broken_seq - 1, broken_seq=broken_seq, problem=problem
    )
