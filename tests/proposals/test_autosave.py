"""Saving by itself while somebody types (自動保存): nothing lost, nothing doubled."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import clock
from app.proposals.models import Proposal
from app.proposals.services.late import RequestLate, request_late_submission
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import World, make_draft, make_returned, make_submitted, make_world
from tests.proposals.saving import drafts_of, entries_of, hidden_of, new_key, typed

NOW = clock.jst(2024, 8, 20, 9, 5)
NEW = "/proposals/new/autosave"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world(
            opens_at=clock.jst(2024, 8, 5), closes_at=clock.jst(2024, 8, 27, 23, 59, 59)
        )
        db_session.commit()
        yield world


def autosave(browser: FlaskClient, draft: Proposal, version: int, **values: object) -> TestResponse:
    address = f"/proposals/drafts/{draft.id}/autosave"
    viewpoints = "is_viewpoint_new_issue"  # as it stands in the draft
    return browser.post(address, data={"version": version, "viewpoints": viewpoints, **values})


def draft_of(world: World, session: Session, **values: object) -> Proposal:
    draft = make_draft(world, **values)
    session.commit()
    return draft


# --- A new proposal -----------------------------------------------------------------------------


def test_first_autosave_makes_the_draft_and_names_its_address(
    app: Flask, world: World, db_session: Session
) -> None:
    answer = enter(app, "city").post(NEW, data={"title": "鍵", "draft_key": new_key()})

    (draft,) = drafts_of(db_session)
    assert answer.json == {
        "words": "9時05分に下書き保存",
        "version": 1,
        "place": f"/proposals/drafts/{draft.id}",
        "autosave": f"/proposals/drafts/{draft.id}/autosave",
    }
    assert (draft.title, draft.state, draft.organization_id) == (
        "鍵",
        State.DRAFT,
        world["city"].organization_id,
    )


def test_p04_second_autosave_of_a_page_goes_on_with_its_draft(
    app: Flask, world: World, db_session: Session
) -> None:
    browser, key = enter(app, "city"), new_key()
    browser.post(NEW, data={"title": "鍵", "draft_key": key, "sequence": 1})

    answer = browser.post(NEW, data={"title": "鍵の貸出し", "draft_key": key, "sequence": 2})

    (draft,) = drafts_of(db_session)
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    assert draft.title == "鍵の貸出し"


def test_p04_button_of_a_page_goes_on_with_the_draft_of_its_autosave(
    app: Flask, world: World, db_session: Session
) -> None:
    browser, key = enter(app, "city"), new_key()
    browser.post(NEW, data={"title": "鍵", "draft_key": key, "sequence": 1})
    browser.post(NEW, data={"title": "鍵の", "draft_key": key, "sequence": 2})

    answer = browser.post("/proposals/new", data=typed(title="鍵の貸出し", form_key=key))

    (draft,) = drafts_of(db_session)
    assert (answer.status_code, answer.location) == (302, f"/proposals/drafts/{draft.id}")
    assert draft.title == "鍵の貸出し"


def test_autosave_of_nothing_makes_no_draft(app: Flask, world: World, db_session: Session) -> None:
    answer = enter(app, "city").post(NEW, data={"title": "　", "draft_key": new_key()})

    assert (answer.status_code, answer.json["can_merge"]) == (422, False)
    assert drafts_of(db_session) == []


def test_autosave_outside_a_round_says_so(app: Flask, world: World, db_session: Session) -> None:
    with clock.at(world.round.closes_at + timedelta(days=1)):
        answer = enter(app, "city").post(NEW, data={"title": "鍵"})

    assert answer.status_code == 409
    assert answer.json["words"] == "今は提案を募集していないため、保存していません。"


def test_form_of_a_new_proposal_names_where_it_saves_itself(app: Flask, world: World) -> None:
    page = enter(app, "city").get("/proposals/new").text

    assert 'data-autosave="/proposals/new/autosave"' in page


# --- A draft ------------------------------------------------------------------------------------


def test_autosave_keeps_what_is_unfinished_and_over_its_limit(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = draft_of(world, db_session)

    answer = autosave(enter(app, "city"), draft, 1, title="長" * 500, detail="")

    assert (answer.status_code, answer.json["version"]) == (200, 2)
    assert (draft.title, draft.detail) == ("長" * 500, "")


def test_autosave_refuses_what_the_storage_cannot_hold(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = draft_of(world, db_session)

    answer = autosave(enter(app, "city"), draft, 1, contact_department="あ" * 101)

    assert answer.status_code == 422
    assert answer.json["words"] == (
        "保存していません。担当部署は100文字以内で入力してください（1文字超えています）。"
    )
    assert draft.version == 1


def test_autosave_of_a_correction_says_that_it_is_one(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_returned(world)
    db_session.commit()
    address = f"/proposals/{case.receipt_number}/autosave"

    answer = enter(app, "city").post(address, data={"version": case.version, "title": "直した"})

    assert answer.json["words"] == "9時05分に補正を保存"
    assert case.title == "直した"


def test_p05_autosave_over_another_saving_changes_nothing_and_says_who_was_first(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = draft_of(world, db_session)
    autosave(enter(app, "city-mgr"), draft, 1, title="管理者の題")

    answer = autosave(enter(app, "city"), draft, 1, title="担当者の題")

    name = world["city-mgr"].display_name
    assert answer.status_code == 409
    assert answer.json == {
        "words": f"別の画面で{name}さんが9時05分に保存しました。"
        "ここで入力した分は、まだ保存していません。",
        "can_merge": True,
    }
    assert draft.title == "管理者の題"


def test_autosave_that_comes_twice_is_saved_once(
    app: Flask, world: World, db_session: Session
) -> None:
    draft, browser = draft_of(world, db_session), enter(app, "city")

    answers = [autosave(browser, draft, 1, title="題") for _ in range(2)]

    assert [(answer.status_code, answer.json["version"]) for answer in answers] == [(200, 2)] * 2


def test_autosave_after_a_lost_answer_goes_on_over_its_own_saving(
    app: Flask, world: World, db_session: Session
) -> None:
    draft, browser, key = draft_of(world, db_session), enter(app, "city"), new_key()
    autosave(browser, draft, 1, title="題", draft_key=key, sequence=1)

    answer = autosave(browser, draft, 1, title="題名", draft_key=key, sequence=2)

    assert (answer.status_code, draft.title, draft.version) == (200, "題名", 3)


def test_button_after_a_lost_answer_goes_on_over_the_saving_of_its_page(
    app: Flask, world: World, db_session: Session
) -> None:
    draft, browser, key = draft_of(world, db_session), enter(app, "city"), new_key()
    autosave(browser, draft, 1, title="題", draft_key=key, sequence=1)

    sent = typed(1, title="題名", form_key=key)
    answer = browser.post(f"/proposals/drafts/{draft.id}", data=sent)

    assert (answer.status_code, draft.title) == (302, "題名")


def test_p05_older_autosave_of_a_page_that_comes_late_overwrites_nothing(
    app: Flask, world: World, db_session: Session
) -> None:
    draft, browser, key = draft_of(world, db_session), enter(app, "city"), new_key()
    autosave(browser, draft, 1, title="新しい題", draft_key=key, sequence=2)

    answer = autosave(browser, draft, 1, title="古い題", draft_key=key, sequence=1)

    assert (answer.status_code, draft.title) == (409, "新しい題")


def test_p05_own_saving_under_another_ones_is_no_way_over_it(
    app: Flask, world: World, db_session: Session
) -> None:
    draft, browser, key = draft_of(world, db_session), enter(app, "city"), new_key()
    autosave(browser, draft, 1, title="題", draft_key=key, sequence=1)
    autosave(enter(app, "city-mgr"), draft, 2, title="管理者の題")

    answer = autosave(browser, draft, 1, title="題名", draft_key=key, sequence=2)

    assert (answer.status_code, draft.title) == (409, "管理者の題")


def test_p05_same_key_in_another_hand_is_no_way_over_a_saving(
    app: Flask, world: World, db_session: Session
) -> None:
    draft, key = draft_of(world, db_session), new_key()
    autosave(enter(app, "city"), draft, 1, title="題", draft_key=key, sequence=1)

    answer = autosave(enter(app, "city-mgr"), draft, 1, title="別の題", draft_key=key, sequence=2)

    assert (answer.status_code, draft.title) == (409, "題")


@pytest.mark.parametrize("version", ["", "x", "99", "-1", "1" * 30])
def test_autosave_with_a_lost_version_overwrites_nothing(
    app: Flask, world: World, db_session: Session, version: str
) -> None:
    draft = draft_of(world, db_session, title="前からの題")

    answer = enter(app, "city").post(
        f"/proposals/drafts/{draft.id}/autosave", data={"version": version, "title": "題"}
    )

    assert (answer.status_code, draft.title) == (409, "前からの題")


def test_autosave_of_what_was_submitted_meanwhile_is_refused(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_submitted(world)
    db_session.commit()

    answer = autosave(enter(app, "city"), case, case.version, title="題")

    assert (answer.status_code, answer.json["can_merge"]) == (409, False)
    assert case.title != "題"


def test_autosave_while_a_late_submission_waits_is_refused(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = draft_of(world, db_session)
    with clock.at(world.round.closes_at + timedelta(days=1)):
        command = RequestLate(version=draft.version, reason="停電のため")
        request_late_submission(draft, command, actor=world["city-mgr"])
        db_session.commit()

        answer = autosave(enter(app, "city"), draft, draft.version, title="題")

    assert (answer.status_code, answer.json["can_merge"]) == (409, False)


def test_autosave_of_another_body_finds_nothing(
    app: Flask, world: World, db_session: Session
) -> None:
    draft = draft_of(world, db_session)

    answer = autosave(enter(app, "other"), draft, 1, title="題")

    assert answer.status_code == 404


def test_autosave_after_the_session_ended_is_told_so(
    client: FlaskClient, world: World, db_session: Session
) -> None:
    draft = draft_of(world, db_session)

    answer = autosave(client, draft, 1, title="題")

    assert (answer.status_code, draft.version) == (401, 1)


# --- The trail ----------------------------------------------------------------------------------


def test_p21_autosaves_of_ten_minutes_name_a_field_once(
    app: Flask, world: World, db_session: Session
) -> None:
    draft, browser = draft_of(world, db_session), enter(app, "city")
    for number in range(1, 6):
        autosave(browser, draft, number, title=f"題{number}")
    autosave(browser, draft, 6, title="題5", detail="詳細")

    assert entries_of(db_session, draft) == [
        ("proposal.draft", []),
        ("proposal.edit", ["title"]),
        ("proposal.edit", ["detail"]),
    ]
    assert draft.version == 7


def test_p21_autosave_after_ten_minutes_is_a_new_entry(
    app: Flask, world: World, db_session: Session
) -> None:
    draft, browser = draft_of(world, db_session), enter(app, "city")
    autosave(browser, draft, 1, title="題1")
    with clock.at(NOW + timedelta(minutes=10, seconds=1)):
        autosave(browser, draft, 2, title="題2")

    assert [fields for _, fields in entries_of(db_session, draft)] == [[], ["title"], ["title"]]


def test_p21_autosave_after_somebody_else_is_a_new_entry(
    app: Flask, world: World, db_session: Session
) -> None:
    draft, browser = draft_of(world, db_session), enter(app, "city")
    autosave(browser, draft, 1, title="題1")
    autosave(enter(app, "city-mgr"), draft, 2, title="題2")
    autosave(browser, draft, 3, title="題3")

    assert len(entries_of(db_session, draft)) == 4


def test_p21_button_always_leaves_an_entry(app: Flask, world: World, db_session: Session) -> None:
    draft, browser = draft_of(world, db_session), enter(app, "city")
    autosave(browser, draft, 1, title="題1")

    browser.post(f"/proposals/drafts/{draft.id}", data={"version": 2, "title": "題2"})

    assert len(entries_of(db_session, draft)) == 3


# --- What the last proposal knows already -------------------------------------------------------


def shown_in(page: TestResponse, name: str) -> str:
    tag = page.text.split(f'name="{name}"')[1].split(">")[0]
    return tag.split('value="')[1].split('"')[0]


def test_new_proposal_takes_the_contact_over_from_the_last_one(
    app: Flask, world: World, db_session: Session
) -> None:
    make_draft(world, contact_department="古い課", contact_email="old@city.example")
    with clock.at(NOW + timedelta(minutes=1)):
        make_draft(world, contact_department="新しい課", contact_email="new@city.example")
    db_session.commit()

    page = enter(app, "city").get("/proposals/new")

    assert shown_in(page, "contact_department") == "新しい課"
    assert shown_in(page, "contact_email") == "new@city.example"
    assert "前回の提案から写しました" in page.text


def test_first_proposal_of_a_body_takes_nothing_over(
    app: Flask, world: World, db_session: Session
) -> None:
    draft_of(world, db_session, contact_department="甲子市の課")

    page = enter(app, "other").get("/proposals/new")

    assert shown_in(page, "contact_department") == ""
    assert "前回の提案から" not in page.text


def test_contact_that_was_cleared_stays_cleared(
    app: Flask, world: World, db_session: Session
) -> None:
    draft_of(world, db_session, contact_department="課")

    enter(app, "city").post("/proposals/new", data=typed(contact_department=""))

    assert drafts_of(db_session)[-1].contact_department == ""


def test_draft_shows_who_saved_it_last(app: Flask, world: World, db_session: Session) -> None:
    draft = draft_of(world, db_session)
    autosave(enter(app, "city-mgr"), draft, 1, title="題")

    page = enter(app, "city").get(f"/proposals/drafts/{draft.id}")

    assert f"9時05分に保存しました</b><br>{world['city-mgr'].display_name}" in page.text
    assert hidden_of(page, "version")[0] == "2"
