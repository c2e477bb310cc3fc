"""Changing the register of bodies (団体の台帳): new ones, types, names, mergers; none deleted."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import (
    Organization,
    OrganizationKind,
    OrganizationName,
    OrganizationType,
    OrgType,
    User,
)
from app.accounts.policy import authorize_administer, authorize_manage
from app.audit.services import Subject, record
from app.core import clock
from app.core.codes import is_local_government_code
from app.core.errors import InvalidInput, NotAllowed, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db

ONE_DAY = timedelta(days=1)
WRONG_CODE = "団体コードは、検査数字を含む6桁の数字で入力してください。末尾の1桁が合っていません"
NOT_LOCAL = "地方公共団体だけに行える操作です。"


@dataclass(frozen=True, kw_only=True)
class NewBody:
    """A local government to add (団体の登録), such as a new 組合 or 広域連合."""

    code: str
    name: str
    reading: str
    org_type: OrgType
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class Dissolve:
    """A body that is no more from a day on (廃止・合併); no successor when nobody takes over."""

    dissolved_on: date
    successor_id: int | None


def add_body(command: NewBody, *, actor: User) -> Organization:
    """Add a local government (団体の登録). Raises NotAllowed, InvalidInput."""
    authorize_administer(actor)
    if not is_local_government_code(command.code):
        raise InvalidInput({"code": [WRONG_CODE]})
    known = db.session.scalar(select(Organization).where(Organization.code == command.code))
    if known is not None:
        raise InvalidInput({"code": [f"この団体コードは「{known.name}」に登録されています"]})
    body = Organization(
        kind=OrganizationKind.LOCAL_GOVERNMENT,
        name=command.name,
        reading=command.reading,
        code=command.code,
        prefecture=prefecture_of(command.code),
        types=[OrganizationType(valid_from=command.valid_from, org_type=command.org_type)],
    )
    db.session.add(body)
    db.session.flush()
    _record(body, "organization.add", actor, code=body.code, org_type=command.org_type.value)
    return body


def prefecture_of(code: str) -> str:
    """Name of the prefecture that the first two digits of a code name, "" when none is listed."""
    found = db.session.scalar(
        select(Organization.name).where(Organization.code.like(f"{code[:2]}000_"))
    )
    return found or ""


def change_type(
    body: Organization, org_type: OrgType, valid_from: date, *, version: int, actor: User
) -> None:
    """Give a body another type from a day on (団体種別の変更); the one before ends the day before.

    Raises NotAllowed, StaleVersion, InvalidInput.
    """
    _authorize_change(body, version, actor)
    before = body.type_on(valid_from)
    if before is org_type:
        raise InvalidInput({"org_type": ["この日には既にこの団体種別です"]})
    put_type(body, org_type, valid_from)
    # The period is a row of its own: the body counts as changed, too.
    flag_modified(body, "recorded_name")
    db.session.flush()
    _record(
        body,
        "organization.change_type",
        actor,
        before=before and before.value,
        after=org_type.value,
        valid_from=valid_from.isoformat(),
    )


def put_type(body: Organization, org_type: OrgType, valid_from: date) -> None:
    """Begin a period of a type, ending the one before. Raises InvalidInput."""
    later = [period for period in body.types if period.valid_from >= valid_from]
    if later:
        raise InvalidInput(
            {
                "valid_from": [
                    "この日以後に始まる団体種別が既に記録されています。それより後の日にしてください"
                ]
            }
        )
    for period in body.types:
        if period.valid_to is None or period.valid_to >= valid_from:
            period.valid_to = valid_from - ONE_DAY
    body.types.append(OrganizationType(valid_from=valid_from, org_type=org_type))
    db.session.flush()


def rename(
    body: Organization, name: str, reading: str, valid_from: date, *, version: int, actor: User
) -> None:
    """Give a body another name from a day on (名称の変更); a name to come shows on its day.

    Raises NotAllowed, StaleVersion, InvalidInput.
    """
    authorize_administer(actor)
    check_body_version(body, version)
    if name == body.name:
        raise InvalidInput({"name": ["今の名称と同じです"]})
    put_name(body, name, valid_from)
    body.reading = reading
    db.session.flush()
    _record(body, "organization.rename", actor, valid_from=valid_from.isoformat())


def put_name(body: Organization, name: str, valid_from: date) -> None:
    """Begin a period of a name. A change to come that has not begun is replaced.

    Raises InvalidInput when a later change is already in force.
    """
    today = clock.today()
    changes = db.session.scalars(
        select(OrganizationName)
        .where(OrganizationName.organization_id == body.id)
        .order_by(OrganizationName.valid_from)
    ).all()
    begun = [change for change in changes if change.valid_from <= today]
    if begun and begun[-1].valid_from >= valid_from:
        raise InvalidInput(
            {"valid_from": ["この日以後に始まる名称が既に記録されています。後の日にしてください"]}
        )
    former = body.name
    for change in changes:
        if change.valid_from > today:
            db.session.delete(change)
    body.recorded_name, body.next_name, body.next_name_from = former, None, None
    if valid_from <= today:
        body.recorded_name = name
    else:
        body.next_name, body.next_name_from = name, valid_from
    db.session.flush()
    db.session.add(
        OrganizationName(
            organization_id=body.id, valid_from=valid_from, name=name, former_name=former
        )
    )
    db.session.flush()


def dissolve(body: Organization, command: Dissolve, *, version: int, actor: User) -> None:
    """Record that a body ends on a day, merged into another one or not (合併・廃止).

    From that day its accounts are closed and the successor's people act for it; what was done
    before stays as it was (P28). Raises NotAllowed, StaleVersion, InvalidInput.
    """
    _authorize_change(body, version, actor)
    if body.dissolved_on is not None:
        raise InvalidInput({"dissolved_on": ["この団体の廃止は既に記録されています"]})
    if command.successor_id is not None:
        _check_successor(body, command.successor_id, command.dissolved_on)
    close_body(body, command.dissolved_on, command.successor_id)
    _record(
        body,
        "organization.dissolve",
        actor,
        dissolved_on=command.dissolved_on.isoformat(),
        successor_id=command.successor_id,
    )


def close_body(body: Organization, day: date, successor_id: int | None) -> None:
    """End a body and its type on a day. Raises InvalidInput for a day before its type began."""
    if any(period.valid_from >= day for period in body.types):
        raise InvalidInput(
            {"dissolved_on": ["この日以後に始まる団体種別があります。日を確かめてください"]}
        )
    for period in body.types:
        if period.valid_to is None or period.valid_to >= day:
            period.valid_to = day - ONE_DAY
    body.dissolved_on, body.successor_id = day, successor_id
    db.session.flush()
    db.session.expire(body, ["successor"])


def _check_successor(body: Organization, successor_id: int, day: date) -> None:
    successor = db.session.get(Organization, successor_id)
    if successor is None or successor.kind is not OrganizationKind.LOCAL_GOVERNMENT:
        raise InvalidInput({"successor": ["合併先の団体が見つかりません"]})
    if successor.id == body.id:
        raise InvalidInput({"successor": ["合併先には、ほかの団体を選んでください"]})
    if not successor.exists_on(day):
        raise InvalidInput({"successor": [f"「{successor.name}」は、この日には廃止されています"]})


def keep_body(body: Organization, *, version: int, actor: User) -> None:
    """Take back an end to come (廃止予定の取消し). Raises NotAllowed, StaleVersion."""
    _authorize_change(body, version, actor)
    if body.dissolved_on is None or body.dissolved_on <= clock.today():
        raise NotAllowed("取り消せるのは、まだ来ていない廃止・合併の予定だけです。")
    last_day = body.dissolved_on - ONE_DAY
    for period in body.types:
        if period.valid_to == last_day:
            period.valid_to = None
    body.dissolved_on = body.successor_id = None
    db.session.flush()
    _record(body, "organization.keep", actor)


def set_requires_approval(
    body: Organization, requires_approval: bool, *, version: int, actor: User
) -> None:
    """Switch the approval inside a body on or off (決裁を使う). Raises NotAllowed, StaleVersion."""
    authorize_manage(actor, body)
    check_body_version(body, version)
    if body.kind is not OrganizationKind.LOCAL_GOVERNMENT:
        raise NotAllowed(NOT_LOCAL)
    if body.requires_approval is requires_approval:
        return
    body.requires_approval = requires_approval
    db.session.flush()
    _record(body, "organization.set_requires_approval", actor, after=requires_approval)


def check_body_version(body: Organization, version: int) -> None:
    """Lock the body; refuse a command made from an older version (P05). Raises StaleVersion."""
    present = db.session.scalar(
        select(Organization.version).where(Organization.id == body.id).with_for_update()
    )
    if not body.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


def _authorize_change(body: Organization, version: int, actor: User) -> None:
    authorize_administer(actor)
    if body.kind is not OrganizationKind.LOCAL_GOVERNMENT:
        raise NotAllowed(NOT_LOCAL)
    check_body_version(body, version)


def _record(body: Organization, verb: str, actor: User, **changes: Any) -> None:
    subject = Subject(type="organization", id=body.id, version=body.version)
    record(verb, subject, actor=actor, changes=changes)
