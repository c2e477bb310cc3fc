"""Mis-send guard of the batches: a second person for many, a time to stop it (P29, P49)."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Role, User, UserRole
from app.batches.plan import FEW_PEOPLE, plan_of
from app.batches.queries import cases_of, confirmation_of, letters_of
from app.batches.services.confirming import (
    SECOND_THOUGHTS,
    release_batch,
    stop_batch,
)
from app.batches.services.placing import Place, place_cases
from app.batches.services.sending import send_due_batches
from app.batches.services.writing import BatchWords, change_words, discard_batch
from app.batches.stages import Stage, stage_of
from app.core import clock
from app.core.errors import IllegalTransition, NotAllowed, StaleVersion
from app.handoffs.models import Handoff, HandoffBatch
from app.incidents.services import ReportIncident, freeze, report_incident
from app.notifications.models import OutboxMessage
from app.notifications.rosters import RosterChanged
from tests.accounts.browser import enter
from tests.batches.cases import (
    confirm,
    make_batch,
    make_cited,
    make_ministry,
    pass_time,
    send,
)
from tests.factories import World, declare_conflict, make_user, make_world

NOW = clock.jst(2024, 8, 27, 10)
SENDS = int(os.environ.get("SOAK_SENDS", "8"))
CHANGES = ("join", "leave", "come back", "move", "lose the role", "address", "none")


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        world.entry.ministry_name = "厚生労働省"
        db_session.commit()
        yield world


def make_wide_batch(world: World) -> HandoffBatch:
    """A batch that reaches more than a few people."""
    ministry = world["coordinator"].organization
    for number in range(FEW_PEOPLE):
        make_user(f"desk-{number}", ministry, Role.MINISTRY_COORDINATOR)
    return make_batch(world, make_cited(world))


def letters(session: Session, kind: str = "batch_sent") -> list[int]:
    rows = select(OutboxMessage.recipient_id).where(OutboxMessage.letter == kind)
    return sorted(session.scalars(rows))


def has_left(session: Session) -> bool:
    """Whether anything of a batch reached anybody, or touched a case."""
    handoffs = session.scalar(select(func.count(Handoff.id)))
    return bool(handoffs or letters(session))


def test_p49_nothing_leaves_before_the_time_for_second_thoughts_is_over(
    world: World, db_session: Session
) -> None:
    batch = make_batch(world, make_cited(world))
    confirmation = confirm(world, batch)
    sends_at = NOW + SECOND_THOUGHTS

    early = send_due_batches(sends_at - timedelta(seconds=1))
    left_early = has_left(db_session)
    counts = [pass_time(confirmation), pass_time(confirmation)]

    handoff = db_session.scalars(select(Handoff)).one()
    assert (confirmation.needs_second, confirmation.sends_at) == (False, sends_at)
    assert (early, left_early, counts) == (0, False, [1, 0])
    assert (handoff.sent_at, handoff.sent_by) == (sends_at, world["officer1"])
    assert letters(db_session) == [world["coordinator"].id]


def test_p49_stopped_batch_is_as_it_was_before(world: World, db_session: Session) -> None:
    batch = make_batch(world, make_cited(world))
    before = plan_of(batch)
    confirmation = confirm(world, batch)

    stop_batch(batch, batch.version, actor=world["officer3"])

    with clock.at(NOW + 2 * SECOND_THOUGHTS):
        assert send_due_batches(clock.now()) == 0
    after = plan_of(batch)
    assert stage_of(batch, confirmation_of(batch)) is Stage.PREPARED
    assert (after.envelopes(), after.cases) == (before.envelopes(), before.cases)
    assert has_left(db_session) is False
    assert confirmation.sends_at is not None
    with pytest.raises(IllegalTransition):
        stop_batch(batch, batch.version, actor=world["officer1"])
    assert send(world, batch) == 1


def test_waiting_batch_is_changed_by_nobody_until_it_is_stopped(world: World) -> None:
    batch = make_batch(world, make_cited(world))
    confirm(world, batch)
    officer, words = world["officer1"], BatchWords(title="別の件名")
    acts: list[Callable[[], object]] = [
        lambda: change_words(batch, batch.version, words, actor=officer),
        lambda: discard_batch(batch, batch.version, actor=officer),
        lambda: confirm(world, batch, "officer2"),
    ]

    for act in acts:
        with pytest.raises(IllegalTransition, match="送付の時刻を待っています"):
            act()


def test_p29_many_need_a_second_person_who_prepared_nothing(
    world: World, db_session: Session
) -> None:
    batch = make_wide_batch(world)
    ministry = world["coordinator"].organization_id
    place_cases(
        batch, batch.version, cases_of(batch), Place(lead_id=ministry), actor=world["officer3"]
    )
    # Two roles are one person.
    world["officer1"].role_grants.append(UserRole(role=Role.LEAD))
    confirmation = confirm(world, batch, "officer2")

    for login in ("officer1", "officer2", "officer3", "auditor", "admin"):
        with pytest.raises(NotAllowed):
            release_batch(batch, batch.version, actor=world[login])
    assert (confirmation.needs_second, confirmation.sends_at) == (True, None)
    assert send_due_batches(NOW + timedelta(days=1)) == 0
    seen = batch.version
    release_batch(batch, seen, actor=world["lead"])
    with pytest.raises(StaleVersion):
        release_batch(batch, seen, actor=world["lead"])
    with pytest.raises(IllegalTransition):
        release_batch(batch, batch.version, actor=world["lead"])

    assert pass_time(confirmation) == 1
    assert len(letters(db_session)) == FEW_PEOPLE + 1


def test_p29_four_ministries_need_a_second_person_too(world: World) -> None:
    names = [f"第{number}省" for number in range(4)]
    bodies = [make_ministry(name, f"m-{name}") for name in names]
    batch = make_batch(world, make_cited(world))
    lead, *related = (body.id for body in bodies)
    needs = []
    for others in (related[:2], related):
        place = Place(lead_id=lead, related_ids=tuple(others))
        place_cases(batch, batch.version, cases_of(batch), place, actor=world["officer1"])
        needs.append(confirm(world, batch).needs_second)
        if not needs[-1]:
            stop_batch(batch, batch.version, actor=world["officer1"])

    assert needs == [False, True]


def test_p29_table_refuses_one_person_for_both(world: World, db_session: Session) -> None:
    confirmation = confirm(world, make_wide_batch(world))

    confirmation.released_by = confirmation.confirmed_by
    confirmation.released_at = confirmation.sends_at = NOW
    with pytest.raises(IntegrityError, match="two_people"), db_session.begin_nested():
        db_session.flush()


def test_change_of_a_confirmed_batch_asks_for_the_number_again(world: World) -> None:
    batch = make_wide_batch(world)
    confirm(world, batch)

    change_words(batch, batch.version, BatchWords(title="別の件名"), actor=world["officer3"])

    assert confirmation_of(batch) is None
    with pytest.raises(IllegalTransition, match="承認を待っていません"):
        release_batch(batch, batch.version, actor=world["lead"])


def test_p49_release_of_another_list_is_refused_with_the_difference(
    app: Flask, world: World, db_session: Session
) -> None:
    batch = make_wide_batch(world)
    confirm(world, batch)
    db_session.commit()
    page = f"/handoffs/batches/{batch.id}/release"
    lead = enter(app, "lead")
    as_confirmed = unescape(lead.get(page).text)
    world["coordinator"].disabled_at = NOW
    make_user("new-desk", world["coordinator"].organization, Role.MINISTRY_COORDINATOR)
    db_session.commit()

    refused = lead.post(page, data={"version": batch.version})

    said = unescape(refused.text)
    assert ("送付を承認する" in as_confirmed, "送付を承認する" in said) == (True, False)
    assert "確かめた内容と同じです" in as_confirmed
    assert (refused.status_code, has_left(db_session)) == (409, False)
    assert "確かめた宛先 6人　今6人" in said
    assert "加わった宛先1人、外れた宛先1人" in said


def test_pages_lead_from_the_number_over_the_second_person_to_the_stop(
    app: Flask, world: World, db_session: Session
) -> None:
    batch = make_wide_batch(world)
    db_session.commit()
    page = f"/handoffs/batches/{batch.id}"
    writer, lead = enter(app, "officer1"), enter(app, "lead")
    data = {"version": batch.version, "seen": plan_of(batch).digest(), "typed": "1"}

    confirmed = writer.post(f"{page}/send", data=data, follow_redirects=True)
    own = writer.get(f"{page}/release")
    offered = lead.get(page).text
    released = lead.post(f"{page}/release", data={"version": 2}, follow_redirects=True)
    again = lead.post(f"{page}/release", data={"version": 3})
    listed = writer.get("/handoffs/batches").text
    stopped = writer.post(f"{page}/stop", data={"version": 3}, follow_redirects=True)

    assert "ほかの仕分け担当か総括に、承認を依頼してください" in confirmed.text
    assert ("承認に進む" in confirmed.text, "承認に進む" in offered) == (False, True)
    assert (own.status_code, again.status_code) == (403, 409)
    assert "8月27日（火）10時10分を過ぎると送付します" in released.text
    assert ("送付待ち" in listed, "10時10分の予定" in listed) == (True, True)
    assert "府省庁には何も送っていません" in stopped.text
    assert "送付の確認に進む" in stopped.text
    assert has_left(db_session) is False


def _change(world: World, user: User, change: str) -> None:
    bodies = (world["coordinator"].organization, world["digital"].organization)
    if change in ("leave", "come back"):
        user.disabled_at = NOW if change == "leave" else None
    elif change == "move":
        user.organization = bodies[user.organization is bodies[0]]
    elif change in ("lose the role", "join"):
        role = Role.MINISTRY_COORDINATOR if change == "join" else Role.MINISTRY_OFFICER
        user.role_grants = [row for row in user.role_grants if row.role is role] or [
            UserRole(role=role)
        ]
    elif change == "address":
        user.email = f"{(user.email or '').split('@')[0]}x@example.jp"


drawn_changes = st.lists(
    st.tuples(st.sampled_from(CHANGES), st.integers(0, 5)), min_size=1, max_size=3
)


@settings(
    max_examples=SENDS, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(before=st.just([]) | drawn_changes, within=drawn_changes)
def test_p49_envelope_of_a_batch_is_the_confirmed_list_or_nobody(
    world: World,
    db_session: Session,
    before: list[tuple[str, int]],
    within: list[tuple[str, int]],
) -> None:
    with db_session.begin_nested() as trial:
        batch = make_wide_batch(world)
        people = [*plan_of(batch).recipients.values()]
        confirmation = confirm(world, batch)
        confirmed = list(confirmation.recipient_ids)
        shown = plan_of(batch).envelopes()
        for change, number in before:
            _change(world, people[number], change)
        db_session.flush()
        try:
            release_batch(batch, batch.version, actor=world["officer2"])
        except RosterChanged:
            is_same = False
        else:
            is_same = plan_of(batch).envelopes() == shown
            for change, number in within:
                _change(world, people[number], change)
            db_session.flush()
            is_same = is_same and plan_of(batch).envelopes() == shown
            assert pass_time(confirmation) == int(is_same)
        stored = {row.destination_id: row.recipient_ids for row in letters_of(batch).values()}
        handoffs = db_session.scalars(select(Handoff.destination_id)).all()
        sent = letters(db_session)
        ministry = world["coordinator"].organization_id
        trial.rollback()

    assert sent == (confirmed if is_same else [])
    assert (stored, handoffs) == (({ministry: confirmed}, [ministry]) if is_same else ({}, []))


def test_letter_of_a_batch_that_leaves_after_midnight_has_the_day_it_leaves(world: World) -> None:
    with clock.at(clock.jst(2024, 8, 27, 23, 55)):
        batch = make_batch(world, make_cited(world))
        confirmation = confirm(world, batch)

    assert pass_time(confirmation) == 1
    content = letters_of(batch)[world["coordinator"].organization_id].content
    assert content["dated_on"] == "2024-08-28"


def _disable(world: World, batch: HandoffBatch) -> None:
    world["officer2"].disabled_at = NOW


def _take_the_role(world: World, batch: HandoffBatch) -> None:
    world["officer1"].role_grants = [UserRole(role=Role.AUDITOR)]


def _declare(world: World, batch: HandoffBatch) -> None:
    declare_conflict(world["officer2"], proposal=cases_of(batch)[0].proposal)


def _freeze(world: World, batch: HandoffBatch) -> None:
    number = cases_of(batch)[0].proposal.reference
    command = ReportIncident(
        happened="別の団体の資料が入っていた",
        happened_when="今朝",
        known_on=NOW.date(),
        concerned=number,
        seen_by="不明",
        persons_estimate=None,
        is_malicious=False,
    )
    incident = report_incident(command, actor=world["officer1"])
    freeze(incident, f"case:{number}", actor=world["officer1"])


def _retitle(world: World, batch: HandoffBatch) -> None:
    cases_of(batch)[0].proposal.title = "後から変わった題"


def _join(world: World, batch: HandoffBatch) -> None:
    make_user("later", world["coordinator"].organization, Role.MINISTRY_COORDINATOR)


@pytest.mark.parametrize("change", [_disable, _take_the_role, _declare, _freeze, _retitle, _join])
def test_p28_what_changed_before_it_left_is_held_and_told(
    world: World, db_session: Session, change: Callable[[World, HandoffBatch], None]
) -> None:
    batch = make_wide_batch(world)
    confirmation = confirm(world, batch)
    release_batch(batch, batch.version, actor=world["officer2"])
    change(world, batch)
    db_session.flush()

    sent = pass_time(confirmation)

    told = set(letters(db_session, "batch_held"))
    assert (sent, has_left(db_session)) == (0, False)
    assert stage_of(batch, confirmation_of(batch)) is Stage.HELD
    assert told <= {world["officer1"].id, world["officer2"].id}
    assert told
    # Held once; the next minute says nothing more.
    assert send_due_batches(NOW + timedelta(days=1)) == 0
    assert set(letters(db_session, "batch_held")) == told
