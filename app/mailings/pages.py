"""What the pages of a letter to many show (一斉連絡の画面の内容)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.accounts.labels import ORG_TYPE_LABELS, ROLE_LABELS
from app.accounts.models import OrgType, User
from app.core.numbered_pages import NumberedPage, cut_page
from app.mailings.labels import AUDIENCE_LABELS, SEAT_LABELS
from app.mailings.models import Mailing, MailingStage, Seat
from app.mailings.policy import can_cancel, can_release, can_write, is_before_sending
from app.mailings.queries import former_mailing, messages_page
from app.mailings.recipients import ROLES_OF_SEAT, Recipient, RecipientList
from app.mailings.scan import warnings_of
from app.notifications.models import OutboxMessage
from app.notifications.rosters import RosterChange, change_since

Row = TypeVar("Row")
PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class Sheet(Generic[Row]):
    """One page of a long list (一覧の1ページ), with what the addresses beside it say."""

    rows: Sequence[Row]
    number: int
    total: int
    previous: Mapping[str, str] | None
    next: Mapping[str, str] | None

    @property
    def last(self) -> int:
        """Number of the last page."""
        return max(1, -(-self.total // PAGE_SIZE))


def sent_sheet(mailing: Mailing, asked: Mapping[str, str], total: int) -> Sheet[OutboxMessage]:
    """The page of the letters that were made of a mailing (宛先ごとの送信)."""
    return _sheet(messages_page(mailing, asked, size=PAGE_SIZE, total=total), total)


def sheet_of(rows: Sequence[Row], asked: Mapping[str, str]) -> Sheet[Row]:
    """Cut the page that is asked for out of a list; the last one for a number beyond it."""
    return _sheet(cut_page(rows, asked, size=PAGE_SIZE), len(rows))


def _sheet(page: NumberedPage[Row], total: int) -> Sheet[Row]:
    return Sheet(
        rows=page.rows,
        number=page.number,
        total=total,
        previous=page.previous,
        next=page.next,
    )


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What the reader may do with the letter now (できる操作)."""

    edit: bool
    confirm: bool
    release: bool
    cancel: bool


@dataclass(frozen=True, kw_only=True)
class Check:
    """What is to be looked at before it goes out (送信前の確認)."""

    found: RecipientList
    warnings: list[str]
    # The last letter of the same rule, and who joined and left since; none without such a letter.
    former: Mailing | None
    since_former: RosterChange | None
    samples: list[Recipient]

    @property
    def new_ids(self) -> frozenset[int] | None:
        """People the last letter did not go to (新しい宛先), None without such a letter."""
        change = self.since_former
        return None if change is None else frozenset(user.id for user in change.joined)


def steps_of(mailing: Mailing, actor: User) -> Steps:
    """Say what the actor may do with it now (できる操作)."""
    is_open = mailing.stage in (MailingStage.DRAFT, MailingStage.CONFIRMED) and can_write(actor)
    is_waiting = mailing.stage is MailingStage.CONFIRMED
    return Steps(
        edit=is_open,
        confirm=is_open,
        release=is_waiting and can_release(actor, mailing),
        cancel=can_cancel(actor, mailing) and is_before_sending(mailing),
    )


def check_of(mailing: Mailing, found: RecipientList) -> Check:
    """Compare with the last letter, scan the text, and take a sample for each role (確認)."""
    former = former_mailing(mailing)
    return Check(
        found=found,
        warnings=warnings_of(mailing, found.bodies),
        former=former,
        since_former=changed_since(former.confirmed_ids, found) if former else None,
        samples=_samples(found),
    )


def changed_since(ids: Collection[int], found: RecipientList) -> RosterChange:
    """Who joined and who left since a list of people was seen (宛先の変更)."""
    return change_since(ids, [row.user for row in found.people])


def _samples(found: RecipientList) -> list[Recipient]:
    """The first person of each seat (役割ごとの見本)."""
    samples: list[Recipient] = []
    for roles in ROLES_OF_SEAT.values():
        first = next((row for row in found.people if row.user.has_role(*roles)), None)
        if first is not None and first not in samples:
            samples.append(first)
    return samples


def role_words(user: User) -> str:
    """Roles of a person that a letter can go to (宛先の役割)."""
    seats = [role for roles in ROLES_OF_SEAT.values() for role in roles]
    return "、".join(ROLE_LABELS[role] for role in seats if user.has_role(role))


def rule_words(mailing: Mailing) -> list[tuple[str, str]]:
    """The rule of the recipients in words (宛先の決め方)."""
    types = "、".join(ORG_TYPE_LABELS[OrgType(name)] for name in mailing.org_types)
    return [
        ("募集回", mailing.round.label),
        ("宛先の団体", AUDIENCE_LABELS[mailing.audience]),
        ("宛先の役割", "、".join(SEAT_LABELS[Seat(name)] for name in mailing.seats)),
        ("団体種別", types or "すべて"),
    ]
