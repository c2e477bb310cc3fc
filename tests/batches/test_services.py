"""Batches of hand-offs (まとめて送付): proposed, checked, sent as seen, or not at all."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.audit.words import words_of
from app.batches.destinations import proposed_destinations
from app.batches.letter import letter_document, letter_of
from app.batches.models import RequestTemplate, TextKind
from app.batches.plan import plan_of
from app.batches.queries import batches_visible_to, cases_of, letters_of
from app.batches.services.confirming import CHANGED, ConfirmBatch, confirm_batch
from app.batches.services.placing import Place, place_cases
from app.batches.services.texts import WriteText, write_text
from app.batches.services.writing import (
    BatchWords,
    change_words,
    create_batch,
    discard_batch,
    remove_cases,
)
from app.core import clock
from app.core.document.word import to_docx
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.handoffs.models import Handoff, HandoffBatch
from app.notifications.models import OutboxMessage
from app.notifications.rosters import RosterChanged
from app.proposals.models import Proposal
from app.triage.services.settle import Close, close
from app.workflow.handoffs import HandoffPart, HandoffPurpose, HandoffState
from tests.batches.cases import make_batch, make_cited, make_many, make_ministry, send
from tests.factories import World, declare_conflict, make_classified, make_world

NOW = clock.jst(2024, 8, 27, 10)
SOON = clock.jst(2024, 8, 28, 10).date()


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        world.entry.ministry_name = "厚生労働省（金融庁）"
        db_session.flush()
        yield world


def written_to(db_session: Session) -> list[str]:
    statement = select(OutboxMessage).where(OutboxMessage.letter == "batch_sent")
    return sorted(row.recipient.login for row in db_session.scalars(statement))


def test_destinations_name_lead_and_related_with_the_reason(world: World) -> None:
    digital = make_ministry("金融庁")
    cited, plain = make_cited(world), make_classified(world)

    proposed = proposed_destinations([cited, plain], actor=world["officer1"])

    assert [(row.organization.name, row.part, row.why) for row in proposed[cited.id]] == [
        ("厚生労働省", HandoffPart.LEAD, "台帳 TYPES 1「台帳の行」の所管"),
        (digital.name, HandoffPart.RELATED, "台帳 TYPES 1「台帳の行」の所管"),
    ]
    assert [(row.organization.name, row.part) for row in proposed[plain.id]] == [
        ("デジタル庁", HandoffPart.LEAD)
    ]


def test_batch_is_sent_with_one_letter_to_each_coordinator(
    world: World, db_session: Session
) -> None:
    make_ministry("金融庁", "digital-1", "digital-2")
    first, second = make_cited(world), make_cited(world, "types")
    batch = make_batch(world, first, second)

    count = send(world, batch)

    rows = db_session.scalars(select(Handoff).order_by(Handoff.id)).all()
    assert count == 4
    assert [(row.destination.name, row.part.value, row.state, row.purpose) for row in rows] == [
        ("厚生労働省", "lead", HandoffState.SENT, HandoffPurpose.REQUEST),
        ("金融庁", "related", HandoffState.SENT, HandoffPurpose.REQUEST),
        ("厚生労働省", "lead", HandoffState.SENT, HandoffPurpose.INFORMATION),
        ("金融庁", "related", HandoffState.SENT, HandoffPurpose.INFORMATION),
    ]
    assert f"受付番号　{first.receipt_number}" in rows[0].request_text
    assert written_to(db_session) == ["coordinator", "digital-1", "digital-2"]
    body = db_session.scalars(
        select(OutboxMessage.body).where(OutboxMessage.letter == "batch_sent")
    ).first()
    assert ("提案2件" in body, first.title in body) == (True, False)


def test_every_act_leaves_one_entry(world: World, db_session: Session) -> None:
    case = make_cited(world)
    make_ministry("金融庁")
    db_session.commit()
    with unit_of_work():
        send(world, make_batch(world, case))

    found = db_session.execute(
        select(AuditEvent.verb, func.count())
        .where(AuditEvent.verb.like("handoff%"))
        .group_by(AuditEvent.verb)
    )

    counts = dict(map(tuple, found))
    assert counts == {
        "handoff_batch.create": 1,
        "handoff_batch.confirm": 1,
        "handoff_batch.send": 1,
        "handoff.send": 2,
    }
    assert [words_of(verb) for verb in sorted(counts)] == [
        "府省庁へ送付しました",
        "まとめて送付の件数を確かめました",
        "まとめて送付を準備しました",
        "まとめて送付しました",
    ]


def test_what_changed_after_it_was_seen_sends_nothing(world: World, db_session: Session) -> None:
    case = make_cited(world)
    batch = make_batch(world, case)
    command = ConfirmBatch(version=batch.version, seen=plan_of(batch).digest(), typed="1")
    write_text(
        world.round.scheme,
        TextKind.REQUEST,
        None,
        WriteText(number=0, body="{受付番号}の検討をお願いします。", reason="短くする"),
        actor=world["lead"],
    )

    with pytest.raises(RosterChanged, match=CHANGED):
        confirm_batch(batch, command, actor=world["officer1"])

    assert db_session.scalars(select(Handoff)).all() == []


@pytest.mark.parametrize("typed", ["2", "一", "", "1.0"])
def test_wrong_number_sends_nothing(world: World, db_session: Session, typed: str) -> None:
    batch = make_batch(world, make_cited(world))
    command = ConfirmBatch(version=batch.version, seen=plan_of(batch).digest(), typed=typed)

    with pytest.raises(InvalidInput) as refused:
        confirm_batch(batch, command, actor=world["officer1"])

    assert list(refused.value.errors) == ["typed"]
    assert db_session.scalars(select(Handoff)).all() == []


def test_second_send_and_change_after_sending_are_refused(world: World) -> None:
    batch = make_batch(world, make_cited(world))
    send(world, batch)

    with pytest.raises(IllegalTransition):
        send(world, batch)
    with pytest.raises(IllegalTransition):
        remove_cases(batch, batch.version, cases_of(batch), actor=world["officer1"])
    with pytest.raises(IllegalTransition):
        discard_batch(batch, batch.version, actor=world["officer1"])


def test_discarded_batch_is_not_sent_and_its_cases_are_free(world: World) -> None:
    case = make_cited(world)
    batch = make_batch(world, case)
    discard_batch(batch, batch.version, actor=world["officer1"])

    with pytest.raises(IllegalTransition):
        send(world, batch)

    assert send(world, make_batch(world, case)) == 1


def test_case_without_destination_blocks_until_it_has_one_or_is_out(world: World) -> None:
    world.entry.ministry_name = ""
    # Without the ministry that takes what nobody else does.
    world["digital-coord"].organization.name = "金融庁"
    first, second = make_cited(world), make_cited(world)
    batch = make_batch(world, first, second)
    ministry = world["coordinator"].organization
    assert [case.proposal_id for case in plan_of(batch).unplaced] == [first.id, second.id]
    with pytest.raises(InvalidInput) as refused:
        send(world, batch)
    assert [words.split("：")[0] for words in refused.value.errors["blocks"]] == [
        first.receipt_number,
        second.receipt_number,
    ]

    cases = cases_of(batch)
    place = Place(lead_id=ministry.id)
    place_cases(batch, batch.version, cases[:1], place, actor=world["officer1"])
    remove_cases(batch, batch.version, cases[1:], actor=world["officer1"])

    assert send(world, batch) == 1


def test_case_that_moved_or_was_sent_meanwhile_blocks_in_words(world: World) -> None:
    closed, sent = make_cited(world), make_cited(world)
    batch = make_batch(world, closed, sent)
    command = Close(version=closed.version, outcome_text="終わりました。")
    close(closed, command, actor=world["lead"])
    send(world, make_batch(world, sent))

    blocks = plan_of(batch).blocks

    assert blocks == [
        f"{closed.receipt_number}：今の状態は「終了」で、送付できません。この送付から外してください",
        f"{sent.receipt_number}：ほかの送付があり、まだ終わっていません。この送付から外してください",
    ]


def test_class_that_changed_and_ministry_that_is_gone_block(world: World) -> None:
    case = make_cited(world)
    batch = make_batch(world, case)
    others = {row.key: row for row in world.round.scheme.categories}
    case.category = others["types"]
    changed = plan_of(batch).blocks
    case.category = others["core20"]
    world["coordinator"].organization.dissolved_on = clock.today()
    gone = plan_of(batch).blocks

    assert changed == [
        f"{case.receipt_number}：分類がCからAに変わりました。宛先を確かめて、決め直してください"
    ]
    assert gone == [
        f"{case.receipt_number}：厚生労働省は廃止されています。ほかの送付先を選んでください"
    ]


def test_placeholder_without_value_names_case_and_word(world: World) -> None:
    case = make_cited(world)
    batch = make_batch(world, case)
    category = case.category
    assert category is not None
    category.response_policy = ""

    blocks = plan_of(batch).blocks

    assert blocks == [
        f"{case.receipt_number}：厚生労働省への依頼文の「{{対応方針}}」に入れる値がありません。"
        "この提案だけの文を書くか、文面を直してください"
    ]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (TextKind.REQUEST, "{提案者の電話}に連絡してください"),
        (TextKind.INFORMATION, "{回答期限}まで"),
        (TextKind.COVER_LETTER, "{受付番号}"),
        (TextKind.REQUEST, "｛受付番号｝"),
        (TextKind.REQUEST, "{受付番号"),
        (TextKind.REQUEST, "あ" * 4001),
    ],
)
def test_text_with_a_placeholder_nobody_knows_is_not_kept(
    world: World, db_session: Session, kind: TextKind, body: str
) -> None:
    command = WriteText(number=0, body=body, reason="試す")

    with pytest.raises(InvalidInput) as refused:
        write_text(world.round.scheme, kind, None, command, actor=world["lead"])

    assert list(refused.value.errors) == ["body"]
    assert db_session.scalars(select(RequestTemplate)).all() == []


def test_text_of_a_class_comes_first_and_only_the_lead_writes(world: World) -> None:
    case = make_cited(world)
    batch = make_batch(world, case)
    scheme, category = world.round.scheme, case.category
    command = WriteText(number=0, body="C：{受付番号}", reason="分類Cの文")
    with pytest.raises(NotAllowed):
        write_text(scheme, TextKind.REQUEST, category, command, actor=world["officer1"])

    write_text(scheme, TextKind.REQUEST, category, command, actor=world["lead"])
    of_class = plan_of(batch).handoffs[0].text
    with pytest.raises(StaleVersion):
        write_text(scheme, TextKind.REQUEST, category, command, actor=world["lead"])
    given_up = replace(command, number=1, body="")
    write_text(scheme, TextKind.REQUEST, category, given_up, actor=world["lead"])

    assert of_class == f"C：{case.receipt_number}"
    assert plan_of(batch).handoffs[0].source == "はじめからの文面"


def test_announced_date_counts_is_warned_of_and_never_past(world: World) -> None:
    batch = make_batch(world, make_cited(world))
    sunday = clock.jst(2024, 9, 1, 0).date()
    for day in (clock.today(), clock.jst(2024, 8, 1, 0).date()):
        with pytest.raises(InvalidInput):
            change_words(
                batch,
                batch.version,
                BatchWords(title="件名", reply_due_on=day),
                actor=world["officer1"],
            )

    change_words(
        batch, batch.version, BatchWords(title="件名", reply_due_on=sunday), actor=world["officer1"]
    )
    plan = plan_of(batch)

    assert plan.handoffs[0].row.due == "令和6年9月1日（日）"
    assert plan.warnings == ["回答期限の令和6年9月1日（日）は閉庁日（日曜日）です"]
    with clock.at(clock.jst(2024, 9, 1, 10)):
        assert len(plan_of(batch).blocks) == 1


def test_letter_stays_as_it_was_sent(world: World) -> None:
    case = make_cited(world)
    batch = make_batch(world, case)
    send(world, batch)
    ministry = world["coordinator"].organization
    before = letter_of(letters_of(batch)[ministry.id].content)

    case.title = "後から変わった題"
    ministry.name = "後から変わった省"
    db.session.flush()
    db.session.expire_all()
    letter = letter_of(letters_of(batch)[ministry.id].content)

    assert (letter, letter.addressee, letter.dated_on) == (before, "厚生労働省", clock.today())
    document = letter_document(letter, made_at=NOW, is_draft=False)
    assert to_docx(document) == to_docx(letter_document(before, made_at=NOW, is_draft=False))


def test_person_with_a_conflict_knows_of_no_such_batch(world: World, db_session: Session) -> None:
    case, other = make_cited(world), make_cited(world)
    make_batch(world, case)
    free = make_batch(world, other)
    declare_conflict(world["officer3"], proposal=case)

    seen = db_session.scalars(batches_visible_to(world["officer3"])).all()

    assert [row.id for row in seen] == [free.id]
    with pytest.raises(InvalidInput):
        make_batch(world, case, by="officer3")


def test_practice_round_writes_to_nobody(world: World, db_session: Session) -> None:
    world.round.is_practice = True
    batch = make_batch(world, make_cited(world))

    send(world, batch)

    assert written_to(db_session) == []


def test_case_that_goes_to_no_ministry_is_not_taken(world: World) -> None:
    case = make_classified(world)

    with pytest.raises(InvalidInput) as refused:
        create_batch(world.round, BatchWords(title=" "), [case.id], actor=world["officer1"])

    assert list(refused.value.errors) == ["title", "case"]


def test_batch_of_many_goes_to_twelve_destinations(world: World, db_session: Session) -> None:
    ministries = [make_ministry(f"第{number}省", f"m{number}") for number in range(12)]
    make_many(world, ministries, 24)
    batch = make_batch(world, *db_session.scalars(select(Proposal)))

    count = send(world, batch)

    assert count == 24
    assert written_to(db_session) == sorted(f"m{number}" for number in range(12))


def test_only_the_desk_makes_batches(world: World, db_session: Session) -> None:
    case = make_cited(world)

    for login in ("auditor", "admin", "coordinator", "city-mgr"):
        with pytest.raises(NotAllowed):
            make_batch(world, case, by=login)

    assert db_session.scalars(select(HandoffBatch)).all() == []
