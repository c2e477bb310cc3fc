"""Two savings of one text, put together (変更の統合): never overwritten, never lost (P05)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.proposals.forms.merging import Comparison, compare
from app.proposals.forms.writing import ProposalForm, proposal_form
from app.proposals.models import DraftVersion, Proposal
from app.proposals.services.submission import Submit, submit
from app.proposals.versions import KEPT_HOURS, erase_old_versions
from tests.accounts.browser import enter
from tests.factories import World, make_draft, make_returned, make_world
from tests.proposals.saving import hidden_of, sent_by_page

NOW = clock.jst(2024, 8, 20, 9, 5)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world(
            opens_at=clock.jst(2024, 8, 5), closes_at=clock.jst(2024, 8, 27, 23, 59, 59)
        )
        db_session.commit()
        yield world


@pytest.fixture
def draft(world: World, db_session: Session) -> Proposal:
    draft = make_draft(world, title="鍵の貸出し", detail="窓口で貸す。", effect="早くなる。")
    db_session.commit()
    return draft


def save(app: Flask, login: str, draft: Proposal, version: int, **values: object) -> TestResponse:
    """Send the form of a page that shows the draft as it was first, with the changes."""
    first = {"title": "鍵の貸出し", "detail": "窓口で貸す。", "effect": "早くなる。"}
    sent = {"viewpoints": "is_viewpoint_new_issue", **first, "version": version, **values}
    return enter(app, login).post(f"/proposals/drafts/{draft.id}", data=sent)


def clashes_of(page: TestResponse) -> list[str]:
    return re.findall(r'<legend class="field-label">(.*?)</legend>', page.text)


def merged_as_is(page: TestResponse, side: str) -> list[str]:
    """Labels of the fields that only one side changed."""
    if f'aria-labelledby="from-{side}"' not in page.text:
        return []
    section = page.text.split(f'aria-labelledby="from-{side}"')[1].split("</section>")[0]
    return re.findall(r"<dt>(.*?)</dt>", section)


def texts_in(page: TestResponse, label: str) -> list[str]:
    """The two texts of a clash: first the one that was saved, then one's own."""
    box = page.text.split(f'<legend class="field-label">{label}</legend>')[1].split("</fieldset>")[
        0
    ]
    found = re.findall(r'<p class="as-typed merge-text">(.*?)</p>', box, re.DOTALL)
    return [unescape(re.sub("<.*?>", "", text)) for text in found]


# --- Three texts --------------------------------------------------------------------------------


def form(world: World, **values: object) -> ProposalForm:
    return proposal_form(world.round, formdata=MultiDict(values), meta={"csrf": False})


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "found"),
    [
        ("同", "同", "同", ([], [], [])),
        ("前", "後", "前", ([], ["title"], [])),
        ("前", "前", "後", ([], [], ["title"])),
        ("前", "後", "後", ([], [], [])),
        ("前", "甲", "乙", (["title"], [], [])),
        ("前", "", "乙", (["title"], [], [])),
        ("", "甲", "", ([], ["title"], [])),
        (None, "甲", "乙", (["title"], [], [])),
        (None, "同", "同", ([], [], [])),
    ],
)
def test_compare_finds_who_changed_a_field(
    world: World,
    base: str | None,
    theirs: str,
    mine: str,
    found: tuple[list[str], list[str], list[str]],
) -> None:
    began = None if base is None else form(world, title=base)

    compared = compare(form(world, title=mine), form(world, title=theirs), began)

    assert compared == Comparison(*found)


def test_compare_takes_the_viewpoints_as_one_field(world: World) -> None:
    base = form(world, viewpoints="is_viewpoint_new_issue")
    theirs = form(world, viewpoints="is_viewpoint_timely_data")
    mine = form(world)

    assert compare(mine, theirs, base).clashing == ["viewpoints"]


# --- The page -----------------------------------------------------------------------------------


def test_p05_second_saving_shows_both_texts_and_changes_nothing(
    app: Flask, world: World, draft: Proposal
) -> None:
    save(app, "city-mgr", draft, 1, title="鍵の返却")

    page = save(app, "city", draft, 1, title="鍵の予約")

    assert page.status_code == 409
    assert (draft.title, draft.version) == ("鍵の返却", 2)
    assert clashes_of(page) == ["提案概要"]
    assert texts_in(page, "提案概要") == ["鍵の返却", "鍵の予約"]
    assert f"（{world['city-mgr'].display_name}　8月20日（火）9時05分）" in page.text
    assert (merged_as_is(page, "theirs"), merged_as_is(page, "mine")) == ([], [])


def test_merge_marks_the_characters_that_differ(app: Flask, draft: Proposal) -> None:
    save(app, "city-mgr", draft, 1, title="鍵の返却")

    page = save(app, "city", draft, 1, title="鍵の予約")

    marked = re.findall(r"<(del|ins)><span.*?</span>(.*?)<span", page.text)
    assert marked == [("del", "返却"), ("ins", "予約")]


def test_merge_joins_what_only_one_side_changed(app: Flask, draft: Proposal) -> None:
    save(app, "city-mgr", draft, 1, detail="夜間に窓口で貸す。")

    page = save(app, "city", draft, 1, title="鍵の予約")
    saved = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent_by_page(page))

    assert clashes_of(page) == []
    assert (merged_as_is(page, "theirs"), merged_as_is(page, "mine")) == (
        ["提案詳細"],
        ["提案概要"],
    )
    assert (saved.status_code, saved.location) == (302, f"/proposals/drafts/{draft.id}")
    assert (draft.title, draft.detail, draft.effect) == (
        "鍵の予約",
        "夜間に窓口で貸す。",
        "早くなる。",
    )


@pytest.mark.parametrize(
    ("choice", "title"), [("theirs", "鍵の返却"), ("mine", "鍵の予約"), ("edit", "鍵の予約と返却")]
)
def test_merge_saves_what_was_chosen(app: Flask, draft: Proposal, choice: str, title: str) -> None:
    save(app, "city-mgr", draft, 1, title="鍵の返却", detail="夜に貸す。")
    page = save(app, "city", draft, 1, title="鍵の予約")

    sent = sent_by_page(page, **{"choice-title": choice, "edited-title": "鍵の予約と返却"})
    answer = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent)

    assert answer.status_code == 302
    assert (draft.title, draft.detail, draft.version) == (
        title,
        "夜に貸す。",
        3 - (choice == "theirs"),
    )


def test_merge_without_a_choice_asks_for_it_and_keeps_what_was_edited(
    app: Flask, draft: Proposal
) -> None:
    save(app, "city-mgr", draft, 1, title="鍵の返却", effect="楽になる。")
    page = save(app, "city", draft, 1, title="鍵の予約", effect="安くなる。")

    sent = sent_by_page(page, **{"choice-title": "edit", "edited-title": "両方"})
    answer = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent)

    assert (answer.status_code, draft.version) == (422, 2)
    assert "制度改正の効果：どちらを残すか選んでください" in answer.text
    assert "提案概要：" not in answer.text
    assert re.findall(r'name="edited-title"[^>]*>\n(.*?)</textarea>', answer.text) == ["両方"]
    assert re.findall(r'name="choice-title" value="edit" checked', answer.text) != []


def test_merge_asked_again_can_be_finished(app: Flask, draft: Proposal) -> None:
    save(app, "city-mgr", draft, 1, title="鍵の返却", effect="楽になる。")
    page = save(app, "city", draft, 1, title="鍵の予約", effect="安くなる。")
    browser, address = enter(app, "city"), f"/proposals/drafts/{draft.id}"
    again = browser.post(address, data=sent_by_page(page, **{"choice-title": "mine"}))

    sent = sent_by_page(again, **{"choice-title": "mine", "choice-effect": "theirs"})
    browser.post(address, data=sent)

    assert (draft.title, draft.effect) == ("鍵の予約", "楽になる。")


def test_p05_merge_over_a_third_saving_is_a_merge_again(
    app: Flask, world: World, draft: Proposal
) -> None:
    save(app, "city-mgr", draft, 1, title="鍵の返却")
    page = save(app, "city", draft, 1, title="鍵の予約")
    save(app, "city-mgr", draft, 2, title="鍵の返却", detail="休日に貸す。")

    sent = sent_by_page(page, **{"choice-title": "mine"})
    answer = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent)

    # Who decided on the title need not do so again: nobody has touched it since.
    assert (answer.status_code, draft.version) == (409, 3)
    assert clashes_of(answer) == []
    assert merged_as_is(answer, "mine") == ["提案概要"]
    assert merged_as_is(answer, "theirs") == ["提案詳細"]


def test_p05_same_saving_from_two_tabs_is_no_conflict(app: Flask, draft: Proposal) -> None:
    save(app, "city", draft, 1, title="鍵の予約")

    answer = save(app, "city", draft, 1, title="鍵の予約")

    assert (answer.status_code, draft.version) == (302, 2)


def test_merge_of_ones_own_two_tabs_says_so(app: Flask, draft: Proposal) -> None:
    save(app, "city", draft, 1, title="鍵の返却")

    page = save(app, "city", draft, 1, title="鍵の予約")

    assert "（あなた。別の画面）" in page.text


def test_merge_without_a_known_base_asks_for_every_difference(
    app: Flask, draft: Proposal, db_session: Session
) -> None:
    save(app, "city-mgr", draft, 1, title="鍵の返却", detail="夜に貸す。")
    db_session.execute(delete(DraftVersion).where(DraftVersion.version == 1))
    db_session.commit()

    page = save(app, "city", draft, 1, title="鍵の予約")

    assert clashes_of(page) == ["提案概要", "提案詳細"]
    assert "違いのある項目をすべて示しています" in page.text


def test_merge_shows_choices_in_words(app: Flask, draft: Proposal) -> None:
    save(app, "city-mgr", draft, 1, viewpoints=["is_viewpoint_timely_data"])

    page = save(app, "city", draft, 1, viewpoints=["is_viewpoint_reform_burden"])
    sent = sent_by_page(page, **{"choice-viewpoints": "theirs"})
    enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent)

    assert [text[:1] for text in texts_in(page, "当てはまる視点")] == ["ⅲ", "ⅱ"]
    assert (draft.is_viewpoint_timely_data, draft.is_viewpoint_reform_burden) == (True, False)


def test_merge_of_markup_and_lines_shows_and_keeps_them(app: Flask, draft: Proposal) -> None:
    text = '<script>"x"</script>\n２行目　＆'
    save(app, "city-mgr", draft, 1, title="鍵の返却")

    page = save(app, "city", draft, 1, detail=text)
    enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent_by_page(page))

    assert "<script>" not in page.text.split("<main")[1]
    assert (draft.title, draft.detail) == ("鍵の返却", text)


def test_merge_of_a_text_too_long_to_store_is_refused_with_the_text(
    app: Flask, draft: Proposal
) -> None:
    save(app, "city-mgr", draft, 1, contact_department="甲課")
    page = save(app, "city", draft, 1, contact_department="乙課")

    sent = sent_by_page(
        page, **{"choice-contact_department": "edit", "edited-contact_department": "あ" * 101}
    )
    answer = enter(app, "city").post(f"/proposals/drafts/{draft.id}", data=sent)

    assert (answer.status_code, draft.contact_department) == (422, "甲課")
    assert "担当部署は100文字以内で入力してください" in answer.text
    assert "あ" * 101 in answer.text


def test_p05_correction_of_two_people_is_merged_as_well(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_returned(world)
    db_session.commit()
    address, version = f"/proposals/{case.receipt_number}/edit", case.version
    enter(app, "city-mgr").post(address, data={"version": version, "title": "甲"})

    page = enter(app, "city").post(address, data={"version": version, "detail": "乙"})
    enter(app, "city").post(address, data=sent_by_page(page))

    assert (page.status_code, merged_as_is(page, "mine")) == (409, ["提案詳細"])
    assert (case.title, case.detail) == ("甲", "乙")


def test_saving_after_the_submission_shows_the_text_and_no_merge(
    app: Flask, world: World, draft: Proposal, db_session: Session
) -> None:
    with unit_of_work():
        submit(draft, Submit(version=1), actor=world["city-mgr"])

    page = save(app, "city", draft, 1, title="遅れた題名")

    assert page.status_code == 409
    assert "遅れた題名" in page.text
    assert "2つの内容を1つにする" not in page.text


def test_saving_into_a_draft_that_was_deleted_shows_the_text(app: Flask, draft: Proposal) -> None:
    address = f"/proposals/drafts/{draft.id}"
    enter(app, "city-mgr").post(f"{address}/discard", data={"version": 1})

    page = enter(app, "city").post(
        address, data={"version": 1, "detail": "消えては困る長い文です。"}
    )

    assert page.status_code == 404
    assert "消えては困る長い文です。" in page.text


def test_merge_page_of_another_body_does_not_exist(app: Flask, draft: Proposal) -> None:
    save(app, "city-mgr", draft, 1, title="秘密の題名")

    page = save(app, "other", draft, 1, title="探り")

    assert page.status_code == 404
    assert "秘密の題名" not in page.text


def test_garbled_merge_is_no_fault_and_changes_nothing(app: Flask, draft: Proposal) -> None:
    answer = save(
        app,
        "city",
        draft,
        1,
        title="題",
        base_version="x",
        **{"choice-title": "both", "choice-": "mine", "choice-nothing": "theirs", "edited-": "x"},
    )

    assert answer.status_code == 422
    assert draft.title == "鍵の貸出し"


# --- What is kept -------------------------------------------------------------------------------


def test_old_versions_are_erased_and_the_newest_stays(
    app: Flask, draft: Proposal, db_session: Session
) -> None:
    for number in (1, 2):
        save(app, "city", draft, number, title=f"題{number}")

    erased = erase_old_versions(NOW + timedelta(hours=KEPT_HOURS, seconds=1))

    kept = db_session.query(DraftVersion.version).all()
    assert (erased, kept) == (2, [(3,)])


def test_version_of_a_page_that_may_be_open_is_kept(
    app: Flask, draft: Proposal, db_session: Session
) -> None:
    save(app, "city", draft, 1, title="題")

    erased = erase_old_versions(NOW + timedelta(hours=KEPT_HOURS))

    assert erased == 0


def test_deleted_draft_leaves_no_text_behind(
    app: Flask, draft: Proposal, db_session: Session
) -> None:
    save(app, "city", draft, 1, title="題")

    enter(app, "city").post(f"/proposals/drafts/{draft.id}/discard", data={"version": 2})

    assert db_session.query(DraftVersion.version).all() == []


def test_form_of_a_draft_carries_its_version(app: Flask, draft: Proposal) -> None:
    save(app, "city", draft, 1, title="題")

    page = enter(app, "city").get(f"/proposals/drafts/{draft.id}")

    assert hidden_of(page, "version")[0] == "2"
