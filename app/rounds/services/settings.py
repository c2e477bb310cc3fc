"""Rules of a round that may change while it runs (募集回の設定)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.rounds.models import Round
from app.rounds.policy import authorize_manage
from app.workflow.labels import TERM_LABELS
from app.workflow.terms import Term

LONGEST_TERM = 250  # office days, about a year
LARGEST_FILE_MB = 100
LARGEST_TOTAL_MB = 500
MOST_FILES = 100
LONGEST_LABEL = 40
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class EditRound:
    """Settings of a round (募集回の設定). Limits of files in megabytes, terms in office days."""

    label: str
    name: str
    reviewers_required: int
    attachment_file_limit_mb: int
    attachment_total_limit_mb: int
    attachment_count_limit: int
    office_days: Mapping[Term, int]
    is_second_opinion_blind: bool = False
    silent_after_days: int = 5
    revisit_until: date | None = None


def edit_round(round_: Round, command: EditRound, *, actor: User) -> list[str]:
    """Change the settings of a round (募集回の設定変更); return what changed.

    A clock that runs keeps the term it began with. Raises NotAllowed, InvalidInput.
    """
    authorize_manage(actor)
    _check(command)
    wanted = {name: getattr(command, name) for name in _PLAIN}
    changes: dict[str, list[Any]] = {
        name: [_plain(getattr(round_, name)), _plain(value)]
        for name, value in wanted.items()
        if getattr(round_, name) != value
    }
    for name in changes:
        setattr(round_, name, wanted[name])
    for row in round_.terms:
        days = command.office_days.get(row.term, row.office_days)
        if days != row.office_days:
            changes[f"term.{row.term}"] = [row.office_days, days]
            row.office_days = days
    if changes:
        db.session.flush()
        subject = Subject(type="round", id=round_.id, version=round_.version)
        record("round.edit", subject, actor=actor, changes=changes)
    return list(changes)


def _plain(value: Any) -> Any:
    """A value as the trail keeps it: dates as text."""
    return value.isoformat() if isinstance(value, date) else value


_PLAIN = (
    "label",
    "name",
    "reviewers_required",
    "is_second_opinion_blind",
    "silent_after_days",
    "revisit_until",
    "attachment_file_limit_mb",
    "attachment_total_limit_mb",
    "attachment_count_limit",
)


def _check(command: EditRound) -> None:
    errors = {**_name_errors(command), **_limit_errors(command), **_term_errors(command)}
    if command.reviewers_required not in (1, 2):
        errors["reviewers_required"] = ["仕分けの人数は1人か2人から選んでください"]
    if command.is_second_opinion_blind and command.reviewers_required == 1:
        errors["is_second_opinion_blind"] = ["2人目がいるのは、仕分けの人数が2人のときだけです"]
    if not 1 <= command.silent_after_days <= LONGEST_TERM:
        errors["silent_after_days"] = [f"1から{LONGEST_TERM}までの開庁日で入力してください"]
    if errors:
        raise InvalidInput(errors)


def _name_errors(command: EditRound) -> dict[str, list[str]]:
    limits = {"label": ("短い名称", LONGEST_LABEL), "name": ("名称", LONGEST_NAME)}
    return {
        name: [f"{label}を{longest}文字以内で入力してください"]
        for name, (label, longest) in limits.items()
        if is_blank(getattr(command, name)) or len(getattr(command, name)) > longest
    }


def _limit_errors(command: EditRound) -> dict[str, list[str]]:
    limits = {
        "attachment_file_limit_mb": (LARGEST_FILE_MB, "MB"),
        "attachment_total_limit_mb": (LARGEST_TOTAL_MB, "MB"),
        "attachment_count_limit": (MOST_FILES, "件"),
    }
    errors = {
        name: [f"1から{most}まで（{unit}）で入力してください"]
        for name, (most, unit) in limits.items()
        if not 1 <= getattr(command, name) <= most
    }
    if not errors and command.attachment_total_limit_mb < command.attachment_file_limit_mb:
        errors["attachment_total_limit_mb"] = ["1ファイルの上限以上にしてください"]
    return errors


def _term_errors(command: EditRound) -> dict[str, list[str]]:
    return {
        term.value: [f"{TERM_LABELS[term]}は0から{LONGEST_TERM}までの開庁日で入力してください"]
        for term, days in command.office_days.items()
        if not 0 <= days <= LONGEST_TERM
    }
