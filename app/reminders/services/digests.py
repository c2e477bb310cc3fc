"""Job `reminders`: one digest a person a day of what is due or overdue (期限のまとめ)."""

from datetime import datetime, time, timedelta

from sqlalchemy import or_, select

from app.accounts.models import Organization, Role, User
from app.accounts.queries import acting_body, users_with_role
from app.audit.services import Subject
from app.core import clock
from app.core.clock import JST
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.core.letterhead import absolute_url
from app.extensions import db
from app.handoffs.models import BodyView
from app.handoffs.queries import MINISTRY_ROLES
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.news_checks import mail_choice, news_check
from app.notifications.policy import BY_CHOICE
from app.notifications.services import enqueue
from app.proposals.models import ApprovalRequest, CoProposer, PartnerAnswer, Proposal
from app.proposals.queries import BODY_ROLES
from app.reminders.digest import Digest, digest_of
from app.reminders.lines import GROUP_LABELS, DigestLine, Group
from app.reminders.queries import without_digest_mail
from app.triage.deputies import absences_on
from app.workflow.states import State

DIGEST = "digest"
DIGEST_PATH = "/notices/due"
LISTED = 30  # lines of a group; the page has all of them


def send_digests(moment: datetime) -> int:
    """Queue one digest a person of what is due or overdue (期限のまとめ); how many are new.

    None on closed days, also those of the person's own body, none without anything in it, none to
    who is away: the deputy has the work in the own digest. It is no news any more after the day.
    """
    today = clock.today()
    if not office_calendar().is_office_day(today):
        return 0
    unmailed = without_digest_mail()
    return sum(_send(person, is_mailed=person.id not in unmailed) for person in _readers())


@news_check(DIGEST)
def is_still_needed(message: OutboxMessage) -> bool:
    """Whether anything waits for the person by now (まとめの鮮度)."""
    return bool(digest_of(message.recipient).groups)


@mail_choice(DIGEST)
def is_mail_wanted(message: OutboxMessage) -> bool:
    """Whether its reader wants the digest by mail, too (知らせの受け取り方)."""
    return message.recipient_id not in without_digest_mail()


def _readers() -> list[User]:
    """Whom a date may wait for today: the desk without those away, bodies with work, ministries."""
    today = clock.today()
    away = absences_on(today)
    desk = db.session.scalars(users_with_role(Role.OFFICER, Role.LEAD))
    bodies = [body for body in _bodies_with_work() if body.calendar().is_office_day(today)]
    people = users_with_role(*BODY_ROLES).where(
        User.organization_id.in_([body.id for body in bodies])
    )
    ministries = db.session.scalars(users_with_role(*MINISTRY_ROLES))
    present = [user for user in desk if user.id not in away]
    return list(dict.fromkeys([*present, *db.session.scalars(people), *ministries]))


def _bodies_with_work() -> set[Organization]:
    """Bodies, as they act today, with a correction, an approval, a joint request or a view."""
    returned = select(Proposal.organization_id).where(Proposal.state == State.RETURNED)
    approving = (
        select(Proposal.organization_id)
        .join(ApprovalRequest, ApprovalRequest.proposal_id == Proposal.id)
        .where(ApprovalRequest.decision.is_(None))
    )
    asked = select(CoProposer.organization_id).where(
        CoProposer.answer == PartnerAnswer.WAITING, CoProposer.removed_at.is_(None)
    )
    viewing = (
        select(Proposal.organization_id)
        .join(BodyView, BodyView.proposal_id == Proposal.id)
        .where(BodyView.filed_at.is_(None), BodyView.lapsed_at.is_(None))
    )
    ids = db.session.scalars(
        select(Organization.id).where(
            or_(*(Organization.id.in_(rows) for rows in (returned, approving, asked, viewing)))
        )
    ).all()
    return {acting_body(body_id) for body_id in ids}


def _send(person: User, *, is_mailed: bool) -> int:
    digest = digest_of(person)
    if not digest.groups:
        return 0
    today = clock.today()
    key = f"{DIGEST}:{today.isoformat()}"
    added = enqueue(
        DIGEST,
        [person],
        key=key,
        path=DIGEST_PATH,
        about=Subject(type="user", id=person.id),
        valid_until=datetime.combine(today + timedelta(days=1), time(), JST),
        day=format_date(today),
        summary=_summary(digest),
        lines=_text(digest),
    )
    if added and not is_mailed:
        _keep_from_mail(f"{key}:{person.id}")
    return added


def _keep_from_mail(dedupe_key: str) -> None:
    """Leave a message on the page of news alone (メールの送信対象外)."""
    db.session.flush()
    message = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key == dedupe_key)
    ).one()
    message.status = DeliveryStatus.WITHHELD
    message.last_error = BY_CHOICE


def _summary(digest: Digest) -> str:
    """What the subject says (件名): overdue and today in numbers, else how many in all."""
    counted = [
        f"{words}{digest.cases_in(group)}件"
        for group, words in ((Group.OVERDUE, "期限超過"), (Group.TODAY, "今日が期限"))
        if digest.cases_in(group)
    ]
    return "・".join(counted) or f"期限の近いもの{digest.cases}件"


def _text(digest: Digest) -> str:
    parts = []
    for group, lines in digest.groups:
        said = [_line(line) for line in lines[:LISTED]]
        if len(lines) > LISTED:
            said.append(f"ほか{len(lines) - LISTED}件は画面で確かめてください。")
        parts.append("\n".join([f"■ {GROUP_LABELS[group]}（{digest.cases_in(group)}件）", *said]))
    return "\n\n".join(parts)


def _line(line: DigestLine) -> str:
    when = f"{format_date(line.due.date)}　{line.due.words}"
    return f"・{line.reference}　{line.todo}　{when}\n　{absolute_url(line.path)}"
