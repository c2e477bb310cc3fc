"""What the public reads, and from when on (公表資料の画面)."""

import csv
import hashlib
import io
import json
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.extensions import db
from app.public.services import WithdrawPublication, withdraw_publication
from tests.accounts.browser import CHANCE, enter
from tests.factories import World, declare_conflict, make_classified, make_closed
from tests.public.conftest import NOW
from tests.public.copies import make_copy, make_published

HOUR = NOW + timedelta(minutes=1)
ADDRESSES = (
    "/",
    "/public",
    "/public/proposals",
    "/public/proposals?q=鍵",
    "/public/proposals/R6-0001",
    "/public/data/",
    "/public/data/R6/proposals.csv",
    "/public/data/R6/proposals.json",
    "/public/data/R6/answers.json",
    "/public/data/R6/candidates.csv",
    "/public/data/R6/schema.json",
    "/public/data/R6/SHA256SUMS",
)
STRANGERS = ("city", "other-mgr", "ministry", "observer")


def read_all(client: FlaskClient) -> dict[str, tuple[int, str]]:
    answers = {address: client.get(address) for address in ADDRESSES}
    assert {answer.headers["Cache-Control"] for answer in answers.values()} == {"no-store"}
    return {
        address: (answer.status_code, CHANCE.sub("", answer.get_data(as_text=True)))
        for address, answer in answers.items()
    }


def test_p26_nothing_is_read_a_second_before_the_hour(app: Flask, world: World) -> None:
    readers = {login: enter(app, login) for login in STRANGERS} | {"": app.test_client()}
    proposal = make_closed(world)
    db.session.commit()
    nothing = {login: read_all(client) for login, client in readers.items()}
    make_published(world, proposal, at=HOUR)
    db.session.commit()

    with clock.at(HOUR - timedelta(seconds=1)):
        before = {login: read_all(client) for login, client in readers.items()}
    with clock.at(HOUR):
        on_the_hour = read_all(readers[""])
    with clock.at(HOUR + timedelta(seconds=1)):
        after = read_all(readers["city"])

    assert before == nothing
    assert {status for status, _text in on_the_hour.values()} == {200}
    assert {status for status, _text in after.values()} == {200}


def test_withdrawn_case_answers_gone_without_its_content(world: World, client: FlaskClient) -> None:
    copy = make_published(world)
    announced = make_published(world, make_closed(world), at=HOUR)
    for row in (copy, announced):
        withdraw_publication(row.proposal, WithdrawPublication(reason="誤り"), actor=world["lead"])
    db.session.commit()

    page = client.get(f"/public/proposals/{copy.receipt_number}")

    assert page.status_code == 410
    assert "公表を取りやめました" in page.text
    assert copy.content["title"] not in page.text
    assert "誤り" not in page.text
    # One that never was public is not spoken of.
    assert client.get(f"/public/proposals/{announced.receipt_number}").status_code == 404


def test_totals_of_the_page_equal_the_files_and_their_checksums(
    world: World, client: FlaskClient
) -> None:
    make_published(world, outcome="=1+1")
    make_published(world, make_closed(world), at=HOUR)
    make_published(world, make_closed(world))
    db.session.commit()

    listed = client.get("/public/proposals").text
    raw = client.get("/public/data/R6/proposals.csv").data
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    data = json.loads(client.get("/public/data/R6/proposals.json").data)
    schema = json.loads(client.get("/public/data/R6/schema.json").data)
    sums = dict(
        line.split("  ")[::-1]
        for line in client.get("/public/data/R6/SHA256SUMS").text.splitlines()
    )

    numbers = [row["受付番号"] for row in rows]
    assert numbers == ["R6-0001", "R6-0003"]
    assert [row["receipt_number"] for row in data["rows"]] == numbers
    assert [number for number in ("R6-0001", "R6-0002", "R6-0003") if number in listed] == numbers
    assert "全2件" in listed
    assert rows[0]["結果"] == "'=1+1"
    assert schema["tables"][0]["rows"] == 2
    assert [column["titles"] for column in schema["tables"][0]["tableSchema"]["columns"]] == list(
        rows[0]
    )
    assert sums["proposals.csv"] == hashlib.sha256(raw).hexdigest()
    assert len(sums) == 7


def test_unknown_filters_and_pages_are_no_filters(world: World, client: FlaskClient) -> None:
    make_published(world)
    db.session.commit()

    odd = client.get("/public/proposals?round=X&category=%25&state=open&page=９９&ministry=x")
    far = client.get("/public/proposals?page=999999&q=鍵")
    none = client.get("/public/proposals?q=ありません")

    assert "R6-0001" in odd.text
    assert "R6-0001" in far.text
    assert "条件に合う提案はありません" in none.text
    assert client.get("/public/proposals/%0D").status_code == 404
    assert client.get("/public/data/R6/secret.csv").status_code == 404


def test_lead_publishes_what_the_preview_shows_and_the_public_reads_the_same(
    app: Flask, world: World, client: FlaskClient
) -> None:
    copy = make_copy(world, make_closed(world))
    db.session.commit()
    lead = enter(app, "lead")

    desk = lead.get("/publications")
    review = lead.get(f"/publications/review?id={copy.id}")
    refused = lead.post(
        "/publications/review",
        data={"seen": f"{copy.id}:{copy.version}", "day": "令和6年13月1日", "time": "10:00"},
    )
    done = lead.post("/publications/review", data={"seen": f"{copy.id}:{copy.version}"})
    page = client.get("/public/proposals/R6-0001")

    assert "R6-0001" in desk.text
    assert refused.status_code == 422
    assert done.status_code == 302
    for words in ("対象候補として検討します。", "市（指定都市・中核市除く。）"):
        assert words in review.text
        assert words in page.text
    assert "甲子市" not in page.text


def test_officer_words_a_copy_on_the_page_and_reads_what_is_wrong(app: Flask, world: World) -> None:
    proposal = make_closed(world)
    db.session.commit()
    officer = enter(app, "officer1")
    form = officer.get("/publications/new/R6-0001")
    data = {"version": proposal.version, "copy_title": "鍵の貸出し", "copy_outcome": "甲子市"}
    texts = {f"copy_text-{n}": "（略）" for n in range(form.text.count('id="copy_text-'))}

    wrong = officer.post("/publications/new/R6-0001", data=data | texts)

    assert wrong.status_code == 422
    assert "提案した団体の名前（甲子市）が入っています" in wrong.text


def test_case_with_a_conflict_is_hidden_on_the_desk(app: Flask, world: World) -> None:
    copy = make_copy(world, make_closed(world))
    declare_conflict(world["lead"], proposal=copy.proposal)
    db.session.commit()
    lead = enter(app, "lead")

    assert "R6-0001" not in lead.get("/publications").text
    assert lead.get(f"/publications/{copy.id}").status_code == 404
    assert lead.get(f"/publications/review?id={copy.id}").status_code == 404
    assert lead.get("/publications/new/R6-0001").status_code == 404


def test_manager_says_what_may_be_published(app: Flask, world: World) -> None:
    make_classified(world)
    db.session.commit()
    manager = enter(app, "city-mgr")
    address = "/proposals/R6-0001/publication-consent"

    first = manager.post(address, data={"version": 0, "is_named": "y"})
    stale = manager.post(address, data={"version": 0})

    assert (first.status_code, stale.status_code) == (302, 409)
    assert "checked" in manager.get(address).text
    assert enter(app, "other-mgr").get(address).status_code == 404
