"""Who publishes what, and what keeps a case from going out (公表の操作)."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEvent
from app.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    StaleVersion,
)
from app.extensions import db
from app.proposals.models import Publication, PublicationStatus
from app.public.queries import consent_of, find_live, is_publishable, versions_of
from app.public.services import (
    Agree,
    Discard,
    PrepareCopy,
    PublishCopies,
    WithdrawPublication,
    agree,
    discard_copy,
    prepare_copy,
    publish_copies,
    withdraw_publication,
)
from app.public.view import public_case
from tests.factories import World, make_classified, make_closed
from tests.public.copies import make_copy, make_published, seen, texts_of


def test_case_goes_out_by_two_people_and_each_act_leaves_one_entry(world: World) -> None:
    proposal = make_closed(world)
    copy = make_copy(world, proposal)

    publish_copies(PublishCopies(copies=seen(copy)), actor=world["lead"])
    withdraw_publication(proposal, WithdrawPublication(reason="誤り"), actor=world["lead"])
    db.session.commit()

    verbs = db.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.seq)).all()
    assert verbs[-3:] == [
        "proposal.prepare_publication",
        "proposal.publish",
        "proposal.withdraw_publication",
    ]
    assert copy.status is PublicationStatus.WITHDRAWN
    assert (copy.prepared_by_id, copy.published_by_id) == (
        world["officer1"].id,
        world["lead"].id,
    )


def test_p29_nobody_publishes_an_own_copy_nor_can_the_table_hold_one(world: World) -> None:
    copy = make_copy(world, make_closed(world), by="lead")

    with pytest.raises(NotAllowed):
        publish_copies(PublishCopies(copies=seen(copy)), actor=world["lead"])
    with pytest.raises(NotAllowed):
        publish_copies(PublishCopies(copies=seen(copy)), actor=world["officer2"])
    copy.published_by_id = copy.prepared_by_id
    copy.published_at = copy.publishes_at = copy.prepared_at
    copy.status = PublicationStatus.PUBLISHED

    with pytest.raises(IntegrityError, match="two_people"), db.session.begin_nested():
        db.session.flush()


def test_case_that_is_not_closed_does_not_go_out(world: World) -> None:
    proposal = make_classified(world)
    command = PrepareCopy(version=proposal.version, texts=texts_of(proposal))

    with pytest.raises(IllegalTransition, match="終了した提案"):
        prepare_copy(proposal, command, actor=world["officer1"])


def test_practice_round_is_never_published(world: World) -> None:
    copy = make_published(world)

    world.round.is_practice = True
    db.session.flush()

    assert find_live(copy.receipt_number) is None
    assert not is_publishable(copy.proposal)


def test_copy_of_a_case_that_changed_since_is_refused(world: World) -> None:
    copy = make_copy(world, make_closed(world))
    copy.proposal.category = next(row for row in world.round.scheme.categories if row.key == "f2")
    db.session.flush()

    with pytest.raises(IllegalTransition, match="作り直してください"):
        publish_copies(PublishCopies(copies=seen(copy)), actor=world["lead"])


def test_copy_that_was_discarded_meanwhile_is_not_published(world: World) -> None:
    copy = make_copy(world, make_closed(world))
    looked_at = seen(copy)
    discard_copy(copy, Discard(version=copy.version), actor=world["officer2"])

    with pytest.raises(StaleVersion):
        publish_copies(PublishCopies(copies=looked_at), actor=world["lead"])

    assert make_copy(world, copy.proposal).number == 2


@pytest.mark.parametrize("words", ["甲子市では", "甲子の体育館で", "ｶﾌﾞﾄ　甲子 市"])
def test_name_of_a_body_without_consent_is_refused_in_every_text(world: World, words: str) -> None:
    proposal = make_closed(world)
    command = PrepareCopy(
        version=proposal.version,
        texts=texts_of(proposal, outcome=words),
        is_checked=True,
    )

    with pytest.raises(InvalidInput) as refusal:
        prepare_copy(proposal, command, actor=world["officer1"])

    assert list(refusal.value.errors) == ["outcome"]


def test_addresses_and_numbers_go_out_only_when_somebody_looked_at_them(world: World) -> None:
    proposal = make_closed(world)
    texts = texts_of(proposal, outcome="０３－１２３４－５６７８ か desk@example.jp へ。")

    with pytest.raises(InvalidInput) as refusal:
        prepare_copy(
            proposal, PrepareCopy(version=proposal.version, texts=texts), actor=world["officer1"]
        )
    copy = prepare_copy(
        proposal,
        PrepareCopy(version=proposal.version, texts=texts, is_checked=True),
        actor=world["officer1"],
    )

    assert list(refusal.value.errors) == ["outcome", "is_checked"]
    assert len(refusal.value.errors["outcome"]) == 2
    assert copy.content["outcome"] == texts["outcome"]


def test_consent_taken_back_hides_the_name_at_once_and_a_new_one_waits(world: World) -> None:
    proposal = make_closed(world)
    agree(proposal, Agree(version=0, is_named=True, shows_view=True), actor=world["city-mgr"])
    copy = make_published(world, proposal)
    named = public_case(copy).body

    agree(proposal, Agree(version=1, is_named=False, shows_view=False), actor=world["city-mgr"])
    hidden = public_case(copy).body
    agree(proposal, Agree(version=2, is_named=True, shows_view=True), actor=world["city-mgr"])

    assert (named, hidden, public_case(copy).body) == (
        "甲子市",
        "市（指定都市・中核市除く。）",
        "市（指定都市・中核市除く。）",
    )
    given = consent_of(proposal)
    assert given is not None
    assert given.version == 3


def test_only_the_manager_of_the_body_consents(world: World) -> None:
    proposal = make_closed(world)

    for login in ("city", "other-mgr", "lead"):
        with pytest.raises(NotAllowed):
            agree(proposal, Agree(version=0, is_named=True, shows_view=True), actor=world[login])


def test_public_copy_does_not_follow_the_case_before_the_next_version(world: World) -> None:
    copy = make_published(world)

    copy.proposal.title = "庁内で直した題"
    copy.proposal.outcome_text = "庁内で直した結果"
    db.session.flush()
    before = public_case(copy)
    make_published(world, copy.proposal)
    live = find_live(copy.receipt_number)

    assert before.title == "公共施設の鍵を貸し出す業務の共通化"
    assert live is not None
    assert (live.number, public_case(live).title) == (2, "庁内で直した題")
    assert [row.number for row in versions_of(copy.proposal_id)] == [2, 1]


def test_contact_of_the_body_is_nowhere_in_a_copy(world: World) -> None:
    copy = make_published(world)

    assert "情報政策課" not in str(copy.content)
    assert db.session.scalar(select(Publication.search_key)).find("甲子") == -1
