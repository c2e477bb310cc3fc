"""Form check (形式確認): what a return says, and whom it reaches."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import InvalidInput
from app.core.letterhead import office_contact
from app.notifications.models import OutboxMessage
from app.proposals.clocks import clocks_of
from app.proposals.models import ClockEnd, CorrectionRequest, Proposal
from app.proposals.queries import waiting_correction
from app.triage.services.form_check import Correction, ReturnForCorrection, return_for_correction
from app.workflow.states import State
from app.workflow.terms import Holder, Term
from tests.factories import World, make_returned, make_submitted
from tests.triage.resubmitting import correct


def test_return_keeps_fields_and_reasons_in_order(world: World) -> None:
    proposal = make_submitted(world)
    items = (
        Correction(field="effect", reason="効果を書いてください。"),
        Correction(field="title", reason="業務名を書いてください。"),
    )

    command = ReturnForCorrection(version=proposal.version, items=items)
    return_for_correction(proposal, command, actor=world["officer1"])

    request = waiting_correction(proposal)
    assert request is not None
    assert request.requested_by_id == world["officer1"].id
    assert [(item.position, item.field, item.reason) for item in request.items] == [
        (1, "effect", "効果を書いてください。"),
        (2, "title", "業務名を書いてください。"),
    ]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((), "補正してほしい項目と理由を1つ以上入力してください"),
        ((Correction(field="state", reason="理由"),), "補正する項目を一覧から選んでください"),
        (
            (Correction(field="title", reason="　"),),
            "「提案概要」を補正する理由を入力してください",
        ),
    ],
)
def test_return_without_field_or_reason_is_refused(
    world: World, items: tuple[Correction, ...], words: str
) -> None:
    proposal = make_submitted(world)

    command = ReturnForCorrection(version=proposal.version, items=items)
    with pytest.raises(InvalidInput) as refused:
        return_for_correction(proposal, command, actor=world["officer1"])

    assert refused.value.errors == {"items": [words]}
    assert proposal.state is State.SUBMITTED


def send_back(world: World, proposal: Proposal, *items: Correction) -> CorrectionRequest:
    command = ReturnForCorrection(version=proposal.version, items=items)
    return_for_correction(proposal, command, actor=world["officer1"])
    request = waiting_correction(proposal)
    assert request is not None
    return request


@pytest.mark.parametrize("target", ["proposal", "section:title", "viewpoints", "attachments"])
def test_return_can_name_more_than_single_fields(world: World, target: str) -> None:
    proposal = make_submitted(world)

    request = send_back(world, proposal, Correction(field=target, reason="直してください。"))

    assert [item.field for item in request.items] == [target]


def test_several_reasons_for_one_field_make_one_paragraph_of_the_letter(world: World) -> None:
    proposal = make_submitted(world)

    with clock.at(clock.jst(2024, 8, 20, 10)):
        request = send_back(
            world,
            proposal,
            Correction(field="effect", reason="件数を書いてください。\n概数で構いません。"),
            Correction(field="title", reason="業務名を書いてください。"),
            Correction(field="effect", reason="効果の出る時期を書いてください。"),
        )

    assert request.letter.splitlines() == [
        "甲子市　御中",
        "",
        "提案の補正のお願い",
        "",
        "受付番号　　R6-0001",
        "提案概要　　公共施設の鍵を貸し出す業務の共通化",
        "補正の期限　令和6年8月27日（火）",
        "",
        "ご提出いただいた提案について、次の点の補正をお願いします。期限までに内容を直し、"
        "管理者の方が再提出してください。再提出の後、形式確認を続けます。",
        "",
        "1　制度改正の効果",
        "　・件数を書いてください。",
        "　　概数で構いません。",
        "　・効果の出る時期を書いてください。",
        "",
        "2　提案概要",
        "　・業務名を書いてください。",
        "",
        "令和6年8月20日（火）",
        "デジタル行財政改革会議事務局",
        office_contact(),
    ]


def test_letter_stays_as_it_was_sent(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    request = send_back(world, proposal, Correction(field="title", reason="理由"))
    sent = request.letter

    proposal.title = "後から変わった提案概要"
    db_session.flush()
    db_session.expire_all()

    assert request.letter == sent
    assert "後から変わった提案概要" not in request.letter


def test_corrected_case_is_to_come_back_to_whoever_returned_it(world: World) -> None:
    proposal = make_submitted(world)

    request = send_back(world, proposal, Correction(field="title", reason="理由"))

    assert request.returns_to == world["officer1"]


def test_mail_of_the_return_holds_no_text_of_the_case(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)

    send_back(world, proposal, Correction(field="title", reason="秘密の理由"))

    [first, *_] = db_session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key.startswith("returned:"))
    )
    assert [words in first.subject + first.body for words in ("秘密の理由", proposal.title)] == [
        False,
        False,
    ]
    assert f"/proposals/{proposal.reference}" in first.body


def test_clock_of_the_officers_goes_on_with_the_days_that_were_left(world: World) -> None:
    with clock.at(clock.jst(2024, 8, 20, 10)):
        proposal = make_submitted(world)
        due_at_first = proposal.due_on
    with clock.at(clock.jst(2024, 8, 21, 10)):
        send_back(world, proposal, Correction(field="title", reason="理由"))
        due_of_body = proposal.due_on
    with clock.at(clock.jst(2024, 8, 27, 10)):
        correct(world, proposal)

    # Three office days for the form check: one was used up before the return, two are left.
    assert (due_at_first, due_of_body, proposal.due_on) == (
        date(2024, 8, 23),
        date(2024, 8, 28),
        date(2024, 8, 29),
    )
    assert [(row.term, row.holder, row.end) for row in reversed(clocks_of(proposal))] == [
        (Term.FORM_CHECK, Holder.SECRETARIAT, ClockEnd.STOPPED),
        (Term.CORRECTION, Holder.PROPOSER, ClockEnd.DONE),
        (Term.FORM_CHECK, Holder.SECRETARIAT, None),
    ]


def test_body_is_told_of_the_return(world: World, db_session: Session) -> None:
    make_returned(world)

    told = db_session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key.startswith("returned:"))
    )
    assert sorted(row.recipient.login for row in told) == ["city", "city-mgr"]
