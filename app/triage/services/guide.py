"""Changing the guide and the rubric (手引き・評価の基準の変更): a new version from now on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select

from app.accounts.models import Role, User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.rounds.models import GuideVersion, Round, RubricVersion, Scheme
from app.rounds.queries import current_guide_version, current_rubric_version
from app.triage import rubric
from app.triage.guide.content import content_errors
from app.triage.models import Assessment

LEAD_OR_ADMIN = "手引きと評価の基準を変えられるのは、総括とシステム管理だけです。"


@dataclass(frozen=True, kw_only=True)
class AdoptGuide:
    """A changed guide (手引きの改定). `number` is the version the change was made from."""

    number: int
    content: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChangeRubric:
    """A changed rubric (評価の基準の改定). `seen` names the state it was made from (`seen_of`)."""

    seen: str
    criteria: tuple[Mapping[str, Any], ...]
    reason: str


def adopt_guide(scheme: Scheme, command: AdoptGuide, *, actor: User) -> GuideVersion:
    """Use a changed guide from now on (手引きの改定); opinions keep the version they were given by.

    Raises NotAllowed, StaleVersion (another lead was first), InvalidInput.
    """
    authorize_guide(actor)
    _lock(select(Scheme.id).where(Scheme.id == scheme.id))
    present = current_guide_version(scheme)
    if present.number != command.number:
        raise StaleVersion(STALE_MESSAGE)
    errors = content_errors(command.content, [row.key for row in scheme.categories])
    errors |= _reason_errors(command.reason)
    if not errors and command.content == present.content:
        errors["reason"] = ["今の手引きと同じです。変えるところがなければ、保存は要りません"]
    if errors:
        raise InvalidInput(errors)
    version = GuideVersion(
        scheme_id=scheme.id,
        number=present.number + 1,
        content=dict(command.content),
        reason=command.reason,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    db.session.add(version)
    db.session.flush()
    changes = {"scheme": scheme.key, "number": version.number, "order": command.content["order"]}
    subject = Subject(type="scheme", id=scheme.id, version=scheme.version)
    record("scheme.adopt_guide", subject, actor=actor, reason=command.reason, changes=changes)
    return version


def change_rubric(round_: Round, command: ChangeRubric, *, actor: User) -> RubricVersion:
    """Change the rubric of a round (評価の基準の改定): in place before the first rating by it.

    Afterwards a new version begins, and what was rated keeps its anchors. Raises NotAllowed,
    StaleVersion, InvalidInput.
    """
    authorize_guide(actor)
    _lock(select(Round.id).where(Round.id == round_.id))
    present = current_rubric_version(round_)
    db.session.refresh(present)
    if seen_of(present) != command.seen:
        raise StaleVersion(STALE_MESSAGE)
    criteria = [dict(row) for row in command.criteria]
    errors = rubric.content_errors(criteria) | _reason_errors(command.reason)
    if errors:
        raise InvalidInput(errors)
    version = present
    if is_rated(present):
        version = RubricVersion(round_id=round_.id, number=present.number + 1)
        db.session.add(version)
    version.content = {"criteria": criteria}
    version.reason = command.reason
    version.created_at = clock.now()
    version.created_by_id = actor.id
    db.session.flush()
    subject = Subject(type="round", id=round_.id, version=round_.version)
    changes = {"key": round_.key, "number": version.number}
    record("round.change_rubric", subject, actor=actor, reason=command.reason, changes=changes)
    return version


def seen_of(version: RubricVersion) -> str:
    """Name the state of a version (見た版): its number, and a digest of what it says.

    Before the first rating a version is changed in place, and its number stays.
    """
    said = json.dumps(version.content, sort_keys=True).encode()
    return f"{version.number}-{hashlib.sha256(said).hexdigest()}"


def is_rated(version: RubricVersion) -> bool:
    """Whether an opinion was rated by this version of the rubric (評価済み)."""
    found = select(exists().where(Assessment.rubric_version_id == version.id))
    return bool(db.session.scalar(found))


def authorize_guide(actor: User) -> None:
    """Refuse whoever may not change the guide. Raises NotAllowed."""
    if not actor.has_role(Role.LEAD, Role.ADMIN):
        raise NotAllowed(LEAD_OR_ADMIN)


def _lock(statement: Any) -> None:
    """Two leads come one after the other; the second finds another version."""
    db.session.execute(statement.with_for_update())


def _reason_errors(reason: str) -> dict[str, list[str]]:
    return {"reason": ["変える理由を入力してください"]} if is_blank(reason) else {}
