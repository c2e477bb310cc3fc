"""The assignment (担当割当の画面)."""

import re
from datetime import timedelta

from flask import Flask

from app.core import clock
from app.triage.queries import current_assignments
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_in_review,
)
from tests.triage.pages import NOW, address, errors_of, messages_of, summary_of, typed


def test_assign_shows_loads_and_who_cannot_be_chosen(app: Flask, world: World) -> None:
    with clock.at(NOW - timedelta(days=28)):
        make_in_review(world, "officer1")
    make_in_review(world, "officer1")
    proposal = make_accepted(world)
    declare_conflict(world["officer2"], body=proposal.organization)

    page = enter(app, "lead").get(address(proposal, "assign"))

    rows = {
        re.sub("<.*?>", "", re.findall(r"<th scope=\"row\">(.*?)</th>", row)[0]): row
        for row in page.text.split("<tr>")[2:]
    }
    figures = re.findall(r'<td class="number">(.*?)</td>', rows["officer1"])
    assert figures == ["2件", "1件"]
    assert 'type="checkbox"' not in rows["officer2"]
    assert "提案団体からの出向者のため選べません（試験のため）" in rows["officer2"]
    assert 'type="checkbox"' in rows["officer3"]


def test_assign_gives_the_case_to_all_who_are_ticked(app: Flask, world: World) -> None:
    proposal = make_accepted(world)
    ids = [world["officer1"].id, world["officer3"].id]

    page = enter(app, "lead").post(
        address(proposal, "assign"),
        data=typed(proposal, reviewer_ids=ids, note="急ぎ"),
        follow_redirects=True,
    )

    assert [row.reviewer_id for row in current_assignments(proposal)] == ids
    assert messages_of(page) == [
        f"{proposal.reference}をofficer1、officer3に割り当てました。"
        "仕分けの期限は令和6年9月3日（火）です。"
    ]


def test_assign_to_nobody_is_refused_at_the_field(app: Flask, world: World) -> None:
    proposal = make_accepted(world)

    page = enter(app, "lead").post(
        address(proposal, "assign"), data=typed(proposal, note="急ぎの申し送り")
    )

    assert page.status_code == 422
    assert errors_of(page) == ["担当者を1人以上選んでください"]
    assert summary_of(page) == ["reviewer_ids"]
    assert 'id="reviewer_ids"' in page.text
    assert "急ぎの申し送り" in page.text
