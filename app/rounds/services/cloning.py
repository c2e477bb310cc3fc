"""Opening the next round from one that was (募集回の複製): rules copied, dates shifted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_datetime, format_year
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import Base, db
from app.rounds.models import (
    Category,
    CorrectionPhrase,
    FormCheckItem,
    FormField,
    Round,
    RoundTerm,
    Scheme,
)
from app.rounds.policy import authorize_manage
from app.rounds.queries import current_guide_version, current_rubric_version
from app.rounds.services.rounds import begin_rubric
from app.rounds.services.schemes import begin_guide

# The key stands in receipt numbers and addresses: R7-0001.
ROUND_KEY = re.compile(r"[A-Z][A-Z0-9]{0,7}")
# Rules that a round holds in tables of their own.
RULES: tuple[type[Base], ...] = (RoundTerm, FormField, FormCheckItem, CorrectionPhrase)
# What is a round's own and is never copied.
OWN = {
    "id",
    "key",
    "label",
    "name",
    "scheme_id",
    "opens_at",
    "closes_at",
    "is_practice",
    "statistics_published_at",
    # A date of the round that was.
    "revisit_until",
    "last_receipt_sequence",
    "version",
}


@dataclass(frozen=True, kw_only=True)
class CloneRound:
    """The next round (募集回の複製). `closes_at` is the last second in time."""

    key: str
    label: str
    name: str
    opens_at: datetime
    closes_at: datetime
    is_practice: bool = False


def suggest_clone(source: Round) -> CloneRound:
    """The round a year later (次の募集回の案): R6 of 令和6年 becomes R7 of 令和7年."""
    opens_at = _a_year_later(source.opens_at)
    return CloneRound(
        key=_next_key(source.key),
        label=format_year(clock.to_jst(opens_at).date()),
        name=source.name,
        opens_at=opens_at,
        closes_at=_a_year_later(source.closes_at),
    )


def clone_round(source: Round, command: CloneRound, *, actor: User) -> Round:
    """Create a round with the rules of another one (募集回の複製).

    Form, form check, terms, limits, rubric, and the scheme with its categories and guide are
    copied: a change of either leaves the cases of the other as they are. Proposals, extensions,
    figures are not. Raises NotAllowed, InvalidInput.
    """
    authorize_manage(actor)
    _check(command)
    copied = _values(source, leaving_out=OWN)
    round_ = Round(
        **copied,
        key=command.key,
        label=command.label,
        name=command.name,
        scheme=_copy_scheme(source.scheme, command),
        opens_at=command.opens_at,
        closes_at=command.closes_at,
        is_practice=command.is_practice,
    )
    db.session.add(round_)
    db.session.flush()
    _copy_rules(source, round_)
    record(
        "round.clone",
        Subject(type="round", id=round_.id, version=round_.version),
        actor=actor,
        changes={
            "from": source.key,
            "key": round_.key,
            "opens_at": format_datetime(round_.opens_at),
            "closes_at": format_datetime(round_.closes_at),
        },
    )
    return round_


def _copy_rules(source: Round, round_: Round) -> None:
    for model in RULES:
        rows = db.session.scalars(select(model).filter_by(round_id=source.id))
        db.session.add_all(_copies(rows, round_id=round_.id))
    begin_rubric(round_, current_rubric_version(source).content)
    db.session.flush()
    db.session.refresh(round_)


def _copy_scheme(source: Scheme, command: CloneRound) -> Scheme:
    if db.session.scalar(select(Scheme.id).where(Scheme.key == command.key)) is not None:
        raise InvalidInput({"key": ["この記号の分類体系が既にあります。別の記号にしてください"]})
    scheme = Scheme(key=command.key, name=f"{command.label}の分類体系", version=1)
    db.session.add(scheme)
    db.session.flush()
    rows = db.session.scalars(select(Category).filter_by(scheme_id=source.id))
    db.session.add_all(_copies(rows, scheme_id=scheme.id))
    begin_guide(scheme, current_guide_version(source).content)
    return scheme


def _copies(rows: Iterable[Base], **owner: int) -> list[Base]:
    """Rows like these that belong to another owner; a running `id` is given anew."""
    return [type(row)(**{**_values(row, leaving_out={"id"}), **owner}) for row in rows]


def _values(row: Base, *, leaving_out: set[str]) -> dict[str, Any]:
    names = [column.key for column in inspect(type(row)).column_attrs]
    return {name: getattr(row, name) for name in names if name not in leaving_out}


def _check(command: CloneRound) -> None:
    errors: dict[str, list[str]] = {}
    if not ROUND_KEY.fullmatch(command.key):
        errors["key"] = ["記号は、英大文字で始まる英大文字と数字8文字以内にしてください。例：R7"]
    elif db.session.scalar(select(Round.id).where(Round.key == command.key)) is not None:
        errors["key"] = ["この記号の募集回が既にあります"]
    for name, label in (("label", "短い名称"), ("name", "名称")):
        if is_blank(getattr(command, name)):
            errors[name] = [f"{label}を入力してください"]
    if command.closes_at <= command.opens_at:
        errors["closes_on"] = ["締切は、募集開始より後の日時にしてください"]
    if errors:
        raise InvalidInput(errors)


def _a_year_later(instant: datetime) -> datetime:
    local = clock.to_jst(instant)
    try:
        return local.replace(year=local.year + 1)
    except ValueError:
        # 29 February has no day of its own in the next year.
        return local.replace(year=local.year + 1, day=28)


def _next_key(key: str) -> str:
    """R7 after R6, and the next one that no round has yet."""
    letters = key.rstrip("0123456789")
    number = int(key[len(letters) :] or "0")
    taken = set(db.session.scalars(select(Round.key)))
    while f"{letters}{number + 1}" in taken:
        number += 1
    return f"{letters}{number + 1}"
