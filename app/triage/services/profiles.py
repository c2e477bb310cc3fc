"""What each reviewer takes on, and the fields there are (担当者の条件・得意分野)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Role, User
from app.audit.services import Subject, record
from app.core.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.triage.assignment_rules import current_rule_set
from app.triage.models import ReviewerProfile, ReviewerSkill, SkillTag
from app.triage.queries import reviewers
from app.triage.reviewers import profile_of, skill_tags, skills_of_all

LEAD_ONLY = "担当者の条件と割当の規則を決められるのは、事務局の総括だけです。"
NOT_FOUND = "この担当者は見つかりません。担当者の一覧から選んでください。"
LARGEST_CAP = 999
LONGEST_LABEL = 40  # characters


@dataclass(frozen=True, kw_only=True)
class SetProfile:
    """Cap, fields and whether a reviewer takes work (担当者の条件); `version` 0 for a new one."""

    version: int
    cap: int | None
    takes_work: bool
    tag_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SkillName:
    """One field (得意分野): `id` 0 for a new one, an empty label takes it off the list."""

    id: int
    label: str


def get_reviewer(actor: User, user_id: int) -> User:
    """Return a reviewer whose conditions the actor may set. Raises NotAllowed, NotFound."""
    authorize_settings(actor)
    found = db.session.scalars(reviewers().where(User.id == user_id)).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def authorize_settings(actor: User) -> None:
    """Refuse who is no lead. Raises NotAllowed."""
    if not actor.has_role(Role.LEAD):
        raise NotAllowed(LEAD_ONLY)


def set_profile(user: User, command: SetProfile, *, actor: User) -> None:
    """Say what a reviewer takes on (担当者の条件); cases in hand stay.

    Raises NotAllowed, StaleVersion, InvalidInput.
    """
    authorize_settings(actor)
    profile = profile_of(user)
    if (profile.version if profile else 0) != command.version:
        raise StaleVersion(STALE_MESSAGE)
    if command.cap is not None and not 0 <= command.cap <= LARGEST_CAP:
        raise InvalidInput({"cap": [f"上限は、0から{LARGEST_CAP}までの数で入力してください"]})
    known = {tag.id for tag in skill_tags()}
    if not known.issuperset(command.tag_ids):
        raise InvalidInput({"tag_ids": ["得意分野を一覧から選んでください"]})
    if profile is None:
        profile = ReviewerProfile(user_id=user.id)
        db.session.add(profile)
    profile.cap = command.cap
    profile.takes_work = command.takes_work
    flag_modified(profile, "takes_work")
    db.session.execute(delete(ReviewerSkill).where(ReviewerSkill.user_id == user.id))
    db.session.add_all(
        ReviewerSkill(user_id=user.id, tag_id=tag_id) for tag_id in sorted(set(command.tag_ids))
    )
    db.session.flush()
    changes = {
        "cap": command.cap,
        "takes_work": command.takes_work,
        "tag_ids": sorted(set(command.tag_ids)),
    }
    record("reviewer.set_profile", Subject(type="user", id=user.id), actor=actor, changes=changes)


def name_skills(rows: Sequence[SkillName], *, actor: User) -> None:
    """Change the list of fields (得意分野の一覧): new, renamed, taken off.

    One that a reviewer knows or a rule names stays. Raises NotAllowed and InvalidInput with the
    names of the fields (`rows-0`).
    """
    authorize_settings(actor)
    known = db.session.scalars(select(SkillTag).order_by(SkillTag.id).with_for_update())
    tags = {tag.id: tag for tag in known}
    _check_names(rows, tags)
    for row in rows:
        tag = tags.get(row.id)
        if tag is not None and not row.label:
            db.session.delete(tag)
        elif tag is not None:
            tag.label = row.label
        elif row.label:
            db.session.add(SkillTag(label=row.label))
    db.session.flush()
    record("reviewer.name_skills", Subject(type="skill_tag", id=None), actor=actor)


def _check_names(rows: Sequence[SkillName], tags: dict[int, SkillTag]) -> None:
    rule_set = current_rule_set()
    in_use = {rule.tag_id for rule in rule_set.rules} if rule_set else set()
    in_use |= {tag_id for chosen in skills_of_all().values() for tag_id in chosen}
    seen: set[str] = set()
    errors: dict[str, list[str]] = {}
    for index, row in enumerate(rows):
        if row.label in seen:
            errors[f"rows-{index}"] = [f"「{row.label}」が2つあります"]
        elif len(row.label) > LONGEST_LABEL:
            errors[f"rows-{index}"] = [f"得意分野は{LONGEST_LABEL}文字以内で入力してください"]
        elif not row.label and row.id in in_use:
            label = tags[row.id].label
            words = f"「{label}」は担当者か規則が使っているため、一覧から外せません"
            errors[f"rows-{index}"] = [words]
        if row.label:
            seen.add(row.label)
    if errors:
        raise InvalidInput(errors)
