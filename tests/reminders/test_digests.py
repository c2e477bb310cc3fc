"""One digest a person a day of what is due (期限のまとめ): none too many, none empty, none untrue.

27 August 令和6年 is a Tuesday: a form check is due on Friday the 30th, an opinion on 10 September.
"""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import InvalidInput
from app.core.letterhead import absolute_url
from app.notifications.holding import Treat, treat
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.news_checks import is_still_true
from app.notifications.policy import BY_CHOICE, Act, why_not_sent
from app.notifications.settings import mail_settings
from app.proposals.services.submission import Submit, submit
from app.reminders.digest import digest_of
from app.reminders.lines import Group
from app.reminders.services import send_digests
from app.reminders.services.notices import ChooseNotices, choose_notices
from app.triage.services.absences import RegisterAbsence, register_absence
from tests.factories import (
    World,
    declare_conflict,
    make_in_review,
    make_pending,
    make_returned,
    make_submitted,
)

DESK = {"officer1", "officer2", "officer3", "lead"}


def send_at(moment: datetime) -> int:
    with clock.at(moment):
        return send_digests(moment)


def morning(month: int, day: int) -> datetime:
    return clock.jst(2024, month, day, 8, 30)


def digests(session: Session) -> list[OutboxMessage]:
    return list(
        session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.letter == "digest")
            .order_by(OutboxMessage.recipient_id, OutboxMessage.id)
        )
    )


def receivers(session: Session) -> set[str]:
    return {message.recipient.login for message in digests(session)}


@pytest.mark.parametrize(
    ("day", "group"),
    [
        ((8, 30), None),  # 7 office days left
        ((9, 2), None),
        ((9, 3), Group.AHEAD),  # 5
        ((9, 4), None),
        ((9, 5), Group.SOON),
        ((9, 9), Group.SOON),  # 1
        ((9, 10), Group.TODAY),
        ((9, 11), Group.OVERDUE),
        ((9, 13), Group.OVERDUE),
    ],
)
def test_digest_tells_of_own_work_by_its_date(
    db_session: Session, world: World, day: tuple[int, int], group: Group | None
) -> None:
    proposal = make_in_review(world)

    with clock.at(morning(*day)):
        groups = digest_of(world["officer1"]).groups

    lines = [(where, [line.reference for line in lines]) for where, lines in groups]
    assert lines == ([(group, [proposal.reference])] if group else [])


def test_f4_one_digest_a_person_and_day(db_session: Session, world: World) -> None:
    for _ in range(2):
        make_in_review(world)

    counts = [send_at(morning(9, 10)) for _ in range(2)]

    sent = digests(db_session)
    assert (counts, receivers(db_session)) == ([1, 0], {"officer1"})
    assert sent[0].subject == "【共通化提案】今日が期限2件（令和6年9月10日（火）のまとめ）"
    assert sent[0].valid_until == clock.jst(2024, 9, 11)


def test_digest_holds_number_task_date_and_address_but_no_text(
    db_session: Session, world: World
) -> None:
    proposal = make_in_review(world)

    send_at(morning(9, 11))

    body = digests(db_session)[0].body
    expected = (
        "■ 期限を過ぎたもの（1件）\n"
        f"・{proposal.reference}　仕分け意見を書く　令和6年9月10日（火）　1開庁日超過\n"
        f"　{absolute_url('/proposals/' + proposal.reference)}\n"
    )
    assert (expected in body, proposal.title in body) == (True, False)


@pytest.mark.parametrize("day", [(9, 14), (9, 16)])  # Saturday; 敬老の日
def test_f4_no_digest_on_a_closed_day(
    db_session: Session, world: World, day: tuple[int, int]
) -> None:
    make_in_review(world)

    assert send_at(morning(*day)) == 0


def test_f4_no_digest_without_anything_in_it(db_session: Session, world: World) -> None:
    make_in_review(world)

    assert send_at(morning(8, 28)) == 0


def test_work_of_nobody_is_one_line_for_the_desk(db_session: Session, world: World) -> None:
    for _ in range(3):
        make_submitted(world)

    send_at(morning(8, 30))

    told = {message.recipient.login: message.body for message in digests(db_session)}
    assert set(told) == DESK
    assert [body.count("・令和6年の3件　形式を確認する") for body in told.values()] == [1] * 4


def test_conflict_of_interest_hides_case_and_count(db_session: Session, world: World) -> None:
    first = make_submitted(world)
    make_submitted(world)
    declare_conflict(world["officer2"], proposal=first)

    with clock.at(morning(8, 30)):
        counts = [digest_of(world[login]).cases for login in ("officer1", "officer2")]

    assert counts == [2, 1]


def test_who_is_away_gets_none_and_the_deputy_does(db_session: Session, world: World) -> None:
    make_in_review(world)
    command = RegisterAbsence(
        user_id=world["officer1"].id,
        starts_on=date(2024, 9, 9),
        ends_on=date(2024, 9, 13),
        deputy_id=world["officer2"].id,
    )
    with clock.at(morning(9, 6)):
        register_absence(command, actor=world["lead"])

    send_at(morning(9, 10))

    assert receivers(db_session) == {"officer2"}
    assert "officer1の代理で仕分け意見を書く" in digests(db_session)[0].body


def test_body_is_reminded_of_its_correction(db_session: Session, world: World) -> None:
    make_returned(world)  # 5 office days: due on 3 September

    send_at(morning(9, 3))

    assert receivers(db_session) == {"city", "city-mgr"}


def test_practice_round_reminds_nobody(db_session: Session, world: World) -> None:
    make_in_review(world)
    make_returned(world)
    world.round.is_practice = True

    assert send_at(morning(9, 10)) == 0


def test_revisit_date_is_told_and_never_called_overdue(db_session: Session, world: World) -> None:
    make_pending(world)

    with clock.at(clock.jst(2024, 12, 2, 8, 30)):
        groups = digest_of(world["officer1"]).groups

    assert [(group, [line.due.words for line in lines]) for group, lines in groups] == [
        (Group.REVISIT, ["見直し日が来ています"])
    ]


def test_digest_without_mail_stands_on_the_page_alone(db_session: Session, world: World) -> None:
    make_in_review(world)
    choose_notices(ChooseNotices(is_digest_mailed=False), actor=world["officer1"])

    send_at(morning(9, 10))

    (message,) = digests(db_session)
    assert message.status is DeliveryStatus.WITHHELD
    with pytest.raises(InvalidInput) as refused:
        treat(message, Treat(act=Act.RETRY), actor=world["lead"])
    assert list(refused.value.errors) == ["act"]
    with clock.at(morning(9, 10)):
        verdict = why_not_sent(message, clock.now(), mail_settings())
    assert verdict == (DeliveryStatus.WITHHELD, BY_CHOICE)


def test_j5_digest_is_dropped_once_nothing_waits(db_session: Session, world: World) -> None:
    proposal = make_returned(world)
    send_at(morning(9, 3))
    with clock.at(morning(9, 3)):
        before = [is_still_true(message) for message in digests(db_session)]
        submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])

        after = [is_still_true(message) for message in digests(db_session)]

    assert (before, after) == ([True, True], [False, False])
