"""What was received in a round (募集の概要)."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationType, OrgType
from app.core import clock
from app.core.clock import jst
from app.proposals.models import PartnerAnswer
from app.proposals.services.endorsements import withdraw_endorsement
from app.proposals.services.submission import Submit, submit
from app.reports.intake import build_intake, count_intake
from app.rounds.models import Round
from app.rounds.services import ChangeClosing, change_closing, publish_figures
from tests.factories import make_draft, make_submitted, make_withdrawn, make_world
from tests.proposals.sharing.worlds import (
    accepted_partner,
    answer,
    endorse,
    name_partner,
    open_joining,
)
from tests.reports.bodies import become, submit_as

SOURCE_ROWS = ["prefecture", "designated_city", "core_city", "city", "town_village"]


def bodies_of(round_: Round) -> dict[str, int]:
    return {line.key: line.organizations for line in count_intake(round_).lines}


def test_five_rows_stand_in_the_order_of_the_paper(db_session: Session) -> None:
    world = make_world()

    rows = bodies_of(world.round)

    assert list(rows.items()) == [(key, 0) for key in SOURCE_ROWS]


def test_body_counts_once_whatever_it_proposes(db_session: Session) -> None:
    world = make_world()
    submit_as(world, "13000", OrgType.PREFECTURE, count=3)
    submit_as(world, "14100", OrgType.DESIGNATED_CITY)

    report = build_intake(world.round)

    assert report.total == 4
    assert [check.words for check in report.checks] == [
        "都道府県 1 ＋ 指定都市 1 ＋ 中核市 0 ＋ 市（指定都市・中核市除く。） 0 ＋ 町村 0"
        " ＝ 提案団体 2団体",
        "提案 4 ＋ 取下げ 0 ＝ 受付番号の数 4件",
    ]
    assert report.is_sound


@pytest.mark.parametrize("row", [OrgType.CITY, OrgType.TOWN_VILLAGE])
def test_special_wards_count_in_the_row_of_the_setting(db_session: Session, row: OrgType) -> None:
    world = make_world()
    world.round.special_ward_counts_as = row
    submit_as(world, "13114", OrgType.SPECIAL_WARD)

    counted = count_intake(world.round)

    assert bodies_of(world.round) == {key: int(key == row) for key in SOURCE_ROWS}
    assert [line.is_linkable for line in counted.lines] == [key != row for key in SOURCE_ROWS]
    assert counted.ward_note.startswith("特別区1団体は、「")


def test_special_wards_can_have_a_row_of_their_own(db_session: Session) -> None:
    world = make_world()
    world.round.special_ward_counts_as = OrgType.SPECIAL_WARD
    submit_as(world, "13114", OrgType.SPECIAL_WARD)

    counted = count_intake(world.round)

    assert [line.key for line in counted.lines] == [*SOURCE_ROWS, "special_ward"]
    assert counted.ward_note == ""


def test_unions_have_a_row_when_there_are_any(db_session: Session) -> None:
    world = make_world()
    submit_as(world, "13999", OrgType.UNION)

    lines = count_intake(world.round).lines

    assert [(line.label, line.organizations) for line in lines[5:]] == [("組合等", 1)]


def test_type_is_that_of_the_day_of_submission(db_session: Session) -> None:
    world = make_world()
    with clock.at(clock.now() - timedelta(days=2)):
        body = submit_as(world, "14150", OrgType.CITY)
    become(body, OrgType.CORE_CITY, since=clock.today())

    rows = bodies_of(world.round)

    assert (rows["city"], rows["core_city"]) == (1, 0)


def test_day_of_submission_is_the_day_in_japan(db_session: Session) -> None:
    world = make_world(opens_at=jst(2024, 8, 5), closes_at=jst(2024, 8, 27, 23, 59, 59))
    with clock.at(jst(2024, 8, 20, 0, 30)):
        body = submit_as(world, "14150", OrgType.CITY)
    become(body, OrgType.CORE_CITY, since=date(2024, 8, 20))

    rows = bodies_of(world.round)

    assert (rows["city"], rows["core_city"]) == (0, 1)


def test_body_without_a_recorded_type_is_not_lost(db_session: Session) -> None:
    world = make_world()
    body = submit_as(world, "14150", OrgType.CITY)
    period: OrganizationType = body.types[0]
    period.valid_to = date(2020, 12, 31)
    db_session.flush()

    lines = count_intake(world.round).lines

    assert [(line.label, line.organizations) for line in lines[5:]] == [("種別の記録なし", 1)]
    assert build_intake(world.round).is_sound


def test_late_and_withdrawn_proposals_are_counted_apart(db_session: Session) -> None:
    world = make_world()
    make_submitted(world).is_late = True
    make_withdrawn(world)
    db_session.flush()

    rows = {row["key"]: row["value"] for row in build_intake(world.round).records.rows}

    assert rows["proposals"] == 1
    assert rows["late_proposals"] == 1
    assert rows["withdrawn_proposals"] == 1
    assert build_intake(world.round).is_sound


def test_both_ends_of_a_changed_period_are_shown(db_session: Session) -> None:
    world = make_world(opens_at=jst(2024, 8, 5), closes_at=jst(2024, 8, 23, 23, 59, 59))
    command = ChangeClosing(closes_at=jst(2024, 8, 27, 23, 59, 59), reason="案内と合わせるため")
    change_closing(world.round, command, actor=world["lead"])

    rows = build_intake(world.round).table.rows

    assert [(row["item"], row["value"]) for row in rows[1:4]] == [
        ("募集開始日", date(2024, 8, 5)),
        ("募集期限", date(2024, 8, 27)),
        ("変更前の募集期限（1回目の変更）", date(2024, 8, 23)),
    ]


def test_published_figures_of_types_are_compared(db_session: Session) -> None:
    world = make_world()
    submit_as(world, "13000", OrgType.PREFECTURE)
    figures = {"proposals": 1, "organizations": 1, "org_type:prefecture": 2}
    publish_figures(world.round, figures, actor=world["admin"])

    comparison = build_intake(world.round).comparison

    assert comparison is not None
    assert [each.label for each in comparison.differing] == ["都道府県"]


# --- Bodies that share a proposal -----------------------------------------------------------------


def test_every_body_counts_once_in_each_line_and_in_the_real_number(db_session: Session) -> None:
    now = clock.now()
    with clock.at(now - timedelta(days=2)):
        world = make_world(closes_at=now - timedelta(days=1))
        joint, plain = make_draft(world), make_submitted(world)
        accepted_partner(world, joint)
        submit(joint, Submit(version=joint.version), actor=world["city-mgr"])
        again = make_draft(world)
        accepted_partner(world, again)
        submit(again, Submit(version=again.version), actor=world["city-mgr"])
        submit_as(world, "13000", OrgType.PREFECTURE)
    open_joining(world, plain)
    endorse(world, plain)

    rows = {row["key"]: row["value"] for row in build_intake(world.round).records.rows}

    assert rows["organizations"] == 2
    assert rows["partner_organizations"] == 1
    assert rows["joining_organizations"] == 1
    assert rows["all_organizations"] == 3


def test_who_declined_or_left_is_not_counted(db_session: Session) -> None:
    now = clock.now()
    with clock.at(now - timedelta(days=2)):
        world = make_world(closes_at=now - timedelta(days=1))
        proposal = make_draft(world)
        answer(world, name_partner(world, proposal), PartnerAnswer.DECLINED, "予算がない。")
        submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])
    open_joining(world, proposal)
    joined = endorse(world, proposal)
    withdraw_endorsement(proposal, joined.id, actor=world["other-mgr"])

    sharing = count_intake(world.round).sharing

    assert (sharing.partners, sharing.joiners, sharing.all_bodies) == (0, 0, 1)
