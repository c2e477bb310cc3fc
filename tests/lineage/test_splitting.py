"""Splitting a case and making one of it again (分割・分割の取消し)."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.extensions import db
from app.lineage.queries import original_of
from app.lineage.services.splitting import (
    DIVIDED_FIELDS,
    SplitCase,
    UndoSplit,
    split_case,
    undo_split,
)
from app.proposals.models import CoProposer, PartnerAnswer, Proposal, ProposalRevision
from app.proposals.queries import get_visible, is_conflicted, revisions_of
from app.proposals.sharing.partners import accepted_partners_of
from app.triage.services.assign import Assign, assign
from app.triage.services.confirm import Confirm, confirm_assessment
from app.triage.services.withdraw import Withdraw, withdraw
from app.workflow.states import State
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_accepted,
    make_classified,
    make_in_review,
    make_in_state,
    make_submitted,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def text(title: str) -> dict[str, str]:
    return {**dict.fromkeys(DIVIDED_FIELDS, f"{title}の文"), "title": title}


def split(world: World, case: Proposal, *titles: str, by: str = "officer1") -> list[Proposal]:
    command = SplitCase(
        version=case.version,
        texts=tuple(text(title) for title in titles),
        reason="二つの業務を求めているため",
    )
    return [row.proposal for row in split_case(case, command, actor=world[by]).parts]


def undo(world: World, case: Proposal) -> None:
    command = UndoSplit(version=case.version, reason="分けなくてよいと分かったため")
    undo_split(case, command, actor=world["officer1"])


def test_original_keeps_its_number_and_the_parts_get_branch_numbers(world: World) -> None:
    original = make_in_review(world)
    due_on = original.due_on

    parts = split(world, original, "鍵の貸出", "会議室の予約", "体育館の予約")
    later = make_submitted(world)

    assert [(row.receipt_number, row.title) for row in (original, *parts)] == [
        ("R6-0001", "鍵の貸出"),
        ("R6-0001-2", "会議室の予約"),
        ("R6-0001-3", "体育館の予約"),
    ]
    assert (original.state, original.due_on) == (State.IN_REVIEW, due_on)
    assert [row.state for row in parts] == [State.ACCEPTED] * 2
    assert all(row.due_on is not None for row in parts)
    assert later.receipt_number == "R6-0002"
    assert [original_of(row) for row in parts] == [original] * 2


def test_part_has_body_partners_and_date_of_the_case_and_a_text_of_its_own(
    world: World,
) -> None:
    original = make_accepted(world)
    partner = CoProposer(
        proposal_id=original.id,
        organization_id=world["other-mgr"].organization_id,
        asked_by_id=world["city"].id,
        asked_at=clock.now(),
        answer=PartnerAnswer.ACCEPTED,
        answered_by_id=world["other-mgr"].id,
        answered_at=clock.now(),
    )
    add(partner)

    (part,) = split(world, original, "一", "二")

    assert part.organization_id == original.organization_id
    assert part.submitted_at == original.submitted_at
    assert part.adoption_status == original.adoption_status
    assert (part.detail, part.search_key) == ("二の文", "二 二の文")
    assert [row.organization_id for row in accepted_partners_of(part)] == [partner.organization_id]
    assert get_visible(world["other-mgr"], "R6-0001-2") == part


def add(row: object) -> None:
    db.session.add(row)
    db.session.flush()


def test_text_before_the_split_is_a_revision_for_ever(world: World) -> None:
    original = make_accepted(world)
    before = original.detail

    split(world, original, "一", "二")

    assert [row.content["detail"] for row in revisions_of(original)] == [before, "一の文"]


def test_conflict_with_the_case_holds_for_its_parts(world: World) -> None:
    original = make_accepted(world)
    declare_conflict(world["officer2"], proposal=original)

    (part,) = split(world, original, "一", "二")

    assert is_conflicted(world["officer2"].id, part)


def test_c4_undoing_a_split_restores_the_text_and_ends_the_parts(world: World) -> None:
    original = make_in_review(world)
    before = {name: getattr(original, name) for name in DIVIDED_FIELDS}
    state = (original.state, original.due_on)
    (part,) = split(world, original, "一", "二")

    undo(world, original)

    assert {name: getattr(original, name) for name in DIVIDED_FIELDS} == before
    assert (original.state, original.due_on) == state
    assert (part.state, part.is_rejoined, part.merged_into) == (State.MERGED, True, original)
    assert get_visible(world["lead"], "R6-0001-2") == part


def test_body_withdraws_a_case_whose_split_was_undone(world: World) -> None:
    original = make_accepted(world)
    split(world, original, "一つ目", "二つ目")
    undo(world, original)

    command = Withdraw(version=original.version, reason="取りやめ")
    withdraw(original, command, actor=world["city-mgr"])

    assert original.state is State.WITHDRAWN


def test_branch_number_of_an_undone_part_is_never_used_again(world: World) -> None:
    original = make_accepted(world)
    split(world, original, "一", "二")
    undo(world, original)

    (part,) = split(world, original, "三", "四")

    assert part.receipt_number == "R6-0001-3"


def test_split_with_a_classified_part_cannot_be_undone(world: World) -> None:
    original = make_in_review(world)
    (part,) = split(world, original, "一", "二")
    classify_part(world, part)

    with pytest.raises(IllegalTransition) as refused:
        undo(world, original)

    assert refused.value.message == (
        "R6-0001-2は分類確定のため、分割を取り消せません。先に総括が仕分け直しにしてください。"
    )


def classify_part(world: World, part: Proposal) -> None:
    command = Assign(version=part.version, reviewer_ids=(world["officer1"].id,))
    assign(part, command, actor=world["lead"])
    opinion = give_opinion(world, part)
    confirm = Confirm(version=part.version, assessment_id=opinion.id)
    confirm_assessment(part, confirm, actor=world["officer2"])


def test_split_is_not_undone_under_a_waiting_opinion(world: World) -> None:
    """The opinion was given on the divided text: the confirmation would be on another one."""
    original = make_in_review(world)
    split(world, original, "鍵の貸出", "会議室の予約")
    give_opinion(world, original)

    with pytest.raises(IllegalTransition, match="先に異議を付けて仕分けに戻してください"):
        undo(world, original)

    assert original.title == "鍵の貸出"


def test_split_of_years_ago_cannot_be_undone(world: World) -> None:
    original = make_accepted(world)
    split(world, original, "一", "二")

    with clock.at(clock.now() + timedelta(days=366)), pytest.raises(IllegalTransition) as refused:
        undo(world, original)

    assert refused.value.message.startswith("分割から365日を過ぎたため、取り消せません。")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.SUBMITTED, "先に受理してください"),
        (State.RETURNED, "再提出を待ってください"),
        (State.IN_CONFIRMATION, "先に異議を付けて仕分けに戻してください"),
        (State.CLASSIFIED, "先に総括が仕分け直しにしてください"),
        (State.MERGED, "先に統合を取り消してください"),
    ],
)
def test_refusal_to_split_says_what_to_do_first(world: World, state: State, words: str) -> None:
    case = make_in_state(world, state)

    with pytest.raises(IllegalTransition) as refused:
        split(world, case, "一", "二")

    assert refused.value.message.endswith(f"分割できません。{words}。")


def test_part_is_not_split_further(world: World) -> None:
    original = make_accepted(world)
    (part,) = split(world, original, "一", "二")

    with pytest.raises(IllegalTransition):
        split(world, part, "三", "四")


def test_parts_need_texts_that_differ_and_a_reason(world: World) -> None:
    original = make_accepted(world)
    texts = (text("一"), {**text("一"), "title": "　"})
    command = SplitCase(version=original.version, texts=texts, reason=" ")

    with pytest.raises(InvalidInput) as refused:
        split_case(original, command, actor=world["officer1"])
    with pytest.raises(InvalidInput) as same:
        split(world, original, "一", "一")

    assert refused.value.errors == {
        "reason": ["理由を入力してください"],
        "parts-1-title": ["2件目の提案概要を入力してください"],
    }
    assert list(same.value.errors) == ["parts"]


def test_nobody_else_splits(world: World) -> None:
    original = make_accepted(world)

    for login in ("auditor", "city-mgr", "admin"):
        with pytest.raises(NotAllowed):
            split(world, original, "一", "二", by=login)


def test_changed_text_of_a_part_is_not_thrown_away(world: World) -> None:
    original = make_classified(world)  # an older case beside it changes nothing
    other = make_accepted(world)
    (part,) = split(world, other, "一", "二")
    with clock.at(clock.now() + timedelta(minutes=1)):
        add_revision(part, world)

        with pytest.raises(IllegalTransition) as refused:
            undo(world, other)

    assert original.state is State.CLASSIFIED
    assert refused.value.message.startswith("R6-0002-2の内容が分割のあとに変わったため")


def add_revision(case: Proposal, world: World) -> None:
    last = revisions_of(case)[-1]
    add(
        ProposalRevision(
            proposal_id=case.id,
            number=last.number + 1,
            submitted_at=clock.now(),
            submitted_by_id=world["city-mgr"].id,
            content=last.content,
        )
    )
