"""The screens of the threads (事前相談の画面)."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.consultations.models import Consultation, ConsultationState
from app.consultations.services.writing import Upload, receive_files
from app.core import clock
from app.files.models import Verdict
from app.proposals.models import Proposal
from app.rounds.services import NewRound, create_round
from tests.accounts.browser import CHANCE, enter
from tests.consultations.threads import (
    ANSWER,
    QUESTION,
    SUBJECT,
    make_answered,
    make_consultation,
    make_converted,
    make_ended,
)
from tests.factories import World, make_submitted, make_world

NOW = clock.jst(2024, 8, 20, 10)
CSV = b"a,b\r\n1,2\r\n"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def buttons_of(page: TestResponse) -> list[str]:
    return re.findall(r'<button[^>]*type="submit"[^>]*>(.*?)</button>', main_of(page))


def primary_of(page: TestResponse) -> list[str]:
    return re.findall(r'class="button button-primary"[^>]*>(.*?)<', main_of(page))


def errors_of(page: TestResponse) -> list[str]:
    return re.findall(r"＊(.*?)</p>", main_of(page))


def address(consultation: Consultation, more: str = "") -> str:
    return f"/consultations/{consultation.number}{more}"


# --- Asking ---------------------------------------------------------------------------------------


def test_new_sends_a_question_with_a_file(app: Flask, world: World, db_session: Session) -> None:
    typed = {
        "subject": SUBJECT,
        "body": QUESTION,
        "round": "R6",
        "files": (io.BytesIO(CSV), "見積.csv"),
    }

    answered = enter(app, "city").post("/consultations/new", data=typed)

    made = db_session.scalars(select(Consultation)).one()
    assert (answered.status_code, answered.location) == (302, address(made))
    assert [row.file.name for row in made.messages[0].files] == ["見積.csv"]


def test_new_keeps_what_was_typed(app: Flask, world: World, db_session: Session) -> None:
    page = enter(app, "city").post(
        "/consultations/new", data={"subject": "　", "body": QUESTION, "round": "R9"}
    )

    assert page.status_code == 422
    assert QUESTION in main_of(page)
    assert errors_of(page) == ["件名を入力してください", "募集回を一覧から選んでください"]
    assert db_session.scalars(select(Consultation)).all() == []


def test_new_refuses_a_bad_file_and_saves_nothing(
    app: Flask, world: World, db_session: Session
) -> None:
    typed = {"subject": SUBJECT, "body": QUESTION, "files": (io.BytesIO(b"MZ"), "急ぎ.exe")}

    page = enter(app, "city").post("/consultations/new", data=typed)

    assert page.status_code == 422
    assert [words.startswith("「急ぎ.exe」：") for words in errors_of(page)] == [True]
    assert db_session.scalars(select(Consultation)).all() == []


def test_p04_question_sent_twice_is_asked_once(
    app: Flask, world: World, db_session: Session
) -> None:
    typed = {"subject": SUBJECT, "body": QUESTION, "form_key": "0" * 32}
    browser = enter(app, "city")

    first = browser.post("/consultations/new", data=typed)
    second = browser.post("/consultations/new", data=typed)

    assert second.location == first.location
    assert len(db_session.scalars(select(Consultation)).all()) == 1


# --- Reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "primary"),
    [("city", []), ("officer1", ["回答する"]), ("auditor", [])],
)
def test_unanswered_thread_offers_each_its_next_step(
    app: Flask, world: World, login: str, primary: list[str]
) -> None:
    consultation = make_consultation(world)

    page = enter(app, login).get(address(consultation))

    assert page.status_code == 200
    assert primary_of(page) == primary


@pytest.mark.parametrize(
    ("login", "buttons"),
    [
        ("city", ["提案の下書きにする", "書き足して送る"]),
        ("officer1", ["回答する", "相談を終える"]),
        ("auditor", []),
    ],
)
def test_answered_thread_offers_each_its_buttons(
    app: Flask, world: World, login: str, buttons: list[str]
) -> None:
    consultation = make_answered(world)

    page = enter(app, login).get(address(consultation))

    assert buttons_of(page) == buttons
    assert ANSWER in main_of(page)


def test_body_reads_no_name_of_an_officer(app: Flask, world: World) -> None:
    consultation = make_answered(world)

    own, inner = (
        main_of(enter(app, login).get(address(consultation))) for login in ("city", "lead")
    )

    assert ("officer1" in own, "officer1" in inner) == (False, True)


def test_foreign_and_missing_threads_answer_alike(app: Flask, world: World) -> None:
    consultation = make_answered(world)
    other = enter(app, "other")
    missing = consultation.number[:-3] + "999"

    for method, more in (
        ("GET", ""),
        ("GET", "/files/x"),
        ("POST", "/messages"),
        ("POST", "/draft"),
    ):
        pages = [
            other.open(f"/consultations/{number}{more}", method=method)
            for number in (consultation.number, missing)
        ]
        told = [CHANCE.sub("", page.text).replace(consultation.number, missing) for page in pages]
        assert [page.status_code for page in pages] == [404, 404]
        assert told[0] == told[1]
        assert SUBJECT not in told[0]


def test_canary_of_one_body_reaches_no_page_of_another(app: Flask, world: World) -> None:
    consultation, _draft = make_converted(world)
    make_answered(world)
    other = enter(app, "other")

    pages = [
        other.get(path).text
        for path in (
            "/",
            "/consultations",
            "/consultations?state=answered",
            "/consultations?state=converted",
            "/proposals",
            "/similar?title=" + SUBJECT,
        )
    ]

    assert [SUBJECT in text.replace(f'value="{SUBJECT}"', "") for text in pages] == [False] * 6
    assert [consultation.number in text for text in pages] == [False] * 6


def test_list_shows_unanswered_first_with_age_and_holder(app: Flask, world: World) -> None:
    make_answered(world)
    with clock.at(NOW - timedelta(days=11)):
        waiting = make_consultation(world, "other")

    page = enter(app, "officer1").get("/consultations")

    rows = re.findall(r"<tr>\s*<td.*?</tr>", main_of(page), re.DOTALL)
    cells = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", rows[0])).split()
    assert len(rows) == 2
    assert cells == ["未回答", waiting.number, SUBJECT, "乙丑市", "令和6年", "事務局", "6開庁日"]


@pytest.mark.parametrize("query", ["?state=zz", "?page=-1", "?page=99", "?page=x", "?state=open"])
def test_list_takes_any_address(app: Flask, world: World, query: str) -> None:
    make_consultation(world)

    page = enter(app, "lead").get(f"/consultations{query}")

    assert page.status_code == 200
    assert SUBJECT in main_of(page)


def test_list_of_nothing_says_what_to_do(app: Flask, world: World) -> None:
    own, inner = (main_of(enter(app, login).get("/consultations")) for login in ("city", "lead"))

    assert "事前相談はまだありません" in own
    assert "事前相談はありません" in inner


# --- Answering, ending ----------------------------------------------------------------------------


def test_answer_is_shown_to_the_body(app: Flask, world: World) -> None:
    consultation = make_consultation(world)

    sent = enter(app, "officer1").post(
        address(consultation, "/messages"),
        data={"version": consultation.version, "body": "<b>答え</b>"},
    )

    assert sent.status_code == 302
    assert "&lt;b&gt;答え&lt;/b&gt;" in enter(app, "city").get(address(consultation)).text


def test_empty_answer_is_refused_at_its_field(app: Flask, world: World) -> None:
    consultation = make_consultation(world)

    page = enter(app, "officer1").post(
        address(consultation, "/messages"), data={"version": consultation.version, "body": " "}
    )

    assert (page.status_code, errors_of(page)) == (422, ["回答を入力してください"])


def test_late_answer_is_told_and_not_lost(app: Flask, world: World) -> None:
    consultation = make_consultation(world)
    officer = enter(app, "officer1")
    typed = {"version": consultation.version, "body": "長い回答の文です。"}
    officer.post(address(consultation, "/messages"), data={**typed, "body": "先の回答"})

    page = enter(app, "officer2").post(address(consultation, "/messages"), data=typed)

    assert page.status_code == 409
    assert "長い回答の文です。" in page.text
    assert f'href="{address(consultation)}"' in page.text


def test_end_and_take_up(app: Flask, world: World) -> None:
    consultation = make_consultation(world)
    officer = enter(app, "officer1")

    officer.post(
        address(consultation, "/end"),
        data={"version": consultation.version, "reason": "対象外のため"},
    )
    ended = main_of(enter(app, "city").get(address(consultation)))
    officer.post(address(consultation, "/take-up"), data={"version": consultation.version})

    assert "対象外のため" in ended
    assert consultation.state is ConsultationState.OPEN


def test_end_without_a_reason_opens_the_form_again(app: Flask, world: World) -> None:
    consultation = make_consultation(world)

    page = enter(app, "officer1").post(
        address(consultation, "/end"), data={"version": consultation.version}
    )

    assert (page.status_code, errors_of(page)) == (422, ["終える理由を入力してください"])
    assert '<details class="panel" open>' in page.text


@pytest.mark.parametrize("login", ["city", "auditor"])
def test_end_is_not_for_others(app: Flask, world: World, login: str) -> None:
    consultation = make_consultation(world)

    page = enter(app, login).post(address(consultation, "/end"), data={"reason": "?"})

    assert page.status_code == 403


# --- A draft out of it ----------------------------------------------------------------------------


def test_draft_takes_one_press_where_one_round_is_open(
    app: Flask, world: World, db_session: Session
) -> None:
    consultation = make_answered(world)
    city = enter(app, "city")

    sent = city.post(
        address(consultation, "/draft"), data={"version": consultation.version, "round": "R6"}
    )

    draft = db_session.scalars(select(Proposal)).one()
    assert sent.location == f"/proposals/drafts/{draft.id}"
    assert address(consultation) in city.get(sent.location).text
    assert sent.location in main_of(city.get(address(consultation)))


def test_draft_asks_for_the_round_where_two_are_open(app: Flask, world: World) -> None:
    create_round(
        world.round.scheme,
        NewRound(
            key="R7",
            label="令和7年",
            name="募集",
            opens_at=NOW,
            closes_at=NOW + timedelta(days=90),
        ),
        actor=world["admin"],
    )
    consultation = make_answered(world)
    city = enter(app, "city")

    offered = re.findall(
        r'type="radio"[^>]*value="(\w+)"( checked)?', city.get(address(consultation)).text
    )
    page = city.post(
        address(consultation, "/draft"), data={"version": consultation.version, "round": "R1"}
    )

    assert offered == [("R6", " checked"), ("R7", "")]
    assert (page.status_code, errors_of(page)) == (422, ["募集中の募集回を選んでください"])


def test_draft_is_not_offered_without_an_open_round(app: Flask, world: World) -> None:
    consultation = make_answered(world)

    with clock.at(world.round.closes_at + timedelta(days=1)):
        page = enter(app, "city").get(address(consultation))

    assert "今は募集中の募集回がありません" in main_of(page)
    assert buttons_of(page) == ["書き足して送る"]


def test_secretariat_reads_nothing_of_the_draft(app: Flask, world: World) -> None:
    consultation, draft = make_converted(world)
    draft.title = "まだ見せない概要"

    page = enter(app, "officer1").get(address(consultation))

    assert "提出されるまで、下書きは事務局には見えません" in main_of(page)
    assert "まだ見せない概要" not in page.text


# --- The case -------------------------------------------------------------------------------------


@pytest.fixture
def submitted(world: World) -> Proposal:
    """A submitted case that came of a thread."""
    consultation = make_answered(world)
    case = make_submitted(world)
    consultation.proposal = case
    return case


@pytest.mark.parametrize("login", ["city", "officer1", "lead", "auditor"])
def test_case_shows_the_thread_in_a_tab(
    app: Flask, world: World, submitted: Proposal, login: str
) -> None:
    browser = enter(app, login)
    path = f"/proposals/{submitted.receipt_number}/consultation"

    case, tab = browser.get(f"/proposals/{submitted.receipt_number}"), browser.get(path)

    assert f'href="{path}"' in case.text
    assert tab.status_code == 200
    assert [text in main_of(tab) for text in (SUBJECT, QUESTION, ANSWER)] == [True] * 3


def test_case_without_a_thread_has_no_tab(app: Flask, world: World) -> None:
    case = make_submitted(world)
    browser = enter(app, "city")

    page = browser.get(f"/proposals/{case.receipt_number}")

    assert f"{case.receipt_number}/consultation" not in page.text
    assert browser.get(f"/proposals/{case.receipt_number}/consultation").status_code == 404


def test_case_of_another_body_has_no_tab_either(
    app: Flask, world: World, submitted: Proposal
) -> None:
    page = enter(app, "other").get(f"/proposals/{submitted.receipt_number}/consultation")

    assert page.status_code == 404


# --- Files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("login", "status"), [("city", 200), ("officer1", 200), ("other", 404)])
def test_file_is_handed_to_those_who_see_the_thread(
    app: Flask, world: World, login: str, status: int
) -> None:
    files = receive_files([Upload("見積.csv", io.BytesIO(CSV))])
    consultation = make_consultation(world, files=files)
    file = consultation.messages[0].files[0].file

    path = address(consultation, f"/files/{file.public_id}")
    answered = enter(app, login).get(path, buffered=True)

    assert answered.status_code == status
    assert (answered.data == CSV) is (status == 200)


def test_file_of_another_thread_is_not_found(app: Flask, world: World) -> None:
    files = receive_files([Upload("見積.csv", io.BytesIO(CSV))])
    foreign = make_consultation(world, "other", files=files)
    own = make_consultation(world)
    public_id = foreign.messages[0].files[0].file.public_id

    answered = enter(app, "city").get(address(own, f"/files/{public_id}"))

    assert answered.status_code == 404


def test_p33_file_that_was_not_checked_has_no_link_and_is_not_served(
    app: Flask, world: World
) -> None:
    files = receive_files([Upload("見積.csv", io.BytesIO(CSV))])
    consultation = make_consultation(world, files=files)
    file = consultation.messages[0].files[0].file
    file.verdict = Verdict.INFECTED
    city = enter(app, "city")

    page = main_of(city.get(address(consultation)))

    assert file.public_id not in page
    assert "ブロック" in page
    assert city.get(address(consultation, f"/files/{file.public_id}")).status_code == 403


# --- Homes and the round --------------------------------------------------------------------------


def test_homes_tell_whose_move_it_is(app: Flask, world: World) -> None:
    make_consultation(world)
    make_answered(world)

    own, inner = (main_of(enter(app, login).get("/")) for login in ("city", "officer1"))

    assert "事前相談への回答" in own
    assert "事前相談が1件、回答を待っています" in inner


def test_round_lists_what_led_to_no_draft_once_it_is_over(app: Flask, world: World) -> None:
    make_converted(world)
    ended, waiting = make_ended(world), make_consultation(world)

    before = main_of(enter(app, "lead").get("/rounds/R6"))
    with clock.at(world.round.closes_at + timedelta(seconds=1)):
        after = main_of(enter(app, "lead").get("/rounds/R6"))
        home = main_of(enter(app, "lead").get("/"))
        for_admin = main_of(enter(app, "admin").get("/rounds/R6"))
        for_body = main_of(enter(app, "city").get("/rounds/R6"))

    numbers = [ended.number, waiting.number]
    assert "提案にならなかった事前相談" not in before
    assert re.findall(r'href="/consultations/([\w-]+)"', after) == numbers[::-1]
    assert "提案にならず続いている事前相談が1件あります" in home
    assert [number in for_admin for number in numbers] == [True, True]
    assert SUBJECT not in for_admin
    assert "提案にならなかった事前相談" not in for_body
