"""Settings of the form check of a round (形式確認の設定の画面): data that the admin changes."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.rounds.models import FormCheckItem
from app.rounds.queries import correction_phrases, form_check_items
from tests.accounts.browser import enter
from tests.factories import World, make_submitted
from tests.triage.pages import address, errors_of, summary_of

PAGE = "/rounds/R6/form-check"


def sent(world: World, **changes: str) -> dict[str, str]:
    """What the browser sends of the page as it is: every row, and one empty row of each kind."""
    found = {"version": str(world.round.version)}
    lists = {
        "items": [(row, row.help) for row in form_check_items(world.round, only_active=False)],
        "phrases": [(row, row.text) for row in correction_phrases(world.round, only_active=False)],
    }
    for name, rows in lists.items():
        for index, (row, words) in enumerate(rows):
            at = f"{name}-{index}"
            found |= {
                f"{at}-id": str(row.id),
                f"{at}-position": str(row.position),
                f"{at}-label": row.label,
                f"{at}-words": words,
                f"{at}-target": row.target,
            }
            if row.is_active:
                found[f"{at}-is_active"] = "y"
        found |= {f"{name}-{len(rows)}-label": "", f"{name}-{len(rows)}-is_active": "y"}
    return {**found, **changes}


def last_entry(session: Session) -> AuditEvent:
    return session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()


def test_new_round_has_lines_and_phrases(world: World) -> None:
    assert len(form_check_items(world.round)) == 6
    assert len(correction_phrases(world.round)) == 7


def test_reworded_line_is_what_officers_see_next(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    data = sent(world, **{"items-0-label": "業務は1つだけ"})

    page = enter(app, "admin").post(PAGE, data=data)

    assert page.status_code == 302
    assert "業務は1つだけ" in enter(app, "officer1").get(address(proposal, "form-check")).text


def test_change_leaves_one_entry_with_the_rows_that_changed(
    app: Flask, world: World, db_session: Session
) -> None:
    first = form_check_items(world.round)[0]
    data = sent(
        world,
        **{
            "items-0-label": "業務は1つだけ",
            "phrases-7-label": "新",
            "phrases-7-words": "新しい文",
        },
    )

    enter(app, "admin").post(PAGE, data=data)

    entry = last_entry(db_session)
    assert (entry.verb, entry.changes) == (
        "round.change_checklist",
        {"items": [str(first.id)], "phrases": ["new"]},
    )


def test_unchanged_page_leaves_no_entry(app: Flask, world: World, db_session: Session) -> None:
    browser = enter(app, "admin")
    before = last_entry(db_session).seq

    page = browser.post(PAGE, data=sent(world))

    assert page.status_code == 302
    assert last_entry(db_session).seq == before


def test_new_line_takes_its_place_in_the_order(app: Flask, world: World) -> None:
    data = sent(
        world, **{"items-6-label": "先に見る項目", "items-6-position": "0", "items-6-words": ""}
    )

    enter(app, "admin").post(PAGE, data=data)

    found = form_check_items(world.round)
    assert (found[0].label, [row.position for row in found]) == (
        "先に見る項目",
        [1, 2, 3, 4, 5, 6, 7],
    )


def test_line_is_switched_off_and_stays_on_the_page(app: Flask, world: World) -> None:
    data = sent(world)
    del data["items-5-is_active"]
    browser = enter(app, "admin")

    browser.post(PAGE, data=data)

    assert len(form_check_items(world.round)) == 5
    assert "別紙があるときは、本文と別紙が対応している（使っていない）" in browser.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "words", "place"),
    [
        (
            {"items-0-label": "　"},
            "名称を入力してください。使わない行は「使う」を外してください",
            "items-0-label",
        ),
        ({"items-1-label": "長" * 201}, "名称は200文字以内で入力してください", "items-1-label"),
        ({"phrases-0-words": ""}, "文例の文を入力してください", "phrases-0-words"),
        ({"phrases-1-target": "state"}, "対象を一覧から選んでください", "phrases-1-target"),
    ],
)
def test_row_that_says_too_little_or_too_much_is_refused_at_its_field(
    app: Flask, world: World, changes: dict[str, str], words: str, place: str
) -> None:
    page = enter(app, "admin").post(PAGE, data=sent(world, **changes))

    assert page.status_code == 422
    assert errors_of(page) == [words]
    assert summary_of(page) == [place]


def test_row_of_another_round_is_not_found(app: Flask, world: World, db_session: Session) -> None:
    page = enter(app, "admin").post(PAGE, data=sent(world, **{"items-0-id": "999999"}))

    assert page.status_code == 404
    assert db_session.scalar(select(FormCheckItem.label).limit(1)) is not None


def test_second_admin_hears_that_another_changed_it(app: Flask, world: World) -> None:
    opened = sent(world, **{"items-0-label": "後から"})
    browser = enter(app, "admin")
    browser.post(PAGE, data=sent(world, **{"items-0-label": "先に"}))

    page = browser.post(PAGE, data=opened)

    assert page.status_code == 409
    assert form_check_items(world.round)[0].label == "先に"


@pytest.mark.parametrize("login", ["officer1", "lead", "auditor", "city-mgr", "ministry"])
def test_only_the_admin_opens_the_settings(app: Flask, world: World, login: str) -> None:
    assert enter(app, login).get(PAGE).status_code == 403


def test_round_page_leads_the_admin_to_the_settings(app: Flask, world: World) -> None:
    assert f'href="{PAGE}"' in enter(app, "admin").get("/rounds/R6").text
