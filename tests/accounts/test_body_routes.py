"""Pages of the bodies (団体の画面): the manager's own one, and all for the administrator."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Invitation, MasterDataRequest, Organization, Role, User
from app.accounts.queries import find_body, find_user
from app.core import clock
from tests.accounts.browser import CHANCE, is_signed_in, let_in, sign_in
from tests.factories import World, make_draft, make_user, make_world

NOON = clock.jst(2026, 6, 1, 12)


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def body_id(world: World, login: str = "city") -> int:
    return world[login].organization_id


def change_person(client: FlaskClient, login: str) -> None:
    client.post("/logout")
    let_in(client, login)


def version_in(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found is not None
    return found[1]


# --- The manager's own body ---------------------------------------------------------------------


def test_manager_finds_people_and_settings_of_the_own_body(
    world: World, client: FlaskClient
) -> None:
    let_in(client, "city-mgr")

    page = client.get("/organization")

    assert page.status_code == 200
    assert "利用者を招待する" in page.text
    assert f"/users/{world['city'].id}" in page.text
    assert f"/users/{world['other'].id}" not in page.text
    assert "合併・廃止を記録する" not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/organizations/{body}",
        "/organizations/{body}/closures",
        "/organizations/{body}/corrections",
        "/organizations/{body}/invitations/new",
        "/users/{user}",
        "/users/{user}/handover",
    ],
)
def test_p25_other_bodies_and_missing_ones_answer_alike(
    world: World, client: FlaskClient, path: str
) -> None:
    let_in(client, "city-mgr")

    with clock.at(NOON):
        pages = [
            client.get(path.format(body=body, user=user))
            for body, user in (
                (body_id(world, "other"), world["other"].id),
                (body_id(world, "ministry"), world["officer1"].id),
                (99999, 99999),
            )
        ]

    told = {CHANCE.sub("", page.text) for page in pages}
    assert [page.status_code for page in pages] == [404, 404, 404]
    assert len(told) == 1


def test_approval_is_switched_on_and_a_stale_page_changes_nothing(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    let_in(client, "city-mgr")
    seen = version_in(client.get("/organization").text)
    path = f"/organizations/{body_id(world)}/approval"

    first = client.post(path, data={"version": seen, "requires_approval": "y"})
    second = client.post(path, data={"version": seen})

    assert (first.status_code, second.status_code) == (302, 409)
    assert db_session.get_one(Organization, body_id(world)).requires_approval


def test_closed_day_is_added_listed_and_removed(world: World, client: FlaskClient) -> None:
    path = f"/organizations/{body_id(world)}/closures"
    with clock.at(NOON):
        let_in(client, "city-mgr")
        added = client.post(path, data={"day": "R8.11.20", "name": "市制施行記念日"})
        listed = client.get(path).text
        removed = client.post(f"{path}/remove", data={"day": "2026-11-20"})
        gone = client.post(f"{path}/remove", data={"day": "2026-11-20"})
        garbled = client.post(f"{path}/remove", data={"day": "昨日"})

    assert "令和8年11月20日（金）" in listed
    assert [row.status_code for row in (added, removed, gone, garbled)] == [302, 302, 404, 404]


def test_weekend_as_closed_day_keeps_what_was_typed(world: World, client: FlaskClient) -> None:
    with clock.at(NOON):
        let_in(client, "city-mgr")
        page = client.post(
            f"/organizations/{body_id(world)}/closures", data={"day": "R8.6.6", "name": "休み"}
        )

    assert page.status_code == 422
    assert "は全国で閉庁日です（土曜日）" in page.text
    assert 'value="R8.6.6"' in page.text


def test_correction_is_asked_for_and_answered(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    let_in(client, "city-mgr")
    client.post(f"/organizations/{body_id(world)}/corrections", data={"text": "中核市です。"})
    asked = db_session.scalars(select(MasterDataRequest)).one()
    change_person(client, "admin")
    listed = client.get("/organizations/requests").text
    path = f"/organizations/requests/{asked.id}"
    without_reason = client.post(path, data={"decision": "declined"})
    answered = client.post(path, data={"decision": "declined", "answer": "令和9年からです。"})
    again = client.post(path, data={"decision": "done"})
    change_person(client, "city-mgr")
    told = client.get(f"/organizations/{body_id(world)}/corrections").text

    assert "中核市です。" in listed
    statuses = [row.status_code for row in (without_reason, answered, again)]
    assert statuses == [422, 302, 409]
    assert "令和9年からです。" in told


# --- Invitations --------------------------------------------------------------------------------

INVITATION = {"display_name": "担当者2", "email": "new@example.com", "roles": ["proposer"]}


def link_in(page: str) -> str:
    found = re.search(r"/invitation\?token=[\w-]+", page)
    assert found is not None
    return found[0]


def test_p41_invited_person_registers_and_signs_in(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    let_in(client, "city-mgr")
    shown = client.post(f"/organizations/{body_id(world)}/invitations/new", data=INVITATION)
    link = link_in(shown.text)
    client.post("/logout")
    opened = client.get(link)
    token = link.partition("=")[2]
    wanted = {"token": token, "login": "newcomer", "password": "a password of my own"}
    bad = client.post("/invitation", data={**wanted, "login": "New Comer"})
    done = client.post("/invitation", data=wanted)
    again = client.post("/invitation", data={**wanted, "login": "newcomer2"})
    sign_in(client, "newcomer", "a password of my own")

    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    assert "甲子市から招待されています" in opened.text
    assert [row.status_code for row in (bad, done, again)] == [422, 302, 404]
    assert is_signed_in(client)
    user = find_user("newcomer")
    assert user is not None
    assert (user.organization_id, user.roles) == (body_id(world), {Role.PROPOSER})


def test_p38_unknown_used_and_expired_links_answer_alike(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    links = []
    with clock.at(NOON):
        let_in(client, "city-mgr")
        path = f"/organizations/{body_id(world)}/invitations/new"
        for name in ("a", "b"):
            page = client.post(path, data={**INVITATION, "email": f"{name}@example.com"})
            links.append(link_in(page.text))
        invitation = db_session.scalars(select(Invitation).order_by(Invitation.id)).first()
        assert invitation is not None
        client.post(f"/organizations/{body_id(world)}/invitations/{invitation.id}/revoke")
        client.post("/logout")
    with clock.at(clock.jst(2026, 6, 9, 12)):
        pages = [client.get(link) for link in (*links, "/invitation?token=nobody", "/invitation")]

    told = {CHANCE.sub("", page.text) for page in pages}
    assert [page.status_code for page in pages] == [404] * 4
    assert len(told) == 1


def test_invitation_form_keeps_what_was_typed(world: World, client: FlaskClient) -> None:
    let_in(client, "city-mgr")

    page = client.post(
        f"/organizations/{body_id(world)}/invitations/new",
        data={"display_name": "担当者2", "email": "no address", "ends_on": "昨日"},
    )

    assert page.status_code == 422
    for words in ('value="担当者2"', 'value="no address"', "メールアドレスの形を確かめてください"):
        assert words in page.text


def test_link_of_another_body_cannot_be_revoked(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    let_in(client, "other-mgr")
    client.post(f"/organizations/{body_id(world, 'other')}/invitations/new", data=INVITATION)
    invitation = db_session.scalars(select(Invitation)).one()
    change_person(client, "city-mgr")

    statuses = [
        client.post(f"/organizations/{organization}/invitations/{invitation.id}/revoke").status_code
        for organization in (body_id(world), body_id(world, "other"))
    ]

    assert statuses == [404, 404]
    assert invitation.ended_at is None


# --- People -------------------------------------------------------------------------------------


def test_manager_runs_the_people_of_the_own_body(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    let_in(client, "city-mgr")
    path = f"/users/{world['city'].id}"

    statuses = [
        client.post(f"{path}/roles", data={"roles": ["observer"]}).status_code,
        client.post(f"{path}/last-day", data={"ends_on": "R99.3.31"}).status_code,
        client.post(f"{path}/last-day", data={"ends_on": "昨日"}).status_code,
        client.post(f"{path}/password", data={"password": "another long password"}).status_code,
        client.post(f"{path}/disable").status_code,
        client.post(f"{path}/enable").status_code,
    ]

    user = db_session.get_one(User, world["city"].id)
    assert statuses == [302, 302, 422, 302, 302, 302]
    assert (user.roles, user.ends_on) == ({Role.OBSERVER}, date(2117, 3, 31))


def test_p28_running_session_of_a_disabled_person_is_dead(
    world: World, client: FlaskClient
) -> None:
    theirs = client.application.test_client()
    let_in(theirs, "city")
    before = is_signed_in(theirs)
    let_in(client, "city-mgr")

    client.post(f"/users/{world['city'].id}/disable")

    assert (before, is_signed_in(theirs)) == (True, False)


def test_last_manager_is_refused_in_words(world: World, client: FlaskClient) -> None:
    let_in(client, "city-mgr")

    page = client.post(f"/users/{world['city-mgr'].id}/roles", data={"roles": ["proposer"]})

    assert page.status_code == 422
    assert "利用の末日のない有効な管理者が1人以上必要です" in page.text


# --- The register -------------------------------------------------------------------------------


def test_administrator_adds_renames_and_merges(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    let_in(client, "admin")
    added = client.post(
        "/organizations/new",
        data={
            "code": "908011",
            "name": "甲乙広域連合",
            "org_type": "union",
            "valid_from": "R8.4.1",
        },
    )
    body = find_body("908011")
    assert body is not None
    path = f"/organizations/{body.id}"

    def change(action: str, **fields: str) -> int:
        version = version_in(client.get(f"{path}/{action}").text)
        data = {"version": version, **fields}
        return client.post(f"{path}/{action}", data=data).status_code

    renamed = change("name", name="甲乙丙広域連合", valid_from="R8.5.1")
    retyped = change("type", org_type="city", valid_from="R9.4.1")
    nobody = change("end", dissolved_on="R30.4.1", successor="999999")
    merged = change("end", dissolved_on="R30.4.1", successor="902012")
    page = client.get(path).text
    version = version_in(page)
    kept = client.post(f"{path}/keep", data={"version": version}).status_code

    assert added.location == path
    assert [renamed, retyped, nobody, merged, kept] == [302, 302, 422, 302, 302]
    assert "甲子市と合併する予定です" in page
    assert db_session.get_one(Organization, body.id).dissolved_on is None


def test_register_is_searched_and_paged(world: World, client: FlaskClient) -> None:
    let_in(client, "admin")

    found = client.get("/organizations?q=902012").text
    nothing = client.get("/organizations?q=ない団体&page=999999999999").text

    assert "甲子市" in found
    assert "乙丑市" not in found.partition("<tbody>")[2]
    assert "該当する団体はありません" in nothing


def test_user_of_the_body_is_preselected_for_direct_registration(
    world: World, client: FlaskClient
) -> None:
    let_in(client, "admin")

    page = client.get(f"/users/new?organization={body_id(world)}").text

    assert re.search(rf'<option selected value="{body_id(world)}">', page)


# --- Handover -----------------------------------------------------------------------------------


def test_manager_hands_over_and_ends_the_account_on_one_page(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    draft = make_draft(world, title="引き継ぐ下書き")
    second = make_user("city2", world["city"].organization, Role.PROPOSER)
    db_session.commit()
    let_in(client, "city-mgr")
    path = f"/users/{world['city'].id}/handover"
    shown = client.get(path).text
    wanted = {
        "proposal_ids": [draft.id],
        "successor_id": second.id,
        "note": "4月から頼みます。",
        "ends_on": "R99.3.31",
    }

    nobody = client.post(path, data={**wanted, "successor_id": ""})
    done = client.post(path, data=wanted)

    assert "引き継ぐ下書き" in shown
    assert (nobody.status_code, done.status_code) == (422, 302)
    assert "手元の仕事はありません" in client.get(path).text
    assert "引き継ぐ下書き" in client.get(f"/users/{second.id}/handover").text
    assert db_session.get_one(User, world["city"].id).ends_on == date(2117, 3, 31)


def test_administrator_hands_over_without_reading_the_drafts(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    make_draft(world, title="秘密の下書き")
    db_session.commit()
    let_in(client, "admin")

    page = client.get(f"/users/{world['city'].id}/handover").text

    assert "（内容は団体だけが読めます）" in page
    assert "秘密の下書き" not in page


def test_case_that_moved_meanwhile_is_told_in_words(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    second = make_user("city2", world["city"].organization, Role.PROPOSER)
    db_session.commit()
    let_in(client, "city-mgr")

    pages = [
        client.post(
            f"/users/{world['city'].id}/handover",
            data={"proposal_ids": [number], "successor_id": second.id},
        )
        for number in ("9999", "9" * 30, "昨日")
    ]

    assert [page.status_code for page in pages] == [422, 422, 422]
    assert "開いている間に、手元の仕事が変わりました（1件）" in pages[0].text


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
@pytest.mark.parametrize(
    "path",
    [
        "/organizations/{}",
        "/organizations/{}/closures",
        "/organizations/requests/{}",
        "/users/{}/handover",
    ],
)
def test_number_that_no_table_can_hold_is_not_found(
    world: World, client: FlaskClient, path: str, number: int
) -> None:
    let_in(client, "admin")

    assert client.get(path.format(number)).status_code == 404


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 5000, "１"])
def test_garbled_version_is_a_stale_page(world: World, client: FlaskClient, version: str) -> None:
    let_in(client, "admin")
    path = f"/organizations/{body_id(world)}"

    statuses = [
        client.post(f"{path}/{action}", data={"version": version}).status_code
        for action in ("keep", "approval")
    ]

    assert statuses == [409, 409]
