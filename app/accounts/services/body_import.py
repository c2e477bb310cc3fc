"""Taking a list of all local governments over (団体の一覧の取込み): judged first, all or nothing.

Nothing is deleted: a body that a complete list no longer has is closed. Running it twice changes
nothing the second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.models import (
    Organization,
    OrganizationKind,
    OrganizationName,
    OrganizationType,
    OrgType,
    User,
)
from app.accounts.official_list import ListedBody, ReadList, TypePeriod, type_by_name
from app.accounts.queries import is_active_today
from app.accounts.services.bodies import close_body, put_name, put_type
from app.audit.services import Subject, record
from app.core.errors import InvalidInput
from app.extensions import db

# Prefectures of Japan are 01 to 47: what has another number is none of the list's business.
LAST_PREFECTURE = 47
DESIGNATED = (OrgType.DESIGNATED_CITY, OrgType.CORE_CITY)


@dataclass(kw_only=True)
class Plan:
    """What a list would change (取込みの計画), and what keeps it from being taken over."""

    as_of: date
    added: list[ListedBody] = field(default_factory=list)
    renamed: list[tuple[Organization, ListedBody]] = field(default_factory=list)
    retyped: list[tuple[Organization, OrgType]] = field(default_factory=list)
    read_anew: list[tuple[Organization, ListedBody]] = field(default_factory=list)
    closed: list[Organization] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Number of changes of each kind (件数)."""
        return {
            "added": len(self.added),
            "renamed": len(self.renamed),
            "retyped": len(self.retyped),
            "read_anew": len(self.read_anew),
            "closed": len(self.closed),
        }


def plan_import(read: ReadList, *, as_of: date, is_complete: bool) -> Plan:
    """Compare a list with the register (取込みの計画); writes nothing.

    Changes hold from `as_of`. A list that is not `is_complete` only adds what is missing: an older
    list must not undo what a newer one or a person recorded.
    """
    plan = Plan(as_of=as_of, errors=list(read.errors))
    known = _known_bodies()
    for body in read.bodies.values():
        present = known.get(body.code)
        if present is None:
            _plan_new(body, plan)
        elif is_complete:
            _compare(present, body, plan)
    if is_complete:
        _plan_closings(known, read, plan)
    return plan


def carry_out(plan: Plan, *, source: str) -> None:
    """Do what a plan says (取込み). `source` is the SHA-256 of the file. Raises InvalidInput.

    One entry in the trail for the whole list, one more for each body that was changed.
    """
    if plan.errors:
        raise InvalidInput({"file": plan.errors})
    _add(plan)
    day = plan.as_of
    for present, listed in plan.renamed:
        put_name(present, listed.name, day)
        _record(present, "organization.rename", day)
    for present, listed in plan.read_anew:
        present.reading, present.prefecture = listed.reading, listed.prefecture
    for present, org_type in plan.retyped:
        put_type(present, org_type, day)
        _record(present, "organization.change_type", day)
    for present in plan.closed:
        close_body(present, day, None)
        _record(present, "organization.dissolve", day)
    db.session.flush()
    if any(plan.counts.values()):
        changes = {**plan.counts, "as_of": day.isoformat(), "sha256": source}
        subject = Subject(type="organization", id=None)
        record("organization.load", subject, actor=None, changes=changes)


def _known_bodies() -> dict[str, Organization]:
    bodies = db.session.scalars(
        select(Organization)
        .where(Organization.kind == OrganizationKind.LOCAL_GOVERNMENT)
        .options(selectinload(Organization.types))
    )
    return {body.code: body for body in bodies if body.code}


def _plan_new(body: ListedBody, plan: Plan) -> None:
    if not body.periods:
        org_type = type_by_name(body, plan.as_of)
        if org_type is None:
            plan.errors.append(
                f"{body.place}（{body.code}）：「{body.name}」の団体種別が名称から分かりません"
            )
            return
        body.periods.append(TypePeriod(org_type=org_type, valid_from=plan.as_of, valid_to=None))
    plan.added.append(body)


def _compare(present: Organization, body: ListedBody, plan: Plan) -> None:
    if not present.exists_on(plan.as_of):
        plan.notices.append(
            f"{body.place}：{body.code}「{present.name}」は廃止と記録されているため、変えません"
        )
        return
    if body.name not in (present.name, present.next_name):
        if _renamed_after(present, plan.as_of):
            plan.errors.append(_recorded_later(body, "名称"))
        else:
            plan.renamed.append((present, body))
    if (present.reading, present.prefecture) != (body.reading, body.prefecture):
        plan.read_anew.append((present, body))
    org_type = _type_on(body, plan.as_of)
    before = present.type_on(plan.as_of)
    # The published list does not know of designations: what a person recorded stands.
    is_kept = not body.periods and org_type is OrgType.CITY and before in DESIGNATED
    if org_type is None or org_type is before or is_kept:
        return
    if any(period.valid_from >= plan.as_of for period in present.types):
        plan.errors.append(_recorded_later(body, "団体種別"))
    else:
        plan.retyped.append((present, org_type))


def _renamed_after(body: Organization, day: date) -> bool:
    later = select(OrganizationName.valid_from).where(
        OrganizationName.organization_id == body.id, OrganizationName.valid_from >= day
    )
    return db.session.scalars(later).first() is not None


def _recorded_later(body: ListedBody, what: str) -> str:
    return (
        f"{body.place}：{body.code}「{body.name}」は、一覧の日以後の{what}が記録されています。"
        "--as-of を確かめるか、画面で直してください"
    )


def _type_on(body: ListedBody, day: date) -> OrgType | None:
    for period in body.periods:
        if period.valid_from <= day and (period.valid_to is None or day <= period.valid_to):
            return period.org_type
    return None if body.periods else type_by_name(body, day)


def _plan_closings(known: Mapping[str, Organization], read: ReadList, plan: Plan) -> None:
    with_users = set(
        db.session.scalars(select(User.organization_id).where(is_active_today()).distinct())
    )
    for code, body in known.items():
        is_listed_kind = body.type_on(plan.as_of) not in (OrgType.UNION, None)
        is_of_list = 1 <= int(code[:2]) <= LAST_PREFECTURE and not body.is_sample
        if code in read.bodies or not is_listed_kind or not is_of_list:
            continue
        if body.dissolved_on is not None:
            continue
        if body.id in with_users:
            plan.notices.append(
                f"{code}「{body.name}」は一覧にありませんが、利用者がいるため閉じません。"
                "画面（団体・府省庁）で合併先を記録してください"
            )
            continue
        if any(period.valid_from >= plan.as_of for period in body.types):
            plan.notices.append(f"{code}「{body.name}」は、一覧の日以後に登録されたため閉じません")
            continue
        plan.closed.append(body)


def _add(plan: Plan) -> None:
    db.session.add_all(
        Organization(
            kind=OrganizationKind.LOCAL_GOVERNMENT,
            name=body.name,
            reading=body.reading,
            prefecture=body.prefecture,
            code=body.code,
            types=[
                OrganizationType(
                    valid_from=period.valid_from,
                    valid_to=period.valid_to,
                    org_type=period.org_type,
                )
                for period in body.periods
            ],
        )
        for body in plan.added
    )
    db.session.flush()


def _record(body: Organization, verb: str, day: date) -> None:
    subject = Subject(type="organization", id=body.id, version=body.version)
    record(verb, subject, actor=None, changes={"valid_from": day.isoformat()})
