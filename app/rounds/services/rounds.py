"""Setting up rounds (募集回の設定). All of it is data, none of it code."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_datetime
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.rounds.default_checklist import default_checklist
from app.rounds.default_form import default_fields
from app.rounds.default_rubric import DEFAULT_RUBRIC
from app.rounds.models import (
    ClosingChange,
    PublishedFigure,
    Round,
    RoundExtension,
    RoundTerm,
    RubricVersion,
    Scheme,
)
from app.rounds.policy import authorize_extend, authorize_manage
from app.workflow.terms import DEFAULT_OFFICE_DAYS, Term


@dataclass(frozen=True, kw_only=True)
class NewRound:
    """A call for proposals (募集回). `closes_at` is the last second in time."""

    key: str
    label: str
    name: str
    opens_at: datetime
    closes_at: datetime
    is_practice: bool = False
    reviewers_required: int = 2
    office_days: Mapping[Term, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChangeClosing:
    """Another end of a round, with its reason (募集期限の変更)."""

    closes_at: datetime
    reason: str


def create_round(scheme: Scheme, command: NewRound, *, actor: User) -> Round:
    """Create a round with its terms (募集回). Raises NotAllowed, InvalidInput."""
    authorize_manage(actor)
    if command.closes_at <= command.opens_at:
        raise InvalidInput({"closes_at": ["締切は、募集開始より後の日時にしてください"]})
    round_ = Round(
        key=command.key,
        label=command.label,
        name=command.name,
        scheme=scheme,
        opens_at=command.opens_at,
        closes_at=command.closes_at,
        is_practice=command.is_practice,
        reviewers_required=command.reviewers_required,
        terms=[
            RoundTerm(term=term, office_days=command.office_days.get(term, days))
            for term, days in DEFAULT_OFFICE_DAYS.items()
        ],
        form_fields=default_fields(),
    )
    db.session.add(round_)
    db.session.flush()
    db.session.add_all(default_checklist(round_.id))
    begin_rubric(round_, DEFAULT_RUBRIC)
    _record(round_, "round.create", actor, {"key": round_.key})
    return round_


def begin_rubric(round_: Round, content: dict[str, Any]) -> RubricVersion:
    """Give a new round the first version of its rubric (評価の基準の第1版)."""
    version = RubricVersion(
        round_id=round_.id,
        number=1,
        content=deepcopy(content),
        reason="",
        created_at=clock.now(),
    )
    db.session.add(version)
    db.session.flush()
    return version


def change_closing(round_: Round, command: ChangeClosing, *, actor: User) -> None:
    """Move the end of a round (募集期限の変更); both dates stay visible.

    Raises NotAllowed, InvalidInput.
    """
    authorize_extend(actor)
    errors: dict[str, list[str]] = {}
    if command.closes_at <= round_.opens_at:
        errors["closes_at"] = ["締切は、募集開始より後の日時にしてください"]
    if is_blank(command.reason):
        errors["reason"] = ["期限を変える理由を入力してください"]
    if errors:
        raise InvalidInput(errors)
    round_.closing_changes.append(
        ClosingChange(
            old_closes_at=round_.closes_at,
            new_closes_at=command.closes_at,
            reason=command.reason,
            changed_at=clock.now(),
            changed_by_id=actor.id,
        )
    )
    changes = {
        "old": format_datetime(round_.closes_at),
        "new": format_datetime(command.closes_at),
    }
    round_.closes_at = command.closes_at
    db.session.flush()
    _record(round_, "round.change_closing", actor, changes, command.reason)


def extend_for_body(
    round_: Round, organization_id: int, command: ChangeClosing, *, actor: User
) -> None:
    """Give one body a later end (期限延長). Raises NotAllowed, InvalidInput."""
    authorize_extend(actor)
    if command.closes_at <= round_.closes_at:
        raise InvalidInput({"closes_at": ["募集回の締切より後の日時にしてください"]})
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["延長する理由を入力してください"]})
    db.session.merge(
        RoundExtension(
            round_id=round_.id,
            organization_id=organization_id,
            closes_at=command.closes_at,
            reason=command.reason,
        )
    )
    db.session.flush()
    changes = {"organization_id": organization_id, "new": format_datetime(command.closes_at)}
    _record(round_, "round.extend_for_body", actor, changes, command.reason)


def publish_figures(round_: Round, figures: Mapping[str, int], *, actor: User) -> None:
    """Keep the figures the meeting paper printed (公表値), to be held against the counted ones."""
    authorize_manage(actor)
    for name, value in figures.items():
        db.session.merge(PublishedFigure(round_id=round_.id, name=name, value=value))
    round_.statistics_published_at = clock.now()
    db.session.flush()
    _record(round_, "round.publish_figures", actor, {"figures": len(figures)})


def _record(
    round_: Round, verb: str, actor: User, changes: Mapping[str, object], reason: str = ""
) -> None:
    subject = Subject(type="round", id=round_.id, version=round_.version)
    record(verb, subject, actor=actor, changes=changes, reason=reason)
