"""The receipt (受付票): as a document, and its news once more."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.documents import write_pdf
from app.core.errors import IllegalTransition, NotAllowed
from app.notifications.models import OutboxMessage
from app.proposals.pages.receipt_slip import content_sha256, receipt_pdf, slip_of
from app.proposals.queries import revisions_of
from app.proposals.services.receipts import resend_receipt
from tests.accounts.browser import let_in
from tests.factories import World, make_draft, make_submitted, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def test_slip_says_what_was_received_when_and_from_whom(world: World) -> None:
    case = make_submitted(world)
    revision = revisions_of(case)[0]

    slip = slip_of(case, revision)

    rows = dict(slip["rows"])
    assert (slip["heading"], slip["number"], slip["files"]) == ("受付票", "R6-0001", [])
    assert rows["提案概要"] == "公共施設の鍵を貸し出す業務の共通化"
    assert rows["提案団体"] == "甲子市（902012）"
    assert rows["受付日時"].endswith("分　期限内")
    assert rows["提出した人"] == "city-mgr"
    assert slip["content_sha256"] == content_sha256(revision)


def test_slip_names_each_file_with_its_sha256(world: World) -> None:
    case = make_submitted(world)
    revision = revisions_of(case)[0]
    revision.files = [{"name": "別紙.pdf", "sha256": "a" * 64, "size": 1_300_000}]

    slip = slip_of(case, revision)

    assert slip["files"] == [{"name": "別紙.pdf", "sha256": "a" * 64, "size": "1.3MB"}]


def test_sha256_of_the_content_changes_with_a_letter(world: World) -> None:
    case = make_submitted(world)
    revision = revisions_of(case)[0]
    before = content_sha256(revision)

    revision.content = {**revision.content, "title": "公共施設の鍵を貸し出す業務の共通化。"}

    assert content_sha256(revision) != before
    assert re.fullmatch(r"[0-9a-f]{64}", before)


def test_same_receipt_is_the_same_document(world: World) -> None:
    case = make_submitted(world)

    first, second = receipt_pdf(case), receipt_pdf(case)

    assert first.startswith(b"%PDF-")
    assert first == second


@pytest.mark.parametrize(
    "title", ['#panic("x")', '#import "/etc/passwd"', "= 見出し *a* $x$", "\\"]
)
def test_typed_text_is_never_read_as_markup(title: str) -> None:
    data = {
        "heading": "受付票",
        "number": "R6-0001",
        "rows": [["提案概要", title]],
        "files": [],
        "revision": 1,
        "content_sha256": "b" * 64,
        "steps": [title],
        "foot": title,
    }

    assert write_pdf("receipt.typ", data, made_at=clock.now()).startswith(b"%PDF-")


def test_receipt_is_sent_again_to_the_person_who_asks(world: World, db_session: Session) -> None:
    case = make_submitted(world)

    resend_receipt(case, actor=world["city"])
    db_session.commit()
    resend_receipt(case, actor=world["city"])
    db_session.commit()

    again = db_session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key.like("receipt:R6-0001:again:%"))
    ).all()
    assert [message.recipient_id for message in again] == [world["city"].id] * 2
    assert {message.subject for message in again} == {"【共通化提案】R6-0001 を受け付けました"}


def test_receipt_is_sent_to_its_body_alone(world: World) -> None:
    case = make_submitted(world)

    with pytest.raises(NotAllowed):
        resend_receipt(case, actor=world["other-mgr"])
    with pytest.raises(IllegalTransition):
        resend_receipt(make_draft(world), actor=world["city"])


@pytest.mark.parametrize(
    ("login", "status"),
    [("city", 200), ("city-mgr", 200), ("officer1", 200), ("auditor", 200), ("other", 404)],
)
def test_document_is_for_both_sides_of_the_case(
    world: World, client: FlaskClient, db_session: Session, login: str, status: int
) -> None:
    make_submitted(world)
    db_session.commit()
    let_in(client, login)

    answer = client.get("/proposals/R6-0001/receipt.pdf")

    assert answer.status_code == status
    if status == 200:
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.data.startswith(b"%PDF-")


def test_page_of_the_receipt_leads_to_the_document_and_queues_the_news(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    make_submitted(world)
    db_session.commit()
    let_in(client, "city")

    page = client.get("/proposals/R6-0001/receipt").get_data(as_text=True)
    answer = client.post("/proposals/R6-0001/receipt/resend", follow_redirects=True)

    assert "/proposals/R6-0001/receipt.pdf" in page
    assert "もう一度用意しました" in answer.get_data(as_text=True)
