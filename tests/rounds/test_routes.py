"""Pages of the rounds (募集回の画面)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import clock
from app.rounds.queries import closes_at_for
from tests.accounts.browser import let_in
from tests.factories import World, make_world

EXTENSION = {"day": "令和6年8月30日", "time": "17:00:00", "reason": "台風で庁舎が閉まったため"}


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(clock.jst(2024, 8, 20)):
        made = make_world(
            opens_at=clock.jst(2024, 8, 5), closes_at=clock.jst(2024, 8, 27, 23, 59, 59)
        )
    db_session.commit()
    return made


def test_lead_gives_one_body_a_later_end(world: World, client: FlaskClient) -> None:
    city, other = world["city"].organization_id, world["other"].organization_id
    let_in(client, "lead")

    answer = client.post("/rounds/R6/extensions/new", data={**EXTENSION, "organization_id": city})

    assert (answer.status_code, answer.location) == (302, "/rounds/R6")
    assert closes_at_for(world.round, city) == clock.jst(2024, 8, 30, 17)
    assert closes_at_for(world.round, other) == clock.jst(2024, 8, 27, 23, 59, 59)
    assert "台風で庁舎が閉まったため" in client.get("/rounds/R6").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": "2024-08-01"}, "募集回の締切より後の日時にしてください"),
        ({"day": "いつか"}, "いつか"),
        ({"time": "25時"}, "時刻は 23:59:59 のように入力してください"),
        ({"reason": ""}, "理由を入力してください"),
        ({"organization_id": "0"}, "入力内容に1件のエラーがあります"),
    ],
)
def test_wrong_extension_is_refused_with_what_was_typed(
    world: World, client: FlaskClient, changes: dict[str, str], words: str
) -> None:
    city = world["city"].organization_id
    let_in(client, "lead")
    sent = {**EXTENSION, "organization_id": str(city), **changes}

    answer = client.post("/rounds/R6/extensions/new", data=sent)

    assert answer.status_code == 422
    assert words in answer.text
    assert sent["reason"] in answer.text
    assert closes_at_for(world.round, city) == world.round.closes_at


def test_closing_of_a_round_is_moved_and_the_old_one_stays(
    world: World, client: FlaskClient
) -> None:
    let_in(client, "lead")

    answer = client.post("/rounds/R6/closing", data=EXTENSION)

    assert answer.status_code == 302
    assert world.round.closes_at == clock.jst(2024, 8, 30, 17)
    page = client.get("/rounds/R6").text
    assert "前の締切 令和6年8月27日（火）23時59分" in page


def test_round_one_looks_at_is_kept_for_the_session(world: World, client: FlaskClient) -> None:
    let_in(client, "lead")

    answer = client.post("/rounds/R6/choose")

    assert (answer.status_code, answer.location) == (302, "/")
    assert client.post("/rounds/R9/choose").status_code == 404


def test_admin_adds_a_category_in_mid_round(world: World, client: FlaskClient) -> None:
    let_in(client, "admin")
    sent = {
        "code": "F-7",
        "key": "f7",
        "group_code": "F",
        "label": "新しい分類",
        "short_label": "新分類",
        "response_policy": "別に検討する",
        "follow_up": "reference",
    }

    added = client.post("/rounds/R6/categories/new", data=sent)
    again = client.post("/rounds/R6/categories/new", data=sent)

    assert (added.status_code, again.status_code) == (302, 422)
    assert [row.code for row in world.round.scheme.categories][-1] == "F-7"
    assert "このキーは既に使われています" in again.text


def test_body_sees_no_extensions_of_others(world: World, client: FlaskClient) -> None:
    let_in(client, "city-mgr")

    assert "団体ごとの期限延長" not in client.get("/rounds/R6").text
    assert client.get("/rounds/R6/extensions/new").status_code == 403
