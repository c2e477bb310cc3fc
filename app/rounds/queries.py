"""Finding rounds and their rules (募集回の検索)."""

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload, lazyload

from app.core import clock
from app.core.errors import NotFound
from app.extensions import db
from app.rounds.models import (
    Category,
    CorrectionPhrase,
    FormCheckItem,
    GuideVersion,
    Round,
    RoundExtension,
    RubricVersion,
    Scheme,
)

NOT_FOUND = "この募集回は見つかりません。"


def list_rounds() -> Select[Round]:
    """All rounds, the latest first (募集回の一覧)."""
    return select(Round).order_by(Round.opens_at.desc(), Round.id.desc())


def get_round(key: str) -> Round:
    """Return the round with this key (`R6`). Raises NotFound."""
    found = db.session.scalars(_round_of_key(), {"key": key}).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


@cache
def _round_of_key() -> Select[Round]:
    return select(Round).where(Round.key == bindparam("key")).options(lazyload(Round.terms))


def named_rounds() -> Select[Round]:
    """All rounds, the latest first, for those who read little but their names (募集回の一覧).

    Terms and categories are read when they are asked for: one query instead of three.
    """
    return list_rounds().options(
        lazyload(Round.terms), joinedload(Round.scheme).lazyload(Scheme.categories)
    )


def current_round() -> Round | None:
    """Return the round the work is about now: the latest that has opened and is no practice."""
    return db.session.scalars(_current_round(), {"now": clock.now()}).one_or_none()


# The words of a query that every page asks are made once; it is asked anew each time.
@cache
def _current_round() -> Select[Round]:
    is_open = Round.opens_at <= bindparam("now", type_=Round.opens_at.type)
    return named_rounds().where(is_open, Round.is_practice.is_(False)).limit(1)


def find_chosen_round(round_id: int) -> Round | None:
    """Return the round with this id (募集回), None for one that is no more."""
    return db.session.scalars(named_rounds().where(Round.id == round_id)).one_or_none()


def open_rounds(organization_id: int) -> list[Round]:
    """Rounds a body can submit to now (募集中の募集回), the one that ends first in front."""
    opened = db.session.scalars(list_rounds().where(Round.opens_at <= clock.now()))
    is_open = [
        round_ for round_ in opened if round_.is_open(closes_at_for(round_, organization_id))
    ]
    return sorted(is_open, key=lambda round_: (round_.is_practice, round_.closes_at, round_.id))


def closes_at_for(round_: Round, organization_id: int) -> datetime:
    """End of the round for one body: its own extension (期限延長) or that of the round."""
    extension = db.session.get(RoundExtension, (round_.id, organization_id))
    if extension is None:
        return round_.closes_at
    return max(extension.closes_at, round_.closes_at)


def extensions_of(round_: Round) -> list[RoundExtension]:
    """Bodies with a later end of their own, the earliest end first (期限延長の一覧)."""
    return list(
        db.session.scalars(
            select(RoundExtension)
            .where(RoundExtension.round_id == round_.id)
            .options(joinedload(RoundExtension.organization))
            .order_by(RoundExtension.closes_at, RoundExtension.organization_id)
        )
    )


def available_categories(round_: Round) -> list[Category]:
    """Categories of the round's scheme that can be chosen today, in their order (分類)."""
    today = clock.today()
    return [row for row in round_.scheme.categories if row.available_from <= today]


def form_check_items(round_: Round, *, only_active: bool = True) -> list[FormCheckItem]:
    """Lines of the form check by hand, in their order (形式確認の確認項目)."""
    statement = select(FormCheckItem).where(FormCheckItem.round_id == round_.id)
    if only_active:
        statement = statement.where(FormCheckItem.is_active)
    return list(db.session.scalars(statement.order_by(FormCheckItem.position, FormCheckItem.id)))


def correction_phrases(round_: Round, *, only_active: bool = True) -> list[CorrectionPhrase]:
    """Wordings an officer starts from, in their order (補正の文例)."""
    statement = select(CorrectionPhrase).where(CorrectionPhrase.round_id == round_.id)
    if only_active:
        statement = statement.where(CorrectionPhrase.is_active)
    return list(
        db.session.scalars(statement.order_by(CorrectionPhrase.position, CorrectionPhrase.id))
    )


def guide_versions(scheme: Scheme) -> list[GuideVersion]:
    """Versions of the guide of a scheme, the one in use first (手引きの版)."""
    return list(
        db.session.scalars(
            select(GuideVersion)
            .where(GuideVersion.scheme_id == scheme.id)
            .order_by(GuideVersion.number.desc())
        )
    )


def current_guide_version(scheme: Scheme) -> GuideVersion:
    """Return the version of the guide in use (今の手引き). Raises LookupError without one."""
    return guide_versions(scheme)[0]


def rubric_versions(round_: Round) -> list[RubricVersion]:
    """Versions of the rubric of a round, the one in use first (評価の基準の版)."""
    return list(
        db.session.scalars(
            select(RubricVersion)
            .where(RubricVersion.round_id == round_.id)
            .order_by(RubricVersion.number.desc())
        )
    )


def current_rubric_version(round_: Round) -> RubricVersion:
    """Return the version of the rubric in use (今の評価の基準). Raises LookupError without one."""
    return rubric_versions(round_)[0]
