"""People from outside (P52, G12, G13): a contract, an end to the second, reading alone, reports."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import OutsiderKind, Role, User
from app.accounts.queries import find_user, users_with_role
from app.accounts.services.users import (
    change_roles,
    disable_user,
    set_last_day,
)
from app.audit.models import AuditEvent, ReadLog
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.outsiders.gate import OWN_ACTS
from app.outsiders.models import OutsiderReport
from app.outsiders.queries import PAGE
from app.outsiders.services import report_month
from app.triage.services.assign import Assign, assign
from tests.accounts.browser import enter, sign_in
from tests.architecture.test_endpoints import PUBLIC_ENDPOINTS
from tests.factories import World, make_accepted, make_submitted, make_world
from tests.outsiders.people import make_outsider

START = clock.jst(2024, 8, 20, 10)
END = clock.jst(2024, 8, 20, 17)
SECOND = timedelta(seconds=1)
TABLE = "/reports/classification?format=csv"


@pytest.fixture
def world(app: Flask, db_session: Session) -> Iterator[World]:
    app.extensions["read_log"].clear()
    with clock.at(START):
        world = make_world()
        db_session.commit()
        yield world
    app.extensions["read_log"].clear()


def form(world: World, **changes: str) -> dict[str, str]:
    """What the form of a new outsider sends."""
    return {
        "kind": "contractor",
        "affiliation": "株式会社試験",
        "contract_number": "委託6-12",
        "ends_on": "令和6年8月20日",
        "ends_time": "17:00",
        "supervisor_id": str(world["officer1"].id),
        "login": "outside",
        "display_name": "委託先の担当",
        "roles": "officer",
        "password": "long enough for a password",
    } | changes


def new_path(world: World) -> str:
    return f"/organizations/{world['officer1'].organization_id}/outsiders/new"


def test_p52_outsider_is_registered_by_the_form(app: Flask, world: World) -> None:
    with clock.at(START):
        answer = enter(app, "admin").post(new_path(world), data=form(world))

    row = find_user("outside")
    assert row is not None
    assert answer.status_code == 302
    assert (row.outsider_kind, row.contract_number) == (OutsiderKind.CONTRACTOR, "委託6-12")
    assert (row.access_ends_at, row.supervisor_id) == (END, world["officer1"].id)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("contract_number", "　", "契約番号を入力してください"),
        ("ends_on", "", "利用を終える日を入力してください"),
        ("ends_on", "令和6年8月19日", "今より後にしてください"),
        ("ends_on", "令和8年8月19日", "1年以内にしてください"),
        ("ends_time", "夕方", "時刻は、8:00"),
        ("supervisor_id", "0", "監督者"),
        ("supervisor_id", "x", "選"),
        ("roles", "lead", "選"),
    ],
)
def test_p52_outsider_without_its_terms_cannot_be_made(
    app: Flask, world: World, field: str, value: str, words: str
) -> None:
    with clock.at(START):
        answer = enter(app, "admin").post(new_path(world), data=form(world, **{field: value}))

    assert answer.status_code == 422
    assert words in "".join(re.findall("＊(.*?)<", answer.text))
    assert find_user("outside") is None


@pytest.mark.parametrize(
    "change",
    [
        "contract_number = NULL",
        "contract_number = ' '",
        "access_ends_at = NULL",
        "supervisor_id = NULL",
        "supervisor_id = id",
        "outsider_kind = NULL",
    ],
)
def test_p52_database_refuses_an_outsider_without_its_terms(
    db_session: Session, world: World, change: str
) -> None:
    outsider = make_outsider(world["officer1"], ends_at=clock.now() + timedelta(days=1))

    with pytest.raises(IntegrityError), db_session.begin_nested():
        db_session.execute(
            text(f"UPDATE user_account SET {change} WHERE id = :id"), {"id": outsider.id}
        )


def test_p52_access_ends_at_the_second(app: Flask, world: World) -> None:
    with clock.at(START):
        make_outsider(world["officer1"], ends_at=END)
    with clock.at(END - SECOND):
        browser = enter(app, "outside")
        last = browser.get("/triage")
    with clock.at(END):
        over = browser.get("/triage")
        told = sign_in(app.test_client(), "outside")
        guessed = sign_in(app.test_client(), "outside", "not the password at all")

    assert last.status_code == 200
    assert (over.status_code, over.location.partition("?")[0]) == (302, "/login")
    assert "8月20日（火）17時00分に終わりました" in told.text
    assert "officer1" in told.text
    assert "に終わりました" not in guessed.text
    assert "ログインIDまたはパスワードが違います" in guessed.text


def test_p52_outsider_reads_and_changes_nothing(app: Flask, world: World) -> None:
    with clock.at(START):
        case = make_submitted(world)
        make_outsider(world["officer1"], ends_at=END)
        state, version = case.state, case.version
        browser = enter(app, "outside")
        page = browser.get(f"/proposals/{case.receipt_number}")
        refused = browser.post(
            f"/proposals/{case.receipt_number}/accept",
            data={"version": version, "note": "受理してよいと思います。理由は別紙のとおり。"},
        )

    assert page.status_code == 200
    assert "部外者として閲覧中" in page.text
    assert "令和6年8月20日（火）17時00分まで" in page.text
    assert refused.status_code == 403
    assert "理由は別紙のとおり" in refused.text
    assert (case.state, case.version) == (state, version)
    assert count("outsider.refuse") == 1


def test_p52_every_post_but_those_on_the_own_account_is_refused(app: Flask, world: World) -> None:
    make_outsider(world["officer1"], ends_at=END)
    db.session.commit()
    browser = enter(app, "outside")
    # Whoever is out is asked to sign in, not refused.
    left_out = PUBLIC_ENDPOINTS | {"accounts.logout"}
    doors = {
        rule.rule: rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and not rule.arguments and rule.endpoint not in left_out
    }
    through = {end for path, end in doors.items() if browser.post(path).status_code != 403}

    assert through <= OWN_ACTS
    assert {"incidents.new", "accounts.own_password"} <= through
    assert len(doors) > 20


def test_p52_no_file_leaves_with_an_outsider(app: Flask, world: World) -> None:
    make_outsider(world["officer1"], ends_at=END)
    inside = enter(app, "officer1").get(TABLE)
    outside = enter(app, "outside").get(TABLE)

    assert (inside.status_code, "Content-Disposition" in inside.headers) == (200, True)
    assert (outside.status_code, "Content-Disposition" in outside.headers) == (403, False)
    assert "取り出せません" in outside.text
    assert (count("outsider.refuse"), count("download.hand_out")) == (1, 1)


def test_p52_outsider_gets_neither_work_nor_news(world: World) -> None:
    with clock.at(START):
        outsider = make_outsider(world["officer1"], ends_at=END)
        case = make_accepted(world)
        command = Assign(version=case.version, reviewer_ids=(outsider.id,))

        with pytest.raises(InvalidInput):
            assign(case, command, actor=world["lead"])
        assert outsider.id not in {
            row.id for row in db.session.scalars(users_with_role(Role.OFFICER))
        }


def test_p52_outsider_gets_no_deciding_role(world: World) -> None:
    with clock.at(START):
        outsider = make_outsider(world["officer1"], ends_at=END)

        for role in (Role.LEAD, Role.ADMIN, Role.AUDITOR):
            with pytest.raises(InvalidInput) as refused:
                change_roles(outsider, (role,), actor=world["admin"])
            assert "部外者に付けられません" in refused.value.errors["roles"][0]


def test_p52_supervisor_stays_as_long_as_the_outsider(world: World) -> None:
    with clock.at(START):
        outsider = make_outsider(world["officer1"], ends_at=END)
        supervisor = world["officer1"]

        with pytest.raises(NotAllowed, match="監督者です"):
            disable_user(supervisor, actor=world["admin"])
        outsider.access_ends_at = END + timedelta(days=3)
        with pytest.raises(NotAllowed, match="監督者です"):
            set_last_day(supervisor, END.date(), actor=world["admin"])
        set_last_day(supervisor, END.date() + timedelta(days=3), actor=world["admin"])


def test_p52_change_of_terms_ends_the_session(app: Flask, world: World) -> None:
    changed = {"ends_on": "2024-08-21", "supervisor_id": "", "contract_number": "委託6-13"}
    with clock.at(START):
        outsider = make_outsider(world["officer1"], ends_at=END)
        changed["supervisor_id"] = str(world["lead"].id)
        browser = enter(app, "outside")
        answer = enter(app, "admin").post(
            f"/outsiders/{outsider.id}/terms", data=form(world, **changed)
        )
        after = browser.get("/triage")

    assert (answer.status_code, after.status_code) == (302, 302)
    assert (outsider.contract_number, outsider.supervisor_id) == ("委託6-13", world["lead"].id)
    assert outsider.access_ends_at == END + timedelta(days=1)


def test_p52_report_of_the_month_equals_trail_and_readings(app: Flask, world: World) -> None:
    with clock.at(START):
        outsider = make_outsider(world["officer1"], ends_at=clock.jst(2024, 9, 30))
        numbers = [make_submitted(world).receipt_number for _ in range(2)]
    for hour in (1, 23):
        with clock.at(clock.jst(2024, 8, 31, hour)):
            browser = enter(app, "outside")
            for number in numbers:
                browser.get(f"/proposals/{number}").close()
            browser.post(f"/proposals/{numbers[0]}/accept").close()
    with clock.at(clock.jst(2024, 9, 1, 0, 1)):
        enter(app, "outside").get(f"/proposals/{numbers[0]}").close()
    tick = clock.jst(2024, 9, 1, 6, 30)
    with clock.at(tick):
        made, again = report_month(tick), report_month(tick)
        report = db.session.scalars(select(OutsiderReport)).one()
        page = enter(app, "officer1").get(f"/outsiders/{outsider.id}")
        stranger = enter(app, "officer2").get(f"/outsiders/{outsider.id}")

    august = (clock.jst(2024, 8, 1), clock.jst(2024, 9, 1))
    acts = acts_of(outsider, *august)
    assert (made, again) == (1, 0)
    assert (report.sign_ins, report.refusals) == (acts["user.sign_in"], acts["outsider.refuse"])
    assert (report.sign_ins, report.refusals) == (2, 2)
    assert (report.pages, report.cases) == (len(pages_of(outsider, *august)), 2)
    assert report.pages == 2
    assert letters() == [world["officer1"].id]
    assert "令和6年8月" in page.text
    assert stranger.status_code == 404


def acts_of(outsider: User, first: datetime, after: datetime) -> Counter[str]:
    """What the trail says, counted row by row."""
    rows = db.session.scalars(select(AuditEvent).where(AuditEvent.actor_id == outsider.id))
    return Counter(row.verb for row in rows if first <= row.occurred_at < after)


def pages_of(outsider: User, first: datetime, after: datetime) -> set[tuple[int, str]]:
    """What the readings say, row by row."""
    rows = db.session.scalars(select(ReadLog).where(ReadLog.user_id == outsider.id))
    return {(r.slot, r.part) for r in rows if first <= r.read_at < after and r.subject_type == PAGE}


def letters() -> list[int]:
    """Who was told that a report was made."""
    statement = select(OutboxMessage.recipient_id).where(OutboxMessage.letter == "outsider_report")
    return list(db.session.scalars(statement))


def count(verb: str) -> int:
    """Entries of one kind of act."""
    return len(list(db.session.scalars(select(AuditEvent).where(AuditEvent.verb == verb))))
