"""Setting up rounds and schemes (募集回・分類体系の設定). All of it is data, none of it code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_datetime
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.rounds.models import (
    Category,
    ClosingChange,
    PublishedFigure,
    Round,
    RoundExtension,
    RoundTerm,
    Scheme,
)
from app.rounds.policy import authorize_extend, authorize_manage
from app.workflow.states import FollowUp
from app.workflow.terms import DEFAULT_OFFICE_DAYS, Term

# The key is part of a state name and of addresses.
CATEGORY_KEY = re.compile(r"[a-z][a-z0-9]{0,15}")


@dataclass(frozen=True, kw_only=True)
class NewCategory:
    """A row of a scheme (分類)."""

    code: str
    key: str
    label: str
    short_label: str
    response_policy: str
    follow_up: FollowUp
    is_evidence_required: bool
    group_code: str = ""
    available_from: date | None = None


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


def create_scheme(key: str, name: str, rows: list[NewCategory], *, actor: User) -> Scheme:
    """Create a scheme with its categories in order (分類体系). Raises NotAllowed, InvalidInput."""
    authorize_manage(actor)
    scheme = Scheme(key=key, name=name, version=0)
    db.session.add(scheme)
    db.session.flush()
    for row in rows:
        add_category(scheme, row, actor=actor)
    return scheme


def add_category(scheme: Scheme, row: NewCategory, *, actor: User) -> Category:
    """Add a category, also in mid-round (分類の追加): old cases stay as they are.

    The version of the scheme grows by one. Raises NotAllowed, InvalidInput.
    """
    authorize_manage(actor)
    _check_category(scheme, row)
    category = Category(
        scheme_id=scheme.id,
        code=row.code,
        key=row.key,
        group_code=row.group_code,
        label=row.label,
        short_label=row.short_label,
        response_policy=row.response_policy,
        follow_up=row.follow_up,
        is_evidence_required=row.is_evidence_required,
        position=len(scheme.categories) + 1,
        available_from=row.available_from or clock.today(),
    )
    scheme.categories.append(category)
    scheme.version += 1
    db.session.flush()
    record(
        "scheme.add_category",
        Subject(type="scheme", id=scheme.id, version=scheme.version),
        actor=actor,
        changes={"code": row.code, "key": row.key},
    )
    return category


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
    )
    db.session.add(round_)
    db.session.flush()
    _record(round_, "round.create", actor, {"key": round_.key})
    return round_


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


def _check_category(scheme: Scheme, row: NewCategory) -> None:
    errors: dict[str, list[str]] = {}
    if not CATEGORY_KEY.fullmatch(row.key):
        errors["key"] = ["キーは、英小文字で始まる英小文字と数字16文字以内にしてください"]
    if any(other.key == row.key for other in scheme.categories):
        errors["key"] = ["このキーは既に使われています"]
    if any(other.code == row.code for other in scheme.categories):
        errors["code"] = ["この記号は既に使われています"]
    for name, label in (("code", "記号"), ("label", "名称"), ("short_label", "短い名称")):
        if is_blank(getattr(row, name)):
            errors[name] = [f"{label}を入力してください"]
    if errors:
        raise InvalidInput(errors)


def _record(
    round_: Round, verb: str, actor: User, changes: Mapping[str, object], reason: str = ""
) -> None:
    subject = Subject(type="round", id=round_.id, version=round_.version)
    record(verb, subject, actor=actor, changes=changes, reason=reason)
