"""Letters to many (一斉連絡): who gets what, by two people, with time to think again (P29, P49)."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import OrgType, Role
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleVersion
from app.mailings.models import Audience, Mailing, MailingStage, Seat
from app.mailings.placeholders import problems
from app.mailings.policy import can_release
from app.mailings.queries import audiences_for, former_mailing, get_mailing, messages_of
from app.mailings.recipients import recipients_of
from app.mailings.scan import warnings_of
from app.mailings.services.sending import (
    CancelMailing,
    ConfirmCount,
    cancel_mailing,
    confirm_count,
    release_mailing,
)
from app.mailings.services.writing import WriteMailing, edit_mailing, write_mailing
from app.notifications.holding import ReleaseHeld, Treat, release_held, set_rule, treat
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.policy import Act
from app.notifications.rosters import RosterChanged
from app.reminders.queries import count_unread
from tests.factories import (
    World,
    declare_conflict,
    make_local_government,
    make_returned,
    make_submitted,
    make_user,
    make_world,
)

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def command(world: World, **changes: Any) -> WriteMailing:
    values = {
        "round_id": world.round.id,
        "subject": "{募集回}の提案について",
        "text": "{団体名}の{氏名}さんへ。{締切日}までにお願いします。",
        "audience": Audience.ALL_BODIES,
        "seats": (Seat.MANAGER,),
        **changes,
    }
    return WriteMailing(**values)


def written(world: World, session: Session, **changes: Any) -> Mailing:
    mailing = write_mailing(command(world, **changes), actor=world["officer1"])
    session.flush()
    return mailing


def confirmed(world: World, session: Session, **changes: Any) -> Mailing:
    mailing = written(world, session, **changes)
    typed = str(len(recipients_of(mailing).people))
    confirm(world, mailing, typed, has_read_warnings=True)
    session.flush()
    return mailing


def confirm(world: World, mailing: Mailing, typed: str, **more: bool) -> None:
    seen = recipients_of(mailing).digest()
    done = ConfirmCount(version=mailing.version, seen=seen, typed=typed, **more)
    confirm_count(mailing, done, actor=world["officer1"])


def people(mailing: Mailing) -> list[str]:
    return [row.user.login for row in recipients_of(mailing).people]


def envelope(mailing: Mailing, session: Session) -> list[str]:
    return [row.recipient.login for row in session.scalars(messages_of(mailing))]


# --- Who gets it --------------------------------------------------------------------------------


def test_recipients_come_from_rule_and_role(world: World, db_session: Session) -> None:
    make_submitted(world)
    make_returned(world)
    lonely = make_local_government("90203", "丙寅町", OrgType.TOWN_VILLAGE)
    make_user("lonely", lonely, Role.PROPOSER)

    def found(audience: Audience, **changes: Any) -> list[str]:
        plain = {"text": "お知らせします。", "subject": "件", "audience": audience, **changes}
        return people(written(world, db_session, **plain))

    everybody = (Seat.STAFF, Seat.MANAGER)
    assert found(Audience.SUBMITTED) == ["city-mgr"]
    assert found(Audience.RETURNED, seats=everybody) == ["city", "city-mgr"]
    assert found(Audience.CLOSED) == []
    assert found(Audience.WITHOUT_PROPOSAL) == ["other-mgr"]
    assert found(Audience.ALL_BODIES, seats=everybody) == [
        "city",
        "city-mgr",
        "other",
        "other-mgr",
        "lonely",
    ]
    assert found(Audience.ALL_BODIES, org_types=(OrgType.CORE_CITY,)) == ["other-mgr"]
    assert found(Audience.MINISTRIES, seats=everybody) == [
        "digital",
        "digital-coord",
        "ministry",
        "coordinator",
    ]
    unreached = recipients_of(written(world, db_session)).unreached
    assert [body.name for body in unreached] == ["丙寅町"]


def test_letter_is_filled_in_for_each_person(world: World, db_session: Session) -> None:
    first, second = make_submitted(world), make_submitted(world)
    text = "{団体名} {氏名} {件数}件（{受付番号一覧}）{締切日}"
    mailing = written(world, db_session, text=text, audience=Audience.SUBMITTED)

    subject, body = recipients_of(mailing).people[0].letter()

    assert subject == "【共通化提案】令和6年の提案について"
    numbers = f"{first.receipt_number}、{second.receipt_number}"
    assert f"甲子市 city-mgr 2件（{numbers}）令和6年9月19日（木）" in body
    assert body.startswith("甲子市 city-mgr 様\n")


# --- Placeholders and warnings ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "audience", "words"),
    [
        ("一行目\n{担当課}", Audience.SUBMITTED, "本文の2行目の「{担当課}」は使えない差込みです"),
        ("{件数}", Audience.ALL_BODIES, "本文の1行目の「{件数}」は、この宛先では"),
        ("{締切日}", Audience.MINISTRIES, "本文の1行目の「{締切日}」は、この宛先では"),
        ("{団体名", Audience.SUBMITTED, "本文の1行目に、対になっていない"),
        ("｛団体名｝", Audience.SUBMITTED, "本文の1行目に、全角の"),
        ("{}", Audience.SUBMITTED, "本文の1行目の「{}」は使えない差込みです"),
    ],
)
def test_unresolved_placeholder_is_named_with_its_place(
    text: str, audience: Audience, words: str
) -> None:
    found = problems(text, audience, where="本文")

    assert len(found) == 1
    assert found[0].startswith(words)


def test_letter_with_a_wrong_placeholder_is_not_kept(world: World, db_session: Session) -> None:
    with pytest.raises(InvalidInput) as refused:
        write_mailing(
            command(world, text="{宛名}", subject="二\n行", seats=(), round_id=0),
            actor=world["officer1"],
        )

    assert list(refused.value.errors) == ["text", "subject", "round_id", "seats"]
    assert db_session.scalar(select(func.count()).select_from(Mailing)) == 0


def test_scan_warns_of_what_is_not_for_many(world: World, db_session: Session) -> None:
    case = make_submitted(world)
    number = case.receipt_number
    text = f"officer1です。{number}とR6-9999はペンディングです。添付を a@example.jp へ。"
    to_all = written(world, db_session, text=text)
    to_city = written(world, db_session, text=f"{number}の件", audience=Audience.SUBMITTED)

    found = warnings_of(to_all, recipients_of(to_all).bodies)

    assert found == [
        "事務局の人の名前「officer1」があります",
        f"受付番号「{number}」は、宛先のすべての団体の提案ではありません",
        "受付番号「R6-9999」は、宛先のすべての団体の提案ではありません",
        "事務局の内部の言葉「ペンディング」があります",
        "メールアドレス「a@example.jp」があります",
        "「添付」とありますが、この連絡にファイルは付けられません",
    ]
    assert warnings_of(to_city, recipients_of(to_city).bodies) == []
    with pytest.raises(InvalidInput, match=r"^入力内容") as refused:
        confirm(world, to_all, "2")
    assert list(refused.value.errors) == ["has_read_warnings"]


# --- Two people, one number, ten minutes --------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "1", "3", "二", "2.0", "-2", "99999999999"])
def test_p49_wrong_number_is_refused(world: World, db_session: Session, typed: str) -> None:
    mailing = written(world, db_session)

    with pytest.raises(InvalidInput) as refused:
        confirm(world, mailing, typed)

    assert list(refused.value.errors) == ["typed"]
    assert mailing.stage is MailingStage.DRAFT


def test_p29_nobody_releases_what_they_wrote_or_counted(world: World, db_session: Session) -> None:
    mailing = written(world, db_session)
    edit_mailing(mailing, command(world), mailing.version, actor=world["officer2"])
    db_session.flush()
    seen = recipients_of(mailing).digest()
    by_lead = ConfirmCount(version=mailing.version, seen=seen, typed="２人")
    confirm_count(mailing, by_lead, actor=world["lead"])
    db_session.flush()

    for login in ("officer1", "officer2", "lead", "auditor", "admin", "city-mgr"):
        with pytest.raises(NotAllowed):
            release_mailing(mailing, mailing.version, actor=world[login])

    assert can_release(world["officer3"], mailing)
    assert db_session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_p49_release_sends_to_the_confirmed_list_after_ten_minutes(
    world: World, db_session: Session
) -> None:
    mailing = confirmed(world, db_session)
    opened = mailing.version

    count = release_mailing(mailing, opened, actor=world["officer2"])
    db_session.commit()

    messages = list(db_session.scalars(messages_of(mailing)))
    assert count == 2
    assert envelope(mailing, db_session) == ["city-mgr", "other-mgr"]
    assert [row.recipient_id for row in messages] == mailing.confirmed_ids
    assert {row.next_try_at for row in messages} == {clock.jst(2024, 8, 20, 10, 10)}
    assert {row.status for row in messages} == {DeliveryStatus.QUEUED}
    with pytest.raises(StaleVersion):
        release_mailing(mailing, opened, actor=world["officer2"])
    with pytest.raises(IllegalTransition):
        release_mailing(mailing, mailing.version, actor=world["officer2"])
    verbs = select(AuditEvent.verb).where(AuditEvent.subject_type == "mailing")
    assert list(db_session.scalars(verbs.order_by(AuditEvent.seq))) == [
        "mailing.draft",
        "mailing.confirm",
        "mailing.release",
    ]


def test_letter_that_can_be_called_off_is_no_news_yet(world: World, db_session: Session) -> None:
    mailing = confirmed(world, db_session)
    release_mailing(mailing, mailing.version, actor=world["officer2"])
    reader = world["city-mgr"]
    counts = []
    for minute in (9, 10):
        with clock.at(clock.jst(2024, 8, 20, 10, minute)):
            counts.append(count_unread(reader))

    assert counts == [0, 1]


def test_p49_changed_people_are_asked_about_again(world: World, db_session: Session) -> None:
    mailing = confirmed(world, db_session)
    make_user("new-mgr", world["other"].organization, Role.PROPOSER_MANAGER)

    with pytest.raises(RosterChanged):
        release_mailing(mailing, mailing.version, actor=world["officer2"])
    confirm(world, mailing, "3")
    db_session.flush()
    release_mailing(mailing, mailing.version, actor=world["officer2"])

    assert envelope(mailing, db_session) == ["city-mgr", "other-mgr", "new-mgr"]
    assert former_mailing(written(world, db_session)) is mailing


def test_p49_changed_values_of_the_text_are_asked_about_again(
    world: World, db_session: Session
) -> None:
    make_submitted(world)
    mailing = confirmed(world, db_session, audience=Audience.SUBMITTED, text="{件数}件")
    make_submitted(world)

    with pytest.raises(RosterChanged):
        release_mailing(mailing, mailing.version, actor=world["officer2"])

    assert envelope(mailing, db_session) == []


@pytest.mark.parametrize("change", ["address", "body"])
def test_p49_person_with_another_address_or_body_is_another_recipient(
    world: World, db_session: Session, change: str
) -> None:
    mailing = confirmed(world, db_session, text="お知らせします。")
    if change == "address":
        world["city-mgr"].email = "elsewhere@example.jp"
    else:
        world["city-mgr"].organization = world["other"].organization
    db_session.flush()

    with pytest.raises(RosterChanged):
        release_mailing(mailing, mailing.version, actor=world["officer2"])

    assert envelope(mailing, db_session) == []


def test_p49_list_that_nobody_saw_is_not_confirmed(world: World, db_session: Session) -> None:
    mailing = written(world, db_session)
    seen = recipients_of(mailing).digest()
    world["city-mgr"].disabled_at = clock.now()
    make_user("new-mgr", world["other"].organization, Role.PROPOSER_MANAGER)

    with pytest.raises(RosterChanged):
        confirm_count(
            mailing,
            ConfirmCount(version=mailing.version, seen=seen, typed="2"),
            actor=world["officer1"],
        )

    assert mailing.stage is MailingStage.DRAFT


def test_release_can_be_taken_back_for_ten_minutes(world: World, db_session: Session) -> None:
    mailing = confirmed(world, db_session)
    release_mailing(mailing, mailing.version, actor=world["officer2"])
    db_session.flush()
    command_ = CancelMailing(version=mailing.version, reason="日付の誤り")
    with pytest.raises(NotAllowed):
        cancel_mailing(mailing, command_, actor=world["officer3"])
    with clock.at(clock.jst(2024, 8, 20, 10, 10)), pytest.raises(IllegalTransition):
        cancel_mailing(mailing, command_, actor=world["officer2"])

    with clock.at(clock.jst(2024, 8, 20, 10, 9, 59)):
        cancel_mailing(mailing, command_, actor=world["officer2"])
    db_session.flush()
    db_session.expire_all()

    messages = list(db_session.scalars(messages_of(mailing)))
    assert mailing.stage is MailingStage.CANCELLED
    assert [(row.status, row.stop_reason) for row in messages] == [
        (DeliveryStatus.CANCELLED, "日付の誤り")
    ] * 2


def test_letter_held_and_let_go_by_hand_still_waits_ten_minutes(
    world: World, db_session: Session
) -> None:
    set_rule("mailing", is_held=True, actor=world["lead"])
    mailing = confirmed(world, db_session)
    release_mailing(mailing, mailing.version, actor=world["officer2"])
    db_session.flush()
    statuses = {row.status for row in db_session.scalars(messages_of(mailing))}

    release_held("mailing", ReleaseHeld(count=2), actor=world["lead"])
    message = db_session.scalars(messages_of(mailing)).first()
    assert message is not None
    for act in (Act.HOLD, Act.RELEASE):
        treat(message, Treat(act=act), actor=world["lead"])
        db_session.flush()

    assert statuses == {DeliveryStatus.HELD}
    assert {(row.status, row.next_try_at) for row in db_session.scalars(messages_of(mailing))} == {
        (DeliveryStatus.QUEUED, clock.jst(2024, 8, 20, 10, 10))
    }


def test_letter_a_sender_has_already_is_not_taken_back(world: World, db_session: Session) -> None:
    mailing = confirmed(world, db_session)
    release_mailing(mailing, mailing.version, actor=world["officer2"])
    db_session.flush()
    message = db_session.scalars(messages_of(mailing)).first()
    assert message is not None
    message.status = DeliveryStatus.SENDING

    with pytest.raises(IllegalTransition):
        cancel_mailing(
            mailing, CancelMailing(version=mailing.version, reason="誤り"), actor=world["officer1"]
        )


def test_practice_round_cannot_be_written_in(world: World, db_session: Session) -> None:
    world.round.is_practice = True
    db_session.flush()

    with pytest.raises(InvalidInput) as refused:
        written(world, db_session)

    assert list(refused.value.errors) == ["round_id"]


def test_person_in_conflict_learns_nothing_of_cases(world: World, db_session: Session) -> None:
    by_cases = written(world, db_session, audience=Audience.SUBMITTED)
    to_all = written(world, db_session)
    declare_conflict(world["officer2"], body=world["city"].organization)

    assert audiences_for(world["officer2"]) == [Audience.ALL_BODIES, Audience.MINISTRIES]
    assert get_mailing(world["officer2"], to_all.id) is to_all
    with pytest.raises(NotFound):
        get_mailing(world["officer2"], by_cases.id)
    with pytest.raises(InvalidInput):
        write_mailing(command(world, audience=Audience.RETURNED), actor=world["officer2"])
