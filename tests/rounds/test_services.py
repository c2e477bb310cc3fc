"""Setting up rounds (募集回・分類体系の設定): data, not code; every date stays visible."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.rounds.models import RoundExtension
from app.rounds.queries import available_categories
from app.rounds.services import (
    ChangeClosing,
    NewCategory,
    NewRound,
    add_category,
    change_closing,
    create_round,
    create_scheme,
    extend_for_body,
    publish_figures,
)
from app.workflow.machine import actions_from
from app.workflow.states import Action, FollowUp
from app.workflow.terms import DEFAULT_OFFICE_DAYS, Term
from tests.factories import ROLE_OF_LOGIN, World, make_classified, make_world

OPENS = clock.jst(2024, 8, 5)
CLOSES = clock.jst(2024, 8, 27, 23, 59, 59)
DATE_WORDS = "締切は、募集開始より後の日時にしてください"


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(OPENS):
        world = make_world(opens_at=OPENS, closes_at=CLOSES)
        db_session.commit()
    return world


def f7(**changes: Any) -> NewCategory:
    values: dict[str, Any] = {
        "code": "F-7",
        "key": "f7",
        "label": "新しい分類",
        "short_label": "新",
        "response_policy": "翌年に見直す",
        "follow_up": FollowUp.REVISIT,
        "is_evidence_required": False,
    }
    return NewCategory(**(values | changes))


def last_entry(session: Session) -> AuditEvent:
    session.commit()
    return session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).one()


# --- Categories ---------------------------------------------------------------------------------


def test_new_category_raises_the_version_of_the_scheme(world: World, db_session: Session) -> None:
    scheme = world.round.scheme
    before = (scheme.version, [row.key for row in scheme.categories])

    with clock.at(clock.jst(2024, 9, 2)):
        added = add_category(scheme, f7(), actor=world["admin"])

    assert before == (4, ["types", "core20", "f2", "f5"])
    assert (scheme.version, [row.key for row in scheme.categories]) == (
        5,
        ["types", "core20", "f2", "f5", "f7"],
    )
    assert (added.position, added.available_from) == (5, date(2024, 9, 2))
    entry = last_entry(db_session)
    assert (entry.verb, entry.subject_version, entry.changes) == (
        "scheme.add_category",
        5,
        {"code": "F-7", "key": "f7"},
    )


def test_new_category_leaves_the_cases_as_they_are(world: World) -> None:
    with clock.at(OPENS):
        proposal = make_classified(world)
        before = (proposal.state_name, proposal.version)

        add_category(world.round.scheme, f7(), actor=world["admin"])

        assert (proposal.state_name, proposal.version) == before
        assert actions_from(proposal.state_name, scheme=world.round.scheme.view()) == (
            Action.RECLASSIFY,
            Action.CLOSE,
        )


def test_category_is_offered_from_its_first_day(world: World) -> None:
    added = add_category(
        world.round.scheme, f7(available_from=date(2024, 9, 2)), actor=world["admin"]
    )

    with clock.at(clock.jst(2024, 9, 2) - timedelta(seconds=1)):
        assert added not in available_categories(world.round)
    with clock.at(clock.jst(2024, 9, 2)):
        assert added in available_categories(world.round)
    assert world.round.scheme.categories[-1] is added


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        (
            {"key": "F7"},
            {"key": ["キーは、英小文字で始まる英小文字と数字16文字以内にしてください"]},
        ),
        (
            {"key": "f_7"},
            {"key": ["キーは、英小文字で始まる英小文字と数字16文字以内にしてください"]},
        ),
        (
            {"key": "f" * 17},
            {"key": ["キーは、英小文字で始まる英小文字と数字16文字以内にしてください"]},
        ),
        ({"key": "f5"}, {"key": ["このキーは既に使われています"]}),
        ({"code": "F-5"}, {"code": ["この記号は既に使われています"]}),
        ({"code": " "}, {"code": ["記号を入力してください"]}),
        ({"label": ""}, {"label": ["名称を入力してください"]}),
        ({"short_label": ""}, {"short_label": ["短い名称を入力してください"]}),
    ],
)
def test_unfit_category_is_refused(
    world: World, changes: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_category(world.round.scheme, f7(**changes), actor=world["admin"])

    assert refused.value.errors == errors
    assert world.round.scheme.version == 4


# --- Rounds -------------------------------------------------------------------------------------


def test_new_round_has_its_own_terms(world: World) -> None:
    command = NewRound(
        key="R7",
        label="令和7年",
        name="募集",
        opens_at=OPENS,
        closes_at=CLOSES,
        office_days={Term.REVIEW: 15},
    )

    round_ = create_round(world.round.scheme, command, actor=world["admin"])

    assert {row.term: row.office_days for row in round_.terms} == DEFAULT_OFFICE_DAYS | {
        Term.REVIEW: 15
    }


@pytest.mark.parametrize("closes_at", [OPENS, OPENS - timedelta(seconds=1)])
def test_round_ends_after_it_begins(world: World, closes_at: Any) -> None:
    command = NewRound(key="R7", label="令和7年", name="募集", opens_at=OPENS, closes_at=closes_at)

    with pytest.raises(InvalidInput) as refused:
        create_round(world.round.scheme, command, actor=world["admin"])

    assert refused.value.errors == {"closes_at": [DATE_WORDS]}


def test_database_refuses_a_round_that_ends_before_it_begins(
    world: World, db_session: Session
) -> None:
    world.round.closes_at = OPENS

    with pytest.raises(IntegrityError):
        db_session.flush()


# --- Closing ------------------------------------------------------------------------------------


def test_change_of_the_closing_keeps_both_dates(world: World, db_session: Session) -> None:
    first, second = clock.jst(2024, 8, 30, 23, 59, 59), clock.jst(2024, 8, 23, 17)
    for closes_at, reason in ((first, "問合せが多いため"), (second, "会議の日程のため")):
        command = ChangeClosing(closes_at=closes_at, reason=reason)
        with clock.at(clock.jst(2024, 8, 20)):
            change_closing(world.round, command, actor=world["lead"])

    kept = [
        (row.old_closes_at, row.new_closes_at, row.reason) for row in world.round.closing_changes
    ]
    assert kept == [(CLOSES, first, "問合せが多いため"), (first, second, "会議の日程のため")]
    assert world.round.closes_at == second
    entry = last_entry(db_session)
    assert (entry.verb, entry.reason, entry.changes) == (
        "round.change_closing",
        "会議の日程のため",
        {"old": "令和6年8月30日（金）23時59分", "new": "令和6年8月23日（金）17時00分"},
    )


@pytest.mark.parametrize(
    ("closes_at", "reason", "errors"),
    [
        (OPENS, "理由", {"closes_at": [DATE_WORDS]}),
        (CLOSES, "　", {"reason": ["期限を変える理由を入力してください"]}),
    ],
)
def test_unfit_change_of_the_closing_is_refused(
    world: World, closes_at: Any, reason: str, errors: dict[str, list[str]]
) -> None:
    command = ChangeClosing(closes_at=closes_at, reason=reason)

    with pytest.raises(InvalidInput) as refused:
        change_closing(world.round, command, actor=world["lead"])

    assert refused.value.errors == errors
    assert (world.round.closes_at, world.round.closing_changes) == (CLOSES, [])


@pytest.mark.parametrize(
    ("closes_at", "reason", "errors"),
    [
        (CLOSES, "理由", {"closes_at": ["募集回の締切より後の日時にしてください"]}),
        (
            CLOSES + timedelta(days=1),
            "",
            {"reason": ["延長する理由を入力してください"]},
        ),
    ],
)
def test_unfit_extension_is_refused(
    world: World,
    db_session: Session,
    closes_at: Any,
    reason: str,
    errors: dict[str, list[str]],
) -> None:
    command = ChangeClosing(closes_at=closes_at, reason=reason)

    with pytest.raises(InvalidInput) as refused:
        extend_for_body(world.round, world["city"].organization_id, command, actor=world["lead"])

    assert refused.value.errors == errors
    assert db_session.scalars(select(RoundExtension)).all() == []


def test_second_extension_takes_the_place_of_the_first(world: World, db_session: Session) -> None:
    for days in (3, 5):
        command = ChangeClosing(closes_at=CLOSES + timedelta(days=days), reason="災害")
        extend_for_body(world.round, world["city"].organization_id, command, actor=world["lead"])

    ends = db_session.scalars(select(RoundExtension.closes_at)).all()
    assert ends == [CLOSES + timedelta(days=5)]


# --- Who ----------------------------------------------------------------------------------------


def test_admin_alone_manages_rounds_and_schemes(world: World) -> None:
    new_round = NewRound(key="R8", label="令和8年", name="募集", opens_at=OPENS, closes_at=CLOSES)
    for login in ROLE_OF_LOGIN:
        if login == "admin":
            continue
        actor = world[login]
        with pytest.raises(NotAllowed):
            create_scheme("R8", "体系", [], actor=actor)
        with pytest.raises(NotAllowed):
            add_category(world.round.scheme, f7(), actor=actor)
        with pytest.raises(NotAllowed):
            create_round(world.round.scheme, new_round, actor=actor)
        with pytest.raises(NotAllowed):
            publish_figures(world.round, {"proposals": 232}, actor=actor)


def test_admin_and_lead_alone_move_the_end(world: World) -> None:
    command = ChangeClosing(closes_at=CLOSES + timedelta(days=1), reason="理由")
    allowed = set()

    for login in ROLE_OF_LOGIN:
        try:
            change_closing(world.round, command, actor=world[login])
        except NotAllowed:
            with pytest.raises(NotAllowed):
                extend_for_body(world.round, 1, command, actor=world[login])
        else:
            allowed.add(login)

    assert allowed == {"admin", "lead"}
